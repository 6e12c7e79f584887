"""The shortcut that reads the site and no miRNA: boosted trees on the site's 3-mer counts."""

from dataclasses import dataclass

import numpy as np

from deepmirnatar.common.settings import one_of
from deepmirnatar.predictors.estimators import EstimatorPredictor
from deepmirnatar.rna.kmers import check_counted, kmer_counts


@dataclass
class Settings:
    k: int = 3
    trees: int = 200
    column: str = one_of("target_sequence", "mirna_sequence")

    def check(self) -> None:
        """ValueError for more counts than memory may hold."""
        check_counted(self.k)


class Predictor(EstimatorPredictor):
    Settings = Settings

    def estimator(self, seed: int):
        from sklearn.ensemble import HistGradientBoostingClassifier

        return HistGradientBoostingClassifier(max_iter=self.settings.trees, random_state=seed)

    def features(self, pairs, context) -> np.ndarray:
        return kmer_counts(pairs[self.settings.column], self.settings.k)
