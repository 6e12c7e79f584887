"""Embedded sequences: one vector per k-mer, stored once per distinct sequence."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from deepmirnatar.common.files import read_tensors, write_tensors
from deepmirnatar.common.settings import setting


@dataclass
class KmerSettings:
    """What every kind of embedding is asked for."""

    k: int = setting(4, "length of the k-mers", least=1, most=8)
    pool: int = setting(
        0, "average the k-mers of a sequence in so many runs; 0 keeps one vector per k-mer", least=0, most=1000
    )


@dataclass
class Features:
    """`table[index[offsets[i]:offsets[i + 1]]]` are the vectors of `sequences[i]`, shape (k-mers, size).

    A static embedding has one table row per k-mer of the vocabulary; a contextual one has a row per position
    of every sequence. Both are read in the same way.
    """

    table: np.ndarray  # (rows, size), float16
    index: np.ndarray  # (positions,), int64
    offsets: np.ndarray  # (sequences + 1,), int64
    sequences: pd.Index

    @property
    def size(self) -> int:
        """Values of a vector."""
        return self.table.shape[1]

    def rows_of(self, sequences: pd.Series) -> np.ndarray:
        """Position of each sequence in this store; KeyError names one that was not embedded."""
        rows = self.sequences.get_indexer(sequences)
        if (rows < 0).any():
            absent = sequences.iloc[int((rows < 0).argmax())]
            raise KeyError(f"sequence {absent!r} has no embedding; embed the table it comes from first")
        return rows

    def save(self, path: str | Path, metadata: dict) -> None:
        """As safetensors, vectors in float16."""
        text = "\n".join(self.sequences).encode("ascii")
        arrays = {
            "table": self.table.astype(np.float16),
            "index": self.index.astype(np.int32),
            "offsets": self.offsets.astype(np.int64),
            "sequences": np.frombuffer(text, dtype=np.uint8),
        }
        write_tensors(arrays, metadata, path)

    @classmethod
    def load(cls, path: str | Path) -> "Features":
        """Inverse of `save`. ValueError for a damaged file."""
        arrays, _ = read_tensors(path)
        names = pd.Index(arrays["sequences"].tobytes().decode("ascii").split("\n"))
        return cls(arrays["table"], arrays["index"].astype(np.int64), arrays["offsets"], names)


def pool(vectors: np.ndarray, offsets: np.ndarray, runs: int) -> tuple[np.ndarray, np.ndarray]:
    """DeepLncLoc's subsequence pooling: split each sequence's k-mers into `runs` and average each run.

    A sequence with fewer k-mers than runs keeps its k-mers as they are.
    """
    pooled, lengths = [], []
    for start, end in zip(offsets[:-1], offsets[1:], strict=True):
        parts = np.array_split(vectors[start:end], min(runs, end - start))
        pooled.append(np.stack([part.mean(axis=0) for part in parts]))
        lengths.append(len(parts))
    return np.concatenate(pooled), np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
