"""Sites scored chunk by chunk of 3'UTRs: what a prediction on one machine and each part of one on a cluster run alike.

Each finished chunk lies in a folder of its own until all are done, so that a killed prediction goes on where it
stopped. Beside the sequences, memory holds one chunk, however large the result.
"""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from deepmirnatar import __version__
from deepmirnatar.common.files import digest, sha256
from deepmirnatar.common.logs import log, progress
from deepmirnatar.prediction.inputs import Given
from deepmirnatar.prediction.known import add_known, read_known
from deepmirnatar.prediction.outputs import FORMS, genes_of, join_parts, merge_genes, sites_of, write_part
from deepmirnatar.prediction.predictor import CHUNK_SITES, Predictor, chunks

UNFINISHED = ".unfinished-"  # so begins the name of the folder of a prediction's finished chunks


def score_part(
    given: Given,
    stem: Path,
    part: int,
    parts: int,
    *,
    candidates: str,
    known: str | Path | None = None,
    weights: str | Path | None = None,
    scored: bool | None = None,
    threads: int = 1,
    device: str = "auto",
    code: str = "",
) -> None:
    """Score one of `parts` equal parts of the targets, to be put together by `finish`: the files of `stem`.

    Parts are numbered from 0; one may be empty, where there are few targets. `weights` and `scored` as in
    `Predictor.load`, `code` as in `score_chunks`.
    """
    predictor = Predictor.load(weights, threads, device, scored)
    chunked = score_chunks(predictor, given, stem.parent, candidates, known, part, parts, code)
    merge_genes([genes_of(each) for each in chunked], genes_of(stem), rank=False)
    join_parts(chunked, {form: sites_of(stem, form) for form in FORMS})
    remove_chunks(chunked)


def score_chunks(
    predictor: Predictor,
    given: Given,
    folder: Path,
    candidates: str,
    known=None,
    part: int = 0,
    parts: int = 1,
    code: str = "",
) -> list[Path]:
    """Score the chunks of one of `parts` equal parts, but for those done before; returns the stems of their files.

    Chunks of another version, of other `code` or of another size are not gone on from.
    """
    evidence = _evidence(known, given) if known else None
    tables = [pd.util.hash_pandas_object(table.astype(str)).to_list() for table in (given.mirnas, given.targets)]
    made_by = [__version__, code, CHUNK_SITES, predictor.scored]
    key = digest(*tables, candidates, predictor.digests, sha256(known) if known else None, part, parts, made_by)
    every = list(chunks(given.targets, len(given.mirnas)))
    own = [int(number) for number in np.array_split(np.arange(len(every)), parts)[part]]
    if not own:  # an empty part, whose tables have their columns all the same
        every, own = [every[0].iloc[:0]], [0]
    stems = [folder / f"{UNFINISHED}{key}" / f"{number:06d}" for number in own]
    todo = [each for each in zip(own, stems, strict=True) if not genes_of(each[1]).exists()]
    if len(todo) < len(own):
        log.info("going on with %d of %d chunks", len(todo), len(own))
    results = predictor.scan(given.mirnas, [every[number] for number, _ in todo], candidates)
    for (_, stem), found in zip(todo, progress(results, "scoring sites", len(todo), "chunks"), strict=True):
        genes = found.genes if evidence is None else add_known(found.genes, evidence)
        write_part(replace(found, genes=genes), stem)
    return stems


def _evidence(path, given: Given) -> pd.DataFrame:
    """The known targets among the input, with a warning where their names are of another kind than the input's."""
    known = read_known(path)
    log.info("known targets: %s", path)
    of_input = known["mirna"].isin(given.mirnas["mirna"]) & known["gene"].isin(given.targets["target"])
    if not of_input.any():
        log.warning(
            "warning: none of the %s known targets in %s has the name of a miRNA and of a target given here, so none "
            "is marked; names must be the same, as hsa-let-7a-5p and PTEN",
            f"{len(known):,}",
            path,
        )
    return known[of_input]


def remove_chunks(stems: list[Path]) -> None:
    """Remove the folder of finished chunks."""
    for folder in {stem.parent for stem in stems}:
        shutil.rmtree(folder)


def remove_unfinished(folder: Path) -> None:
    """Remove all chunks in a folder of results, also those that killed predictions of other input or options left."""
    for left in folder.glob(f"{UNFINISHED}*"):
        shutil.rmtree(left, ignore_errors=True)
