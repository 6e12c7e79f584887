"""Open reading frames of mRNAs."""

from collections.abc import Sequence

import numpy as np

from deepmirnatar.rna.sequences import encode, joined, kmer_codes

START, STOPS = "AUG", ("UAA", "UAG", "UGA")


def longest_orfs(sequences: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Start and end of each RNA's longest open reading frame, shapes (sequences,), int64.

    A frame runs from an AUG to the first stop codon in frame, which it holds; 0-based, half-open. Of frames of one
    length it is the first. Both are 0 where there is none; one without a stop codon does not count.
    """
    codes, offsets = joined(sequences)
    codons = kmer_codes(codes, 3)
    starts, stops = (_frames(np.flatnonzero(np.isin(codons, _codes(each))), offsets) for each in ((START,), STOPS))
    first, last = np.zeros((2, len(offsets) - 1), dtype=np.int64)
    if not len(starts) or not len(stops):
        return first, last
    # A place is its frame's number and its position: sorted, the stop codon behind a start is the next one.
    step = len(codes) + 1
    keys, stop_keys = starts @ [step, 1], np.sort(stops @ [step, 1])
    following = stop_keys[np.minimum(np.searchsorted(stop_keys, keys), len(stop_keys) - 1)]
    closed = (following >= keys) & (following // step == keys // step)
    begin, end = starts[closed, 1], following[closed] % step + 3
    owner = starts[closed, 0] // 3
    order = np.lexsort((begin, begin - end, owner))
    which, place = np.unique(owner[order], return_index=True)
    best = order[place]
    first[which], last[which] = begin[best] - offsets[which], end[best] - offsets[which]
    return first, last


def _codes(codons: Sequence[str]) -> list[int]:
    return [int(kmer_codes(encode(codon), 3)[0]) for codon in codons]


def _frames(places: np.ndarray, offsets: np.ndarray) -> np.ndarray:
    """Number of the frame (three for each sequence) and position of codons that lie within one sequence; (n, 2)."""
    owner = np.searchsorted(offsets, places, side="right") - 1
    within = places + 3 <= offsets[owner + 1]
    places, owner = places[within], owner[within]
    return np.stack([3 * owner + (places - offsets[owner]) % 3, places], axis=1)
