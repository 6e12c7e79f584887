"""Fit `model.Binding` to chimeras, and measure how well a score tells seen seed matches from others of their type.

Nothing here compares types with one another or sites with random sequence: a positive is compared with negatives of the
same miRNA, on the same mRNAs, of the same type (and region, where slopes are fitted).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from deepmirnatar.binding.chimeras import Matches
from deepmirnatar.binding.model import REGIONS, Binding
from deepmirnatar.repression.features import describe_sites
from deepmirnatar.repression.model import Repression
from deepmirnatar.rna.seeds import AFTER_SEED, SEED_TYPES, WINDOW
from deepmirnatar.rna.sequences import padded
from deepmirnatar.rna.sites import Targets

POWER = 0.75  # of a miRNA's positives is its weight, so that abundant miRNAs do not rule
STEEPEST = 5.0  # log odds for a unit of z
RESAMPLES = 2000
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


def sources_left_out(
    every: Sequence[Scored], same: Sequence[Scored], mrnas: pd.DataFrame, seed: int = 1
) -> pd.DataFrame:
    """`measure` on each source in turn, of z, of the model fitted on the others, and of the built-in network."""
    rows = []
    for left, (_, part) in enumerate(zip(every, same, strict=True)):
        others = [place for place in range(len(every)) if place != left]
        model = fit([every[place] for place in others], [same[place] for place in others])
        sites = part.matches.sites
        scores = {
            "z": part.z,
            "binding": model.chance(part.z, sites.seed_type, sites.in_orf),
            "network": network_scores(part.matches, mrnas),
        }
        for name, score in scores.items():
            rows.append({"left_out": part.matches.source, "score": name, **measure(score, part.matches, seed)})
    return pd.DataFrame(rows)


def network_scores(matches: Matches, mrnas: pd.DataFrame) -> np.ndarray:
    """What the built-in network gives to these sites, (sites,)."""
    from deepmirnatar.prediction.scorers import WEIGHTS, load_scorer

    sites, texts = matches.sites, mrnas["sequence"].to_numpy()
    last = sites.window + 8 + AFTER_SEED
    windows = [texts[row][max(end - WINDOW, 0) : end] for row, end in zip(sites.target, last, strict=True)]
    mirnas = np.array(matches.mirnas, dtype=object)[sites.mirna]
    return load_scorer(WEIGHTS).scores(pd.DataFrame({"mirna_sequence": mirnas, "target_sequence": windows}))


def within(score: np.ndarray, seen: np.ndarray, *strata: np.ndarray) -> pd.DataFrame:
    """Of each positive: pairs with negatives of its stratum (equal in all `strata`), those won (ties half), precision.

    Columns row, pairs, won, precision; positives without a negative are left out. `precision`: among sites of the
    stratum that score as high or higher, positives and negatives weighing the same in all.
    """
    table = pd.DataFrame({"score": score, "seen": seen, "stratum": _numbered(*strata)})
    both, own = table.groupby("stratum")["score"], table.groupby(["stratum", "seen"])["score"]
    count = table.groupby("stratum")["seen"].transform("size").to_numpy()
    positives = table.groupby("stratum")["seen"].transform("sum").to_numpy()
    negatives = count - positives
    won = (both.rank() - own.rank()).to_numpy()
    above = both.rank(method="max", ascending=False).to_numpy()
    found = own.rank(method="max", ascending=False).to_numpy()
    rows = np.flatnonzero(seen & (negatives > 0))
    hits, misses = found[rows] / positives[rows], (above - found)[rows] / negatives[rows]
    return pd.DataFrame({"row": rows, "pairs": negatives[rows], "won": won[rows], "precision": hits / (hits + misses)})


def measure(score: np.ndarray, matches: Matches, seed: int = 1) -> dict:
    """Of `same_mrnas` of a source: how well a score ranks within seed type. Intervals: 95 %, over miRNAs.

    AUROC and average precision (classes weighing the same) are means over miRNAs; `concordance` is the share of pairs
    on one mRNA, of one miRNA, type and region.
    """
    sites = matches.sites
    found = within(score, matches.seen, sites.mirna, sites.seed_type)
    by_mirna = found.groupby(sites.mirna[found["row"]])
    auroc = (by_mirna["won"].sum() / by_mirna["pairs"].sum()).to_numpy()
    draws = np.random.default_rng(seed).integers(len(auroc), size=(RESAMPLES, len(auroc)))
    low, high = np.percentile(auroc[draws].mean(axis=1), [2.5, 97.5])
    near = within(score, matches.seen, sites.mirna, sites.target, sites.seed_type, sites.in_orf)
    return {
        "mirnas": len(auroc),
        "positives": int(matches.seen.sum()),
        "negatives": int((~matches.seen).sum()),
        "auroc": auroc.mean(),
        "low": low,
        "high": high,
        "average_precision": by_mirna["precision"].mean().mean(),
        "same_mrna_pairs": int(near["pairs"].sum()),
        "same_mrna_concordance": near["won"].sum() / near["pairs"].sum(),
    }


def _numbered(*columns: np.ndarray) -> np.ndarray:
    """A number for each distinct row of these columns."""
    return np.unique(np.column_stack(columns), axis=0, return_inverse=True)[1].ravel()
