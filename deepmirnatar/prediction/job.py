"""One prediction from files or texts to files: what the command, the rule and the local page run alike."""

from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from deepmirnatar import __version__
from deepmirnatar.common.logs import log, progress
from deepmirnatar.prediction.candidates import read_mirnas, read_targets
from deepmirnatar.prediction.explain import importance
from deepmirnatar.prediction.outputs import write_outputs
from deepmirnatar.prediction.predictor import WEIGHTS, Prediction, Predictor, chunks, ranked


def predict_files(
    mirnas: str,
    targets: str,
    out: Path,
    candidates: str = "seed_match",
    explained: int = 100,
    threads: int = 1,
    weights: str | None = None,
) -> list[Path]:
    """Score two FASTA files into a folder; returns the files written, the report last."""
    from deepmirnatar.prediction.report import write_report

    wanted, utrs = read_mirnas(None, mirnas), read_targets(None, targets)
    predictor = Predictor.load(weights or WEIGHTS, threads)
    result = run(predictor, wanted, utrs, candidates)
    written = write_outputs(out, result.sites, result.genes)
    lengths = dict(zip(utrs["target"], utrs["utr"].str.len(), strict=True))
    about = {
        "version": __version__,
        "date": datetime.now(UTC).date().isoformat(),
        "weights": ", ".join(digest[:12] for digest in predictor.about["sha256"]),
        "miRNAs": f"{len(wanted)} from {mirnas}",
        "3'UTRs": f"{len(utrs)} from {targets}",
        "candidates": candidates,
        "warnings": [],
    }
    write_report(out / "report.html", result.genes, result.sites, lengths, about, best(predictor, result, explained))
    return [*written, out / "report.html"]


def run(predictor: Predictor, mirnas: pd.DataFrame, targets: pd.DataFrame, candidates: str) -> Prediction:
    """All chunks with a progress bar; ValueError where no candidate site is found."""
    parts = predictor.scan(mirnas, targets, candidates)
    total = sum(1 for _ in chunks(targets))
    parts = list(progress(parts, "scoring sites", total=total, unit="chunks"))
    sites = pd.concat([part.sites for part in parts], ignore_index=True)
    if sites.empty:
        raise ValueError(
            f"no candidate site: none of {len(mirnas)} miRNAs has a seed match in {len(targets)} sequences. Are both "
            "written 5'->3', and are the targets mRNAs? With `--candidates all` sites without a seed match count, too."
        )
    log.info("%d candidate sites", len(sites))
    return Prediction(sites, ranked(pd.concat([part.genes for part in parts], ignore_index=True)))


def best(predictor: Predictor, result: Prediction, count: int) -> dict[tuple, dict]:
    """(mirna, target, start) -> importance of the bases, of the best sites of the best genes."""
    order = result.genes[["mirna", "target", "rank"]]
    sites = result.sites.merge(order, on=["mirna", "target"]).sort_values(["rank", "score"], ascending=[True, False])
    rows = sites.head(count)
    return {
        (row.mirna, row.target, row.start): importance(predictor, row.mirna_sequence, row.site_sequence)
        for row in progress(rows.itertuples(), "explaining sites", total=len(rows), unit="sites")
        if "N" not in row.site_sequence
    }


def predict_texts(mirnas: str, targets: str) -> tuple:
    """For the local page: FASTA or plain text in, (genes, sites, 3'UTR lengths, about, explained) out."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for name, text in (("mirna", mirnas), ("target", targets)):
            path = Path(folder) / f"{name}.fa"
            path.write_text(text if text.lstrip().startswith(">") else f">{name}\n{text.strip()}\n")
            paths.append(path)
        wanted, utrs = read_mirnas(None, paths[0]), read_targets(None, paths[1])
    predictor = Predictor.load()
    result = run(predictor, wanted, utrs, "seed_match")
    lengths = dict(zip(utrs["target"], utrs["utr"].str.len(), strict=True))
    about = {"version": __version__, "date": datetime.now(UTC).date().isoformat(), "warnings": []}
    return result.genes, result.sites, lengths, about, best(predictor, result, 30)
