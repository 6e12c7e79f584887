"""One transcript of an annotation: its blocks on the genome and where its coding part lies on the spliced mRNA.

Positions are 0-based and half-open. Blocks are listed as transcribed: on the minus strand from the right.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from sys import intern

Span = tuple[int, int]
SYMBOLS = ("gene_name", "gene_symbol", "gene", "ref_gene_name")  # what gives a gene's symbol, first come first
BIOTYPES = ("transcript_type", "transcript_biotype", "biotype")
KEYS = frozenset(
    ["gene_id", "transcript_id", *SYMBOLS, *BIOTYPES, "ccds_id", "ccdsid", "tag"]
)  # attributes that are read


@dataclass
class Transcript:
    """What all lines of an annotation say of one transcript."""

    name: str
    chrom: str
    strand: str
    about: dict[str, str] = field(default_factory=dict)  # attributes of its lines, the first value of each
    tags: set[str] = field(default_factory=set)
    pieces: list[Span] = field(default_factory=list)  # exons, and UTRs of either end
    coding: list[Span] = field(default_factory=list)  # CDS and stop codon
    utrs: list[Span] = field(default_factory=list)  # of the 3' end, or of an end that is not said
    either_end: bool = False  # is there such a UTR?
    gene: str = ""
    symbol: str = ""
    whole: bool = False  # without a coding part, is all of it the 3'UTR?

    def describe(self, attributes: Iterable[tuple[str, str]]) -> None:
        """Keep the attributes of one of its lines; an empty value says nothing."""
        for key, value in attributes:
            if key == "tag":
                self.tags.update(each.strip().replace(" ", "_") for each in value.split(","))  # RefSeq: MANE Select
            elif value and key in KEYS:
                self.about.setdefault(key, intern(value))

    def settle(self, of_gene: dict[str, str] | None = None) -> None:
        """Name gene and symbol by what its own lines say, or else by the attributes of its gene."""
        of_gene = of_gene or {}
        named = [about[key] for about in (self.about, of_gene) for key in SYMBOLS if about.get(key)]
        self.gene = self.about.get("gene_id") or of_gene.get("gene_id") or (named[0] if named else self.name)
        self.symbol = named[0] if named else self.gene

    @property
    def biotype(self) -> str:
        """Such as protein_coding; "" where nothing says it."""
        found = next((self.about[key] for key in BIOTYPES if key in self.about), "")
        return "protein_coding" if found == "mRNA" else found

    @cached_property
    def blocks(self) -> list[Span]:
        """All that is transcribed where a coding part is known, and else the 3'UTR."""
        pieces = self.pieces + self.coding if self.coding or self.whole else self.utrs
        return sorted(merged(pieces), reverse=self.strand == "-")

    @cached_property
    def length(self) -> int:
        return sum(end - start for start, end in self.blocks)

    @cached_property
    def cds(self) -> Span:
        """The coding part on the spliced blocks; (0, 0) where it is not known."""
        if not self.coding:
            return 0, 0
        low, high = min(start for start, _ in self.coding), max(end for _, end in self.coding)
        first, last = (high, low) if self.strand == "-" else (low, high)
        return self._before(first), self._before(last)

    @property
    def utr_length(self) -> int:
        return self.length - self.cds[1]

    def _before(self, border: int) -> int:
        """How many nt are transcribed before a border on the genome?"""
        if self.strand == "-":
            return sum(max(end - max(start, border), 0) for start, end in self.blocks)
        return sum(max(min(end, border) - start, 0) for start, end in self.blocks)


def merged(spans: Iterable[Span]) -> list[Span]:
    """Spans from left to right, those that repeat, overlap or touch made one."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((start, end))
    return found
