"""A small network that adds to the terms of a site: it knows which bases pair, and how the numbers bear on one another.

Its input are the standardised numbers of `features`, the site's type and flanking bases, and the pair of bases at each
of the 12 places of the site. One layer, one residual layer, one output that starts at zero, so that training begins
with the linear model. Several networks of other seeds are averaged. PyTorch trains it; prediction needs numba alone.
"""

import numpy as np

from deepmirnatar.common.compiled import jit
from deepmirnatar.repression.features import CLASSES, WINDOW, Features

CODED = ["type", "before window", "after window"]  # classes that it reads
PAIRS = 25  # pairs of bases, N among them
OFFSETS = np.cumsum([0, *(len(CLASSES[name]) for name in CODED), *[PAIRS] * WINDOW])


def codes(features: Features) -> np.ndarray:
    """Rows of the table of embeddings for each site; int16 (sites, CODED + WINDOW), -1 where a class has no level."""
    places = [list(CLASSES).index(name) for name in CODED]
    parts = np.hstack([features.classes[:, places], features.pairs]).astype(np.int16)
    return np.where(parts < 0, -1, parts + OFFSETS[:-1].astype(np.int16))


def apply(network: dict[str, np.ndarray], x: np.ndarray, coded: np.ndarray) -> np.ndarray:
    """What the networks add to each site's sum of terms, their mean; float64 (sites,)."""
    return _apply(x, coded, *(network[name] for name in NAMES))


NAMES = ["table", "dense", "bias", "middle", "middle_bias", "out", "out_bias"]


@jit
def _apply(x, coded, table, dense, bias, middle, middle_bias, out, out_bias):
    members, hidden = bias.shape
    result = np.zeros(len(x))
    first, second = np.empty(hidden, np.float32), np.empty(hidden, np.float32)
    for member in range(members):
        for site in range(len(x)):
            first[:] = bias[member]
            for place in range(coded.shape[1]):
                code = coded[site, place]
                if code >= 0:
                    for unit in range(hidden):
                        first[unit] += table[member, code, unit]
            for place in range(x.shape[1]):
                for unit in range(hidden):
                    first[unit] += x[site, place] * dense[member, place, unit]
            second[:] = middle_bias[member]
            for place in range(hidden):
                first[place] = max(first[place], np.float32(0))
                for unit in range(hidden):
                    second[unit] += first[place] * middle[member, place, unit]
            total = out_bias[member]
            for unit in range(hidden):
                total += (first[unit] + max(second[unit], np.float32(0))) * out[member, unit]
            result[site] += total / members
    return result
