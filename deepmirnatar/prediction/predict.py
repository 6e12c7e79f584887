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
from deepmirnatar.prediction import EXPLAINED
from deepmirnatar.prediction.chunks import remove_chunks, remove_unfinished, score_chunks
from deepmirnatar.prediction.explain import importances
from deepmirnatar.prediction.inputs import Given, announced, no_site, read_inputs, read_texts
from deepmirnatar.prediction.outputs import TEXT, genes_of, join_sites, merge_genes, sites_of, write_sites
from deepmirnatar.prediction.predictor import Prediction, Predictor
from deepmirnatar.prediction.report import write_report

MOST_ROWS = 5000  # of the report
AT_ONCE = 20  # sites that are explained at once


def predict_files(
    mirnas=None,
    targets=None,
    out: str | Path = "deepmirnatar-results",
    *,
    candidates: str = "seed_match",
    known: str | Path | None = None,
    weights: str | Path | None = None,
    scored: bool | None = None,
    explained: int = EXPLAINED,
    threads: int = 1,
    **given,
) -> list[Path]:
    """Predict targets into a folder; returns the files written, the report last.

    Parameters
    ----------
    mirnas, targets, **given : as `inputs.read_inputs` takes them (genes, species, annotation, genome, ...).
    out : folder; results in it are replaced.
    candidates : a key of `seeds.CANDIDATES`.
    known : a table of known targets (mirna, gene, strong), which are marked.
    weights, scored : as `Predictor.load` takes them.
    explained : number of sites that are drawn with the bases that the network's score rests on.
    threads : of a network that needs PyTorch.

    Raises ValueError with one sentence for input that cannot be used, and where there is no candidate site.
    """
    if Path(out).exists() and not Path(out).is_dir():
        raise ValueError(f"{out}: is a file; --out names a folder")
    read = announced(read_inputs(mirnas, targets, **given))
    predictor = Predictor.load(weights, threads, scored=scored)
    chunked = score_chunks(predictor, read, Path(out), candidates, known)
    try:
        written = finish(predictor, read, chunked, Path(out), candidates, explained)
    except ValueError:  # there is nothing to go on with
        remove_chunks(chunked)
        raise
    remove_unfinished(Path(out))
    return written


def finish(
    predictor: Predictor, given: Given, stems: list[Path], out: Path, candidates: str, explained: int = EXPLAINED
) -> list[Path]:
    """Put scored chunks together: genes.tsv, sites.tsv, sites.bed, sites.gff3 and report.html.

    ValueError where there is no site at all; `out` is then unchanged.
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
    written = write_sites(out, stems)
    top = _top(stems, read_tsv(out / "genes.tsv", dtype=TEXT, nrows=MOST_ROWS))
    drawn = best(predictor, top, explained)
    told = about(given, predictor, candidates)
    write_report(out / "report.html", top.genes, top.sites, mrnas(given.targets), told, drawn, totals=totals)
    return [out / "genes.tsv", *written, out / "report.html"]


def about(given: Given, predictor: Predictor, candidates: str) -> dict:
    """How a prediction was made, for its report."""
    repression, binding = (sha[:12] for sha in predictor.digests)
    return {
        "version": __version__,
        "date": datetime.now(UTC).date().isoformat(),
        "repression": f"{predictor.names['repression']} ({repression})",
        "binding": f"the built-in model ({binding})",
        "network": f"{predictor.scorer.name} ({', '.join(sha[:12] for sha in predictor.scorer.digests)})",
        "miRNAs": f"{len(given.mirnas):,}",
        **({"names": "; ".join(given.meant)} if given.meant else {}),
        "targets": f"{len(given.targets):,}" + (f", {given.species}" if given.species else ""),
        **({"isoforms": " ".join(given.chosen)} if given.chosen else {}),
        **({"coding parts": missing} if (missing := without_coding(given.targets)) else {}),
        "candidates": candidates,
        "warnings": [*given.warnings, *predictor.doubts(given.targets)],
    }


def without_coding(targets: pd.DataFrame) -> str:
    """What is lost where targets have no coding part; empty where all have one."""
    count = int((targets["cds_end"] == 0).sum())
    return (
        f"{count:,} of {len(targets):,} targets have none, so their sites in coding parts are not counted; on whole "
        "mRNAs predictions are better (docs/predict.md)"
        if count
        else ""
    )


def mrnas(targets: pd.DataFrame) -> dict[str, tuple[int, int, int]]:
    """Target -> its length, and the start and end of its coding part, as the report draws them."""
    length = targets["circle"].where(targets["circle"] > 0) if "circle" in targets else None
    whole = targets["sequence"].str.len() if length is None else length.fillna(targets["sequence"].str.len())
    places = zip(whole.astype(int), targets["cds_start"], targets["cds_end"], strict=True)
    return dict(zip(targets["target"], places, strict=True))


def predict_texts(
    mirnas: str, targets: str, mirbase: str | Path | None = None, weights: str | Path | None = None
) -> tuple:
    """For the local page: FASTA, plain sequences or names in, (genes, sites, mrnas, about, explained) out, as
    `report_page` takes them. `mirbase` as in `read_inputs`."""
    given = read_texts(mirnas, targets, mirbase)
    predictor = Predictor.load(weights)
    result = predictor.predict(given.mirnas, given.targets)
    if result.genes.empty:
        raise ValueError(no_site(given, None))
    told = about(given, predictor, "seed_match")
    return result.genes, result.sites, mrnas(given.targets), told, best(predictor, result, EXPLAINED)


def best(predictor: Predictor, result: Prediction, count: int) -> dict[tuple, dict]:
    """(mirna_sequence, site_sequence) -> importance of the bases, for sites of the first genes, best first.

    Empty for a network whose scores are no probabilities: a change of log-odds is asked for.
    """
    if not count or not predictor.scorer.probabilities:
        return {}
    order = result.genes[["mirna", "target", "rank"]]
    sites = result.sites.merge(order, on=["mirna", "target"]).sort_values(["rank", "repression", "start"])
    read = ~sites["site_sequence"].str.contains("N") & predictor.scorer.reads(sites["site_sequence"])
    rows = sites[read].head(count)
    pairs = list(dict.fromkeys(zip(rows["mirna_sequence"], rows["site_sequence"], strict=True)))
    steps = range(0, len(pairs), AT_ONCE)
    found: list[dict] = []
    for first in progress(steps, "explaining the first sites", len(pairs), "sites", AT_ONCE):
        found += importances(predictor, pairs[first : first + AT_ONCE])
    return dict(zip(pairs, found, strict=True))


def _top(stems: list[Path], genes: pd.DataFrame) -> Prediction:
    """The genes of the report, with all their sites."""
    keys = set(genes["mirna"] + "\t" + genes["target"])
    tables = join_sites([sites_of(stem) for stem in stems])
    chosen = [table[(table["mirna"] + "\t" + table["target"]).isin(keys)] for table in tables]
    return Prediction(pd.concat(chosen, ignore_index=True), genes)
