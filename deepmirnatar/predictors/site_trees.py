"""The shortcut that reads the site and no miRNA: boosted trees on the site's 3-mer counts."""

from dataclasses import dataclass

import numpy as np

from deepmirnatar.common.settings import setting
from deepmirnatar.predictors.estimators import EstimatorPredictor
from deepmirnatar.rna.kmers import check_counted, kmer_counts


@dataclass
class Settings:
    k: int = setting(3, "length of the k-mers", least=1, most=8)
    # Above 10,000 rows scikit-learn stops where more of them gain nothing.
    trees: int = setting(200, "boosted trees at most", least=1, most=10_000)

    def check(self) -> None:
        """ValueError for more counts than memory may hold."""
        check_counted(self.k)


class Predictor(EstimatorPredictor):
    Settings = Settings

    def estimator(self, seed: int):
        from sklearn.ensemble import HistGradientBoostingClassifier

        return HistGradientBoostingClassifier(max_iter=self.settings.trees, random_state=seed)

    def features(self, pairs, context) -> np.ndarray:
        return kmer_counts(pairs["target_sequence"], self.settings.k)
