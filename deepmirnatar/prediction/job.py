"""One prediction from files or texts to files: what the command, the rule and the local page run alike.

3'UTRs go through in chunks. Each finished chunk lies in a folder of its own until all are done, so that memory grows
with the genes of the result alone, and the same command goes on where a killed one stopped.
"""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from deepmirnatar import __version__
from deepmirnatar.common.files import digest, read_tsv, write_tsv
from deepmirnatar.common.logs import log, progress
from deepmirnatar.prediction.candidates import read_mirnas, read_targets
from deepmirnatar.prediction.explain import importance
from deepmirnatar.prediction.outputs import write_sites
from deepmirnatar.prediction.predictor import WEIGHTS, Prediction, Predictor, chunks, ranked
from deepmirnatar.prediction.report import write_report

MOST_ROWS = 5000  # of the report
TEXT = dict.fromkeys(["mirna", "target", "seed_type", "mirna_sequence", "site_sequence"], str)


def predict_files(
    mirnas: str,
    targets: str,
    out: str | Path,
    candidates: str = "seed_match",
    explained: int = 100,
    threads: int = 1,
    weights: str | None = None,
) -> list[Path]:
    """Score two FASTA files into a folder; returns the files written, the report last.

    Raises ValueError with one sentence for input that cannot be used, and where there is no candidate site.
    """
    out = Path(out)
    wanted, utrs = read_mirnas(None, mirnas), read_targets(None, targets)
    predictor = Predictor.load(weights or WEIGHTS, threads)
    key = digest(wanted.to_dict("list"), utrs.to_dict("list"), candidates, predictor.about["sha256"])
    parts = out / f".unfinished-{key}"
    genes = _all_chunks(predictor, wanted, utrs, candidates, parts)
    written = write_sites(out, sorted(parts.glob("*.sites.tsv")))
    write_tsv(genes, out / "genes.tsv")
    top = _top(parts, genes)
    lengths = dict(zip(utrs["target"], utrs["utr"].str.len(), strict=True))
    about = {
        "version": __version__,
        "date": datetime.now(UTC).date().isoformat(),
        "weights": ", ".join(sha[:12] for sha in predictor.about["sha256"]),
        "miRNAs": f"{len(wanted)} from {mirnas}",
        "targets": f"{len(utrs)} from {targets}",
        "candidates": candidates,
        "warnings": [],
    }
    write_report(
        out / "report.html", top.genes, top.sites, lengths, about, best(predictor, top, explained), most_rows=MOST_ROWS
    )
    shutil.rmtree(parts)
    return [out / "genes.tsv", *written, out / "report.html"]


def predict_texts(mirnas: str, targets: str) -> tuple:
    """For the local page: FASTA or plain text in, (genes, sites, lengths, about, explained) as `report_page` takes."""
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        paths = []
        for name, text in (("mirna", mirnas), ("target", targets)):
            path = Path(folder) / f"{name}.fa"
            path.write_text(text if text.lstrip().startswith(">") else f">{name}\n{text.strip()}\n")
            paths.append(path)
        wanted, utrs = read_mirnas(None, paths[0]), read_targets(None, paths[1])
        predictor = Predictor.load()
        genes = _all_chunks(predictor, wanted, utrs, "seed_match", Path(folder))
        result = _top(Path(folder), genes)
    lengths = dict(zip(utrs["target"], utrs["utr"].str.len(), strict=True))
    about = {"version": __version__, "date": datetime.now(UTC).date().isoformat(), "warnings": []}
    return result.genes, result.sites, lengths, about, best(predictor, result, 30)


def best(predictor: Predictor, result: Prediction, count: int) -> dict[tuple, dict]:
    """(mirna, target, start) -> importance of the bases, for the best sites of the first genes."""
    order = result.genes[["mirna", "target", "rank"]]
    sites = result.sites.merge(order, on=["mirna", "target"]).sort_values(["rank", "score"], ascending=[True, False])
    rows = sites[~sites["site_sequence"].str.contains("N")].head(count)
    return {
        (row.mirna, row.target, row.start): importance(predictor, row.mirna_sequence, row.site_sequence)
        for row in progress(rows.itertuples(), "explaining the best sites", total=len(rows), unit="sites")
    }


def _all_chunks(
    predictor: Predictor, mirnas: pd.DataFrame, utrs: pd.DataFrame, candidates: str, folder: Path
) -> pd.DataFrame:
    """Score every chunk that is not in `folder` yet; returns all genes, ranked."""
    every = list(chunks(utrs))
    names = [folder / f"{number:06d}" for number in range(len(every))]
    todo = [number for number, name in enumerate(names) if not name.with_suffix(".genes.tsv").exists()]
    if len(todo) < len(every):
        log.info("going on with %d of %d chunks", len(todo), len(every))
    results = predictor.scan(mirnas, [every[number] for number in todo], candidates)
    for number, part in zip(todo, progress(results, "scoring sites", total=len(todo), unit="chunks"), strict=True):
        write_tsv(part.sites, names[number].with_suffix(".sites.tsv"))
        write_tsv(part.genes, names[number].with_suffix(".genes.tsv"))
    tables = [read_tsv(name.with_suffix(".genes.tsv"), dtype={"mirna": str, "target": str}) for name in names]
    genes = ranked(pd.concat(tables, ignore_index=True))
    if genes.empty:
        raise ValueError(
            f"no candidate site: none of {len(mirnas)} miRNAs has a seed match in {len(utrs)} sequences. Are both "
            "written 5'->3', and are the targets mRNAs? `--candidates all` also takes sites without a seed match."
        )
    log.info("%d candidate sites, %d pairs of a miRNA and a gene", genes["sites"].sum(), len(genes))
    return genes


def _top(parts: Path, genes: pd.DataFrame) -> Prediction:
    """The genes of the report, with all their sites."""
    shown = genes.head(MOST_ROWS)
    keys = pd.MultiIndex.from_frame(shown[["mirna", "target"]])
    tables = []
    for path in sorted(parts.glob("*.sites.tsv")):
        table = read_tsv(path, dtype=TEXT)
        tables.append(table[pd.MultiIndex.from_frame(table[["mirna", "target"]]).isin(keys)])
    return Prediction(pd.concat(tables, ignore_index=True), genes)
