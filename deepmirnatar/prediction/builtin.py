"""The interaction map's network for scoring alone, without PyTorch: numba for the map, numpy for the rest.

It reads the weights that training writes (`predictors/interaction_map.py`). Each batch norm becomes part of the layer
before it, and the first convolution a table by code: what a code at a place of the kernel adds to each channel.
Scores equal PyTorch's in float32 to about 1e-6. Shapes: B pairs, R registers, NT miRNA nt, C channels, W width.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from deepmirnatar.common.compiled import jit
from deepmirnatar.common.files import read_tensors
from deepmirnatar.rna.sequences import padded

NT, BEYOND, BASES = 24, 4, 5  # as in `predictors/networks/interaction_map.py`
CHANNELS, KERNEL = 16, (3, 5)  # registers, miRNA nt
AT_ONCE = 16  # pairs; what they need stays in the cache
_EPSILON = 1e-5  # of PyTorch's batch norms


class BuiltIn:
    """Networks whose mean logit, over a temperature, gives the probability that a site is bound."""

    def __init__(self, members: list["Member"], temperature: float):
        self.members, self.temperature = members, temperature

    @classmethod
    def load(cls, path: str | Path) -> "BuiltIn":
        """Read a file of an interaction map. Raises ValueError for one that joins other features before its head."""
        arrays, about = read_tensors(path)
        settings = about.get("settings", {})
        names = sorted({name.split(".")[1] for name in arrays if name.startswith("members.")}, key=int)
        joined = any(".streams." in name or ".features." in name for name in arrays)
        if not names or joined:
            raise ValueError(f"{path}: holds no interaction map that is scored without PyTorch")
        stride = settings.get("stride", 2)
        return cls([Member(arrays, f"members.{name}.", stride) for name in names], float(arrays["temperature"].item()))

    def score(self, mirnas: Sequence[str], sites: Sequence[str]) -> np.ndarray:
        """Probability of binding of each pair, (pairs,) float64. RNA, 5'->3', letters ACGUN."""
        lengths = np.array([len(site) for site in sites])
        mirna, site = padded([text[:NT] for text in mirnas], NT), padded(sites)
        scores = np.empty(len(lengths))
        for length in np.unique(lengths):
            rows = np.flatnonzero(lengths == length)
            for start in range(0, len(rows), AT_ONCE):
                some = rows[start : start + AT_ONCE]
                codes = _codes(mirna[some], site[some, :length])
                logit = sum(member.logit(codes) for member in self.members) / len(self.members)
                scores[some] = 1 / (1 + np.exp(-logit.astype(float) / self.temperature))
        return scores


class Member:
    """One network's weights, ready for `logit`."""

    def __init__(self, arrays: dict[str, np.ndarray], prefix: str, stride: int):
        def get(name: str) -> np.ndarray:
            return arrays[prefix + name].astype(np.float32)

        def norm(name: str) -> tuple[np.ndarray, np.ndarray]:
            scale = get(f"{name}.weight") / np.sqrt(get(f"{name}.running_var") + _EPSILON)
            return scale, get(f"{name}.bias") - scale * get(f"{name}.running_mean")

        self.stride, self.second = stride, prefix + "map.1.0.weight" in arrays
        scale, self.first_bias = norm("map.0.1")
        if (found := arrays[prefix + "map.0.0.weight"].shape[2:]) != KERNEL or len(scale) != CHANNELS:
            raise ValueError(
                f"an interaction map with {len(scale)} channels and a kernel of {found} needs PyTorch; only "
                f"{CHANNELS} channels and {KERNEL} do not"
            )
        kernel = get("map.0.0.weight") * scale[:, None, None, None]  # (C, code size, registers, nt)
        table = np.einsum("ks,csij->ijkc", get("codes.weight"), kernel)
        self.first = np.concatenate([table, np.zeros_like(table[:, :, :1])], axis=2)
        if self.second:
            scale, self.second_bias = norm("map.1.1")
            kernel = get("map.1.0.weight") * scale[:, None, None, None]
            self.kernel = np.ascontiguousarray(kernel.transpose(2, 3, 1, 0).reshape(-1, CHANNELS))
        self.register, self.register_bias = _dense(get("register.0.weight"), get("register.0.bias"), norm("register.1"))
        along, self.along_bias = _dense(get("along.0.weight"), get("along.0.bias"), norm("along.1"))
        self.along = np.ascontiguousarray(along.transpose(1, 0, 2))  # (5, W, W)
        self.attention, self.attention_bias = get("attention.weight").T.copy(), get("attention.bias")
        self.hidden, self.hidden_bias = get("head.1.weight").T.copy(), get("head.1.bias")
        last = get("head.4.weight")
        self.last, self.last_bias = last[1] - last[0], float(np.diff(get("head.4.bias"))[0])

    def _map(self, codes: np.ndarray) -> np.ndarray:
        """Both convolutions of the map with ReLU, (B, R, columns, C). codes (B, R + 2, NT + 4)."""
        pairs, registers = len(codes), codes.shape[1] - 2
        layer = np.zeros((*codes.shape, CHANNELS), np.float32)
        _first(codes, self.first, self.first_bias, layer)
        if not self.second:
            return np.ascontiguousarray(layer[:, 1:-1, 2:-2])
        columns = -(-NT // self.stride)
        rows = np.empty((pairs * registers * columns, len(self.kernel)), np.float32)
        _patches(layer, self.stride, columns, rows)
        x = rows @ self.kernel
        x += self.second_bias
        return np.maximum(x, 0, out=x)

    def logit(self, codes: np.ndarray) -> np.ndarray:
        """Log odds before the temperature, (B,). codes (B, R + 2, NT + 4)."""
        pairs, registers = len(codes), codes.shape[1] - 2
        x = self._map(codes).reshape(pairs * registers, -1)
        x = np.maximum(x @ self.register + self.register_bias, 0)
        width, reach = x.shape[1], len(self.along) // 2
        # Registers with room for the kernel on either side, laid end to end: each of its places is a shifted view.
        room = np.zeros((pairs, registers + 2 * reach, width), np.float32)
        room[:, reach : reach + registers] = x.reshape(pairs, registers, width)
        flat = room.reshape(-1, width)
        rows = len(flat) - 2 * reach
        moved = np.zeros_like(flat)
        for place, weights in enumerate(self.along):
            moved[:rows] += flat[place : place + rows] @ weights
        moved = moved.reshape(room.shape)[:, :registers] + self.along_bias
        x = room[:, reach : reach + registers] + np.maximum(moved, 0)
        weights = x @ self.attention + self.attention_bias  # (B, R, pools)
        weights = np.exp(weights - weights.max(axis=1, keepdims=True))
        weights /= weights.sum(axis=1, keepdims=True)
        pooled = (weights.transpose(0, 2, 1) @ x).reshape(pairs, -1)
        hidden = np.concatenate([pooled, x.max(axis=1)], axis=1) @ self.hidden + self.hidden_bias
        return np.maximum(hidden, 0) @ self.last + self.last_bias


def _dense(weight: np.ndarray, bias: np.ndarray, norm: tuple[np.ndarray, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """A layer's weight (outputs, inputs, ...) with the batch norm after it, as (inputs, ..., outputs), and its bias."""
    scale, shift = norm
    moved = np.moveaxis(weight, 0, -1) * scale
    return np.ascontiguousarray(moved), bias * scale + shift


def _codes(mirna: np.ndarray, site: np.ndarray) -> np.ndarray:
    """Codes 5 * miRNA base + site base as `interaction_codes` of the network, with an edge of a code that adds nothing.

    (B, R + 2, NT + 4) uint8 for mirna (B, NT) and site (B, S), R = S + BEYOND.
    """
    around = np.full((len(site), NT - 1 + site.shape[1] + BEYOND), BASES - 1, np.uint8)
    around[:, NT - 1 : NT - 1 + site.shape[1]] = site
    windows = np.lib.stride_tricks.sliding_window_view(around, NT, axis=1)
    codes = np.full((len(site), windows.shape[1] + 2, NT + 4), BASES * BASES, np.uint8)
    codes[:, 1:-1, 2:-2] = BASES * mirna[:, None, ::-1] + windows
    return codes


@jit(fastmath=True)
def _first(codes, table, bias, out):
    """The first convolution with ReLU into the middle of `out` (B, R + 2, NT + 4, C), whose edges stay zero.

    `codes` (B, R + 2, NT + 4): with an edge of the code that adds nothing. `table` (registers, nt, codes, C): what each
    code adds at each place of the kernel.
    """
    cell = np.empty(CHANNELS, np.float32)
    for pair in range(len(codes)):
        for r in range(codes.shape[1] - 2):
            for n in range(NT):
                for c in range(CHANNELS):
                    cell[c] = bias[c]
                for i in range(KERNEL[0]):
                    one, two, three = codes[pair, r + i, n], codes[pair, r + i, n + 1], codes[pair, r + i, n + 2]
                    four, five = codes[pair, r + i, n + 3], codes[pair, r + i, n + 4]
                    for c in range(CHANNELS):
                        cell[c] += (
                            table[i, 0, one, c] + table[i, 1, two, c] + table[i, 2, three, c]
                            + table[i, 3, four, c] + table[i, 4, five, c]
                        )  # fmt: skip
                for c in range(CHANNELS):
                    out[pair, r + 1, n + 2, c] = max(cell[c], np.float32(0))


@jit
def _patches(layer, stride, columns, out):
    """The places that each kernel of the second convolution covers, as rows: `out` (B * R * columns, 3 * 5 * C)."""
    row, room = 0, KERNEL[1] * CHANNELS
    for pair in range(len(layer)):
        for r in range(layer.shape[1] - 2):
            for n in range(columns):
                for i in range(KERNEL[0]):
                    some = layer[pair, r + i, n * stride : n * stride + KERNEL[1]].reshape(-1)
                    out[row, i * room : (i + 1) * room] = some
                row += 1
