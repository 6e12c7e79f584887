"""How much does a miRNA lower an mRNA? Its sites' effects, added up.

A site lowers its mRNA by scale * softplus(z), in log2 units of a typical transfection; z is a sum of named terms: one
for the site's type and region, one for each number and class of `features`, and what a small network adds. The effects
of an mRNA's sites add up (Grimson et al. 2007, Mol Cell 27:91, where sites act independently; Agarwal et al. 2015,
eLife 4:e05005, whose context++ score is such a sum). The softplus keeps every effect at or below zero: a site never
protects its mRNA. What is fitted is a response to transfection, not binding. Nothing about a gene is remembered.
"""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from deepmirnatar.common.compiled import jit
from deepmirnatar.common.files import read_tensors, write_tensors
from deepmirnatar.repression import network
from deepmirnatar.repression.features import CLASSES, DENSE, Features, describe_sites
from deepmirnatar.rna.sequences import padded
from deepmirnatar.rna.sites import SeedIndex, Sites, Targets, find_sites

WEIGHTS = Path(__file__).parent / "weights" / "model.safetensors"
WEAK = np.array([each.weak for each in DENSE])
ORF = np.array([each.orf for each in DENSE])
OFFSETS = np.cumsum([0, *(len(levels) for levels in CLASSES.values())])  # of each class among all levels
SITES_AT_ONCE = 400_000


@dataclass
class Terms:
    """What z is made of.

    `dense`, `weak`, `orf` (DENSE,): weights of the standardised numbers, what is added to them at weak sites, and in
    coding sequences. `levels` (OFFSETS[-1],): terms of the classes' levels. `network`: arrays of `network`, or empty.
    """

    dense: np.ndarray
    weak: np.ndarray
    orf: np.ndarray
    levels: np.ndarray
    network: dict[str, np.ndarray] = field(default_factory=dict)

    def sums(self, features: Features, x: np.ndarray | None = None) -> np.ndarray:
        """z of each site; float64 (sites,). `x`: `features.standard()`, where it is at hand."""
        x = features.standard() if x is None else x
        weights = grouped(self.dense, self.weak, self.orf)
        z = _linear(x, features.group, features.classes, weights, self.levels, OFFSETS)
        return z + network.apply(self.network, x, network.codes(features)) if self.network else z


@dataclass
class Repression:
    """A fitted model: about a hundred named numbers and a small network.

    `abundance` (4 ** 7,): `count_7mers` of the mRNAs that it was fitted on. `lowest`, `highest` (DENSE,): range of the
    raw numbers there. `most`: the largest sum of effects there. `scale`: of a sum, to log2 units of a typical
    transfection.
    """

    terms: Terms
    abundance: np.ndarray
    lowest: np.ndarray
    highest: np.ndarray
    scale: float = 1.0
    most: float = np.inf

    @classmethod
    def load(cls, path: str | Path | None = None) -> "Repression":
        """From a file that `save` wrote; the package's own weights by default. ValueError where it does not fit."""
        path = Path(path or WEIGHTS)
        arrays, about = read_tensors(path)
        if about.get("numbers") != [each.name for each in DENSE] or about.get("classes") != CLASSES:
            raise ValueError(f"{path}: was fitted with other features than this version has; fit it again")
        parts = {name: arrays[f"network.{name}"] for name in network.NAMES if f"network.{name}" in arrays}
        terms = Terms(*(arrays[name] for name in ("dense", "weak", "orf", "levels")), parts)
        return cls(terms, *(arrays[name] for name in _OWN), scale=about["scale"], most=about["most"])

    def save(self, path: str | Path, **about: object) -> None:
        """As safetensors, the names of all numbers in its metadata; `about`: more to say of the fit."""
        names = {"numbers": [each.name for each in DENSE], "classes": CLASSES, "scale": self.scale, "most": self.most}
        arrays = {name: getattr(self.terms, name) for name in ("dense", "weak", "orf", "levels")}
        arrays |= {name: getattr(self, name) for name in _OWN}
        arrays |= {f"network.{name}": each for name, each in self.terms.network.items()}
        write_tensors(arrays, {**names, **about}, path)

    def table(self) -> pd.DataFrame:
        """Every number of the linear part: columns term, where, value."""
        rows, terms = [], self.terms
        for name, first, levels in zip(CLASSES, OFFSETS, CLASSES.values(), strict=False):
            rows += [(name, level, terms.levels[first + place]) for place, level in enumerate(levels)]
        for place, each in enumerate(DENSE):
            rows.append((each.name, "everywhere", terms.dense[place]))
            rows += [(each.name, "added at weak sites", terms.weak[place])] * each.weak
            rows += [(each.name, "added in the ORF", terms.orf[place])] * each.orf
        return pd.DataFrame(rows, columns=["term", "where", "value"])

    def describe(self, sites: Sites, targets: Targets, mirnas: np.ndarray) -> Features:
        """Features of `sites`; `mirnas`: from `padded`."""
        return describe_sites(sites, targets, mirnas, self.abundance)

    def site_effects(self, features: Features) -> np.ndarray:
        """What each site adds to the log2 fold change of its mRNA, at or below 0; float32 (sites,)."""
        return self.effects(self.terms.sums(features))

    def effects(self, z: np.ndarray) -> np.ndarray:
        """The same from `terms.sums`."""
        return (-self.scale * np.logaddexp(0, z)).astype(np.float32)

    def site_outside(self, features: Features) -> np.ndarray:
        """Does a number of the site lie outside of what the model was fitted on? bool (sites,)."""
        return ((features.dense < self.lowest) | (features.dense > self.highest)).any(axis=1)

    def gene_outside(self, effects: np.ndarray) -> np.ndarray:
        """Is the sum of effects below every one in the fit? bool, in the shape of `effects`."""
        return effects < -self.scale * self.most


_OWN = ("abundance", "lowest", "highest")


def grouped(dense: np.ndarray, weak: np.ndarray, orf: np.ndarray) -> np.ndarray:
    """Weights for strong sites in the 3'UTR, weak ones there, and the same in coding sequences; shape (4, DENSE)."""
    return np.array([dense, dense + weak, dense + orf, dense + weak + orf])


def gene_effects(sites: Sites, effects: np.ndarray, mirnas: int, targets: int) -> np.ndarray:
    """Log2 fold change of each mRNA for each miRNA, the sum over its sites; float32 (mirnas, targets)."""
    gene = sites.mirna.astype(np.int64) * targets + sites.target
    return np.bincount(gene, effects, mirnas * targets).reshape(mirnas, targets).astype(np.float32)


def repression_matrix(mirnas: pd.DataFrame, mrnas: pd.DataFrame, model: Repression | None = None) -> np.ndarray:
    """Predicted log2 fold change of every mRNA (row) by every miRNA (column); float32, at or below 0.

    `mirnas`: column mirna_sequence; `mrnas`: columns sequence, cds_start, cds_end. mRNAs are taken in chunks, so that
    memory holds about SITES_AT_ONCE sites. On one core some 100,000 sites a second.
    """
    model = model or Repression.load()
    bases = padded(mirnas["mirna_sequence"], 8)
    index = SeedIndex(bases)
    result = np.zeros((len(mrnas), len(mirnas)), dtype=np.float32)
    nt = mrnas["sequence"].str.len().to_numpy()
    sites_per_nt = 7e-4 * len(mirnas)
    chunk = (np.cumsum(nt) // max(SITES_AT_ONCE / sites_per_nt, 1)).astype(np.int64)
    starts = [0, *(np.flatnonzero(np.diff(chunk)) + 1), len(mrnas)]
    for first, last in zip(starts[:-1], starts[1:], strict=True):
        targets = Targets.of(mrnas.iloc[first:last])
        sites = find_sites(targets, index)
        effects = model.site_effects(model.describe(sites, targets, bases))
        result[first:last] = gene_effects(sites, effects, len(mirnas), last - first).T
    return result


@jit
def _linear(x, group, classes, weights, levels, offsets):
    """Sum of the terms of each site; float64 (sites,). `x`: (sites, DENSE) standardised."""
    z = np.empty(len(x))
    for site in range(len(x)):
        total = 0.0
        row = weights[group[site]]
        for place in range(x.shape[1]):
            total += row[place] * x[site, place]
        for which in range(classes.shape[1]):
            if classes[site, which] >= 0:
                total += levels[offsets[which] + classes[site, which]]
        z[site] = total
    return z
