"""Families of miRNAs: all that share nt 2-8, their seed."""

import re

import pandas as pd

from deepmirnatar.rna.sequences import family

_NUMBER = re.compile(r"(?:^|-)(mir|let|lin)-?(\d+)", flags=re.I)


def families(mirnas: pd.DataFrame) -> pd.DataFrame:
    """One row per family of `mirnas` (mirna, mirna_sequence, perhaps conserved), in order of the members' numbers.

    Columns: family (nt 2-8, RNA), mirnas (names of the members, commas between), mirna and mirna_sequence of the
    member of the lowest number, which is predicted for all of them; conserved (is a member?), au_rich_seed.
    """
    known = mirnas.assign(family=mirnas["mirna_sequence"].map(family), order=mirnas["mirna"].map(_order))
    known = known.sort_values("order", kind="stable")
    if "conserved" not in known:
        known["conserved"] = False
    found = known.groupby("family", sort=False).agg(
        mirnas=("mirna", ",".join), mirna=("mirna", "first"), mirna_sequence=("mirna_sequence", "first"),
        conserved=("conserved", "any")
    ).reset_index()  # fmt: skip
    return found.assign(au_rich_seed=found["family"].map(is_au_rich))


def is_au_rich(seed: str) -> bool:
    """Are 6 or 7 of a seed's 7 nt A or U? Such seeds follow the composition of 3'UTRs."""
    return sum(seed.count(letter) for letter in "AU") >= 6


def _order(name: str) -> tuple[int, int, str]:
    """let-7 first, then by number, then by name; names without a number come last."""
    found = _NUMBER.search(name)
    return (found[1].lower() != "let", int(found[2]), name) if found else (2, 0, name)
