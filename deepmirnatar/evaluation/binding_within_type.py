"""How well does a score tell seed matches that were seen as chimeras from others of their type, on the same mRNAs?

Nothing here compares types with one another or sites with random sequence. Chimeras: `binding.chimeras`.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from deepmirnatar.binding.chimeras import Matches
from deepmirnatar.binding.fit import Scored, fit
from deepmirnatar.prediction.scorers import WEIGHTS, load_scorer
from deepmirnatar.rna.seeds import AFTER_SEED, WINDOW

RESAMPLES = 2000


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
    sites, texts = matches.sites, mrnas["sequence"].to_numpy()
    last = sites.window + 8 + AFTER_SEED
    windows = [texts[row][max(end - WINDOW, 0) : end] for row, end in zip(sites.target, last, strict=True)]
    mirnas = np.array(matches.mirnas, dtype=object)[sites.mirna]
    return load_scorer(WEIGHTS).scores(pd.DataFrame({"mirna_sequence": mirnas, "target_sequence": windows}))


def within(score: np.ndarray, seen: np.ndarray, *strata: np.ndarray) -> pd.DataFrame:
    """Of each positive: pairs with negatives of its stratum (equal in all `strata`), those won (ties half), precision.

    Columns row, pairs, won, precision; positives without a negative are left out. `precision`: among sites of the
    stratum that score as high or higher, positives and negatives weighing the same in all. In a small stratum random
    scores have more than 0.5 of it, so that it compares scores only.
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
