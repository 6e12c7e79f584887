"""The classical contestants: alignments and seeds worked by hand, slow references, and ViennaRNA asked directly."""

import math

import numpy as np
import pandas as pd
import pytest
import RNA

from deepmirnatar.common.parallel import in_processes
from deepmirnatar.predictors import load_class, pita, rnahybrid
from deepmirnatar.predictors.base import Context
from deepmirnatar.rna.duplex_features import duplex_features
from deepmirnatar.rna.energies import duplex_energy, opening_energies
from deepmirnatar.rna.miranda import BASE_SCORES, align
from deepmirnatar.rna.sequences import ALPHABET, encode, reverse_complement

CONTESTANTS = ["pita", "miranda", "mirsvr", "rnahybrid", "kmer_trees", "duplex_trees"]
LET7 = "UGAGGUAGUAGGUUGUAUAGUU"
PERFECT = reverse_complement(LET7)  # AACUAUACAACCUACUACCUCA
CONTEXT = Context(seed=1, threads=1)


def random_rna(rng, length: int) -> str:
    return "".join(rng.choice(list(ALPHABET), length))


def random_pairs(seed: int, count: int, shortest: int = 15, longest: int = 40) -> list[tuple[str, str]]:
    """Random miRNAs with sites, every other site with a (partly spoilt) complement of its miRNA in it."""
    rng = np.random.default_rng(seed)
    pairs = []
    for number in range(count):
        mirna = random_rna(rng, rng.integers(19, 24))
        site = random_rna(rng, rng.integers(shortest, longest + 1))
        if number % 2:
            core = list(reverse_complement(mirna[: rng.integers(8, len(mirna))]))
            for _ in range(rng.integers(0, 4)):
                core[rng.integers(len(core))] = rng.choice(["", "A", "C", "G", "U", "GA"])
            site = (site[: longest // 3] + "".join(core))[-longest:] + site[-2:]
        pairs.append((mirna, site))
    return pairs


def table(pairs: list[tuple[str, str]], labels=None) -> pd.DataFrame:
    frame = pd.DataFrame(pairs, columns=["mirna_sequence", "target_sequence"])
    return frame.assign(label=labels if labels is not None else 0, mirna="m", target="t", source="s", split="train")


def training_table(seed: int, count: int = 160) -> pd.DataFrame:
    """Positives have a 7mer-m8 site, negatives none."""
    rng = np.random.default_rng(seed)
    pairs, labels = [], np.arange(count) % 2
    for label in labels:
        mirna, site = random_rna(rng, 22), random_rna(rng, 40)
        if label:
            site = site[:25] + reverse_complement(mirna[1:8]) + site[32:]
        pairs.append((mirna, site))
    return table(pairs, labels)


# --- miRanda


@pytest.mark.parametrize(
    ("site", "score"),
    [
        # nt 2-8 seven times 20, nt 9-20 twelve times 5; nt 1, 21 and 22 nothing. nt k faces position 22 - k.
        (PERFECT, 200),
        (PERFECT[14:21], 140),  # nt 2-8 alone
        (PERFECT[:16] + "G" + PERFECT[17:], 184),  # U6-G: 4 instead of 20
        (PERFECT[:15] + "A" + PERFECT[16:], 168),  # A7-A: -12 instead of 20
        (PERFECT[:14] + "C" + PERFECT[14:], 191),  # a bulge between nt 8 and 9 is not weighted
        (PERFECT[:14] + "CC" + PERFECT[14:], 187),
        (PERFECT[:18] + "G" + PERFECT[18:], 164),  # between nt 4 and 5 it costs fourfold
        (PERFECT[:10] + PERFECT[11:], 186),  # nt 12 skipped
    ],
)
def test_miranda_scores_worked_by_hand(site, score):
    assert align([LET7], [site])[0].tolist() == [score]


def test_miranda_traceback_of_a_bulge_and_a_skipped_base():
    _, facing = align([LET7, LET7], [PERFECT[:14] + "C" + PERFECT[14:], PERFECT[:10] + PERFECT[11:]])
    # nt 1 and the last two nt score nothing and stay outside.
    bulged = [-1, *range(21, 14, -1), *range(13, 1, -1), -1, -1]
    skipped = [-1, *range(19, 9, -1), -1, *range(9, 1, -1), -1, -1]
    assert facing.tolist() == [bulged, skipped]


def weight_of(nt: int, length: int) -> int:
    return 0 if nt == 1 or nt >= length - 1 else 4 if nt <= 8 else 1


def gap_weight(nt: int) -> int:
    return 4 if 2 <= nt <= 8 else 1


def slow_miranda(mirna: str, site: str) -> int:
    """The same score with every gap tried at its full length, as Smith and Waterman wrote it down."""
    bases, target, length = encode(mirna[::-1]), encode(site), len(mirna)
    faced = np.zeros((length + 1, len(site) + 1), dtype=int)
    for i in range(1, length + 1):
        for j in range(1, len(site) + 1):
            before = [faced[i - 1, j - 1]]
            for gap in range(1, j):
                cost = gap_weight(length + 2 - i) * (9 + 4 * (gap - 1))
                before.append(faced[i - 1, j - 1 - gap] - cost)
            for gap in range(1, i):
                if any(2 <= length + 2 - i + step <= 8 for step in range(gap)):
                    break
                before.append(faced[i - 1 - gap, j - 1] - 9 - 4 * (gap - 1))
            step = weight_of(length + 1 - i, length) * BASE_SCORES[bases[i - 1], target[j - 1]]
            faced[i, j] = max(0, max(before) + step)
    return int(faced.max())


def test_miranda_equals_a_slow_reference():
    pairs = [*random_pairs(1, 40, longest=30), ("ACGU", "ACGU"), ("UGAGGUA", "UACCUCA"), (LET7, "ACCUCAU")]
    scores, _ = align(*zip(*pairs, strict=True))
    assert scores.tolist() == [slow_miranda(*pair) for pair in pairs]


def test_miranda_lies_between_two_biopython_alignments():
    """Position weights can be given to Biopython as one letter per miRNA base, but gap costs cannot: with the cheapest
    gaps everywhere it is an upper bound, with the dearest a lower one; most pairs leave no room between them."""
    from Bio.Align import PairwiseAligner, substitution_matrices

    letters = "abcdefghijklmnopqrstuvwxyz"
    pairs = random_pairs(2, 300)
    scores, _ = align(*zip(*pairs, strict=True))
    settled = 0
    for (mirna, site), score in zip(pairs, scores, strict=True):
        matrix = substitution_matrices.Array(letters + ALPHABET, dims=2)
        for place, base in enumerate(encode(mirna)):
            for other, letter in enumerate(ALPHABET):
                matrix[letters[place], letter] = weight_of(place + 1, len(mirna)) * BASE_SCORES[base, other]
        aligner = PairwiseAligner(mode="local", substitution_matrix=matrix)
        numbered = letters[: len(mirna)][::-1]
        aligner.open_gap_score, aligner.extend_gap_score = -9, -4
        upper = aligner.score(numbered, site)
        aligner.open_gap_score, aligner.extend_gap_score = -10_000, -10_000
        lower = aligner.score(numbered, site)
        assert lower <= score <= upper
        settled += lower == upper
    assert settled > 50


def test_miranda_traceback_gives_its_score():
    pairs = random_pairs(3, 400)
    scores, facing = align(*zip(*pairs, strict=True))
    gapped = 0
    for (mirna, site), score, faces in zip(pairs, scores, facing, strict=True):
        bases, target, total = encode(mirna), encode(site), 0
        aligned = [nt for nt in range(len(mirna), 0, -1) if faces[nt - 1] >= 0]
        for before, nt in zip([None, *aligned], aligned, strict=False):
            total += weight_of(nt, len(mirna)) * BASE_SCORES[bases[nt - 1], target[faces[nt - 1]]]
            if before is not None:
                bulge, skipped = faces[nt - 1] - faces[before - 1] - 1, before - nt - 1
                assert min(bulge, skipped) == 0
                total -= gap_weight(before) * (9 + 4 * (bulge - 1)) if bulge else 0
                total -= 9 + 4 * (skipped - 1) if skipped else 0
                gapped += bulge + skipped > 0
        assert total == score
    assert gapped > 50


# --- accessibility


def open_directly(sequence: str, start: int, end: int) -> float:
    """dG_open as the difference of two ensemble energies, the region forced single-stranded in one of them."""
    free, opened = RNA.fold_compound(sequence), RNA.fold_compound(sequence)
    for place in range(start, end):
        opened.hc_add_up(place + 1)
    return opened.pf()[1] - free.pf()[1]


def test_opening_energy_equals_constrained_folding():
    rng = np.random.default_rng(4)
    sequences = [random_rna(rng, length) for length in (7, 12, 40, 40, 90)]
    sequences[3] = sequences[2]
    starts = np.array([[0, 2], [3, 0], [15, 30], [0, 20], [40, 1]])
    ends = np.array([[7, 5], [12, 5], [40, 38], [0, 45], [65, 2]])
    ends[3, 1] = 40
    found = opening_energies(sequences, starts, ends)
    assert found[3, 0] == 0  # an empty region
    expected = [
        [open_directly(sequence, *region) if region[1] > region[0] else 0 for region in zip(*row, strict=True)]
        for sequence, row in zip(sequences, zip(starts.tolist(), ends.tolist(), strict=True), strict=True)
    ]
    np.testing.assert_allclose(found, expected, atol=2e-4)
    assert found.max() > 1


def test_opening_energy_of_a_long_site_is_that_of_the_region_and_what_is_around_it():
    sequence = random_rna(np.random.default_rng(1), 900)
    starts, ends = np.array([[0, 450, 880]]), np.array([[8, 458, 900]])
    found = opening_energies([sequence], starts, ends)[0]
    around = [(sequence[:158], 0, 8), (sequence[300:608], 150, 158), (sequence[730:], 150, 170)]
    np.testing.assert_allclose(found, [open_directly(*each) for each in around], atol=2e-4)
    # ViennaRNA's routine dies of these if it folds them whole.
    stable = "".join(np.random.default_rng(2).choice(list("GC"), 700))
    assert np.isfinite(opening_energies([stable], np.array([[300]]), np.array([[308]]))).all()


def test_opening_energy_of_what_cannot_fold_is_zero(monkeypatch):
    # ViennaRNA's routine corrupts memory on four nt, so it must not be asked.
    monkeypatch.setattr(RNA, "pfl_fold_up", None)
    assert opening_energies(["ACGU", "GC"], np.zeros((2, 1), int), np.array([[4], [2]])).tolist() == [[0.0], [0.0]]


def test_worker_processes_give_what_this_process_gives():
    pairs = random_pairs(5, 220)
    assert in_processes(duplex_energy, [*pairs, *pairs[:5]], 2, "test") == [
        *map(duplex_energy, pairs),
        *map(duplex_energy, pairs[:5]),
    ]


# --- PITA


@pytest.mark.parametrize(
    ("match", "found"),
    [
        # The miRNA is UGAGGUAGU; ACUACCUCA faces nt 9 ... 1, so the letters below face U9 G8 A7 U6 G5 G4 A3 G2 U1.
        ("ACUACCUCA", True),  # 8
        ("GCUACCUCA", True),  # 8 would end in U9-G: 7
        ("GUUACCUCA", True),  # 7 would end in G8-U: 6
        ("GAUACCUCA", True),  # 7 has a mismatch: 6
        ("GCUGCCUCA", True),  # 7 with U6-G
        ("GUUGCCUCA", False),  # U6-G in the 6 too, and the 7 ends in G8-U
        ("ACUGUCUCA", False),  # U6-G and G5-U: two are too many even for the 8
        ("ACAACCUCA", True),  # 8 with A7-A
        ("ACAGCCUCA", True),  # 8 with A7-A and U6-G
        ("GCAACCUCA", False),  # A7-A, but the 8 ends in U9-G
        ("ACAACAUCA", False),  # two mismatches
        ("CUACCUCA", True),  # the site ends before nt 9: 7
        ("CAACCUCA", False),  # and the 8 with A7-A is cut off
    ],
)
def test_pita_seed_rules(match, found):
    rows, opposite = pita.seed_matches(["UGAGGUAGU"], [match])
    assert rows.tolist() == [0] * found
    assert opposite.tolist() == [len(match) - 2] * found


def test_pita_score_is_duplex_less_opening():
    rng = np.random.default_rng(6)
    site = random_rna(rng, 40) + reverse_complement(LET7[1:8]) + random_rna(rng, 8)
    last = 40 + 7  # opposite nt 1
    target = site[last - 24 : last + 1]
    expected = -RNA.duplexfold(LET7, target).energy - open_directly(site, last - 24, last + 1)
    predictor = pita.Predictor()
    assert predictor.predict(table([(LET7, site)]), CONTEXT) == pytest.approx([expected], abs=1e-3)
    flanked = -RNA.duplexfold(LET7, target).energy - open_directly(site, last - 24 - 15, last + 1 + 3)
    predictor = pita.Predictor({"flank_up": 3, "flank_down": 15})
    assert predictor.predict(table([(LET7, site)]), CONTEXT) == pytest.approx([flanked], abs=1e-3)


def test_pita_combines_candidates():
    seed = reverse_complement(LET7[1:8])
    site = "A" * 22 + seed + "AA" + seed + "AAAA"
    single = []
    for last in (29, 38):
        energy = RNA.duplexfold(LET7, site[last - 24 : last + 1]).energy
        single.append(-energy - open_directly(site, last - 24, last + 1))
    score = pita.Predictor().predict(table([(LET7, site)]), CONTEXT)
    assert score == pytest.approx([math.log(sum(map(math.exp, single)))], abs=1e-3)


def test_pita_needs_22_nt_upstream_and_a_base_opposite_nt_1():
    seed = reverse_complement(LET7[1:8])
    scores = pita.Predictor().predict(
        table([(LET7, "A" * 15 + seed + "A"), (LET7, "A" * 14 + seed + "A"), (LET7, "A" * 15 + seed)]), CONTEXT
    )
    assert (scores == pita.NO_CANDIDATE).tolist() == [False, True, True]


# --- duplex features


def test_duplex_features_of_a_known_site():
    # AUACAA pairs with nt 13-18, UACCUC with nt 2-7; nt 8-12 face GGGGG, of which only U9-G is a pair.
    site = "GG" + "AUACAA" + "GGGGG" + "UACCUC" + "A" + "UGC"
    row = duplex_features([LET7], [site]).iloc[0]
    pairing = [1] * 6 + [0, 0.5, 0, 0, 0] + [1] * 6 + [0] * 4
    assert row[[f"pair_{nt}" for nt in range(2, 23)]].tolist() == pairing
    assert (row["supplementary"], row["longest_3p"]) == (4, 6)
    assert row["seed_type"] == 3  # 7mer-A1
    assert row["a_opposite_1"] == 1
    # Positions 12-19 face nt 8-1. Upstream of them, read outward, lies GGGGAACAUAGG, downstream UGC.
    assert row["au_upstream"] == pytest.approx(sum(1 / d for d in (5, 6, 8, 9, 10)) / sum(1 / d for d in range(1, 13)))
    assert row["au_downstream"] == pytest.approx(1 / (1 + 1 / 2 + 1 / 3))
    assert row["open_seed"] == pytest.approx(open_directly(site, 12, 20), abs=1e-3)
    assert row["open_supplementary"] == pytest.approx(open_directly(site, 4, 12), abs=1e-3)
    assert row["open_site"] == pytest.approx(open_directly(site, 0, 20), abs=1e-3)
    assert row["duplex_energy"] == pytest.approx(RNA.duplexfold(LET7, site).energy)


def test_unknown_bases_shift_no_region():
    site = "N" * 10 + "UUAGCCGGAUCCAUUACUAUCUACCUCAGG"
    row = duplex_features([LET7], [site]).iloc[0]
    assert row["open_seed"] == pytest.approx(open_directly(site, 30, 38), abs=1e-3) and row["open_seed"] > 0.5
    assert row["open_site"] == pytest.approx(open_directly(site, 13, 38), abs=1e-3)


def test_duplex_features_do_not_depend_on_the_other_rows():
    pairs = random_pairs(8, 12)
    together = duplex_features(*zip(*pairs, strict=True))
    alone = pd.concat([duplex_features([mirna], [site]) for mirna, site in pairs], ignore_index=True)
    pd.testing.assert_frame_equal(together, alone)


def test_duplex_energy_without_any_pair_is_zero():
    assert duplex_energy(("AAAAAAAA", "AAAAAAA")) == 0


# --- RNAhybrid


def fake_program(folder, printed: str) -> None:
    program = folder / rnahybrid.PROGRAM
    program.write_text(f'#!/bin/sh\nprintf "{printed}"\n')
    program.chmod(0o755)


def test_rnahybrid_output_is_read_by_target_name(tmp_path, monkeypatch):
    fake_program(tmp_path, "2:5:mirna:4:-7.5:0.1:1:a:b:c:d\\n0:5:mirna:4:-3.0:0.2:1:a:b:c:d\\n")
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    pairs = table([("ACGU", "AAAAC"), ("ACGU", "AAAAG"), ("ACGU", "AAAAU"), ("ACGU", "AAAAC")])
    predictor = rnahybrid.Predictor()
    assert predictor.predict(pairs, CONTEXT).tolist() == [3.0, 0.0, 7.5, 3.0]
    assert predictor.state() == ({}, {"program": "RNAhybrid"})


def test_rnahybrid_without_the_program(tmp_path, monkeypatch):
    pairs = table(random_pairs(9, 6))
    monkeypatch.setenv("PATH", str(tmp_path))
    predictor = rnahybrid.Predictor()
    strands = pairs[["mirna_sequence", "target_sequence"]].itertuples(index=False)
    expected = [-RNA.duplexfold(*pair).energy for pair in strands]
    assert predictor.predict(pairs, CONTEXT).tolist() == expected
    assert predictor.state()[1]["program"] == rnahybrid.SUBSTITUTE
    predictor.restore({}, {"program": rnahybrid.PROGRAM})
    with pytest.raises(RuntimeError, match="not on PATH"):
        predictor.predict(pairs, CONTEXT)


@pytest.mark.skipif(not rnahybrid.shutil.which(rnahybrid.PROGRAM), reason="needs the program RNAhybrid")
def test_rnahybrid_itself():
    mirna = "AAAGUGCUUCUCUUUGGUGGGU"
    sites = ["GGGGGGG", "AGCUCCCCAACUCCCUGCCAUUUUUUAAGAGACAGUUUCG", "A" * 60]
    assert rnahybrid.hybrid_energies(mirna, sites) == [-10.8, -21.4, -3.7]


# --- all of them


@pytest.mark.parametrize("name", CONTESTANTS)
def test_scores_every_row_and_survives_saving(name, tmp_path):
    settings = {"trees": 20} if "trees" in name else {}
    predictor = load_class(name)(settings)
    assert predictor.needs_5_to_3
    train = training_table(10)
    predictor.fit(train, train, CONTEXT)
    odd = [(LET7, "ACCUCAU"), (LET7, "AAAA"), ("UGAGG", "CCUCA"), ("AAAAAAAAAAAAAAAAAAAAA", "AAAAAAA"), (LET7, PERFECT)]
    pairs = pd.concat([training_table(11, 60), table(odd)], ignore_index=True)
    scores = predictor.predict(pairs, CONTEXT)
    assert scores.shape == (len(pairs),)
    assert np.isfinite(scores).all()
    predictor.save(tmp_path / "model.safetensors", {"predictor": name})
    again = load_class(name).load(tmp_path / "model.safetensors")
    np.testing.assert_array_equal(again.predict(pairs, CONTEXT), scores)


@pytest.mark.parametrize("name", ["mirsvr", "duplex_trees", "miranda", "pita"])
def test_tells_a_seed_match_from_none(name):
    from sklearn.metrics import roc_auc_score

    settings = {"trees": 30} if "trees" in name else {}
    predictor = load_class(name)(settings)
    train, unseen = training_table(12), training_table(13, 100)
    predictor.fit(train, train, CONTEXT)
    assert roc_auc_score(unseen["label"], predictor.predict(unseen, CONTEXT)) > 0.95


def test_mirsvr_learns_from_at_most_the_rows_asked_for():
    predictor = load_class("mirsvr")({"rows": 50})
    predictor.fit(training_table(14), training_table(14), CONTEXT)
    assert predictor.fitted[-1].shape_fit_[0] == 50
