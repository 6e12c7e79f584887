"""z of families for a list of genes, from lists drawn at random that are matched to it on length and GC.

Few genes of a list meet a family with few sites, so that its z is skewed; lists drawn from the same background have the
same skew. Which genes a screen can list depends on how long and how GC-rich their 3'UTRs are; so the drawn ones match.
"""

import numpy as np

DRAWS, SEED = 200, 1
BINS = 5  # of length, and within each of GC


def drawn_lists(listed: np.ndarray, length: np.ndarray, gc: np.ndarray) -> np.ndarray:
    """Lists with as many genes in each bin as `listed` (genes,) bool; shape (DRAWS, genes), float32."""
    rng = np.random.default_rng(SEED)
    drawn = np.zeros((DRAWS, len(listed)), dtype=np.float32)
    for members in _bins(length, gc):
        take = int(listed[members].sum())
        for row in range(DRAWS):
            drawn[row, rng.permutation(members)[:take]] = 1
    return drawn


class ListRegression:
    """z of every family for a list, standard normal for lists drawn like it; like `regression.Regression` otherwise.

    `listed` (genes,) bool; `drawn` (DRAWS, genes) from `drawn_lists`; `columns` (genes, families) predicted repression;
    `covariates` (genes, k) orthonormal. The statistic is the sum over the listed genes of what the covariates leave of
    the prediction. Its mean and spread are those of the drawn lists, its skew that of a sample of so many genes without
    replacement; Pearson's type III takes the skew out.
    """

    def __init__(self, listed: np.ndarray, drawn: np.ndarray, columns: np.ndarray, covariates: np.ndarray) -> None:
        self.columns = columns.astype(np.float32, copy=False)
        self.covariates = covariates
        self.basis = covariates.astype(np.float32)
        lists = np.vstack([listed.astype(np.float32), drawn])
        self.lists = lists - (lists @ self.basis) @ self.basis.T
        self.sums = (self.lists @ self.columns).astype(np.float64)
        self.skew = _skew(self.columns, covariates, int(listed.sum()))

    def z(self) -> np.ndarray:
        """Shape (families,); 0 where a family varies too little to be tested."""
        from scipy.stats import norm, pearson3

        spread = self.sums[1:].std(axis=0)
        usable = spread > 1e-6
        z = np.where(usable, (self.sums[0] - self.sums[1:].mean(axis=0)) / np.where(usable, spread, 1), 0)
        upper = np.clip(pearson3.sf(z, self.skew), 1e-300, 1 - 1e-16)
        return np.where(usable, norm.isf(upper), 0)

    def remove(self, family: int) -> None:
        """Regress a family out of all lists and of all families."""
        column = self.columns[:, family].astype(np.float64)
        column -= self.covariates @ (self.covariates.T @ column)
        size = np.linalg.norm(column)
        if size < 1e-6:
            return
        column = (column / size).astype(np.float32)
        along = self.lists @ column
        self.lists -= along[:, None] * column
        self.sums -= along[:, None].astype(np.float64) * (column @ self.columns)
        self.covariates = np.column_stack([self.covariates, column.astype(np.float64)])


def _skew(columns: np.ndarray, covariates: np.ndarray, size: int) -> np.ndarray:
    """Skew of the sum of `size` genes drawn without replacement, shape (families,)."""
    count = len(columns)
    skew = np.zeros(columns.shape[1])
    for start in range(0, columns.shape[1], 200):
        part = columns[:, start : start + 200].astype(np.float64)
        part -= covariates @ (covariates.T @ part)
        scale = np.maximum(part.std(axis=0), 1e-12)
        skew[start : start + 200] = ((part / scale) ** 3).mean(axis=0)
    return skew * (count - 2 * size) / (count - 2) * np.sqrt((count - 1) / (size * (count - size)))


def _bins(length: np.ndarray, gc: np.ndarray) -> list[np.ndarray]:
    """Genes by fifths of length, each by fifths of GC."""
    parts = np.array_split(np.argsort(length, kind="stable"), BINS)
    return [cell for part in parts for cell in np.array_split(part[np.argsort(gc[part], kind="stable")], BINS)]
