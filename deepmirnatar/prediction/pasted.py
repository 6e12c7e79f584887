"""Sequences without names, as they are pasted into a page."""

import re

WIDEST = 120  # nt of a line of a sequence that was broken into lines
_PLAIN = re.compile("[ACGUTNacgutn]+")


def is_plain(text: str) -> bool:
    """Is it nothing but bases, blanks and line ends?"""
    words = text.split()
    return bool(words) and all(_PLAIN.fullmatch(word) for word in words)


def pasted_targets(text: str) -> tuple[list[str], list[str]]:
    """The sequences of a plain text, and a sentence on how they were told apart.

    A blank line is between two. Lines below each other are one sequence where all are of one length, up to `WIDEST`,
    but for a shorter last one; or else one each.
    """
    found, joined = [], []
    for block in re.split(r"\n\s*\n", "\n".join(line.strip() for line in text.splitlines()).strip()):
        rows = ["".join(line.split()) for line in block.split("\n")]
        width = len(rows[0])
        if len(rows) > 1 and width <= WIDEST and {*map(len, rows[:-1])} == {width} and len(rows[-1]) <= width:
            joined.append(f"{len(rows):,} lines of {width} nt")
            rows = ["".join(rows)]
        found += rows
    said = []
    if joined:
        several = f" and {len(joined) - 1} more of the kind" if len(joined) > 1 else ""
        said.append(f"{joined[0]}{several} are read as one target; with `>name` lines, each is one of its own.")
    if len(found) > 1:
        said.append(f"{len(found):,} sequences without names are read as target1 to target{len(found)}.")
    return found, said


def as_fasta(sequences: list[str], name: str) -> str:
    """FASTA text, the records numbered where there are several."""
    numbers = [""] if len(sequences) == 1 else range(1, len(sequences) + 1)
    return "".join(f">{name}{number}\n{each}\n" for number, each in zip(numbers, sequences, strict=True))
