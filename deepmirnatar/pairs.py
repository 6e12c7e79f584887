"""The pairs table: one row is one miRNA and one candidate target site. Columns, reading, checking.

Steps that look at rows one by one read and write them in blocks, so that of a large table they hold little at once.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from pathlib import Path

import numpy as np
import pandas as pd

from deepmirnatar.common.did_you_mean import counted
from deepmirnatar.common.files import aside, blocks_of, read_tsv, write_tsv
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
# Rows of a block; about 0.2 GB with what a step makes of them.
BLOCK = 250_000
_TWICE = "occurs twice; ids must be unique"


class PairsError(ValueError):
    """The table breaks its format; the message names file, row, value and remedy."""


def read_pairs(path: str | Path, splits: list[str] | None = None, columns: list[str] | None = None) -> pd.DataFrame:
    """Read and check a pairs table (TSV). `splits` keeps only rows of these splits, `columns` only these columns.

    Sequences are RNA, 5'->3'. Columns beside the standard ones are text, so that they are written as they were.
    Raises PairsError.
    """
    return pd.concat(pair_blocks(path, splits, columns), ignore_index=True)


def pair_blocks(
    path: str | Path, splits: list[str] | None = None, columns: list[str] | None = None
) -> Iterator[pd.DataFrame]:
    """`read_pairs` in blocks of at most BLOCK rows, at least one. Raises PairsError when it comes to the fault."""
    for block in _checked(read_tsv(path, dtype=str, chunksize=BLOCK), path):
        if splits is not None:
            block = block[block["split"].isin(splits)]
        yield (block if columns is None else block[columns]).reset_index(drop=True)


def sequences_of(path: str | Path, strand: str, splits: list[str] | None = None) -> list[str]:
    """Distinct sequences of a strand, "mirna" or "site", of a pairs table, in the order in which they first come."""
    column = STRAND_COLUMNS[strand]
    return read_pairs(path, splits, [column])[column].unique().tolist()


def write_pairs(table: pd.DataFrame | Iterable[pd.DataFrame], path: str | Path) -> None:
    """Check and write a table, or its blocks, standard columns first."""
    checked = _checked(blocks_of(table), path)
    write_tsv((block[[*COLUMNS, *block.columns.drop(COLUMNS)]] for block in checked), path)


def rearranged(paths: list[str | Path], rows: pd.DataFrame, output: str | Path) -> Iterator[pd.DataFrame]:
    """Rows of pairs tables read one after another, in the order of `rows`, in blocks.

    The index of `rows` holds their numbers, counted through all tables; its columns take the place of the tables' own.
    Meanwhile parts, together as large as the tables, lie in a folder beside `output`, the file that is made of them.
    """
    columns = list(dict.fromkeys(name for path in paths for name in read_tsv(path, nrows=0).columns))
    places = pd.Series(np.arange(len(rows)), rows.index)
    with aside(output) as folder:
        start = 0
        for number, block in enumerate(chain.from_iterable(map(pair_blocks, paths))):
            block = block.reindex(columns=columns).set_axis(range(start, start + len(block)))
            start += len(block)
            place = places[places.index.isin(block.index)].sort_index()
            block = block.loc[place.index].assign(**rows.loc[place.index])
            for wanted, part in block.groupby(place // BLOCK):
                part.set_axis(place[part.index]).to_pickle(folder / f"{wanted}.{number}")
        for wanted in range(max(1, -(-len(rows) // BLOCK))):
            parts = map(pd.read_pickle, sorted(folder.glob(f"{wanted}.*")))
            yield pd.concat([block.iloc[:0], *parts]).sort_index().reset_index(drop=True)


def _checked(blocks: Iterable[pd.DataFrame], name: str | Path) -> Iterator[pd.DataFrame]:
    """Blocks of one table, checked one after another.

    Of the ids before, eight bytes each are kept; of three million, the chance that any two are taken for one is 2e-7.
    """
    earlier, rows = [], 0
    for block in blocks:
        if block.index.name != "line":
            block = block.set_axis(pd.RangeIndex(rows + 2, rows + 2 + len(block), name="line"))
        block, rows = check_pairs(block, name), rows + len(block)
        ids = pd.util.hash_array(block["pair_id"].to_numpy(dtype=object))
        again = pd.Series(np.isin(ids, np.concatenate(earlier)) if earlier else False, block.index)
        refuse(block, again, "pair_id", name, _TWICE)
        earlier.append(ids)
        yield block


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
    refuse(table, table["pair_id"].duplicated(), "pair_id", name, _TWICE)
    return table.assign(label=label.astype(int))


def refuse(table: pd.DataFrame, bad: pd.Series, column: str, name: str | Path, why: str | Callable[[str], str]) -> None:
    """PairsError for the first row that is `bad`: its line, the value, why, and how many more."""
    if bad.any():
        position = int(bad.to_numpy().argmax())
        value = table[column].iloc[position]
        why = why(value) if callable(why) else why
        others = int(bad.sum()) - 1
        least = "at least " if len(table) >= BLOCK else ""  # more may come in the next block
        more = f" ({least}{counted(others, 'more row')} like it)" if others else ""
        line = table.index[position] if table.index.name == "line" else position + 2
        raise PairsError(f"{name}, line {line}: {column} {shorten(value)} {why}.{more}")


def refuse_letters(table: pd.DataFrame, column: str, name: str | Path, letters: str = "ACGU") -> None:
    """PairsError for the first sequence, upper or lower case, RNA or DNA, that holds anything but `letters`."""
    odd = ~table[column].str.upper().str.fullmatch(f"[{letters}T]*")
    refuse(
        table,
        odd,
        column,
        name,
        lambda value: f"holds a letter other than {', '.join(letters)}: {odd_letter(value.upper(), f'{letters}T')[1]}",
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
