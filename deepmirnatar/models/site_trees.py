"""The shortcut that reads the site and no miRNA: boosted trees on the site's 3-mer counts."""

from dataclasses import dataclass

import numpy as np

from deepmirnatar.models import base
from deepmirnatar.shortcuts import kmer_counts


@dataclass
class Settings:
    k: int = 3
    trees: int = 200
    column: str = "target_sequence"


class Predictor(base.Predictor):
    Settings = Settings

    def fit(self, train, valid, context):
        from sklearn.ensemble import HistGradientBoostingClassifier

        self.trees = HistGradientBoostingClassifier(max_iter=self.settings.trees, random_state=context.seed)
        self.trees.fit(kmer_counts(train[self.settings.column], self.settings.k), train["label"])
        return super().fit(train, valid, context)

    def predict(self, pairs, context) -> np.ndarray:
        return self.trees.predict_proba(kmer_counts(pairs[self.settings.column], self.settings.k))[:, 1]

    def state(self):
        return {"sklearn": base.pack_estimator(self.trees)}, {}

    def restore(self, arrays, more):
        self.trees = base.unpack_estimator(arrays["sklearn"])
