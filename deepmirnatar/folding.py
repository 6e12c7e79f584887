"""RNAcofold's binding energy of many miRNA-site pairs, in parallel processes (ViennaRNA)."""

from collections.abc import Iterable

import numpy as np

from deepmirnatar.parallel import in_processes


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
    jobs = zip(mirnas, sites, strict=True)
    return np.array(in_processes(binding_energy, jobs, processes, what), dtype=float)
