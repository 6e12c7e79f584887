"""Names as people bring them: a list, a string with commas, or a file: one a line, or a column of a table."""

import csv
import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path

from deepmirnatar.common.text import lines, missing_file

_SUFFIXES = (".txt", ".tsv", ".csv", ".tab", ".list", ".lst", ".gz", ".fa", ".fasta", ".xlsx", ".xls")
_COMMENT = re.compile(r"\s*(#|//|;).*")
_TRAILING = re.compile(r"\s+#.*")
_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?|NA|NaN|Inf|-?Infinity", flags=re.I)
# Of such words are the headers of columns of names made.
_HEADERS = """gene genes symbol symbols name names id ids identifier identifiers accession accessions number numbers
version list mirna mirnas mir mirs microrna micrornas rna rnas mature precursor target targets feature features stable
external hgnc mgi ncbi official approved entrez ensembl refseq mirbase transcript row the my x v index probe"""
_HEADER_WORDS = frozenset(_HEADERS.split())


def is_number(text: str) -> bool:
    """Is it a number, as tables hold them?"""
    return bool(_NUMBER.fullmatch(text))


def is_header(text: str) -> bool:
    """Is it what people write above a column of names: gene, miRNA_ID, Gene symbol, V1, or nothing?"""
    words = re.sub("(?<=[a-z])(?=ID)|(?<=[a-z])(?=Name|Symbol)", " ", text)
    words = re.findall(r"[a-z]+", re.sub(r"\bV1\b", "V", words).lower())
    return not re.search(r"\d", text.replace("V1", "")) and set(words) <= _HEADER_WORDS


def read_names(given: str | Path | Sequence[str], is_name: Callable[[str], bool], what: str) -> list[str]:
    """The names in `given`, in their order: a sequence of names, a file (see `names_in`), or a string with commas,
    semicolons or line ends between. `is_name`: can a cell be such a name? `what`: for sentences, "gene".

    Raises ValueError for a file that is missing or holds no names, and where nothing is given.
    """
    if not isinstance(given, str | Path):
        names = [str(each) for each in given]
    elif os.path.isfile(given):  # false for a string that is longer than a file's name may be
        names = names_in(given, is_name)
        if not names:
            raise ValueError(f"{given}: holds no {what} name; write one a line, or a column of them first in a table")
    else:
        if isinstance(given, Path) or "\\" in given or given.lower().endswith(_SUFFIXES):
            raise ValueError(missing_file(given))
        names = re.split(r"[,;\n\t]", given)
    if not (found := [text for each in names if (text := bare(each))]):
        raise ValueError(f"no {what} is given; name one or more")
    return found


def names_in(path: str | Path, is_name: Callable[[str], bool]) -> list[str]:
    """The names of a text file; none where it holds something else.

    One a line, or several with commas, semicolons, tabs or blanks between; of a table, the first column of names,
    without its header. Quotes, comments (#) and other columns are left out.
    """
    rows = _rows(path)
    if not rows:
        return []
    column = _column(rows, is_name)
    if column is None:
        cells = [cell for row in rows for cell in row]
    else:
        cells = [row[column] if column < len(row) else "" for row in rows]
    if is_header(cells[0]) or (column is not None and _titles(rows)):
        cells = cells[1:]
    found = [cell for cell in cells if cell]
    return found if 2 * sum(map(is_name, found)) >= len(found) > 0 else []


def _rows(path: str | Path) -> list[list[str]]:
    """Cells of each line that is neither blank nor a comment; [] for FASTA."""
    kept = [_TRAILING.sub("", line) for line in lines(path) if line.strip() and not _COMMENT.fullmatch(line)]
    if not kept or kept[0].lstrip().startswith((">", "<")):
        return []
    separator = next((each for each in "\t;," if sum(each in line for line in kept) * 2 >= len(kept)), None)
    if separator is None:
        rows = [re.findall(r'"[^"]*"|[^\s,;]+', line) for line in kept]
    else:
        rows = list(csv.reader(kept, delimiter=separator, skipinitialspace=True))
    return [[bare(cell) for cell in row] for row in rows]


def _column(rows: list[list[str]], is_name: Callable[[str], bool]) -> int | None:
    """The first column of names of a table; None where rows are no table, but names side by side.

    It is a table where a column holds numbers, or its first line is a header.
    """
    width = max(map(len, rows))
    if width == 1:
        return 0
    below = rows[1:] or rows
    columns = [[row[place] for row in below if place < len(row) and row[place]] for place in range(width)]
    names = [bool(cells) and 2 * sum(map(is_name, cells)) >= len(cells) for cells in columns]
    numbers = any(cells and all(map(is_number, cells)) for cells in columns)
    titled = len(rows) > 1 and any(is_header(cell) for cell in rows[0] if cell)
    words = [named and not all(map(is_number, cells)) for named, cells in zip(names, columns, strict=True)]
    for wanted in (words, names):  # numbers are names (Entrez) where there are no others
        if True in wanted and (numbers or titled or wanted.count(True) == 1):
            return wanted.index(True)
    return None


def _titles(rows: list[list[str]]) -> bool:
    """Is the first row of a table its header? It is where it lacks the name above R's row names, and where a column
    of numbers has none there."""
    first, below = rows[0], rows[1:]
    if not below or len(first) + 1 == len(below[0]):
        return bool(below)
    numbers = [[row[place] for row in below if place < len(row) and row[place]] for place in range(len(first))]
    return any(
        title and not is_number(title) and cells and all(map(is_number, cells))
        for title, cells in zip(first, numbers, strict=True)
    )


def bare(text: object) -> str:
    """Without blanks, quotes and what cannot be seen."""
    return (
        re.sub("[\u200b\u200c\u200d\u2060\ufeff]", "", str(text))
        .replace("\u00a0", " ")
        .strip()
        .strip("\"'`“”‘’")
        .strip()
    )
