"""The plainest score of a gene: its seed matches in the 3'UTR, counted with a weight for each type."""

import numpy as np

from deepmirnatar.repression.rivals.context import count_types
from deepmirnatar.rna.sequences import joined, padded

WEIGHTS = np.array([1, 0.6, 0.5, 0.2])  # of 8mer, 7mer-m8, 7mer-A1, 6mer


def counts(mirnas: list[str], utrs: list[str]) -> np.ndarray:
    """Weighted counts with a minus, so that more sites are further below zero, shape (miRNAs, genes); all RNA."""
    codes, ends = joined(utrs)
    return -np.stack([count_types(codes, ends, bases)[:, :4] @ WEIGHTS for bases in padded(mirnas)])
