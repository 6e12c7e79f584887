"""The chance that a seed match is bound, from its type, its region and its context.

log odds = share of the type and region + slope * (z - centre of the type and region)

`share`: how many of such seed matches, on mRNAs with any AGO chimera, were ever seen as a chimera of their miRNA.
z: the context as the model of repression reads it (`repression.model.Terms.sums`), which was fitted on fold changes and
saw no chimera. It ranks seed matches of one type within a miRNA on chimeras of three sources, so that binding has no
features of its own. The absolute share depends on the depth of the experiments; use it to compare sites, not as a
probability.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from deepmirnatar.common.files import read_tensors, write_tensors
from deepmirnatar.rna.seeds import SEED_TYPES

WEIGHTS = Path(__file__).parent / "weights" / "model.safetensors"
REGIONS = ["3'UTR", "ORF"]


@dataclass
class Binding:
    """`share` and `centre`: (SEED_TYPES, REGIONS), log odds and z; `slope`: log odds for a unit of z."""

    share: np.ndarray
    centre: np.ndarray
    slope: float

    @classmethod
    def load(cls, path: str | Path | None = None) -> "Binding":
        """From a file that `save` wrote; the package's own weights by default."""
        arrays, about = read_tensors(path or WEIGHTS)
        return cls(arrays["share"], arrays["centre"], about["slope"])

    def save(self, path: str | Path, **about: object) -> None:
        """As safetensors; `about`: more to say of the fit."""
        names = {"seed_types": SEED_TYPES, "regions": REGIONS, "slope": float(self.slope)}
        write_tensors({"share": self.share, "centre": self.centre}, {**names, **about}, path)

    def chance(self, z: np.ndarray, seed_type: np.ndarray, in_orf: np.ndarray) -> np.ndarray:
        """Share of such sites that are seen bound, 0..1, float32 (sites,)."""
        region = in_orf.astype(int)
        odds = self.share[seed_type, region] + self.slope * (z - self.centre[seed_type, region])
        return (1 / (1 + np.exp(-odds))).astype(np.float32)

    def table(self) -> pd.DataFrame:
        """Columns seed_type, region, share (a fraction), centre."""
        rows = [
            (kind, region, 1 / (1 + np.exp(-self.share[row, column])), self.centre[row, column])
            for row, kind in enumerate(SEED_TYPES)
            for column, region in enumerate(REGIONS)
        ]
        return pd.DataFrame(rows, columns=["seed_type", "region", "share", "centre"])
