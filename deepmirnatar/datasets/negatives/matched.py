"""miRBench's way (Sammut et al. 2025): real miRNAs, real sites, wrong partners, equal frequencies.

For each miRNA family as many negatives as positives: each positive's miRNA is given a site that is another
family's positive, of a gene that no miRNA of its family among the positives is known to target and from a site cluster
that holds no positive of its own family, in any split or source. A site is a negative as often as it is
a positive, so neither strand alone gives the class away. A family and a gene that make a negative in one split make
none in another.

Sites are dealt within train, valid and test apart, and within each source. Balanced over the whole dataset and split
afterwards, a miRNA with more positives in train would have fewer left in test, and its training rate would reveal the
class backwards. Dealt across sources, whose sites differ in length and origin, a site of another source than its
miRNA's would give a negative away.
"""

import numpy as np
import pandas as pd

from deepmirnatar.common.logs import log, progress
from deepmirnatar.common.settings import NoSettings
from deepmirnatar.rna.near_identical import cluster_sites
from deepmirnatar.rna.sequences import family

Settings = NoSettings
REFERENCE = ("known_targets",)
# Positives are split before negatives are made.
WITHIN_SPLITS = True


def make(positives: pd.DataFrame, reference: dict, settings: dict, seed: int, processes: int) -> tuple:
    """One negative per positive, with a site of its split and source; positives without one are left out, counted.

    Each family uses a site cluster at most once. Both classes hold the same sites equally often, so what is left
    out leaves the pool of sites too, and the rest is dealt anew.
    """
    rng = np.random.default_rng(seed)
    families = pd.factorize(positives["mirna_sequence"].map(family))[0]
    clusters = cluster_sites(positives["target_sequence"])
    genes, gene_names = pd.factorize(positives["target"])
    targets = _targets(positives, families, genes, gene_names, reference)
    own = _clusters(families, clusters)
    kept, donor, dealt = [], [], {}  # dealt: split -> family -> genes
    for (name, _), split in positives.reset_index(drop=True).groupby(["split", "source"], sort=False):
        rows, mine = split.index.to_numpy(), dealt.setdefault(name, {})
        elsewhere = [given for other, given in dealt.items() if other != name]
        avoid = {
            number: each.union(*(given.get(number, ()) for given in elsewhere)) for number, each in targets.items()
        }
        while len(rows):
            partner = _deal(families[rows], clusters[rows], genes[rows], own, avoid, rng)
            if (partner >= 0).all():
                kept.append(rows)
                donor.append(rows[partner])
                for number, gene in zip(families[rows], genes[rows[partner]], strict=True):
                    mine.setdefault(number, set()).add(gene)
                break
            log.info("matched: no partner for %d positives", (partner < 0).sum())
            rows = rows[partner >= 0]
    if not kept:
        raise ValueError(
            f"negatives.strategy: matched gives each miRNA a site of another family, and the {len(positives)} "
            "positives are too few or of one family; take `shuffled` or `rnacofold`"
        )
    kept, donor = (np.concatenate(each) for each in (kept, donor))
    order = np.argsort(kept)
    stay, donors = positives.iloc[kept[order]].reset_index(drop=True), positives.iloc[donor[order]]
    of_site = [column for column in ("target", "target_sequence", "site_cluster", "feature") if column in stay]
    negatives = stay.assign(**{column: donors[column].to_numpy() for column in of_site})
    # What else described the positive's own site does not describe the new one.
    own = ["seed_type", "utr_start", "refseq", "ensembl", "mirbase_note"]
    negatives = negatives.drop(columns=own, errors="ignore")
    left = len(positives) - len(kept)
    return (
        stay,
        negatives,
        {"positives without a matched negative, left out": left, "matched negatives": len(negatives)},
    )


def _targets(positives, families: np.ndarray, genes: np.ndarray, gene_names, reference: dict) -> dict[int, set]:
    """Per family the genes (numbers) that its miRNAs target, here or in miRTarBase with any evidence."""
    targets: dict[int, set] = {}
    for number, gene in zip(families, genes, strict=True):
        targets.setdefault(number, set()).add(gene)
    if "known_targets" in reference:
        known = reference["known_targets"]
        of_name = pd.Series(families).groupby(positives["mirna"].to_numpy()).unique().to_dict()
        number_of = {name: number for number, name in enumerate(gene_names)}
        for name, gene in zip(known["mirna"], known["gene"], strict=True):
            if gene in number_of:
                for number in of_name.get(name, ()):  # sequences of one name may be of several families
                    targets[number].add(number_of[gene])
    return targets


def _clusters(families: np.ndarray, clusters: np.ndarray) -> dict[int, set]:
    """Per family the site clusters that hold a positive of it."""
    own: dict[int, set] = {}
    for number, cluster in zip(families, clusters, strict=True):
        own.setdefault(number, set()).add(cluster)
    return own


def _deal(
    families: np.ndarray,
    clusters: np.ndarray,
    genes: np.ndarray,
    own: dict[int, set],
    avoid: dict[int, set],
    rng: np.random.Generator,
) -> np.ndarray:
    """For each row the row whose site it is given, each site once; -1 where none is left that it may have.

    A row may have no site of a gene that its family has to avoid, nor of a cluster that is its family's `own`
    or that the family was given already.
    """
    taken = {number: set(mine) for number, mine in own.items()}  # a family's own clusters and those it was given
    partner = np.full(len(families), -1)
    free = list(rng.permutation(len(families)))
    # Large families have the least choice, so they are dealt first.
    size = np.bincount(families)
    order = sorted(rng.permutation(len(families)), key=lambda row: -size[families[row]])
    for row in progress(order, "matching negatives", unit="pairs"):
        for place in range(len(free) - 1, -1, -1):
            site = free[place]
            if clusters[site] not in taken[families[row]] and genes[site] not in avoid[families[row]]:
                partner[row] = free.pop(place)
                taken[families[row]].add(clusters[partner[row]])
                break
    # Who came last may swap: take another row's site and leave it one of the free ones.
    for row in np.flatnonzero(partner < 0):
        mine = taken[families[row]]
        for other in rng.permutation(np.flatnonzero(partner >= 0)):
            theirs, given = taken[families[other]], clusters[partner[other]]
            if given in mine or families[other] == families[row] or genes[partner[other]] in avoid[families[row]]:
                continue
            shunned = avoid[families[other]]
            fitting = (
                at for at, site in enumerate(free) if clusters[site] not in theirs and genes[site] not in shunned
            )
            place = next(fitting, None)
            if place is not None:
                partner[row], partner[other] = partner[other], free.pop(place)
                theirs.remove(given)
                theirs.add(clusters[partner[other]])
                mine.add(given)
                break
    return partner
