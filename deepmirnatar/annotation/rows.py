"""Rows of GTF, GFF3 and BED: split, checked, and those that cannot be used counted."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from deepmirnatar.annotation.transcript import Span, Transcript
from deepmirnatar.common.did_you_mean import counted
from deepmirnatar.common.text import lines

# What a feature adds to its transcript.
PIECE, CODING, UTR, UNTOLD = "piece", "coding", "utr", "untold"
KINDS = {
    **dict.fromkeys(["exon", "pseudogenic_exon", "coding_exon", "noncoding_exon"], PIECE),
    **dict.fromkeys(["cds", "stop_codon"], CODING),
    **dict.fromkeys(["five_prime_utr", "5utr", "utr5", "5'utr", "five_prime_untranslated_region"], PIECE),
    **dict.fromkeys(["three_prime_utr", "3utr", "utr3", "3'utr", "three_prime_untranslated_region"], UTR),
    "utr": UNTOLD,
}


@dataclass
class LeftOut:
    """Rows that cannot be used, and the transcripts that are left out with them."""

    path: Path
    count: int = 0
    first: str = ""
    names: set[str] = field(default_factory=set)

    def add(self, number: int, fault: str, name: str = "") -> None:
        self.count += 1
        self.first = self.first or f"line {number}: {fault}"
        if name:
            self.names.add(name)

    def sentences(self) -> list[str]:
        if not self.count:
            return []
        many = "line is" if self.count == 1 else "lines are"
        with_them = f", with {counted(len(self.names), 'transcript')}" if self.names else ""
        return [f"{self.path}: {self.count:,} {many} odd and left out{with_them}; {self.first.partition(';')[0]}."]


def rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Number and columns of each line that is no comment; a sequence at the end (##FASTA) is not read."""
    for number, line in enumerate(lines(path, also=(b"##gff-version",)), start=1):
        if line.startswith("##FASTA"):
            return
        if line.strip() and not line.startswith(("#", "track ", "browser ", ">")):
            yield number, line.split("\t")


def span(first: str, last: str) -> Span:
    """The place of two cells that count from 1, both ends included. Raises ValueError."""
    start, end = position(first) - 1, position(last)
    if start < 0:
        raise ValueError("the start is 0; positions count from 1")
    if start >= end:
        raise ValueError(f"the start {first} lies behind the end {last}")
    return start, end


def position(cell: str) -> int:
    """A place on the genome. Raises ValueError."""
    if not (cell.isascii() and cell.strip().isdigit()):
        raise ValueError(f"{cell!r} should be a position; a header line should begin with #")
    return int(cell)


def check_strand(strand: str) -> None:
    """Raises ValueError where there is none."""
    if strand not in ("+", "-"):
        raise ValueError(f"strand {strand!r} is neither + nor -; on which is this transcript?")


def add_part(one: Transcript, kind: str, piece: Span) -> None:
    """What one line, of a kind as in `KINDS`, adds to its transcript."""
    if kind == CODING:
        one.coding.append(piece)
        return
    one.pieces.append(piece)
    if kind != PIECE:
        one.utrs.append(piece)
    one.either_end |= kind == UNTOLD
