"""Options that several commands share."""

import argparse
from collections.abc import Callable

THREADS = "default: 1; two are a seventh faster on an idle machine, and far slower on a busy one"


def whole(least: int, most: int = 10_000) -> Callable[[str], int]:
    """For argparse: a whole number within bounds."""

    def number(text: str) -> int:
        if not (text.isdigit() and least <= int(text) <= most):
            raise argparse.ArgumentTypeError(f"{text!r} must be a whole number from {least:,} to {most:,}")
        return int(text)

    return number


def add_threads(command: argparse.ArgumentParser) -> None:
    command.add_argument("--threads", type=whole(1), default=1, metavar="N", help=THREADS)


def add_mirbase(command: argparse.ArgumentParser) -> None:
    command.add_argument("--mirbase", metavar="FASTA", help="miRBase's mature.fa, for names (default: fetched once)")


def add_weights(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--weights",
        metavar="FOLDER",
        help="instead of the built-in weights: a finished run, results/runs/DATASET/MODEL/seed-N, or collected weights",
    )
