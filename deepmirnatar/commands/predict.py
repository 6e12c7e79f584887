"""`deepmirnatar predict`: miRNAs and targets to ranked genes, sites and the report."""

import argparse
import time

from deepmirnatar.commands.options import add_mirbase, add_threads, add_weights, whole
from deepmirnatar.common.logs import log
from deepmirnatar.prediction import EXPLAINED
from deepmirnatar.rna.seeds import CANDIDATES

HELP = "which genes do these miRNAs target? which miRNAs target these genes?"


def add_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--mirnas",
        metavar="NAMES|FILE",
        help="miRBase names, with commas between or in a file; or a FASTA file of mature miRNAs, 5'->3' (default: all "
        "of the species, for --genes)",
    )
    command.add_argument(
        "--genes",
        metavar="NAMES|FILE",
        help="only these genes: symbols, Entrez, RefSeq or Ensembl ids, with commas between or in a file",
    )
    command.add_argument(
        "--species",
        default="human",
        metavar="NAME",
        help="whose genes; see `deepmirnatar fetch` (default: %(default)s)",
    )
    command.add_argument(
        "--targets", metavar="FILE", help="sequences of your own instead: FASTA or GenBank, 5'->3' (.gz is read)"
    )
    command.add_argument(
        "--annotation", metavar="GTF|GFF3|BED12", help="instead, with --genome: mRNAs are cut out of the genome"
    )
    command.add_argument("--genome", metavar="FASTA", help="the genome of --annotation (.gz is read)")
    command.add_argument(
        "--transcripts",
        default="canonical",
        metavar="canonical|longest|all|FILE",
        help="which isoforms of an annotation (default: %(default)s)",
    )
    command.add_argument(
        "--cds",
        choices=["none", "longest"],
        default="none",
        help="where --targets are whole mRNAs: `longest` takes the longest ATG open reading frame for the coding part",
    )
    command.add_argument("--circular", action="store_true", help="the ends of each target are joined, as in circRNAs")
    command.add_argument("--known", metavar="TSV", help="known targets to mark (columns mirna, gene, strong)")
    add_mirbase(command)
    command.add_argument("--out", default="deepmirnatar-results", metavar="FOLDER", help="default: %(default)s")
    command.add_argument(
        "--candidates",
        default="seed_match",
        choices=list(CANDIDATES),
        help="seed matches of 6mer and better (default), or offset 6mers as well",
    )
    command.add_argument(
        "--binding",
        choices=["shown", "all"],
        help="which sites the network scores: those drawn in the report, or all (default: all with --weights)",
    )
    command.add_argument(
        "--explain",
        type=whole(0),
        default=EXPLAINED,
        metavar="N",
        help="draw the first N sites with the bases that the network's score rests on (default: %(default)s)",
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
        genes=options.genes,
        species=options.species,
        annotation=options.annotation,
        genome=options.genome,
        transcripts=options.transcripts,
        cds=options.cds,
        circular=options.circular,
        mirbase=options.mirbase,
        candidates=options.candidates,
        known=options.known,
        weights=options.weights,
        scored=None if options.binding is None else options.binding == "all",
        explained=options.explain,
        threads=options.threads,
    )
    log.info("done in %.0f s:", time.monotonic() - started)
    for path in written:
        log.info("  %s", path)
