"""Which pairs were trained on: short digests, so that whoever starts from a model's weights can tell its own test rows
from what the weights have seen, without the data.

A digest is 32 bits of a pair's miRNA and site. Of 100,000 digests, one in 43,000 pairs that were not seen is taken for
one that was.
"""

import hashlib

import numpy as np
import pandas as pd

from deepmirnatar.pairs import key_of


def pair_digests(pairs: pd.DataFrame) -> np.ndarray:
    """The digest of each row's miRNA and site (RNA, 5'->3'; T counts as U), uint32, shape (rows,)."""
    texts = key_of(pairs, ["mirna_sequence", "target_sequence"]).str.upper().str.replace("T", "U", regex=False)
    joined = b"".join(hashlib.blake2b(text.encode(), digest_size=4).digest() for text in texts)
    return np.frombuffer(joined, dtype="<u4")


def seen(pairs: pd.DataFrame, digests: np.ndarray) -> np.ndarray:
    """For each row: is its pair among those with these `digests`, see `pair_digests`? bool, shape (rows,)."""
    return np.isin(pair_digests(pairs), digests)
