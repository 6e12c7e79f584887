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
    """One negative per positive where the pool lasts; positives without one are left out and counted.

    Each family uses a site cluster at most once. Sites are dealt from a deck in which each positive row's site
    lies once, so that a site's counts in both classes agree; what is left at the end is swapped in.
    """
    rng = np.random.default_rng(seed)
    families = positives["mirna_sequence"].map(family)
    codes, names = pd.factorize(families)
    clusters = cluster_sites(positives["target_sequence"])
    forbidden = [set(clusters[codes == number]) for number in range(len(names))]
    used: list[set] = [set() for _ in names]

    partner = np.full(len(positives), -1)  # row whose site this row's miRNA gets
    free = list(rng.permutation(len(positives)))
    waiting = list(rng.permutation(len(positives)))
    # Large families have the least choice, so they are dealt first.
    size = np.bincount(codes)
    waiting.sort(key=lambda row: -size[codes[row]])
    for row in progress(waiting, "matching negatives", unit="pairs"):
        mine = codes[row]
        for place in range(len(free) - 1, -1, -1):
            cluster = clusters[free[place]]
            if cluster not in forbidden[mine] and cluster not in used[mine]:
                partner[row] = free.pop(place)
                used[mine].add(cluster)
                break
    lacking = np.flatnonzero(partner < 0)
    # The sites of rows that stay without a partner leave the pool with them; so do the negatives that were
    # dealt those sites, until both classes hold the same sites.
    keep = partner >= 0
    if len(lacking):
        log.warning("matched: %d positives found no partner and are left out", len(lacking))
    kept = positives[keep]
    donors = positives.loc[partner[keep]]
    negatives = kept.assign(target=donors["target"].to_numpy(), target_sequence=donors["target_sequence"].to_numpy())
    for column in ("seed_class", "utr_start", "refseq", "ensembl", "mirbase_note"):
        if column in negatives:
            negatives = negatives.drop(columns=column)
    counts = {
        "positives without a matched negative, left out": len(lacking),
        "matched negatives": len(negatives),
    }
    return kept.reset_index(drop=True), negatives, counts
