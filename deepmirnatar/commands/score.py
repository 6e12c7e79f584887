"""`deepmirnatar score`: a table of pairs with a column `score`."""

import argparse
from pathlib import Path

import numpy as np

from deepmirnatar.commands.options import add_threads, add_weights
from deepmirnatar.common.did_you_mean import counted
from deepmirnatar.common.files import write_tsv
from deepmirnatar.common.logs import log, progress
from deepmirnatar.common.tables import read_table
from deepmirnatar.common.text import is_pipe
from deepmirnatar.pairs import refuse, refuse_letters
from deepmirnatar.rna.sequences import to_rna

HELP = "score the pairs of a table (columns mirna_sequence, target_sequence)"
STEP = 20_000  # pairs that are scored at once


def add_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("pairs", metavar="TABLE", help="TSV or CSV with a header (.gz is read)")
    command.add_argument("--out", metavar="TSV", help="default: the table's name, or of a pipe pairs, with .scored.tsv")
    add_threads(command)
    add_weights(command)


def run(options) -> None:
    path = Path(options.pairs)
    beside = "pairs.scored.tsv" if is_pipe(path) else path.with_suffix(".scored.tsv")
    score_table(path, Path(options.out or beside), options.weights, options.threads)


def score_table(path: Path, out: Path, weights: str | Path | None = None, threads: int = 1) -> None:
    """Score the rows of a table with the columns mirna_sequence and target_sequence; the rest stays as it is.

    Raises ValueError for a missing column, an empty field, a letter that is no base, or a column `score`.
    """
    from deepmirnatar.prediction.predictor import Predictor
    from deepmirnatar.sources.user import check_lengths

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
    predictor = Predictor.load(weights, threads)
    parts = [table.iloc[start : start + STEP] for start in range(0, len(table), STEP)]
    scores = [predictor.score(part) for part in progress(parts, "scoring", len(table), "pairs", STEP)]
    write_tsv(as_written.assign(score=np.concatenate(scores)), out)
    log.info("%s scored: %s", counted(len(table), "pair"), out)
