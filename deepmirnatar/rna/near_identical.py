"""Near-identical sites: sites that share a run of `k` nucleotides, and groups that they chain into."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from deepmirnatar.rna.sequences import encode, joined, kmer_codes, kmers_within

# Two 40-nt windows cut 5 nt apart share 35 nt; two unrelated human 3'UTR sites share 20 nt almost only
# in repeats. A site shorter than k is compared whole.
SHARED = 20
_AT_ONCE = 50_000  # sites whose runs are in memory


def shared_runs(sites: Sequence[str], k: int = SHARED) -> tuple[np.ndarray, np.ndarray]:
    """All distinct (site position, run code) pairs; sites shorter than k yield one code for the whole string."""
    bases, offsets = joined(sites)
    places, counts = kmers_within(offsets, k)
    rows, codes = np.repeat(np.arange(len(counts)), counts), kmer_codes(bases, k)[places]
    short = np.flatnonzero(counts == 0)
    # Codes below zero keep whole short sites apart from k-mers.
    whole = [kmer_codes(bases[offsets[row] : offsets[row + 1]], size)[0] * (k + 1) + size
             for row, size in zip(short, np.diff(offsets)[short], strict=True)]  # fmt: skip
    rows, codes = np.append(rows, short), np.append(codes, -1 - np.array(whole, dtype=np.int64))
    order = np.lexsort((codes, rows))
    rows, codes = rows[order], codes[order]
    first = np.append(True, (np.diff(rows) != 0) | (np.diff(codes) != 0))[: len(rows)]
    return rows[first], codes[first]


def link(count: int, *memberships: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """Single linkage: items that share any member of any list fall into one group.

    Each membership is (item positions, member codes). Returns a group number per item, shape (count,).
    """
    offset, rows, columns = count, [], []
    for items, members in memberships:
        codes, distinct = pd.factorize(members)
        rows.append(items)
        columns.append(codes + offset)
        offset += len(distinct)
    rows, columns = np.concatenate(rows), np.concatenate(columns)
    graph = coo_array((np.ones(len(rows), dtype=np.int8), (rows, columns)), shape=(offset, offset))
    _, groups = connected_components(graph, directed=False)
    return pd.factorize(groups[:count])[0]


def cluster_sites(sites: pd.Series, k: int = SHARED) -> np.ndarray:
    """A site cluster number per row; exact duplicates and chains of near-identical sites share one."""
    codes, unique = pd.factorize(sites)
    return link(len(unique), shared_runs(pd.Series(unique), k))[codes]


def shares_run(sites: pd.Series, others: pd.Series, k: int = SHARED) -> np.ndarray:
    """Per site: does it share a run of k nucleotides with any of `others`? (an exact match counts always)"""
    codes, unique = pd.factorize(sites)
    hit, others = np.zeros(len(unique), dtype=bool), pd.unique(others)
    for first in range(0, len(unique), _AT_ONCE):
        rows, runs = shared_runs(unique[first : first + _AT_ONCE], k)
        for start in range(0, len(others), _AT_ONCE):
            _, known = shared_runs(others[start : start + _AT_ONCE], k)
            hit[first + rows[np.isin(runs, known)]] = True
    return hit[codes] if len(unique) else np.zeros(0, dtype=bool)


def lie_on(sites: pd.Series, utrs: pd.Series, k: int = SHARED) -> tuple[np.ndarray, np.ndarray]:
    """All (site position, 3'UTR position) pairs that share a run of k nt; a shorter site must occur whole.

    Sites are RNA, 3'UTRs may hold N, both 5'->3'.
    """
    codes, unique = pd.factorize(sites)
    short = [(number, site) for number, site in enumerate(unique) if len(site) < k]
    rows, runs = shared_runs(pd.Series(unique), k)
    order = np.argsort(runs, kind="stable")
    rows, runs = rows[order], runs[order]
    hits = []
    for number, utr in enumerate(utrs):
        own = np.unique(kmer_codes(encode(utr), k))
        own = own[own >= 0]  # a run that holds N is none
        starts, ends = np.searchsorted(runs, own, "left"), np.searchsorted(runs, own, "right")
        found = [rows[start:end] for start, end in zip(starts, ends, strict=True) if end > start]
        found.append(np.array([place for place, site in short if site in utr], dtype=int))
        hits.append(pd.DataFrame({"code": np.unique(np.concatenate(found)), "utr": number}))
    every = pd.DataFrame({"code": codes, "site": np.arange(len(codes))})
    pairs = (
        every.merge(pd.concat(hits), on="code").sort_values(["site", "utr"]) if hits else every.iloc[:0].assign(utr=0)
    )
    return pairs["site"].to_numpy(), pairs["utr"].to_numpy()
