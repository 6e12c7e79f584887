"""RNAcofold's binding energy alone (Bernhart et al. 2006): the score is -dG_bind in kcal/mol.

The default call is dG_bind <= -7.5.
"""

import numpy as np

from deepmirnatar.common.settings import NoSettings
from deepmirnatar.predictors import base
from deepmirnatar.rna.energies import binding_energies


class Predictor(base.Predictor):
    Settings = NoSettings
    needs_5_to_3 = True
    probabilities = False
    threshold = 7.5

    def predict(self, pairs, context) -> np.ndarray:
        return -binding_energies(pairs["mirna_sequence"], pairs["target_sequence"], context.threads, "RNAcofold")
