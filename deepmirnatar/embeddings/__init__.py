"""From sequences to vectors. One file per kind; what learns, learns from the training split alone.

learn(sequences, settings, ...) -> embedder file      (word2vec, dnabert)
embed(sequences, settings, embedder file) -> Features
"""

from importlib import import_module
from pathlib import Path

import numpy as np

from deepmirnatar.embeddings.vectors import Features, pool

KINDS = ["word2vec", "dnabert", "onehot"]


def settings_class(kind: str) -> type:
    """The dataclass of a kind's settings."""
    return import_module(f"deepmirnatar.embeddings.{kind}").Settings


def longest(kind: str, settings: dict) -> int | None:
    """nt of the longest sequence that a kind embeds; None if any length will do."""
    kmers = getattr(import_module(f"deepmirnatar.embeddings.{kind}"), "LONGEST_KMERS", None)
    return kmers and kmers + settings["k"] - 1


def embed(sequences: list[str], kind: str, settings: dict, embedder: Path | None, **options) -> Features:
    """Embed distinct sequences (5'->3', RNA), pooled where the settings say so."""
    module = import_module(f"deepmirnatar.embeddings.{kind}")
    features = module.embed(sequences, module.Settings(**settings), embedder, **options)
    if runs := settings.get("pool", 0):
        table, offsets = pool(features.table[features.index].astype(np.float32), features.offsets, runs)
        features = Features(table, np.arange(len(table)), offsets, features.sequences)
    return features
