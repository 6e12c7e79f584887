"""DeepMirTar's way: keep the site, shuffle the miRNA until it has no real miRNA's seed (mock miRNA)."""

import numpy as np
import pandas as pd

from deepmirnatar.common.settings import NoSettings

Settings = NoSettings
REFERENCE = ("mirnas",)


def mock_mirna(mirna: str, seeds: tuple[set, set], rng: np.random.Generator, tries: int = 1000) -> str:
    """Permute `mirna` (5'->3') until neither nt 2-7 nor nt 3-8 equals that position in any real miRNA."""
    letters = np.array(list(mirna))
    for _ in range(tries):
        mock = "".join(rng.permutation(letters))
        if mock[1:7] not in seeds[0] and mock[2:8] not in seeds[1]:
            return mock
    raise ValueError(f"{mirna}: no permutation out of {tries} avoids every real seed (too few distinct letters?)")


def make(positives: pd.DataFrame, reference: dict, settings: dict, seed: int, processes: int) -> tuple:
    """One mock negative per positive; settings: none."""
    rng = np.random.default_rng(seed)
    real = [*reference["mirnas"]["sequence"], *positives["mirna_sequence"].unique()]
    seeds = {name[1:7] for name in real}, {name[2:8] for name in real}
    mocks = [mock_mirna(mirna, seeds, rng) for mirna in positives["mirna_sequence"]]
    negatives = positives.assign(mirna_sequence=mocks, mirna="mock-" + positives["mirna"], mock=1)
    # What described the real miRNA does not describe the mock one.
    negatives = negatives.drop(columns=["seed_type", "mirbase_note"], errors="ignore")
    return positives, negatives, {"mock miRNAs made": len(negatives)}
