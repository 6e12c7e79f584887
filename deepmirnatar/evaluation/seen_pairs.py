"""Was a row trained on before? Weights carry a digest of each training pair, so fine-tuning can check."""

import base64
from zlib import crc32

import numpy as np
import pandas as pd

from deepmirnatar.common.files import read_description
from deepmirnatar.pairs import SPLITS, pair_blocks

KEY = "training_pairs"  # in the weights' description


def digests(table: pd.DataFrame) -> np.ndarray:
    """Four bytes per row, uint32, of miRNA and site; of 100,000 pairs, one other row in 40,000 is taken for one."""
    texts = table["mirna_sequence"] + "&" + table["target_sequence"]
    return np.fromiter((crc32(text.encode()) for text in texts), np.uint32, len(texts))


def as_text(found: np.ndarray) -> str:
    """Distinct digests, as a description holds them."""
    return base64.b64encode(np.unique(found).astype("<u4").tobytes()).decode()


def seen_by_weights(weights: str | None, pairs: str) -> dict[str, list[int]] | str:
    """Split -> [rows that `weights` were trained on, rows], of a pairs table.

    "unknown" where the weights carry no digests; empty where training does not start from weights.
    """
    if not weights:
        return {}
    text = read_description(weights).get(KEY) if weights.endswith(".safetensors") else None
    if text is None:
        return "unknown"
    known = np.frombuffer(base64.b64decode(text), "<u4")
    seen = dict.fromkeys(SPLITS, np.zeros(2, dtype=int))
    for block in pair_blocks(pairs, None, ["split", "mirna_sequence", "target_sequence"]):
        hits = np.isin(digests(block), known)
        for split in SPLITS:
            of_split = (block["split"] == split).to_numpy()
            seen[split] = seen[split] + [hits[of_split].sum(), of_split.sum()]
    return {split: counts.tolist() for split, counts in seen.items()}


def in_words(seen: dict[str, list[int]] | str) -> str:
    """A sentence for the log and the audit; empty where training does not start from weights."""
    if seen == "unknown":
        return "the weights that training starts from do not say which pairs they were trained on, so it is not known"
    if not seen:
        return ""
    counts = ", ".join(f"{split} {seen[split][0]:,} of {seen[split][1]:,}" for split in SPLITS)
    return f"rows that the starting weights were trained on: {counts}"
