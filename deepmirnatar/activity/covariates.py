"""What of an mRNA moves with its fold change whatever the miRNA: length and composition, taken out before any test."""

import numpy as np
import pandas as pd

from deepmirnatar.rna.sequences import joined, kmer_codes, kmers_within

NAMES = ["log 3'UTR length", "its square", *(f"dinucleotide {number}" for number in range(1, 16))]
ORF_NAMES = ["log ORF length", "ORF GC", "its square"]


def covariates(mrnas: pd.DataFrame) -> np.ndarray:
    """Shape (mRNAs, 1 + 17 or 20), float64: a column of ones, then what NAMES and ORF_NAMES list.

    `mrnas`: sequence, cds_start, cds_end. The ORF's three are left out where fewer than half of the mRNAs have one; a
    missing ORF takes their means.
    """
    utrs = [sequence[end:] for sequence, end in zip(mrnas["sequence"], mrnas["cds_end"], strict=True)]
    length = np.log([max(len(utr), 1) for utr in utrs])
    length -= length.mean()
    columns = [np.ones(len(utrs)), length, length**2, *_shares(utrs).T[:15]]
    has_orf = (mrnas["cds_end"] > mrnas["cds_start"]).to_numpy()
    if has_orf.mean() >= 0.5:
        places = zip(mrnas["sequence"], mrnas["cds_start"], mrnas["cds_end"], strict=True)
        orfs = [sequence[start:end] for sequence, start, end in places]
        orf_length = np.log([max(len(orf), 1) for orf in orfs])
        gc = gc_content(orfs)
        gc -= gc[has_orf].mean()
        columns += [np.where(has_orf, each, each[has_orf].mean()) for each in (orf_length, gc, gc**2)]
    return np.stack(columns, axis=1)


def gc_content(sequences: list[str]) -> np.ndarray:
    """Fraction of G and C, shape (sequences,); 0.5 for an empty one."""
    return np.array([(each.count("G") + each.count("C")) / len(each) if each else 0.5 for each in sequences])


def basis(columns: np.ndarray) -> np.ndarray:
    """An orthonormal basis of what the columns span, shape (rows, rank); columns without variance do no harm."""
    scaled = columns / np.maximum(np.linalg.norm(columns, axis=0), 1e-12)
    left, size, _ = np.linalg.svd(scaled, full_matrices=False)
    return left[:, size > 1e-9 * size[0]]


def _shares(utrs: list[str]) -> np.ndarray:
    """Share of each of the 16 dinucleotides, shape (3'UTRs, 16)."""
    codes, ends = joined(utrs)
    places, counts = kmers_within(ends, 2)
    pairs = kmer_codes(codes, 2)[places]
    rows = np.repeat(np.arange(len(utrs)), counts)
    known = pairs >= 0
    table = np.bincount(rows[known] * 16 + pairs[known], minlength=16 * len(utrs)).reshape(-1, 16)
    return table / np.maximum(table.sum(axis=1, keepdims=True), 1)
