"""Seed match alone (Bartel 2009): the rank of the strongest seed class in the site, from 0 (none) to 5 (8mer).

A rank, no probability. The default call is a 6mer or better.
"""

import numpy as np

from deepmirnatar.common.settings import NoSettings
from deepmirnatar.predictors import base
from deepmirnatar.rna.seeds import SEED_RANKS, seed_type


class Predictor(base.Predictor):
    Settings = NoSettings
    needs_5_to_3 = True
    probabilities = False
    threshold = float(SEED_RANKS.index("6mer"))

    def predict(self, pairs, context) -> np.ndarray:
        classes = [seed_type(*each) for each in zip(pairs["mirna_sequence"], pairs["target_sequence"], strict=True)]
        return np.array([SEED_RANKS.index(name) for name in classes], dtype=float)
