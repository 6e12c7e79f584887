"""The command `deepmirnatar`: predict, score, explain, serve. Errors are one sentence; nothing is trained."""

import argparse
import re
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from deepmirnatar import __version__
from deepmirnatar.common.files import atomic, write_tsv
from deepmirnatar.common.logs import log, log_to, progress
from deepmirnatar.common.spelling import counted
from deepmirnatar.common.tables import read_table
from deepmirnatar.pairs import refuse, refuse_letters
from deepmirnatar.rna.sequences import to_rna

KNOWN = "results/reference/known_targets.tsv"  # where the workflow writes miRTarBase's pairs
THREADS = "default: 1; two are a seventh faster on an idle machine, and far slower on a busy one"
STEP = 20_000  # pairs that are scored at once


def main(arguments: list[str] | None = None) -> int:
    options = parser().parse_args(arguments)
    log_to(None)
    try:
        options.run(options)
    except (ValueError, OSError) as error:
        print(f"deepmirnatar: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("deepmirnatar: stopped; finished files are complete", file=sys.stderr)
        return 130
    return 0


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="deepmirnatar", description=__doc__.splitlines()[0])
    top.add_argument("--version", action="version", version=f"deepmirnatar {__version__}")
    commands = top.add_subparsers(required=True, metavar="COMMAND")

    one = commands.add_parser("predict", help="which genes do these miRNAs target?")
    one.add_argument(
        "--mirnas",
        required=True,
        metavar="FASTA|NAMES",
        help="FASTA of mature miRNAs, 5'->3'; or miRBase names: a file, or with commas between",
    )
    one.add_argument("--targets", metavar="FASTA", help="3'UTRs or whole transcripts, 5'->3' (.gz is read)")
    one.add_argument(
        "--annotation", metavar="GTF|BED12", help="in place of --targets, with --genome: 3'UTRs are cut out"
    )
    one.add_argument("--genome", metavar="FASTA", help="the genome of --annotation (.gz is read)")
    one.add_argument(
        "--known",
        metavar="TSV",
        help="known targets (columns mirna, gene, strong); default: the workflow's table where it is there",
    )
    _mirbase(one)
    one.add_argument("--out", default="deepmirnatar-results", metavar="FOLDER", help="default: %(default)s")
    one.add_argument(
        "--candidates",
        default="seed_match",
        choices=["seed_match", "offset", "all"],
        help="seed matches of 6mer and better (default), offset 6mers too, or also one wobble or mismatch in the seed",
    )
    one.add_argument(
        "--explain",
        type=_whole(0),
        default=50,
        metavar="N",
        help="draw the first N sites of the ranking with the bases that their scores rest on (default: %(default)s)",
    )
    one.add_argument("--threads", type=_whole(1), default=1, metavar="N", help=THREADS)
    _weights(one)
    one.set_defaults(run=predict)

    two = commands.add_parser("score", help="score the pairs of a table (columns mirna_sequence, target_sequence)")
    two.add_argument("pairs", metavar="TABLE", help="TSV or CSV with a header (.gz is read)")
    two.add_argument("--out", metavar="TSV", help="default: the table's name with .scored.tsv")
    two.add_argument("--threads", type=_whole(1), default=1, metavar="N", help=THREADS)
    _weights(two)
    two.set_defaults(run=score)

    three = commands.add_parser("explain", help="draw one duplex with the bases that its score rests on")
    three.add_argument("mirna", metavar="MIRNA", help="mature sequence, 5'->3', or a miRBase name")
    three.add_argument("site", metavar="SITE", help="site on the mRNA, 5'->3'")
    _mirbase(three)
    _weights(three)
    three.add_argument("--out", default="duplex.svg", metavar="SVG", help="default: %(default)s")
    three.set_defaults(run=explain)

    four = commands.add_parser("serve", help="a page on this machine: paste sequences, see the sites")
    four.add_argument("--port", type=_whole(1, 65535), default=8000, metavar="N", help="default: %(default)s")
    _mirbase(four)
    _weights(four)
    four.add_argument("--no-browser", action="store_true", help="do not open a browser")
    four.set_defaults(run=serve)
    return top


def _whole(least: int, most: int = 10_000) -> Callable[[str], int]:
    """For argparse: a whole number within bounds."""

    def number(text: str) -> int:
        if not (text.isdigit() and least <= int(text) <= most):
            raise argparse.ArgumentTypeError(f"{text!r} is no whole number from {least:,} to {most:,}")
        return int(text)

    return number


def _mirbase(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--mirbase", metavar="FASTA", help="miRBase's mature.fa, for names (default: where the workflow downloads it)"
    )


def _weights(command: argparse.ArgumentParser) -> None:
    command.add_argument("--weights", metavar="FOLDER", help="weights of your own in place of the shipped ones")


def predict(options) -> None:
    """miRNAs and targets to ranked genes, sites and the report."""
    from deepmirnatar.prediction.job import predict_files

    started = time.monotonic()
    written = predict_files(
        options.mirnas,
        options.targets,
        options.out,
        options.candidates,
        options.explain,
        options.threads,
        options.weights,
        options.known or (KNOWN if Path(KNOWN).exists() else None),
        mirbase=options.mirbase,
        annotation=options.annotation,
        genome=options.genome,
    )
    log.info("done in %.0f s:", time.monotonic() - started)
    for path in written:
        log.info("  %s", path)


def score(options) -> None:
    """A table of pairs with a column `score`."""
    from deepmirnatar.prediction.predictor import Predictor
    from deepmirnatar.sources.user import check_lengths

    path = Path(options.pairs)
    strands = {"mirna_sequence": "ACGU", "target_sequence": "ACGUN"}
    table = read_table(path, list(strands))
    as_written = table.copy()
    for column, letters in strands.items():
        if column not in table:
            raise ValueError(f"{path}: column {column!r} is missing; found {', '.join(table.columns)}")
        refuse(table, table[column] == "", column, path, "is empty; fill it in or remove the row")
        refuse_letters(table, column, path, letters)
        table[column] = to_rna(table[column])
    if table.empty:
        raise ValueError(f"{path}: holds no pair below its header; is it the right file?")
    check_lengths(table, path)
    if "score" in table:
        raise ValueError(f"{path}: has a column 'score' already, which would be overwritten; rename it")
    out = Path(options.out or path.with_suffix(".scored.tsv"))
    predictor = Predictor.load(options.weights, options.threads)
    parts = [table.iloc[start : start + STEP] for start in range(0, len(table), STEP)]
    scores = [predictor.score(part) for part in progress(parts, "scoring", len(table), "pairs", STEP)]
    write_tsv(as_written.assign(score=np.concatenate(scores)), out)
    log.info("%s scored: %s", counted(len(table), "pair"), out)


def explain(options) -> None:
    """One duplex as SVG, and as text on the terminal with its score."""
    from deepmirnatar.prediction.checks import check_mature
    from deepmirnatar.prediction.duplex import as_text, draw_svg, duplex, in_words
    from deepmirnatar.prediction.explain import importance
    from deepmirnatar.prediction.mirna_names import from_mirbase
    from deepmirnatar.prediction.predictor import Predictor
    from deepmirnatar.sources.user import LONGEST_SITE

    given = {"MIRNA": options.mirna, "SITE": options.site}
    mirna, site = (text.upper().replace("T", "U") for text in given.values())
    if re.search("[-0-9]", mirna):
        chosen, meant = from_mirbase([options.mirna], options.mirbase)
        if len(chosen) > 1:
            raise ValueError(f"{meant[0]}; give one of them")
        mirna = chosen["mirna_sequence"].iloc[0]
    for name, text in (("MIRNA", mirna), ("SITE", site)):
        if not text or set(text) - set("ACGU"):
            raise ValueError(f"{name} {given[name]!r} is no sequence of A, C, G, U or T")
    check_mature(options.mirna, mirna)
    if len(site) > LONGEST_SITE:
        raise ValueError(
            f"SITE has {len(site):,} nt, more than the {LONGEST_SITE:,} that a site may have; give the site"
        )
    predictor = Predictor.load(options.weights)
    value = predictor.score(pd.DataFrame({"mirna_sequence": [mirna], "target_sequence": [site]}))[0]
    found = duplex(mirna, site)
    with atomic(options.out) as part:
        part.write_text(draw_svg(found, importance(predictor, mirna, site)))
    print(as_text(found), in_words(found), f"Probability of binding {value:.3f}.", sep="\n")
    log.info("drawn: %s", options.out)


def serve(options) -> None:
    """The local page."""
    from deepmirnatar.prediction.job import predict_texts
    from deepmirnatar.prediction.serve import serve as run

    scored = partial(predict_texts, mirbase=options.mirbase, weights=options.weights)
    run(scored, port=options.port, open_browser=not options.no_browser)
