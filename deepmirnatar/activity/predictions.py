"""What every family does to every mRNA: computed once for a set of sequences, then kept in the user's cache."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from deepmirnatar import __version__
from deepmirnatar.activity.covariates import covariates, gc_content
from deepmirnatar.activity.families import conserved_families, families, is_au_rich
from deepmirnatar.activity.given import Given
from deepmirnatar.activity.seed_sites import best_sites
from deepmirnatar.common.files import digest, read_tensors, sha256, write_tensors
from deepmirnatar.common.logs import log, progress
from deepmirnatar.rna.sequences import family

BLOCK = 100  # families that are predicted at once, on all mRNAs
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
    quick: bool = False  # a weighted count of sites in place of repression

    @cached_property
    def covariates(self) -> np.ndarray:
        """See `covariates.covariates`."""
        return covariates(self.mrnas)

    def length_and_gc(self) -> tuple[np.ndarray, np.ndarray]:
        """Of the 3'UTRs, in nt and as a fraction; shapes (mRNAs,)."""
        utrs = _utrs(self.mrnas)
        return np.array([len(utr) for utr in utrs]), gc_content(utrs)


def predictions(given: Given, quick: bool = False) -> Predictions:
    """Of all families of the miRNAs on all mRNAs with a 3'UTR of 30 nt or more.

    `quick`: a weighted count of seed sites in place of the model of repression. Minutes the first time, then a second.
    """
    long = (given.mrnas["sequence"].str.len() - given.mrnas["cds_end"] >= SHORTEST_UTR).to_numpy()
    if not long.any():
        raise ValueError(f"none of the mRNAs has a 3'UTR of {SHORTEST_UTR} nt or more; give mRNAs or 3'UTRs")
    mrnas = given.mrnas[long].reset_index(drop=True)
    table = _with_decoys(families(given.mirnas))
    table = table.assign(
        conserved=table["family"].isin(_conserved(given)) & ~table["decoy"],
        au_rich_seed=table["family"].map(is_au_rich),
    )
    path = cache_folder() / "activity" / f"{_key(table, mrnas, quick)}.safetensors"
    if path.exists():
        arrays, _ = read_tensors(path)
    else:
        arrays = _compute(table, mrnas, quick)
        write_tensors(arrays, {"families": len(table), "mrnas": len(mrnas)}, path)
        log.info("kept for the next table: %s", path)
    names = {}
    if given.names is not None:
        place = np.where(long, np.cumsum(long) - 1, -1)[given.names["row"].to_numpy()]
        names = {name: int(row) for name, row in zip(given.names["name"], place, strict=True) if row >= 0}
    return Predictions(mrnas, table, arrays["repression"], arrays["best"], names, given.knows_conserved, quick)


def _conserved(given: Given) -> set[str]:
    """Families, by mature.fa, or else by the species' own column."""
    if given.mature:
        return conserved_families(given.mature, given.mirnas)
    if "conserved" in given.mirnas:
        return set(given.mirnas.loc[given.mirnas["conserved"].astype(bool), "mirna_sequence"].map(family))
    return set()


def cache_folder() -> Path:
    """The user's cache, or DEEPMIRNATAR_CACHE."""
    from platformdirs import user_cache_dir

    return Path(os.environ.get("DEEPMIRNATAR_CACHE") or user_cache_dir("deepmirnatar"))


def _compute(table: pd.DataFrame, mrnas: pd.DataFrame, quick: bool) -> dict[str, np.ndarray]:
    best, count = best_sites(table["family"].tolist(), _utrs(mrnas))
    if quick:
        return {"repression": count.astype(np.float16), "best": best}
    repression = np.zeros(best.shape, dtype=np.float16)
    done = progress(_blocks(table, mrnas), "predicting repression", len(table), "families", BLOCK)
    for number, block in enumerate(done):
        repression[:, number * BLOCK : number * BLOCK + block.shape[1]] = -block
    return {"repression": repression, "best": best}


def _blocks(table: pd.DataFrame, mrnas: pd.DataFrame) -> Iterator[np.ndarray]:
    """Predicted log2 fold changes, (mRNAs, up to BLOCK families)."""
    from deepmirnatar.repression.predict import repression_matrix

    for start in range(0, len(table), BLOCK):
        block = table.iloc[start : start + BLOCK].reset_index(drop=True)
        yield repression_matrix(block[["mirna", "mirna_sequence"]], mrnas)


def _key(table: pd.DataFrame, mrnas: pd.DataFrame, quick: bool) -> str:
    """Of all that the arrays follow from: sequences, the program's version, the model's weights."""
    columns = [table["mirna_sequence"], mrnas["sequence"], mrnas["cds_start"], mrnas["cds_end"]]
    hashes = [pd.util.hash_pandas_object(column, index=False).to_numpy().tobytes().hex() for column in columns]
    return digest(hashes, __version__, None if quick else _weights())


def _weights() -> list[str]:
    import deepmirnatar.repression as package

    return [sha256(path) for path in sorted(Path(package.__file__).parent.glob("weights/*"))]


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
            rows.append((family(shuffled), "", f"decoy-{len(rows) + 1}", shuffled, True))
    return pd.concat([table, pd.DataFrame(rows, columns=table.columns)], ignore_index=True)


def _utrs(mrnas: pd.DataFrame) -> list[str]:
    return [sequence[end:] for sequence, end in zip(mrnas["sequence"], mrnas["cds_end"], strict=True)]
