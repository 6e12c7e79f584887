"""How much does a miRNA repress a gene? Its sites' effects, added up.

A site of class c with features x lowers the gene's mRNA by softplus(bias[c] + weight . (x - mean) / scale), in log2
units for a typical transfection, and the effects of a gene's sites add up (Grimson et al. 2007, Mol Cell 27:91, where
sites act independently; Agarwal et al. 2015, eLife 4:e05005, whose context++ score is such a sum). The softplus keeps
every effect positive: a site never protects its gene. What is fitted is a response to transfection, not binding.

The target is -logFC. Genes move together in transfections that share their control, whatever the miRNA; so a gene's
mean over the other experiments of the same series is taken off before fitting (`without_shared_response`). Nothing
about a gene is remembered.
"""

from dataclasses import dataclass, fields

import numpy as np

from deepmirnatar.rna.site_features import CLASSES, Sites

START = np.array([-1.8, -2.1, -2.6, -3.3, -4.5, -4.5, -4.5])  # bias of each class from which the fit starts
RIDGE = 0.01  # on weights; a tenth of it holds biases near `START`, a third holds the experiments' scales near 1
CLIP = (-1.0, 1.5)  # of the target: log2 units of repression


@dataclass
class Repression:
    """A fitted model: a few dozen numbers."""

    bias: np.ndarray  # (classes,) of each seed class
    weight: np.ndarray  # (features,) for standardized features
    mean: np.ndarray  # (features,) over the fitted sites
    scale: np.ndarray  # (features,) standard deviation there

    def site_effects(self, seed_type: np.ndarray, features: np.ndarray) -> np.ndarray:
        """Log2 units by which each site lowers its gene; `features` (sites, features); shape (sites,)."""
        if features.shape[1] != len(self.weight):
            raise ValueError(f"the model has {len(self.weight)} site features, {features.shape[1]} are given")
        return np.logaddexp(0, self.bias[seed_type] + ((features - self.mean) / self.scale) @ self.weight)

    def predict(self, sites: Sites, mirnas: int, utrs: int) -> np.ndarray:
        """Predicted repression in log2 units, shape (mirnas, utrs); 0 for a gene without a site.

        `sites` are those of a chunk of `utrs` 3'UTRs.
        """
        effects = self.site_effects(sites.seed_type, sites.features)
        gene = sites.mirna.astype(np.int64) * utrs + sites.utr
        return np.bincount(gene, effects, mirnas * utrs).reshape(mirnas, utrs)

    def to_arrays(self) -> dict[str, np.ndarray]:
        return {field.name: getattr(self, field.name).astype(np.float32) for field in fields(self)}

    @classmethod
    def from_arrays(cls, arrays: dict[str, np.ndarray]) -> "Repression":
        return cls(**{field.name: np.asarray(arrays[field.name], dtype=np.float32) for field in fields(cls)})


def without_shared_response(log_fc: np.ndarray, series: np.ndarray) -> np.ndarray:
    """Repression -(log_fc - the experiment's median), less the gene's shrunken mean over the series' other experiments.

    `log_fc` (experiments, genes), NaN where a gene is missing; `series` (experiments,). Clipped to `CLIP`.
    """
    change = np.nanmedian(log_fc, axis=1, keepdims=True) - log_fc
    rest = np.empty_like(change)
    known, moderate = np.isfinite(change), np.clip(np.nan_to_num(change), -1.5, 1.5)
    for row, name in enumerate(series):
        others = (series == name) & (np.arange(len(series)) != row)
        rest[row] = moderate[others].sum(axis=0) / (known[others].sum(axis=0) + 1)
    return np.clip(change - rest, *CLIP)


def fit(sites: Sites, repression: np.ndarray) -> Repression:
    """Least squares with a ridge penalty, by L-BFGS from a fixed start: deterministic.

    `repression` (experiments, genes), NaN where a gene is missing, as from `without_shared_response`. Row e is of
    `sites.mirna == e`, column g of `sites.utr == g`; other sites are left out. Each experiment has a level and a scale
    of its own, which prediction does not use.
    """
    # Here, since predicting needs neither: 20 MB.
    from scipy.optimize import minimize
    from scipy.special import expit

    experiments, genes = repression.shape
    use = (sites.mirna < experiments) & np.isfinite(repression).any(axis=1)[np.minimum(sites.mirna, experiments - 1)]
    which, x = sites.seed_type[use], sites.features[use].astype(float)
    row = sites.mirna[use].astype(np.int64)
    gene = row * genes + sites.utr[use]
    mean, scale = x.mean(axis=0), np.maximum(x.std(axis=0), 1e-6)
    x = (x - mean) / scale
    known = np.isfinite(repression)
    target = np.where(known, repression, 0.0)
    importance = known / (target**2).sum()
    parts = np.cumsum([len(CLASSES), x.shape[1], experiments])

    def loss(parameters: np.ndarray) -> tuple[float, np.ndarray]:
        bias, weights, log_scale, level = np.split(parameters, parts)
        z = bias[which] + x @ weights
        total = np.bincount(gene, np.logaddexp(0, z), experiments * genes).reshape(experiments, genes)
        size = np.exp(log_scale)[:, None]
        error = target - level[:, None] - size * total
        pull = -2 * importance * error
        by_site = (size * pull).ravel()[gene] * expit(z)
        gradient = np.concatenate(
            [
                np.bincount(which, by_site, len(CLASSES)) + 0.2 * RIDGE * (bias - START),
                x.T @ by_site + 2 * RIDGE * weights,
                (pull * size * total).sum(axis=1) + 0.6 * RIDGE * log_scale,
                pull.sum(axis=1),
            ]
        )
        penalty = 0.1 * ((bias - START) ** 2).sum() + (weights**2).sum() + 0.3 * (log_scale**2).sum()
        return float((importance * error**2).sum() + RIDGE * penalty), gradient

    start = np.concatenate([START, np.zeros(x.shape[1] + 2 * experiments)])
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 200}).x
    bias, weights, _, _ = np.split(found, parts)
    return Repression(*(each.astype(np.float32) for each in (bias, weights, mean, scale)))
