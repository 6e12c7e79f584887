"""Which mRNAs did edgeR call repressed in the over-expressions?"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from deepmirnatar.repression.experiments import match, read_symbols
from deepmirnatar.sources.transfections import read_experiment


def read_repressed(tables: Sequence[str | Path], genes: str | Path, mrnas: pd.DataFrame) -> np.ndarray:
    """FDR < 0.05 and log2 fold change < -0.2: bool (experiments, mRNAs), False where not measured.

    Rows and columns are those of `read_overexpression11` with `expressed=None`.
    """
    paths = sorted(map(Path, tables), key=lambda path: path.name)
    calls = pd.concat([read_experiment(path)["repressed"] for path in paths], axis=1, sort=True)
    symbols = read_symbols(genes, "Gene ID").reindex(calls.index).fillna("").to_numpy()
    rows = match(mrnas, "calls of repression", target=symbols)
    keep = np.flatnonzero(rows >= 0)
    keep = keep[np.argsort(rows[keep], kind="stable")]
    return calls.eq(True).to_numpy()[keep].T  # missing where a table lacks the gene
