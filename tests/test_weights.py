"""The weights that the package carries: made by the rule, small, and worth something."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from deepmirnatar import Predictor
from deepmirnatar.cli import main as command
from deepmirnatar.common.files import read_tensors
from deepmirnatar.evaluation.seen_pairs import in_words
from deepmirnatar.pairs import write_pairs
from deepmirnatar.prediction.predict import predict_files
from deepmirnatar.prediction.predictor import WEIGHTS
from deepmirnatar.predictors import load_class
from deepmirnatar.predictors.base import Context
from deepmirnatar.predictors.score_rows import score
from deepmirnatar.repression.model import WEIGHTS as REPRESSION
from deepmirnatar.rna.sequences import reverse_complement

LARGEST = 2_000_000  # bytes of all shipped weights


@pytest.fixture(scope="module")
def pairs(tmp_path_factory, rna) -> Path:
    """The folder of a small study, with the pairs of its dataset `mine`."""
    folder, rng, rows = tmp_path_factory.mktemp("study"), np.random.default_rng(0), []
    for number in range(150):
        mirna, site = rna(rng, 22), rna(rng, 40)
        if number % 2:
            site = site[:10] + reverse_complement(mirna[1:8]) + site[17:]
        rows.append((mirna, site, number % 2, ["valid", "train", "train", "test"][number // 40]))
    table = pd.DataFrame(rows, columns=["mirna_sequence", "target_sequence", "label", "split"])
    table = table.assign(
        pair_id=[f"p{n}" for n in range(150)], mirna=[f"m{n % 5}" for n in range(150)], target="g", source="x"
    )
    write_pairs(table, folder / "results/datasets/mine/pairs.tsv")
    return folder


def trained(folder: Path, script, name: str, predictor: str, settings: dict, **embeddings: dict) -> Path:
    """The folder of a run of the study, as the rules leave it. `embeddings`: strand -> a complete stanza."""
    results, features = folder / "results", {}
    run, table = results / f"runs/mine/{name}/seed-1", str(results / "datasets/mine/pairs.tsv")
    for strand, stanza in embeddings.items():
        place = results / f"embeddings/mine/{stanza['kind']}"
        embedder = [str(place / "embedder.safetensors")] if stanza["kind"] == "word2vec" else []
        if embedder:
            script("train_word2vec").main(table, stanza, embedder[0])
        features[strand] = str(place / "mine.safetensors")
        script("embed_sequences").main(table, embedder, stanza, "cpu", 1, features[strand])
    model = {
        "predictor": predictor,
        "embeddings": {strand: stanza["kind"] for strand, stanza in embeddings.items()},
        "settings": settings,
    }
    outputs = {"model": "model.safetensors", "settings": "settings.json", "history": "history.tsv"}
    outputs = {key: str(run / file) for key, file in outputs.items()}
    script("train_model").main(table, features, model, "corrected", 1, "cpu", 1, str(folder / "checkpoints"), outputs)
    return run


SMALL_MAP = {"epochs": 2, "channels": 4, "hidden": 8, "members": 2, "bfloat16": False}


@pytest.fixture(scope="module")
def small_run(pairs, script) -> Path:
    return trained(pairs, script, "map", "interaction_map", SMALL_MAP)


@pytest.fixture(scope="module")
def collected(small_run, pairs, script) -> Path:
    """Weights as the rule collects them of a run."""
    folder = pairs / "weights"
    files = small_run / "model.safetensors", small_run / "settings.json", pairs / "results/datasets/mine/pairs.tsv"
    script("collect_weights").main(*map(str, files), str(folder / "sites.safetensors"))
    return folder


def test_a_run_becomes_weights_that_score_as_it_does(small_run, collected, pairs):
    arrays, about = read_tensors(collected / "sites.safetensors")
    assert {array.dtype.name for array in arrays.values()} <= {"float16", "int64"}
    assert about["rows"] == {"train": 80, "valid": 40} and len(about["pairs_sha256"]) == 64
    assert about["mirna_counts"]["m1"] == [12, 12] and about["settings"]["members"] == 2
    table = pd.read_csv(pairs / "results/datasets/mine/pairs.tsv", sep="\t")
    before = load_class("interaction_map").load(small_run / "model.safetensors").predict(table, Context(device="cpu"))
    np.testing.assert_allclose(Predictor.load(collected).score(table), before, atol=5e-3)
    np.testing.assert_allclose(Predictor.load(small_run).score(table), before, atol=1e-6)


WORDS = {"kind": "word2vec", "strand": "mirna", "settings": {"k": 2, "size": 8, "epochs": 2}, "seed": 1}
LETTERS = {"kind": "onehot", "strand": "site", "settings": {"k": 2, "pool": 0}, "seed": 1}
PAPERS = {"epochs": 2, "batch_size": 8, "hidden": 16, "filters": 8, "decoder_modules": 1, "heads": 2}


def test_a_run_predicts_alike_from_library_command_and_rule(pairs, script, tmp_path, rna, capsys, monkeypatch):
    """A model that reads embeddings: the sites' are made by the run's own embedders, and agree with its own."""
    run = trained(pairs, script, "paper", "papers_network", PAPERS, mirna=WORDS, site=LETTERS)
    table = pd.read_csv(pairs / "results/datasets/mine/pairs.tsv", sep="\t")
    embedded = pairs / "results/embeddings/mine"
    features = {"mirna": str(embedded / "word2vec/mine.safetensors"), "site": str(embedded / "onehot/mine.safetensors")}
    files = run / "model.safetensors", run / "settings.json"
    expected = score(table, features, *files, "corrected", "cpu", 1)["score"]
    np.testing.assert_allclose(Predictor.load(run).score(table), expected, atol=1e-6)

    rng, mirna = np.random.default_rng(3), table["mirna_sequence"][0]
    seed = reverse_complement(mirna[1:8])
    utrs = {"a": rna(rng, 90) + seed + rna(rng, 60), "b": rna(rng, 50) + seed + "ANA" + rna(rng, 20)}
    utrs["b"] += rna(rng, 60) + seed
    (tmp_path / "m.fa").write_text(f">m\n{mirna}\n")
    (tmp_path / "u.fa").write_text("".join(f">{name}\n{utr}\n" for name, utr in utrs.items()))
    given = str(tmp_path / "m.fa"), str(tmp_path / "u.fa")
    found = Predictor.load(run).predict(*given)
    # Of b, the site with N in its window has no score, which is said; genes are ranked by the built-in repression.
    assert found.genes.set_index("target")["sites"].to_dict() == {"a": 1, "b": 2}
    assert found.sites["score"].isna().tolist() == found.sites["site_sequence"].str.contains("N").tolist()
    assert any("paper of mine, seed 1 reads no N" in sentence for sentence in found.warnings)
    assert (found.genes["repression"] < 0).all() and found.genes["binding"].between(0, 1).all()
    monkeypatch.chdir(tmp_path)
    given = ["--mirnas", given[0], "--targets", given[1]]
    assert command(["predict", *given, "--weights", str(run), "--out", "command", "--explain", "1"]) == 0
    script("read_inputs").main({"mirnas": given[1], "targets": given[3]}, "inputs.json")
    for part in (0, 1):
        script("score_targets").main(
            "inputs.json", Path(f"parts/{part}"), part, 2, candidates="seed_match", weights=run
        )
    stems = [Path("parts/0"), Path("parts/1")]
    script("predict_targets").main("inputs.json", stems, "seed_match", run, 1, "cpu", Path("rule"))
    for folder in ("command", "rule"):
        for name, expected in (("genes", found.genes), ("sites", found.sites)):
            written = pd.read_csv(tmp_path / folder / f"{name}.tsv", sep="\t").fillna({"note": ""})
            pd.testing.assert_frame_equal(written, expected, check_dtype=False, rtol=1e-5)
        page = (tmp_path / folder / "report.html").read_text()
        assert "paper of mine, seed 1" in page and "the built-in model" in page
    assert command(["explain", mirna, utrs["a"][70:110], "--weights", str(run), "--out", "d.svg"]) == 0
    assert "Probability of binding" in capsys.readouterr().out
    (embedded / "word2vec/embedder.safetensors").unlink()
    with pytest.raises(ValueError, match=r"no file .*embedder\.safetensors.*; paper of mine, seed 1 reads sequences"):
        Predictor.load(run)


def test_scores_that_are_no_probabilities_are_said_to_be_none(pairs, script, tmp_path, rna):
    run = trained(pairs, script, "seeds", "seed_match", {})
    (run / "repression.safetensors").write_bytes(REPRESSION.read_bytes())
    mirna, rng = "UGAGGUAGUAGGUUGUAUAGUU", np.random.default_rng(1)
    (tmp_path / "m.fa").write_text(f">let-7a\n{mirna}\n")
    (tmp_path / "u.fa").write_text(
        f">a\n{rna(rng, 80)}CUACCUCA{rna(rng, 80)}\n>b\n{rna(rng, 80)}GUACCUCG{rna(rng, 80)}\n"
    )
    predict_files(tmp_path / "m.fa", tmp_path / "u.fa", tmp_path / "out", weights=run)
    genes = pd.read_csv(tmp_path / "out/genes.tsv", sep="\t")
    assert genes["target"].tolist() == ["a", "b"] and genes["best_score"].tolist() == [5, 2]
    assert (genes["repression"] < 0).all()
    page = (tmp_path / "out/report.html").read_text()
    assert "scores of seeds of mine, seed 1 are no probabilities" in page
    assert str(run / "repression.safetensors") in page
    with pytest.raises(ValueError, match=r"weights are a folder with sites\.safetensors, or a finished run"):
        Predictor.load(tmp_path)


def test_fine_tuning_says_which_rows_the_weights_were_trained_on(pairs, collected, script, caplog):
    tuned = {**SMALL_MAP, "epochs": 1, "weights": str(collected / "sites.safetensors")}
    run = trained(pairs, script, "tuned", "interaction_map", tuned)
    sentence = "rows that the starting weights were trained on: train 80 of 80, valid 40 of 40, test 0 of 30"
    assert sentence in caplog.text
    seen = json.loads((run / "settings.json").read_text())["seen_by_weights"]
    assert seen == {"train": [80, 80], "valid": [40, 40], "test": [0, 30]} and in_words(seen) == sentence
    tuned["weights"] = str(pairs / "results/runs/mine/map/seed-1/model.safetensors")  # a run's own, without digests
    run = trained(pairs, script, "tuned_again", "interaction_map", tuned)
    assert json.loads((run / "settings.json").read_text())["seen_by_weights"] == "unknown"
    assert "so it is not known" in caplog.text


def test_the_shipped_weights_are_small_and_say_what_made_them():
    files = sorted(Path(WEIGHTS).glob("*"))
    assert [path.name for path in files] == ["sites.safetensors"]
    assert sum(path.stat().st_size for path in files) < LARGEST
    about = Predictor.load().scorer.about
    assert about["predictor"] == "interaction_map" and about["rows"]["train"] > 50_000
    assert len(about["pairs_sha256"]) == len(about["from_sha256"]) == 64 and len(about["commit"]) == 40
    assert about["mirna_counts"]["hsa-let-7a-5p"][0] > 0


def test_the_shipped_weights_read_the_seed(rna):
    """let-7a on 8mers in random sequence, against the same sites with the middle of the seed replaced."""
    mirna = "UGAGGUAGUAGGUUGUAUAGUU"
    rng, rows = np.random.default_rng(1), []
    for _ in range(40):
        left, right = rna(rng, 15), rna(rng, 17)
        rows.append((mirna, left + "CUACCUCA" + right))
        rows.append((mirna, left + "CUAGGUCA" + right))
    scores = Predictor.load().score(pd.DataFrame(rows, columns=["mirna_sequence", "target_sequence"]))
    assert ((scores >= 0) & (scores <= 1)).all()
    assert scores[::2].mean() > scores[1::2].mean() + 0.3
