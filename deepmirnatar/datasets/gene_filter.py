"""Which rows of a dataset concern given genes: by the gene's name, or because their site lies on its 3'UTR.

Names alone are not enough: thousands of released rows carry a placeholder for the gene.
"""

import pandas as pd

from deepmirnatar.common.did_you_mean import did_you_mean
from deepmirnatar.rna.near_identical import lie_on


def check_genes(genes: list[str], known: set[str]) -> None:
    """ValueError for the first gene that is not among those `known`, from the data or the reference 3'UTRs."""
    for gene in genes:
        if gene not in known:
            hint = did_you_mean(gene, known)
            raise ValueError(f"without_targets: {gene!r} is not a gene of the data or of the reference 3'UTRs.{hint}")


def drop_targets(table: pd.DataFrame, genes: list[str], utrs: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Split pairs into (kept, dropped): rows of these genes go, and rows whose site lies on one of their 3'UTRs.

    `utrs` has columns gene and sequence; `dropped` gains a column `reason`.
    """
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
