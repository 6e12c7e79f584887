"""Is the input what it is taken for? Each check on input with its fault, and on input without."""

import numpy as np
import pandas as pd
import pytest

from deepmirnatar.common.fasta import read_fasta
from deepmirnatar.prediction import checks
from deepmirnatar.rna.sequences import reverse_complement
from deepmirnatar.sources.mirbase import read_mature

LET7, MIR16 = "UGAGGUAGUAGGUUGUAUAGUU", "UAGCAGCACGUAAAUAUUGGCG"


def mirnas(*sequences: str) -> pd.DataFrame:
    return pd.DataFrame({"mirna": [f"miR-{n}" for n in range(len(sequences))], "mirna_sequence": sequences})


def targets(*utrs: str) -> pd.DataFrame:
    return pd.DataFrame({"target": [f"gene{n}" for n in range(len(utrs))], "sequence": utrs})


@pytest.fixture
def utrs(rna):
    """Ten 3'UTRs with a poly-A signal 20 nt before their end and none reversed at their start."""
    rng = np.random.default_rng(3)
    return [
        rna(rng, 400).replace("UUUA", "CCCA").replace("AAUAAA", "AACAAA")[:370] + "AAUAAA" + "G" * 20 for _ in range(10)
    ]


def test_good_input_has_no_warning(utrs):
    assert checks.check(mirnas(LET7, MIR16), targets(*utrs)) == []


@pytest.mark.parametrize(
    ("given", "of", "wanted"),
    [
        (["ACGU" * 100], [LET7], "swapped: those given as miRNAs have 400 nt, those given as targets 22"),
        ([LET7, LET7 * 3], ["ACGU" * 100], "'miR-1' has 66 nt, the length of a hairpin"),
        (["ACGU" * 3], ["ACGU" * 100], "'miR-0' has 12 nt; a mature miRNA has 15 to 30"),
        ([LET7 + LET7[:10]], ["ACGU" * 100], "'miR-0' has 32 nt; a mature"),
        ([LET7[:10] + "N" + LET7[11:]], ["ACGU" * 100], "'miR-0' holds 'N' at nt 11"),
    ],
)
def test_what_is_certain_stops(given, of, wanted):
    with pytest.raises(ValueError, match=wanted):
        checks.check(mirnas(*given), targets(*of))


def test_a_sequence_with_two_names_is_announced(utrs):
    assert checks.check(mirnas(LET7, MIR16, LET7), targets(*utrs)) == [
        "'miR-2' has the same sequence as 'miR-0', and so the same results."
    ]
    (said,) = checks.check(mirnas(LET7), targets(utrs[0], *utrs, utrs[0]))
    assert said.startswith("'gene1' has the same sequence as 'gene0'") and "(2 targets repeat an earlier one)" in said


def test_mirnas_written_backwards_are_known_by_their_seeds(utrs):
    (said,) = checks.check(mirnas(LET7[::-1], MIR16[::-1]), targets(*utrs))
    assert said.startswith("miRNAs look written 3'->5': read backwards, 'miR-0' and 1 more")
    # One that is odd beside one that is well known is no reason to warn.
    assert checks.check(mirnas(LET7, MIR16[::-1]), targets(*utrs)) == []


def test_unknown_mirnas_written_backwards_are_known_by_their_matches(rna, utrs):
    rng = np.random.default_rng(5)
    unknown = [rna(rng, 22) for _ in range(8)]
    full = [utr[:100] + "".join(reverse_complement(one[1:8]) + "GA" for one in unknown) + utr[172:] for utr in utrs]
    assert checks.check(mirnas(*unknown), targets(*full)) == []
    (said,) = checks.check(mirnas(*(one[::-1] for one in unknown)), targets(*full))
    assert (
        said
        == "miRNAs look written 3'->5': read backwards, their seeds match the targets more often. Give them 5'->3'."
    )
    (said,) = checks.check(mirnas(*unknown), targets(*(reverse_complement(utr[:350]) for utr in full)))
    assert said.startswith("Targets look like the other strand: seeds match their reverse complement more often.")


def test_targets_of_the_other_strand_are_known_by_the_poly_a_signal(utrs):
    turned = [reverse_complement(utr) for utr in utrs]
    (said,) = checks.check(mirnas(LET7), targets(*utrs[:5], *turned[5:]))
    assert said.startswith("5 of 10 targets look like the other strand, first 'gene5'")
    assert checks.check(mirnas(LET7), targets(*utrs[:9], turned[9])) == []
    assert "1 of 1 targets" in checks.check(mirnas(LET7), targets(turned[0]))[0]


def test_introns_and_genomic_lengths_are_noticed(rna, utrs):
    rng = np.random.default_rng(7)
    gene = "".join(rna(rng, 500) + "CAGGUAAGU" + rna(rng, 200) + "CUUUCUUUCCUUGCAG" for _ in range(3)) + utrs[0]
    (said,) = checks.check(mirnas(LET7), targets(*utrs, gene))
    assert said.startswith("Targets look like genomic DNA with introns: 3 pairs of splice sites, most in 'gene10'")
    (said,) = checks.check(mirnas(LET7), targets("ACGG" * 40_000))
    assert said.startswith("'gene0' has 160,000 nt, more than an mRNA")


def test_a_target_shorter_than_a_window_is_named(utrs):
    (said,) = checks.check(mirnas(LET7), targets(*utrs, "ACGU" * 5, "ACGG"))
    assert said.startswith("2 targets are shorter than the 40 nt of a site ('gene10', 20 nt)")


def test_real_3utrs_and_mirnas_pass_and_turned_ones_do_not(mirror):
    found = read_fasta(mirror / "transfections/ensembl_utrs.fa.gz", "ACGUN")
    found = found[found.str.len() > 100].head(300)
    real = pd.DataFrame({"target": found.index, "sequence": found.to_numpy()})
    human = read_mature(mirror / "mirbase/mature.fa").set_index("name")["sequence"]
    names = [f"hsa-{name}" for name in ("let-7a-5p", "miR-16-5p", "miR-21-5p", "miR-126-3p", "miR-941")]
    given = pd.DataFrame({"mirna": names, "mirna_sequence": human[names].to_numpy()})
    assert checks.check(given, real) == []
    assert "3'->5'" in checks.check(given.assign(mirna_sequence=given["mirna_sequence"].str[::-1]), real)[0]
    assert "other strand" in checks.check(given, real.assign(sequence=real["sequence"].map(reverse_complement)))[0]


def test_the_well_known_seeds_are_mirbases(mirror):
    species = [read_mature(mirror / "mirbase/mature.fa", name) for name in ("hsa", "mmu", "gga", "xtr", "dre")]
    counts = pd.concat([table["sequence"].str[1:8].drop_duplicates() for table in species]).value_counts()
    assert set(counts[counts >= 4].index) == checks.SEEDS
