"""One regression per family of miRNAs, all at once: does predicted repression explain what the covariates leave?

z of a family is the t of its coefficient in signal ~ covariates + predicted repression (Frisch and Waugh 1933). Real
fold changes are correlated between genes, so that z of families without any effect spreads wider than 1; `spread`
measures that over all families, most of which have no effect (an empirical null: Efron 2004, JASA 99:96).
"""

import numpy as np

# Standard normal quantiles of 16 and 84 %, 1.989 apart: between them the few real effects weigh nothing.
LOW, HIGH, APART = 0.16, 0.84, 1.989
LEAST_VARIANCE = 1e-6  # of predicted repression that the covariates and earlier families must leave


class Regression:
    """z of every family, also after some of them are regressed out one by one (`remove`).

    `signal` (genes,): higher, more repressed; `columns` (genes, families): predicted repression; `covariates` (genes,
    k), orthonormal as from `covariates.basis`.
    """

    def __init__(self, signal: np.ndarray, columns: np.ndarray, covariates: np.ndarray) -> None:
        self.columns = columns.astype(np.float32, copy=False)
        self.covariates = covariates.astype(np.float32)
        explained = self.covariates.T @ self.columns
        self.residual = signal - covariates @ (covariates.T @ signal)
        squares = np.einsum("gf,gf->f", self.columns, self.columns, dtype=np.float64)
        self.squares = squares - (explained.astype(np.float64) ** 2).sum(axis=0)
        self.least = LEAST_VARIANCE * np.maximum(squares, 1e-12)
        self.products = self.residual.astype(np.float32) @ self.columns.astype(np.float32)
        self.products = self.products.astype(np.float64)
        self.total = float(self.residual @ self.residual)
        self.freedom = len(signal) - covariates.shape[1] - 1
        self.removed: list[np.ndarray] = []

    def z(self) -> np.ndarray:
        """t of each family's coefficient, shape (families,); 0 where nothing of the family is left to test."""
        testable = self.squares > self.least
        size = np.sqrt(np.where(testable, self.squares, 1) * max(self.total, 1e-300))
        r = np.clip(np.where(testable, self.products / size, 0), -1 + 1e-12, 1 - 1e-12)
        return r * np.sqrt(self.freedom / (1 - r**2))

    def slopes(self) -> np.ndarray:
        """The coefficients: signal per unit of predicted repression; 0 where there is nothing to test."""
        testable = self.squares > self.least
        return np.where(testable, self.products / np.where(testable, self.squares, 1), 0)

    def remove(self, family: int) -> None:
        """Regress a family out of the signal and of all families (Gram-Schmidt on one column)."""
        if self.squares[family] <= self.least[family]:
            return
        column = self.columns[:, family].astype(np.float64)
        column -= self.covariates @ (self.covariates.T @ column)
        for other in self.removed:
            column -= other * (other @ column)
        column /= np.linalg.norm(column)
        self.removed.append(column)
        shared = (column.astype(np.float32) @ self.columns).astype(np.float64)
        along = float(column @ self.residual)
        self.residual = self.residual - along * column
        self.products -= along * shared
        self.squares = self.squares - shared**2
        self.total = float(self.residual @ self.residual)
        self.freedom -= 1


def calibrated(z: np.ndarray, counted: np.ndarray) -> np.ndarray:
    """z less its median, divided by its spread over the families, if that is above 1; 0 where not `counted` (bool)."""
    if not counted.any():
        return np.zeros_like(z)
    low, middle, high = np.quantile(z[counted], [LOW, 0.5, HIGH])
    return np.where(counted, (z - middle) / max(1.0, (high - low) / APART), 0.0)


def benjamini_hochberg(p: np.ndarray) -> np.ndarray:
    """q of each p, shape as given (Benjamini and Hochberg 1995)."""
    order = np.argsort(p)
    scaled = p[order] * len(p) / np.arange(1, len(p) + 1)
    q = np.empty_like(p)
    q[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1)
    return q
