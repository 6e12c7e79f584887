"""A species as one file, how it is fetched or made, and its genes by name."""

import hashlib
import subprocess
import sys
import time

import numpy as np
import pandas as pd
import pytest

from deepmirnatar.cli import main as command
from deepmirnatar.rna.orfs import longest_orfs
from deepmirnatar.sources.downloads import read_registry
from deepmirnatar.species import fetch, store
from deepmirnatar.species.conserved import is_conserved
from deepmirnatar.species.file import read_species, write_species
from deepmirnatar.species.gene_names import read_gene_names
from deepmirnatar.species.genes import find_genes, is_gene
from deepmirnatar.species.name_lists import names_in
from deepmirnatar.species.store import load_species

LET7 = "UGAGGUAGUAGGUUGUAUAGUU"
# ORFs by hand: AUG GCC UAA at 2-11; the longer of two frames; none without a stop codon.
MRNAS = {
    "GENE1": ("NM_000001", "11", "CCAUGGCCUAAGGG", (2, 11)),
    "GENE2": ("NM_000002", "12", "AUGUAAAAUGCCCCCCUGACC", (7, 19)),
    "OLD3": ("NM_000003", "13", "AUGGCCGCC", (0, 0)),
    "SEPT7": ("NM_000004", "989", "GGGAUGUGA", (3, 9)),
    "PTEN": ("NM_000314", "5728", "ACGUACGUACGUACG", (0, 0)),
}
# In the form of HGNC's complete set.
NAMES = """hgnc_id\tsymbol\tlocus_type\tstatus\talias_symbol\tprev_symbol\tentrez_id\tensembl_gene_id\trefseq_accession
HGNC:1\tGENE1\tgene with protein product\tApproved\t"G1|shared"\t\t11\tENSG00000000011\tNM_111111
HGNC:2\tGENE2\tgene with protein product\tApproved\tshared\tGENE1\t12\tENSG00000000012\t
HGNC:3\tNEW3\tgene with protein product\tApproved\t\tOLD3\t13\tENSG00000000013\t
HGNC:4\tSEPTIN7\tgene with protein product\tApproved\tCDC10\tSEPT7\t989\tENSG00000122545\t
HGNC:5\tPTEN\tgene with protein product\tApproved\t"MMAC1|PTEN1"\tBZS\t5728\tENSG00000171862\t
HGNC:6\tMALAT1\tRNA, long non-coding\tApproved\tNEAT2\t\t378938\tENSG00000251562\t
HGNC:7\tGONE\tgene with protein product\tEntry Withdrawn\tshared\t\t\t\t
"""


@pytest.fixture
def places(tmp_path, monkeypatch):
    """The registry with small files at places of this machine: source -> file."""
    folder = tmp_path / "places"
    folder.mkdir()
    heads = [
        f">01000,ACCNUM:{a},Gene_ID:{e},Gene_Name:{g}\n{s.replace('U', 'T')}\n" for g, (a, e, s, _) in MRNAS.items()
    ]
    mature = f">hsa-let-7a-5p MIMAT0000062 Homo\n{LET7}\n>mmu-let-7a-5p MIMAT0000521 Mus\n{LET7}\n"
    mature += f">gga-let-7a-5p MIMAT0001101 Gallus\n{LET7}\n>hsa-miR-4260 MIMAT0016881 Homo\nCUUGGGGCAUGGAGUCCCA\n"
    registry = read_registry(fetch.REGISTRY).reset_index()
    for source, text in (("dm3loc", "".join(heads)), ("mirbase", mature), ("hgnc", NAMES)):
        (folder / source).write_text(text)
        mine = registry["source"] == source
        registry.loc[mine, "sha256"] = hashlib.sha256(text.encode()).hexdigest()
        registry.loc[mine, "url"] = str(folder / source)
    registry.to_csv(tmp_path / "sources.tsv", sep="\t", index=False)
    monkeypatch.setattr(fetch, "REGISTRY", tmp_path / "sources.tsv")
    monkeypatch.setenv("DEEPMIRNATAR_CACHE", str(tmp_path / "cache"))
    return folder


def tables(species):
    return species.mrnas.to_dict("list"), species.mirnas.to_dict("list"), species.names.to_dict("list"), species.others


@pytest.fixture(scope="module")
def human(tmp_path_factory):
    rows = [(symbol, sequence, *orf, *ids, "") for symbol, (*ids, sequence, orf) in MRNAS.items()]
    columns = ["target", "sequence", "cds_start", "cds_end", "refseq", "entrez", "ensembl"]
    made = store.Species("human", pd.DataFrame(rows, columns=columns), pd.DataFrame(), fetch.no_names())
    path = tmp_path_factory.mktemp("names") / "hgnc.txt"
    path.write_text(NAMES)
    fetch.name_genes(made, read_gene_names(path), "HGNC")
    return made


def test_the_human_species_is_fetched_once_and_read_offline(places, tmp_path, caplog):
    human = load_species()
    assert "fetching human mRNAs, miRNAs and gene names, once" in caplog.text
    assert human.mrnas["target"].tolist() == ["GENE1", "GENE2", "NEW3", "SEPTIN7", "PTEN"]
    assert human.mrnas["sequence"].tolist() == [sequence for _, _, sequence, _ in MRNAS.values()]
    assert human.mrnas[["cds_start", "cds_end"]].apply(tuple, axis=1).tolist() == [orf for *_, orf in MRNAS.values()]
    assert human.mrnas["refseq"].tolist() == [accession for accession, *_ in MRNAS.values()]
    assert human.mrnas["ensembl"].iloc[0] == "ENSG00000000011"
    assert human.mirnas["mirna"].tolist() == ["hsa-let-7a-5p", "hsa-miR-4260"]
    assert human.mirnas["conserved"].tolist() == [True, False] and human.about["prefix"] == "hsa"
    for place in places.iterdir():
        place.unlink()
    assert tables(load_species("Human")) == tables(human)
    assert sorted(path.name for path in (tmp_path / "cache").iterdir()) == ["human.safetensors", "mature.fa"]
    caplog.clear()
    assert command(["fetch"]) == 0 and command(["fetch", "human"]) == 0


def test_without_gene_names_the_rest_is_fetched(places, caplog):
    (places / "hgnc").unlink()
    human = load_species()
    assert "Ensembl ids, old symbols and aliases of genes will not be known" in caplog.text
    assert human.mrnas["target"].tolist() == list(MRNAS)
    rows, _, unknown = find_genes(["ENSG00000171862", "pten"], human)
    assert rows["target"].tolist() == ["PTEN"]
    assert unknown == [
        "'ENSG00000171862' is an Ensembl id, and no table of gene names is there: get HGNC's complete set "
        "(hgnc_complete_set.txt) and run `deepmirnatar fetch human --names FILE` once"
    ]
    # And so it is done: nothing else is fetched again.
    for place in places.iterdir():
        place.unlink()
    (places / "hgnc.tsv").write_text(NAMES)
    assert command(["fetch", "human", "--names", str(places / "hgnc.tsv")]) == 0
    assert find_genes("ENSG00000171862.12", load_species())[0]["target"].tolist() == ["PTEN"]


def test_no_network_is_one_sentence_with_the_remedy(places, capsys, tmp_path):
    (places / "dm3loc").unlink()
    assert command(["fetch", "human"]) == 1
    said = capsys.readouterr().err.splitlines()[-1]
    assert said.startswith("deepmirnatar: modified_multilabel_seq.fasta of dm3loc could not be fetched (")
    assert (
        f"copy its folder here, to {tmp_path / 'cache'}, or name that folder in" in said
        and "DEEPMIRNATAR_CACHE" in said
    )
    assert sorted(path.name for path in (tmp_path / "cache").iterdir()) == ["mature.fa"]


def test_other_bytes_are_refused(places, tmp_path):
    registry = pd.read_csv(fetch.REGISTRY, sep="\t", dtype=str, keep_default_na=False)
    registry.assign(sha256="0" * 64).to_csv(fetch.REGISTRY, sep="\t", index=False)
    with pytest.raises(ValueError, match=r"mature.fa of mirbase is not the registered one: .* serves other bytes"):
        load_species()
    assert list((tmp_path / "cache").glob("*")) == []


def test_a_damaged_file_is_fetched_anew(places, tmp_path, caplog):
    path = fetch.fetch_human()
    whole = path.read_bytes()
    path.write_bytes(whole[:100])
    with pytest.raises(ValueError, match="is damaged or cut short"):
        load_species()
    fetch.fetch_human()
    assert path.read_bytes() == whole and "is damaged" in caplog.text


def test_two_processes_at_once_leave_one_whole_file(places, tmp_path):
    code = (
        "import sys; from pathlib import Path; from deepmirnatar.species import fetch, store; "
        f"fetch.REGISTRY = Path({str(fetch.REGISTRY)!r}); print(len(store.load_species().mrnas))"
    )
    two = [subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) for _ in range(2)]
    assert [one.communicate()[0].strip() for one in two] == ["5", "5"]
    assert sorted(path.name for path in (tmp_path / "cache").iterdir()) == ["human.safetensors", "mature.fa"]


# --- the file


def test_sequences_with_n_and_of_every_length_come_back(tmp_path):
    rng = np.random.default_rng(0)
    sequences = ["".join(rng.choice(list("ACGUN"), length)) for length in (1, 2, 3, 4, 5, 97, 1000)] + ["NNNN", "A"]
    mrnas = pd.DataFrame({"target": [f"g{n}" for n in range(len(sequences))], "sequence": sequences})
    mrnas = mrnas.assign(cds_start=0, cds_end=range(len(mrnas)), refseq="", entrez="", ensembl="")
    mirnas = pd.DataFrame({"mirna": ["m"], "mirna_sequence": [LET7], "accession": [""], "conserved": [False]})
    made = store.Species("x", mrnas, mirnas, fetch.no_names(), {}, {"prefix": ""})
    write_species(made, tmp_path / "x.safetensors")
    assert tables(read_species(tmp_path / "x.safetensors")) == tables(made)
    assert (tmp_path / "x.safetensors").stat().st_mode & 0o044 == 0o044  # others may read a shared cache


def test_unknown_species_and_names_that_are_none(places):
    with pytest.raises(ValueError, match=r"'mouse' is not in .* \(there is: human\).*fetch mouse --annotation GTF"):
        load_species("mouse")
    with pytest.raises(ValueError, match="cannot name a species"):
        load_species("../mouse")
    assert fetch.unique_targets(pd.Series(["A", "B", "A", "C", "C"]), pd.Series(["1", "2", "3", "", ""])) == [
        "A (1)", "B", "A (3)", "C", "C 2"
    ]  # fmt: skip


def test_longest_frames_equal_a_plain_search():
    def plain(sequence):
        found = (0, 0)
        for start in range(len(sequence) - 2):
            if sequence[start : start + 3] == "AUG":
                stops = [
                    end
                    for end in range(start, len(sequence) - 2, 3)
                    if sequence[end : end + 3] in ("UAA", "UAG", "UGA")
                ]
                if stops and stops[0] + 3 - start > found[1] - found[0]:
                    found = start, stops[0] + 3
        return found

    rng = np.random.default_rng(1)
    sequences = ["".join(rng.choice(list("ACGU"), int(length))) for length in rng.integers(1, 400, 200)]
    starts, ends = longest_orfs(sequences)
    assert list(zip(starts.tolist(), ends.tolist(), strict=True)) == [plain(sequence) for sequence in sequences]


# --- from an annotation


def test_a_species_from_an_annotation(places, tmp_path, capsys):
    exons = "ACGUACGUAUGGCCUAAGGGCCCAUUUGGCUACCUCAACGUAACCGGUUAACC"
    (tmp_path / "g.fa").write_text(">chr1\n" + exons.replace("U", "T") + "\n")
    line = 'chr1\tx\t{}\t{}\t{}\t.\t+\t.\tgene_id "ENSMUSG00000000001.2"; transcript_id "T1"; gene_name "Abc1";\n'
    kinds = (("exon", 1, len(exons)), ("CDS", 9, 14), ("stop_codon", 15, 17))
    (tmp_path / "g.gtf").write_text("".join(line.format(*each) for each in kinds))
    given = ["--annotation", str(tmp_path / "g.gtf"), "--genome", str(tmp_path / "g.fa")]
    assert command(["fetch", "--name", "mouse", *given]) == 0
    assert "mouse.safetensors" in capsys.readouterr().err
    mouse = load_species("mouse")
    assert mouse.mrnas["target"].tolist() == ["Abc1"]
    assert mouse.mrnas["sequence"].iloc[0].endswith(exons[17:])
    assert mouse.mirnas["mirna"].tolist() == ["mmu-let-7a-5p"] and mouse.about["prefix"] == "mmu"
    assert find_genes("abc1", mouse)[0]["target"].tolist() == ["Abc1"]
    (tmp_path / "m.fa").write_text(f">mine\n{LET7}\n")
    fetch.fetch_species("pet", tmp_path / "g.gtf", tmp_path / "g.fa", tmp_path / "m.fa")
    assert load_species("pet").mirnas["mirna"].tolist() == ["mine"]
    with pytest.raises(ValueError, match="miRBase has no species 'pet'; give the prefix"):
        fetch.fetch_species("pet", tmp_path / "g.gtf", tmp_path / "g.fa")
    assert command(["fetch", "mouse"]) == 1
    assert "is made from an --annotation and its --genome" in capsys.readouterr().err


# --- genes


@pytest.mark.parametrize(
    ("name", "wanted", "kind"),
    [
        ("pten", "PTEN", ""),
        ("5728", "PTEN", ""),
        ("5728.0", "PTEN", ""),
        ("NM_000314.8", "PTEN", ""),
        ("nm_000314", "PTEN", ""),
        ("ENSG00000171862", "PTEN", ""),
        ("ENSG00000171862.12", "PTEN", ""),
        ("MMAC1", "PTEN", " (alias)"),
        ("PTEN1", "PTEN", " (alias)"),
        ("bzs", "PTEN", " (previous symbol)"),
        ("OLD3", "NEW3", " (previous symbol)"),
        ("7-Sep", "SEPTIN7", ""),
        ("NM_111111", "GENE1", ""),
        ("GENE1", "GENE1", None),  # the symbol of today, not GENE2's of before
    ],
)
def test_genes_by_every_name(human, name, wanted, kind):
    rows, meant, unknown = find_genes([name], human)
    assert rows["target"].tolist() == [wanted] and unknown == []
    assert meant == ([] if kind is None else [f"{name} means {wanted}{kind}"])


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("shared", "'shared' is an alias of GENE1 and GENE2; give one of them"),
        ("MALAT1", "'MALAT1' has no sequence among the human mRNAs (RNA, long non-coding)"),
        ("ENSG00000251562.9", "'ENSG00000251562.9' has no sequence among the human mRNAs (RNA, long non-coding)"),
        ("PTEM", "'PTEM' is no gene of the human mRNAs. Did you mean 'PTEN'?"),
        ("GENE3", "'GENE3' is no gene of the human mRNAs"),
        ("57281", "'57281' is no gene of the human mRNAs"),
        ("NM_000315", "'NM_000315' is not among the human mRNAs, one a gene; give the gene's symbol"),
        ("ENSG00000999999", "'ENSG00000999999' is not among the human mRNAs"),
        ("ENST00000371953", "'ENST00000371953' is the id of a transcript or protein; give the gene's, ENSG..."),
        ("hsa-miR-21-5p", "'hsa-miR-21-5p' is a miRNA, not one of the human mRNAs"),
    ],
)
def test_an_unknown_gene_is_one_sentence(human, name, said):
    rows, meant, unknown = find_genes(["PTEN", name], human)
    assert rows["target"].tolist() == ["PTEN"] and meant == [] and unknown == [said]


@pytest.mark.parametrize(
    "text",
    [
        "PTEN\nGENE1\n",
        "gene\nPTEN\nGENE1\n",
        "# mine\n'PTEN'\n\nGENE1  # second\nPTEN\n",
        "PTEN, GENE1",
        "PTEN GENE1\n",
        '"","baseMean","log2FoldChange"\n"PTEN",12.5,-1.5\n"GENE1",2.5,NA\n',
        "1\tPTEN\tphosphatase and tensin homolog\n2\tGENE1\tfirst gene here\n",
        "Gene stable ID;Gene name\nENSG00000171862.12;x\nENSG00000000011;y\n",
        "entrez\n5728\n11\n",
        "logFC\tlogCPM\tF\nENSG00000171862\t-1.5\t2e-3\t7\nENSG00000000011\t.5\t2\tNA\n",
        "sample,log2FC\nPTEN,-1\nGENE1,1\n",
        "5728\n11\n",
    ],
)
def test_gene_lists_are_read_as_people_keep_them(human, tmp_path, text):
    (tmp_path / "genes.txt").write_text(text)
    rows, _, unknown = find_genes(tmp_path / "genes.txt", human)
    assert rows["target"].tolist() == ["PTEN", "GENE1"] and unknown == []


def test_gene_lists_that_are_none(human, tmp_path):
    (tmp_path / "x.fa").write_text(">PTEN\nACGU\n")
    assert names_in(tmp_path / "x.fa", is_gene) == []
    with pytest.raises(ValueError, match=r"x\.fa: holds no gene name; write one a line"):
        find_genes(tmp_path / "x.fa", human)
    with pytest.raises(ValueError, match=r"there is no file .*none\.txt"):
        find_genes("none.txt", human)
    with pytest.raises(ValueError, match="no gene is given"):
        find_genes(" , ", human)
    rows, _, _ = find_genes("PTEN; gene1,NEW3", human)
    assert rows["target"].tolist() == ["PTEN", "GENE1", "NEW3"]


def test_tables_of_names_in_other_forms(tmp_path):
    path = tmp_path / "names.tsv"
    custom = (
        "Approved symbol\tStatus\tAlias symbols\tPrevious symbols\tNCBI Gene ID(supplied by NCBI)\tEnsembl gene ID\n"
    )
    path.write_text(custom + "PTEN\tApproved\tMMAC1, TEP1\tBZS\t5728\tENSG00000171862\n")
    (row,) = read_gene_names(path).to_dict("records")
    assert row["alias"] == ["MMAC1", "TEP1"] and row["entrez"] == "5728" and row["ensembl"] == "ENSG00000171862"
    biomart = "Gene stable ID\tGene name\tGene Synonym\nENSMUSG1.3\tPten\tMMAC1\nENSMUSG1.3\tPten\tB430203M17Rik\n"
    path.write_text(biomart)
    (row,) = read_gene_names(path).to_dict("records")
    assert row["symbol"] == "Pten" and row["alias"] == ["MMAC1", "B430203M17Rik"] and row["ensembl"] == "ENSMUSG1"
    path.write_text("gene\tlog2FC\nPTEN\t1\n")
    with pytest.raises(ValueError, match=r"names.tsv: is no table of gene names: .* found gene, log2FC"):
        read_gene_names(path)


def test_conserved_is_number_and_seed_in_near_and_far_species():
    names = [
        "hsa-let-7a-5p",
        "mmu-let-7b-5p",
        "dre-let-7c",
        "hsa-miR-5-5p",
        "mmu-miR-5-5p",
        "dre-miR-6-5p",
        "hsa-bantam",
    ]
    every = pd.DataFrame({"name": names, "sequence": [LET7] * len(names)})
    assert is_conserved(every, every).tolist() == [True, True, True, False, False, False, False]


# --- the registry


def test_the_small_registry_agrees_with_the_workflows(root):
    small, large = (read_registry(path) for path in (fetch.REGISTRY, root / "resources/sources.tsv"))
    shared = small.index.intersection(large.index)
    assert ("mirbase", "mature.fa") in shared
    columns = ["version", "url", "sha256", "bytes"]
    assert small.loc[shared, columns].equals(large.loc[shared, columns])
    assert small["licence"].ne("").all() and small["citation"].ne("").all()
    assert fetch.HGNC in set(small["url"])


def test_a_set_of_twenty_thousand_loads_at_once(tmp_path, rna):
    block = rna(np.random.default_rng(2), 3600)
    mrnas = pd.DataFrame(
        {"target": [f"g{n}" for n in range(18_000)], "sequence": [block[n % 50 :] for n in range(18_000)]}
    )
    mrnas = mrnas.assign(cds_start=0, cds_end=0, refseq="", entrez="", ensembl="")
    mirnas = pd.DataFrame({"mirna": ["m"], "mirna_sequence": [LET7], "accession": [""], "conserved": [False]})
    write_species(store.Species("x", mrnas, mirnas, fetch.no_names()), tmp_path / "x.safetensors")
    start = time.perf_counter()
    read_species(tmp_path / "x.safetensors")
    assert time.perf_counter() - start < 2  # 0.2 s on an idle machine
    assert (tmp_path / "x.safetensors").stat().st_size < 18e6
