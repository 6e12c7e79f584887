"""RNAcofold's binding energy of many miRNA-site pairs, in parallel processes (ViennaRNA)."""

import os
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor

import numpy as np
import pandas as pd

from deepmirnatar.logs import progress


def binding_energy(pair: tuple[str, str]) -> float:
    """dG_bind = F(AB) - F(A) - F(B) in kcal/mol at 37 C, of (miRNA, site), both 5'->3'.

    The ensemble free energy of the dimer less those of its free strands (Bernhart et al. 2006): below zero
    when binding is favourable.
    """
    import RNA

    model = RNA.md()
    model.compute_bpp = 0
    _, free_a, free_b, dimer, _ = RNA.fold_compound("&".join(pair), model).pf_dimer()
    return dimer - free_a - free_b


def binding_energies(
    mirnas: Iterable[str], sites: Iterable[str], processes: int = 1, what: str = "folding"
) -> np.ndarray:
    """`binding_energy` per row, shape (rows,); each distinct pair is folded once."""
    pairs = pd.MultiIndex.from_arrays([list(mirnas), list(sites)])
    codes, unique = pd.factorize(pairs)
    jobs = list(unique)
    if processes <= 1 or len(jobs) < 200:
        energies = [binding_energy(pair) for pair in progress(jobs, what, unit="pairs")]
    else:
        with ProcessPoolExecutor(min(processes, os.cpu_count() or 1)) as pool:
            done = pool.map(binding_energy, jobs, chunksize=64)
            energies = list(progress(done, what, total=len(jobs), unit="pairs"))
    return np.array(energies, dtype=float)[codes]
