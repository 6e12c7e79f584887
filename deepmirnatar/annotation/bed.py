"""BED12, whose thick part is the coding one, and BED6, whose lines are one exon each. Further columns are not read."""

from pathlib import Path

from deepmirnatar.annotation.rows import LeftOut, check_strand, position, rows
from deepmirnatar.annotation.transcript import Span, Transcript


def read_bed(path: Path, left_out: LeftOut) -> tuple[list[Transcript], int]:
    """One transcript per line, named by its fourth column; and how many lines have no blocks."""
    found: dict[str, Transcript] = {}
    plain = 0
    for number, cells in rows(path):
        try:
            one = _read(cells)
            if one.name in found:
                raise ValueError(f"{one.name!r} occurs twice; names must differ")
        except ValueError as error:
            left_out.add(number, str(error))
            continue
        found[one.name] = one
        plain += len(cells) < 12
    return list(found.values()), plain


def _read(cells: list[str]) -> Transcript:
    """The transcript of one line. Raises ValueError."""
    if len(cells) < 6:
        raise ValueError(f"has {len(cells)} columns, BED12 has 12, separated by tabs")
    chrom, start, end, name, _, strand = (cell.strip() for cell in cells[:6])
    low, high = position(start), position(end)
    check_strand(strand)
    if not name:
        raise ValueError("has no name in its fourth column; name the target")
    if low >= high:
        raise ValueError(f"the start {start} does not lie before the end {end}")
    one = Transcript(name, chrom, strand, gene=name, symbol=name, whole=True)
    if len(cells) < 12:
        one.pieces = [(low, high)]
        return one
    one.pieces = _blocks(low, high, *cells[10:12])
    thick = position(cells[6]), position(cells[7])
    if thick[0] < thick[1]:
        one.coding = [(max(start, thick[0]), min(end, thick[1])) for start, end in one.pieces]
        one.coding = [(start, end) for start, end in one.coding if start < end]
    return one


def _blocks(low: int, high: int, sizes: str, starts: str) -> list[Span]:
    sizes, starts = ([position(each) for each in cell.strip().strip(",").split(",")] for cell in (sizes, starts))
    if len(sizes) != len(starts):
        raise ValueError(f"has {len(sizes)} sizes and {len(starts)} starts of blocks")
    found = [(low + start, low + start + size) for size, start in zip(sizes, starts, strict=True) if size]
    if not found or max(end for _, end in found) > high:
        raise ValueError("its blocks do not lie between its start and its end")
    return found
