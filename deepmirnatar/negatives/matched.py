"""miRBench's way (Sammut et al. 2025): real miRNAs, real sites, wrong partners, equal frequencies.

For each miRNA family as many negatives as positives: each positive's miRNA is given a site that is another
family's positive, from a site cluster that holds no positive of its own family. A site is used as a negative
about as often as it stands as a positive, so that neither strand alone tells the class.
"""

import numpy as np
import pandas as pd

from deepmirnatar.clusters import cluster_sites
from deepmirnatar.logs import log, progress
from deepmirnatar.sequences import family


def make(positives: pd.DataFrame, reference: dict, settings: dict, seed: int, processes: int) -> tuple:
    """One negative per positive; positives that find no partner are left out and counted.

    Each family uses a site cluster at most once. Both classes hold the same sites equally often, so what is left
    out leaves the pool of sites too, and the rest is dealt anew.
    """
    rng = np.random.default_rng(seed)
    families = pd.factorize(positives["mirna_sequence"].map(family))[0]
    clusters = cluster_sites(positives["target_sequence"])
    kept = np.arange(len(positives))
    while len(kept):
        partner = _deal(families[kept], clusters[kept], rng)
        if (partner >= 0).all():
            break
        log.info("matched: %d positives find no partner", (partner < 0).sum())
        kept = kept[partner >= 0]
    stay = positives.iloc[kept].reset_index(drop=True)
    donors = stay.iloc[partner] if len(kept) else stay
    negatives = stay.assign(target=donors["target"].to_numpy(), target_sequence=donors["target_sequence"].to_numpy())
    # What described the positive's own site does not describe the new one.
    own = ["seed_class", "utr_start", "refseq", "ensembl", "mirbase_note"]
    negatives = negatives.drop(columns=[column for column in own if column in negatives])
    left = len(positives) - len(kept)
    return (
        stay,
        negatives,
        {"positives without a matched negative, left out": left, "matched negatives": len(negatives)},
    )


def _deal(families: np.ndarray, clusters: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """For each row the row whose site it is given, each site once; -1 where none is left that it may have.

    A row may have no site of a cluster that holds a positive of its family or that the family was given already.
    """
    own: dict[int, set] = {}
    for number, cluster in zip(families, clusters, strict=True):
        own.setdefault(number, set()).add(cluster)
    taken = {number: set(mine) for number, mine in own.items()}  # a family's own clusters and those it was given
    partner = np.full(len(families), -1)
    free = list(rng.permutation(len(families)))
    # Large families have the least choice, so they are dealt first.
    size = np.bincount(families)
    order = sorted(rng.permutation(len(families)), key=lambda row: -size[families[row]])
    for row in progress(order, "matching negatives", unit="pairs"):
        for place in range(len(free) - 1, -1, -1):
            if clusters[free[place]] not in taken[families[row]]:
                partner[row] = free.pop(place)
                taken[families[row]].add(clusters[partner[row]])
                break
    # Who came last may swap: take another row's site and leave it one of the free ones.
    for row in np.flatnonzero(partner < 0):
        mine = taken[families[row]]
        for other in rng.permutation(np.flatnonzero(partner >= 0)):
            theirs, given = taken[families[other]], clusters[partner[other]]
            if given in mine or families[other] == families[row]:
                continue
            place = next((at for at, site in enumerate(free) if clusters[site] not in theirs), None)
            if place is not None:
                partner[row], partner[other] = partner[other], free.pop(place)
                theirs.remove(given)
                theirs.add(clusters[partner[other]])
                mine.add(given)
                break
    return partner
