"""Families of miRNAs: all that share nt 2-8, their seed. Which of them are conserved is read from miRBase's names."""

import re
from pathlib import Path

import pandas as pd

from deepmirnatar.rna.sequences import family
from deepmirnatar.sources.mirbase import read_mature

MAMMALS = ("hsa", "mmu")  # one of them, other than the species itself
# Chicken; zebrafish, Xenopus, medaka, fugu, Tetraodon.
DISTANT = ("gga", "dre", "xtr", "ola", "fru", "tni")
_NUMBER = re.compile(r"(?:^|-)(mir|let|lin)-?(\d+)", flags=re.I)


def families(mirnas: pd.DataFrame) -> pd.DataFrame:
    """One row per family of `mirnas` (mirna, mirna_sequence), in order of the members' numbers.

    Columns: family (nt 2-8, RNA), mirnas (names of the members, commas between), mirna and mirna_sequence of the
    member of the lowest number, which is predicted for all of them.
    """
    known = mirnas.assign(family=mirnas["mirna_sequence"].map(family), order=mirnas["mirna"].map(_order))
    known = known.sort_values("order", kind="stable")
    found = known.groupby("family", sort=False).agg(
        mirnas=("mirna", ",".join), mirna=("mirna", "first"), mirna_sequence=("mirna_sequence", "first")
    )
    return found.reset_index()


def is_au_rich(seed: str) -> bool:
    """Are 6 or 7 of a seed's 7 nt A or U? Such seeds follow the composition of 3'UTRs."""
    return sum(seed.count(letter) for letter in "AU") >= 6


def conserved_families(mature: str | Path, members: pd.DataFrame) -> set[str]:
    """The families of `members` (mirna, mirna_sequence) that are conserved, by miRBase's mature.fa (`mature`).

    Conserved: a miRNA of the same number and the same seed is known in human or mouse, and in chicken, frog or a fish,
    the miRNA's own species not counted.
    """
    known = read_mature(mature, "")
    species = known["name"].str.split("-").str[0]
    keys = list(zip(known["name"].map(_number), known["sequence"].map(family), strict=True))
    found_in: dict[tuple, set[str]] = {}
    for key, prefix in zip(keys, species, strict=True):
        if prefix in MAMMALS or prefix in DISTANT:
            found_in.setdefault(key, set()).add(prefix)
    conserved = set()
    for name, sequence in zip(members["mirna"], members["mirna_sequence"], strict=True):
        others = found_in.get((_number(name), family(sequence)), set()) - {name.split("-")[0]}
        if _number(name) and others.intersection(MAMMALS) and others.intersection(DISTANT):
            conserved.add(family(sequence))
    return conserved


def _number(name: str) -> str:
    """`mir-124` of hsa-miR-124-3p, `let-7` of mmu-let-7a-5p; empty for another kind of name."""
    found = _NUMBER.search(name)
    return f"{found[1].lower()}-{found[2]}" if found else ""


def _order(name: str) -> tuple[int, int, str]:
    """let-7 first, then by number, then by name; names without a number come last."""
    found = _NUMBER.search(name)
    return (found[1].lower() != "let", int(found[2]), name) if found else (2, 0, name)
