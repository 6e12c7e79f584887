"""Which rows of a dataset concern given genes: by the gene's name, or because their site lies on its 3'UTR.

Names alone do not tell: thousands of released rows carry a placeholder for the gene.
"""

import numpy as np
import pandas as pd

from deepmirnatar.clusters import SHARED, shared_runs
from deepmirnatar.names import did_you_mean
from deepmirnatar.sequences import kmer_codes


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
        own = np.unique(kmer_codes(utr, k))
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


def drop_targets(table: pd.DataFrame, genes: list[str], utrs: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Split pairs into (kept, dropped): rows of these genes go, and rows whose site lies on one of their 3'UTRs.

    `utrs` has columns gene and sequence; `dropped` gains a column `reason`. Raises ValueError for a gene that is
    neither in `utrs` nor in the table.
    """
    known = {*utrs["gene"], *table["target"]}
    for gene in genes:
        if gene not in known:
            hint = did_you_mean(gene, known)
            raise ValueError(f"without_targets: {gene!r} is no gene of the data or of the reference 3'UTRs.{hint}")
    own = utrs[utrs["gene"].isin(genes)].reset_index(drop=True)
    reason = pd.Series("", index=range(len(table)))
    site, utr = lie_on(table["target_sequence"], own["sequence"])
    # A site on several of the 3'UTRs names the first.
    first = pd.Series(utr, site).groupby(level=0).min()
    reason[first.index] = [f"site lies on the 3'UTR of {gene}, in without_targets" for gene in own["gene"].iloc[first]]
    named = table["target"].isin(genes).to_numpy()
    reason[named] = [f"gene {gene} is in without_targets" for gene in table["target"][named]]
    out = (reason != "").to_numpy()
    return table[~out].reset_index(drop=True), table[out].assign(reason=reason[out].to_numpy()).reset_index(drop=True)
