"""PITA (Kertesz et al. 2007): what a duplex gains, less what it costs to open the site: ddG = dG_duplex + dG_open.

Candidates are seed matches from miRNA nt 2 on, as PITA's defaults have them: 8 nt with at most one G-U and one
mismatch, 7 nt with at most one G-U, 6 nt with neither; 7 and 8 nt end in a Watson-Crick pair; nt 1 faces a base, and
at least 22 nt lie between the base opposite nt 2 and the mRNA's 5' end. dG_duplex is the energy of the miRNA with the
25 nt that end opposite nt 1; dG_open (at least 0) keeps these 25 nt and the flanks unpaired in the mRNA 70 nt to
either side. Several candidates in a site are combined as PITA combines those of a 3'UTR: ddG = -ln(sum exp(-ddG)).

The score is -ddG; the default call is ddG <= -10. A site without a candidate scores -100, below any candidate.

The mRNA is the site alone, since a table of pairs has no more of it; this lowers dG_open.

Departures: that; today's ViennaRNA energies; the duplex is the most stable one, not one forced through the seed.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from deepmirnatar.common.settings import setting
from deepmirnatar.predictors import base

SEEDS = {6: (0, 0), 7: (1, 0), 8: (1, 1)}  # length: G-U pairs and mismatches allowed
TARGET = 25  # nt of mRNA that are opened and bound
SHORTEST = 22  # nt from the base opposite nt 2 to the 5' end
NO_CANDIDATE = -100.0


@dataclass
class Settings:
    # The paper's best: 3 and 15.
    flank_up: int = setting(0, "nt opened beyond the target, towards the mRNA's 3' end", least=0, most=100)
    flank_down: int = setting(0, "nt opened beyond the target, towards the mRNA's 5' end", least=0, most=100)
    scope: int = setting(70, "nt to either side of the opened region that fold with it", least=0, most=500)


class Predictor(base.Predictor):
    Settings = Settings
    needs_5_to_3 = True
    probabilities = False
    threshold = 10.0

    def predict(self, pairs, context) -> np.ndarray:
        from deepmirnatar.rna.energies import duplex_energies, opening_energies

        mirnas, sites = (pairs[name].to_numpy() for name in ("mirna_sequence", "target_sequence"))
        rows, opposite = seed_matches(mirnas, sites)
        last = opposite + 1  # opposite nt 1
        lengths = np.array([len(site) for site in sites])
        possible = (last >= SHORTEST) & (last < lengths[rows])
        rows, last = rows[possible], last[possible]

        targets = [sites[row][max(0, end - TARGET) : end] for row, end in zip(rows, last + 1, strict=True)]
        starts = np.maximum(0, last + 1 - TARGET - self.settings.flank_down)
        ends = np.minimum(lengths[rows], last + 1 + self.settings.flank_up)
        folded_from = np.maximum(0, starts - self.settings.scope)
        folded = [
            sites[row][start:end] for row, start, end in zip(rows, folded_from, ends + self.settings.scope, strict=True)
        ]
        duplex = duplex_energies(mirnas[rows], targets, context.threads, "PITA, duplex")
        opening = opening_energies(
            folded, (starts - folded_from)[:, None], (ends - folded_from)[:, None], context.threads, "PITA, opening"
        )
        scores = np.full(len(pairs), -np.inf)
        np.logaddexp.at(scores, rows, -(duplex + opening[:, 0]))
        return np.where(np.isneginf(scores), NO_CANDIDATE, scores)


def seed_matches(mirnas: Sequence[str], sites: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """All seed matches: the row of each, and the site position (0-based) opposite nt 2."""
    from deepmirnatar.rna.sequences import WATSON_CRICK, WOBBLE, padded

    seeds = padded([mirna[1:9] for mirna in mirnas], 8)
    # Turned round, so that column p + k faces nt 2 + k where column p faces nt 2.
    target = padded([site[::-1] for site in sites])
    width = target.shape[1]
    target = np.pad(target, ((0, 0), (0, 8)), constant_values=4)
    wobbles = mismatches = np.zeros((len(target), width), dtype=int)
    found = np.zeros((len(target), width), dtype=bool)
    for length in range(1, 9):
        nt, facing = seeds[:, length - 1 : length], target[:, length - 1 : length - 1 + width]
        watson_crick, wobble = WATSON_CRICK[nt, facing], WOBBLE[nt, facing]
        wobbles, mismatches = wobbles + wobble, mismatches + ~(watson_crick | wobble)
        if length in SEEDS:
            most_wobbles, most_mismatches = SEEDS[length]
            found |= (wobbles <= most_wobbles) & (mismatches <= most_mismatches) & watson_crick
    rows, from_end = np.nonzero(found)
    lengths = np.array([len(site) for site in sites], dtype=int)
    return rows, lengths[rows] - 1 - from_end
