"""3'UTRs of the reference as targets: genes by name, and random genes as a background. RNA, 5'->3'."""

from pathlib import Path

import numpy as np
import pandas as pd

from deepmirnatar.common.did_you_mean import did_you_mean
from deepmirnatar.common.fasta import read_fasta
from deepmirnatar.common.files import read_tsv
from deepmirnatar.rna.seeds import WINDOW

# nt that the reference gives to 3'UTRs whose end it does not know.
STAND_IN = 844


def reference_targets(
    names: list[str] | None, given: str | Path | None, utrs: str | Path, random: int, seed: int
) -> pd.DataFrame:
    """Columns target, sequence (may hold N), group ("target" or "random"), stand_in (1: its end is not known).

    The genes `names` of the reference table `utrs` (columns gene, sequence), or all of the FASTA file `given`; after
    them, `random` other genes of the reference. Raises ValueError for a gene that is not known.
    """
    known = read_tsv(utrs, dtype=str).drop_duplicates("gene").set_index("gene")["sequence"]
    chosen = read_fasta(given, "ACGUN") if names is None else look_up(names, known)
    drawn = random_genes(random, known, chosen.index, seed)
    both = pd.concat([chosen, drawn])
    table = pd.DataFrame({"target": both.index, "sequence": both.to_numpy()})
    table["group"] = np.repeat(["target", "random"], [len(chosen), len(drawn)])
    of_reference = (table["group"] == "random") | (names is not None)
    return table.assign(stand_in=(of_reference & (table["sequence"].str.len() == STAND_IN)).astype(int))


def look_up(names: list[str], known: pd.Series) -> pd.Series:
    """The sequences of these genes, in their order; ValueError with the nearest name for one that is not known."""
    for name in names:
        if name not in known.index:
            hint = did_you_mean(name, known.index)
            raise ValueError(f"gene {name!r} is not in the reference table.{hint} Or give a FASTA file with it.")
    return known[list(names)]


def random_genes(count: int, known: pd.Series, but: pd.Index, seed: int) -> pd.Series:
    """`count` other genes of the reference at random, whose 3'UTRs have the length of a site."""
    known = known[~known.index.isin(but) & (known.str.count("[ACGU]") >= WINDOW)]
    if count > len(known):
        raise ValueError(f"random_targets: {count} genes are asked for, the reference has {len(known)} others")
    return known.iloc[np.sort(np.random.default_rng(seed).choice(len(known), count, replace=False))]
