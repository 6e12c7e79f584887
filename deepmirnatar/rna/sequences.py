"""RNA strings: alphabet, complement, k-mers, seed. Everything is 5'->3', letters ACGU, unless said."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

ALPHABET = "ACGU"
# nt of a mature miRNA; anything longer is a precursor or no miRNA.
SHORTEST_MIRNA, LONGEST_MIRNA = 15, 30
_COMPLEMENT = str.maketrans("ACGU", "UGCA")
_CODE = np.full(256, 4, dtype=np.uint8)
for _position, _letter in enumerate(ALPHABET):
    _CODE[ord(_letter)] = _position

_AT_ONCE = 100_000  # sequences whose codes are made in one go; their copies would double the memory of millions

# PAIRS[a, b]: can base a of one strand pair with base b of the other (Watson-Crick or G-U)?
PAIRS = np.zeros((5, 5), dtype=bool)
for _a, _b in ("AU", "UA", "GC", "CG", "GU", "UG"):
    PAIRS[ALPHABET.index(_a), ALPHABET.index(_b)] = True
# The two kinds of pairs; complementary bases have codes that add up to 3.
WATSON_CRICK = PAIRS & (np.add.outer(np.arange(5), np.arange(5)) == 3)
WOBBLE = PAIRS & ~WATSON_CRICK


def to_rna(sequences: pd.Series) -> pd.Series:
    """Upper case, T written as U, surrounding space removed."""
    return sequences.astype(str).str.strip().str.upper().str.replace("T", "U", regex=False)


def reverse(sequences: pd.Series) -> pd.Series:
    """Turn 3'->5' into 5'->3' or back; no complement."""
    return sequences.map(lambda text: text[::-1])


def reverse_complement(sequence: str) -> str:
    """What pairs with an RNA over its whole length, 5'->3' like it."""
    return sequence.translate(_COMPLEMENT)[::-1]


def encode(sequence: str) -> np.ndarray:
    """Codes 0..3 for ACGU, 4 for anything else (N); shape (length,), uint8."""
    return _CODE[np.frombuffer(sequence.encode("ascii", "replace"), dtype=np.uint8)]


def joined(sequences: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Codes of all sequences end to end, and offsets, shapes (nt,) uint8 and (sequences + 1,) int64.

    Sequence i has codes[offsets[i]:offsets[i + 1]].
    """
    sequences = list(sequences)
    return encode("".join(sequences)), np.cumsum([0, *map(len, sequences)], dtype=np.int64)


def kmer_codes(bases: np.ndarray, k: int) -> np.ndarray:
    """Overlapping k-mers of `encode`'s codes as base-4 numbers (first letter most significant); shape (nt - k + 1,).

    A k-mer that holds a letter outside ACGU becomes -1.
    """
    count = max(len(bases) - k + 1, 0)
    codes, known = np.zeros(count, dtype=np.int64), np.ones(count, dtype=bool)
    for place in range(k):
        letters = bases[place : place + count]
        codes = 4 * codes + letters
        known &= letters < 4
    return np.where(known, codes, -1)


def kmers_within(offsets: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Of all k-mers of sequences end to end (see `joined`), those that lie within one: their places, and how many each
    sequence has, shape (sequences,)."""
    counts = np.maximum(np.diff(offsets) - k + 1, 0)
    before = np.cumsum(counts) - counts
    return np.arange(counts.sum()) + np.repeat(offsets[:-1] - before, counts), counts


def family(sequence: str) -> str:
    """The seed family of a miRNA: its nt 2-8."""
    return sequence[1:8]


def code_table(sequences: pd.Series, order: str, width: int) -> np.ndarray:
    """Codes 1, 2, 3, 4 for the letters of `order`, 0 for every other letter and past a sequence's end.

    Returns uint8 (rows, width); what is longer than `width` loses its last letters.
    """
    codes = np.zeros(256, dtype=np.uint8)
    codes[np.frombuffer(order.encode("ascii"), dtype=np.uint8)] = np.arange(1, len(order) + 1)
    text = "".join(sequences.str[:width].str.ljust(width, "N"))
    return codes[np.frombuffer(text.encode("ascii", "replace"), dtype=np.uint8)].reshape(-1, width)


def padded(sequences: Sequence[str], width: int = 0) -> np.ndarray:
    """Codes as in `encode`, shape (rows, longest or `width` if more), uint8; shorter ones are filled up with N."""
    sequences = list(sequences)
    longest = max(map(len, sequences), default=0)
    table = np.full((len(sequences), max(longest, width)), 4, dtype=np.uint8)
    for start in range(0, len(table), _AT_ONCE):
        codes, offsets = joined(sequences[start : start + _AT_ONCE])
        part = table[start : start + _AT_ONCE]
        part[np.arange(part.shape[1]) < np.diff(offsets)[:, None]] = codes
    return table
