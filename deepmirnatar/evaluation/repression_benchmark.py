"""How well do scores of genes agree with what miRNAs did to mRNAs? One row for each score, experiment and measure.

A score is a predicted change of each mRNA, below zero where it falls; only its order and proportions count, but for
`what_a_prediction_means`. Measures of an experiment:

    r2, Spearman   of change and prediction, normalised as the series is (`Series.normalised`)
    AUROC, AP      of mRNAs called repressed (FDR < 0.05 and log2 change < -0.2), for edgeR's tables alone
    first 100      how many of the 100 mRNAs that are predicted to fall most fall by more than 0.3 log2 units

and of a series, as experiment `all`, `pooled r2` of all values at once, each experiment's median taken off.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import spearmanr
from sklearn.metrics import average_precision_score, roc_auc_score

from deepmirnatar.repression.experiments import Series

OURS = "DeepmiRNATar"
COLUMNS = ["score", "source", "experiment", "family", "seen_in_training", "metric", "value"]
FIRST, FALL = 100, 0.3  # mRNAs of a list that a user may look at; log2 units
BELOW, FALLS = (-0.1, -0.2, -0.3, -0.5), (0.2, 0.3)
NATURAL = ("hela17", "hek12")  # series whose changes are natural logarithms
FEWEST = 5  # repressed mRNAs of an experiment for AUROC and AP
RESAMPLES = 2000


@dataclass
class Score:
    """Predicted changes (experiments, mRNAs) of one series, and the families (nt 2-8) that the score was fitted on."""

    predicted: np.ndarray
    seen: frozenset[str] = frozenset()


def log2_change(series: Series) -> np.ndarray:
    """The series' changes in log2 units, NaN where not measured."""
    return series.change / np.log(2) if series.name in NATURAL else series.change


def benchmark(series: Series, scores: dict[str, Score], repressed: np.ndarray | None = None) -> pd.DataFrame:
    """Rows with COLUMNS; `repressed`: bool (experiments, mRNAs), what AUROC and AP are of."""
    rows, label = [], series.normalised(series.change)
    fall = log2_change(series) < -FALL
    for name, score in scores.items():
        predicted = series.normalised(score.predicted)
        for place, experiment in enumerate(series.experiments.itertuples()):
            known = np.isfinite(label[place])
            found = agreement(label[place, known], predicted[place, known])
            raw = score.predicted[place, known]
            found["first 100"] = among_first(-raw, fall[place, known])
            if repressed is not None:
                found |= ranking(-raw, repressed[place, known])
            about = (name, series.name, experiment.experiment, experiment.family, experiment.family in score.seen)
            rows += [(*about, metric, value) for metric, value in found.items()]
        level = np.median(score.predicted, axis=1, keepdims=True)
        pooled = series.normalised(score.predicted - level)
        value = agreement(label[np.isfinite(label)], pooled[np.isfinite(label)])["r2"]
        rows.append((name, series.name, "all", "", bool(score.seen), "pooled r2", value))
    return pd.DataFrame(rows, columns=COLUMNS)


def agreement(label: np.ndarray, predicted: np.ndarray) -> dict[str, float]:
    """r2 and Spearman's rho; 0 for a score that says the same of all."""
    if np.ptp(predicted) == 0:
        return {"r2": 0.0, "Spearman": 0.0}
    return {"r2": np.corrcoef(label, predicted)[0, 1] ** 2, "Spearman": spearmanr(label, predicted).statistic}


def ranking(score: np.ndarray, repressed: np.ndarray) -> dict[str, float]:
    """AUROC and average precision, nothing where fewer than FEWEST are repressed; `score`: higher, more repressed."""
    if repressed.sum() < FEWEST:
        return {}
    return {"AUROC": roc_auc_score(repressed, score), "AP": average_precision_score(repressed, score)}


def among_first(score: np.ndarray, true: np.ndarray, first: int = FIRST) -> float:
    """How many of the `first` with the highest score are `true`; of those tied for the last places, their share."""
    first = min(first, len(score))
    last = np.sort(score)[-first]
    above, tied = score > last, score == last
    return float(true[above].sum() + (first - above.sum()) * true[tied].mean())


def summary(rows: pd.DataFrame, ours: str = OURS, seed: int = 1) -> pd.DataFrame:
    """Means over experiments, and what `ours` has more than each score, of the same experiments.

    Columns score, source, families, metric, experiments, mean, difference, low, high (95 %, experiments drawn anew),
    won (experiments in which ours is better). `families`: all, or those that neither the score nor ours was fitted on.
    """
    rng, found = np.random.default_rng(seed), []
    mine = rows[rows["score"] == ours]
    for (source, metric), some in rows.groupby(["source", "metric"], sort=False):
        table = some.pivot(index="experiment", columns="score", values="value")
        seen = some.pivot(index="experiment", columns="score", values="seen_in_training").fillna(True).astype(bool)
        has_ours = ours in table and len(mine)
        for name in some["score"].unique():
            for families in ("all", "unseen"):
                use = table[name].notna()
                if families == "unseen":
                    use &= ~seen[name] & ~(seen[ours] if has_ours else False)
                if not use.any():
                    continue
                values = table.loc[use, name].to_numpy()
                row = [name, source, families, metric, len(values), values.mean()]
                more = (table.loc[use, ours].to_numpy() - values) if has_ours and name != ours else np.array([])
                more = more[np.isfinite(more)]
                found.append([*row, *_difference(more, rng)])
    columns = ["score", "source", "families", "metric", "experiments", "mean", "difference", "low", "high", "won"]
    return pd.DataFrame(found, columns=columns).astype({"won": "Int64"})


def _difference(more: np.ndarray, rng: np.random.Generator) -> list:
    """Mean, interval, and how many are above 0; an interval needs two experiments."""
    if not len(more):
        return [np.nan] * 4
    drawn = more[rng.integers(0, len(more), (RESAMPLES, len(more)))].mean(axis=1)
    low, high = np.percentile(drawn, [2.5, 97.5]) if len(more) > 1 else (np.nan, np.nan)
    return [more.mean(), low, high, int((more > 0).sum())]


def what_a_prediction_means(series: Series, predicted: np.ndarray) -> pd.DataFrame:
    """Of mRNAs predicted to fall below a value (log2 units), which fraction falls by more than 0.2 and 0.3?

    Columns source, mrnas (which), each (how many for a miRNA, mean), falls by more than 0.2, ... than 0.3 (fractions of
    all experiments together).
    """
    change, known = log2_change(series), np.isfinite(series.change)
    known_last = np.where(known, predicted, np.inf)
    order = np.argsort(known_last, axis=1, kind="stable")
    rank = np.argsort(order, axis=1, kind="stable")
    which = {f"predicted below {limit}": known & (predicted < limit) for limit in BELOW}
    which |= {f"first {FIRST}": known & (rank < FIRST), "all": known}
    rows = []
    for name, use in which.items():
        count = use.sum()
        fractions = [(change[use] < -fall).mean() if count else np.nan for fall in FALLS]
        rows.append((series.name, name, count / len(use), *fractions))
    return pd.DataFrame(rows, columns=["source", "mrnas", "each", *(f"falls by more than {fall}" for fall in FALLS)])
