"""Metrics of a predictions table, each with a 95 % interval bootstrapped over (miRNA, gene) pairs.

Point values are scikit-learn's. The rows of one (miRNA, gene) pair are drawn together, because windows of one 3'UTR
are not independent. The paper's "specificity" is TP / (TP + FP), which is precision; here each has its own name.
"""

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd
from sklearn import metrics as sk

from deepmirnatar.pairs import key_of

RESAMPLES = 1000
# Which cut -> the column of predictions that holds it.
CUTS = {"default": "threshold", "valid": "threshold_valid"}
CELLS = 5_000_000  # rows times resamples that are in memory at once
Measure = Callable[[np.ndarray], dict]  # weights (resamples, rows) -> name -> a value of each resample


def point_values(labels: np.ndarray, scores: np.ndarray) -> dict[str, float]:
    """AUROC, average precision and Brier score; the last only for scores that are probabilities."""
    values = {"auroc": sk.roc_auc_score(labels, scores), "auprc": sk.average_precision_score(labels, scores)}
    if scores.min() >= 0 and scores.max() <= 1:
        values["brier"] = sk.brier_score_loss(labels, scores)
    return values


def threshold_values(labels: np.ndarray, called: np.ndarray) -> dict[str, float]:
    """Metrics of 0/1 calls."""
    return {
        "sensitivity": sk.recall_score(labels, called, zero_division=0),
        "specificity": sk.recall_score(labels, called, pos_label=0, zero_division=0),
        "precision": sk.precision_score(labels, called, zero_division=0),
        "f1": sk.f1_score(labels, called, zero_division=0),
        "accuracy": sk.accuracy_score(labels, called),
        "mcc": sk.matthews_corrcoef(labels, called),
    }


def evaluate(predictions: pd.DataFrame, resamples: int = RESAMPLES, seed: int = 1) -> pd.DataFrame:
    """Columns metric, threshold (`default`, `valid` or empty), value, low, high, n.

    A test set of positives alone has only `recall`. Rows `threshold` give the two cuts themselves. Rows of a single
    (miRNA, gene) pair say nothing about other pairs: their intervals are empty.
    """
    labels = predictions["label"].to_numpy()
    scores = predictions["score"].to_numpy(dtype=float)
    if np.isnan(scores).any():
        where = predictions["pair_id"].iloc[int(np.isnan(scores).argmax())]
        raise ValueError(f"the score of pair {where!r} is missing; every row needs one")
    cuts = {name: float(predictions[column].iloc[0]) for name, column in CUTS.items()}
    both = 0 < labels.mean() < 1
    whole = point_values(labels, scores) if both else {}

    def measure(weights: np.ndarray) -> dict:
        found = resampled_ranking(labels, scores, weights) if both else {}
        if "brier" in whole:
            found["brier"] = weights @ (scores - labels) ** 2 / weights.sum(axis=1)
        calls = {name: resampled_calls(labels, scores >= cut, weights) for name, cut in cuts.items()}
        return found | {(metric, name): values for name, each in calls.items() for metric, values in each.items()}

    samples, rows = resampled(key_of(predictions), measure, resamples, seed), []

    def add(metric: str, threshold: str, value: float, sample: np.ndarray | None) -> None:
        rows.append((metric, threshold, value, *interval(sample), len(labels)))

    for metric, value in whole.items():
        add(metric, "", value, samples[metric])
    for threshold, cut in cuts.items():
        called = (scores >= cut).astype(int)
        if both:
            for metric, value in threshold_values(labels, called).items():
                add(metric, threshold, value, samples[metric, threshold])
        elif labels.all():
            add("recall", threshold, float(called.mean()), samples["sensitivity", threshold])
        add("threshold", threshold, cut, None)
    return pd.DataFrame(rows, columns=["metric", "threshold", "value", "low", "high", "n"])


def resampled(pairs: pd.Series, measure: Measure, resamples: int = RESAMPLES, seed: int = 1) -> dict:
    """What `measure` gives each resample of whole pairs, name -> (resamples,); memory does not grow with the rows.

    If there is only one pair, it is drawn each time, which says nothing: the values are missing, as without any pair.
    """
    parts = [measure(weights) for weights in pair_weights(pairs, resamples, seed)]
    told = 1 if pairs.nunique() > 1 else np.nan
    return {name: np.concatenate([part[name] for part in parts]) * told for name in parts[0]}


def interval(sample: np.ndarray | None) -> tuple[float, float]:
    """The middle 95 % of resampled values, or nothing where there are none."""
    if sample is None or np.isnan(sample).all():
        return np.nan, np.nan
    low, high = np.nanpercentile(sample, [2.5, 97.5])
    return float(low), float(high)


def pair_weights(pairs: pd.Series, resamples: int, seed: int) -> Iterator[np.ndarray]:
    """How often each row is drawn in each resample of whole pairs, in blocks (resamples, rows), float32."""
    codes, unique = pd.factorize(pairs)
    rng, count = np.random.default_rng(seed), len(unique)
    most = max(1, CELLS // max(1, len(pairs)))
    for done in range(0, resamples, most):
        block = range(done, min(done + most, resamples))
        drawn = [np.bincount(rng.integers(0, count, count), minlength=count)[codes] for _ in block]
        yield np.stack(drawn).astype(np.float32)


def resampled_ranking(labels: np.ndarray, scores: np.ndarray, weights: np.ndarray) -> dict[str, np.ndarray]:
    """AUROC and average precision of every resample, shape (resamples,) each; ties count as scikit-learn does."""
    order = np.argsort(-scores, kind="stable")
    ends = np.flatnonzero(np.append(np.diff(scores[order]) != 0, True))
    positive = labels[order] == 1
    weights = weights[:, order].astype(np.float64)
    hits = np.cumsum(weights * positive, axis=1)[:, ends]
    misses = np.cumsum(weights * ~positive, axis=1)[:, ends]
    all_hits, all_misses = hits[:, -1:], misses[:, -1:]
    with np.errstate(invalid="ignore", divide="ignore"):
        new_hits = np.diff(hits, axis=1, prepend=0)
        new_misses = np.diff(misses, axis=1, prepend=0)
        auroc = (new_misses * (hits - new_hits / 2)).sum(axis=1) / (all_hits * all_misses)[:, 0]
        precision = np.nan_to_num(hits / (hits + misses))
        auprc = (precision * new_hits).sum(axis=1) / all_hits[:, 0]
    return {"auroc": auroc, "auprc": auprc}


def resampled_calls(labels: np.ndarray, called: np.ndarray, weights: np.ndarray) -> dict[str, np.ndarray]:
    """The threshold metrics of every resample, shape (resamples,) each."""
    positive, yes = labels == 1, called == 1
    cells = positive & yes, ~positive & yes, ~positive & ~yes, positive & ~yes
    tp, fp, tn, fn = ((weights @ cell.astype(np.float32)).astype(np.float64) for cell in cells)
    with np.errstate(invalid="ignore", divide="ignore"):
        product = np.sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn))
        return {
            "sensitivity": tp / (tp + fn),
            "specificity": tn / (tn + fp),
            "precision": np.nan_to_num(tp / (tp + fp)),
            "f1": 2 * tp / (2 * tp + fp + fn),
            "accuracy": (tp + tn) / (tp + fp + tn + fn),
            "mcc": np.where(product > 0, (tp * tn - fp * fn) / np.where(product > 0, product, 1), 0.0),
        }


def paired_differences(
    scores: dict[str, list[pd.DataFrame]], resamples: int = RESAMPLES, seed: int = 1
) -> pd.DataFrame:
    """Every model minus the first one: AUROC and average precision, and recall where all rows are positive.

    `scores` maps a model to its predictions tables, one per seed, all with the same rows in the same order; a model's
    value is the mean over its seeds. All models are resampled together, so the interval is that of the difference.
    """
    first = next(iter(scores.values()))[0]
    labels = first["label"].to_numpy()
    reference = next(iter(scores))
    for model, tables in scores.items():
        if not all(table["pair_id"].equals(first["pair_id"]) for table in tables):
            raise ValueError(f"{model}: predictions are of other rows than those of {reference}")

    def measure(weights: np.ndarray) -> dict:
        found = {}
        for model, tables in scores.items():
            seeds = [_values(labels, table, weights) for table in tables]
            found |= {(model, metric): np.mean([each[metric] for each in seeds], axis=0) for metric in seeds[0]}
        return found

    whole = measure(np.ones((1, len(labels)), dtype=np.float32))
    samples, rows = resampled(key_of(first), measure, resamples, seed), []
    for model, metric in whole:
        if model != reference:
            value, sample = (each[model, metric] - each[reference, metric] for each in (whole, samples))
            rows.append((metric, model, reference, value[0], *interval(sample), len(labels)))
    return pd.DataFrame(rows, columns=["metric", "model", "reference", "difference", "low", "high", "n"])


def _values(labels: np.ndarray, table: pd.DataFrame, weights: np.ndarray) -> dict[str, np.ndarray]:
    scores = table["score"].to_numpy(dtype=float)
    if 0 < labels.mean() < 1:
        return resampled_ranking(labels, scores, weights)
    called = (scores >= float(table["threshold"].iloc[0])).astype(int)
    return {"recall": resampled_calls(labels, called, weights)["sensitivity"]}
