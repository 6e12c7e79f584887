"""One-hot k-mers; k = 1 gives one-hot nucleotides."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from deepmirnatar.embeddings.vectors import Features, KmerSettings
from deepmirnatar.rna.kmers import SPECIAL, tokenize, vocabulary

LABEL, LEARNS, GPU = "one-hot", False, False
LARGEST = 6


@dataclass
class Settings(KmerSettings):
    k: int = 1

    def check(self) -> None:
        """ValueError for vectors that memory cannot hold."""
        if self.k > LARGEST:
            raise ValueError(f"k: {self.k} makes vectors of {4**self.k:,} values; one-hot takes {LARGEST} at most")


def width(settings: Settings) -> int:
    """Values of a vector: one per k-mer."""
    return 4**settings.k


def embed(sequences: list[str], settings: Settings, embedder: Path | None = None, device: str = "auto") -> Features:
    """One row per k-mer, special tokens all zero; float16."""
    tokens, offsets = tokenize(sequences, settings.k)
    size = len(vocabulary(settings.k)) - len(SPECIAL)
    table = np.vstack([np.zeros((len(SPECIAL), size)), np.eye(size)]).astype(np.float16)
    return Features(table, tokens, offsets, pd.Index(sequences))
