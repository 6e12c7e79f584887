"""mRNAs of transcripts, cut out of a genome and spliced."""

import re
from pathlib import Path

import pandas as pd

from deepmirnatar.annotation.isoforms import Chosen
from deepmirnatar.annotation.transcript import Transcript
from deepmirnatar.common.did_you_mean import counted
from deepmirnatar.common.fasta import chromosomes
from deepmirnatar.rna.sequences import reverse_complement

COLUMNS = ["target", "sequence", "cds_start", "cds_end", "gene", "transcript", "chrom", "strand", "exons"]
STOPS = ("UAA", "UAG", "UGA")
ENOUGH, FEW_STOPS = 20, 0.5  # coding parts, and the fraction of them with a stop codon that speaks for the right genome
_ODD = re.compile("[^ACGU]")


def cut(chosen: list[Chosen], genome: Path, path: Path) -> tuple[pd.DataFrame, list[str]]:
    """The targets' table and warnings on the genome. Raises ValueError where nothing is left."""
    sequences, missing, beyond = _spliced([one.transcript for one in chosen], genome)
    table, coding, stopped, ended = [], 0, 0, 0
    for one, sequence in zip(chosen, sequences, strict=True):
        if sequence is None:
            continue
        it = one.transcript
        start, end = it.cds
        if end:
            coding += 1
            end = with_stop(sequence, start, end)
            stopped += sequence[:end][-3:] in STOPS
        if end == len(sequence):
            ended += 1
            continue
        table.append((one.target, sequence, start, end, one.gene, it.name, it.chrom, it.strand, it.blocks))
    lacking = f"{counted(len(missing), 'chromosome')} of {path} ({', '.join(missing[:5])})"
    remedy = "take the genome that the annotation was made for"
    if not table:
        if beyond:
            raise ValueError(f"{genome}: {beyond[0]}; {remedy}")
        if ended:
            raise ValueError(f"{path}: holds no 3'UTR; each coding part reaches the end of its exons")
        raise ValueError(f"{genome}: holds none of the chromosomes of {path} ({', '.join(missing[:3])})")
    warnings = []
    if missing:
        warnings.append(f"{genome}: lacks {lacking}; their targets are left out.")
    if beyond:
        left = counted(len(beyond), "target")
        warnings.append(f"{genome}: {left} of {path} left out: {beyond[0]}; {remedy}.")
    if ended:
        warnings.append(f"{path}: {counted(ended, 'target')} left out, since its 3'UTR is the stop codon alone.")
    if coding >= ENOUGH and stopped < FEW_STOPS * coding:
        warnings.append(
            f"{genome}: only {stopped:,} of {coding:,} coding parts of {path} end with a stop codon; {remedy}."
        )
    return pd.DataFrame(table, columns=COLUMNS), warnings


def with_stop(sequence: str, start: int, end: int) -> int:
    """Where a coding part ends with its stop codon, which GTF may leave out of it.

    A stop codon behind it belongs to it only where it is what the reading frame runs into: neither a stop codon is its
    last one, nor UAA or UAG one of the others (UGA may be selenocysteine).
    """
    if sequence[end : end + 3] not in STOPS or sequence[start:end][-3:] in STOPS:
        return end
    codons = {sequence[place - 3 : place] for place in range(end, start + 2, -3)}
    return end + 3 if codons.isdisjoint(STOPS[:2]) else end


def _spliced(transcripts: list[Transcript], genome: Path) -> tuple[list[str | None], list[str], list[str]]:
    """The sequence of each transcript, None where it cannot be cut; the chromosomes that are missing; a sentence on
    each transcript that reaches beyond its chromosome.

    One chromosome is in memory at a time. chr1 and 1 are the same, and so are chrM and MT.
    """
    wanted: dict[str, list[int]] = {}
    for row, one in enumerate(transcripts):
        wanted.setdefault(_plain(one.chrom), []).append(row)
    found: list[str | None] = [None] * len(transcripts)
    beyond = []
    for chrom, letters in chromosomes(genome):
        for row in wanted.pop(_plain(chrom), []):
            one = transcripts[row]
            last = max(end for _, end in one.blocks)
            if last > len(letters):
                beyond.append(f"{chrom} has {len(letters):,} nt, but {one.name!r} reaches {last:,}")
                continue
            pieces = [_rna(letters[start:end]) for start, end in one.blocks]
            found[row] = "".join(reverse_complement(each) if one.strand == "-" else each for each in pieces)
    return found, [transcripts[rows[0]].chrom for rows in wanted.values()], beyond


def _rna(letters: bytes | bytearray) -> str:
    return _ODD.sub("N", letters.decode("ascii", "replace").upper().replace("T", "U"))


def _plain(chrom: str) -> str:
    name = chrom.removeprefix("chr")
    return "MT" if name == "M" else name
