"""GTF of Ensembl, GENCODE, RefSeq, StringTie, FlyBase and UCSC."""

import re
from pathlib import Path

from deepmirnatar.annotation.rows import KINDS, LeftOut, add_part, check_strand, rows, span
from deepmirnatar.annotation.transcript import KEYS, SYMBOLS, Span, Transcript

_ATTRIBUTE = re.compile(r'(\w+) +"?([^";]*)')


def attributes(text: str) -> list[tuple[str, str]]:
    """The keys and values that matter here, quoted or not; a key may occur several times."""
    return [pair for pair in _ATTRIBUTE.findall(text) if pair[0] in KEYS]


def read_gtf(path: Path, left_out: LeftOut) -> list[Transcript]:
    """The transcripts of a GTF file, whatever the order of its lines and whichever of them holds an attribute."""
    found: dict[tuple, Transcript] = {}  # of one name, those of X and Y are two
    told: dict[str, Transcript] = {}  # what lines that are no part of a transcript say of it
    genes: dict[str, dict[str, str]] = {}
    spans: dict[Span, Span] = {}  # isoforms share their exons, and here their places in memory
    for number, cells in rows(path):
        if len(cells) < 9:
            left_out.add(number, f"has {len(cells)} columns, GTF has 9, separated by tabs")
            continue
        chrom, _, feature, start, end, _, strand, _, text = cells[:9]
        feature, pairs = feature.lower(), attributes(text)
        about = dict(pairs[::-1])
        name, kind = about.get("transcript_id"), KINDS.get(feature)
        if about.get("gene_id"):
            of_gene = genes.setdefault(about["gene_id"], {})
            for key in SYMBOLS:
                if about.get(key):
                    of_gene.setdefault(key, about[key])
        if not kind:
            if name:
                if name not in told:
                    told[name] = Transcript(name, chrom, strand)
                told[name].describe(pairs)
            continue
        try:
            if not name:
                raise ValueError('has no transcript_id "..."; is this GTF?')
            check_strand(strand)
            piece = span(start, end)
        except ValueError as error:
            left_out.add(number, str(error), name or "")
            continue
        one = found.get((name, chrom, strand))
        if one is None:
            one = found[name, chrom, strand] = Transcript(name, chrom, strand)
        one.describe(pairs)
        add_part(one, kind, spans.setdefault(piece, piece))
    whole = [one for one in found.values() if one.name not in left_out.names]
    for one in whole:
        if above := told.get(one.name):
            one.about, one.tags = above.about | one.about, above.tags | one.tags
        one.settle(genes.get(one.about.get("gene_id", "")))
    return whole
