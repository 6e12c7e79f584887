"""The threshold that validation rows choose; apart from `metrics.py`, whose changes need no model trained anew."""

import numpy as np
from sklearn.metrics import roc_curve


def best_threshold(labels: np.ndarray, scores: np.ndarray) -> float:
    """The cut that maximises sensitivity + specificity - 1 (Youden's J); half-way between two scores."""
    if labels.min() == labels.max():
        return float(np.median(scores))
    false_rate, true_rate, cuts = roc_curve(labels, scores)
    best = int((true_rate - false_rate).argmax())
    # The first cut of the curve is infinite: there nothing is called. It wins when no cut beats chance.
    if not np.isfinite(cuts[best]):
        return float(scores.max() + max(1e-6, 1e-6 * abs(scores.max())))
    upper = cuts[best]
    below = scores[scores < upper]
    return float(upper if not len(below) else (upper + below.max()) / 2)
