"""How firmly does AGO with a miRNA bind 12 nt of an mRNA? ln KA by the network of McGeary, Lin et al. 2019.

Source: Science 366:eaav1741; weights: github.com/kslin/miRNA_models, a TensorFlow checkpoint (MIT). KA is relative to
that of a site without a match, so ln KA is about 0 there and ln KD = -ln KA.

The network sees the outer product of miRNA nt 1-10 and 12 nt of the mRNA, the 3rd to 10th of which lie opposite nt 8-1.
Its second layer reads 2 x 2 places, its third all of them. So for one miRNA everything up to the third layer is a sum
over the 11 pairs of neighbouring bases of the site: `Affinities.tables` gives its terms, and no network is left to run.
"""

from pathlib import Path

import numba
import numpy as np

from deepmirnatar.common.tf_checkpoint import read_checkpoint
from deepmirnatar.rna.sequences import padded

MIRNA_LENGTH, SITE_LENGTH = 10, 12
PAIRS = SITE_LENGTH - 1
BEFORE = 2  # nt of the site before the base opposite nt 8
ORDER = [0, 2, 3, 1]  # the network's place (of A, U, C, G) for our A, C, G, U
SLOPE, EPSILON = 0.2, 1e-3
LAYERS = {
    "layer1_weight": (4, 4, 1, 4),
    "layer2_weight": (2, 2, 4, 16),
    "layer3_weight": (9, 11, 16, 16),
    "final_layer_weight": (16, 1),
}
NORMS = ("batch_normalization", "batch_normalization_1", "batch_normalization_2")
SHAPES = LAYERS | {
    f"{norm}/{part}": (channels,)
    for norm, channels in zip(NORMS, (4, 16, 16), strict=True)
    for part in ("beta", "gamma", "moving_mean", "moving_variance")
}


class Affinities:
    """The network, ready to be asked."""

    def __init__(self, variables: dict[str, np.ndarray], file: object = "the network"):
        """`variables` by their names in the checkpoint; others than those of SHAPES are dropped.

        ValueError, which names `file`, where one is missing or of another shape.
        """
        for name, shape in SHAPES.items():
            if (found := getattr(variables.get(name), "shape", None)) != shape:
                raise ValueError(f"{file}: {name} has shape {found}, not {shape}; give McGeary's model-100.index")
        self.variables = {name: variables[name] for name in SHAPES}

    @classmethod
    def read(cls, index: str | Path) -> "Affinities":
        """From the checkpoint's `.index` file."""
        return cls(read_checkpoint(index), index)

    @property
    def last(self) -> np.ndarray:
        """(units,) float32, what each unit of the third layer adds to ln KA."""
        return self.variables["final_layer_weight"][:, 0].astype(np.float32)

    def tables(self, mirnas: list[str]) -> np.ndarray:
        """What each pair of neighbours adds to the third layer: (miRNAs, 11 places, 25 pairs, 16 units), float32.

        `mirnas`: RNA, 5'->3', at least 10 nt of ACGU. A pair is 5 * base + next base in codes A 0, C 1, G 2, U 3 and
        4 for N or beyond an end, which the network takes as a quarter of each. ValueError for a miRNA that is shorter
        or holds another letter.
        """
        for mirna in mirnas:
            if len(mirna) < MIRNA_LENGTH or set(mirna[:MIRNA_LENGTH]) - set("ACGU"):
                raise ValueError(f"miRNA {mirna!r}: needs {MIRNA_LENGTH} nt of ACGU; correct it or leave it out")
        bases = np.vstack([np.eye(4)[ORDER], np.full(4, 0.25)])
        first, second, third, _ = (self.variables[name].astype(float) for name in LAYERS)
        # Layer 1: one value for each base of the miRNA and of the site.
        inputs = 4 * np.einsum("mi,sj->msij", bases, bases) - 0.25
        squares = self._after(0, np.einsum("msij,ijc->msc", inputs, first[:, :, 0]))
        rows = padded([mirna[:MIRNA_LENGTH] for mirna in mirnas]).astype(int)
        up, low = squares[rows[:, :-1]], squares[rows[:, 1:]]  # (miRNAs, 9, site base, channels)
        # Layer 2: for each two neighbours of the miRNA, each pair of neighbours of the site.
        pairs = np.einsum("mibc,cd->mibd", up, second[0, 0])[:, :, :, None]
        pairs = pairs + np.einsum("mibc,cd->mibd", up, second[0, 1])[:, :, None]
        pairs = pairs + np.einsum("mibc,cd->mibd", low, second[1, 0])[:, :, :, None]
        pairs = pairs + np.einsum("mibc,cd->mibd", low, second[1, 1])[:, :, None]
        pairs = self._after(1, pairs).reshape(len(mirnas), MIRNA_LENGTH - 1, 25, -1)
        # Layer 3, of the places near the diagonal on which the strands pair.
        together = np.add.outer(np.arange(MIRNA_LENGTH - 1), np.arange(PAIRS))
        near = third * ((together >= 5) & (together <= 11))[:, :, None, None]
        factor, offset = self._norm(2)
        table = np.einsum("mipu,ijuv->mjpv", pairs, near * factor, optimize=True)
        return (table + offset / PAIRS).astype(np.float32)

    def _norm(self, layer: int) -> tuple[np.ndarray, np.ndarray]:
        """Factor and offset of the batch norm behind a layer, by its moving statistics."""
        beta, gamma, mean, variance = (
            self.variables[f"{NORMS[layer]}/{part}"].astype(float)
            for part in ("beta", "gamma", "moving_mean", "moving_variance")
        )
        factor = gamma / np.sqrt(variance + EPSILON)
        return factor, beta - mean * factor

    def _after(self, layer: int, values: np.ndarray) -> np.ndarray:
        """Batch norm, then the leaky ReLU."""
        factor, offset = self._norm(layer)
        values = values * factor + offset
        return np.where(values > 0, values, SLOPE * values)


@numba.njit(cache=True)
def ln_ka(codes, first, last, start, table, weights):
    """ln KA of the 12 nt from `start` on; bases outside `first`..`last` (half-open) count as unknown.

    `table` (11, 25, units) of one miRNA, `weights` (units,).
    """
    sums = np.zeros(len(weights), np.float32)
    before = codes[start] if first <= start < last else 4
    for pair in range(PAIRS):
        place = start + pair + 1
        base = codes[place] if first <= place < last else 4
        row = table[pair, 5 * before + base]
        for unit in range(len(weights)):
            sums[unit] += row[unit]
        before = base
    total = np.float32(0)
    for unit in range(len(weights)):
        total += weights[unit] * (sums[unit] if sums[unit] > 0 else np.float32(SLOPE) * sums[unit])
    return total


@numba.njit(cache=True)
def ln_ka_of(codes, ends, rows, starts, tables, mirnas, weights):
    """`ln_ka` of many sites: sequence `rows`, 0-based `starts` of the 12 nt on it, and `mirnas` (row of `tables`)."""
    values = np.empty(len(rows), np.float32)
    for site in range(len(rows)):
        first, last = ends[rows[site]], ends[rows[site] + 1]
        values[site] = ln_ka(codes, first, last, first + starts[site], tables[mirnas[site]], weights)
    return values


@numba.njit(cache=True)
def strongest(codes, ends, tables, mirnas, weights):
    """The largest ln KA on each sequence, shape (sequences,): of all places at which nt 7-2 have a base opposite.

    `mirnas` (sequences,): row of `tables` for each. A sequence of less than 6 nt is asked once, from its start.
    """
    values = np.full(len(ends) - 1, -np.inf, np.float32)
    for row in range(len(ends) - 1):
        first, last = ends[row], ends[row + 1]
        for opposite in range(first, max(last - 5, first + 1)):  # nt 7
            value = ln_ka(codes, first, last, opposite - BEFORE - 1, tables[mirnas[row]], weights)
            values[row] = max(values[row], value)
    return values
