"""FASTA files that people bring along."""

from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from deepmirnatar.common.letters import odd_letter
from deepmirnatar.common.logs import log
from deepmirnatar.common.text import InputError, lines

NO_SEQUENCE = "SEQUENCEUNAVAILABLE"  # what BioMart writes for a gene without a 3'UTR, its blank taken out


class Record(NamedTuple):
    """`line` is that of the header, counted from 1; `sequence` as written, without blanks and line ends.

    `parts` are the line and the length of each line of the sequence.
    """

    line: int
    title: str
    sequence: str
    parts: list[tuple[int, int]]

    def fault(self, letters: str) -> tuple[int, str] | None:
        """Line and description of the first letter that is none of `letters`, upper or lower case; None if all are."""
        odd = odd_letter(self.sequence.upper(), letters)
        if not odd:
            return None
        position, description = odd
        ends = accumulate(length for _, length in self.parts)
        return next(line for (line, _), end in zip(self.parts, ends, strict=True) if position < end), description


def records(path: str | Path) -> Iterator[Record]:
    """The records of a FASTA file, gzip or not. Comment lines (# or ;) above the first are left out.

    Raises InputError where something else stands before the first `>`, since that is a record that would be lost.
    """
    head, text, parts = None, [], []
    for number, line in enumerate(lines(path), start=1):
        line = line.strip()
        if line.startswith(">"):
            if head:
                yield Record(*head, "".join(text), parts)
            head, text, parts = (number, line[1:].strip()), [], []
        elif head:
            text.append("".join(line.split()))
            parts.append((number, len(text[-1])))
        elif line and line[0] not in "#;":
            raise InputError(f"{path}, line {number}: {_before_first(line)}")
    if head:
        yield Record(*head, "".join(text), parts)


def is_fasta(path: str | Path) -> bool:
    """Does the first line that is neither blank nor a comment begin with `>`?"""
    return next((line for each in lines(path) if (line := each.strip()) and line[0] not in "#;"), "").startswith(">")


def read_fasta(path: str | Path, letters: str) -> pd.Series:
    """Entry name (the header's first word) -> sequence, RNA letters; `letters` are those that may occur.

    BioMart's entries without a sequence are left out, with a warning. Raises InputError, a ValueError, naming
    file, line and entry.
    """
    found, line_of, without = {}, {}, 0
    for record in records(path):
        name, place = (record.title.split() or [""])[0], f"{path}, line {record.line}"
        if not name:
            raise InputError(f"{place}: entry {len(found) + 1} has no name; write it behind the >")
        if name in found:
            first = f"first in line {line_of[name]}"
            raise InputError(f"{place}: entry {name!r} occurs twice, {first}; names must differ in their first word")
        if record.sequence.upper() == NO_SEQUENCE:
            without += 1
            continue
        if not record.sequence:
            raise InputError(
                f"{place}: entry {name!r} is empty; write the sequence on the line below, or remove the entry"
            )
        if fault := record.fault(f"{letters}T"):
            line, odd = fault
            raise InputError(f"{path}, line {line}: entry {name!r} holds {odd} (letters are {', '.join(letters)} or T)")
        found[name], line_of[name] = record.sequence.upper().replace("T", "U"), record.line
    if without:
        log.warning("warning: %s: %d entries read 'Sequence unavailable' and are left out", path, without)
    if not found:
        raise InputError(f"{path}: holds no FASTA entry (a line `>name`, then the sequence); is it the right file?")
    return pd.Series(found, dtype=object)


def _before_first(line: str) -> str:
    """What the first line looks like, where it does not begin with `>`."""
    shown = repr(line if len(line) < 50 else f"{line[:47]}...")
    if line.startswith("@"):
        return f"{shown} looks like FASTQ; convert it to FASTA, whose records begin with `>name`"
    if any(mark in line for mark in "\t,"):
        return f"{shown} looks like a table and holds no FASTA entry; write `>name`, then the sequence, one a line"
    if set(line.upper()) <= set("ACGTUN"):
        return f"{shown} is a sequence without a name; write `>name` on a line above it"
    return f"{shown} stands before the first `>`; begin each record with `>name`, or remove the line"
