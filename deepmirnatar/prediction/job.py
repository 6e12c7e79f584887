"""One prediction from files or texts to files: what the command, the rule and the local page run alike.

3'UTRs go through in chunks. Each finished chunk lies in a folder of its own until all are done, so that a killed
prediction goes on where it stopped. A chunk's genes are in order, so the ranking of all is a merge of their files:
beside the sequences, memory holds one chunk, however large the result.
"""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd

from deepmirnatar import __version__
from deepmirnatar.common.files import atomic, digest, read_tsv, sha256, write_tsv
from deepmirnatar.common.logs import log, progress
from deepmirnatar.prediction.explain import importances
from deepmirnatar.prediction.inputs import Inputs, no_site, read_inputs, read_texts
from deepmirnatar.prediction.outputs import TEXT, genes_of, join_sites, merge_genes, sites_of, write_sites
from deepmirnatar.prediction.predictor import CHUNK, WEIGHTS, Prediction, Predictor, chunks
from deepmirnatar.prediction.report import write_report
from deepmirnatar.prediction.targets import add_known, read_known

MOST_ROWS, EXPLAINED = 5000, 50  # rows of the report, and sites that are drawn with what their scores rest on
AT_ONCE = 20  # sites that are explained at once
# Of a chunk: with more miRNAs, fewer nt of 3'UTRs go through at once.
MOST_CELLS, LEAST = 20_000_000, 50_000


def predict_files(
    mirnas,
    targets,
    out: str | Path,
    candidates: str = "seed_match",
    explained: int = EXPLAINED,
    threads: int = 1,
    weights: str | Path | None = None,
    known: str | Path | None = None,
    **sources,
) -> list[Path]:
    """Score miRNAs on targets into a folder; returns the files written, the report last.

    `mirnas`, `targets`, `sources`: as `inputs.read_inputs` takes them. `known`: a table of known targets (mirna, gene,
    strong). Raises ValueError with one sentence for input that cannot be
    used, and where there is no candidate site.
    """
    given = announced(read_inputs(mirnas, targets, **sources))
    predictor = Predictor.load(weights or WEIGHTS, threads)
    chunked = score_chunks(predictor, given, Path(out), candidates, known)
    try:
        written = finish(predictor, given, chunked, Path(out), candidates, explained)
    except ValueError:  # there is nothing to go on with
        remove_chunks(chunked)
        raise
    remove_chunks(chunked)
    return written


def announced(given: Inputs) -> Inputs:
    """The same, what its names mean and its warnings written to the log."""
    for sentence in given.meant:
        log.info("%s", sentence)
    for sentence in given.warnings:
        log.warning("warning: %s", sentence)
    return given


def score_part(given: Inputs, stem: Path, part: int, parts: int, candidates: str, threads: int, known=None) -> None:
    """Score one of `parts` equal parts of the targets, to be put together by `finish`: the files of `stem`.

    Parts are numbered from 0; one may be empty, where there are few targets.
    """
    predictor = Predictor.load(WEIGHTS, threads)
    chunked = score_chunks(predictor, given, stem.parent, candidates, known, part, parts)
    merge_genes([genes_of(each) for each in chunked], genes_of(stem), rank=False)
    with atomic(sites_of(stem)) as out:
        for number, sites in enumerate(join_sites([sites_of(each) for each in chunked])):
            sites.to_csv(out, header=number == 0, mode="a", sep="\t", index=False, lineterminator="\n")
    remove_chunks(chunked)


def score_chunks(
    predictor: Predictor, given: Inputs, folder: Path, candidates: str, known=None, part: int = 0, parts: int = 1
) -> list[Path]:
    """Score the chunks of one of `parts` equal parts, but for those done before; returns the stems of their files."""
    evidence = _evidence(known, given) if known else None
    tables = [pd.util.hash_pandas_object(table.astype(str)).to_list() for table in (given.mirnas, given.targets)]
    key = digest(*tables, candidates, predictor.about["sha256"], sha256(known) if known else None, part, parts)
    every = list(chunks(given.targets, max(LEAST, min(CHUNK, MOST_CELLS // len(given.mirnas)))))
    own = [int(number) for number in np.array_split(np.arange(len(every)), parts)[part]]
    if not own:  # an empty part, whose tables have their columns all the same
        every, own = [every[0].iloc[:0]], [0]
    stems = [folder / f".unfinished-{key}" / f"{number:06d}" for number in own]
    todo = [each for each in zip(own, stems, strict=True) if not genes_of(each[1]).exists()]
    if len(todo) < len(own):
        log.info("going on with %d of %d chunks", len(todo), len(own))
    results = predictor.scan(given.mirnas, [every[number] for number, _ in todo], candidates)
    for (_, stem), found in zip(todo, progress(results, "scoring sites", len(todo), "chunks"), strict=True):
        genes = with_training(found.genes, predictor.about["sites"].get("mirna_counts"))
        genes = genes if evidence is None else add_known(genes, evidence)
        write_tsv(found.sites, sites_of(stem))
        write_tsv(genes, genes_of(stem))
    return stems


def _evidence(path, given: Inputs) -> pd.DataFrame:
    """The known targets, with a warning where their names are of another kind than those of the input."""
    known = read_known(path)
    log.info("known targets: %s", path)
    if not (known["mirna"].isin(given.mirnas["mirna"]) & known["gene"].isin(given.targets["target"])).any():
        log.warning(
            "warning: none of the %s known targets in %s has the name of a miRNA and of a target given here, so none "
            "is marked; names must be the same, as hsa-let-7a-5p and PTEN",
            f"{len(known):,}",
            path,
        )
    return known


def with_training(genes: pd.DataFrame, counts: dict[str, list[int]] | None) -> pd.DataFrame:
    """With the training rows of each miRNA, `mirna_positives` and `mirna_negatives`.

    `counts`: miRNA -> [positives, negatives]; without it the table is unchanged.
    """
    if counts is None:
        return genes
    rows = [counts.get(mirna, [0, 0]) for mirna in genes["mirna"]]
    return genes.assign(mirna_positives=[row[0] for row in rows], mirna_negatives=[row[1] for row in rows])


def remove_chunks(stems: list[Path]) -> None:
    """Remove the folder of finished chunks."""
    for folder in {stem.parent for stem in stems}:
        shutil.rmtree(folder)


def finish(
    predictor: Predictor, given: Inputs, stems: list[Path], out: Path, candidates: str, explained: int = EXPLAINED
) -> list[Path]:
    """Put scored chunks together: genes.tsv, sites.tsv, sites.bed, sites.gff3 and report.html.

    ValueError where there is no site at all; what lies in `out` is then unchanged.
    """
    if all(read_tsv(genes_of(stem), dtype=TEXT, nrows=1).empty for stem in stems):
        raise ValueError(no_site(given))
    totals = merge_genes([genes_of(stem) for stem in stems], out / "genes.tsv")
    log.info("%d candidate sites, %d pairs of a miRNA and a gene", totals["sites"], totals["pairs"])
    written = write_sites(out, [sites_of(stem) for stem in stems])
    top = _top(stems, read_tsv(out / "genes.tsv", dtype=TEXT, nrows=MOST_ROWS))
    lengths = dict(zip(given.targets["target"], given.targets["utr"].str.len(), strict=True))
    drawn = best(predictor, top, explained)
    write_report(
        out / "report.html", top.genes, top.sites, lengths, about(given, predictor, candidates), drawn, totals=totals
    )
    return [out / "genes.tsv", *written, out / "report.html"]


def about(given: Inputs, predictor: Predictor, candidates: str) -> dict:
    """How a prediction was made, for its report."""
    return {
        "version": __version__,
        "date": datetime.now(UTC).date().isoformat(),
        "weights": ", ".join(sha[:12] for sha in predictor.about["sha256"]),
        "miRNAs": f"{len(given.mirnas):,}",
        **({"names": "; ".join(given.meant)} if given.meant else {}),
        "targets": f"{len(given.targets):,}",
        "candidates": candidates,
        "warnings": given.warnings,
    }


def predict_texts(mirnas: str, targets: str, mirbase: str | Path | None = None) -> tuple:
    """For the local page: FASTA, plain sequences or names in, (genes, sites, lengths, about, explained) out, as
    `report_page` takes them. `mirbase` as in `read_inputs`."""
    given = read_texts(mirnas, targets, mirbase)
    predictor = Predictor.load()
    result = predictor.predict(given.mirnas, given.targets)
    if result.genes.empty:
        raise ValueError(no_site(given))
    lengths = dict(zip(given.targets["target"], given.targets["utr"].str.len(), strict=True))
    return result.genes, result.sites, lengths, about(given, predictor, "seed_match"), best(predictor, result, 30)


def best(predictor: Predictor, result: Prediction, count: int) -> dict[tuple, dict]:
    """(mirna_sequence, site_sequence) -> importance of the bases, for the best sites of the first genes."""
    order = result.genes[["mirna", "target", "rank"]]
    sites = result.sites.merge(order, on=["mirna", "target"]).sort_values(["rank", "score"], ascending=[True, False])
    rows = sites[~sites["site_sequence"].str.contains("N")].head(count)
    pairs = list(dict.fromkeys(zip(rows["mirna_sequence"], rows["site_sequence"], strict=True)))
    steps = range(0, len(pairs), AT_ONCE)
    found: list[dict] = []
    for first in progress(steps, "explaining the best sites", unit=f"x {AT_ONCE}"):
        found += importances(predictor, pairs[first : first + AT_ONCE])
    return dict(zip(pairs, found, strict=True))


def _top(stems: list[Path], genes: pd.DataFrame) -> Prediction:
    """The genes of the report, with all their sites."""
    keys = pd.MultiIndex.from_frame(genes[["mirna", "target"]])
    tables = [
        table[pd.MultiIndex.from_frame(table[["mirna", "target"]]).isin(keys)]
        for table in join_sites([sites_of(stem) for stem in stems])
    ]
    return Prediction(pd.concat(tables, ignore_index=True), genes)
