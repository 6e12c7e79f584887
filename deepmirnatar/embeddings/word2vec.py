"""Word2Vec of k-mers (gensim), the paper's embedding of the miRNA: each sequence a sentence of k-mers."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from deepmirnatar.common.files import read_tensors, write_tensors
from deepmirnatar.common.settings import SIZE, setting
from deepmirnatar.embeddings.vectors import Features, KmerSettings
from deepmirnatar.rna.kmers import tokenize, vocabulary

LABEL, LEARNS, GPU = "Word2Vec", True, False


@dataclass
class Settings(KmerSettings):
    size: int = setting(34, "values of a vector", **SIZE)
    window: int = setting(5, "context in k-mers", least=1, most=1000)
    skip_gram: bool = setting(True, "skip-gram, or else continuous bag of words?")
    epochs: int = setting(20, "passes over the training rows", least=1, most=100_000)


def learn(sequences: list[str], settings: Settings, path: Path, seed: int = 1) -> None:
    """Train on distinct sequences and save the vectors; k-mers that never occur stay zero.

    One worker thread: with more, gensim's result depends on their timing.
    """
    from gensim.models import Word2Vec

    tokens, offsets = tokenize(sequences, settings.k)
    words = tokens.astype(str)
    sentences = [list(words[a:b]) for a, b in zip(offsets[:-1], offsets[1:], strict=True)]
    model = Word2Vec(
        sentences,
        vector_size=settings.size,
        window=settings.window,
        min_count=1,
        sg=int(settings.skip_gram),
        epochs=settings.epochs,
        seed=seed,
        workers=1,
        hashfxn=_stable_hash,
    )
    vectors = np.zeros((len(vocabulary(settings.k)), settings.size), dtype=np.float32)
    for word in model.wv.index_to_key:
        vectors[int(word)] = model.wv[word]
    write_tensors({"vectors": vectors}, {"kind": "word2vec", "sentences": len(sentences), "seed": seed}, path)


def width(settings: Settings) -> int:
    """Values of a vector."""
    return settings.size


def embed(sequences: list[str], settings: Settings, embedder: Path, device: str = "auto") -> Features:
    """The learned vector of each k-mer, wherever it occurs; float16."""
    tokens, offsets = tokenize(sequences, settings.k)
    vectors = read_tensors(embedder)[0]["vectors"]
    return Features(vectors.astype(np.float16), tokens, offsets, pd.Index(sequences))


def _stable_hash(word: str) -> int:
    """Python's own hash of a string differs from process to process."""
    return int(word)
