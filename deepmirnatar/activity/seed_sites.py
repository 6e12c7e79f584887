"""The best seed site of each family in each 3'UTR, and a weighted count of all of them.

A family's seed is nt 2-8. A site begins with the six bases opposite nt 7-2; the base before them, if it pairs with
nt 8, and an A behind them make it a 7mer or an 8mer. Everything is RNA, 5'->3'.
"""

import numba
import numpy as np

from deepmirnatar.rna.seeds import SEED_TYPES
from deepmirnatar.rna.sequences import encode, joined

BEST = [
    "none",
    *reversed(SEED_TYPES[:4]),
]  # weakest first: 6mer, 7mer-A1, 7mer-m8, 8mer; what the numbers of `best_sites` mean
SEVEN, EIGHT = 2, 4  # at least a 7mer; an 8mer
WEIGHTS = np.array([0, 0.2, 0.5, 0.6, 1], dtype=np.float32)  # of a site in the weighted count


def best_sites(seeds: list[str], utrs: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Best site (an index into BEST, uint8) and weighted count (float32), both of shape (3'UTRs, families).

    `seeds`: nt 2-8 of each family, ACGU; `utrs`: ACGUN. Source of the classes: Bartel 2009, Cell 136:215.
    """
    codes, ends = joined(utrs)
    core, last = _windows(seeds)
    best = np.zeros((len(utrs), len(seeds)), dtype=np.uint8)
    count = np.zeros((len(utrs), len(seeds)), dtype=np.float32)
    _scan(codes, ends, *_by_core(core, last), WEIGHTS, best, count)
    return best, count


def _windows(seeds: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Of each family: the six bases opposite nt 7-2 as a base-4 number, and the base that pairs with nt 8."""
    bases = 3 - np.stack([encode(seed) for seed in seeds]).astype(np.int64)[:, ::-1]
    return bases[:, 1:] @ 4 ** np.arange(5, -1, -1), bases[:, 0]


def _by_core(core: np.ndarray, last: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Families in order of their core, the base before it of each, and where each core's families begin."""
    order = np.argsort(core, kind="stable")
    return order, last[order], np.searchsorted(core[order], np.arange(4**6 + 1))


@numba.njit(cache=True)
def _scan(codes, ends, families, before, first, weights, best, count):
    for utr in range(len(ends) - 1):
        start, end = ends[utr], ends[utr + 1]
        window, known = 0, 0
        for place in range(start, end):
            known = known + 1 if codes[place] < 4 else 0
            window = (window * 4 + codes[place] % 4) % 4096
            if known < 6:
                continue
            an_a = place + 1 < end and codes[place + 1] == 0
            opposite = codes[place - 6] if place - 6 >= start else 4
            for entry in range(first[window], first[window + 1]):
                kind = 1 + an_a + 2 * (before[entry] == opposite)
                family = families[entry]
                best[utr, family] = max(best[utr, family], kind)
                count[utr, family] += weights[kind]
