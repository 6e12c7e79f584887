"""`deepmirnatar activity`: which miRNAs explain a table of fold changes?"""

import argparse

HELP = "which miRNAs explain these fold changes?"


def add_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "table",
        metavar="TABLE",
        help="fold changes as DESeq2, edgeR, limma or Seurat write them (TSV, CSV, .gz), or genes alone, one a line",
    )
    command.add_argument(
        "--species", default="human", metavar="NAME", help="whose genes these are (default: %(default)s)"
    )
    command.add_argument(
        "--mirnas", metavar="FASTA", help="own mature miRNAs, 5'->3', with --targets instead of a species"
    )
    command.add_argument("--targets", metavar="FASTA", help="own 3'UTRs, 5'->3', named as the genes of the table")
    command.add_argument(
        "--direction",
        default="both",
        choices=["both", "more", "less"],
        help="miRNAs that are more active (targets fall), less active (targets rise) or both (default)",
    )
    command.add_argument("--expressed", metavar="FILE", help="miRNAs that may be named, one a line")
    command.add_argument("--conserved", action="store_true", help="name conserved families only")
    command.add_argument("--background", metavar="FILE", help="of a list: all genes that could have been on it")
    command.add_argument("--quick", action="store_true", help="count seed sites instead of predicting repression")
    command.add_argument("--mirbase", metavar="FASTA", help="miRBase's mature.fa, which says what is conserved")
    command.add_argument("--out", default="deepmirnatar-activity", metavar="FOLDER", help="default: %(default)s")


def run(options: argparse.Namespace) -> None:
    from deepmirnatar.activity.job import explain_file

    explain_file(
        options.table,
        options.out,
        species=options.species,
        mirnas=options.mirnas,
        targets=options.targets,
        direction=options.direction,
        expressed=options.expressed,
        background=options.background,
        conserved=options.conserved,
        mature=options.mirbase,
        quick=options.quick,
    )
