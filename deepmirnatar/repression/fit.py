"""Fit `model.Repression` to experiments: L-BFGS-B with a gradient written by hand; deterministic.

The label is -(log fold change less the experiment's median), normalised as its series is (`Series.normalised`: label
and prediction alike, over the experiments that take part), clipped at CLIP standard deviations. Each experiment has a
level and a scale of its own, which predictions do not use. The loss is Huber's, in standard deviations, a mean over the
mRNAs of an experiment.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from deepmirnatar.common.compiled import jit
from deepmirnatar.repression.experiments import Series
from deepmirnatar.repression.features import CLASSES, DENSE, Features, describe_sites
from deepmirnatar.repression.model import OFFSETS, ORF, WEAK, Repression, Terms, grouped
from deepmirnatar.repression.network_fit import HUBER, train
from deepmirnatar.rna.sequences import padded
from deepmirnatar.rna.sites import SeedIndex, Sites, Targets, find_sites

CLIP = 4.0  # standard deviations
RIDGE = 0.0003  # for each experiment, on weights of standardised numbers and on levels
OF_TYPES = 0.1  # of the ridge holds the types near `START`
OF_SCALES = 0.01  # on the square of the log of each experiment's scale
START = np.array([-1.1, -1.9, -2.5, -3.3, -4.3, -4.3])  # term of each seed type before the fit; ORF_LESS in the ORF
ORF_LESS = 0.5
ITERATIONS = 120
# Log2 units for a sum of effects. Fitted scales are 1.7 (HeLa, 17 miRNAs), 1.4 (11 over-expressions) and 0.9 (the 74).
SCALE = 1.4
WEIGHTS = {"hela17": 2.0, "overexpression11": 2.0}  # of an experiment; others 1


@dataclass
class Data:
    """One series ready for fitting; `sites.mirna` is the row of an experiment, `sites.target` the column of an mRNA."""

    series: Series
    sites: Sites
    features: Features
    x: np.ndarray  # standardised numbers

    @classmethod
    def of(cls, series: Series, mrnas: pd.DataFrame, abundance: np.ndarray) -> "Data":
        """Find and describe the sites of all experiments; `mrnas`: from `read_mrnas`."""
        targets, bases = Targets.of(mrnas.iloc[series.mrnas]), padded(series.experiments["mirna_sequence"])
        sites = find_sites(targets, SeedIndex(bases))
        features = describe_sites(sites, targets, bases, abundance)
        return cls(series, sites, features, features.standard())


class Part:
    """Those experiments of a series that take part in a fit."""

    def __init__(self, data: Data, experiments: np.ndarray) -> None:
        series = data.series
        use = np.zeros(len(series.experiments), dtype=bool)
        use[experiments] = True
        self.rows = np.flatnonzero(use[data.sites.mirna])
        self.count, self.genes = len(experiments), series.change.shape[1]
        new = np.cumsum(use) - 1
        self.gene = new[data.sites.mirna[self.rows]] * self.genes + data.sites.target[self.rows]
        self.x, self.features = data.x[self.rows], data.features.take(self.rows)
        change = series.change[experiments]
        self.known = np.isfinite(change)
        self.centred = series.centred and self.count > 1
        label = -self.normal(np.where(self.known, change, 0.0).astype(float))
        self.sd = np.array([row[known].std() for row, known in zip(label, self.known, strict=True)])[:, None]
        self.label = np.where(self.known, np.clip(label, -CLIP * self.sd, CLIP * self.sd), 0.0)
        self.weight = WEIGHTS.get(series.name, 1.0) * self.known / self.known.sum(axis=1, keepdims=True)

    def normal(self, values: np.ndarray) -> np.ndarray:
        """Where the series is centred, less each mRNA's mean over the experiments that know it; 0 where unknown."""
        values = np.where(self.known, values, 0.0)
        if self.centred:
            values = values - values.sum(axis=0) / np.maximum(self.known.sum(axis=0), 1)
        return np.where(self.known, values, 0.0)

    def loss(self, effects: np.ndarray, level: np.ndarray, log_scale: np.ndarray) -> tuple:
        """Loss of summed effects (experiments, genes), and its gradients by effects, level, log_scale."""
        size = np.exp(log_scale)[:, None]
        error = (self.normal(level[:, None] + size * effects) - self.label) / self.sd
        small = np.abs(error) <= HUBER
        each = np.where(small, 0.5 * error**2, HUBER * (np.abs(error) - 0.5 * HUBER))
        pull = self.normal(self.weight * np.clip(error, -HUBER, HUBER) / self.sd)
        return (self.weight * each).sum(), pull * size, pull.sum(axis=1), (pull * effects).sum(axis=1) * size[:, 0]


def effects(terms: Terms, data: Data) -> np.ndarray:
    """Summed softplus of every experiment's sites; float (experiments, genes)."""
    shape = data.series.change.shape
    gene = data.sites.mirna.astype(np.int64) * shape[1] + data.sites.target
    each = np.logaddexp(0, terms.sums(data.features, data.x))
    return np.bincount(gene, each, shape[0] * shape[1]).reshape(shape)


class Objective:
    """The loss of all parts as a function of one vector: dense, weak, orf, levels, then levels and scales of parts."""

    def __init__(self, parts: Sequence[Part], ridge: float = RIDGE) -> None:
        self.parts = parts
        numbers, experiments = len(DENSE), sum(part.count for part in parts)
        self.cuts = np.cumsum([numbers, numbers, numbers, OFFSETS[-1], experiments])
        types = len(CLASSES["type"])
        levels = np.zeros(OFFSETS[-1])
        levels[:types] = (START[:, None] - np.array([0, ORF_LESS])).ravel()
        self.start = np.concatenate([np.zeros(3 * numbers), levels, np.zeros(2 * experiments)])
        penalty = np.full(len(self.start), ridge * experiments)
        penalty[3 * numbers : 3 * numbers + types] *= OF_TYPES
        penalty[self.cuts[3] : self.cuts[4]] = 0.0
        penalty[self.cuts[4] :] = OF_SCALES
        self.penalty = penalty
        self.free = np.ones(len(self.start), dtype=bool)
        self.free[numbers : 3 * numbers] = np.concatenate([WEAK, ORF])

    def split(self, vector: np.ndarray) -> list[np.ndarray]:
        return np.split(vector, self.cuts)

    def __call__(self, vector: np.ndarray) -> tuple[float, np.ndarray]:
        dense, weak, orf, levels, level, log_scale = self.split(vector)
        weights = grouped(dense, weak, orf)
        by_weight, by_level = np.zeros_like(weights), np.zeros_like(levels)
        total, by_fit, first = 0.0, np.zeros((2, len(level))), 0
        for part in self.parts:
            these = slice(first, first + part.count)
            first += part.count
            sites = (part.x, part.features.group, part.features.classes, part.gene)
            summed, slopes = _forward(*sites, weights, levels, OFFSETS, part.count * part.genes)
            summed = summed.reshape(part.count, part.genes)
            loss, pull, by_fit[0, these], by_fit[1, these] = part.loss(summed, level[these], log_scale[these])
            total += loss
            _backward(*sites, slopes, pull.ravel(), OFFSETS, by_weight, by_level)
        gradient = np.concatenate(
            [by_weight.sum(axis=0), by_weight[[1, 3]].sum(axis=0), by_weight[[2, 3]].sum(axis=0), by_level, *by_fit]
        )
        away = vector - self.start
        return total + (self.penalty * away**2).sum(), (gradient + 2 * self.penalty * away) * self.free


def fit_terms(parts: Sequence[Part], iterations: int = ITERATIONS, ridge: float = RIDGE) -> tuple[Terms, np.ndarray]:
    """The named terms, and the log of each experiment's scale in the order of the parts."""
    from scipy.optimize import minimize

    objective = Objective(parts, ridge)
    options = {"maxcor": 20, "maxiter": iterations}
    found = minimize(objective, objective.start, jac=True, method="L-BFGS-B", options=options).x
    *terms, _, log_scales = objective.split(found)
    return Terms(*(each.astype(np.float32) for each in terms)), log_scales


def fit(datas: Sequence[Data], use: Sequence[np.ndarray]) -> Terms:
    """Fit to the experiments `use[i]` (rows) of each `datas[i]`: the named terms first, then the network on top."""
    parts = [Part(data, rows) for data, rows in zip(datas, use, strict=True) if len(rows)]
    terms, log_scales = fit_terms(parts)
    start = [terms.sums(part.features, part.x) for part in parts]
    terms.network = train(parts, start, log_scales)
    return terms


def fit_model(datas: Sequence[Data], abundance: np.ndarray) -> Repression:
    """The model fitted on all experiments."""
    terms = fit(datas, [np.arange(len(data.series.experiments)) for data in datas])
    dense = [data.features.dense for data in datas]
    return Repression(
        terms,
        abundance,
        np.min([each.min(axis=0) for each in dense], axis=0),
        np.max([each.max(axis=0) for each in dense], axis=0),
        SCALE,
        max(float(effects(terms, data).max()) for data in datas),
    )


def folds(datas: Sequence[Data], count: int = 5, seed: int = 0) -> list[np.ndarray]:
    """Fold of each experiment of each series; one family (nt 2-8) is in one fold, whatever the series."""
    families = sorted(set().union(*(data.series.experiments["family"] for data in datas)))
    order = np.random.default_rng(seed).permutation(len(families))
    fold_of = {families[place]: number % count for number, place in enumerate(order)}
    return [data.series.experiments["family"].map(fold_of).to_numpy() for data in datas]


def families_left_out(
    datas: Sequence[Data], fitter=fit, count: int = 5, seed: int = 0, others: Sequence[Data] = ()
) -> list[np.ndarray]:
    """Effects (experiments, genes) of each series, each experiment by a model that saw no miRNA of its family.

    `others` are more series of the same families; nothing is fitted on them.
    """
    every = [*datas, *others]
    fold_of = folds(every, count, seed)
    result = [np.zeros(data.series.change.shape) for data in every]
    for fold in range(count):
        terms = fitter(datas, [np.flatnonzero(each != fold) for each in fold_of[: len(datas)]])
        for data, each, found in zip(every, fold_of, result, strict=True):
            found[each == fold] = effects(terms, data)[each == fold]
    return result


def scores(datas: Sequence[Data], summed: Sequence[np.ndarray]) -> pd.DataFrame:
    """Columns series, experiment, mirna, family, mRNAs, r2, rho of summed effects with the changes."""
    tables = []
    for data, each in zip(datas, summed, strict=True):
        series, found = data.series, agreement(data.series, each)
        table = series.experiments[["experiment", "mirna", "family"]].copy()
        table.insert(0, "series", series.name)
        tables.append(table.assign(mRNAs=np.isfinite(series.change).sum(axis=1), r2=found[:, 0], rho=found[:, 1]))
    return pd.concat(tables, ignore_index=True)


def agreement(series: Series, summed: np.ndarray) -> np.ndarray:
    """Squared correlation and Spearman's rho of each experiment's change with -`summed`; shape (experiments, 2)."""
    from scipy.stats import spearmanr

    label, predicted = series.normalised(series.change), series.normalised(-summed)
    rows = []
    for y, p in zip(label, predicted, strict=True):
        known = np.isfinite(y)
        y, p = y[known], p[known]
        rows.append((np.corrcoef(y, p)[0, 1] ** 2 if p.std() > 0 else 0.0, spearmanr(y, p).statistic))
    return np.array(rows)


@jit
def _forward(x, group, classes, gene, weights, levels, offsets, genes):
    """Sum of softplus over the sites of each gene, and each site's slope (the logistic function of its z)."""
    totals, slopes = np.zeros(genes), np.empty(len(x), np.float32)
    for site in range(len(x)):
        z = 0.0
        row = weights[group[site]]
        for place in range(x.shape[1]):
            z += row[place] * x[site, place]
        for which in range(classes.shape[1]):
            if classes[site, which] >= 0:
                z += levels[offsets[which] + classes[site, which]]
        small = np.exp(-abs(z))
        totals[gene[site]] += max(z, 0.0) + np.log1p(small)
        slopes[site] = 1.0 / (1.0 + small) if z > 0 else small / (1.0 + small)
    return totals, slopes


@jit
def _backward(x, group, classes, gene, slopes, pull, offsets, by_weight, by_level):
    """Add to the gradients by the weights of each group and by the levels."""
    for site in range(len(x)):
        by_z = pull[gene[site]] * slopes[site]
        row = by_weight[group[site]]
        for place in range(x.shape[1]):
            row[place] += by_z * x[site, place]
        for which in range(classes.shape[1]):
            if classes[site, which] >= 0:
                by_level[offsets[which] + classes[site, which]] += by_z
