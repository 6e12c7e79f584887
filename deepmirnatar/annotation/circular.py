"""Circular targets: their ends are joined, so that a site may lie across the junction.

A circle is scanned as a line that goes on beyond its end; of the places that such a line holds twice, those with all
their surroundings are kept, and positions are counted on the circle.
"""

import numpy as np
import pandas as pd

from deepmirnatar.rna.seeds import WINDOW

BEYOND = 2 * WINDOW  # nt by which a circle's line goes on: the surroundings of a site on either side of the junction


def unrolled(targets: pd.DataFrame) -> pd.DataFrame:
    """Targets as lines that go on beyond their ends, with a column `circle`: the length of the circle.

    All of a circle is scanned: it has no coding part.
    """
    lengths = targets["sequence"].str.len()
    lines = [(text * (BEYOND // len(text) + 2))[: len(text) + BEYOND] for text in targets["sequence"]]
    return targets.assign(sequence=lines, circle=lengths, cds_start=0, cds_end=0)


def counted_once(start: np.ndarray, circle: np.ndarray) -> np.ndarray:
    """Which sites on lines are kept: each place of a circle once. `start` is of the seed; all of shape (sites,)."""
    return (start >= WINDOW) & (start < circle + WINDOW)


def rounds(start: np.ndarray, circle: np.ndarray) -> np.ndarray:
    """How many nt of whole rounds lie before these starts on lines, to be taken off starts and ends alike.

    A start is then on the circle; an end beyond the circle's length lies across the junction.
    """
    return start - start % circle
