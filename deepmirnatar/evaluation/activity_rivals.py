"""Other ways to find the miRNA behind fold changes, remade on the same sites: scores of all families, higher first.

`signal` (genes,): higher, more repressed; `with_site` (genes, families) bool: a 7mer-m8 or 8mer in the 3'UTR.
"""

import numpy as np

FIRST = 300  # genes of a list
CUTS = 40  # leading parts in which words are counted


def wilcoxon(signal: np.ndarray, with_site: np.ndarray) -> np.ndarray:
    """z of the rank sum of genes with a site, normal approximation, mean ranks for ties (Wilcoxon 1945)."""
    from scipy.stats import rankdata

    count, total = with_site.sum(axis=0), len(signal)
    sums = rankdata(signal).astype(np.float32) @ with_site.astype(np.float32)
    spread = np.sqrt(np.maximum(count * (total - count) * (total + 1) / 12, 1e-9))
    return (sums - count * (total + 1) / 2) / spread


def fisher(signal: np.ndarray, with_site: np.ndarray) -> np.ndarray:
    """-log p of as many genes with a site among the first FIRST, hypergeometric (as MIENTURNET, Enrichr)."""
    from scipy.stats import hypergeom

    first = np.argsort(-signal, kind="stable")[:FIRST]
    hits = with_site[first].sum(axis=0)
    return -hypergeom.logsf(hits - 1, len(signal), with_site.sum(axis=0), len(first))


def leading_words(signal: np.ndarray, with_site: np.ndarray, length: np.ndarray) -> np.ndarray:
    """Best binomial z over CUTS leading parts of the ranking, each with its share of 3'UTR length.

    After Sylamer (van Dongen et al. 2008, Nat Methods 5:1023), but with genes that have a site instead of words.
    """
    order = np.argsort(-signal, kind="stable")
    hits = np.cumsum(with_site[order], axis=0, dtype=np.int32)
    share = np.cumsum(length[order]) / length.sum()
    at = np.linspace(0, len(signal) - 1, CUTS + 1).astype(int)[1:-1]
    expected = hits[-1] * share[at, None]
    return ((hits[at] - expected) / np.sqrt(np.maximum(expected * (1 - share[at, None]), 1e-9))).max(axis=0)
