"""Seed sites of many miRNAs on many 3'UTRs, and the features of each site that bear on repression.

Everything is RNA, 5'->3'; codes 0..3 stand for A, C, G, U and 4 for N or a place beyond an end. A site is described by
its seed window: the 8 nt of the 3'UTR opposite miRNA nt 8..1, so that its last base lies opposite nt 1.

Sources. Seed classes: Bartel 2009, Cell 136:215. Local A/U content, distance to the nearer end, supplementary pairing,
cooperative neighbours: Grimson et al. 2007, Mol Cell 27:91. The set as a whole: Agarwal et al. 2015, eLife 4:e05005.
Flanking bases: McGeary et al. 2019, Science 366:eaav1741. Stacking energies: Turner 2004 (Mathews et al. 2004, PNAS
101:7287).
"""

from dataclasses import dataclass, fields
from itertools import product

import numpy as np

from deepmirnatar.rna.site_kernels import describe, locate

CLASSES = ["8mer", "7mer-m8", "7mer-A1", "6mer", "offset 6mer", "wobble 7mer", "mismatch 8mer"]
# Matched bases of each class, within the seed window (0-based, half-open).
MATCHED = np.array([[0, 8], [0, 7], [1, 8], [1, 7], [0, 6], [0, 7], [0, 8]])
FEATURES = [
    "upstream_au",  # A/U content of the 30 nt 5' of the seed window, each weighted by 1 / distance; 0..1
    "downstream_au",  # the same 3' of it
    "flank_au",  # A/U among the 2 nt on either side; 0..1
    "wide_au",  # A/U content of the 75 nt on either side; 0..1
    "end_distance",  # log10 of 1 + nt to the nearer end of the 3'UTR
    "start_distance",  # log10 of 1 + nt to the stop codon
    "supplementary",  # score of the best pairing around miRNA nt 13-16, from 0
    "stem",  # log of 1 + weight of the local helices that would hide the seed window
    "neighbour",  # 1 where another seed match of the miRNA lies 8-40 nt away (start to start)
    "poly_a_signals",  # ln of 1 + AAUAAA and AUUAAA before the site: a shorter isoform would lack it
]


@dataclass
class Sites:
    """Sites of one chunk of 3'UTRs, in order of 3'UTR and position."""

    mirna: np.ndarray  # (sites,) int32, row of the miRNA
    utr: np.ndarray  # (sites,) int32, row of the 3'UTR within the chunk
    window: np.ndarray  # (sites,) int32, 0-based start of the seed window on the 3'UTR; -1 where nt 8 has no base
    seed_type: np.ndarray  # (sites,) int8, index into CLASSES
    features: np.ndarray  # (sites, len(FEATURES)) float32

    def take(self, rows: np.ndarray) -> "Sites":
        """Only these rows."""
        return Sites(*(getattr(self, field.name)[rows] for field in fields(self)))

    @property
    def start(self) -> np.ndarray:
        """0-based start of the matched bases on the 3'UTR."""
        return self.window + MATCHED[self.seed_type, 0]

    @property
    def end(self) -> np.ndarray:
        """Their end, half-open."""
        return self.window + MATCHED[self.seed_type, 1]


class SeedIndex:
    """Which miRNAs does a seed window match, and how? Built once for a set of miRNAs.

    `first` (5 ** 8 + 1,) and `mirna`, `seed_type` (entries,): the entries of window code c are first[c]:first[c + 1].
    """

    def __init__(self, mirnas: np.ndarray) -> None:
        keys, rows, classes = [], [], []
        for row, bases in enumerate(mirnas[:, :8]):
            for window, which in _windows(3 - bases[::-1].astype(int)).items():
                keys.append(window)
                rows.append(row)
                classes.append(which)
        order = np.argsort(keys, kind="stable")
        self.mirna = np.array(rows, dtype=np.int32)[order]
        self.seed_type = np.array(classes, dtype=np.int8)[order]
        self.first = np.searchsorted(np.array(keys)[order], np.arange(5**8 + 1)).astype(np.int32)


def _windows(match: np.ndarray) -> dict[int, int]:
    """Window code -> class of every window that is a site, for `match`, the complement of nt 8..1."""
    found: dict[int, int] = {}

    def add(which: int, *choices: list[int]) -> None:
        for bases in product(*choices):
            found.setdefault(int(np.dot(bases, 5 ** np.arange(7, -1, -1))), which)  # the stronger class stays

    m, anything = [[base] for base in match.tolist()], list(range(5))
    add(0, *m[:7], [0])
    add(1, *m[:7], anything)
    add(2, anything, *m[1:7], [0])
    add(3, anything, *m[1:7], anything)
    add(4, *m[:6], anything, anything)
    for place in range(1, 7):  # opposite nt 7..2
        if match[place] in (0, 1):  # the miRNA has U or G there, which pairs with G or U as well
            add(5, *m[:place], [2 if match[place] == 0 else 3], *m[place + 1 : 7], anything)
    for place in range(1, 7):
        add(6, *m[:place], [0, 1, 2, 3], *m[place + 1 : 7], [0])
    return found


def find_sites(codes: np.ndarray, ends: np.ndarray, mirnas: np.ndarray, index: SeedIndex) -> Sites:
    """All sites of all miRNAs on a chunk of 3'UTRs; memory grows with the chunk only.

    `codes` (nt,), `ends` (n + 1,): from `sequences.joined`; `mirnas` (miRNAs, longest): from `sequences.padded`.
    """
    count = locate(codes, ends, index.first, index.mirna, index.seed_type, np.empty((0, 4), np.int32))
    found = np.empty((count, 4), dtype=np.int32)
    locate(codes, ends, index.first, index.mirna, index.seed_type, found)
    features = np.zeros((count, len(FEATURES)), dtype=np.float32)
    describe(codes, ends, mirnas, found, features, np.full(len(mirnas), -1))
    mirna, utr, window, seed_type = found.T
    return Sites(mirna, utr, window, seed_type.astype(np.int8), features)
