"""Numbers of an atlas at hand, for whoever would compute the same ones."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from deepmirnatar import __version__
from deepmirnatar.atlas.store import FALLS, Atlas, mrna_digests
from deepmirnatar.common.files import sha256
from deepmirnatar.common.logs import log
from deepmirnatar.repression.model import WEIGHTS
from deepmirnatar.species.file import cache_folder


def looked_up(mirnas: pd.DataFrame, mrnas: pd.DataFrame) -> np.ndarray | None:
    """`store.to_falls` of the built-in model's repression, uint16 (mRNAs, miRNAs), from an atlas of the cache folder.

    `mirnas`: column mirna_sequence; `mrnas`: sequence, cds_start, cds_end. None where no atlas has all of them, or it
    was made by other weights or another version.
    """
    wanted = mrna_digests(mrnas)
    for path in sorted(cache_folder().glob("*.atlas.sqlite")):
        try:
            atlas = Atlas.open(path)
        except ValueError:
            continue
        if (atlas.about.get("version"), atlas.about.get("weights")) != (__version__, sha256(WEIGHTS)):
            continue
        rows = _places(atlas.genes["mrna"], wanted)
        columns = _places(atlas.mirnas["sequence"], mirnas["mirna_sequence"])
        if rows is not None and columns is not None:
            log.info("repression is read from %s", path)
            falls = np.empty((len(rows), len(columns)), dtype=FALLS)
            for place, number in enumerate(columns.tolist()):
                falls[:, place] = atlas.falls_of_mirna(number)[rows]
            return falls
    return None


def _places(there: pd.Series, wanted: Sequence[str]) -> np.ndarray | None:
    """Where each of `wanted` first is in `there`; None where one is not."""
    found = pd.Index(there.drop_duplicates()).get_indexer(wanted)
    return there.drop_duplicates().index.to_numpy()[found] if (found >= 0).all() else None
