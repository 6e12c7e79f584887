"""mRNAs cut out of a genome by an annotation, GTF, GFF3 or BED, and sites on them placed back on the genome.

Positions are 0-based and half-open. Exons are listed as transcribed: on the minus strand from the right.
"""

import re
from pathlib import Path

import numpy as np
import pandas as pd

from deepmirnatar.annotation.bed import read_bed
from deepmirnatar.annotation.cutting import cut
from deepmirnatar.annotation.gff3 import read_gff3
from deepmirnatar.annotation.gtf import attributes, read_gtf
from deepmirnatar.annotation.isoforms import Chosen, choose
from deepmirnatar.annotation.rows import LeftOut, rows
from deepmirnatar.annotation.transcript import Span, Transcript
from deepmirnatar.common.did_you_mean import counted

_GFF3 = re.compile(r"(^|;)\s*(ID|Parent|Name)=")


def read_annotated(
    annotation: str | Path, genome: str | Path, transcripts: str | Path = "canonical"
) -> tuple[pd.DataFrame, list[str], list[str]]:
    """Targets of an annotation; warnings; and how isoforms were chosen, in a sentence.

    GTF (Ensembl, GENCODE, RefSeq, StringTie, FlyBase, UCSC) and GFF3 (Ensembl, NCBI): one transcript per gene, named by
    the gene's symbol or id; with `transcripts` (`canonical`, `longest`, `all` or a file of ids) other ones, see
    `isoforms.choose`. BED12: one target per line, named by it; lines of fewer columns are one exon each. The format is
    told by the lines, not by the name.

    Columns: target; sequence, the whole mRNA (RNA, 5'->3', ACGUN); cds_start, cds_end, its coding part with the stop
    codon (both 0 where only the 3'UTR is known, which then is the sequence); gene; transcript; chrom, strand, exons:
    where the sequence lies on the genome. Raises ValueError naming the file where nothing can be cut.
    """
    path, warnings = Path(annotation), []
    left_out = LeftOut(path)
    reader = _reader(path)
    if reader is read_bed:
        if str(transcripts) != "canonical":
            raise ValueError(f"{path}: BED names no genes, so that isoforms cannot be chosen; leave `transcripts` out")
        found, plain = read_bed(path, left_out)
        if plain:
            warnings.append(
                f"{path}: {counted(plain, 'line')} without blocks, read as one exon each; with introns, give BED12."
            )
        chosen, said = [Chosen(one.name, one.name, one) for one in found if one.utr_length], []
    else:
        found = reader(path, left_out)
        warnings += _apart(path, found)
        chosen, said = choose(found, transcripts)
    warnings = [*left_out.sentences(), *warnings, *_without_utr(path, found, chosen)]
    if not chosen:
        raise ValueError(_nothing(path, found, left_out))
    table, doubts = cut(chosen, Path(genome), path)
    return table, [*warnings, *doubts], said


def on_genome(start: int, end: int, exons: list[Span], strand: str) -> list[Span]:
    """The pieces of the genome that hold [start, end) of a target, from left to right."""
    pieces, done = [], 0
    for left, right in exons:
        first, last = max(start - done, 0), min(end - done, right - left)
        if first < last:
            pieces.append((right - last, right - first) if strand == "-" else (left + first, left + last))
        done += right - left
    return sorted(pieces)


def placed(sites: pd.DataFrame, targets: pd.DataFrame) -> pd.DataFrame:
    """The sites with columns chrom, strand, genome_start, genome_end and genome_blocks (start-end, start-end)."""
    # The end of a site across a circle's junction lies on the second round.
    times = 2 if "circle" in targets else 1
    exons = {row.target: (row.exons * times, row.strand) for row in targets.itertuples()}
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


def _reader(path: Path):
    """What reads the file, told by its first line that tells it, or else by its name. Raises ValueError."""
    for _, cells in rows(path):
        if len(cells) >= 9 and cells[3].isdigit() and cells[4].isdigit():
            if attributes(cells[8]):
                return read_gtf
            if _GFF3.search(cells[8]):
                return read_gff3
        if len(cells) >= 3 and cells[1].isdigit() and cells[2].isdigit():
            return read_bed
    named = re.search(r"\.(gtf|gff2|gff|gff3|bed)(\.gz)?$", path.name.lower())
    if named is None:
        raise ValueError(f"{path}: its lines are none of GTF, GFF3 or BED, whose columns are separated by tabs")
    return {"bed": read_bed, "gff3": read_gff3}.get(named[1], read_gtf)


def _apart(path: Path, found: list[Transcript]) -> list[str]:
    """Where gene_id only repeats transcript_id, genes are distinguished by their symbols, if any; a warning."""
    if len(found) < 2 or any(one.gene != one.name for one in found):
        return []
    said = f"{path}: gene_id equals transcript_id in all {len(found):,} transcripts"
    if all(one.symbol == one.name for one in found):
        return [f"{said}, so that each isoform is a target of its own; give an annotation that names the genes."]
    for one in found:
        one.gene = one.symbol
    return [f"{said}; isoforms of one gene name are taken for one gene."]


def _without_utr(path: Path, found: list[Transcript], chosen: list[Chosen]) -> list[str]:
    """Warnings: genes (in BED, lines) that have no 3'UTR, and 3'UTRs that rest on a guess."""
    whole = any(one.whole for one in found)
    genes: dict[str, bool] = {}  # those without a 3'UTR: does one of its transcripts code for something?
    for one in found:
        genes[one.gene] = genes.get(one.gene, False) or bool(one.coding or one.utrs)
    for one in found:
        if one.utr_length:
            genes.pop(one.gene, None)
    warnings = []
    if whole and genes:
        warnings.append(f"{path}: {counted(len(genes), 'line')} with nothing behind the thick part; left out.")
    elif genes:
        full, first = sum(genes.values()), next(iter(genes))
        kinds = [(full, "whose coding part reaches the end of the exons"), (len(genes) - full, "without a CDS")]
        which = ", ".join(f"{number:,} {what}" for number, what in kinds if number)
        has = "has" if len(genes) == 1 else "have"
        warnings.append(
            f"{path}: {counted(len(genes), 'gene')} {has} no 3'UTR and {'is' if len(genes) == 1 else 'are'} left out, "
            f"first {first!r}: {which}."
        )
    uncoded = [one.transcript for one in chosen if not one.transcript.coding]
    if either := sum(one.either_end for one in uncoded):
        warnings.append(f"{path}: {counted(either, 'target')} of UTR lines without a CDS; taken for 3'UTRs.")
    if whole and 0 < len(uncoded) < len(chosen):
        warnings.append(f"{path}: {counted(len(uncoded), 'line')} without a thick part, taken for 3'UTRs as a whole.")
    return warnings


def _nothing(path: Path, found: list[Transcript], left_out: LeftOut) -> str:
    """Why an annotation holds no 3'UTR."""
    if not found and left_out.first:
        return f"{path}, {left_out.first}"
    if any(one.whole for one in found):
        return (
            f"{path}: holds no 3'UTR; nothing is left behind the thick parts; in lines that are 3'UTRs, thickStart "
            "equals thickEnd"
        )
    if any(one.coding for one in found):
        return f"{path}: holds no 3'UTR; each coding part reaches the end of its exons; give whole transcripts"
    return f"{path}: holds no 3'UTR; GTF and GFF3 need lines of exon and CDS, or of three_prime_utr, BED twelve columns"
