"""Random files against other readers: annotations against gffutils, FASTA against Biopython, sites against expressions.

What a reader of the package gives must be what a slow and plain one makes of the same text. Seeds are fixed; each test
prints how many cases there were and how many differed.
"""

import gzip
import re

import numpy as np
import pandas as pd
import pytest
from Bio import SeqIO
from Bio.Seq import Seq

from deepmirnatar.annotation.annotated import read_annotated
from deepmirnatar.common.fasta import read_fasta
from deepmirnatar.rna.seeds import SEED_TYPES
from deepmirnatar.rna.sequences import reverse_complement
from deepmirnatar.rna.sites import find

LENGTH, FILES = 12_000, 40  # nt of a chromosome; files of each style
STOPS = ("TAA", "TAG", "TGA")
# style: features of UTRs at the 5' and the 3' end, keys of the gene's name and of the biotype, is the stop in the CDS,
# are there lines of it
STYLES = {
    "ensembl": ("five_prime_utr", "three_prime_utr", "gene_name", "transcript_biotype", False, True),
    "gencode": ("UTR", "UTR", "gene_name", "transcript_type", False, True),
    "refseq": ("", "", "gene", "transcript_biotype", False, True),
    "stringtie": ("", "", "ref_gene_name", "", False, False),
    "flybase": ("5UTR", "3UTR", "gene_symbol", "", True, True),
    "ucsc": ("5UTR", "3UTR", "gene_name", "", True, False),
    "gff3": ("five_prime_UTR", "three_prime_UTR", "", "biotype", True, False),
}
TAGS = ["MANE_Select", "Ensembl_canonical", "RefSeq Select", "appris_principal_1", "CCDS", "basic"]
BIOTYPES = ["protein_coding", "nonsense_mediated_decay", "lncRNA"]


def codons(rng, count: int) -> str:
    """A reading frame without stop codons."""
    found = []
    while len(found) < count:
        codon = "".join(rng.choice([*"ACGT"], 3))
        if codon not in STOPS:
            found.append(codon)
    return "".join(found)


class Gene:
    """Random isoforms, and their sequence written into the chromosome."""

    def __init__(self, rng, number: int, left: int, chrom: str, letters: list[str]):
        self.id, self.symbol, self.chrom = f"G{number}", f"SYM{number}", chrom
        self.strand = rng.choice(["+", "-"])
        borders = np.sort(rng.choice(np.arange(left, left + 1500), 2 * rng.integers(1, 5), replace=False)).tolist()
        places = [place for a, b in zip(borders[::2], borders[1::2], strict=True) for place in range(a, b)]
        self.places = places if self.strand == "+" else places[::-1]
        most = (len(self.places) - 8) // 3
        self.coding = (0, 0)
        if most > 3 and rng.random() < 0.9:
            count = int(rng.integers(2, most))
            start = int(rng.integers(0, len(self.places) - 3 * count - 3))
            self.coding = start, start + 3 * count + 3  # with the stop codon, which may be split
            text = codons(rng, count) + rng.choice(STOPS)
            text = text if self.strand == "+" else str(Seq(text).complement())
            for place, letter in zip(self.places[slice(*self.coding)], text, strict=True):
                letters[place] = letter


def runs(places: list[int]) -> list[tuple[int, int]]:
    """Stretches of neighbouring places, counted from 1 with both ends."""
    found: list[list[int]] = []
    for place in sorted(places):
        if found and place == found[-1][1] + 1:
            found[-1][1] = place
        else:
            found.append([place, place])
    return [(a + 1, b + 1) for a, b in found]


def features(gene: Gene, places: list[int], coding: list[int], style: str, rng) -> list[tuple[str, int, int]]:
    five, three, _, _, inside, stops = STYLES[style]
    last = coding[-3:]
    kept = coding if inside else coding[:-3]
    rows = [("CDS", *each) for each in runs(kept)]
    exons = [("exon", *each) for each in runs(places)]
    if stops:
        rows += [("stop_codon", *each) for each in runs(last)]
    first, end = (places.index(coding[0]), places.index(coding[-1]) + 1) if coding else (0, 0)
    if coding and five and rng.random() < 0.7:
        rows += [(five, *each) for each in runs(places[:first])] + [(three, *each) for each in runs(places[end:])]
        if rng.random() < 0.3:
            exons = []  # UTR and coding lines alone
    if coding and rng.random() < 0.2:
        exons += exons[:1]  # a line twice
    return exons + rows if exons or not coding or five else [("exon", *each) for each in runs(places)] + rows


def annotation(rng, style: str) -> tuple[str, dict[str, str]]:
    """The text of a random annotation and its chromosomes."""
    letters = {chrom: [*rng.choice([*"ACGTacgtN"], LENGTH)] for chrom in ("chr1", "chr2")}
    lines = []
    for number, left in enumerate(range(100, LENGTH - 2000, 2000)):
        chrom = f"chr{rng.integers(1, 3)}"
        lines += gene_lines(Gene(rng, number, left, chrom, letters[chrom]), style, rng)
    if rng.random() < 0.7:
        rng.shuffle(lines)
    head = "##gff-version 3\n" if style == "gff3" else "# made up\n"
    return head + "".join(lines), {chrom: "".join(text) for chrom, text in letters.items()}


def gene_lines(gene: Gene, style: str, rng) -> list[str]:
    _, _, name_key, type_key, _, _ = STYLES[style]
    lines = []

    def line(feature: str, start: int, end: int, attributes: list[tuple[str, str]]) -> None:
        if style == "gff3":
            joined_tags = {}
            for key, value in attributes:
                joined_tags[key] = f"{joined_tags[key]},{value}" if key in joined_tags else value
            text = ";".join(f"{key}={value}" for key, value in joined_tags.items())
        else:
            text = " ".join(f'{key} "{value}";' for key, value in attributes)
        lines.append("\t".join([gene.chrom, style, feature, str(start), str(end), ".", gene.strand, ".", text]) + "\n")

    gene_id = "" if style == "ucsc" else gene.id
    for isoform in range(rng.integers(1, 4)):
        # An isoform lacks a piece of the gene's 3' end.
        cut = int(rng.integers(0, 1 + (len(gene.places) - gene.coding[1]) // 2)) if isoform else 0
        places = gene.places[: len(gene.places) - cut]
        coding = gene.places[slice(*gene.coding)]
        name = f"{rng.choice(['NM', 'XM'])}_{gene.id}{isoform}.1" if style == "refseq" else f"T{gene.id}.{isoform}"
        own = [("gene_id", gene_id or name), ("transcript_id", name)]
        marks = [("tag", tag) for tag in TAGS if rng.random() < 0.2]
        biotype = [(type_key, rng.choice(BIOTYPES))] if type_key else []
        symbol = [(name_key, gene.symbol)] if name_key else []
        above = rng.random() < 0.5  # is what tells of the transcript on its own line, or on one of its parts?
        rows = features(gene, places, coding, style, rng)
        speaker = rng.integers(len(rows))
        low, high = min(row[1] for row in rows), max(row[2] for row in rows)
        if style == "gff3":
            told = [("ID", f"transcript:{name}"), ("Parent", f"gene:{gene.id}"), ("transcript_id", name), *marks]
            line("mRNA", low, high, [*told, *biotype])
            for row in rows:
                line(*row, [("Parent", f"transcript:{name}")])
            continue
        if above:
            line("transcript", low, high, [*own, *symbol, *marks, *biotype])
        for place, row in enumerate(rows):
            more = [*symbol, *marks, *biotype] if not above and place == speaker else []
            line(*row, [*own, *more])
    if style == "gff3":
        line("gene", min(gene.places) + 1, max(gene.places) + 1, [("ID", f"gene:{gene.id}"), ("Name", gene.symbol)])
    elif style in ("ensembl", "gencode", "refseq") and rng.random() < 0.5:
        ends = min(gene.places) + 1, max(gene.places) + 1
        line("gene", *ends, [("gene_id", gene.id), ("transcript_id", ""), (name_key, gene.symbol)])
    return lines


def plainly(text: str, style: str, chromosomes: dict[str, str]) -> dict[str, tuple]:
    """target -> (transcript, sequence, coding part, its places on the genome), read by gffutils, place by place."""
    from gffutils.iterators import DataIterator

    parts, told, gene_of, names = {}, {}, {}, {}
    for feature in DataIterator(text, from_string=True, force_dialect_check=True):
        about = feature.attributes
        first = {key: values[0] for key, values in about.items() if values}
        if style == "gff3":
            if feature.featuretype == "gene":
                names[first["ID"]] = first["Name"]
                continue
            key = first.get("Parent") if feature.featuretype != "mRNA" else first["ID"]
            if feature.featuretype == "mRNA":
                gene_of[key] = first["Parent"]
        else:
            symbol = next((first[k] for k in ("gene_name", "gene_symbol", "gene", "ref_gene_name") if k in first), "")
            if symbol:
                names.setdefault(first["gene_id"], symbol)
            if not first.get("transcript_id"):
                continue
            key = first["transcript_id"]
            gene_of[key] = first["gene_id"]
        known = told.setdefault(key, {"tags": set(), "type": ""})
        known["tags"].update(each for value in about.get("tag", []) for each in value.split(","))
        kinds = [first[each] for each in ("transcript_type", "transcript_biotype", "biotype") if each in first]
        known["type"] = (kinds or [known["type"]])[0]
        if feature.featuretype not in ("mRNA", "transcript"):
            places = range(feature.start - 1, feature.end)
            about_it = {"chrom": feature.seqid, "strand": feature.strand}
            one = parts.setdefault(key, {"all": set(), "coding": set(), **about_it})
            one["all"].update(places)
            if feature.featuretype in ("CDS", "stop_codon"):
                one["coding"].update(places)
    best: dict[str, tuple] = {}
    for key, one in parts.items():
        if not one["coding"]:
            continue
        order = sorted(one["all"], reverse=one["strand"] == "-")
        first, last = order.index(min(one["coding"])), order.index(max(one["coding"]))
        start, end = min(first, last), max(first, last) + 1
        letters = Seq("".join(chromosomes[one["chrom"]][place] for place in order).upper())
        letters = str(letters if one["strand"] == "+" else letters.complement())
        if letters[end - 3 : end] not in STOPS and letters[end : end + 3] in STOPS:
            end += 3
        if end == len(letters):
            continue
        marks = [mark in told[key]["tags"] for mark in TAGS]
        kind = {"protein_coding": 2, "": 1, "lncRNA": 1}.get(told[key]["type"], 0)
        name = key.removeprefix("transcript:")
        rank = (marks, kind, not name.startswith("XM_"), len(letters) - end)
        gene = names[gene_of[key]]
        found = name, letters.replace("T", "U"), start, end, order
        if gene not in best or rank > best[gene][0] or (rank == best[gene][0] and name < best[gene][1][0]):
            best[gene] = rank, found
    return {gene: found for gene, (_, found) in best.items()}


@pytest.mark.parametrize("style", STYLES)
def test_annotations_are_read_as_gffutils_reads_them(tmp_path, style, capsys):
    pytest.importorskip("gffutils", reason="gffutils, which reads the same annotations, is not installed")
    rng = np.random.default_rng([*STYLES].index(style))
    cases = differences = 0
    for number in range(FILES):
        text, chromosomes = annotation(rng, style)
        (tmp_path / "a.txt").write_text(text)
        (tmp_path / "g.fa").write_text("".join(f">{chrom}\n{letters}\n" for chrom, letters in chromosomes.items()))
        found, _, _ = read_annotated(tmp_path / "a.txt", tmp_path / "g.fa")
        ours = {}
        for row in found.itertuples():
            places = [place for exon in row.exons for place in range(*exon)[:: 1 if row.strand == "+" else -1]]
            ours[row.target] = row.transcript, row.sequence, row.cds_start, row.cds_end, places
        expected = plainly(text, style, chromosomes)
        cases += len(expected)
        wrong = [name for name in ours.keys() | expected.keys() if ours.get(name) != expected.get(name)]
        differences += len(wrong)
        assert not wrong, (number, wrong, [each.get(wrong[0], "lacks it") for each in (ours, expected)])
    with capsys.disabled():
        print(f"\n{style}: {cases} targets of {FILES} annotations, {differences} differences")
    assert cases > 3 * FILES


def test_fasta_is_read_as_biopython_reads_it(tmp_path, capsys):
    rng = np.random.default_rng(2)
    cases = 0
    for number in range(60):
        text = "# a comment\n" if rng.random() < 0.3 else ""
        for entry in range(rng.integers(1, 9)):
            letters = "".join(rng.choice([*"ACGTUNacgtun"], rng.integers(1, 400)))
            width = int(rng.integers(1, 100))
            rows = [letters[place : place + width] for place in range(0, len(letters), width)]
            blank = "\n" if rng.random() < 0.3 else ""
            text += f">e{entry} of file {number}\n" + blank + "\n".join(rows) + "\n" + blank
        text = text.replace("\n", rng.choice(["\n", "\r\n"]))
        path = tmp_path / f"{number}.fa"
        path.write_bytes(gzip.compress(text.encode()) if number % 3 == 0 else text.encode())
        (tmp_path / "plain.fa").write_text(text.replace("\r", "").removeprefix("# a comment\n"))
        expected = {
            record.id: str(record.seq).upper().replace("T", "U")
            for record in SeqIO.parse(tmp_path / "plain.fa", "fasta")
        }
        assert read_fasta(path, "ACGUN").to_dict() == expected
        cases += len(expected)
    with capsys.disabled():
        print(f"\n{cases} entries of 60 FASTA files, 0 differences")


def expected_sites(mirna: str, utr: str) -> set[tuple[int, str]]:
    """Start of the window opposite nt 8..1 and type of each site: matches nearer than 8 nt are one, the strongest."""
    paired = reverse_complement(mirna[:8])[:7]  # opposite nt 8..2
    words = {
        "8mer": (f"{paired}A", 0), "7mer-m8": (paired, 0), "7mer-A1": (f"{paired[1:]}A", 1), "6mer": (paired[1:], 1),
        "offset 6mer": (paired[:6], 0), "6mer-A1": (f"{paired[2:]}A", 2),
    }  # fmt: skip
    kept: dict[int, str] = {}
    for kind in SEED_TYPES:
        word, before = words[kind]
        for match in re.finditer(f"(?={word})", utr):
            window = match.start() - before
            if not any(abs(window - other) < 8 for other in kept):
                kept[window] = kind
    return set(kept.items())


def test_sites_are_found_where_an_expression_finds_them(capsys, rna):
    rng, count = np.random.default_rng(4), 0
    utrs, mirnas = [rna(rng, 1500) for _ in range(28)], [rna(rng, 22) for _ in range(28)]
    # Repeats, in which nearly every match is near another one.
    utrs, mirnas = [*utrs, "UA" * 400, "UUA" * 300], [*mirnas, "UAUAUAUAUGUAUAUAUAUG", "AUAAUAAUAAUAAUAAUAAU"]
    table = pd.DataFrame({"sequence": utrs, "cds_start": 0, "cds_end": 0})
    sites = find(mirnas, table)
    found = {(row, column): set() for row in range(len(mirnas)) for column in range(len(utrs))}
    for mirna, target, window, kind in zip(sites.mirna, sites.target, sites.window, sites.seed_type, strict=True):
        found[int(mirna), int(target)].add((int(window), SEED_TYPES[kind]))
    for (row, column), places in found.items():
        assert places == expected_sites(mirnas[row], utrs[column]), (mirnas[row], column)
        count += len(places)
    assert len(sites) == count
    with capsys.disabled():
        print(f"\n{count} sites of {len(found)} pairs, 0 differences")
