"""What every family does to every mRNA: computed once for a set of sequences, then kept in the user's cache."""

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from deepmirnatar import __version__
from deepmirnatar.activity.covariates import covariates, gc_content
from deepmirnatar.activity.families import families, is_au_rich
from deepmirnatar.activity.given import Given
from deepmirnatar.activity.seed_sites import best_sites
from deepmirnatar.common.files import digest, read_tensors, sha256, write_tensors
from deepmirnatar.common.logs import log, progress
from deepmirnatar.rna.sequences import family

BLOCK = 1000  # mRNAs that are predicted at once
SHORTEST_UTR = 30  # nt
ENOUGH_FAMILIES = 300  # from which the spread of z can be read; fewer are filled up with shuffled miRNAs
DECOYS, SEED = 500, 1


@dataclass
class Predictions:
    """mRNAs and families with what is predicted between them. Arrays have one row per mRNA, one column per family."""

    mrnas: pd.DataFrame  # target, sequence, cds_start, cds_end, and further names of the genes
    families: pd.DataFrame  # family, mirnas, mirna, mirna_sequence, conserved, au_rich_seed, decoy (bool)
    repression: np.ndarray  # float16, >= 0: predicted fall of the mRNA in log2 units
    best: np.ndarray  # uint8, index into `seed_sites.BEST`, of the 3'UTR
    names: dict[str, int] = field(default_factory=dict)  # further names of genes -> row
    knows_conserved: bool = False  # is it known which families are conserved?
    quick: bool = False  # a weighted count of sites instead of repression

    @cached_property
    def covariates(self) -> np.ndarray:
        """See `covariates.covariates`."""
        return covariates(self.mrnas)

    def length_and_gc(self) -> tuple[np.ndarray, np.ndarray]:
        """Of the 3'UTRs, in nt and as a fraction; shapes (mRNAs,)."""
        utrs = _utrs(self.mrnas)
        return np.array([len(utr) for utr in utrs]), gc_content(utrs)


def predictions(given: Given, quick: bool = False, kept: str | Path | None = None) -> Predictions:
    """Of all families of the miRNAs on all mRNAs with a 3'UTR of 30 nt or more.

    `quick`: a weighted count of seed sites instead of the model of repression. Minutes the first time, then a second.
    `kept`: where they are kept; default: a file in the user's cache, named by all that they follow from.
    """
    long = (given.mrnas["sequence"].str.len() - given.mrnas["cds_end"] >= SHORTEST_UTR).to_numpy()
    if not long.any():
        raise ValueError(f"none of the mRNAs has a 3'UTR of {SHORTEST_UTR} nt or more; give mRNAs or 3'UTRs")
    mrnas = given.mrnas[long].reset_index(drop=True)
    table = _with_decoys(families(given.mirnas))
    arrays = _kept(table, mrnas, quick, kept)
    place = np.where(long, np.cumsum(long) - 1, -1)
    names = {name: int(place[row]) for name, row in given.names.items() if long[row]}
    return Predictions(mrnas, table, arrays["repression"], arrays["best"], names, "conserved" in given.mirnas, quick)


def _kept(table: pd.DataFrame, mrnas: pd.DataFrame, quick: bool, kept: str | Path | None) -> dict[str, np.ndarray]:
    """The arrays, read where they are kept and are of just this input, or else computed and kept."""
    from deepmirnatar.species.file import cache_folder

    key = _key(table, mrnas, quick)
    path = Path(kept or cache_folder() / "activity" / f"{key}.safetensors")
    if path.exists():
        arrays, about = read_tensors(path)
        if about.get("key") == key:
            return arrays
    arrays = _compute(table, mrnas, quick)
    write_tensors(arrays, {"key": key}, path)
    log.info("kept for the next table: %s", path)
    return arrays


def _compute(table: pd.DataFrame, mrnas: pd.DataFrame, quick: bool) -> dict[str, np.ndarray]:
    best, count = best_sites(table["family"].tolist(), _utrs(mrnas))
    if quick:
        return {"repression": count.astype(np.float16), "best": best}
    from deepmirnatar.atlas.looked_up import looked_up
    from deepmirnatar.atlas.store import STEP, to_falls
    from deepmirnatar.repression.model import repression_matrix

    falls = looked_up(table, mrnas)
    if falls is None:
        falls = np.zeros(best.shape, dtype=np.uint16)
        starts = range(0, len(mrnas), BLOCK)
        for start in progress(starts, "predicting repression, once", len(mrnas), "mRNAs", BLOCK):
            block = mrnas.iloc[start : start + BLOCK].reset_index(drop=True)
            # In the steps of the atlas, so that the result is the same with and without one.
            falls[start : start + BLOCK] = to_falls(repression_matrix(table, block))
    return {"repression": (falls * np.float32(STEP)).astype(np.float16), "best": best}


def _key(table: pd.DataFrame, mrnas: pd.DataFrame, quick: bool) -> str:
    """Of all that the arrays follow from: sequences, the program's version, the model's weights."""
    columns = [table["mirna_sequence"], mrnas["sequence"], mrnas["cds_start"], mrnas["cds_end"]]
    hashes = [pd.util.hash_pandas_object(column, index=False).to_numpy().tobytes().hex() for column in columns]
    return digest(hashes, __version__, None if quick else _weights())


def _weights() -> list[str]:
    import deepmirnatar.repression as package

    return [sha256(path) for path in sorted(Path(package.__file__).parent.glob("weights/*.safetensors"))]


def _with_decoys(table: pd.DataFrame) -> pd.DataFrame:
    """A few families cannot show how widely z spreads without effect: shuffled miRNAs of other seeds are added."""
    table = table.assign(decoy=False)
    if len(table) >= ENOUGH_FAMILIES:
        return table
    rng, seen, rows = np.random.default_rng(SEED), set(table["family"]), []
    tries = 0
    while len(rows) < DECOYS and tries < 100 * DECOYS:
        sequence = table["mirna_sequence"].iloc[tries % len(table)]
        shuffled = "".join(rng.permutation(list(sequence)))
        tries += 1
        if family(shuffled) not in seen:
            seen.add(family(shuffled))
            au_rich = is_au_rich(family(shuffled))
            rows.append((family(shuffled), "", f"decoy-{len(rows) + 1}", shuffled, False, au_rich, True))
    return pd.concat([table, pd.DataFrame(rows, columns=table.columns)], ignore_index=True)


def _utrs(mrnas: pd.DataFrame) -> list[str]:
    return [sequence[end:] for sequence, end in zip(mrnas["sequence"], mrnas["cds_end"], strict=True)]
