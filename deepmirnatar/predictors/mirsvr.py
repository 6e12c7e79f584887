"""mirSVR features, retrained (after Betel et al. 2010): support vector regression on the duplex of miRanda's alignment.

mirSVR describes a site by its seed pairing, the extent of 3' pairing, the A and U content of its flanks, its
accessibility and the duplex energy, and regresses how strongly the mRNA goes down (RBF kernel). Here the same kinds
of feature (`deepmirnatar.rna.duplex_features.duplex_features`) are regressed on the label, 0 or 1.

Departures. The published weights are not to be had, so they are learned from `train`. Conservation is out of reach
for a bare site. 3'UTR length and the site's place in it are left out: tables hold sites, and that length would name
the gene. Site length is left out because it gives the class away in some releases. At most `rows` training rows, drawn
at random, are used: the cost of a fit grows with their square.

The default call is 0.5, half-way between the two labels it is regressed on.
"""

from dataclasses import dataclass

import numpy as np

from deepmirnatar.common.settings import setting
from deepmirnatar.predictors.estimators import EstimatorPredictor


@dataclass
class Settings:
    rows: int = setting(10_000, "training rows that are used at most", least=1)
    c: float = setting(1.0, "cost of errors of the support vector machine", above=0)
    epsilon: float = setting(0.1, "errors below this cost nothing", least=0)


class Predictor(EstimatorPredictor):
    Settings = Settings
    needs_5_to_3 = True
    probabilities = False

    def estimator(self, seed: int):
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler
        from sklearn.svm import SVR

        regression = SVR(kernel="rbf", C=self.settings.c, epsilon=self.settings.epsilon)
        return make_pipeline(StandardScaler(), regression)

    def features(self, pairs, context) -> np.ndarray:
        from deepmirnatar.rna.duplex_features import duplex_features

        return duplex_features(pairs["mirna_sequence"], pairs["target_sequence"], context.threads).to_numpy()

    def fit(self, train, valid, context):
        sample = train.sample(min(self.settings.rows, len(train)), random_state=context.seed)
        return super().fit(sample, valid, context)
