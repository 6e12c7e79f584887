"""Targets of a user's miRNAs: library, command and rule give the same, and say clearly what they cannot use."""

import re

import numpy as np
import pandas as pd
import pytest

from deepmirnatar import Predictor
from deepmirnatar.cli import main as command
from deepmirnatar.common.files import read_tsv, write_tensors
from deepmirnatar.prediction import job, predictor
from deepmirnatar.prediction.candidates import read_mirnas, read_targets
from deepmirnatar.prediction.explain import importance
from deepmirnatar.prediction.repression import START, Repression
from deepmirnatar.predictors import load_class
from deepmirnatar.predictors.base import Context
from deepmirnatar.rna.seeds import seed_class
from deepmirnatar.rna.sequences import reverse_complement
from deepmirnatar.rna.site_features import FEATURES

LET7, MIR16 = "UGAGGUAGUAGGUUGUAUAGUU", "UAGCAGCACGUAAAUAUUGGCG"


@pytest.fixture(scope="module")
def weights(tmp_path_factory, rna):
    """A small network and a small model of repression, made as the shipped ones are."""
    folder, rng = tmp_path_factory.mktemp("weights"), np.random.default_rng(0)
    rows = [(rna(rng, 22), rna(rng, 40), number % 2) for number in range(80)]
    pairs = pd.DataFrame(rows, columns=["mirna_sequence", "target_sequence", "label"])
    settings = {"epochs": 1, "channels": 4, "hidden": 8, "members": 2, "bfloat16": False}
    model = load_class("interaction_map")(settings)
    model.fit(pairs[:60], pairs[60:], Context(seed=1, device="cpu", checkpoints=folder / "checkpoints"))
    model.save(folder / "sites.safetensors", {"predictor": "interaction_map"})
    features = np.arange(len(FEATURES)) / 100
    fitted = Repression(START, features, np.zeros(len(FEATURES)), np.ones(len(FEATURES)))
    write_tensors(fitted.to_arrays(), {"features": FEATURES}, folder / "repression.safetensors")
    return folder


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
    return folder


def tables(fasta) -> tuple[pd.DataFrame, pd.DataFrame]:
    return read_mirnas(None, fasta / "mirnas.fa"), read_targets(None, fasta / "utrs.fa")


def test_every_seed_match_is_found_with_its_type_and_place(weights, fasta):
    mirnas, targets = tables(fasta)
    sites = Predictor.load(weights).predict(mirnas, targets).sites
    expected = set()
    for mirna in mirnas.itertuples():
        core = reverse_complement(mirna.mirna_sequence[1:7])
        for target in targets.itertuples():
            for match in re.finditer(f"(?={core})", target.utr):
                around = target.utr[max(match.start() - 1, 0) : match.start() + 7]
                expected.add((mirna.mirna, target.target, match.start(), seed_class(mirna.mirna_sequence, around)))
    utr_of = targets.set_index("target")["utr"]
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
    monkeypatch.setattr(job, "WEIGHTS", weights)
    paths = [str(fasta / "mirnas.fa"), str(fasta / "utrs.fa")]
    script("predict_targets").main(*paths, "seed_match", 1, tmp_path / "b")
    for folder in (tmp_path / "a", tmp_path / "b"):
        for name, table in (("genes.tsv", result.genes), ("sites.tsv", result.sites)):
            pd.testing.assert_frame_equal(read_tsv(folder / name), table, check_dtype=False, rtol=1e-6)
        assert "<html" in (folder / "report.html").read_text()
        assert not [path for path in folder.iterdir() if path.name.startswith(".")]


def test_chunks_change_nothing_and_a_killed_prediction_goes_on(weights, fasta, tmp_path, monkeypatch):
    whole = job.predict_files(fasta / "mirnas.fa", fasta / "utrs.fa", tmp_path / "whole", explained=0, weights=weights)
    monkeypatch.setattr(predictor.chunks, "__defaults__", (700,))
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
    monkeypatch.setattr(Predictor, "_chunk", lambda self, *given: calls.append(1) or score(self, *given))
    again = job.predict_files(fasta / "mirnas.fa", fasta / "utrs.fa", tmp_path / "cut", explained=0, weights=weights)
    _, targets = tables(fasta)
    assert len(calls) == len(list(predictor.chunks(targets))) - 2
    for one, two in zip(whole, again, strict=True):
        if one.suffix == ".tsv":
            pd.testing.assert_frame_equal(read_tsv(one), read_tsv(two), rtol=1e-5)
        elif one.suffix == ".bed":
            assert sorted(one.read_text().splitlines()) == sorted(two.read_text().splitlines())


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
        assert row.binding == pytest.approx(1 - np.prod(1 - own["score"]))
        # Weaker sites, which are not listed, may add to what the listed ones give.
        assert row.repression <= own["repression"].sum() + 1e-6


def test_importance_is_the_change_of_the_log_odds_when_a_base_is_replaced(weights):
    scorer = Predictor.load(weights)
    site = "ACGUUACGAACGUCUACCUCAACGU"
    found = importance(scorer, LET7, site)
    assert found["site"].shape == (25,) and found["mirna"].shape == (22,)

    def odds(mirna: str, place: str) -> float:
        score = scorer.score(pd.DataFrame({"mirna_sequence": [mirna], "target_sequence": [place]}))[0]
        return float(np.log(score / (1 - score)))

    changed = [odds(LET7, site[:3] + base + site[4:]) for base in "ACG"]
    assert found["site"][3] == pytest.approx(np.mean(changed) - odds(LET7, site), abs=1e-4)


def test_pairs_of_a_table_are_scored(weights, tmp_path, monkeypatch):
    monkeypatch.setattr(Predictor.load.__func__, "__defaults__", (weights, 1))
    table = pd.DataFrame(
        {"name": ["x"], "mirna_sequence": [LET7.replace("U", "T")], "target_sequence": ["ACGUACGUACGU"]}
    )
    table.to_csv(tmp_path / "pairs.tsv", sep="\t", index=False)
    assert command(["score", str(tmp_path / "pairs.tsv")]) == 0
    scored = read_tsv(tmp_path / "pairs.scored.tsv")
    assert scored["name"].tolist() == ["x"] and scored["score"].between(0, 1).all()


BAD = [
    ("mirnas.fa", ">a\nUGAGGUAGUAGGUUGUAUAGUU\n", "utrs.fa", ">u\nGGGG\n", "no candidate site"),
    ("mirnas.fa", ">a\nUGAGG\n", "utrs.fa", ">u\nACGU\n", "has 5 nt"),
    ("mirnas.fa", "", "utrs.fa", ">u\nACGU\n", "holds no FASTA entry"),
    ("mirnas.fa", f">a\n{LET7}\n", "utrs.fa", ">u\nACXU\n", "holds 'X'"),
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


def test_the_shipped_weights_are_small_and_read_pairing():
    sizes = [path.stat().st_size for path in predictor.WEIGHTS.glob("*.safetensors")]
    assert len(sizes) == 2 and sum(sizes) < 2_000_000
    shipped = Predictor.load()
    perfect, wrong = reverse_complement(LET7), reverse_complement(LET7[::-1])
    pairs = pd.DataFrame({"mirna_sequence": [LET7, LET7], "target_sequence": ["GA" * 9 + perfect, "GA" * 9 + wrong]})
    good, bad = shipped.score(pairs)
    assert good > 0.9 > 0.5 > bad
    assert shipped.about["sites"]["pairs_sha256"] and shipped.about["repression"]["experiments"]
