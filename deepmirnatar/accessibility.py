"""Accessibility: what it costs to keep a region of an mRNA free of its own base pairs (ViennaRNA)."""

import math
from collections.abc import Sequence

import numpy as np

from deepmirnatar.parallel import in_processes

KT = 1.98717e-3 * 310.15  # kcal/mol at 37 C, with ViennaRNA's gas constant
# A hairpin takes one pair around three bases. Shorter sequences cannot fold, and RNAplfold's routine writes
# beyond its arrays on them.
SHORTEST_FOLD = 5


def opening_energies(
    sequences: Sequence[str],
    starts: np.ndarray,
    ends: np.ndarray,
    processes: int = 1,
    what: str = "accessibility",
) -> np.ndarray:
    """dG_open = -kT ln P(all of start..end unpaired) in kcal/mol, never below 0; shape (sequences, regions).

    `starts` and `ends`, shape (sequences, regions), are 0-based and half-open; an empty region costs nothing.
    Every sequence folds freely and as a whole, each distinct one once.
    """
    regions = [list(zip(*row, strict=True)) for row in zip(starts.tolist(), ends.tolist(), strict=True)]
    wanted: dict[str, set] = {}
    for sequence, row in zip(sequences, regions, strict=True):
        wanted.setdefault(sequence, set()).update(row)
    jobs = [(sequence, tuple(sorted(each))) for sequence, each in wanted.items()]
    energies = in_processes(_open_regions, jobs, processes, what, unit="sites")
    energy_of = {
        sequence: dict(zip(each, found, strict=True)) for (sequence, each), found in zip(jobs, energies, strict=True)
    }
    found = [[energy_of[sequence][region] for region in row] for sequence, row in zip(sequences, regions, strict=True)]
    return np.array(found, dtype=float).reshape(starts.shape)


def _open_regions(job: tuple[str, tuple[tuple[int, int], ...]]) -> list[float]:
    import RNA

    sequence, regions = job
    length = len(sequence)
    longest = max((end - start for start, end in regions), default=0)
    if length < SHORTEST_FOLD or longest < 1:
        return [0.0] * len(regions)
    # unpaired[end][n]: probability that the n bases up to base `end` (1-based) are all unpaired.
    unpaired = RNA.pfl_fold_up(sequence, longest, length, length)
    chances = [unpaired[end][end - start] if end > start else 1.0 for start, end in regions]
    return [max(0.0, -KT * math.log(max(chance, 1e-300))) for chance in chances]
