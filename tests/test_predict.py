"""Targets of a user's miRNAs: library, command and rule give the same, and say clearly what they cannot use."""

import gzip
import re
import shutil

import numpy as np
import pandas as pd
import pytest

from deepmirnatar import Predictor
from deepmirnatar.cli import main as command
from deepmirnatar.common.files import read_tsv, write_tsv
from deepmirnatar.prediction import chunks as chunk_scores
from deepmirnatar.prediction import outputs, predictor
from deepmirnatar.prediction import predict as job
from deepmirnatar.prediction.duplex_svg import as_text, duplex
from deepmirnatar.prediction.explain import importance
from deepmirnatar.prediction.inputs import read_inputs, read_texts
from deepmirnatar.prediction.known import read_known
from deepmirnatar.rna.seeds import CANDIDATES, seed_type
from deepmirnatar.rna.sequences import reverse_complement
from deepmirnatar.species.mirna_names import from_mirbase

LET7, MIR16 = "UGAGGUAGUAGGUUGUAUAGUU", "UAGCAGCACGUAAAUAUUGGCG"


@pytest.fixture(scope="module")
def fasta(tmp_path_factory, rna):
    """Two miRNAs, and 3'UTRs with planted seed matches, some near an end."""
    folder, rng = tmp_path_factory.mktemp("fasta"), np.random.default_rng(1)
    (folder / "mirnas.fa").write_text(f">let-7a\n{LET7}\n>miR-16\n{MIR16}\n")
    utrs = []
    for number in range(12):
        utr = rna(rng, 300)
        for place, mirna in ((0, LET7), (120, MIR16), (290, LET7)):
            utr = utr[:place] + reverse_complement(mirna[1:8]) + "A" + utr[place + 8 :]
        utrs.append(f">gene{number}\n{utr}\n")
    (folder / "utrs.fa").write_text("".join(utrs))
    (folder / "mature.fa").write_text(
        f">hsa-let-7a-5p MIMAT0000062 Homo sapiens\n{LET7}\n>hsa-miR-16-5p MIMAT0000069 Homo sapiens\n{MIR16}\n"
        ">hsa-let-7a-3p MIMAT0004481 Homo sapiens let-7a-3p\nCUAUACAAUCUACUGUCUUUC\n"
        ">hsa-miR-941-5p MIMAT0000001 x\nACCCGGCUGUGUGCACAUGUGC\n>hsa-miR-941-3p M x\nCACCCGGCUGUGUGCACAUGUG\n"
        ">mmu-miR-16-5p MIMAT0000527 Mus musculus\nUAGCAGCACGUAAAUAUUGGCC\n"
        # The arms that differ between a miRNA's genes have the gene's number.
        ">hsa-miR-16-1-3p MIMAT0004489 Homo sapiens\nCCAGUAUUAACUGUGCUGCUGA\n"
        ">ath-miR156a-5p MIMAT0000166 Arabidopsis thaliana\nUGACAGAAGAGAGUGAGCAC\n"
    )
    return folder


def small_chunks(monkeypatch) -> None:
    """Two or three targets go through at once."""
    monkeypatch.setattr(predictor, "CHUNK_SITES", 0)
    monkeypatch.setattr(predictor, "LEAST_NT", 700)


def tables(fasta) -> tuple[pd.DataFrame, pd.DataFrame]:
    given = read_inputs(fasta / "mirnas.fa", fasta / "utrs.fa")
    return given.mirnas, given.targets


def test_every_seed_match_is_found_with_its_type_and_place(weights, fasta):
    mirnas, targets = tables(fasta)
    sites = Predictor.load(weights).predict(mirnas, targets).sites
    expected = set()
    for mirna in mirnas.itertuples():
        core = reverse_complement(mirna.mirna_sequence[1:7])
        for target in targets.itertuples():
            for match in re.finditer(f"(?={core})", target.sequence):
                around = target.sequence[max(match.start() - 1, 0) : match.start() + 7]
                kind = seed_type(mirna.mirna_sequence, around)
                # Of matches that overlap, the stronger is the site: an 8mer of miR-16 is at 120.
                if not (mirna.mirna == "miR-16" and 112 < match.start() < 128 and match.start() != 121):
                    expected.add((mirna.mirna, target.target, match.start(), kind))
    utr_of = targets.set_index("target")["sequence"]
    found = set()
    for row in sites.itertuples():
        utr = utr_of[row.target]
        core = utr.index(reverse_complement(row.mirna_sequence[1:7]), row.seed_start)
        found.add((row.mirna, row.target, core, row.seed_type))
        assert utr[row.start : row.end] == row.site_sequence and row.start <= row.seed_start < row.seed_end <= row.end
    assert found == expected and len(sites) == len(expected)


def test_the_command_the_library_and_the_rule_give_the_same(weights, fasta, tmp_path, script, monkeypatch):
    mirnas, targets = tables(fasta)
    result = Predictor.load(weights).predict(mirnas, targets)
    arguments = ["--mirnas", str(fasta / "mirnas.fa"), "--targets", str(fasta / "utrs.fa"), "--explain", "1"]
    assert command(["predict", *arguments, "--out", str(tmp_path / "a"), "--weights", str(weights)]) == 0
    paths = [str(fasta / "mirnas.fa"), str(fasta / "utrs.fa")]
    files = Predictor.load(weights).predict(*paths)
    pd.testing.assert_frame_equal(files.sites, result.sites)
    given = str(tmp_path / "inputs.json")
    script("read_inputs").main({"mirnas": paths[0], "targets": paths[1]}, given)
    for folder, parts in (("b", 1), ("c", 3), ("d", 20)):
        small_chunks(monkeypatch)
        stems = [tmp_path / folder / "parts" / str(part) for part in range(parts)]
        for part, stem in enumerate(stems):
            script("score_targets").main(given, stem, part, parts, candidates="seed_match", weights=weights)
        script("predict_targets").main(given, stems, "seed_match", weights, 1, "auto", tmp_path / folder)
    for folder in (tmp_path / "a", tmp_path / "b", tmp_path / "c", tmp_path / "d"):
        for name, table in (("genes.tsv", result.genes), ("sites.tsv", result.sites)):
            found = read_tsv(folder / name).fillna({"note": ""})
            pd.testing.assert_frame_equal(found, table, check_dtype=False, rtol=1e-6)
        assert "<html" in (folder / "report.html").read_text()
        assert not [path for path in folder.iterdir() if path.name.startswith(".")]


def test_chunks_change_nothing_and_a_killed_prediction_goes_on(weights, fasta, tmp_path, monkeypatch):
    whole = job.predict_files(fasta / "mirnas.fa", fasta / "utrs.fa", tmp_path / "whole", explained=0, weights=weights)
    small_chunks(monkeypatch)
    done = []
    score = Predictor._chunk

    def die_at_the_third(self, *given):
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(1)
        return score(self, *given)

    monkeypatch.setattr(Predictor, "_chunk", die_at_the_third)
    with pytest.raises(KeyboardInterrupt):
        job.predict_files(fasta / "mirnas.fa", fasta / "utrs.fa", tmp_path / "cut", explained=0, weights=weights)
    assert not (tmp_path / "cut" / "genes.tsv").exists()
    calls = []
    # Another version's chunks are not mixed with one's own.
    shutil.copytree(tmp_path / "cut", tmp_path / "newer")
    with monkeypatch.context() as newer:
        newer.setattr(chunk_scores, "__version__", "9.9")
        newer.setattr(Predictor, "_chunk", lambda self, *given: calls.append(1) or score(self, *given))
        job.predict_files(fasta / "mirnas.fa", fasta / "utrs.fa", tmp_path / "newer", explained=0, weights=weights)
    assert len(calls) == len(list(predictor.chunks(tables(fasta)[1], 2)))
    assert not list((tmp_path / "newer").glob(".*"))  # the older one's chunks are of no use any more
    calls.clear()
    monkeypatch.setattr(Predictor, "_chunk", lambda self, *given: calls.append(1) or score(self, *given))
    again = job.predict_files(fasta / "mirnas.fa", fasta / "utrs.fa", tmp_path / "cut", explained=0, weights=weights)
    _, targets = tables(fasta)
    assert len(calls) == len(list(predictor.chunks(targets, 2))) - 2
    for one, two in zip(whole, again, strict=True):
        if one.suffix == ".tsv":
            pd.testing.assert_frame_equal(read_tsv(one), read_tsv(two), rtol=1e-5)
        elif one.suffix == ".bed":
            assert sorted(one.read_text().splitlines()) == sorted(two.read_text().splitlines())
    assert not list((tmp_path / "cut").glob(".*"))


def test_a_part_does_not_go_on_from_chunks_of_other_code(weights, fasta, tmp_path, monkeypatch):
    small_chunks(monkeypatch)
    given = read_inputs(str(fasta / "mirnas.fa"), str(fasta / "utrs.fa"))
    loaded = Predictor.load(weights)
    old = chunk_scores.score_chunks(loaded, given, tmp_path, "seed_match", code="old")  # killed before the last step
    kept = chunk_scores.score_chunks(loaded, given, tmp_path, "seed_match", code="old")
    new = chunk_scores.score_chunks(loaded, given, tmp_path, "seed_match", code="new")
    assert len(old) > 2 and kept == old and not set(new) & set(old)


def test_bed_and_gff_say_where_the_sites_are(weights, fasta, tmp_path):
    job.predict_files(fasta / "mirnas.fa", fasta / "utrs.fa", tmp_path, explained=0, weights=weights)
    sites = read_tsv(tmp_path / "sites.tsv")
    bed = [line.split("\t") for line in (tmp_path / "sites.bed").read_text().splitlines()]
    assert sorted((row[0], int(row[1]), int(row[2])) for row in bed) == sorted(
        zip(sites["target"], sites["start"], sites["end"], strict=True)
    )
    head, *lines = (tmp_path / "sites.gff3").read_text().splitlines()
    assert head == "##gff-version 3" and len(lines) == len(sites)
    for line, site in zip(lines, sites.itertuples(), strict=True):
        columns = line.split("\t")
        assert len(columns) == 9 and columns[0] == site.target
        assert (int(columns[3]), int(columns[4])) == (site.start + 1, site.end)


def test_genes_add_up_their_sites_and_are_ranked(weights, fasta):
    result = Predictor.load(weights).predict(*tables(fasta))
    genes, sites = result.genes, result.sites
    assert genes["repression"].is_monotonic_increasing and genes["rank"].tolist() == list(range(1, len(genes) + 1))
    for row in genes.itertuples():
        own = sites[(sites["mirna"] == row.mirna) & (sites["target"] == row.target)]
        assert row.sites == len(own) == row.n_8mer + row.n_7mer + row.n_6mer
        assert row.best_score == own["score"].max()
        assert row.binding == pytest.approx(1 - np.prod(1 - own["binding"]), abs=1e-5)
        # Weaker sites, which are not listed, may add to what the listed ones give.
        assert row.repression <= own["repression"].sum() + 1e-5


def test_importance_is_the_change_of_the_log_odds_when_a_base_is_hidden(weights):
    scorer = Predictor.load(weights)
    site = "ACGUUACGAACGUCUACCUCAACGU"
    found = importance(scorer, LET7, site)
    assert found["site"].shape == (25,) and found["mirna"].shape == (22,)

    def odds(mirna: str, place: str) -> float:
        score = scorer.score(pd.DataFrame({"mirna_sequence": [mirna], "target_sequence": [place]}))[0]
        return float(np.log(score / (1 - score)))

    assert found["site"][3] == pytest.approx(odds(LET7, site[:3] + "N" + site[4:]) - odds(LET7, site), abs=1e-4)


def test_no_base_stands_for_n_and_it_is_not_explained(weights):
    with pytest.raises(ValueError, match="only A, C, G and U can be replaced"):
        importance(Predictor.load(weights), LET7, "ACGUNACGU")


def test_pairs_of_a_table_are_scored_by_the_weights_that_are_given(weights, tmp_path, capsys):
    sites = ["ACGUACGUACGU", "acgtacgtnngu"]
    table = pd.DataFrame({"name": ["x", "y"], "mirna_sequence": LET7.replace("U", "T"), "target_sequence": sites})
    table.to_csv(tmp_path / "pairs.tsv", sep="\t", index=False)
    assert command(["score", str(tmp_path / "pairs.tsv"), "--weights", str(weights)]) == 0
    scored = read_tsv(tmp_path / "pairs.scored.tsv")
    assert scored[list(table)].equals(table)  # as they were written
    expected = Predictor.load(weights).score(table)
    assert expected[0] != expected[1] and scored["score"].to_numpy() == pytest.approx(expected)
    assert command(["score", str(tmp_path / "pairs.scored.tsv")]) == 1
    assert "has a column 'score' already, which would be overwritten" in capsys.readouterr().err
    swapped = table[:1].rename(columns={"mirna_sequence": "target_sequence", "target_sequence": "mirna_sequence"})
    swapped.to_csv(tmp_path / "swapped.tsv", sep="\t", index=False)
    assert command(["score", str(tmp_path / "swapped.tsv")]) == 1
    assert "line 2: mirna_sequence 'ACGUACGUACGU' has 12 nt; a mature miRNA has 15 to 30" in capsys.readouterr().err


def test_a_long_site_is_scored_as_it_is_among_others(weights, rna):
    rng = np.random.default_rng(6)
    pairs = pd.DataFrame({"mirna_sequence": LET7, "target_sequence": [rna(rng, 900), rna(rng, 40)]})
    predictor = Predictor.load(weights)
    assert predictor.score(pairs) == pytest.approx([*predictor.score(pairs[:1]), *predictor.score(pairs[1:])], abs=5e-3)


BAD = [
    ("mirnas.fa", ">a\nUGAGGUAGUAGGUUGUAUAGUU\n", "utrs.fa", ">u\nGGGG\n", "no candidate site"),
    ("mirnas.fa", ">a\nUGAGG\n", "utrs.fa", ">u\nACGU\n", "has 5 nt"),
    ("mirnas.fa", "", "utrs.fa", ">u\nACGU\n", "holds no FASTA entry"),
    ("mirnas.fa", f">a\n{LET7}\n", "utrs.fa", ">u\nACXU\n", "holds 'X'"),
    ("utrs.fa", f">u\n{'ACGU' * 50}\n", "mirnas.fa", f">a\n{LET7}\n", "are swapped"),
    ("none.fa", None, "utrs.fa", ">u\nACGU\n", "none.fa"),
]


@pytest.mark.parametrize(("one", "text", "two", "other", "wanted"), BAD, ids=[row[-1] for row in BAD])
def test_bad_input_is_one_sentence_and_leaves_nothing(weights, tmp_path, capsys, one, text, two, other, wanted):
    for name, content in ((one, text), (two, other)):
        if content is not None:
            (tmp_path / name).write_text(content)
    arguments = ["--mirnas", str(tmp_path / one), "--targets", str(tmp_path / two), "--out", str(tmp_path / "out")]
    assert command(["predict", *arguments, "--weights", str(weights)]) == 1
    said = capsys.readouterr().err.strip().splitlines()[-1]
    assert said.startswith("deepmirnatar: ") and wanted in said
    assert not list((tmp_path / "out").glob("*.*sv")) if (tmp_path / "out").exists() else True


def test_input_without_a_site_leaves_an_earlier_result_alone(weights, fasta, tmp_path):
    (tmp_path / "none.fa").write_text(">u\nGGGGGGGG\n")
    given = ["predict", "--mirnas", str(fasta / "mirnas.fa"), "--weights", str(weights), "--out", str(tmp_path / "out")]
    assert command([*given, "--targets", str(fasta / "utrs.fa"), "--explain", "0"]) == 0
    before = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    assert command([*given, "--targets", str(tmp_path / "none.fa")]) == 1
    assert {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()} == before


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        (["predict", "--mirnas", "a", "--explain", "-1"], "'-1' must be a whole number from 0 to 10,000"),
        (["score", "a.tsv", "--threads", "0"], "'0' must be a whole number from 1 to 10,000"),
        (["serve", "--port", "99999"], "'99999' must be a whole number from 1 to 65,535"),
    ],
)
def test_numbers_out_of_range_are_refused(arguments, wanted, capsys):
    with pytest.raises(SystemExit):
        command(arguments)
    assert wanted in capsys.readouterr().err


def test_a_table_without_rows_or_names_is_refused(weights):
    shipped, mirnas = Predictor.load(weights), pd.DataFrame({"mirna": ["a"], "mirna_sequence": [LET7]})
    targets = pd.DataFrame({"target": ["u", None], "sequence": ["ACGU" * 20] * 2})
    with pytest.raises(ValueError, match="row 2 of the table: target is missing"):
        shipped.predict(mirnas, targets)
    with pytest.raises(ValueError, match="the table of targets has no rows"):
        shipped.predict(mirnas, targets.iloc[:0])


def test_without_a_candidate_python_gets_empty_tables_and_the_reason(weights):
    mirnas = pd.DataFrame({"mirna": ["a"], "mirna_sequence": [LET7]})
    result = Predictor.load(weights).predict(mirnas, pd.DataFrame({"target": ["u"], "sequence": ["G" * 100]}))
    assert result.sites.empty and result.genes.empty and "rank" in result.genes
    assert any("no candidate site" in warning for warning in result.warnings)


def test_dna_and_lower_case_from_python_are_the_same_as_rna(weights, rna):
    rng = np.random.default_rng(4)
    rna_pairs = pd.DataFrame({"mirna_sequence": [LET7] * 3, "target_sequence": [rna(rng, 40) for _ in range(3)]})
    scorer = Predictor.load(weights)
    for other in (lambda text: text.replace("U", "T"), str.lower, lambda text: f" {text.lower().replace('u', 't')} "):
        np.testing.assert_array_equal(scorer.score(rna_pairs.map(other)), scorer.score(rna_pairs))
    mirnas = pd.DataFrame({"mirna": ["a"], "mirna_sequence": [LET7]})
    targets = pd.DataFrame({"target": ["u"], "sequence": [rna(rng, 200) + "CUACCUCA" + rna(rng, 90)]})
    expected = scorer.predict(mirnas, targets)
    mirnas["mirna_sequence"], targets["sequence"] = LET7.replace("U", "t"), targets["sequence"].str.lower()
    found = scorer.predict(mirnas, targets)
    pd.testing.assert_frame_equal(found.sites, expected.sites)
    pd.testing.assert_frame_equal(found.genes, expected.genes)


@pytest.mark.parametrize("targets", [["ACGUACGU"], {"PTEN": "ACGUACGU"}])
def test_targets_of_another_kind_are_refused_in_one_sentence(weights, targets):
    mirnas = pd.DataFrame({"mirna": ["a"], "mirna_sequence": [LET7]})
    with pytest.raises(
        ValueError, match=r"targets are a (list|dict); give the path of a FASTA file, or a pandas table"
    ):
        Predictor.load(weights).predict(mirnas, targets)
    with pytest.raises(ValueError, match="mirnas are a dict; give the path of a FASTA file, a list of names, or a"):
        Predictor.load(weights).predict({"a": LET7}, pd.DataFrame({"target": ["u"], "sequence": ["ACGU" * 20]}))


@pytest.mark.parametrize(
    ("column", "value", "wanted"),
    [
        ("mirna_sequence", "UGAGGU-GUAGGUUGUAUAGUU", "row 2 of the table: mirna_sequence .* alignment gap"),
        ("target_sequence", "MKLVEEFFFF", "row 2 of the table: target_sequence .* looks like a protein"),
        ("target_sequence", "", "row 2 of the table: target_sequence '' is empty"),
        ("target_sequence", None, "row 2 of the table: target_sequence .* is empty"),
    ],
)
def test_a_bad_sequence_from_python_is_named(weights, column, value, wanted):
    pairs = pd.DataFrame({"mirna_sequence": [LET7] * 2, "target_sequence": ["ACGU" * 10] * 2})
    pairs.loc[1, column] = value
    with pytest.raises(ValueError, match=wanted):
        Predictor.load(weights).score(pairs)
    with pytest.raises(ValueError, match=f"the table has no column '{column}'"):
        Predictor.load(weights).score(pairs.drop(columns=column))


def test_the_shipped_weights_are_small_and_read_pairing():
    files = [predictor.WEIGHTS / "sites.safetensors", predictor.REPRESSION, predictor.BINDING]
    assert sum(path.stat().st_size for path in files) < 2_500_000
    shipped = Predictor.load()
    perfect, wrong = reverse_complement(LET7), reverse_complement(LET7[::-1])
    pairs = pd.DataFrame({"mirna_sequence": [LET7, LET7], "target_sequence": ["GA" * 9 + perfect, "GA" * 9 + wrong]})
    good, bad = shipped.score(pairs)
    assert good > 0.9 > 0.5 > bad
    assert shipped.scorer.about["pairs_sha256"]


# --- names, annotations, evidence --------------------------------------------------------------------------------


def test_names_are_looked_up_and_what_was_meant_is_said(fasta):
    found, meant = from_mirbase(["hsa-let-7a-5p", "miR-16", "MIR-16-1", "let-7a", "mmu-miR-16-5p"], fasta / "mature.fa")
    assert dict(found.to_numpy()) == {
        "hsa-let-7a-5p": LET7, "hsa-miR-16-5p": MIR16, "mmu-miR-16-5p": "UAGCAGCACGUAAAUAUUGGCC"
    }  # fmt: skip
    assert meant == [
        "miR-16 means hsa-miR-16-5p (the major arm; the other is hsa-miR-16-1-3p)",
        "MIR-16-1 means hsa-miR-16-5p (the major arm; the other is hsa-miR-16-1-3p)",
        "let-7a means hsa-let-7a-5p (the major arm; the other is hsa-let-7a-3p)",
    ]
    # Neither arm has a well-known seed: both are taken.
    both, _ = from_mirbase(["miR-941"], fasta / "mature.fa")
    assert both["mirna"].tolist() == ["hsa-miR-941-5p", "hsa-miR-941-3p"]
    # Without its hyphen, and by its accession.
    for name in ("miR16", "hsa-mir16-5p", "MIMAT0000069", "miRNA-16", "microRNA16", "hsa-miRNA-16-5p"):
        assert from_mirbase([name], fasta / "mature.fa")[0]["mirna"].tolist() == ["hsa-miR-16-5p"]
    for name in ("ath-miR156a-5p", "ath-miR156a"):  # names of plants have no hyphen
        assert from_mirbase([name], fasta / "mature.fa")[0]["mirna"].tolist() == ["ath-miR156a-5p"]
    (fasta / "mature.fa.gz").write_bytes(gzip.compress((fasta / "mature.fa").read_bytes()))
    assert len(from_mirbase(["hsa-miR-16-1-3p"], fasta / "mature.fa.gz")[0]) == 1
    assert from_mirbase(["mimat0000527"], fasta / "mature.fa")[0]["mirna"].tolist() == ["mmu-miR-16-5p"]
    with pytest.raises(ValueError, match="no miRNA is given"):
        from_mirbase([], fasta / "mature.fa")
    with pytest.raises(ValueError, match=r"holds no miRNA 'miR-61-5p': hsa has no miR-61, nor"):
        from_mirbase(["miR-61-5p"], fasta / "mature.fa")
    with pytest.raises(ValueError, match=r"'miR-16' is taken for a name of miRBase, whose file .* leave --mirbase out"):
        from_mirbase(["miR-16"], fasta / "none.fa")


def test_names_come_from_the_command_a_file_and_the_page(fasta, tmp_path, monkeypatch):
    (tmp_path / "names.txt").write_text("miR-16\nlet-7a\n")
    given = [["let-7a", "miR-16"], "let-7a,miR-16", tmp_path / "names.txt"]
    for each in given:
        found = read_inputs(each, fasta / "utrs.fa", mirbase=fasta / "mature.fa")
        assert sorted(found.mirnas["mirna"]) == ["hsa-let-7a-5p", "hsa-miR-16-5p"] and len(found.meant) == 2
    many = ",".join(["let-7a", "miR-16"] * 40)  # longer than the name of a file may be
    assert len(read_inputs(many, fasta / "utrs.fa", mirbase=fasta / "mature.fa").mirnas) == 2
    with pytest.raises(ValueError, match=r"there is no file 'none\.fa' "):
        read_inputs("none.fa", fasta / "utrs.fa")
    with pytest.raises(ValueError, match=r"there is no file '.*mirna\.fa'.* Did you mean 'mirnas\.fa'"):
        read_inputs(fasta / "mirna.fa", fasta / "utrs.fa")
    with pytest.raises(ValueError, match=r"looks like a sequence, not like a name; write it into a FASTA file"):
        read_inputs(LET7, fasta / "utrs.fa")
    # A file of the current folder plays no part.
    (tmp_path / "resources/downloads/mirbase").mkdir(parents=True)
    (tmp_path / "resources/downloads/mirbase/mature.fa").write_text(f">hsa-let-7a-5p M x\n{MIR16}\n")
    monkeypatch.chdir(tmp_path)
    assert read_texts("let-7a", "ACGU" * 20).mirnas["mirna_sequence"].tolist() == [LET7]
    pasted = read_texts(f"{LET7}\n{MIR16}", "ACGU" * 20 + "\n" + "GGCC" * 20)
    assert pasted.mirnas["mirna"].tolist() == ["miRNA1", "miRNA2"]
    assert pasted.targets[["target", "sequence"]].to_numpy().tolist() == [["target", "ACGU" * 20 + "GGCC" * 20]]


def test_warnings_reach_the_terminal_the_report_and_python(weights, fasta, tmp_path, capsys):
    (tmp_path / "m.fa").write_text(f">a\n{LET7}\n>b\n{LET7}\n")
    result = Predictor.load(weights).predict(tmp_path / "m.fa", fasta / "utrs.fa")
    assert result.warnings == ["'b' has the same sequence as 'a', and so the same results."]
    arguments = ["--mirnas", str(tmp_path / "m.fa"), "--targets", str(fasta / "utrs.fa"), "--weights", str(weights)]
    assert command(["predict", *arguments, "--out", str(tmp_path / "out"), "--explain", "0"]) == 0
    assert f"warning: {result.warnings[0]}" in capsys.readouterr().err
    assert "has the same sequence as" in (tmp_path / "out/report.html").read_text()


def test_known_targets_stand_beside_the_scores(weights, fasta, tmp_path):
    (tmp_path / "known.tsv").write_text("mirna\tgene\tentrez\tstrong\nlet-7a\tgene3\t1\t1\nmiR-16\tgene4\t2\t0\n")
    job.predict_files(
        fasta / "mirnas.fa",
        fasta / "utrs.fa",
        tmp_path / "a",
        explained=0,
        weights=weights,
        known=tmp_path / "known.tsv",
    )
    genes = read_tsv(tmp_path / "a/genes.tsv").set_index(["mirna", "target"])
    assert genes.loc[("let-7a", "gene3"), ["known", "strong"]].tolist() == [1, 1]
    assert genes.loc[("miR-16", "gene4"), ["known", "strong"]].tolist() == [1, 0]
    assert genes["known"].sum() == 2


def test_known_targets_of_other_names_are_a_warning(weights, fasta, tmp_path, caplog):
    (tmp_path / "known.csv").write_text("mirna,gene\nLet-7a,GENE3\n")
    given = fasta / "mirnas.fa", fasta / "utrs.fa", tmp_path / "a"
    job.predict_files(*given, explained=0, weights=weights, known=tmp_path / "known.csv")
    assert "none of the 1 known targets in" in caplog.text and "names must be the same" in caplog.text


def test_a_table_of_known_targets_may_leave_the_evidence_out(tmp_path):
    path = tmp_path / "known.tsv"
    path.write_text("gene\tmirna\nBCL2\tmiR-16\n")
    assert read_known(path).to_numpy().tolist() == [["miR-16", "BCL2", 0]]
    path.write_text("gene\nBCL2\n")
    with pytest.raises(ValueError, match=r"known\.tsv: column 'mirna' is missing; found gene"):
        read_known(path)
    path.write_text("mirna\tgene\tstrong\nmiR-16\tBCL2\t1\nmiR-16\tKRAS\tyes\n")
    with pytest.raises(ValueError, match=r"known\.tsv, line 3: strong is 'yes'; write 1"):
        read_known(path)


def test_offset_6mers_are_candidates_where_they_are_asked_for(weights, fasta, tmp_path):
    job.predict_files(
        fasta / "mirnas.fa", fasta / "utrs.fa", tmp_path, candidates="offset", explained=0, weights=weights
    )
    sites = read_tsv(tmp_path / "sites.tsv")
    assert "offset 6mer" in set(sites["seed_type"]) <= set(CANDIDATES["offset"])
    assert "offset 6mer" in (tmp_path / "report.html").read_text()


def test_merging_ranks_and_counts(tmp_path, monkeypatch):
    monkeypatch.setattr(outputs, "OPEN", 2)
    rng = np.random.default_rng(0)
    columns = {"repression": -rng.random(50).round(2), "binding": rng.random(50).round(2), "sites": 2}
    columns["fully_complementary"] = (rng.random(50) < 0.2).astype(int)
    genes = pd.DataFrame(
        {"mirna": [f'm"{n % 5}' for n in range(50)], "target": [f"t{n}" for n in range(50)], **columns}
    )
    paths = []
    for number in range(5):
        paths.append(tmp_path / f"{number}.tsv")
        write_tsv(predictor.in_order(genes[number * 10 : number * 10 + 10]), paths[-1])
    totals = outputs.merge_genes(paths, tmp_path / "all.tsv")
    pd.testing.assert_frame_equal(read_tsv(tmp_path / "all.tsv"), predictor.ranked(genes))
    assert totals == {"pairs": 50, "mirnas": 5, "targets": 50, "sites": 100}
    assert len(list(tmp_path.iterdir())) == 6


def test_a_duplex_is_drawn_as_text():
    found = duplex(LET7, "AAAACUAUACAACCUACUACCUCAAAAA")
    mirna, pairs, site = as_text(found).splitlines()
    assert pairs.count("|") == 22 and pairs.index("|") == mirna.index(LET7[::-1])
    assert site[pairs.index("|") :].startswith("AACUAUACAACC")
    # No letter is lost where the sides of a loop differ by an odd number.
    looped = "AACAUUCAACCUGUAUUACAUUCAACCACUACCUCAAGC"
    mirna, _, site = as_text(duplex(LET7, looped)).splitlines()
    assert mirna[8:-2].replace(" ", "") == LET7[::-1] and site[8:-2].replace(" ", "") == looped


def test_explain_takes_a_name_and_prints_the_duplex(weights, fasta, tmp_path, capsys):
    site = "AAAACUAUACAACCUACUACCUCAAAAA"
    arguments = ["--mirbase", str(fasta / "mature.fa"), "--out", str(tmp_path / "a.svg"), "--weights", str(weights)]
    assert command(["explain", "let-7a", site, *arguments]) == 0
    said, told = capsys.readouterr()
    assert "let-7a means hsa-let-7a-5p (the major arm" in told
    value = Predictor.load(weights).score(pd.DataFrame({"mirna_sequence": [LET7], "target_sequence": [site]}))[0]
    assert "||||||||" in said and f"Probability of binding {value:.3f}." in said
    assert "</svg>" in (tmp_path / "a.svg").read_text()
    assert command(["explain", "MIMAT0000062", site, *arguments]) == 0
    assert command(["explain", "miR-941", site, *arguments]) == 1
    said = capsys.readouterr().err
    assert re.search(r"means hsa-miR-941-5p and hsa-miR-941-3p \(both arms, .*\); give one of them", said)
    assert command(["explain", LET7, "ACGU" * 600]) == 1
    assert "SITE has 2,400 nt, more than the 2,000 that a site may have" in capsys.readouterr().err


def test_odd_letters_of_a_name_break_no_table(weights, tmp_path):
    (tmp_path / "m.fa").write_text(f">let-7a\n{LET7}\n")
    names = ['"x', "#1", ">2", "a;b"]
    (tmp_path / "u.fa").write_text("".join(f">{name}\n{'G' * 60}CUACCUCA{'G' * 60}\n" for name in names))
    job.predict_files(tmp_path / "m.fa", tmp_path / "u.fa", tmp_path / "out", explained=0, weights=weights)
    rows = [line.split("\t") for line in (tmp_path / "out/sites.bed").read_text().splitlines()]
    assert sorted(row[0] for row in rows) == sorted(names) and {len(row) for row in rows} == {6}
    _, *rows = [line.split("\t") for line in (tmp_path / "out/sites.gff3").read_text().splitlines()]
    assert sorted(row[0] for row in rows) == ["%22x", "%231", "%3E2", "a%3Bb"]
    assert all(row[8].startswith("ID=let-7a@") for row in rows)


def test_two_sites_cut_off_by_the_same_end_are_explained_apart(weights, tmp_path):
    """Both scored windows begin with the 3'UTR and differ in length."""
    (tmp_path / "mirna.fa").write_text(f">let-7a\n{LET7}\n")
    (tmp_path / "utr.fa").write_text(">gene\nGG" + "CUACCUCA" + "GG" + "CUACCUCA" + "G" * 60 + "\n")
    job.predict_files(tmp_path / "mirna.fa", tmp_path / "utr.fa", tmp_path / "out", explained=5, weights=weights)
    sites = read_tsv(tmp_path / "out/sites.tsv")
    assert sites["start"].tolist() == [0, 0] and sites["end"].nunique() == 2
