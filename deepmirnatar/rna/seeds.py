"""Where does a miRNA's seed match an mRNA? The class of a site, and the seed sites of a 3'UTR.

Seed classes as in TargetScan (Bartel 2009): 8mer, 7mer-m8 (nt 2-8), 7mer-A1 (nt 2-7 and A opposite nt 1),
6mer (nt 2-7), offset 6mer (nt 3-8).
"""

import re

import pandas as pd

from deepmirnatar.rna.sequences import reverse_complement

# An offset 6mer matches nt 3-8; a 6mer-A1 matches nt 2-6 and has A opposite nt 1.
SEED_TYPES = ["8mer", "7mer-m8", "7mer-A1", "6mer", "offset 6mer", "6mer-A1"]  # strongest first
# What `seed_type` distinguishes, weakest first: its place is the strength of a pair's seed match.
SEED_RANKS = ["none", *reversed(SEED_TYPES[:5])]
# Which seed types are scored as candidate sites: seed matches of 6mer and better, or offset 6mers as well.
CANDIDATES = {"seed_match": SEED_TYPES[:4], "offset": SEED_TYPES[:5]}
WINDOW, AFTER_SEED = 40, 5  # nt of a site that are scored, and of those beyond the base opposite miRNA nt 1


def seed_type(mirna: str, site: str) -> str:
    """The strongest seed class that `mirna` has anywhere in `site` (both 5'->3', RNA)."""
    core = reverse_complement(mirna[1:7])
    m8 = reverse_complement(mirna[7:8])
    if f"{m8}{core}A" in site:
        return "8mer"
    if m8 + core in site:
        return "7mer-m8"
    if core + "A" in site:
        return "7mer-A1"
    if core in site:
        return "6mer"
    return "offset 6mer" if reverse_complement(mirna[2:8]) in site else "none"


def seed_sites(mirna: str, utr: str, length: int = WINDOW, after_seed: int = AFTER_SEED) -> pd.DataFrame:
    """`seed_windows` as a table: columns start, end, seed_type, sequence."""
    return pd.DataFrame(seed_windows(mirna, utr, length, after_seed), columns=["start", "end", "seed_type", "sequence"])


def seed_windows(
    mirna: str, utr: str, length: int = WINDOW, after_seed: int = AFTER_SEED
) -> list[tuple[int, int, str, str]]:
    """Start, end (0-based, half-open), seed class and sequence of all 6mer or better sites on `utr`.

    Each site is a window of `length` nt that ends `after_seed` nt beyond the base opposite nt 1, so that the
    seed lies near its 3' end and the 3' supplementary pairing within it. Windows with N or cut by an end of
    the UTR are left out.
    """
    core = reverse_complement(mirna[1:7])
    found = []
    for match in re.finditer(f"(?={core})", utr):
        end = match.start() + len(core) + 1 + after_seed
        start = end - length
        window = utr[max(start, 0) : end]
        if start < 0 or len(window) < length or "N" in window:
            continue
        opposite = utr[max(match.start() - 1, 0) : match.start() + len(core) + 1]
        found.append((start, end, seed_type(mirna, opposite), window))
    return found
