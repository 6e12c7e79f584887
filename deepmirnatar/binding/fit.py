"""Fit `model.Binding` to chimeras.

The slope is fitted neither on types, nor on regions, nor on random sequence: a positive is compared with negatives of
the same miRNA, on the same mRNAs, of the same type and region. What sets those apart, the shares say.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from deepmirnatar.binding.chimeras import Matches
from deepmirnatar.binding.model import REGIONS, Binding
from deepmirnatar.repression.features import describe_sites
from deepmirnatar.repression.model import Repression
from deepmirnatar.rna.seeds import SEED_TYPES
from deepmirnatar.rna.sequences import padded
from deepmirnatar.rna.sites import Targets

POWER = 0.75  # of a miRNA's positives is its weight, so that abundant miRNAs do not rule
STEEPEST = 5.0  # log odds for a unit of z
STRONG = 3  # of SEED_TYPES, the first are 8mer and 7mers


@dataclass
class Scored:
    """Seed matches and their z, float64 (sites,)."""

    matches: Matches
    z: np.ndarray

    @classmethod
    def of(cls, matches: Matches, targets: Targets, model: Repression) -> "Scored":
        """`targets`: all mRNAs, in which `matches.sites.target` counts."""
        features = describe_sites(matches.sites, targets, padded(matches.mirnas, 8), model.abundance)
        return cls(matches, model.terms.sums(features))

    def take(self, rows: np.ndarray) -> "Scored":
        return Scored(self.matches.take(rows), self.z[rows])


def shares(matches: Sequence[Matches]) -> pd.DataFrame:
    """How many seed matches of each source's miRNAs are seen: columns source, seed_type, region, sites, seen, share."""
    rows = []
    for each in matches:
        cell = each.sites.seed_type * len(REGIONS) + each.sites.in_orf
        count, seen = (
            np.bincount(cell, weights, len(SEED_TYPES) * len(REGIONS)) for weights in (None, each.seen.astype(float))
        )
        for place, (sites, found) in enumerate(zip(count, seen, strict=True)):
            kind, region = divmod(place, len(REGIONS))
            share = found / max(sites, 1)
            rows.append((each.source, SEED_TYPES[kind], REGIONS[region], int(sites), int(found), share))
    return pd.DataFrame(rows, columns=["source", "seed_type", "region", "sites", "seen", "share"])


def combined(table: pd.DataFrame) -> np.ndarray:
    """Log odds of each type and region, (SEED_TYPES, REGIONS), from `shares`.

    Sources differ in depth. How types and regions compare is the mean over sources of their log odds, each less its own
    mean over 8mers and 7mers, in which few fragments match by chance; the level is that of the deepest source.
    """
    odds = np.log((table["seen"] + 0.5) / (table["sites"] - table["seen"] + 0.5)).to_numpy()
    odds = odds.reshape(-1, len(SEED_TYPES), len(REGIONS))
    depth = odds[:, :STRONG].mean(axis=(1, 2), keepdims=True)
    return (odds - depth).mean(axis=0) + depth.max()


def fit_slope(parts: Sequence[Scored]) -> float:
    """Log odds for a unit of z, from pairs of a positive and a negative of one miRNA, type and region; at least 0.

    A miRNA of a source weighs as its positives ** POWER. Pairs leave every base rate out.
    """
    from scipy.optimize import minimize_scalar

    differences, weights = [], []
    for part in parts:
        sites = part.matches.sites
        table = pd.DataFrame({"z": part.z, "mirna": sites.mirna, "type": sites.seed_type, "orf": sites.in_orf})
        strata = ["mirna", "type", "orf"]
        pairs = table[part.matches.seen].merge(table[~part.matches.seen], on=strata)
        positives = np.bincount(sites.mirna[part.matches.seen], minlength=len(part.matches.mirnas))
        weight = positives**POWER / np.maximum(np.bincount(pairs["mirna"], minlength=len(positives)), 1)
        differences.append((pairs["z_x"] - pairs["z_y"]).to_numpy())
        weights.append(weight[pairs["mirna"]])
    difference, weight = np.concatenate(differences), np.concatenate(weights)
    return float(
        minimize_scalar(
            lambda slope: (weight * np.logaddexp(0, -slope * difference)).sum(), bounds=(0, STEEPEST), method="bounded"
        ).x
    )


def centres(parts: Sequence[Scored], share: np.ndarray, slope: float) -> np.ndarray:
    """z at which a site has its type's and region's odds, so that the mean chance of all sites is their share."""
    from scipy.optimize import brentq

    z = np.concatenate([part.z for part in parts])
    kind = np.concatenate([part.matches.sites.seed_type for part in parts])
    orf = np.concatenate([part.matches.sites.in_orf for part in parts])
    result = np.zeros(share.shape)
    for row, column in np.ndindex(share.shape):
        own, odds = z[(kind == row) & (orf == column)], share[row, column]

        def excess(centre: float, own=own, odds=odds) -> float:
            return (1 / (1 + np.exp(-odds - slope * (own - centre)))).mean() - 1 / (1 + np.exp(-odds))

        if len(own) and slope > 0 and own.min() < own.max():
            result[row, column] = brentq(excess, own.min(), own.max())
        elif len(own):
            result[row, column] = own.mean()
    return result


def fit(every: Sequence[Scored], same: Sequence[Scored]) -> Binding:
    """The model. `every`: all seed matches of each source, for shares; `same`: those of `same_mrnas`, for the slope."""
    share = combined(shares([part.matches for part in every]))
    slope = fit_slope(same)
    return Binding(share, centres(every, share, slope), slope)
