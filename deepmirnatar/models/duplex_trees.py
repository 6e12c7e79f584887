"""Boosted trees on the duplex: seed, pairing, A and U content, accessibility, and three measures of its strength.

No paper: the strongest classical contestant that reads nothing but the duplex. Features are those of
`deepmirnatar.duplex.duplex_features`, miRanda's score (Enright et al. 2003) and RNAcofold's binding energy (Bernhart
et al. 2006). Site length is left out, because it gives the class away in some releases. The customary call is a
probability of 0.5.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from deepmirnatar.models import base


@dataclass
class Settings:
    trees: int = 300
    learning_rate: float = 0.05
    leaves: int = 15  # per tree


class Predictor(base.Predictor):
    Settings = Settings
    five_to_three = True

    def fit(self, train, valid, context):
        from sklearn.ensemble import HistGradientBoostingClassifier

        self.trees = HistGradientBoostingClassifier(
            max_iter=self.settings.trees,
            learning_rate=self.settings.learning_rate,
            max_leaf_nodes=self.settings.leaves,
            early_stopping=False,
            random_state=context.seed,
        )
        self.trees.fit(features(train, context.threads).to_numpy(), train["label"])
        return super().fit(train, valid, context)

    def predict(self, pairs, context) -> np.ndarray:
        return self.trees.predict_proba(features(pairs, context.threads).to_numpy())[:, 1]

    def state(self):
        return {"sklearn": base.pack_estimator(self.trees)}, {}

    def restore(self, arrays, more):
        self.trees = base.unpack_estimator(arrays["sklearn"])


def features(pairs: pd.DataFrame, processes: int) -> pd.DataFrame:
    """`duplex_features` of every row, with columns `miranda_score` and `binding_energy` added."""
    from deepmirnatar.duplex import duplex_features
    from deepmirnatar.folding import binding_energies
    from deepmirnatar.miranda_alignment import align

    strands = pairs["mirna_sequence"], pairs["target_sequence"]
    return duplex_features(*strands, processes).assign(
        miranda_score=align(*strands)[0], binding_energy=binding_energies(*strands, processes, "RNAcofold")
    )
