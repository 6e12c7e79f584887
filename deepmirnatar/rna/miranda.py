"""miRanda's local alignment of a miRNA with a site (Enright et al. 2003), compiled.

The miRNA is read 3'->5' along the site 5'->3'. Scores are those of miRanda 3.3a:

- Watson-Crick +5, G-U +1, mismatch -3;
- miRNA nt 2-8 count four times, nt 1 and the last two nt nothing;
- a gap costs 9, each further base of it 4; both fourfold while the last aligned nt is in nt 2-8;
- the site may bulge anywhere, but no miRNA base of nt 2-8 may be skipped.

Weights that change along one strand are beyond the usual alignment libraries, hence the loop below.
"""

from collections.abc import Sequence

import numpy as np

from deepmirnatar.common.compiled import jit
from deepmirnatar.rna.sequences import WATSON_CRICK, WOBBLE, joined

MATCH, G_U, MISMATCH = 5, 1, -3
GAP_OPEN, GAP_EXTEND = -9, -4
SEED_WEIGHT = 4

# Score of miRNA base a facing site base b; the fifth row and column are N, which pairs with nothing.
BASE_SCORES = np.select([WATSON_CRICK, WOBBLE], [MATCH, G_U], MISMATCH)


def align(mirnas: Sequence[str], sites: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """The best local alignment of each row (both strands 5'->3').

    Returns its score, shape (rows,), and which site position (0-based) every miRNA base faces, shape
    (rows, longest miRNA): `facing[row, 1]` is the one opposite nt 2, -1 where a base lies outside the alignment
    or in a gap. Of equal scores the alignment that ends first wins, so that nt 1, which adds nothing, stays outside.
    """
    mirnas, sites = list(mirnas), list(sites)
    scores = np.zeros(len(mirnas), dtype=np.int64)
    facing = np.full((len(mirnas), max(map(len, mirnas), default=0)), -1, dtype=np.int64)
    _align_all(*joined(mirnas), *joined(sites), BASE_SCORES, scores, facing)
    return scores, facing


@jit
def _align_all(mirnas, mirna_offsets, sites, site_offsets, base_scores, scores, facing):
    for row in range(len(scores)):
        mirna = mirnas[mirna_offsets[row] : mirna_offsets[row + 1]]
        site = sites[site_offsets[row] : site_offsets[row + 1]]
        scores[row] = _align_one(mirna, site, base_scores, facing[row])


@jit
def _align_one(mirna, site, base_scores, facing):
    """Three states (Gotoh): bases face each other, the site bulges, a miRNA base is skipped."""
    rows, columns = len(mirna), len(site)
    faced = np.zeros((rows + 1, columns + 1), dtype=np.int64)
    # Open gaps start hopeless; alignments start in `faced`, which never falls below 0.
    bulged = np.full((rows + 1, columns + 1), -(10**6))
    skipped = np.full((rows + 1, columns + 1), -(10**6))
    best, best_row, best_column = 0, 0, 0
    for i in range(1, rows + 1):
        nt = rows + 1 - i
        seed = 2 <= nt <= 8
        weight = SEED_WEIGHT if seed else 1
        silent = nt == 1 or nt >= rows - 1
        for j in range(1, columns + 1):
            score = 0 if silent else weight * base_scores[mirna[nt - 1], site[j - 1]]
            before = max(faced[i - 1, j - 1], bulged[i - 1, j - 1], skipped[i - 1, j - 1])
            faced[i, j] = max(0, before + score)
            bulged[i, j] = max(faced[i, j - 1] + weight * GAP_OPEN, bulged[i, j - 1] + weight * GAP_EXTEND)
            if not seed:
                skipped[i, j] = max(faced[i - 1, j] + GAP_OPEN, skipped[i - 1, j] + GAP_EXTEND)
            if faced[i, j] > best:
                best, best_row, best_column = faced[i, j], i, j

    i, j = best_row, best_column
    while i > 0 and j > 0 and faced[i, j] > 0:
        facing[rows - i] = j - 1
        i, j = i - 1, j - 1
        before = max(faced[i, j], bulged[i, j], skipped[i, j])
        if faced[i, j] == before:
            continue
        # Walk back through the gap to the bases it was opened after.
        if bulged[i, j] == before:
            weight = SEED_WEIGHT if 2 <= rows + 1 - i <= 8 else 1
            while bulged[i, j] != faced[i, j - 1] + weight * GAP_OPEN:
                j -= 1
            j -= 1
        else:
            while skipped[i, j] != faced[i - 1, j] + GAP_OPEN:
                i -= 1
            i -= 1
    return best
