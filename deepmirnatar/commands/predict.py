"""`deepmirnatar predict`: miRNAs and targets to ranked genes, sites and the report."""

import argparse
import time

from deepmirnatar.commands.options import add_mirbase, add_threads, add_weights, whole
from deepmirnatar.common.logs import log
from deepmirnatar.rna.seeds import CANDIDATES

HELP = "which genes do these miRNAs target?"


def add_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--mirnas",
        required=True,
        metavar="FASTA|NAMES",
        help="FASTA of mature miRNAs, 5'->3'; or miRBase names: a file, or with commas between",
    )
    command.add_argument("--targets", metavar="FASTA", help="3'UTRs or whole transcripts, 5'->3' (.gz is read)")
    command.add_argument(
        "--annotation", metavar="GTF|BED12", help="instead of --targets, with --genome: 3'UTRs are cut out"
    )
    command.add_argument("--genome", metavar="FASTA", help="the genome of --annotation (.gz is read)")
    command.add_argument(
        "--known",
        metavar="TSV",
        help="known targets to mark (columns mirna, gene, strong)",
    )
    add_mirbase(command)
    command.add_argument("--out", default="deepmirnatar-results", metavar="FOLDER", help="default: %(default)s")
    command.add_argument(
        "--candidates",
        default="seed_match",
        choices=list(CANDIDATES),
        help="seed matches of 6mer and better (default), or offset 6mers as well",
    )
    command.add_argument(
        "--explain",
        type=whole(0),
        default=50,
        metavar="N",
        help="draw the first N sites of the ranking with the bases that their scores rest on (default: %(default)s)",
    )
    add_threads(command)
    add_weights(command)


def run(options) -> None:
    from deepmirnatar.prediction.predict import predict_files

    started = time.monotonic()
    written = predict_files(
        options.mirnas,
        options.targets,
        options.out,
        annotation=options.annotation,
        genome=options.genome,
        mirbase=options.mirbase,
        candidates=options.candidates,
        known=options.known,
        weights=options.weights,
        explained=options.explain,
        threads=options.threads,
    )
    log.info("done in %.0f s:", time.monotonic() - started)
    for path in written:
        log.info("  %s", path)
