"""miRanda (Enright et al. 2003): the score of its local alignment, with the parameters of version 3.3a.

See `deepmirnatar.rna.miranda` for them. The default call is the program's own cut, 140, which a perfect
match of nt 2-8 just reaches. Departures: the score alone decides, without the program's energy cut (off by
default there too), and a site has the score of its best alignment, not the sum of several.
"""

import numpy as np

from deepmirnatar.common.settings import NoSettings
from deepmirnatar.predictors import base


class Predictor(base.Predictor):
    Settings = NoSettings
    needs_5_to_3 = True
    probabilities = False
    threshold = 140.0

    def predict(self, pairs, context) -> np.ndarray:
        from deepmirnatar.rna.miranda import align

        scores, _ = align(pairs["mirna_sequence"], pairs["target_sequence"])
        return scores.astype(float)
