"""Which transcripts become targets: of each gene the one that curators chose or the longest 3'UTR; all; or a list."""

import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from deepmirnatar.annotation.transcript import Transcript
from deepmirnatar.common.did_you_mean import counted
from deepmirnatar.common.text import lines, missing_file

CHOICES = ("canonical", "longest", "all")
# How a transcript is marked by those who chose it, most trusted first.
MARKS = {
    "MANE Select": lambda one: "MANE_Select" in one.tags,
    "Ensembl canonical": lambda one: "Ensembl_canonical" in one.tags,
    "RefSeq Select": lambda one: "RefSeq_Select" in one.tags,
    "APPRIS principal": lambda one: any(tag.startswith("appris_principal") for tag in one.tags),
    "CCDS": lambda one: "CCDS" in one.tags or "ccds_id" in one.about or "ccdsid" in one.about,
    "basic": lambda one: not one.tags.isdisjoint({"basic", "gencode_basic"}),
}
# Their coding part ends early or holds introns, so the part behind it is not the 3'UTR of a protein's mRNA.
_DOUBTFUL = re.compile("decay|retained_intron|processed_transcript|pseudogene|not_defined|artifact", flags=re.I)
_PREDICTED = ("XM_", "XR_")  # RefSeq's models
_ASIDE = re.compile("_(alt|fix|random|hap[0-9]*)$|^N[TW]_|^CHR_")  # sequences beside the chromosomes


class Chosen(NamedTuple):
    """A transcript that becomes a target; names of targets and of genes each occur for one only."""

    target: str
    gene: str
    transcript: Transcript


def choose(transcripts: list[Transcript], how: str | Path = "canonical") -> tuple[list[Chosen], list[str]]:
    """The transcripts that become targets; and a sentence on how they were chosen, where there was a choice.

    `how`: one of `CHOICES`, or a file of transcript ids. Transcripts without a 3'UTR are not chosen. Raises ValueError
    where a file names none of the others.
    """
    known = [one for one in transcripts if one.utr_length]
    names = _gene_names(known)
    if how == "all":
        said = f"all {counted(len(known), 'isoform')} of {counted(len(names), 'gene')} are targets"
        return _by_transcript(known, names), [said]
    if how not in CHOICES:
        listed, said = _listed(known, Path(how))
        of_gene = Counter(one.gene for one in listed)
        return (_by_transcript if max(of_gene.values()) > 1 else _by_gene)(listed, names), [said]
    best: dict[str, Transcript] = {}
    for one in known:
        if one.gene not in best or _order(one, how) < _order(best[one.gene], how):
            best[one.gene] = one
    return _by_gene(best.values(), names), _reasons(known, best, how)


def _order(one: Transcript, how: str) -> tuple:
    """The least is best. Names decide last, so that the order of a file does not."""
    unmarked = [not mark(one) for mark in MARKS.values()] if how == "canonical" else []
    doubt = 0 if one.biotype == "protein_coding" else 2 if _DOUBTFUL.search(one.biotype) else 1
    aside, predicted = bool(_ASIDE.search(one.chrom)), one.name.startswith(_PREDICTED)
    return aside, unmarked, doubt, predicted, -one.utr_length, one.chrom, one.name


def _reasons(known: list[Transcript], best: dict[str, Transcript], how: str) -> list[str]:
    """How many genes have their isoform by which mark, in a sentence; none where each gene has one isoform."""
    isoforms = Counter(one.gene for one in known)
    reasons = Counter(_reason(one, how) for gene, one in best.items() if isoforms[gene] > 1)
    if not reasons:
        return []
    parts = ", ".join(f"{reasons[name]:,} by {name}" for name in (*MARKS, "the longest 3'UTR") if reasons[name])
    return [f"one isoform per gene; of {counted(reasons.total(), 'gene')} with several, {parts}"]


def _reason(one: Transcript, how: str) -> str:
    marks = MARKS.items() if how == "canonical" else ()
    return next((name for name, mark in marks if mark(one)), "the longest 3'UTR")


def _listed(known: list[Transcript], path: Path) -> tuple[list[Transcript], str]:
    """The transcripts of a file of ids, one a line; without a version, an id means every version."""
    if wrong := missing_file(path):
        raise ValueError(f"transcripts: {wrong}; choose {', '.join(CHOICES)}, or name a file of transcript ids")
    wanted = {line.split()[0] for line in lines(path) if line.strip() and not line.startswith("#")}
    listed = [one for one in known if one.name in wanted or _bare(one.name) in wanted]
    if not listed:
        raise ValueError(f"{path}: names no transcript of the annotation that has a 3'UTR; give one id a line")
    without = sorted(wanted - {name for one in listed for name in (one.name, _bare(one.name))})
    said = f"{counted(len(listed), 'isoform')} as listed in {path}"
    if without:
        said += f"; {counted(len(without), 'id')} of it without a 3'UTR in the annotation, first {without[0]!r}"
    return listed, said


def _bare(name: str) -> str:
    """Without its version: ENST00000269305.9."""
    return re.sub(r"\.\d+$", "", name)


def _gene_names(transcripts: Iterable[Transcript]) -> dict[str, str]:
    """Gene -> its symbol, or its id where its symbol is another gene's symbol or id."""
    names: dict[str, str] = {}
    for one in transcripts:
        if names.get(one.gene, one.gene) == one.gene:  # a line without a symbol names the gene by its id
            names[one.gene] = one.symbol
    while True:
        times = Counter(names.values())
        shared = [gene for gene, name in names.items() if times[name] > 1 and name != gene]
        if not shared:
            return names
        names |= {gene: gene for gene in shared}


def _by_gene(transcripts: Iterable[Transcript], names: dict[str, str]) -> list[Chosen]:
    return [Chosen(names[one.gene], names[one.gene], one) for one in transcripts]


def _by_transcript(transcripts: list[Transcript], names: dict[str, str]) -> list[Chosen]:
    """Targets by transcript; where one name is at several places (X and Y), by name and place."""
    times = Counter(one.name for one in transcripts)
    return [
        Chosen(one.name if times[one.name] == 1 else f"{one.name}@{one.chrom}{one.strand}", names[one.gene], one)
        for one in transcripts
    ]
