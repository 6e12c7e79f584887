"""Binding, duplex and opening energies of many pairs or sites, in parallel processes (ViennaRNA)."""

import math
from collections.abc import Iterable, Sequence

import numpy as np

from deepmirnatar.common.parallel import in_processes


def binding_energy(pair: tuple[str, str]) -> float:
    """dG_bind = F(AB) - F(A) - F(B) in kcal/mol at 37 C, of (miRNA, site), both 5'->3'.

    The ensemble free energy of the dimer less those of its free strands (Bernhart et al. 2006): below zero
    when binding is favourable, and above 900 where the strands can form no pair at all.
    """
    import RNA

    model = RNA.md()
    model.compute_bpp = 0
    compound = RNA.fold_compound("&".join(pair), model)
    _, free_a, free_b, dimer, _ = compound.pf_dimer()
    if not math.isfinite(dimer - free_a - free_b):
        # Sums over the structures of a long and stable site are too large for a number, unless scaled by the best one.
        compound.exp_params_rescale(compound.mfe_dimer()[1])
        _, free_a, free_b, dimer, _ = compound.pf_dimer()
    return dimer - free_a - free_b


def binding_energies(
    mirnas: Iterable[str], sites: Iterable[str], processes: int = 1, what: str = "folding"
) -> np.ndarray:
    """`binding_energy` per row, shape (rows,); each distinct pair is folded once."""
    jobs = zip(mirnas, sites, strict=True)
    return np.array(in_processes(binding_energy, jobs, processes, what), dtype=float)


def duplex_energy(pair: tuple[str, str]) -> float:
    """Energy of the most stable duplex of (miRNA, site) in kcal/mol, without pairs inside a strand; at most 0."""
    import RNA

    # Where no pair can form, duplexfold answers with a huge energy.
    return min(0.0, RNA.duplexfold(*pair).energy)


def duplex_energies(
    mirnas: Sequence[str], sites: Sequence[str], processes: int = 1, what: str = "duplex"
) -> np.ndarray:
    """`duplex_energy` per row, shape (rows,)."""
    return np.array(in_processes(duplex_energy, zip(mirnas, sites, strict=True), processes, what), dtype=float)


KT = 1.98717e-3 * 310.15  # kcal/mol at 37 C, with ViennaRNA's gas constant


# A hairpin takes one pair around three bases. Shorter sequences cannot fold, and RNAplfold's routine writes
# beyond its arrays on them.
SHORTEST_FOLD = 5
# Longer sequences fold within REACH nt around each region. The routine breaks on long and stable ones, and the time
# grows with the cube of the length.
LONGEST_FOLD, REACH = 400, 150


def opening_energies(
    sequences: Sequence[str],
    starts: np.ndarray,
    ends: np.ndarray,
    processes: int = 1,
    what: str = "accessibility",
) -> np.ndarray:
    """dG_open = -kT ln P(all of start..end unpaired) in kcal/mol, never below 0; shape (sequences, regions).

    `starts` and `ends`, shape (sequences, regions), are 0-based and half-open; an empty region costs nothing.
    Every sequence folds freely and as a whole, each distinct one once; of one above LONGEST_FOLD nt, what is within
    REACH nt of a region.
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
    sequence, regions = job
    if len(sequence) <= LONGEST_FOLD:
        return _open_folded(sequence, regions)
    found = []
    for start, end in regions:
        first = max(0, start - REACH)
        found += _open_folded(sequence[first : end + REACH], [(start - first, end - first)])
    return found


def _open_folded(sequence: str, regions: Sequence[tuple[int, int]]) -> list[float]:
    import RNA

    length = len(sequence)
    longest = max((end - start for start, end in regions), default=0)
    if length < SHORTEST_FOLD or longest < 1:
        return [0.0] * len(regions)
    # unpaired[end][n]: probability that the n bases up to base `end` (1-based) are all unpaired.
    unpaired = RNA.pfl_fold_up(sequence, longest, length, length)
    chances = [unpaired[end][end - start] if end > start else 1.0 for start, end in regions]
    return [max(0.0, -KT * math.log(max(chance, 1e-300))) for chance in chances]
