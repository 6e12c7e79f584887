"""What bears on the effect of a site: numbers (`DENSE`) and classes (`CLASSES`) of each.

Sources. Local A/U, 3' pairing, seed pairing stability (SPS), target abundance (TA), lengths, distance to the nearer
end, bases opposite nt 1 and 8: Grimson et al. 2007, Mol Cell 27:91; Garcia et al. 2011, Nat Struct Mol Biol 18:1139;
Agarwal et al. 2015, eLife 4:e05005 (context++). Flanking bases: McGeary et al. 2019, Science 366:eaav1741. Stacking
energies: Turner 2004 (Mathews et al. 2004, PNAS 101:7287). Variants of the poly(A) signal: Beaudoing et al. 2000,
Genome Res 10:1001.
"""

from dataclasses import dataclass, fields
from typing import NamedTuple

import numpy as np

from deepmirnatar.repression.feature_kernels import describe
from deepmirnatar.rna.seeds import SEED_TYPES
from deepmirnatar.rna.sequences import ALPHABET, kmer_codes
from deepmirnatar.rna.sites import Sites, Targets


class Dense(NamedTuple):
    """A number of a site. It is standardised by fixed round numbers, so that it means the same in every fit."""

    name: str
    centre: float
    scale: float
    weak: bool = False  # does its weight differ at weak sites (6mer, offset 6mer, 6mer-A1)?
    orf: bool = False  # does it differ in coding sequences?
    note: str = ""


# In the order of the columns that `feature_kernels.describe` fills.
DENSE = [
    Dense("SPS", -9, 2, weak=True, note="nearest-neighbour energy of the matched bases' helix, kcal/mol"),
    Dense("3' pairing", 2, 0.8, weak=True, orf=True, note="score of the best run of pairs around miRNA nt 13-16"),
    Dense("pair of nt 9", 0.3, 0.5, note="1 where nt 9 pairs with the base next to the window"),
    Dense("local A/U", 0.55, 0.15, weak=True, orf=True, note="A/U of the 30 nt on either side, nearer ones weigh more"),
    Dense("wide A/U", 0.55, 0.15, orf=True, note="A/U of the 75 nt on either side"),
    Dense("nearer end", 2.6, 0.6, weak=True, note="log10 of 1 + nt to the nearer end of its region"),
    Dense("3'UTR length", 3.2, 0.5, weak=True, orf=True, note="log10 of 1 + nt"),
    Dense("ORF length", 3.3, 0.35, weak=True, orf=True, note="log10 of 1 + nt; the centre where no ORF is known"),
    Dense("TA", 3.7, 0.2, weak=True, note="log10 of 1 + 7mer sites of the miRNA in the 3'UTRs of all genes"),
    Dense("stop distance", 3, 0.6, note="log10 of 1 + nt between site and stop codon"),
    Dense("stem", 9, 5, weak=True, orf=True, note="ln of 1 + weight of local helices that would hide the window"),
    Dense("poly(A) AAUAAA, AUUAAA", 0, 0.7, note="ln of 1 + these signals between stop codon and 3'UTR site"),
    Dense("poly(A) AAUAAA", 0, 0.7, note="the same of AAUAAA alone"),
    Dense("poly(A) variants", 0, 0.7, note="the same of seven weaker variants"),
    Dense("poly(A) before G/U", 0, 0.7, note="the same of AAUAAA, AUUAAA with 19 G/U or more 16-46 nt downstream"),
]
ORF_LENGTH = next(each.centre for each in DENSE if each.name == "ORF length")  # where none is known
REGIONS = ["3'UTR", "ORF"]
_PAIRS = [a + b for a in ALPHABET for b in ALPHABET] + ["none"]
# Classes of a site and the levels of each. A site without a level (N, or where the class does not apply) has no term.
CLASSES = {
    "type": [f"{seed_type}, {region}" for seed_type in SEED_TYPES for region in REGIONS],
    "opposite nt 8": list(ALPHABET),  # 7mer-A1, 6mer
    "opposite nt 1": list(ALPHABET),  # types without A there
    "before window": _PAIRS,  # the two bases 5' of it
    "after window": _PAIRS,
}
WINDOW = 12  # places of the site whose bases are kept: two before the window, its eight, two after it


@dataclass
class Features:
    """Of sites: `dense` (sites, DENSE) float32, raw; `classes` (sites, CLASSES) int8, -1 where none.

    `group` (sites,) int8: 1 at a weak site + 2 in an ORF. `pairs` (sites, WINDOW) int8: 5 * code of the miRNA's base +
    code of the site's; the miRNA has none (4) opposite the last two.
    """

    dense: np.ndarray
    classes: np.ndarray
    group: np.ndarray
    pairs: np.ndarray

    def take(self, rows: np.ndarray) -> "Features":
        return Features(*(getattr(self, field.name)[rows] for field in fields(self)))

    def standard(self) -> np.ndarray:
        """`dense` standardised, float32."""
        centre, scale = (np.array([getattr(each, name) for each in DENSE], np.float32) for name in ("centre", "scale"))
        return (self.dense - centre) / scale


def describe_sites(sites: Sites, targets: Targets, mirnas: np.ndarray, abundance: np.ndarray) -> Features:
    """Features of `sites` (in the order that `find_sites` gives).

    `mirnas` (miRNAs, longest): from `padded`, the set in which `sites.mirna` counts. `abundance`: see
    `target_abundance`.
    """
    count = len(sites)
    found = Features(
        np.zeros((count, len(DENSE)), dtype=np.float32),
        np.full((count, len(CLASSES)), -1, dtype=np.int8),
        np.zeros(count, dtype=np.int8),
        np.full((count, WINDOW), 24, dtype=np.int8),
    )
    describe(
        *(targets.codes, targets.ends, targets.cds, mirnas, target_abundance(mirnas, abundance)),
        *(sites.mirna, sites.target, sites.window, sites.seed_type, sites.in_orf),
        *(found.dense, found.classes, found.group, found.pairs, ORF_LENGTH),
    )
    return found


def count_7mers(targets: Targets) -> np.ndarray:
    """How often each 7-mer (as in `kmer_codes`) is in the 3'UTRs of `targets`; shape (4 ** 7,), int32."""
    counts = np.zeros(4**7, dtype=np.int64)
    for row in range(len(targets)):
        utr = targets.codes[targets.ends[row] + targets.cds[row, 1] : targets.ends[row + 1]]
        kmers = kmer_codes(utr, 7)
        counts += np.bincount(kmers[kmers >= 0], minlength=4**7)
    return counts.astype(np.int32)


def target_abundance(mirnas: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """TA of each miRNA: log10 of 1 + 7mer-m8 and 7mer-A1 matches among `counts` (of `count_7mers`); float32."""
    match = 3 - np.minimum(mirnas[:, 7::-1].astype(np.int64), 3)
    power = 4 ** np.arange(6, -1, -1)
    m8 = counts[match[:, :7] @ power]
    a1 = counts[match[:, 1:7] @ (power[:6])]  # A opposite nt 1 has code 0
    return np.log10(1.0 + m8 + a1).astype(np.float32)
