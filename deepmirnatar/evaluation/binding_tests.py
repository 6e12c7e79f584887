"""Binding on data that were not trained on: the same rows for every model, whatever file it comes from.

Average precision and AUROC of whole test splits; the swap control, AUROC of positives against the same sites with
another positive's miRNA; and of positives alone (PAR-CLIP) the fraction found at the cut that calls a given fraction of
another test's negatives negative. 95 % intervals are bootstrapped over (miRNA, target) pairs; the target is a gene, or
a site cluster where a benchmark names no genes.
"""

from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from deepmirnatar.common.files import read_tensors
from deepmirnatar.evaluation.metrics import interval, point_values, resampled, resampled_ranking
from deepmirnatar.pairs import key_of
from deepmirnatar.predictors import load_class
from deepmirnatar.predictors.base import Context

SPECIFICITY = 0.93  # at which positives without negatives are counted
COLUMNS = ["test", "rows", "metric", "value", "low", "high"]


def load_model(path: str | Path):
    """A predictor from its file: a trained model or the package's weights (.safetensors), or miRBind2's (.pt).

    Returns (predictor, seed); the seed of a published model is not known, None. ValueError for another file.
    """
    path = Path(path)
    if path.suffix == ".pt":
        model = load_class("mirbind2")({"weights": str(path)})
        model.fit(None, None, Context())
        return model, None
    _, about = read_tensors(path)
    if "predictor" not in about:
        raise ValueError(f"{path}: does not say which predictor it is of; name the model.safetensors of a run")
    return load_class(about["predictor"]).load(path), about.get("seed")


def measure(
    model, tests: dict[str, pd.DataFrame], controls: dict[str, pd.DataFrame], negatives: str, context: Context
) -> pd.DataFrame:
    """Columns test, rows, metric, value, low, high of one model.

    `tests`: name -> pairs, miRNAs 5'->3'. `controls`: name -> real and swapped rows (see `control_rows.py`), of which
    the swap control is made, for each source. `negatives` names the test whose negatives set the cut for positives
    alone.
    """
    scored = {name: pairs.assign(score=_scores(model, pairs, context)) for name, pairs in tests.items()}
    rows = []
    for name, pairs in scored.items():
        if pairs["label"].nunique() > 1:
            rows += _ranking(name, pairs, {"auprc": "average precision", "auroc": "AUROC"})
        else:
            rows.append(_recall(name, pairs, scored[negatives]))
    for name, table in controls.items():
        for source, pairs in swaps(table).items():
            pairs = pairs.assign(score=_scores(model, pairs, context))
            rows += _ranking(f"{name}, {source}", pairs, {"auroc": "swap AUROC"})
    return pd.DataFrame(rows, columns=COLUMNS)


def swaps(controls: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Per source the positives that have a swapped row, label 1, and those rows, label 0; `pair` is the former's."""
    swapped = controls[controls["control"] == "swapped_mirna"]
    real = controls[(controls["control"] == "real") & controls["pair_id"].isin(swapped["real_id"])]
    pair = key_of(real).set_axis(real["pair_id"])
    both = pd.concat([real, swapped], ignore_index=True)
    both = both.assign(pair=both["real_id"].map(pair))
    return {source: part.reset_index(drop=True) for source, part in both.groupby("source")}


def _scores(model, pairs: pd.DataFrame, context: Context) -> np.ndarray:
    return model.predict(pairs.assign(label=0), context)


def _ranking(name: str, pairs: pd.DataFrame, metrics: dict[str, str]) -> list[tuple]:
    labels, scores = pairs["label"].to_numpy(), pairs["score"].to_numpy(dtype=float)
    whole = point_values(labels, scores)
    units = pairs["pair"] if "pair" in pairs else key_of(pairs)
    samples = resampled(units, partial(resampled_ranking, labels, scores))
    return [(name, len(pairs), text, whole[key], *interval(samples[key])) for key, text in metrics.items()]


def _recall(name: str, positives: pd.DataFrame, others: pd.DataFrame) -> tuple:
    """At the lowest cut that leaves SPECIFICITY of the other test's negatives below it."""
    negatives = np.sort(others.loc[others["label"] == 0, "score"].to_numpy(dtype=float))
    cut = negatives[min(len(negatives) - 1, int(np.ceil(SPECIFICITY * len(negatives))))]
    called = (positives["score"].to_numpy(dtype=float) > cut).astype(float)

    def share(weights: np.ndarray) -> dict:
        return {"recall": weights @ called / weights.sum(axis=1)}

    sample = resampled(key_of(positives), share)["recall"]
    return (name, len(positives), f"recall at specificity {SPECIFICITY}", called.mean(), *interval(sample))
