"""What one can score without reading the miRNA against the site: the shortcuts that a dataset may offer."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from deepmirnatar.kmers import SPECIAL, tokenize, vocabulary


class RateTable:
    """Positive rate by name, learned from a training split.

    A name's rate is smoothed toward the overall rate with weight `prior`. A name that was never seen takes the rate of
    names seen once: among those, novelty itself may tell the class, as it does where negatives are invented miRNAs.
    """

    def __init__(self, prior: float = 1.0):
        self.prior, self.rates, self.unseen = prior, {}, 0.5

    def fit(self, names: pd.Series, labels: pd.Series) -> "RateTable":
        counts = labels.groupby(names).agg(["sum", "count"])
        overall = float(labels.mean())
        rates = (counts["sum"] + self.prior * overall) / (counts["count"] + self.prior)
        once = counts[counts["count"] == 1]
        self.unseen = float((once["sum"].sum() + self.prior * overall) / (len(once) + self.prior))
        self.rates = rates.to_dict()
        return self

    def score(self, names: pd.Series) -> np.ndarray:
        return names.map(self.rates).fillna(self.unseen).to_numpy(dtype=float)


def kmer_counts(sequences: Iterable[str], k: int = 3) -> np.ndarray:
    """Counts of all k-mers per sequence, shape (sequences, 4**k), and nothing of their order."""
    sequences = list(sequences)
    tokens, offsets = tokenize(sequences, k)
    rows = np.repeat(np.arange(len(sequences)), np.diff(offsets))
    out = np.zeros((len(sequences), len(vocabulary(k))), dtype=np.float32)
    np.add.at(out, (rows, tokens), 1)
    return out[:, len(SPECIAL) :]
