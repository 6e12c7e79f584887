"""3'UTRs cut out of a genome by an annotation, GTF or BED12, and sites on them placed back on the genome.

Positions are 0-based and half-open. The exons of a 3'UTR are listed as transcribed: on the minus strand from the right.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from deepmirnatar.common.did_you_mean import counted
from deepmirnatar.common.text import lines, opened
from deepmirnatar.rna.sequences import reverse_complement

STOPS = ("UAA", "UAG", "UGA")
# Of a gene's transcripts the one that curators chose, or else the one with the longest 3'UTR.
CHOSEN = ("MANE_Select", "Ensembl_canonical")
_ATTRIBUTE = re.compile(r'(\w+) "([^"]*)"')


@dataclass
class Transcript:
    """What an annotation says of one transcript; `coding` is None where it codes for nothing."""

    name: str
    gene: str
    symbol: str
    chrom: str
    strand: str
    chosen: int = 0  # 2: MANE, 1: Ensembl canonical
    ends_with_stop: bool = True  # does the coding part hold the stop codon?
    coding: tuple[int, int] | None = None
    exons: list[tuple[int, int]] = field(default_factory=list)
    one_piece: bool = False  # a line that cannot tell its exons

    def utr(self) -> list[tuple[int, int]]:
        """Exons of the 3'UTR as transcribed; all exons where nothing is coding."""
        exons = sorted(self.exons, reverse=self.strand == "-")
        if self.coding is None:
            return exons
        low, high = self.coding
        if self.strand == "-":
            return [(start, min(end, low)) for start, end in exons if start < low]
        return [(max(start, high), end) for start, end in exons if end > high]


def read_annotated(annotation: str | Path, genome: str | Path) -> tuple[pd.DataFrame, list[str]]:
    """3'UTRs of an annotation: columns target, utr (RNA, 5'->3'), chrom, strand, exons; and warnings.

    GTF: one 3'UTR per gene, named by its symbol or id. BED12: one per line, what lies behind the thick part, or all of
    a line without one; BED of six columns: all of a line, one exon. Raises ValueError naming the file where nothing can
    be cut.
    """
    path = Path(annotation)
    name = path.name.lower().removesuffix(".gz")
    if name.endswith((".gtf", ".gff2")):
        chosen = _one_per_gene(_read_gtf(path))
    elif name.endswith(".bed"):
        chosen = _read_bed(path)
    else:
        raise ValueError(f"{path}: is neither .gtf nor .bed (.gz is read), which tell the format; give GTF or BED12")
    every, chosen = chosen, [transcript for transcript in chosen if transcript.utr()]
    if not chosen:
        needs = "GTF needs lines of exon and CDS, BED twelve columns"
        if every:
            needs = "nothing is left behind the thick parts; in lines that are 3'UTRs, thickStart equals thickEnd"
        raise ValueError(f"{path}: holds no 3'UTR; {needs}")
    sequences, missing = _cut(chosen, Path(genome))
    rows = []
    for transcript, sequence in zip(chosen, sequences, strict=True):
        if sequence is None:
            continue
        exons = transcript.utr()
        if not transcript.ends_with_stop and sequence.startswith(STOPS):
            sequence, exons = sequence[3:], _without_first(exons, 3, transcript.strand)
        if sequence:
            rows.append((transcript.symbol, sequence, transcript.chrom, transcript.strand, exons))
    if not rows:
        raise ValueError(f"{genome}: holds none of the chromosomes of {path} ({', '.join(missing[:3])})")
    warnings = []
    if left := len(every) - len(chosen):
        warnings.append(f"{path}: {counted(left, 'line')} with nothing behind the thick part; left out.")
    if single := sum(transcript.one_piece for transcript in chosen):
        warnings.append(
            f"{path}: {counted(single, 'line')} of six columns, read as one exon each; with introns, give BED12."
        )
    if missing:
        names = ", ".join(missing[:5])
        warnings.append(
            f"{genome}: lacks {counted(len(missing), 'chromosome')} of {path} ({names}); their targets are left out."
        )
    return pd.DataFrame(rows, columns=["target", "sequence", "chrom", "strand", "exons"]), warnings


def on_genome(start: int, end: int, exons: list[tuple[int, int]], strand: str) -> list[tuple[int, int]]:
    """The pieces of the genome that hold [start, end) of a 3'UTR, from left to right."""
    pieces, done = [], 0
    for left, right in exons:
        first, last = max(start - done, 0), min(end - done, right - left)
        if first < last:
            pieces.append((right - last, right - first) if strand == "-" else (left + first, left + last))
        done += right - left
    return sorted(pieces)


def placed(sites: pd.DataFrame, targets: pd.DataFrame) -> pd.DataFrame:
    """The sites with columns chrom, strand, genome_start, genome_end and genome_blocks (start-end, start-end)."""
    exons = dict(zip(targets["target"], zip(targets["exons"], targets["strand"], strict=True), strict=True))
    blocks = [
        on_genome(start, end, *exons[target])
        for target, start, end in zip(sites["target"], sites["start"], sites["end"], strict=True)
    ]
    where = targets.set_index("target")
    return sites.assign(
        chrom=sites["target"].map(where["chrom"]),
        strand=sites["target"].map(where["strand"]),
        genome_start=np.array([each[0][0] for each in blocks], dtype=int),
        genome_end=np.array([each[-1][1] for each in blocks], dtype=int),
        genome_blocks=[",".join(f"{left}-{right}" for left, right in each) for each in blocks],
    )


def _lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Number and columns of each line that is no comment."""
    for number, line in enumerate(lines(path), start=1):
        if line.strip() and not line.startswith(("#", "track", "browser")):
            yield number, line.split("\t")


def _read_gtf(path: Path) -> list[Transcript]:
    """Transcripts with a coding part."""
    found: dict[tuple, Transcript] = {}  # of one name, those of X and Y are two
    for number, cells in _lines(path):
        if len(cells) != 9:
            raise ValueError(f"{path}, line {number}: has {len(cells)} columns, GTF has 9")
        chrom, _, kind, start, end, _, strand, _, text = cells
        if kind not in ("exon", "CDS", "stop_codon"):
            continue
        _check_strand(path, number, strand)
        attributes = _ATTRIBUTE.findall(text)
        about = dict(attributes)
        if "transcript_id" not in about:
            raise ValueError(f'{path}, line {number}: has no transcript_id "..."; is this GTF?')
        name, gene = about["transcript_id"], about.get("gene_id", about["transcript_id"])
        if (one := found.get((name, chrom, strand))) is None:
            tags = {value.replace(" ", "_") for key, value in attributes if key == "tag"}  # RefSeq: "MANE Select"
            chosen = sum(number * (tag in tags) for number, tag in zip((2, 1), CHOSEN, strict=True))
            one = Transcript(name, gene, about.get("gene_name") or gene, chrom, strand, chosen, False)
            found[name, chrom, strand] = one
        piece = _position(path, number, start) - 1, _position(path, number, end)
        if kind == "exon":
            one.exons.append(piece)
        else:
            low, high = one.coding or piece
            one.coding = min(low, piece[0]), max(high, piece[1])
            one.ends_with_stop |= kind == "stop_codon"
    return [one for one in found.values() if one.coding]


def _one_per_gene(transcripts: list[Transcript]) -> list[Transcript]:
    best: dict[str, Transcript] = {}
    for one in transcripts:
        rank = one.chosen, sum(end - start for start, end in one.utr())
        if rank[1] and (one.gene not in best or rank > best[one.gene][0]):
            best[one.gene] = rank, one
    chosen = [one for _, one in best.values()]
    while True:  # a gene's id may be another's symbol
        times = Counter(one.symbol for one in chosen)
        shared = [one for one in chosen if times[one.symbol] > 1 and one.symbol != one.gene]
        if not shared:
            return chosen
        for one in shared:
            one.symbol = one.gene


def _read_bed(path: Path) -> list[Transcript]:
    found: dict[str, Transcript] = {}
    for number, cells in _lines(path):
        if len(cells) not in (6, 12):
            raise ValueError(f"{path}, line {number}: has {len(cells)} columns, BED12 has 12")
        _check_strand(path, number, cells[5])
        chrom, start, name, strand = cells[0], _position(path, number, cells[1]), cells[3], cells[5]
        if not name.strip():
            raise ValueError(f"{path}, line {number}: has no name in its fourth column; name the target")
        if name in found:
            raise ValueError(f"{path}, line {number}: {name!r} occurs twice; names must differ")
        one = found[name] = Transcript(name, name, name, chrom, strand)
        if len(cells) == 6:
            one.one_piece = True
            one.exons.append((start, _position(path, number, cells[2])))
            continue
        sizes, offsets = (
            [_position(path, number, each) for each in cell.strip(",").split(",")] for cell in cells[10:12]
        )
        if len(sizes) != len(offsets):
            raise ValueError(f"{path}, line {number}: has {len(sizes)} sizes and {len(offsets)} starts of blocks")
        one.exons = [(start + left, start + left + size) for left, size in zip(offsets, sizes, strict=True)]
        low, high = (_position(path, number, cell) for cell in cells[6:8])
        if low < high:
            one.coding = low, high
    return list(found.values())


def _position(path: Path, number: int, cell: str) -> int:
    if not cell.strip().isdigit():
        raise ValueError(f"{path}, line {number}: {cell!r} should be a position; a header line should begin with #")
    return int(cell)


def _check_strand(path: Path, number: int, strand: str) -> None:
    if strand not in ("+", "-"):
        raise ValueError(f"{path}, line {number}: strand {strand!r} is neither + nor -; on which is this transcript?")


def _cut(transcripts: list[Transcript], genome: Path) -> tuple[list[str | None], list[str]]:
    """The 3'UTR of each transcript, None where its chromosome is missing; and the names of those chromosomes.

    One chromosome is in memory at a time. chr1 and 1 are the same.
    """
    wanted: dict[str, list[int]] = {}
    for row, one in enumerate(transcripts):
        wanted.setdefault(one.chrom.removeprefix("chr"), []).append(row)
    found: list[str | None] = [None] * len(transcripts)
    for chrom, sequence in _chromosomes(genome):
        for row in wanted.pop(chrom.removeprefix("chr"), []):
            one = transcripts[row]
            pieces = []
            for start, end in one.utr():
                if end > len(sequence):
                    raise ValueError(
                        f"{genome}: {chrom} has {len(sequence):,} nt, but {one.name!r} reaches {end:,}; "
                        "take the genome that the annotation was made for"
                    )
                piece = sequence[start:end].decode("ascii").upper().replace("T", "U")
                pieces.append(reverse_complement(piece) if one.strand == "-" else piece)
            found[row] = re.sub("[^ACGU]", "N", "".join(pieces))
    return found, [transcripts[rows[0]].chrom for rows in wanted.values()]


def _chromosomes(path: Path) -> Iterator[tuple[str, bytearray]]:
    """Name and sequence of each record of a genome's FASTA file."""
    name, sequence = "", bytearray()
    with opened(path) as handle:
        for line in handle:
            if line.startswith(b">"):
                if name:
                    yield name, sequence
                name, sequence = (line[1:].decode().split() or [""])[0], bytearray()
            elif name:
                sequence += line.strip()
            elif line.strip():
                raise ValueError(f"{path}: {line[:30].decode(errors='replace').strip()!r} stands behind no `>name`")
    if not name:
        raise ValueError(f"{path}: holds no FASTA entry (a line `>name`, then the sequence)")
    yield name, sequence


def _without_first(exons: list[tuple[int, int]], count: int, strand: str) -> list[tuple[int, int]]:
    """Exons as transcribed without their first `count` nt."""
    left = []
    for start, end in exons:
        gone = min(count, end - start)
        count -= gone
        if gone < end - start:
            left.append((start, end - gone) if strand == "-" else (start + gone, end))
    return left
