"""The duplex of a miRNA and a site: its energy, and what its pairing looks like as numbers."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from deepmirnatar.rna.energies import duplex_energies, opening_energies
from deepmirnatar.rna.sequences import WATSON_CRICK, WOBBLE, padded

FLANK = 30  # nt on either side of the seed match whose A and U count (Grimson et al. 2007)


def duplex_features(mirnas: Sequence[str], sites: Sequence[str], processes: int = 1) -> pd.DataFrame:
    """What can be read off each duplex, placed by miRanda's alignment; one row per pair, columns:

    pair_2 ... pair_22       1 where this miRNA nt forms a Watson-Crick pair, 0.5 for G-U, 0 otherwise
    supplementary            Watson-Crick pairs within nt 13-16
    longest_3p               longest run of pairs from nt 9 on
    seed_type               rank in `seeds.SEED_RANKS`
    a_opposite_1             is there an A opposite nt 1?
    au_upstream, _downstream A and U content on either side of the seed match, weights 1 / distance, within the site
    open_seed, open_supplementary, open_site   dG_open opposite nt 1-8, nt 9-16 and of the 25 nt from nt 1 on
    duplex_energy            kcal/mol

    Site length is left out on purpose: in some releases it gives the class away.
    """
    from deepmirnatar.rna.miranda import align
    from deepmirnatar.rna.seeds import SEED_RANKS, seed_type

    mirnas, sites = list(mirnas), list(sites)
    _, facing = align(mirnas, sites)
    # 22 nt in every table, whatever the longest miRNA in it.
    bases = padded([mirna[:22] for mirna in mirnas], 22)
    facing = np.pad(facing, ((0, 0), (0, 22)), constant_values=-1)[:, :22]
    target = padded(sites)
    opposite = np.where(facing >= 0, np.take_along_axis(target, np.maximum(facing, 0), axis=1), 4)
    watson_crick, wobble = WATSON_CRICK[bases, opposite], WOBBLE[bases, opposite]

    lengths = np.array([len(site) for site in sites])
    last = _opposite_first(facing, lengths)
    beyond = np.pad(target, ((0, 0), (0, 1)), constant_values=4)  # nt 1 may hang over the site's end
    first_base = np.take_along_axis(beyond, np.minimum(last, target.shape[1])[:, None], axis=1)[:, 0]
    to_end = last[:, None] - np.arange(target.shape[1])  # of each site position from the one opposite nt 1
    starts = last[:, None] + 1 - np.array([8, 16, 25])
    ends = last[:, None] + 1 - np.array([0, 8, 0])
    most = lengths[:, None]
    opening = opening_energies(sites, np.clip(starts, 0, most), np.clip(ends, 0, most), processes)

    columns = {f"pair_{nt}": watson_crick[:, nt - 1] + 0.5 * wobble[:, nt - 1] for nt in range(2, 23)}
    columns["supplementary"] = watson_crick[:, 12:16].sum(axis=1)
    columns["longest_3p"] = _longest_run((watson_crick | wobble)[:, 8:])
    classes = [seed_type(mirna, site) for mirna, site in zip(mirnas, sites, strict=True)]
    columns["seed_type"] = [SEED_RANKS.index(name) for name in classes]
    columns["a_opposite_1"] = first_base == 0
    columns["au_upstream"] = _au_content(target, to_end - 7)
    columns["au_downstream"] = _au_content(target, -to_end)
    columns |= dict(zip(["open_seed", "open_supplementary", "open_site"], opening.T, strict=True))
    columns["duplex_energy"] = duplex_energies(mirnas, sites, processes)
    return pd.DataFrame({name: np.asarray(values, dtype=np.float32) for name, values in columns.items()})


def _opposite_first(facing: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Site position opposite nt 1, counted on from the aligned base nearest to it; shape (rows,).

    It may lie beyond the site. Where nothing is aligned it is the site's last position.
    """
    aligned = facing >= 0
    nearest = aligned.argmax(axis=1)
    counted = np.take_along_axis(facing, nearest[:, None], axis=1)[:, 0] + nearest
    return np.where(aligned.any(axis=1), counted, lengths - 1)


def _longest_run(paired: np.ndarray) -> np.ndarray:
    """Length of the longest run of True in each row."""
    run = longest = np.zeros(len(paired), dtype=int)
    for column in paired.T:
        run = np.where(column, run + 1, 0)
        longest = np.maximum(longest, run)
    return longest


def _au_content(target: np.ndarray, distance: np.ndarray) -> np.ndarray:
    """Share of A and U among the bases 1 to FLANK nt away, each weighted by 1 / distance; 0.5 where none is left."""
    near = (distance >= 1) & (distance <= FLANK) & (target < 4)
    weights = near / np.maximum(distance, 1)
    total = weights.sum(axis=1)
    au = (weights * ((target == 0) | (target == 3))).sum(axis=1)
    return np.where(total > 0, au / np.where(total > 0, total, 1), 0.5)
