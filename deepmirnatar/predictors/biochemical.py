"""McGeary-Lin affinity (McGeary et al. 2019, doi:10.1126/science.aav1741): the largest ln KA of 12 nt of the site.

`weights` is the checkpoint that its authors publish, `model-100.index` and its data file; nothing is trained. The
network was fitted to binding measured with purified AGO2 of six miRNAs and to fold changes after 16 transfections in
HeLa cells. It reads miRNA nt 1-10 alone. See `deepmirnatar.rna.affinity`.

The default call is ln KA > 0, as in the authors' model of repression; almost every site of 50 nt reaches it.

Departure: every place of the site is asked, also one without four matches in a row, which the authors leave out.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from deepmirnatar.common.logs import log
from deepmirnatar.common.settings import setting
from deepmirnatar.predictors import base


@dataclass
class Settings:
    weights: str | None = setting(None, "path to the published model-100.index, with its data in the same folder")


class Predictor(base.Predictor):
    Settings = Settings
    needs_5_to_3 = True
    threshold = 0.0

    def fit(self, train, valid, context):
        from deepmirnatar.rna.affinity import Affinities

        if self.settings.weights is None:
            raise ValueError("biochemical: `weights` is missing; give the path of the published model-100.index")
        self.network = Affinities.read(self.settings.weights)
        log.info("weights taken from %s; nothing is trained", self.settings.weights)
        return super().fit(train, valid, context)

    def predict(self, pairs, context) -> np.ndarray:
        from deepmirnatar.rna.affinity import strongest
        from deepmirnatar.rna.sequences import joined

        rows, mirnas = pd.factorize(pairs["mirna_sequence"])
        codes, ends = joined(pairs["target_sequence"])
        tables = self.network.tables(list(mirnas))
        return strongest(codes, ends, tables, rows, self.network.last).astype(float)

    def state(self):
        return dict(self.network.variables), {}

    def restore(self, arrays, more) -> None:
        from deepmirnatar.rna.affinity import Affinities

        self.network = Affinities(arrays, "the saved model")
