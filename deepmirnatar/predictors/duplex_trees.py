"""Boosted trees on the duplex: seed, pairing, A and U content, accessibility, and three measures of its strength.

No paper: the strongest classical contestant that reads nothing but the duplex. Features are those of
`rna.duplex_features`, miRanda's score (Enright et al. 2003) and RNAcofold's binding energy (Bernhart et al. 2006).
Site length is left out, because it gives the class away in some releases. The default call is a probability of 0.5.
"""

from dataclasses import dataclass

import numpy as np

from deepmirnatar.common.settings import setting
from deepmirnatar.predictors.estimators import EstimatorPredictor, boosted_trees


@dataclass
class Settings:
    trees: int = setting(300, "boosted trees", least=1, most=10_000)
    learning_rate: float = setting(0.05, "shrinkage", above=0, most=1)
    leaves: int = setting(15, "leaves of a tree", least=2, most=1024)


class Predictor(EstimatorPredictor):
    Settings = Settings
    needs_5_to_3 = True

    def estimator(self, seed: int):
        settings = self.settings
        return boosted_trees(seed, settings.trees, learning_rate=settings.learning_rate, max_leaf_nodes=settings.leaves)

    def features(self, pairs, context) -> np.ndarray:
        """`duplex_features` of every row, with miRanda's score and the binding energy."""
        from deepmirnatar.rna.duplex_features import duplex_features
        from deepmirnatar.rna.energies import binding_energies
        from deepmirnatar.rna.miranda import align

        strands = pairs["mirna_sequence"], pairs["target_sequence"]
        found = duplex_features(*strands, context.threads).assign(
            miranda_score=align(*strands)[0], binding_energy=binding_energies(*strands, context.threads, "RNAcofold")
        )
        return found.to_numpy()
