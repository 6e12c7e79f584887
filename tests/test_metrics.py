"""Metrics equal scikit-learn's, point values and resamples, ties included; whole pairs are drawn."""

import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics as sk

from deepmirnatar.evaluation import metrics
from deepmirnatar.evaluation.metrics import (
    evaluate,
    paired_differences,
    point_values,
    resampled_calls,
    resampled_ranking,
    threshold_values,
)
from deepmirnatar.evaluation.threshold import best_threshold

RANKING = ["auroc", "auprc", "brier"]
AT_THRESHOLD = ["sensitivity", "specificity", "precision", "f1", "accuracy", "mcc"]


def pair_weights(*given) -> np.ndarray:
    """All blocks at once."""
    return np.concatenate(list(metrics.pair_weights(*given)))


@pytest.fixture
def predictions() -> pd.DataFrame:
    """150 rows of 40 pairs; scores of few values, so that ties stand within and between the classes."""
    rng = np.random.default_rng(1)
    pair = rng.integers(0, 40, 150)
    label = rng.integers(0, 2, 150)
    return pd.DataFrame(
        {
            "pair_id": [f"p{n}" for n in range(150)],
            # Of one name, as in a release: it is the sequence that tells miRNAs apart.
            "mirna": "hsa--11",
            "mirna_sequence": [f"{'ACGU' * 4}{'CA' * (n % 8)}" for n in pair],
            "target": [f"G{n}" for n in pair],
            "label": label,
            "source": "x",
            "score": np.round(np.clip(0.35 * label + rng.random(150) * 0.65, 0, 1), 1),
            "threshold": 0.5,
            "threshold_valid": 0.6,
        }
    )


def by_metric(table: pd.DataFrame) -> pd.DataFrame:
    return table.set_index(["metric", "threshold"])


def test_point_values_by_hand():
    labels = np.array([1, 1, 0, 1, 0])
    scores = np.array([0.9, 0.8, 0.8, 0.4, 0.1])
    values = point_values(labels, scores)
    # Positive-negative comparisons: 0.9 wins both, 0.8 ties once and wins once, 0.4 loses one and wins one.
    assert values["auroc"] == pytest.approx((2 + 1.5 + 1) / 6)
    # Precision 1 at 0.9, 2/3 at 0.8 (the tie counts whole), 3/4 at 0.4; a third of the recall each.
    assert values["auprc"] == pytest.approx((1 + 2 / 3 + 3 / 4) / 3)
    assert values["brier"] == pytest.approx((0.01 + 0.04 + 0.64 + 0.36 + 0.01) / 5)
    assert "brier" not in point_values(labels, scores * 2)


def test_threshold_values_by_hand_and_specificity_is_not_precision():
    labels, called = np.repeat([1, 1, 0, 0], [6, 2, 3, 9]), np.repeat([1, 0, 1, 0], [6, 2, 3, 9])
    values = threshold_values(labels, called)
    assert set(values) == set(AT_THRESHOLD)
    assert values["sensitivity"] == pytest.approx(6 / 8)
    assert values["specificity"] == pytest.approx(9 / 12)
    assert values["precision"] == pytest.approx(6 / 9)
    assert values["f1"] == pytest.approx(12 / 17)
    assert values["accuracy"] == pytest.approx(15 / 20)
    assert values["mcc"] == pytest.approx((6 * 9 - 3 * 2) / np.sqrt(9 * 8 * 12 * 11))


@pytest.mark.parametrize("digits", [0, 1, 6])
def test_ranking_of_every_resample_equals_scikit_learn_with_weights(predictions, digits):
    rng = np.random.default_rng(digits)
    labels = predictions["label"].to_numpy()
    scores = np.round(predictions["score"].to_numpy() + rng.normal(0, 0.3, 150), digits)
    weights = pair_weights(predictions["target"], 30, 3)
    found = resampled_ranking(labels, scores, weights)
    for number, weight in enumerate(weights):
        assert found["auroc"][number] == pytest.approx(sk.roc_auc_score(labels, scores, sample_weight=weight))
        assert found["auprc"][number] == pytest.approx(sk.average_precision_score(labels, scores, sample_weight=weight))


def test_blocks_do_not_change_a_resample(predictions, monkeypatch):
    whole = evaluate(predictions, resamples=37)
    weights = pair_weights(predictions["target"], 37, 3)
    monkeypatch.setattr(metrics, "CELLS", 4 * len(predictions))
    blocks = list(metrics.pair_weights(predictions["target"], 37, 3))
    assert [len(block) for block in blocks] == [4] * 9 + [1]
    np.testing.assert_array_equal(np.concatenate(blocks), weights)
    pd.testing.assert_frame_equal(evaluate(predictions, resamples=37), whole)


@pytest.mark.parametrize("cut", [0.0, 0.4, 0.8, 1.1])
def test_calls_of_every_resample_equal_scikit_learn_with_weights(predictions, cut):
    labels = predictions["label"].to_numpy()
    called = (predictions["score"] >= cut).astype(int).to_numpy()
    weights = pair_weights(predictions["target"], 15, 5)
    found = resampled_calls(labels, called, weights)
    assert set(found) == set(AT_THRESHOLD)
    for number, weight in enumerate(weights):
        keep = {"sample_weight": weight}
        expected = {
            "sensitivity": sk.recall_score(labels, called, **keep),
            "specificity": sk.recall_score(labels, called, pos_label=0, **keep),
            "precision": sk.precision_score(labels, called, zero_division=0, **keep),
            "f1": sk.f1_score(labels, called, zero_division=0, **keep),
            "accuracy": sk.accuracy_score(labels, called, **keep),
            "mcc": sk.matthews_corrcoef(labels, called, **keep),
        }
        for metric, value in expected.items():
            assert found[metric][number] == pytest.approx(value, abs=1e-6), metric


def test_whole_pairs_are_drawn(predictions):
    pairs = predictions["mirna_sequence"] + "\t" + predictions["target"]
    weights = pair_weights(pairs, 200, 1)
    one_per_pair = ~pairs.duplicated()
    for name in pairs.unique():
        rows = weights[:, pairs == name]
        assert (rows == rows[:, :1]).all()
    # As many pairs are drawn as there are, with replacement: now and then none, now and then several.
    assert (weights[:, one_per_pair].sum(axis=1) == one_per_pair.sum()).all()
    assert (weights == 0).mean() == pytest.approx(np.exp(-1), abs=0.03) and weights.max() >= 4
    assert not (weights[0] == weights[1]).all()
    np.testing.assert_array_equal(weights, pair_weights(pairs, 200, 1))


def test_an_interval_is_that_of_tables_with_their_pairs_drawn_again(predictions):
    """Against resampled tables, rows repeated one by one."""
    table = by_metric(evaluate(predictions, resamples=40, seed=9))
    weights = pair_weights(predictions["mirna_sequence"] + "\t" + predictions["target"], 40, 9).astype(int)
    drawn: dict[tuple, list] = {}
    for weight in weights:
        sample = predictions.loc[np.repeat(predictions.index, weight)]
        labels, scores = sample["label"].to_numpy(), sample["score"].to_numpy()
        for metric, value in point_values(labels, scores).items():
            drawn.setdefault((metric, ""), []).append(value)
        for name, cut in (("default", 0.5), ("valid", 0.6)):
            for metric, value in threshold_values(labels, (scores >= cut).astype(int)).items():
                drawn.setdefault((metric, name), []).append(value)
    assert set(drawn) | {("threshold", "default"), ("threshold", "valid")} == set(table.index)
    for key, values in drawn.items():
        low, high = np.percentile(values, [2.5, 97.5])
        assert table.loc[key, "low"] == pytest.approx(low, abs=1e-6), key
        assert table.loc[key, "high"] == pytest.approx(high, abs=1e-6), key
        assert table.loc[key, "low"] < table.loc[key, "value"] < table.loc[key, "high"]


def test_repeating_the_rows_of_each_pair_narrows_no_interval(predictions):
    once = evaluate(predictions, resamples=60)
    often = evaluate(pd.concat([predictions] * 6, ignore_index=True), resamples=60)
    for column in ("value", "low", "high"):
        np.testing.assert_allclose(once[column], often[column], atol=1e-6)
    assert set(often["n"]) == {900}


def test_the_table_of_both_classes(predictions):
    table = evaluate(predictions, resamples=20)
    assert table.columns.tolist() == ["metric", "threshold", "value", "low", "high", "n"]
    assert table.loc[table["threshold"] == "", "metric"].tolist() == RANKING
    for name, cut in (("default", 0.5), ("valid", 0.6)):
        part = table[table["threshold"] == name].set_index("metric")
        assert part.index.tolist() == [*AT_THRESHOLD, "threshold"]
        called = (predictions["score"] >= cut).astype(int)
        for metric, value in threshold_values(predictions["label"].to_numpy(), called.to_numpy()).items():
            assert part.loc[metric, "value"] == pytest.approx(value)
        assert part.loc["threshold", "value"] == cut and np.isnan(part.loc["threshold", "low"])


def test_rows_of_one_pair_have_values_but_no_interval(predictions):
    table = evaluate(predictions.assign(mirna_sequence="ACGU", target="G"))
    assert table["value"].notna().all() and table[["low", "high"]].isna().all(axis=None)


def test_positives_alone_have_recall_and_nothing_else(predictions):
    positives = predictions[predictions["label"] == 1].reset_index(drop=True)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        table = by_metric(evaluate(positives, resamples=100))
    assert sorted(table.index) == [(m, t) for m in ("recall", "threshold") for t in ("default", "valid")]
    for name, cut in (("default", 0.5), ("valid", 0.6)):
        row = table.loc[("recall", name)]
        assert row["value"] == pytest.approx((positives["score"] >= cut).mean())
        assert row["low"] < row["value"] < row["high"] and row["n"] == len(positives)


def test_a_missing_score_names_its_pair(predictions):
    predictions.loc[17, "score"] = np.nan
    with pytest.raises(ValueError, match="'p17' is missing"):
        evaluate(predictions, resamples=5)


def test_scores_beyond_one_have_no_brier_score(predictions):
    table = evaluate(predictions.assign(score=predictions["score"] * 20), resamples=10)
    assert "brier" not in set(table["metric"]) and "auroc" in set(table["metric"])


# --- threshold


def test_best_threshold_by_hand():
    labels, scores = np.array([0, 0, 0, 1, 1]), np.array([0.1, 0.2, 0.5, 0.4, 0.9])
    # Calling everything from 0.4 on: sensitivity 1, specificity 2/3; only 0.9: 1/2 and 1. The first is better.
    assert best_threshold(labels, scores) == pytest.approx((0.4 + 0.2) / 2)


@pytest.mark.parametrize("digits", [1, 2, 8])
def test_best_threshold_is_no_worse_than_any_other_cut(digits):
    for seed in range(20):
        rng = np.random.default_rng(seed)
        labels = rng.integers(0, 2, 40)
        scores = np.round(rng.normal(labels * 0.7, 1), digits)

        def youden(cut, labels=labels, scores=scores):
            return (scores[labels == 1] >= cut).mean() - (scores[labels == 0] >= cut).mean()

        chosen = best_threshold(labels, scores)
        assert youden(chosen) == pytest.approx(max(youden(cut) for cut in scores))
        assert chosen not in scores or chosen == scores.min()


def test_best_threshold_of_separable_scores_lies_half_way():
    assert best_threshold(np.array([0, 0, 1, 1]), np.array([-3.0, -1.0, 2.0, 8.0])) == 0.5


@pytest.mark.parametrize(
    ("labels", "scores"),
    [([0, 1, 0, 1], [0.3, 0.3, 0.3, 0.3]), ([1, 1, 0, 0], [0.1, 0.2, 0.8, 0.9]), ([1, 0], [0.0, 1.0])],
)
def test_a_score_that_is_no_better_than_chance_still_has_a_threshold(labels, scores):
    """An infinite cut is no JSON number and calls every pair negative whatever its score."""
    chosen = best_threshold(np.array(labels), np.array(scores))
    assert np.isfinite(chosen)


def test_one_class_alone_is_cut_in_the_middle():
    assert best_threshold(np.ones(3, dtype=int), np.array([1.0, 5.0, 3.0])) == 3.0


# --- comparisons


def test_equal_models_differ_by_nothing(predictions):
    found = paired_differences({"one": [predictions], "other": [predictions.copy()]}, resamples=50)
    assert found["metric"].tolist() == ["auroc", "auprc"]
    assert found[["difference", "low", "high"]].eq(0).all(axis=None)
    assert set(found["model"]) == {"other"} and set(found["reference"]) == {"one"} and set(found["n"]) == {150}


def test_a_difference_is_that_of_point_values_and_its_interval_that_of_the_same_resamples(predictions):
    rng = np.random.default_rng(2)
    worse = predictions.assign(score=rng.random(150).round(1))
    labels = predictions["label"].to_numpy()
    found = paired_differences({"one": [predictions], "worse": [worse]}, resamples=30, seed=4).set_index("metric")
    weights = pair_weights(predictions["mirna_sequence"] + "\t" + predictions["target"], 30, 4)
    functions = {"auroc": sk.roc_auc_score, "auprc": sk.average_precision_score}
    for metric, function in functions.items():
        assert found.loc[metric, "difference"] == pytest.approx(
            function(labels, worse["score"]) - function(labels, predictions["score"])
        )
        sample = [
            function(labels, worse["score"], sample_weight=w) - function(labels, predictions["score"], sample_weight=w)
            for w in weights
        ]
        assert found.loc[metric, ["low", "high"]].tolist() == pytest.approx(np.percentile(sample, [2.5, 97.5]).tolist())
        assert found.loc[metric, "high"] < 0


def test_a_model_is_the_mean_over_its_seeds(predictions):
    rng = np.random.default_rng(3)
    tables = [predictions.assign(score=rng.random(150)) for _ in range(3)]
    labels = predictions["label"]
    found = paired_differences({"one": [predictions], "three": tables}, resamples=5).set_index("metric")
    mean = np.mean([sk.roc_auc_score(labels, table["score"]) for table in tables])
    expected = mean - sk.roc_auc_score(labels, predictions["score"])
    assert found.loc["auroc", "difference"] == pytest.approx(expected)


def test_positives_alone_are_compared_by_recall_at_each_models_own_threshold(predictions):
    positives = predictions[predictions["label"] == 1].reset_index(drop=True)
    other = positives.assign(score=positives["score"] * 10, threshold=7.0)
    found = paired_differences({"one": [positives], "other": [other]}, resamples=40)
    expected = (positives["score"] >= 0.7).mean() - (positives["score"] >= 0.5).mean()
    assert found["metric"].tolist() == ["recall"]
    assert found["difference"].iloc[0] == pytest.approx(expected)
    assert found["low"].iloc[0] <= expected <= found["high"].iloc[0]


def test_tables_of_other_rows_are_refused(predictions):
    with pytest.raises(ValueError, match="other: predictions are of other rows than those of one"):
        paired_differences({"one": [predictions], "other": [predictions.iloc[::-1].reset_index(drop=True)]}, 5)
