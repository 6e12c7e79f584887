"""k-mers as DNABERT counts them: its vocabulary, and fast tokenisation of many sequences."""

from collections.abc import Iterable
from itertools import product

import numpy as np

from deepmirnatar.rna.sequences import ALPHABET, joined, kmer_codes, kmers_within

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
PAD, UNKNOWN, START, END, MASK = range(5)


def vocabulary(k: int = 4) -> list[str]:
    """Tokens in DNABERT's order (DNA letters): five special ones, then all k-mers over A, T, C, G."""
    return SPECIAL + ["".join(letters) for letters in product("ATCG", repeat=k)]


def _translation(k: int) -> np.ndarray:
    """From base-4 codes over ACGU (`kmer_codes`) to token numbers; the last entry serves code -1."""
    number = {token: position for position, token in enumerate(vocabulary(k))}
    table = ["".join(letters).replace("U", "T") for letters in product(ALPHABET, repeat=k)]
    return np.array([number[token] for token in table] + [UNKNOWN], dtype=np.int64)


def tokenize(sequences: list[str], k: int = 4) -> tuple[np.ndarray, np.ndarray]:
    """Token numbers of all sequences end to end, and offsets, shape (sequences + 1,).

    Sequence i has tokens[offsets[i]:offsets[i + 1]], L - k + 1 of them, without special tokens.
    """
    bases, ends = joined(sequences)
    places, counts = kmers_within(ends, k)
    return _translation(k)[kmer_codes(bases, k)[places]], np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


def check_counted(k: int) -> None:
    """ValueError for k-mers of which so many are counted in each row that memory may not hold them."""
    if k > 5:
        raise ValueError(f"k: {k} makes {4**k:,} counts for each sequence; take 5 at most")


def kmer_counts(sequences: Iterable[str], k: int = 3) -> np.ndarray:
    """Counts of all k-mers per sequence, shape (sequences, 4**k), and nothing of their order."""
    tokens, offsets = tokenize(list(sequences), k)
    count, words = len(offsets) - 1, len(vocabulary(k))
    rows = np.repeat(np.arange(count), np.diff(offsets))
    counts = np.bincount(rows * words + tokens, minlength=count * words).reshape(count, words)
    return counts[:, len(SPECIAL) :].astype(np.float32)
