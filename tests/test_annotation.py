"""3'UTRs cut out of a genome and sites placed back on it, against coordinates counted by hand."""

import gzip

import pandas as pd
import pytest
from test_predict import LET7

from deepmirnatar.annotation.annotated import on_genome, read_annotated
from deepmirnatar.annotation.isoforms import choose
from deepmirnatar.annotation.transcript import Transcript
from deepmirnatar.cli import main as command
from deepmirnatar.common.files import read_tsv
from deepmirnatar.prediction import predict as job
from deepmirnatar.prediction import predictor
from deepmirnatar.rna.sequences import reverse_complement

# Two exons of a 3'UTR with a let-7 8mer across their border: CUAC at its left end, CUCA at its right one.
FIRST, SECOND = "GGAAGG" * 10 + "CUAC", "CUCA" + "GAAGAG" * 10
UTR = FIRST + SECOND
CODING, INTRON = "AUGGCCUAA", "GUAAGU" + "U" * 30 + "CAG"
# Plus strand: 100 nt, 9 coding, the 3'UTR's first exon at 109..173, an intron of 39 nt, its second at 212..276.
PLUS = "C" * 100 + CODING + FIRST + INTRON + SECOND + "C" * 24
# Minus strand: its reverse complement, so that a place p becomes 300 - p: exons at 127..191 and 24..88.
MINUS = reverse_complement(PLUS)
assert len(PLUS) == 300

GTF = """#!genome-build tiny
{chrom}\tx\tgene\t{first}\t{last}\t.\t{strand}\t.\tgene_id "{gene}"; gene_name "{symbol}";
{chrom}\tx\texon\t{e1}\t.\t{strand}\t.\tgene_id "{gene}"; transcript_id "{gene}.1"; gene_name "{symbol}";
{chrom}\tx\texon\t{e2}\t.\t{strand}\t.\tgene_id "{gene}"; transcript_id "{gene}.1"; gene_name "{symbol}";
{chrom}\tx\tCDS\t{cds}\t.\t{strand}\t0\tgene_id "{gene}"; transcript_id "{gene}.1"; gene_name "{symbol}";
{chrom}\tx\texon\t{e1}\t.\t{strand}\t.\tgene_id "{gene}"; transcript_id "{gene}.2"; gene_name "{symbol}";
{chrom}\tx\tCDS\t{cds}\t.\t{strand}\t0\tgene_id "{gene}"; transcript_id "{gene}.2"; gene_name "{symbol}";
"""


@pytest.fixture
def tiny(tmp_path):
    """A genome of two chromosomes in lines of 50, a gene of each strand, as GTF and BED12."""
    genome = tmp_path / "genome.fa.gz"
    text = ""
    for name, sequence in (("chr1", PLUS), ("chr2", MINUS)):
        letters = sequence.replace("U", "T")
        text += f">{name} of a tiny genome\n" + "".join(f"{letters[at : at + 50]}\n" for at in range(0, 300, 50))
    genome.write_bytes(gzip.compress(text.encode()))
    gtf = tmp_path / "genes.gtf"
    # GTF counts from 1; its CDS leaves the stop codon out, which then begins what is cut.
    plus = {"chrom": "1", "strand": "+", "gene": "G1", "symbol": "PLUS1", "first": 95, "last": 276}
    minus = {"chrom": "chr2", "strand": "-", "gene": "G2", "symbol": "MINUS2", "first": 25, "last": 205}
    gtf.write_text(
        GTF.format(**plus, e1="95\t173", e2="213\t276", cds="101\t106")
        + GTF.format(**minus, e1="128\t205", e2="25\t88", cds="195\t200")
    )
    bed = tmp_path / "genes.bed"
    bed.write_text(
        "chr1\t94\t276\tPLUS1\t0\t+\t100\t109\t0\t2\t79,64,\t0,118,\n"
        "chr2\t24\t205\tMINUS2\t0\t-\t191\t200\t0\t2\t64,78\t0,103\n"
    )
    return tmp_path


def utrs(found: pd.DataFrame) -> dict[str, str]:
    """target -> 3'UTR"""
    return {row.target: row.sequence[row.cds_end :] for row in found.itertuples()}


@pytest.mark.parametrize("name", ["genes.gtf", "genes.bed"])
def test_spliced_mrnas_of_both_strands_are_cut_out(tiny, name):
    found, warnings, _ = read_annotated(tiny / name, tiny / "genome.fa.gz")
    assert warnings == []
    found = found.set_index("target")
    assert found["sequence"].to_dict() == {
        "PLUS1": "CCCCCC" + CODING + UTR,
        "MINUS2": "CCCCC" + CODING + UTR,
    }
    assert found[["cds_start", "cds_end"]].to_numpy().tolist() == [[6, 15], [5, 14]]
    assert found["exons"].to_dict() == {"PLUS1": [(94, 173), (212, 276)], "MINUS2": [(127, 205), (24, 88)]}


def test_places_on_the_genome_by_hand():
    plus, minus = [(109, 173), (212, 276)], [(127, 191), (24, 88)]
    assert on_genome(0, 10, plus, "+") == [(109, 119)] and on_genome(60, 68, plus, "+") == [(169, 173), (212, 216)]
    assert on_genome(64, 65, plus, "+") == [(212, 213)]
    assert on_genome(0, 10, minus, "-") == [(181, 191)] and on_genome(60, 68, minus, "-") == [(84, 88), (127, 131)]


def test_genomic_coordinates_come_out(tiny, weights):
    (tiny / "m.fa").write_text(f">let-7a\n{LET7}\n")
    arguments = ["--mirnas", str(tiny / "m.fa"), "--annotation", str(tiny / "genes.gtf"), "--explain", "0"]
    arguments += ["--genome", str(tiny / "genome.fa.gz"), "--weights", str(weights), "--out", str(tiny / "out")]
    assert command(["predict", *arguments]) == 0
    sites = read_tsv(tiny / "out/sites.tsv").set_index("target")
    # The seed match is at 60..68; 40 nt end 5 behind it: 33..73 of the 3'UTR, which begins at 15 and 14.
    assert (sites["seed_type"] == "8mer").all()
    assert sites.loc[["PLUS1", "MINUS2"], ["start", "end"]].to_numpy().tolist() == [[48, 88], [47, 87]]
    columns = ["chrom", "strand", "genome_start", "genome_end", "genome_blocks"]
    assert sites.loc["PLUS1", columns].tolist() == ["1", "+", 142, 221, "142-173,212-221"]
    assert sites.loc["MINUS2", columns].tolist() == ["chr2", "-", 79, 158, "79-88,127-158"]
    for line in (tiny / "out/sites.bed").read_text().splitlines():
        chrom, start, end, name, _, strand, _, _, _, blocks, sizes, starts = line.split("\t")
        sequence = PLUS if chrom == "1" else MINUS
        pieces = [
            sequence[int(start) + int(at) : int(start) + int(at) + int(size)]
            for at, size in zip(starts.split(","), sizes.split(","), strict=True)
        ]
        cut = "".join(pieces)
        assert (cut if strand == "+" else reverse_complement(cut)) == UTR[33:73] and blocks == "2"
        assert int(start) + int(starts.split(",")[-1]) + int(sizes.split(",")[-1]) == int(end)
        assert name.startswith("let-7a|")
    lines = [line.split("\t") for line in (tiny / "out/sites.gff3").read_text().splitlines()[1:]]
    places = sorted((line[0], int(line[3]), int(line[4]), line[6]) for line in lines)
    assert places == [("1", 143, 173, "+"), ("1", 213, 221, "+"), ("chr2", 80, 88, "-"), ("chr2", 128, 158, "-")]


def test_jobs_of_a_cluster_read_the_annotation_once_and_place_sites_as_the_command_does(
    tiny, weights, script, monkeypatch
):
    (tiny / "m.fa").write_text(f">let-7a\n{LET7}\n")
    files = {"annotation": str(tiny / "genes.gtf"), "genome": str(tiny / "genome.fa.gz")}
    job.predict_files(tiny / "m.fa", None, tiny / "whole", explained=0, weights=weights, scored=False, **files)
    monkeypatch.setattr(predictor, "WEIGHTS", weights)
    given = str(tiny / "inputs.json")
    script("read_inputs").main({"mirnas": str(tiny / "m.fa"), **files}, given)
    (tiny / "genes.gtf").unlink()
    stems = [tiny / "parts" / str(part) for part in (0, 1)]
    for part, stem in enumerate(stems):
        script("score_targets").main(given, stem, part, 2, candidates="seed_match")
    script("predict_targets").main(given, stems, "seed_match", None, 1, "auto", tiny / "parts")
    for name in ("genes.tsv", "sites.tsv", "sites.bed", "sites.gff3"):
        assert (tiny / "parts" / name).read_text() == (tiny / "whole" / name).read_text(), name


@pytest.mark.parametrize("tag", ["MANE_Select", "MANE Select"])  # Ensembl's and RefSeq's
def test_one_transcript_of_a_gene_is_taken_and_shared_symbols_become_ids(tiny, tag):
    text = (tiny / "genes.gtf").read_text()
    chosen = text.replace('transcript_id "G1.2";', f'transcript_id "G1.2"; tag "{tag}";').replace("MINUS2", "PLUS1")
    (tiny / "genes.gtf").write_text(chosen)
    found, _, said = read_annotated(tiny / "genes.gtf", tiny / "genome.fa.gz")
    assert utrs(found) == {"G1": FIRST, "G2": UTR}
    assert said == ["one isoform per gene; of 2 genes with several, 1 by MANE Select, 1 by the longest 3'UTR"]


def test_a_gene_on_both_sex_chromosomes_is_not_cut_from_two(tiny):
    """One transcript_id is on X and on Y where an annotation does not number them."""
    text = (tiny / "genes.gtf").read_text()
    before, *_ = read_annotated(tiny / "genes.gtf", tiny / "genome.fa.gz")
    twin = [line.replace("1", "3", 1) for line in text.splitlines() if line.startswith("1\t")]
    assert twin
    (tiny / "twice.gtf").write_text(text + "\n".join(twin) + "\n")
    after, *_ = read_annotated(tiny / "twice.gtf", tiny / "genome.fa.gz")
    pd.testing.assert_frame_equal(before, after)


def test_a_symbol_that_is_another_genes_id_names_one_of_them():
    genes = [("A", "Z"), ("G3", "Z"), ("G4", "A")]
    one_each = [
        Transcript(f"t{gene}", "chr1", "+", gene=gene, symbol=symbol, coding=[(0, 9)], pieces=[(0, 30)])
        for gene, symbol in genes
    ]
    assert [one.target for one in choose(one_each)[0]] == ["A", "G3", "G4"]


def test_lines_without_anything_behind_the_thick_part_are_told(tiny):
    all_thick = "chr1\t0\t90\ta\t0\t+\t0\t90\t0\t1\t90\t0\n"
    (tiny / "a.bed").write_text(all_thick)
    with pytest.raises(ValueError, match=r"nothing is left behind the thick parts; .* thickStart equals thickEnd"):
        read_annotated(tiny / "a.bed", tiny / "genome.fa.gz")
    (tiny / "a.bed").write_text(all_thick + "chr1\t0\t90\tb\t0\t+\t0\t0\t0\t1\t90\t0\n")
    found, (said,), _ = read_annotated(tiny / "a.bed", tiny / "genome.fa.gz")
    assert found["target"].tolist() == ["b"] and "1 line with nothing behind the thick part; left out" in said


@pytest.mark.parametrize(
    ("name", "text", "wanted"),
    [
        ("a.txt", "x", "its lines are none of GTF, GFF3 or BED"),
        ("a.gtf", "chr1\tx\texon\t1\t9\n", "line 1: has 5 columns, GTF has 9"),
        ("a.gtf", 'chr1\tx\texon\t1\t9\t.\t+\t.\tgene_id "1"\n', "line 1: has no transcript_id"),
        ("a.gtf", 'chr1\tx\tgene\t1\t9\t.\t+\t.\tgene_id "a"\n', "holds no 3'UTR"),
        ("a.bed", "chr1\t0\t9\ta\n", "line 1: has 4 columns, BED12 has 12"),
        ("a.bed", "chr9\t0\t9\ta\t0\t+\n", "holds none of the chromosomes"),
        ("a.bed", "chr1\t0\t999\ta\t0\t+\n", "chr1 has 300 nt, but 'a' reaches 999"),
        ("a.bed", "chrom\tstart\tend\tname\tscore\t+\n", "line 1: 'start' should be a position"),
        ("a.bed", "chr1\t0\t9\ta\t0\t.\n", "line 1: strand '.' is neither"),
        ("a.bed", "chr1\t0\t9\t\t0\t+\n", "line 1: has no name in its fourth column"),
        ("a.bed", "chr1\t0\t9\ta\t0\t+\t0\t0\t0\t2\t4,5\t0\n", "line 1: has 2 sizes and 1 starts of blocks"),
        ("a.gtf", 'chr1\tx\texon\tA\t9\t.\t+\t.\ttranscript_id "a"\n', "line 1: 'A' should be a position"),
    ],
)
def test_a_fault_in_an_annotation_is_one_sentence(tiny, name, text, wanted):
    (tiny / name).write_text(text)
    with pytest.raises(ValueError, match=wanted):
        read_annotated(tiny / name, tiny / "genome.fa.gz")


def test_a_missing_chromosome_is_a_warning(tiny):
    (tiny / "a.bed").write_text("chr1\t0\t9\ta\t0\t+\nchr9\t0\t9\tb\t0\t+\n")
    found, (single, said), _ = read_annotated(tiny / "a.bed", tiny / "genome.fa.gz")
    assert found["target"].tolist() == ["a"] and "lacks 1 chromosome of" in said and "(chr9)" in said
    assert "2 lines without blocks, read as one exon each" in single
    assert isinstance(found, pd.DataFrame)
