"""GFF3 of Ensembl, GENCODE, NCBI, FlyBase and others: parts, whose Parent is a transcript, whose Parent is a gene."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from deepmirnatar.annotation.rows import KINDS, LeftOut, add_part, check_strand, rows, span
from deepmirnatar.annotation.transcript import Transcript

_PREFIXES = ("gene:", "transcript:", "gene-", "rna-")  # of Ensembl's and NCBI's IDs


@dataclass
class _Node:
    """A line with an ID that others name as their Parent."""

    feature: str
    about: dict[str, str]

    @property
    def parent(self) -> str:
        return self.about.get("Parent", "").split(",")[0]


def attributes(text: str) -> dict[str, str]:
    """The keys and values of a line's ninth column, its escapes taken out; commas between values stay."""
    found = {}
    for pair in text.split(";"):
        key, _, value = pair.partition("=")
        if value:
            found.setdefault(key.strip(), unquote(value.strip()) if "%" in value else value.strip())
    return found


def read_gff3(path: Path, left_out: LeftOut) -> list[Transcript]:
    """The transcripts of a GFF3 file, whatever the order of its lines and whichever of them holds an attribute."""
    found: dict[tuple, Transcript] = {}
    nodes: dict[str, _Node] = {}
    for number, cells in rows(path):
        if len(cells) < 9:
            left_out.add(number, f"has {len(cells)} columns, GFF3 has 9, separated by tabs")
            continue
        chrom, _, feature, start, end, _, strand, _, text = cells[:9]
        kind, about = KINDS.get(feature.lower()), attributes(text)
        if not kind:
            if "ID" in about:
                nodes.setdefault(about["ID"], _Node(feature, about))
            continue
        parents = [each for each in about.get("Parent", "").split(",") if each] or [_own_name(about)]
        try:
            check_strand(strand)
            piece = span(start, end)
            if not parents[0]:
                raise ValueError("has no Parent=...; of which transcript is it?")
        except ValueError as error:
            for parent in parents:
                left_out.add(number, str(error), parent)
            continue
        for parent in parents:
            one = found.setdefault((parent, chrom, strand), Transcript(parent, chrom, strand))
            one.describe(about.items())
            add_part(one, kind, piece)
    whole = [one for one in found.values() if one.name not in left_out.names]
    for one in whole:
        _settle(one, nodes)
    return whole


def _own_name(about: dict[str, str]) -> str:
    """The name of a part without a Parent."""
    return next((about[key] for key in ("transcript_id", "ID", "Name") if key in about), "")


def _settle(one: Transcript, nodes: dict[str, _Node]) -> None:
    """Name a transcript, its gene and its symbol by the lines above it."""
    chain = list(_upwards(one.name, nodes))
    for _, node in chain:
        one.describe(pair for pair in node.about.items() if pair[0] != "biotype")  # a gene's is another one
    if chain:
        own = chain[0][1]
        one.about.setdefault("biotype", own.about.get("biotype") or own.feature)
    of_gene = {}
    if len(chain) > 1 or (chain and "gene" in chain[0][1].feature.lower()):
        name, gene = chain[-1]
        of_gene = {"gene_id": _bare(name), "ref_gene_name": gene.about.get("Name", "")}
    elif chain and chain[0][1].parent:  # the gene has no line
        of_gene = {"gene_id": _bare(chain[0][1].parent)}
    one.name = one.about.get("transcript_id") or _bare(one.name)
    one.settle(of_gene)


def _upwards(name: str, nodes: dict[str, _Node]) -> Iterator[tuple[str, _Node]]:
    """The line of a transcript, the line of its gene, and those between them."""
    seen = set()
    while name in nodes and name not in seen:
        seen.add(name)
        yield name, nodes[name]
        name = nodes[name].parent


def _bare(name: str) -> str:
    return next((name.removeprefix(prefix) for prefix in _PREFIXES if name.startswith(prefix)), name)
