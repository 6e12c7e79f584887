"""The pairs table: one row is one miRNA and one candidate target site. Columns, reading, checking."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from deepmirnatar.common.files import read_tsv, write_tsv
from deepmirnatar.common.letters import odd_letter
from deepmirnatar.rna.sequences import reverse

COLUMNS = [
    "pair_id",
    "mirna",
    "mirna_sequence",
    "target",
    "target_sequence",
    "label",
    "split",
    "source",
]
# A (miRNA, gene) pair; a miRNA is its sequence, because a release may give many of them one name.
PAIR = ["mirna_sequence", "target"]
STRAND_COLUMNS = {"mirna": "mirna_sequence", "site": "target_sequence"}
SPLITS = ["train", "valid", "test"]
# A 4-mer model needs four letters; shorter sites cannot be embedded.
SHORTEST = 4


class PairsError(ValueError):
    """The table breaks its format; the message names file, row, value and remedy."""


def read_pairs(path: str | Path, splits: list[str] | None = None) -> pd.DataFrame:
    """Read and check a pairs table (TSV). `splits` keeps only rows of these splits.

    Sequences are RNA, 5'->3'. Columns beside the standard ones are text, so that they are written as they were.
    Raises PairsError.
    """
    table = read_tsv(path, dtype=str)
    table = check_pairs(table, path)
    if splits is not None:
        table = table[table["split"].isin(splits)].reset_index(drop=True)
    return table


def write_pairs(table: pd.DataFrame, path: str | Path) -> None:
    """Check and write, standard columns first."""
    table = check_pairs(table, path)
    extra = [name for name in table.columns if name not in COLUMNS]
    write_tsv(table[COLUMNS + extra], path)


def check_pairs(table: pd.DataFrame, name: str | Path) -> pd.DataFrame:
    """Return the table with label as int; raise PairsError at the first fault.

    An index named `line` tells the rows' lines in their file; without it, the header is line 1.
    """
    missing = [column for column in COLUMNS if column not in table.columns]
    if missing:
        raise PairsError(
            f"{name}: column {', '.join(map(repr, missing))} is missing; a pairs table has the columns "
            f"{', '.join(COLUMNS)}. Found: {', '.join(map(str, table.columns))}."
        )
    for column in COLUMNS:
        empty = table[column].isna() | (table[column].astype(str) == "")
        refuse(table, empty, column, name, "is empty; fill it in or remove the row")
    for column in ("mirna_sequence", "target_sequence"):
        wrong = ~table[column].str.fullmatch("[ACGU]+")
        refuse(table, wrong, column, name, "holds a letter other than A, C, G, U; repair or remove the row")
        short = table[column].str.len() < SHORTEST
        refuse(table, short, column, name, f"is shorter than {SHORTEST} nt; repair or remove the row")
    label = table["label"].astype(str)
    refuse(table, ~label.isin(["0", "1"]), "label", name, "is neither 0 nor 1; write 1 for targets, 0 for others")
    refuse(table, ~table["split"].isin(SPLITS), "split", name, f"is none of {', '.join(SPLITS)}; write one of these")
    refuse(table, table["pair_id"].duplicated(), "pair_id", name, "occurs twice; ids must be unique")
    return table.assign(label=label.astype(int))


def refuse(table: pd.DataFrame, bad: pd.Series, column: str, name: str | Path, why: str | Callable[[str], str]) -> None:
    """PairsError for the first row that is `bad`: its line, the value, why, and how many more."""
    if bad.any():
        position = int(bad.to_numpy().argmax())
        value = table[column].iloc[position]
        why = why(value) if callable(why) else why
        others = int(bad.sum()) - 1
        more = f" ({others} more {'row' if others == 1 else 'rows'} like it)" if others else ""
        line = table.index[position] if table.index.name == "line" else position + 2
        raise PairsError(f"{name}, line {line}: {column} {shorten(value)} {why}.{more}")


def refuse_letters(table: pd.DataFrame, column: str, name: str | Path) -> None:
    """PairsError for the first sequence, upper or lower case, RNA or DNA, that holds anything else."""
    odd = ~table[column].str.upper().str.fullmatch("[ACGTU]*")
    refuse(
        table,
        odd,
        column,
        name,
        lambda value: f"holds a letter other than A, C, G, U: {odd_letter(value.upper(), 'ACGTU')[1]}",
    )


def key_of(table: pd.DataFrame, columns: list[str] = PAIR) -> pd.Series:
    """The values of these columns as one string for each row; the (miRNA, gene) pair by default."""
    first, *others = columns
    return table[first].str.cat([table[column] for column in others], sep="\t") if others else table[first]


def shorten(value: object) -> str:
    """A value in quotes, without the middle if it is long."""
    text = str(value)
    return repr(text) if len(text) <= 60 else f"{text[:25] + '...' + text[-10:]!r} ({len(text):,} letters)"


def five_to_three(table: pd.DataFrame, orientation: str) -> pd.Series:
    """The miRNAs 5'->3' of a table merged with this `orientation`."""
    sequences = table["mirna_sequence"].copy()
    if orientation == "as_released":
        backwards = table["mirna_written"] == "3to5"
        sequences[backwards] = reverse(sequences[backwards])
    return sequences
