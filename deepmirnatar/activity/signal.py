"""How strongly is each gene repressed? One number a gene, from what a table has."""

import numpy as np
import pandas as pd

from deepmirnatar.activity.changes import SMALLEST_P

CUT = (0.01, 0.99)  # quantiles at which a signal is cut, so that no single gene decides


def signal(table: pd.DataFrame) -> np.ndarray:
    """Shape (genes,), higher: more repressed. `table`: log2fc, p, statistic, each NaN throughout where missing.

    From p: the normal quantile of p, two-sided, with the sign of the repression; or else the statistic; or else the
    fold change alone.
    """
    from scipy.stats import norm

    change = table["log2fc"].to_numpy()
    if table["p"].notna().any():
        value = -np.sign(change) * norm.isf(np.clip(table["p"].to_numpy(), SMALLEST_P, 1) / 2)
    elif table["statistic"].notna().any():
        value = -table["statistic"].to_numpy()
    else:
        value = -change
    return clipped(value)


def clipped(values: np.ndarray) -> np.ndarray:
    return np.clip(values, *np.quantile(values, CUT))
