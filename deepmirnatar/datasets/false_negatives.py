"""Negatives that are likely positives: their site cluster holds a positive of the same miRNA family, in the same split.

Version 5 of miRBench has some, by a bug that its authors mended later: sites are negatives of a miRNA whose near
relative was found at the same place.
"""

from collections.abc import Callable, Iterable

import pandas as pd

from deepmirnatar.pairs import key_of
from deepmirnatar.rna.near_identical import cluster_sites
from deepmirnatar.rna.sequences import family

COLUMNS = ["mirna_sequence", "target_sequence", "label", "split"]


def find(read: Callable[[], Iterable[pd.DataFrame]]) -> pd.Series:
    """For each row of these blocks of pairs, numbered through all of them: is it a false negative?

    Clusters are those that the sources name (`site_cluster`), where all do, else chains of sites that share 20 nt;
    families those that they name (`mirna_family`), else nt 2-8.
    """
    parts = [block[COLUMNS].assign(family=_family(block), cluster=block.get("site_cluster")) for block in read()]
    rows = pd.concat(parts, ignore_index=True)
    if rows["cluster"].isna().any() or (rows["cluster"] == "").any():
        rows["cluster"] = cluster_sites(rows["target_sequence"]).astype(str)
    place = key_of(rows, ["split", "cluster", "family"])
    return (rows["label"] == 0) & place.isin(set(place[rows["label"] == 1]))


def _family(block: pd.DataFrame) -> pd.Series:
    seeds = block["mirna_sequence"].map(family)
    named = block.get("mirna_family", pd.Series("", block.index)).fillna("")
    return named.where(named != "", seeds)
