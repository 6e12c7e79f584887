"""The shortcuts and the plain signals as predictors: what they score, and that a saved one scores the same."""

import numpy as np
import pandas as pd
import pytest

from deepmirnatar.pairs import write_pairs
from deepmirnatar.predictors import load_class
from deepmirnatar.predictors.base import Context
from deepmirnatar.rna.sequences import reverse_complement


def pairs(count: int = 60, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    mirnas = ["".join(rng.choice(list("ACGU"), 22)) for _ in range(6)]
    rows = []
    for number in range(count):
        which, label = int(rng.integers(6)), number % 2
        site = "".join(rng.choice(list("ACGU"), 30))
        if label:
            site = site[:12] + reverse_complement(mirnas[which][1:8]) + "A" + site[20:]
        rows.append((f"m{which}", mirnas[which], f"g{number % 10}", site, label))
    return pd.DataFrame(rows, columns=["mirna", "mirna_sequence", "target", "target_sequence", "label"])


def fitted(name: str, settings: dict, train: pd.DataFrame):
    predictor = load_class(name)(settings)
    predictor.fit(train, train, Context())
    return predictor


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("rate_table", {"columns": ["mirna_sequence"]}),
        ("rate_table", {"columns": ["mirna_sequence", "target"], "backoff": ["mirna_sequence"]}),
        ("site_trees", {"trees": 5}),
        ("seed_match", {}),
        ("rnacofold", {}),
    ],
)
def test_a_saved_predictor_scores_the_same(name, settings, tmp_path):
    predictor, test = fitted(name, settings, pairs()), pairs(30, seed=1)
    scores = predictor.predict(test, Context())
    assert scores.shape == (30,) and np.isfinite(scores).all()
    predictor.save(tmp_path / "model.safetensors", {})
    loaded = load_class(name).load(tmp_path / "model.safetensors")
    assert np.array_equal(loaded.predict(test, Context()), scores)


def test_a_pair_that_was_never_seen_takes_its_mirnas_rate():
    train = pd.DataFrame(
        {
            "mirna_sequence": ["A", "A", "A", "C", "C"],
            "target": ["x", "x", "y", "x", "y"],
            "label": [1, 1, 0, 0, 0],
        }
    )
    both = fitted("rate_table", {"columns": ["mirna_sequence", "target"], "backoff": ["mirna_sequence"]}, train)
    alone = fitted("rate_table", {"columns": ["mirna_sequence"]}, train)
    test = pd.DataFrame({"mirna_sequence": ["A", "A", "C"], "target": ["x", "new", "new"]})
    scores, wanted = both.predict(test, Context()), alone.predict(test, Context())
    assert scores[0] == pytest.approx((2 + 0.4) / (2 + 1))  # two of two, smoothed toward 2 in 5
    assert scores[1:].tolist() == wanted[1:].tolist()


def test_seed_match_and_energy_put_seeded_sites_first():
    test = pairs(60)
    seeds = load_class("seed_match")().predict(test, Context())
    assert (seeds[test["label"] == 1] == 5).all()  # all are 8mers
    energies = load_class("rnacofold")().predict(test, Context())
    assert energies[test["label"] == 1].mean() > energies[test["label"] == 0].mean() > 0


def test_training_on_one_label_is_refused_where_something_is_learned(script, tmp_path, rows):
    rows = rows.assign(label="1", split=["train", "train", "valid", "test"])
    write_pairs(rows, tmp_path / "pairs.tsv")
    files = {name: str(tmp_path / name) for name in ("model", "settings", "history")}
    given = "corrected", 1, "cpu", 1, str(tmp_path / "checkpoints"), files
    rates = {"predictor": "rate_table", "settings": {}}
    with pytest.raises(ValueError, match=r"every label in train is 1, .* make negatives \(`negatives.strategy`\)"):
        script("train_model").main(str(tmp_path / "pairs.tsv"), {}, rates, *given)
    script("train_model").main(str(tmp_path / "pairs.tsv"), {}, {"predictor": "seed_match", "settings": {}}, *given)
    assert (tmp_path / "model").exists()
