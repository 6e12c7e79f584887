"""Repression of every gene of a species by every one of its miRNAs: in parts, put together into one store.

A part is some of the mRNAs, in chunks that are the same however many parts there are, so that the store is the same,
too. Each finished chunk is a file, so that a killed run goes on where it stopped.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from deepmirnatar import __version__
from deepmirnatar.atlas.store import MOST, mrna_digests, to_falls, write_atlas
from deepmirnatar.common.did_you_mean import counted
from deepmirnatar.common.files import digest, read_description, read_tensors, sha256, write_tensors
from deepmirnatar.common.logs import log, progress
from deepmirnatar.prediction.checks import check_mature
from deepmirnatar.repression.model import WEIGHTS, Repression, repression_matrix
from deepmirnatar.species.file import Species

CHUNK_NT = 600_000  # of mRNAs; a million sites of the human miRNAs, ten seconds


def compute_atlas(species: Species, out: str | Path, parts: int = 1, part: int | None = None) -> Path:
    """The atlas of a species, or one of its parts.

    Parameters
    ----------
    species : from `species.store.load_species`.
    out : where the store goes; chunks and parts lie in the folder `out`.parts until the store is there.
    parts, part : with `part`, from 1 to `parts`, that part alone is computed, to be put together by `join_atlas`.

    Returns the file written. Gene and miRNA are as in the species; miRNAs of one sequence are computed once.
    """
    if part is not None:
        path = part_file(out, part, parts)
        compute_part(species, path, part - 1, parts)
        return path
    compute_part(species, part_file(out, 1, 1), 0, 1)
    return join_atlas(species, out, 1)


def join_atlas(species: Species, out: str | Path, parts: int) -> Path:
    """Put the parts together that `compute_atlas` left, and remove them. ValueError where one is missing."""
    files = [part_file(out, part, parts) for part in range(1, parts + 1)]
    join_parts(species, files, out)
    for file in files:
        file.unlink()
    if not any(files[0].parent.iterdir()):
        files[0].parent.rmdir()
    return Path(out)


def part_file(out: str | Path, part: int, parts: int) -> Path:
    """Where `compute_atlas` puts a part."""
    return Path(f"{out}.parts") / f"{part}-of-{parts}.safetensors"


def compute_part(species: Species, path: str | Path, part: int, parts: int) -> None:
    """One of `parts` parts of the mRNAs, numbered from 0, into the file `path`; what is finished already is kept."""
    path, key = Path(path), _key(species)
    if path.exists() and read_description(path) == _about(key, part, parts):
        log.info("%s is there already", path)
        return
    (mirnas, said), mrnas = mature(species), species.mrnas
    unique = _unique(mirnas)
    for sentence in said:
        log.warning("warning: %s", sentence)
    own = [each.tolist() for each in np.array_split(np.arange(len(mrnas)), _starts(mrnas))]
    numbers = np.array_split(np.arange(len(own)), parts)[part].tolist()
    files = {number: path.parent / f"chunk-{key}-{number:05d}.safetensors" for number in numbers}
    todo = [number for number in numbers if not files[number].exists()]
    if len(todo) < len(numbers):
        log.info("going on with %d of %d chunks", len(todo), len(numbers))
    model = Repression.load() if todo else None
    total = sum(len(own[number]) for number in todo)
    log.info("%s, %s", counted(len(unique), "miRNA sequence"), counted(total, "mRNA"))
    for number in progress(todo, "predicting repression", unit="chunks"):
        falls = to_falls(repression_matrix(unique, mrnas.iloc[own[number]], model))
        write_tensors({"falls": falls}, {}, files[number])
    found = [np.empty((0, len(unique)), dtype=np.uint16), *(read_tensors(file)[0]["falls"] for file in files.values())]
    falls = np.concatenate(found)
    if beyond := int((falls == MOST).sum()):
        log.warning(
            "warning: %s have a repression below what the atlas holds, -%.4f", counted(beyond, "pair"), MOST / 1e4
        )
    write_tensors({"falls": falls}, _about(key, part, parts), path)
    for file in files.values():
        file.unlink()


def join_parts(species: Species, files: Sequence[str | Path], out: str | Path) -> None:
    """The store `out` from all parts, in their order. ValueError where a part is missing or of something else."""
    key, falls = _key(species), []
    for part, file in enumerate(files):
        if not Path(file).exists():
            raise ValueError(f"{file}: part {part + 1} of {len(files)} is missing; compute it first")
        tensors, about = read_tensors(file)
        if about != _about(key, part, len(files)):
            raise ValueError(
                f"{file}: is not part {part + 1} of {len(files)} of these mRNAs, miRNAs and weights; compute it again"
            )
        falls.append(tensors["falls"])
    mirnas, _ = mature(species)
    mirnas["conserved"] = mirnas["conserved"].astype(int)
    column = mirnas["mirna_sequence"].map({each: place for place, each in enumerate(_unique(mirnas)["mirna_sequence"])})
    falls = np.concatenate(falls)[:, column]
    mirnas = mirnas.rename(columns={"mirna_sequence": "sequence"})
    genes = species.mrnas.assign(mrna=mrna_digests(species.mrnas))
    write_atlas(out, mirnas, genes, falls, about_atlas(species))
    log.info("%s, %s: %s", counted(len(mirnas), "miRNA"), counted(len(falls), "gene"), out)


def about_atlas(species: Species) -> dict[str, str]:
    """What an atlas of this species follows from, as its table `about` holds it."""
    sources = {f"source of {name}": str(species.about[name]) for name in ("mrnas", "mirnas") if name in species.about}
    weights, sequences = sha256(WEIGHTS), _sequences(species)
    return {"species": species.name, "version": __version__, "weights": weights, "sequences": sequences, **sources}


def mature(species: Species) -> tuple[pd.DataFrame, list[str]]:
    """The species' miRNAs without those that have no mature miRNA's length, and a sentence on these."""
    faults = []
    kept = np.ones(len(species.mirnas), dtype=bool)
    for row, (name, sequence) in enumerate(species.mirnas[["mirna", "mirna_sequence"]].to_numpy()):
        try:
            check_mature(name, sequence)
        except ValueError as error:
            faults.append(str(error))
            kept[row] = False
    said = [f"{counted(len(faults), 'miRNA')} left out; first: {faults[0]}"] if faults else []
    missing = {name: value for name, value in (("accession", ""), ("conserved", False)) if name not in species.mirnas}
    return species.mirnas[kept].reset_index(drop=True).assign(**missing), said


def _unique(mirnas: pd.DataFrame) -> pd.DataFrame:
    return mirnas[["mirna_sequence"]].drop_duplicates(ignore_index=True)


def _starts(mrnas: pd.DataFrame) -> np.ndarray:
    """Rows at which a new chunk begins, but for the first."""
    return np.flatnonzero(np.diff(mrnas["sequence"].str.len().cumsum() // CHUNK_NT)) + 1


def _key(species: Species) -> str:
    """Of all that the numbers follow from."""
    return digest(_sequences(species), sha256(WEIGHTS), __version__, CHUNK_NT)


def _about(key: str, part: int, parts: int) -> dict:
    return {"key": key, "part": part, "parts": parts}


def _sequences(species: Species) -> str:
    """A digest of the miRNAs and mRNAs."""
    tables = (
        species.mirnas[["mirna", "mirna_sequence"]],
        species.mrnas[["target", "sequence", "cds_start", "cds_end"]],
    )
    return digest(*(pd.util.hash_pandas_object(table, index=False).tolist() for table in tables))
