"""Boosted trees on the 3-mer counts of miRNA and site: what both strings say side by side, without any pairing.

No paper: a contestant that cannot align the two strands, only learn which miRNAs and which sites are positive. Where
it comes near a deep model, the data offer that shortcut. The customary call is a probability of 0.5.
"""

from dataclasses import dataclass

import numpy as np

from deepmirnatar.models import base
from deepmirnatar.shortcuts import kmer_counts


@dataclass
class Settings:
    k: int = 3
    trees: int = 200
    learning_rate: float = 0.1


class Predictor(base.Predictor):
    Settings = Settings
    five_to_three = True

    def fit(self, train, valid, context):
        from sklearn.ensemble import HistGradientBoostingClassifier

        self.trees = HistGradientBoostingClassifier(
            max_iter=self.settings.trees,
            learning_rate=self.settings.learning_rate,
            early_stopping=False,
            random_state=context.seed,
        )
        self.trees.fit(self._counts(train), train["label"])
        return super().fit(train, valid, context)

    def predict(self, pairs, context) -> np.ndarray:
        return self.trees.predict_proba(self._counts(pairs))[:, 1]

    def state(self):
        return {"sklearn": base.pack_estimator(self.trees)}, {}

    def restore(self, arrays, more):
        self.trees = base.unpack_estimator(arrays["sklearn"])

    def _counts(self, pairs) -> np.ndarray:
        return np.hstack([kmer_counts(pairs[name], self.settings.k) for name in ("mirna_sequence", "target_sequence")])
