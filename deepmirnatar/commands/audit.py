"""`deepmirnatar audit`: can the labels of a table of pairs be guessed without reading miRNA against site?"""

import argparse
from pathlib import Path

from deepmirnatar.common.logs import log

HELP = "check a table of pairs: can its labels be guessed without reading the pairing?"
SPLITS = ["by_gene", "by_pair", "by_mirna_family", "random", "given"]


def add_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "pairs",
        metavar="TABLE",
        help="TSV or CSV with the columns mirna, mirna_sequence, target, target_sequence and label (.gz is read)",
    )
    command.add_argument(
        "--columns", default="", metavar="OURS=THEIRS,...", help="where the table has other names for its columns"
    )
    command.add_argument(
        "--split", choices=SPLITS, help="how test rows are set aside; default: the column split, without one by_gene"
    )
    command.add_argument("--3to5", dest="backwards", action="store_true", help="the table writes miRNAs 3'->5'")
    command.add_argument("--seed", type=int, default=1, metavar="N", help="of a random split (default: %(default)s)")
    command.add_argument("--out", default="deepmirnatar-audit", metavar="FOLDER", help="default: %(default)s")


def run(options) -> None:
    from deepmirnatar.evaluation.audit_page import audit_table

    columns = dict(each.split("=", 1) for each in options.columns.split(",") if "=" in each)
    if options.columns and len(columns) != len(options.columns.split(",")):
        raise ValueError(f"--columns {options.columns!r}: write OURS=THEIRS, with commas between")
    written = audit_table(
        Path(options.pairs), Path(options.out), columns, options.split, options.backwards, options.seed
    )
    for path in written:
        log.info("  %s", path)
