"""Files as they are found in the wild, one kind of trouble each: right values by hand on a made-up genome.

The letters name the kinds: B which isoform, C where attributes are, D repeated exons, E no place for a cache, F what is
left out is said, G odd records, H the stop codon, I pipes, J plants, K what is no FASTA, L circles, M encodings,
Q pasted sequences.
"""

import ctypes
import gzip
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from deepmirnatar import Predictor
from deepmirnatar.annotation import circular
from deepmirnatar.annotation.annotated import read_annotated
from deepmirnatar.annotation.genbank import format_of, read_genbank
from deepmirnatar.annotation.regions import with_regions
from deepmirnatar.common.fasta import read_fasta
from deepmirnatar.prediction.checks import plants
from deepmirnatar.prediction.inputs import read_inputs, read_texts
from deepmirnatar.rna.complementary import fully_complementary
from deepmirnatar.rna.sequences import reverse_complement

ROOT = Path(__file__).parents[1]
LET7, SEED = "UGAGGUAGUAGGUUGUAUAGUU", "CUACCUCA"


def genome(folder: Path, length: int = 3000, **planted: str) -> Path:
    """A chromosome of C and G, so that stop codons and seeds are where they are planted only: at=(place)text."""
    letters = list("".join(np.random.default_rng(3).choice(["C", "G"], length)))
    for place, text in planted.items():
        start = int(place[1:])
        letters[start : start + len(text)] = text
    path = folder / "genome.fa"
    path.write_text(">chr1\n" + "".join(letters).replace("U", "T") + "\n")
    return path


def gtf(*rows: tuple) -> str:
    """Lines of (feature, start, end, attributes), or with the strand as a fifth."""
    return "".join(
        f"chr1\tsrc\t{row[0]}\t{row[1]}\t{row[2]}\t.\t{row[4] if len(row) > 4 else '+'}\t.\t{row[3]}\n" for row in rows
    )


def gene(transcript: str, more: str = "", gene_id: str = "G1", end: int = 1400, cds: tuple[int, int] = (301, 900)):
    about = f'gene_id "{gene_id}"; transcript_id "{transcript}"; {more}'
    return [("exon", 101, end, about), ("CDS", *cds, about)]


def cut(folder: Path, text: str, name: str = "a.gtf", transcripts="canonical", **planted):
    """target -> (transcript, length of the 3'UTR, places of the seed on it); warnings; what was chosen."""
    (folder / name).write_text(text)
    found, warnings, said = read_annotated(folder / name, genome(folder, **planted), transcripts)
    utrs = {}
    for row in found.itertuples():
        utr = row.sequence[row.cds_end :]
        places = [place for place in range(len(utr)) if utr.startswith(SEED, place)]
        utrs[row.target] = row.transcript, len(utr), places
        assert sum(end - start for start, end in row.exons) == len(row.sequence)
    return utrs, warnings, said


# --- B: which isoform


ORDER = [
    'tag "MANE Select";',
    'tag "Ensembl_canonical";',
    'tag "RefSeq Select";',
    'tag "appris_principal_1";',
    'ccds_id "CCDS1";',
    'tag "basic";',
    'transcript_type "protein_coding";',
    "",
    'transcript_type "nonsense_mediated_decay";',
]


@pytest.mark.parametrize("better", range(len(ORDER) - 1))
def test_B_the_isoform_of_the_better_mark_is_taken_though_its_3utr_is_shorter(tmp_path, better):
    worse = gene("T2", ORDER[better + 1], end=1900)
    for lines in ([*gene("T1", ORDER[better]), *worse], [*worse, *gene("T1", ORDER[better])]):
        utrs, _, said = cut(tmp_path, gtf(*lines), u1000=SEED)
        assert utrs == {"G1": ("T1", 500, [100])} and len(said) == 1


def test_B_known_transcripts_come_before_predicted_ones_and_the_longest_is_last(tmp_path):
    utrs, _, _ = cut(tmp_path, gtf(*gene("NM_1.1"), *gene("XM_2.1", end=1900)))
    assert utrs["G1"][:2] == ("NM_1.1", 500)
    utrs, _, said = cut(tmp_path, gtf(*gene("T1"), *gene("T2", end=1900)))
    assert utrs["G1"][:2] == ("T2", 1000)
    assert said == ["one isoform per gene; of 1 gene with several, 1 by the longest 3'UTR"]


def test_B_isoforms_may_be_chosen_by_length_all_or_from_a_list(tmp_path):
    text = gtf(*gene("T1", 'tag "MANE Select"; gene_name "ABC";'), *gene("T2.7", end=1900), *gene("U1", gene_id="G2"))
    assert cut(tmp_path, text)[0].keys() == {"ABC", "G2"}
    assert cut(tmp_path, text, transcripts="longest")[0]["ABC"][0] == "T2.7"
    utrs, _, said = cut(tmp_path, text, transcripts="all")
    assert {name: row[1] for name, row in utrs.items()} == {"T1": 500, "T2.7": 1000, "U1": 500}
    assert said == ["all 3 isoforms of 2 genes are targets"]
    found, _, _ = read_annotated(tmp_path / "a.gtf", tmp_path / "genome.fa", "all")
    assert dict(zip(found["target"], found["gene"], strict=True)) == {"T1": "ABC", "T2.7": "ABC", "U1": "G2"}
    (tmp_path / "ids.txt").write_text("T2\nT9\n")
    utrs, _, said = cut(tmp_path, text, transcripts=tmp_path / "ids.txt")
    assert utrs == {"ABC": ("T2.7", 1000, [])} and "1 id of it without a 3'UTR" in said[0] and "'T9'" in said[0]
    with pytest.raises(ValueError, match=r"transcripts: there is no file 'longst'.*choose canonical, longest, all"):
        cut(tmp_path, text, transcripts="longst")


# --- C: attributes on whichever line


def test_C_attributes_are_read_from_lines_of_transcripts_and_genes(tmp_path):
    bare = [
        ("exon", 101, 1400, 'transcript_id "T1";'), ("CDS", 301, 900, 'transcript_id "T1";'),
        ("exon", 101, 1200, 'transcript_id "T2";'), ("CDS", 301, 900, 'transcript_id "T2";'),
    ]  # fmt: skip
    above = [("transcript", 101, 1400, f'transcript_id "{name}"; gene_id "G1";') for name in ("T1", "T2")]
    named = [("gene", 101, 1400, 'gene_id "G1"; gene_name "ABC1";')]
    for lines in (named + above + bare, bare + above + named):
        assert cut(tmp_path, gtf(*lines))[0] == {"ABC1": ("T1", 500, [])}
    marked = [*bare, *above, ("transcript", 101, 1200, 'transcript_id "T2"; tag "MANE_Select";')]
    assert cut(tmp_path, gtf(*marked))[0]["G1"][0] == "T2"


def test_C_flybase_refseq_and_stringtie_name_genes_each_in_their_way(tmp_path):
    flybase = [
        (kind, a, b, f'{about} gene_symbol "dpp"; transcript_symbol "dpp-RA";') for kind, a, b, about in gene("F")
    ]
    assert cut(tmp_path, gtf(*flybase))[0].keys() == {"dpp"}
    refseq = [("gene", 101, 1400, 'gene_id "TP53"; transcript_id ""; gene "TP53";'), *gene("NM_1.1", gene_id="TP53")]
    assert cut(tmp_path, gtf(*refseq))[0].keys() == {"TP53"}
    assert cut(tmp_path, gtf(*gene("MSTRG.1.1", 'ref_gene_name "XYZ";')))[0].keys() == {"XYZ"}


def test_C_where_gene_ids_repeat_transcript_ids_it_is_said(tmp_path):
    text = gtf(*gene("NM_1", gene_id="NM_1"), *gene("NM_2", gene_id="NM_2", end=1200))
    utrs, (said,), _ = cut(tmp_path, text)
    assert utrs.keys() == {"NM_1", "NM_2"} and "gene_id equals transcript_id in all 2 transcripts" in said
    named = text.replace('"; \n', '"; gene_name "ABC";\n')
    utrs, (said,), _ = cut(tmp_path, named)
    assert utrs == {"ABC": ("NM_1", 500, [])} and "isoforms of one gene name are taken for one gene" in said


GFF3 = """##gff-version 3
chr1\tx\tgene\t101\t1400\t.\t+\t.\tID=gene-ABC1;Name=ABC1;gene_biotype=protein_coding
chr1\tx\tmRNA\t101\t1400\t.\t+\t.\tID=rna-NM_1.1;Parent=gene-ABC1;Name=NM_1.1;tag=MANE Select;transcript_id=NM_1.1
chr1\tx\tmRNA\t101\t1900\t.\t+\t.\tID=rna-XM_2.1;Parent=gene-ABC1;Name=XM_2.1;transcript_id=XM_2.1
chr1\tx\texon\t101\t1400\t.\t+\t.\tID=e1;Parent=rna-NM_1.1,rna-XM_2.1
chr1\tx\texon\t1501\t1900\t.\t+\t.\tID=e2;Parent=rna-XM_2.1
chr1\tx\tCDS\t301\t900\t.\t+\t0\tID=c1;Parent=rna-NM_1.1
chr1\tx\tCDS\t301\t900\t.\t+\t0\tID=c2;Parent=rna-XM_2.1
###
"""


def test_C_gff3_names_genes_by_their_parents(tmp_path):
    utrs, warnings, _ = cut(tmp_path, GFF3, "a.gff3.txt", u1000=SEED)
    assert utrs == {"ABC1": ("NM_1.1", 500, [100])} and not warnings
    ensembl = GFF3.replace("gene-ABC1", "gene:ENSG1").replace("rna-NM_1.1", "transcript:ENST1")
    assert cut(tmp_path, ensembl)[0] == {"ABC1": ("NM_1.1", 500, [])}
    backwards = "\n".join(GFF3.splitlines()[::-1])
    assert cut(tmp_path, backwards)[0] == {"ABC1": ("NM_1.1", 500, [])}
    lone = "chr1\tx\tthree_prime_UTR\t901\t1400\t.\t-\t.\tID=u1;Name=X\n"
    assert cut(tmp_path, lone)[0] == {"u1": ("u1", 500, [])}


# --- D, F, G, H: what occurs twice, is missing, is odd; the stop codon


def test_D_exons_that_repeat_or_overlap_are_read_once(tmp_path):
    overlapping = [("exon", 1001, 1400, gene("T1")[0][3]), ("exon", 950, 1200, gene("T1")[0][3])]
    for lines in (gene("T1") * 2, gene("T1") + overlapping):
        assert cut(tmp_path, gtf(*lines), u1000=SEED)[0] == {"G1": ("T1", 500, [100])}


def test_F_genes_without_a_3utr_are_counted(tmp_path):
    lines = [
        *gene("T1"), *gene("T2", gene_id="full", end=900), *gene("T3", gene_id="full2", end=900),
        ("exon", 1, 90, 'gene_id "nc"; transcript_id "T4";'),
    ]  # fmt: skip
    utrs, (said,), _ = cut(tmp_path, gtf(*lines))
    assert utrs.keys() == {"G1"}
    assert "3 genes have no 3'UTR and are left out, first 'full'" in said
    assert "2 whose coding part reaches the end of the exons, 1 without a CDS" in said
    with pytest.raises(ValueError, match="holds no 3'UTR; each coding part reaches the end of its exons"):
        cut(tmp_path, gtf(*gene("T2", end=900)))


@pytest.mark.parametrize("kind", ["three_prime_utr", "3UTR", "UTR", "three_prime_UTR"])
def test_F_utr_lines_tell_what_exons_and_cds_do_not(tmp_path, kind):
    about = gene("T1")[0][3]
    for lines in (
        [*gene("T1", end=900), (kind, 901, 1300, about)],  # outside the exons
        [("CDS", 301, 900, about), (kind, 901, 1300, about)],  # no exons
        [(kind, 901, 1000, about), (kind, 1001, 1300, about)],  # no CDS
    ):
        assert cut(tmp_path, gtf(*lines), u1000=SEED)[0] == {"G1": ("T1", 400, [100])}
    minus = [
        (row[0], 3001 - row[2], 3001 - row[1], row[3], "-") for row in [*gene("T1", end=900), (kind, 901, 1300, about)]
    ]
    assert cut(tmp_path, gtf(*minus), u1992=reverse_complement(SEED))[0] == {"G1": ("T1", 400, [100])}


ODD = [
    ("exon", 2001, 2400, 'gene_id "O"; transcript_id "O1";', "."),
    ("exon", 2400, 2001, 'gene_id "O"; transcript_id "O1";'),
    ("exon", "x", 2400, 'gene_id "O"; transcript_id "O1";'),
    ("exon", 0, 2400, 'gene_id "O"; transcript_id "O1";'),
    ("exon", 2001, 2400, 'gene_id "O";'),
]


@pytest.mark.parametrize("row", ODD, ids=["strand", "backwards", "word", "zero", "nameless"])
def test_G_an_odd_line_is_left_out_with_its_transcript_and_said(tmp_path, row):
    utrs, (said,), _ = cut(tmp_path, gtf(*gene("T1"), row) + "chr1\tcut off\n")
    assert utrs == {"G1": ("T1", 500, [])} and "2 lines are odd and left out" in said and "line 3: " in said


def test_G_bed_lines_may_have_more_columns_and_odd_ones_are_left_out(tmp_path):
    good = "chr1\t100\t1400\tA\t0\t-\t500\t1200\t0\t3\t100,200,500,\t0,300,800,\tgeneID=G15;gene_name=ABC1\n"
    odd = [
        good,  # the same name again
        "chr1\t5\t2\tB\t0\t+\n", "chr1\t5\t9\tC\t0\t.\n", "chrom\tstart\tend\tname\tscore\tstrand\n",
        "chr1\t5\t90\tD\t0\t+\t5\t5\t0\t2\t10,20\t0,300\n",
    ]  # fmt: skip
    utrs, (said,), _ = cut(tmp_path, good + "".join(odd), "a.bed")
    assert utrs == {"A": ("A", 200, [])} and "5 lines are odd and left out; line 2: 'A' occurs twice" in said


def test_G_a_target_beyond_its_chromosome_is_left_out(tmp_path):
    utrs, (said,), _ = cut(tmp_path, gtf(*gene("T1"), *gene("T2", gene_id="far", end=9000)))
    assert utrs.keys() == {"G1"} and "1 target of" in said and "'T2' reaches 9,000" in said


def test_G_a_genome_of_another_assembly_is_said(tmp_path):
    lines = [row for n in range(30) for row in gene(f"T{n}", gene_id=f"G{n}")]
    assert "only 0 of 30 coding parts" in cut(tmp_path, gtf(*lines))[1][0]
    assert not cut(tmp_path, gtf(*lines), u897="TAA")[1]


def test_G_odd_entries_of_fasta_are_left_out_and_said(tmp_path):
    path = tmp_path / "a.fa"
    path.write_text(
        f">long\nUGAAGUGAACGUUUGUCAUAAGUCUGAGGUCG\n>{'let7'}\n{LET7}\n>n\nUGAGGUNGUAGGUUGUAUAGUU\n>c\n{LET7}A\n"
    )
    (tmp_path / "u.fa").write_text(f">a\n{'ACGU' * 30}\n>b\n{'AC-U' * 30}\n>a\n{'ACGU' * 40}\n>e\n>f\nACGU\nACGUACGU\n")
    given = read_inputs(path, tmp_path / "u.fa")
    assert given.mirnas["mirna"].tolist() == ["let7", "c"]
    assert dict(zip(given.targets["target"], given.targets["sequence"], strict=True)) == {
        "a": "ACGU" * 40, "f": "ACGU" * 3
    }  # fmt: skip
    said = " ".join(given.warnings)
    assert "2 miRNAs left out; first, line 1: miRNA 'long' has 32 nt" in said
    assert "2 entries of" in said and "first line 4: entry 'b' holds '-' at nt 3" in said
    assert "1 entry of" in said and "the longest of a name is kept; first line 5: entry 'a' occurs twice" in said
    (tmp_path / "u.fa").write_text(f">a\n{'ACGU' * 30}\n>b\n{'AC-U' * 30}\n>c\n{'AC-U' * 30}\n")
    with pytest.raises(ValueError, match="line 4: entry 'b' holds '-' at nt 3"):  # most are such: another kind of file
        read_inputs(path, tmp_path / "u.fa")


def test_H_a_stop_codon_is_added_where_the_reading_frame_runs_into_it_only(tmp_path):
    assert cut(tmp_path, gtf(*gene("T1")), u897="TAATGA", u1000=SEED)[0] == {"G1": ("T1", 500, [100])}
    assert cut(tmp_path, gtf(*gene("T1")), u900="TGA", u1000=SEED)[0] == {"G1": ("T1", 497, [97])}
    # A coding part with stop codons in its frame is none that is open.
    assert cut(tmp_path, gtf(*gene("T1")), u600="TAA", u900="TGA", u1000=SEED)[0] == {"G1": ("T1", 500, [100])}
    assert cut(tmp_path, gtf(*gene("T1")), u600="TGA", u900="TGA", u1000=SEED)[0] == {"G1": ("T1", 497, [97])}
    stop = ("stop_codon", 901, 903, gene("T1")[0][3])
    assert cut(tmp_path, gtf(*gene("T1"), stop), u900="TAATAG")[0] == {"G1": ("T1", 497, [])}


def test_H_a_split_stop_codon_is_one(tmp_path):
    about = gene("T1")[0][3]
    exons = [("exon", 101, 901, about), ("exon", 1001, 1400, about), ("CDS", 301, 900, about)]
    stop = [("stop_codon", 901, 901, about), ("stop_codon", 1001, 1002, about)]
    for lines in (exons, exons + stop):
        assert cut(tmp_path, gtf(*lines), u900="T", u1000="AG", u1102=SEED)[0] == {"G1": ("T1", 398, [100])}


# --- E, I, M: where nothing can be written, pipes, encodings


RUN = """
import pandas as pd
from deepmirnatar import Predictor
import deepmirnatar.rna.miranda
mirnas = pd.DataFrame({"mirna": ["let-7"], "mirna_sequence": ["UGAGGUAGUAGGUUGUAUAGUU"]})
targets = pd.DataFrame({"target": ["t"], "sequence": ["GGGG" * 20 + "CUACCUCA" + "GGGG" * 20]})
print(len(Predictor.load().predict(mirnas, targets).sites))
"""


def _obey_permissions() -> None:
    """Root, too, may not write where the permissions forbid it: PR_CAPBSET_DROP of CAP_DAC_OVERRIDE."""
    ctypes.CDLL(None).prctl(24, 1)


def test_E_it_runs_where_nothing_may_be_written(tmp_path):
    """From a copy of the library that may not be written to, without a home."""
    shutil.copytree(ROOT / "deepmirnatar", tmp_path / "deepmirnatar", ignore=shutil.ignore_patterns("__pycache__"))
    subprocess.run(["chmod", "-R", "a-w", tmp_path], check=True)
    environment = {"PATH": os.environ["PATH"], "HOME": "/proc/none", "PYTHONPATH": str(tmp_path)}
    options = {"cwd": "/", "env": environment, "preexec_fn": _obey_permissions, "capture_output": True, "text": True}
    done = subprocess.run([sys.executable, "-c", RUN], **options)
    refused = subprocess.run([sys.executable, "-c", f"open('{tmp_path}/a', 'w')"], **options)
    subprocess.run(["chmod", "-R", "u+w", tmp_path], check=True)
    assert "PermissionError" in refused.stderr
    assert done.returncode == 0 and done.stdout.strip() == "1", done.stderr[-500:]


def test_E_a_cache_that_cannot_be_written_later_is_no_matter(monkeypatch):
    from numba.core.caching import IndexDataCacheFile

    from deepmirnatar.common.compiled import jit

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(IndexDataCacheFile, "save", full)
    monkeypatch.setattr(IndexDataCacheFile, "load", full)
    assert jit(_twice)(2) == 4


def _twice(number):
    return 2 * number


@pytest.mark.parametrize("packed", [False, True])
def test_I_pipes_are_read_once_for_all_who_ask(tmp_path, packed):
    texts = {"m": f">let7\n{LET7}\n", "u": f">u\n{'ACGU' * 60}{SEED}{'ACGU' * 60}\n"}
    ends, writers = {}, []
    for name, text in texts.items():
        ends[name], write = os.pipe()
        content = gzip.compress(text.encode()) if packed else text.encode()

        def fill(write=write, content=content):
            with os.fdopen(write, "wb") as handle:
                handle.write(content)

        writers.append(threading.Thread(target=fill))
        writers[-1].start()
    given = read_inputs(f"/dev/fd/{ends['m']}", f"/dev/fd/{ends['u']}")
    for writer in writers:
        writer.join()
    assert given.mirnas["mirna_sequence"].tolist() == [LET7] and len(given.targets["sequence"][0]) == 488


def test_I_an_annotation_may_come_from_a_pipe(tmp_path):
    os.mkfifo(tmp_path / "annotation")
    writer = threading.Thread(target=lambda: (tmp_path / "annotation").write_text(GFF3))
    writer.start()
    found, _, _ = read_annotated(tmp_path / "annotation", genome(tmp_path))
    writer.join()
    assert found["target"].tolist() == ["ABC1"]


def test_M_every_text_file_names_its_encoding():
    """Without one, Python takes the locale's."""
    import ast

    bare = []
    for path in [*ROOT.glob("deepmirnatar/**/*.py"), *ROOT.glob("scripts/*.py"), *ROOT.glob("workflow/*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or any(each.arg in ("encoding", None) for each in node.keywords):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in ("read_text", "write_text", "FileHandler", "NamedTemporaryFile"):
                bare.append(f"{path}: {node.lineno}")
    assert not bare


def test_M_a_page_is_written_in_a_locale_that_lacks_its_letters(tmp_path):
    code = (
        "from deepmirnatar.common.files import write_json; from deepmirnatar.common.logs import forgive_terminal, log, "
        "log_to; from pathlib import Path; forgive_terminal(); log_to('a.log'); log.info('a \\u2212 b'); "
        "print('a \\u2212 b'); "
        "write_json({'\\u2212': '\\xb5'}, Path('a.json'))"
    )
    environment = {**os.environ, "PYTHONIOENCODING": "iso-8859-1", "LC_ALL": "POSIX", "PYTHONUTF8": "0"}
    environment |= {"PYTHONCOERCECLOCALE": "0", "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True)
    assert done.returncode == 0 and b"a ? b" in done.stdout, done.stderr
    assert "a − b" in (tmp_path / "a.log").read_text(encoding="utf-8")


# --- J, K, L, Q: plants, what is no FASTA, circles, pasted sequences


def test_J_sites_that_pair_with_the_whole_mirna_are_marked():
    mirna = "UGAUUGAGCCGCGCCAAUAUC"
    site = reverse_complement(mirna)
    sites = [f"GGG{site}GG", f"GGG{site[:-1]}GGG", f"G{site[:9]}{'A' if site[9] != 'A' else 'C'}{site[10:]}G", SEED]
    assert fully_complementary(pd.Series([mirna] * 4), pd.Series(sites)).tolist() == [True, True, False, False]


def test_J_names_of_plants_are_a_warning():
    (said,) = plants(pd.Series(["ath-miR171a-3p", "osa-MIR156b", "hsa-miR-21-5p", "let-7a", "ebv-miR-BART1-5p"]))
    assert said.startswith("'ath-miR171a-3p' and 1 more are plants' miRNAs. Plants slice")
    assert not plants(pd.Series(["hsa-miR-21-5p", "dme-bantam-3p", "cel-lin-4-5p", "kshv-miR-K12-1-5p"]))


NO_FASTA = [
    ('"","baseMean","log2FoldChange","lfcSE","padj"\n"hsa-miR-21-5p",1,2,3,4\n', "a table of differential expression"),
    ("Gene stable ID\tTranscript stable ID\nENSG1\tENST1\n", "BioMart's table, which holds no sequences"),
    (">ENSG1|A\nSequence unavailable\n>ENSG2|B\nSequence unavailable\n", "all 2 entries read 'Sequence unavailable'"),
    (">ENSG1|A\n>ENSG2|B\n", "holds 2 headers and no sequence"),
    ("PTEN\nTP53\n", "looks like a list of names, which holds no sequences"),
]


@pytest.mark.parametrize(("text", "wanted"), NO_FASTA)
def test_K_what_is_no_fasta_is_called_what_it_is(tmp_path, text, wanted):
    (tmp_path / "m.fa").write_text(f">let7\n{LET7}\n")
    (tmp_path / "u.fa").write_text(text)
    with pytest.raises(ValueError, match=wanted) as refused:
        read_inputs(tmp_path / "m.fa", tmp_path / "u.fa")
    assert "write `>name`" not in str(refused.value)


def test_K_mature_mirnas_inside_a_web_page_are_read(tmp_path):
    path = tmp_path / "mature.fa"
    path.write_text(f"<p>&gt;hsa-let-7a-5p MIMAT0000062 Homo<br>{LET7}<br>&gt;b X<br>{LET7[:-1]}<br></p>\n")
    assert read_fasta(path, "ACGU").to_dict() == {"hsa-let-7a-5p": LET7, "b": LET7[:-1]}
    path.write_text(f"<pre>&gt;a\n{LET7}\n&gt;b\n{LET7[:8]}\n{LET7[8:]}\n</pre>\n")
    assert read_fasta(path, "ACGU").to_dict() == {"a": LET7, "b": LET7}


def test_L_a_site_across_the_junction_of_a_circle_is_found_once():
    body = "G" * 150
    table = with_regions(pd.DataFrame({"target": ["c"], "sequence": [SEED[3:] + body + SEED[:3]]}))
    line = circular.unrolled(table)
    text, circle = line["sequence"][0], int(line["circle"][0])
    starts = np.array([place for place in range(len(text)) if text.startswith(SEED, place)])
    kept = starts[circular.counted_once(starts, circle)]
    assert circle == 158 and (kept - circular.rounds(kept, circle)).tolist() == [155]
    # Each place of a circle once, wherever it is, also of one that is shorter than its surroundings.
    for size in (9, 50, 158, 500):
        places = np.arange(size + circular.BEYOND)
        kept = places[circular.counted_once(places, size)]
        assert sorted((kept - circular.rounds(kept, size)).tolist()) == list(range(size))


def test_L_circles_reach_the_finder(tmp_path):
    (tmp_path / "m.fa").write_text(f">let7\n{LET7}\n")
    (tmp_path / "u.fa").write_text(f">c\n{SEED[3:]}{'G' * 150}{SEED[:3]}\n")
    line = read_inputs(tmp_path / "m.fa", tmp_path / "u.fa").targets["sequence"][0]
    circle = read_inputs(tmp_path / "m.fa", tmp_path / "u.fa", circular=True).targets["sequence"][0]
    assert SEED not in line and SEED in circle


def test_L_a_site_across_the_junction_reaches_the_tables_and_the_genome(tmp_path, weights):
    body = "".join(np.random.default_rng(5).choice(["C", "G"], 150))
    path = genome(tmp_path, u100=SEED[3:] + body + SEED[:3])
    (tmp_path / "m.fa").write_text(f">let7\n{LET7}\n")
    (tmp_path / "c.bed").write_text("chr1\t100\t258\tc\t0\t+\n")
    given = {"annotation": tmp_path / "c.bed", "genome": path}
    predictor = Predictor.load(weights)
    assert predictor.predict(tmp_path / "m.fa", **given).sites.empty
    result = predictor.predict(tmp_path / "m.fa", circular=True, **given)
    (site,) = result.sites.to_dict("records")
    assert (site["start"], site["end"], site["seed_start"], site["seed_end"]) == (128, 168, 155, 163)
    assert site["seed_type"] == "8mer" and site["genome_blocks"] == "100-110,228-258"
    assert result.genes["utr_length"].tolist() == [158]


def test_sites_of_mrnas_lie_behind_the_coding_part_and_are_counted_from_the_start(tmp_path, weights):
    (tmp_path / "m.fa").write_text(f">let7\n{LET7}\n")
    (tmp_path / "a.gtf").write_text(gtf(*gene("T1")))
    where = {"annotation": tmp_path / "a.gtf", "genome": genome(tmp_path, u200=SEED, u500=SEED, u1000=SEED)}
    sites = Predictor.load(weights).predict(tmp_path / "m.fa", **where).sites
    # Of the two in exons, one is in the coding part; none is in the 5'UTR.
    assert sites[["seed_start", "seed_end", "region"]].to_numpy().tolist() == [[400, 408, "ORF"], [900, 908, "3'UTR"]]
    assert sites["genome_end"].tolist() == [513, 1013]


def test_Q_pasted_sequences_are_told_apart_or_it_is_said():
    one, two = "ACGGU" * 40, "GGCAU" * 50

    def targets(text: str) -> tuple[list[str], str]:
        given = read_texts(LET7, text)
        return given.targets["sequence"].tolist(), " ".join(given.warnings)

    for text in (f"{one}\n{two}\n", f"{one}\n\n{two}", f"{one}\r\n\r\n{two}\r\n"):
        found, said = targets(text)
        assert found == [one, two] and "2 sequences without names are read as target1 to target2" in said
    wrapped = "\n".join(one[place : place + 60] for place in range(0, 200, 60))
    found, said = targets(wrapped)
    assert found == [one] and "4 lines of 60 nt are read as one target" in said
    assert targets(f"{wrapped}\n\n{two}")[0] == [one, two]


# --- GenBank


GENBANK = """LOCUS       NM_1                {length} bp    mRNA    linear   PRI 01-JAN-2024
DEFINITION  made up.
ACCESSION   NM_1
VERSION     NM_1.1
FEATURES             Location/Qualifiers
     source          1..{length}
                     /mol_type="mRNA"
     gene            1..{length}
                     /gene="ABC"
     CDS             {cds}
                     /gene="ABC"
                     /codon_start=1
ORIGIN
{origin}
//
"""


def test_genbank_records_of_mrnas_are_targets(tmp_path):
    sequence = "c" * 10 + "atg" + "gct" * 4 + "taa" + "acgt" * 8
    origin = f"        1 {sequence}"
    path = tmp_path / "a.gb"
    path.write_text(GENBANK.format(length=len(sequence), cds="11..28", origin=origin))
    assert format_of(path) == "genbank" and format_of(Path(__file__)) is None
    table, said = read_genbank(path, "genbank")
    assert table.to_numpy().tolist() == [["ABC", sequence.upper().replace("T", "U"), 10, 28]] and not said
    other = GENBANK.format(length=len(sequence), cds="complement(11..28)", origin=origin).replace("NM_1", "NM_2")
    path.write_text(path.read_text() + other)
    table, (said,) = read_genbank(path, "genbank")
    assert len(table) == 1 and "1 record left out; first, record 'NM_2.1' is no mRNA" in said
