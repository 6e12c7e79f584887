"""Tables that people bring along: text with named columns, separated by tabs, commas or semicolons."""

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path

import pandas as pd

from deepmirnatar.common.did_you_mean import counted
from deepmirnatar.common.logs import log
from deepmirnatar.common.text import InputError, lines

_SEPARATORS = {"\t": "tabs", ",": "commas", ";": "semicolons"}

# Also what is not seen at all: a byte-order mark, spaces without width, and the like.
_BLANKS = " \t\r\n\v\f\u00a0\u2002\u2003\u2009\u200a\u200b\u200c\u200d\u2028\u2029\u202f\u2060\u3000\ufeff"


def header(path: str | Path, wanted: Iterable[str] = ()) -> list[str]:
    """Names of a table's columns; see `read_table`."""
    return _header(path, enumerate(lines(path), start=1), set(wanted))[2]


def read_table(path: str | Path, wanted: Iterable[str] = (), row_names: str = "") -> pd.DataFrame:
    """All cells as text without the blanks around them; the index, named `line`, is each row's line in the file.

    The header shows the separator, whatever the file's name. Comment lines (#) above it are left out, unless one holds
    a `wanted` column and so is the header. A column without a name (row numbers, as pandas and R write them) is left
    out, but for a first one where `row_names` gives it a name. Raises InputError naming file and line.
    """
    rest = enumerate(lines(path), start=1)
    first, separator, names = _header(path, rest, set(wanted))
    usual = "," if ".csv" in str(path).lower() else "\t"
    if len(names) > 1 and separator != usual:
        log.warning("%s: its columns are separated by %s, and read so", path, _SEPARATORS[separator])
    if twice := next((name for name in names if name and names.count(name) > 1), None):
        raise InputError(f"{path}, line {first}: column {twice!r} occurs twice; rename or remove one")
    rows, shifted = {}, None
    for number, line in rest:
        row = _cells(path, number, line, separator)
        if not any(row):
            continue
        while len(row) > len(names) and not row[-1]:
            row.pop()
        if not rows and len(row) == len(names) + 1:
            names.insert(0, "")  # R's write.table leaves out the name above the row names
            shifted = number, row
        if len(names) == 1 and len(row) > 2:
            raise InputError(
                f"{path}, line {first}: {names[0]!r} is not a header for rows of {len(row)} fields; write the names of "
                "the columns there, or # before the line"
            )
        if len(row) != len(names):
            if shifted and len(row) == len(names) - 1:
                (number, row), names = shifted, names[1:]
            raise InputError(
                f"{path}, line {number}: has {counted(len(row), 'field')}, but the header has {len(names)} "
                f"(separated by {_SEPARATORS[separator]}); repair the row"
            )
        if row == names:
            raise InputError(f"{path}, line {number}: repeats the header; remove the line")
        rows[number] = row
    names = [row_names if place == 0 and not name else name for place, name in enumerate(names)]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=names, dtype=str)
    return table.rename_axis("line").loc[:, [bool(name) for name in names]]


def _header(path: str | Path, rest: Iterator[tuple[int, str]], wanted: set[str]) -> tuple[int, str, list[str]]:
    """Line number, separator and names of the first line that is neither blank nor a comment."""
    for number, line in rest:
        text = line.strip()
        if not text.strip(",;"):
            continue
        bare = text.lstrip("# ") if text.startswith("#") else line
        separator = max(_SEPARATORS, key=bare.count)
        names = _cells(path, number, bare, separator)
        if text.startswith("#") and not wanted.intersection(names):
            log.warning("%s, line %d: begins with # and is taken for a comment", path, number)
            continue
        while len(names) > 1 and not names[-1]:
            names.pop()
        return number, separator, names
    raise InputError(f"{path}: is empty; write the names of the columns in its first line, then one row a line")


def _cells(path: str | Path, number: int, line: str, separator: str) -> list[str]:
    if '"' not in line:
        return [cell.strip(_BLANKS) for cell in line.split(separator)]
    try:
        return [cell.strip(_BLANKS) for cell in next(csv.reader([line], delimiter=separator, strict=True))]
    except csv.Error:
        raise InputError(f"{path}, line {number}: a quote is opened and not closed; remove it") from None
