"""FASTA files of users, read by Biopython; a file that is not FASTA is refused with what it looks like."""

import re
from collections import deque
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import NamedTuple

import pandas as pd
from Bio.SeqIO.FastaIO import SimpleFastaParser

from deepmirnatar.common.did_you_mean import counted
from deepmirnatar.common.letters import odd_letter
from deepmirnatar.common.logs import log
from deepmirnatar.common.text import InputError, lines, opened

NO_SEQUENCE = "SEQUENCEUNAVAILABLE"  # what BioMart writes for a gene without a 3'UTR, its blank taken out
BIOMART = "in BioMart, choose Sequences, and 3' UTR among them"
_TAG = re.compile("<[^<>]*>")
# Columns of tables that hold no sequences, and what they are.
_TABLES = {
    r"log2?_?fold_?change|logfc|basemean|padj|adj\.p\.val": (
        "a table of differential expression",
        "give FASTA, or as miRNAs the names of its first column, one a line",
    ),
    r"(gene|transcript) (stable id|name)": ("BioMart's table", BIOMART),
}


class Record(NamedTuple):
    """`line` is that of the header, counted from 1; `sequence` as written, without blanks and line ends."""

    path: str | Path
    line: int
    title: str
    sequence: str

    def fault(self, letters: str) -> tuple[int, str] | None:
        """Line and description of the first letter that is none of `letters`, upper or lower case; None if all are."""
        odd = odd_letter(self.sequence.upper(), letters)
        if not odd:
            return None
        position, description = odd
        for number, text in _content(self.path):
            if number > self.line:
                position -= len(text)
                if position < 0:
                    return number, description
        return self.line, description


def records(path: str | Path) -> Iterator[Record]:
    """The records of a FASTA file, gzip or not. Comment lines (# or ;) above the first are left out.

    Raises InputError for text before the first `>`, since that is a record that would be lost.
    """
    headers: deque[int] = deque()

    def text() -> Iterator[str]:
        for number, line in _content(path):
            if line[0] == ">":
                headers.append(number)
            yield line

    for title, sequence in SimpleFastaParser(text()):
        yield Record(path, headers.popleft(), title.strip(), sequence)


def is_fasta(path: str | Path) -> bool:
    """Does the first line that is neither blank nor a comment begin with `>`?"""
    return next((line for each in lines(path) if (line := each.strip()) and line[0] not in "#;"), "").startswith(">")


def read_fasta(path: str | Path, letters: str, left_out: list[str] | None = None) -> pd.Series:
    """Entry name (the header's first word) -> sequence, RNA letters; `letters` are those that may occur.

    BioMart's entries without a sequence are left out, with a warning. Raises InputError, a ValueError, naming file,
    line and entry where an entry cannot be used; with a list `left_out`, such entries are left out, sentences on them
    go into the list, and InputError is for a file most of whose entries are such.
    """
    found: dict[str, str] = {}
    line_of: dict[str, int] = {}
    without, empty, faults, again = 0, 0, [], []
    for record in records(path):
        name, place = (record.title.split() or [""])[0], f"{path}, line {record.line}"
        if name and record.sequence.upper() == NO_SEQUENCE:
            without += 1
            continue
        repeats, fault = name in found, _fault(record, name, len(found) + 1, letters)
        if repeats:
            first = f"first in line {line_of[name]}"
            fault = f"{place}: entry {name!r} occurs twice, {first}; names must differ in their first word"
        if fault:
            if left_out is None:
                raise InputError(fault)
            (again if repeats else faults).append(fault)
            empty += not record.sequence
        sequence = record.sequence.upper().replace("T", "U")
        if not fault or (repeats and len(sequence) > len(found[name]) and not _fault(record, name, 0, letters)):
            found[name], line_of[name] = sequence, record.line
    if len(faults) > len(found) and empty < len(faults):
        raise InputError(faults[0])
    if not found:
        raise InputError(f"{path}: {_nothing(empty, without)}")
    said = _sentences(path, faults, again)
    if without:
        said.append(f"{path}: {counted(without, 'entry')} read 'Sequence unavailable'; left out")
    for sentence in said:
        if left_out is None:
            log.warning("warning: %s", sentence)
        else:
            left_out.append(sentence)
    return pd.Series(found, dtype=object)


def _fault(record: Record, name: str, number: int, letters: str) -> str | None:
    """Why an entry cannot be used, None if it can."""
    place = f"{record.path}, line {record.line}"
    if not name:
        return f"{place}: entry {number} has no name; write it behind the >"
    if not record.sequence:
        return f"{place}: entry {name!r} is empty; write the sequence on the line below, or remove the entry"
    if fault := record.fault(f"{letters}T"):
        line, odd = fault
        return f"{record.path}, line {line}: entry {name!r} holds {odd} (letters are {', '.join(letters)} or T)"
    return None


def _nothing(empty: int, without: int) -> str:
    """What a file without any sequence is."""
    if without:
        return f"all {counted(without, 'entry')} read 'Sequence unavailable', and none has a sequence; {BIOMART}"
    if empty:
        return f"holds {counted(empty, 'header')} and no sequence; {BIOMART}"
    return "holds no FASTA entry (a line `>name`, then the sequence); is it the right file?"


def _sentences(path: str | Path, faults: list[str], again: list[str]) -> list[str]:
    said = []
    if faults:
        said.append(f"{counted(len(faults), 'entry')} of {path} left out, first {_without(path, faults[0])}")
    if again:
        said.append(
            f"{counted(len(again), 'entry')} of {path} left out, which repeat a name; the longest of a name is kept; "
            f"first {_without(path, again[0])}"
        )
    return said


def _without(path: str | Path, sentence: str) -> str:
    return sentence.removeprefix(f"{path}, ").partition(";")[0]


def chromosomes(path: str | Path) -> Iterator[tuple[str, bytearray]]:
    """Name and sequence of each record of a genome's FASTA file, as bytes: text would take several times the memory."""
    name, sequence = "", bytearray()
    with opened(path) as handle:
        for line in handle:
            if line.startswith(b">"):
                if name:
                    yield name, sequence
                name, sequence = (line[1:].decode(errors="replace").split() or [""])[0], bytearray()
            elif name:
                sequence += line.strip()
            elif line.strip():
                raise InputError(f"{path}: {_before_first(line[:200].decode(errors='replace').strip(), True)}")
    if not name:
        raise InputError(f"{path}: holds no FASTA entry (a line `>name`, then the sequence)")
    yield name, sequence


def _content(path: str | Path) -> Iterator[tuple[int, str]]:
    """Number and text of the lines from the first header on; sequences without blanks, no line is empty.

    A web page around the records, as miRBase serves its files, is taken off. Raises InputError where something else
    comes before the first `>`.
    """
    started, page = False, None
    for number, line in enumerate(lines(path), start=1):
        if page is None and line.strip():
            page = line.lstrip().startswith("<") and "&gt;" in line
        for text in _TAG.sub("\n", line).split("\n") if page else [line]:
            text = (unescape(text) if page else text).strip()
            if text.startswith(">"):
                started = True
            elif not started:
                if text and text[0] not in "#;":
                    later = any(each.startswith(">") for each in lines(path))
                    raise InputError(f"{path}, line {number}: {_before_first(text, later)}")
                continue
            elif not text.isalpha():
                text = "".join(text.split())
            if text:
                yield number, text


def _before_first(line: str, later: bool) -> str:
    """What the first line looks like, where it does not begin with `>`. `later`: does another one?"""
    shown = repr(line if len(line) < 50 else f"{line[:47]}...")
    if line.startswith("@"):
        return f"{shown} looks like FASTQ; convert it to FASTA, whose records begin with `>name`"
    if any(mark in line for mark in "\t,;"):
        for pattern, (what, remedy) in _TABLES.items():
            if re.search(pattern, line, flags=re.I):
                return f"{shown} looks like the header of {what}, which holds no sequences; {remedy}"
        return f"{shown} looks like a table and holds no FASTA entry; write `>name`, then the sequence, one a line"
    if set(line.upper()) <= set("ACGTUN"):
        return f"{shown} is a sequence without a name; write `>name` on a line above it"
    if not later and re.fullmatch(r"[\"']?[\w.:|-]+[\"']?", line):
        return f"{shown} looks like a list of names, which holds no sequences; give the FASTA file of their sequences"
    return f"{shown} comes before the first `>`; begin each record with `>name`, or remove the line"
