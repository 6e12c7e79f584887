"""One prediction from files or texts to files: what the command, the rule and the local page run alike.

A chunk's genes are in order, so the ranking of all is a merge of their files.
"""

from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from deepmirnatar import __version__
from deepmirnatar.common.did_you_mean import counted
from deepmirnatar.common.files import read_tsv
from deepmirnatar.common.logs import log, progress
from deepmirnatar.prediction.chunks import remove_chunks, remove_unfinished, score_chunks
from deepmirnatar.prediction.explain import importances
from deepmirnatar.prediction.inputs import Given, announced, no_site, read_inputs, read_texts
from deepmirnatar.prediction.outputs import TEXT, genes_of, join_sites, merge_genes, sites_of, write_sites
from deepmirnatar.prediction.predictor import Prediction, Predictor
from deepmirnatar.prediction.report import write_report

MOST_ROWS, EXPLAINED = 5000, 50  # rows of the report, and sites that are drawn with what their scores rest on
AT_ONCE = 20  # sites that are explained at once


def predict_files(
    mirnas,
    targets=None,
    out: str | Path = "deepmirnatar-results",
    *,
    annotation: str | Path | None = None,
    genome: str | Path | None = None,
    mirbase: str | Path | None = None,
    candidates: str = "seed_match",
    known: str | Path | None = None,
    weights: str | Path | None = None,
    explained: int = EXPLAINED,
    threads: int = 1,
) -> list[Path]:
    """Score miRNAs on targets into a folder; returns the files written, the report last.

    `mirnas`, `targets`, `annotation`, `genome`, `mirbase`: as `inputs.read_inputs` takes them. `known`: a table of
    known targets (mirna, gene, strong). `weights`: as `Predictor.load` takes it. Raises ValueError with one sentence
    for input that cannot be used, and where there is no candidate site.
    """
    if Path(out).exists() and not Path(out).is_dir():
        raise ValueError(f"{out}: is a file; --out names a folder")
    given = announced(read_inputs(mirnas, targets, mirbase, annotation, genome))
    predictor = Predictor.load(weights, threads)
    chunked = score_chunks(predictor, given, Path(out), candidates, known)
    try:
        written = finish(predictor, given, chunked, Path(out), candidates, explained)
    except ValueError:  # there is nothing to go on with
        remove_chunks(chunked)
        raise
    remove_unfinished(Path(out))
    return written


def finish(
    predictor: Predictor, given: Given, stems: list[Path], out: Path, candidates: str, explained: int = EXPLAINED
) -> list[Path]:
    """Put scored chunks together: genes.tsv, sites.tsv, sites.bed, sites.gff3 and report.html.

    ValueError where there is no site at all; what lies in `out` is then unchanged.
    """
    if all(read_tsv(genes_of(stem), dtype=TEXT, nrows=1).empty for stem in stems):
        raise ValueError(no_site(given, candidates))
    for sentence in predictor.doubts(given.targets):
        log.warning("warning: %s", sentence)
    totals = merge_genes([genes_of(stem) for stem in stems], out / "genes.tsv")
    without = len(given.targets) - totals["targets"]
    log.info(
        "%s, %s of a miRNA and a target%s",
        counted(totals["sites"], "candidate site"),
        counted(totals["pairs"], "pair"),
        f"; {counted(without, 'target')} without a site" if without else "",
    )
    written = write_sites(out, [sites_of(stem) for stem in stems])
    top = _top(stems, read_tsv(out / "genes.tsv", dtype=TEXT, nrows=MOST_ROWS))
    lengths = dict(zip(given.targets["target"], given.targets["sequence"].str.len(), strict=True))
    drawn = best(predictor, top, explained)
    write_report(
        out / "report.html", top.genes, top.sites, lengths, about(given, predictor, candidates), drawn, totals=totals
    )
    return [out / "genes.tsv", *written, out / "report.html"]


def about(given: Given, predictor: Predictor, candidates: str) -> dict:
    """How a prediction was made, for its report."""
    names, (*binding, repression) = predictor.about["names"], predictor.about["sha256"]
    return {
        "version": __version__,
        "date": datetime.now(UTC).date().isoformat(),
        "binding": f"{names['binding']} ({', '.join(sha[:12] for sha in binding)})",
        "repression": f"{names['repression']} ({repression[:12]})",
        "miRNAs": f"{len(given.mirnas):,}",
        **({"names": "; ".join(given.meant)} if given.meant else {}),
        "targets": f"{len(given.targets):,}",
        **({"isoforms": "; ".join(given.chosen)} if given.chosen else {}),
        "candidates": candidates,
        "warnings": [*given.warnings, *predictor.doubts(given.targets)],
    }


def predict_texts(
    mirnas: str, targets: str, mirbase: str | Path | None = None, weights: str | Path | None = None
) -> tuple:
    """For the local page: FASTA, plain sequences or names in, (genes, sites, lengths, about, explained) out, as
    `report_page` takes them. `mirbase` as in `read_inputs`."""
    given = read_texts(mirnas, targets, mirbase)
    predictor = Predictor.load(weights)
    result = predictor.predict(given.mirnas, given.targets)
    if result.genes.empty:
        raise ValueError(no_site(given, None))
    lengths = dict(zip(given.targets["target"], given.targets["sequence"].str.len(), strict=True))
    return result.genes, result.sites, lengths, about(given, predictor, "seed_match"), best(predictor, result, 30)


def best(predictor: Predictor, result: Prediction, count: int) -> dict[tuple, dict]:
    """(mirna_sequence, site_sequence) -> importance of the bases, for sites of the first genes, best first.

    Empty for a model whose scores are no probabilities: a change of log-odds is asked for.
    """
    if not predictor.scorer.probabilities:
        return {}
    order = result.genes[["mirna", "target", "rank"]]
    sites = result.sites.merge(order, on=["mirna", "target"]).sort_values(["rank", "score"], ascending=[True, False])
    rows = sites[~sites["site_sequence"].str.contains("N")].head(count)
    pairs = list(dict.fromkeys(zip(rows["mirna_sequence"], rows["site_sequence"], strict=True)))
    steps = range(0, len(pairs), AT_ONCE)
    found: list[dict] = []
    for first in progress(steps, "explaining the first sites", len(pairs), "sites", AT_ONCE):
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
