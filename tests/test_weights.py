"""The weights that the package carries: made by the rule, small, and worth something."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from deepmirnatar import Predictor
from deepmirnatar.common.files import read_tensors, write_tensors
from deepmirnatar.datasets.seen import seen
from deepmirnatar.pairs import write_pairs
from deepmirnatar.prediction.leave_family_out import measures
from deepmirnatar.prediction.predictor import WEIGHTS
from deepmirnatar.prediction.repression import START, Repression
from deepmirnatar.predictors import load_class
from deepmirnatar.predictors.base import Context
from deepmirnatar.rna.sequences import reverse_complement
from deepmirnatar.rna.site_features import FEATURES

LARGEST = 2_000_000  # bytes of all shipped weights


@pytest.fixture
def small_run(tmp_path, rna, script):
    """A run and a model of repression as the rules leave them; the folder."""
    rng, rows = np.random.default_rng(0), []
    for number in range(120):
        mirna, site = rna(rng, 22), rna(rng, 40)
        if number % 2:
            site = site[:10] + reverse_complement(mirna[1:8]) + site[17:]
        rows.append((mirna, site, number % 2, "valid" if number < 40 else "train"))
    pairs = pd.DataFrame(rows, columns=["mirna_sequence", "target_sequence", "label", "split"])
    pairs = pairs.assign(
        pair_id=[f"p{n}" for n in range(120)], mirna=[f"m{n % 5}" for n in range(120)], target="g", source="x"
    )
    write_pairs(pairs, tmp_path / "pairs.tsv")
    settings = {"epochs": 2, "channels": 4, "hidden": 8, "members": 2, "bfloat16": False}
    model = {"predictor": "interaction_map", "embeddings": {}, "settings": settings}
    outputs = {"model": "model.safetensors", "settings": "settings.json", "history": "history.tsv"}
    outputs = {name: str(tmp_path / file) for name, file in outputs.items()}
    train = script("train_model").main
    train(str(tmp_path / "pairs.tsv"), {}, model, "corrected", 1, "cpu", 1, str(tmp_path / "checkpoints"), outputs)
    size = len(FEATURES)
    fitted = Repression(START, np.full(size, 0.1), np.zeros(size), np.ones(size))
    write_tensors(fitted.to_arrays(), {"features": FEATURES}, tmp_path / "repression.safetensors")
    return tmp_path


def test_a_run_becomes_weights_that_score_as_it_does(small_run, script):
    folder = small_run / "weights"
    outputs = {name: str(folder / f"{name}.safetensors") for name in ("sites", "seen", "repression")}
    files = [str(small_run / file) for file in ("model.safetensors", "settings.json", "pairs.tsv")]
    script("collect_weights").main(*files, str(small_run / "repression.safetensors"), outputs)
    arrays, about = read_tensors(outputs["sites"])
    assert {array.dtype.name for array in arrays.values()} <= {"float16", "int64"}
    assert about["rows"] == {"train": 80, "valid": 40} and len(about["pairs_sha256"]) == 64
    assert about["mirna_counts"]["m1"] == [12, 12] and about["settings"]["members"] == 2
    pairs = pd.read_csv(small_run / "pairs.tsv", sep="\t")
    digests, _ = read_tensors(outputs["seen"])
    assert seen(pairs, digests["pairs"]).all() and len(digests["pairs"]) == 120
    before = load_class("interaction_map").load(small_run / "model.safetensors").predict(pairs, Context(device="cpu"))
    np.testing.assert_allclose(Predictor.load(folder).score(pairs), before, atol=5e-3)


def test_the_shipped_weights_are_small_and_say_what_made_them():
    files = sorted(Path(WEIGHTS).glob("*"))
    assert [path.name for path in files] == ["repression.safetensors", "seen.safetensors", "sites.safetensors"]
    assert sum(path.stat().st_size for path in files) < LARGEST
    about = Predictor.load().about["sites"]
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


def test_the_first_genes_of_a_ranking_are_counted():
    score, repressed = np.arange(300.0), np.zeros(300, dtype=bool)
    repressed[[299, 250, 200, 199, 0]] = True  # the first 100 genes are those from 200 on
    found = measures(score, -score, repressed)
    assert found["first 100"] == 0.03 and found["all"] == pytest.approx(5 / 300)
    assert found["Spearman"] == pytest.approx(1) and 0.5 < found["AUROC"] < 1
