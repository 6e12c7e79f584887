"""Boosted trees on the 3-mer counts of miRNA and site: what the two strings say without any pairing.

No paper: a contestant that cannot align the two strands, only learn which miRNAs and which sites are positive. Where
it comes near a deep model, the data offer that shortcut. The default call is a probability of 0.5.
"""

from dataclasses import dataclass

import numpy as np

from deepmirnatar.common.settings import setting
from deepmirnatar.predictors.estimators import EstimatorPredictor, boosted_trees
from deepmirnatar.rna.kmers import check_counted, kmer_counts


@dataclass
class Settings:
    k: int = setting(3, "length of the k-mers", least=1, most=8)
    trees: int = setting(200, "boosted trees", least=1, most=10_000)
    learning_rate: float = setting(0.1, "shrinkage", above=0, most=1)

    def check(self) -> None:
        """ValueError for more counts than memory may hold."""
        check_counted(self.k)


class Predictor(EstimatorPredictor):
    Settings = Settings
    needs_5_to_3 = True

    def estimator(self, seed: int):
        return boosted_trees(seed, self.settings.trees, learning_rate=self.settings.learning_rate)

    def features(self, pairs, context) -> np.ndarray:
        return np.hstack([kmer_counts(pairs[name], self.settings.k) for name in ("mirna_sequence", "target_sequence")])
