"""The audit of a model finds in synthetic scores what each check is for; controls change what they say and no more."""

from collections import Counter

import numpy as np
import pandas as pd
import pytest

from deepmirnatar.evaluation import control_rows as controls_of
from deepmirnatar.evaluation.control_columns import SEEN
from deepmirnatar.evaluation.control_rows import make_controls, swap_mirnas
from deepmirnatar.evaluation.model_audit import audit_model, calibration_error, swap_metrics
from deepmirnatar.pairs import check_pairs
from deepmirnatar.rna import near_identical
from deepmirnatar.rna.dinucleotides import shuffle_dinucleotides
from deepmirnatar.rna.seeds import SEED_RANKS
from deepmirnatar.rna.sequences import reverse_complement

MIRNA_OF = {"one": range(8), "other": range(8, 16)}


@pytest.fixture
def table(rna) -> pd.DataFrame:
    """Two sources with miRNAs of their own, `other` writes them 3'->5'. Four of five positives have an 8mer."""
    rng = np.random.default_rng(1)
    mirnas, rows = [rna(rng, 22) for _ in range(16)], []
    for number in range(800):
        source = ("one", "other")[number % 2]
        which, label = int(rng.choice(MIRNA_OF[source])), int(number // 2 % 2)
        site = rna(rng, 40)
        if label and rng.random() < 0.8:
            site = site[:25] + reverse_complement(mirnas[which][1:8]) + "A" + site[33:]
        split = "test" if number < 500 else ("train", "valid")[number % 2]
        mirna = mirnas[which][::-1] if source == "other" else mirnas[which]
        written = "3to5" if source == "other" else "5to3"
        rows.append((f"p{number}", f"miR-{which}", mirna, f"G{number}", site, label, split, source, written))
    columns = ["pair_id", "mirna", "mirna_sequence", "target", "target_sequence", "label", "split", "source"]
    return pd.DataFrame(rows, columns=[*columns, "mirna_written"])


@pytest.fixture
def controls(table) -> pd.DataFrame:
    return make_controls(lambda: [table], "as_released", seed=3)


def audited(controls: pd.DataFrame, score: pd.Series, threshold: float = 0.5) -> tuple[pd.DataFrame, str, int]:
    """Rows by (check, subject), the verdict's words and its number of doubts."""
    found = audit_model(controls.assign(score=score, threshold=threshold), resamples=100)
    last = found.iloc[-1]
    assert last["check"] == "verdict"
    # Nothing but intervals that make no sense for a value is empty.
    assert found["value"].notna().all() or "not checked" in set(found["subject"])
    return found.iloc[:-1].set_index(["check", "subject"]), last["subject"], last["value"]


def liking(names: pd.Series, seed: int) -> pd.Series:
    """A random number for each name: what a score may add for a miRNA or a site without reading the other strand."""
    return pd.util.hash_pandas_object(names + str(seed), index=False) / 2.0**64


def seed_score(controls: pd.DataFrame) -> pd.Series:
    return controls["seed_type"].map(SEED_RANKS.index) / 5


# --- controls -------------------------------------------------------------------------------------------------


def test_a_shuffled_sequence_has_the_same_dinucleotides_and_the_same_ends(rna):
    rng = np.random.default_rng(2)
    sequences = [rna(rng, length) for length in (4, 5, 8, 21, 40, 40, 200)] + ["AAAA", "ACACAC", "AC", "A"]
    for sequence in sequences:
        for _ in range(20):
            shuffled = shuffle_dinucleotides(sequence, rng)
            assert Counter(zip(shuffled, shuffled[1:], strict=False)) == Counter(
                zip(sequence, sequence[1:], strict=False)
            )
            assert (shuffled[0], shuffled[-1], len(shuffled)) == (sequence[0], sequence[-1], len(sequence))
    assert sum(shuffle_dinucleotides(sequences[5], rng) != sequences[5] for _ in range(20)) == 20


def test_all_orders_of_the_same_dinucleotides_are_equally_likely():
    rng = np.random.default_rng(0)
    # AACAGA: the loops A>A, A>C>A and A>G>A of the path can be walked in 3! orders.
    drawn = Counter(shuffle_dinucleotides("AACAGA", rng) for _ in range(3000))
    assert len(drawn) == 6 and min(drawn.values()) > 400


def test_the_controls_change_what_they_say_and_no_more(table, controls):
    check_pairs(controls, "controls")
    test = table[table["split"] == "test"].reset_index(drop=True)
    parts = {name: part.reset_index(drop=True) for name, part in controls.groupby("control")}
    assert set(parts) == {"real", "swapped_mirna", "permuted_mirna", "permuted_site", "shuffled_site"} and set(
        controls["split"]
    ) == {"test"}
    pd.testing.assert_frame_equal(parts["real"][test.columns], test)
    site, mirna = ["target", "target_sequence"], ["mirna", "mirna_sequence", "mirna_written"]
    for name, moved in (("permuted_mirna", mirna), ("permuted_site", site)):
        part = parts[name]
        kept = [column for column in test.columns if column not in (*moved, "pair_id")]
        pd.testing.assert_frame_equal(part[kept], test[kept])
        # What is moved is moved whole, and nothing is lost.
        assert sorted(map(tuple, part[moved].to_numpy())) == sorted(map(tuple, test[moved].to_numpy()))
        assert not part[moved].equals(test[moved])
    kept = test.columns.drop(["target_sequence", "pair_id"])
    pd.testing.assert_frame_equal(parts["shuffled_site"][kept], test[kept])
    assert (parts["shuffled_site"]["target_sequence"] != test["target_sequence"]).all()
    assert controls.loc[controls["control"] != "real", [f"{name}_seen" for name in SEEN]].isna().all(axis=None)


def test_a_swapped_row_keeps_its_site_and_source_and_gets_another_mirna_of_that_source(table, controls):
    swapped = controls[controls["control"] == "swapped_mirna"]
    real = table.set_index("pair_id").loc[swapped["real_id"]]
    assert len(swapped) == ((table["split"] == "test") & (table["label"] == 1)).sum()
    assert (swapped["label"] == 0).all()
    for column in ("target", "target_sequence", "source", "mirna_written"):
        assert swapped[column].tolist() == real[column].tolist()
    assert (swapped["mirna_sequence"].to_numpy() != real["mirna_sequence"].to_numpy()).all()
    # Every miRNA is as frequent as it was, source by source.
    for source in MIRNA_OF:
        here, there = (rows.loc[rows["source"] == source, "mirna"] for rows in (swapped, real))
        assert sorted(here) == sorted(there)


def test_a_swap_avoids_known_positives_and_leaves_out_what_cannot_be_swapped():
    rows = [(mirna, f"S{n}", "G", "a") for n, mirna in enumerate("XXXYYYZZZWWW")] + [
        ("X", f"T{n}", "G", "b") for n in "12"
    ]
    positives = pd.DataFrame(rows, columns=["mirna_sequence", "target_sequence", "target", "source"])
    # The first three sites are also targets of Y, which leaves Z and W for them.
    more = pd.DataFrame([("Y", f"S{n}", "H", "a") for n in range(3)], columns=positives.columns)
    for seed in range(20):
        takers, givers = swap_mirnas(positives, pd.concat([positives, more]), np.random.default_rng(seed))
        assert takers.tolist() == list(range(12))  # source b has one miRNA alone
        assert set(positives["mirna_sequence"].iloc[givers[:3]]) <= {"Z", "W"}
        assert sorted(givers) == list(range(12))


def test_what_was_seen_is_told_for_real_rows(table):
    test, train = table.index[table["split"] == "test"], table.index[table["split"] == "train"]
    new = "AAAACCCCAAAACCCCAAAACC"
    table.loc[test[0], ["mirna_sequence", "mirna_written"]] = [new, "5to3"]
    table.loc[test[1], ["mirna_sequence", "mirna_written"]] = [new[::-1], "3to5"]
    table.loc[test[2], "target"] = table.loc[train[0], "target"]
    columns = ["mirna_sequence", "mirna_written", "target"]
    table.loc[test[3], columns] = table.loc[train[1], columns]
    table.loc[test[4], "target_sequence"] = "A" + table.loc[train[2], "target_sequence"][10:30] + "C"
    table.loc[test[5], "target_sequence"] = table.loc[train[2], "target_sequence"][10:29]
    real = make_controls(lambda: [table], "as_released").iloc[: len(test)]
    flags = real[[f"{name}_seen" for name in SEEN]].to_numpy(dtype=int)
    # pair, gene, family, site
    assert flags[:6].tolist() == [
        [0, 0, 0, 0],
        [0, 0, 0, 0],
        [0, 1, 1, 0],
        [1, 1, 1, 0],
        [0, 0, 1, 1],
        [0, 0, 1, 0],
    ]


def test_without_test_rows_there_are_no_controls(table):
    with pytest.raises(ValueError, match="split 'test'"):
        make_controls(lambda: [table[table["split"] != "test"]], "as_released")


# --- what the audit finds -------------------------------------------------------------------------------------


def test_a_score_that_adds_two_likings_has_a_swap_auc_of_one_half(controls):
    """It knows which sites are of positives, so that its AUC is high; and the miRNA counts as much as the site."""
    site = controls.groupby("target_sequence")["real_id"].transform("first")
    label = controls["real_id"].map(controls[controls["control"] == "real"].set_index("pair_id")["label"])
    knows = label.where(controls["control"].isin(["real", "swapped_mirna", "permuted_mirna"]), 0.5)
    score = (liking(controls["mirna"], 1) + liking(site, 2) + 2 * knows) / 4
    found, text, doubts = audited(controls, score)
    swap = found.loc[("swap", "all")]
    assert found["value"]["ranking", "real"] > 0.95
    assert swap["value"] == pytest.approx(0.5, abs=0.03) and swap["low"] < 0.5 < swap["high"]
    assert text.startswith("the score does not read the miRNA against the site: swap AUC")
    assert "AUC is still" in text and "with miRNAs permuted" in text and doubts >= 2
    called = found["value"]["called"]
    assert called["real positives"] > 0.9 and abs(called["real positives"] - called["swapped miRNA"]) < 0.05


def test_a_score_that_counts_seed_matches_has_a_high_swap_auc(controls):
    found, text, _ = audited(controls, seed_score(controls), threshold=0.4)
    # Four of five positives have an 8mer and a swapped one hardly ever; nor has the fifth, half of whose ties win.
    assert found["value"]["swap"].to_numpy() == pytest.approx([0.9] * 3, abs=0.05)
    assert found["value"]["swap_reference", "seed match alone"] == found["value"]["swap", "all"]
    for name in ("miRNAs permuted", "sites permuted", "sites shuffled"):
        assert found["value"]["ranking", name] == pytest.approx(0.5, abs=0.05)
    assert text.startswith("the score reads the miRNA against the site: swap AUC 0.8")
    assert "AUC is still" not in text
    assert found["value"]["seed_type_score", "8mer, positives"] == 1.0
    assert found["value"]["seed_type_called", "none, negatives"] == 0.0
    real = controls[controls["control"] == "real"]
    assert found["n"]["seed_type_score"].sum() == len(real)
    eight = (real["seed_type"] == "8mer") & (real["label"] == 1)
    assert found["n"]["seed_type_score", "8mer, positives"] == eight.sum()


def test_a_swap_within_the_family_is_no_error_of_a_score_that_reads_the_seed(table):
    """All of source `one` are one family, written 5'->3'; those of `other`, written 3'->5', are none."""
    one = table["source"] == "one"
    names = table.loc[one, "mirna"].unique()
    seed = table.loc[one, "mirna_sequence"].iloc[0][:8]
    table.loc[one, "mirna_sequence"] = seed + table.loc[one, "mirna_sequence"].str[8:]
    assert len(names) == table.loc[one, "mirna_sequence"].nunique() == 8
    table.loc[one & (table["label"] == 1), "target_sequence"] = "AC" * 10 + reverse_complement(seed) + "AC" * 6
    controls = make_controls(lambda: [table], "as_released", seed=3)
    swapped = controls[controls["control"] == "swapped_mirna"]
    assert (swapped["family_kept"] == (swapped["source"] == "one")).all()
    assert controls.loc[controls["control"] != "swapped_mirna", "family_kept"].isna().all()
    found, _, _ = audited(controls, seed_score(controls))
    assert found["value"]["swap", "one"] == 0.5
    assert found["value"]["swap", "all"] < 0.8 < found["value"]["swap_other_family", "all"]
    assert found["n"]["swap_other_family", "all"] == found["n"]["swap", "other"]
    assert ("swap_other_family", "one") not in found.index


def test_a_weak_reading_is_set_beside_the_seed_match(controls):
    noise = np.random.default_rng(0).normal(0, 0.6, len(controls))
    _, text, doubts = audited(controls, seed_score(controls) + noise)
    assert "less than the seed match does: swap AUC 0." in text and doubts >= 1


def test_a_look_up_of_known_pairs_is_not_taken_for_reading(table):
    """Half of the test positives have their pair in train, and the score knows them."""
    test = table.index[(table["split"] == "test") & (table["label"] == 1)][::2]
    copies = table.loc[test].assign(split="train", pair_id=lambda rows: rows["pair_id"] + "-copy")
    copies["target_sequence"] = copies["target_sequence"].str[::-1]
    controls = make_controls(lambda: [table, copies], "as_released")
    known = set(copies["mirna_sequence"] + copies["target"])
    score = (controls["mirna_sequence"] + controls["target"]).isin(known) * 0.5 + 0.25
    found, text, doubts = audited(controls, score)
    assert found["value"]["swap", "all"] == pytest.approx(0.75, abs=0.02)
    assert found["value"]["swap_reference", "pair not seen"] == pytest.approx(0.5, abs=0.02)
    assert "only where it knows the pair: swap AUC 0.7" in text and doubts >= 1


@pytest.mark.parametrize("name", SEEN)
def test_a_leak_shows_between_rows_seen_and_not_seen(controls, name):
    real = (controls["control"] == "real").to_numpy()
    seen = np.random.default_rng(1).random(len(controls)) < 0.5
    for other in SEEN:
        controls.loc[real, f"{other}_seen"] = (seen if other == name else ~real)[real].astype(int)
    noise = np.random.default_rng(2).random(len(controls))
    found, text, _ = audited(controls, pd.Series(np.where(seen, 0.9 * controls["label"] + 0.1 * noise, noise)))
    values = found["value"]["seen_auroc"]
    assert values[f"{name} seen"] == 1.0 and values[f"{name} not seen"] == pytest.approx(0.5, abs=0.1)
    assert f"where the {name} was seen in training" in text
    # Nothing of the other kinds was seen: no AUC, but the counts tell why.
    other = next(each for each in SEEN if each != name)
    assert f"{other} seen" not in values and found["n"]["seen_rows", f"{other} seen"] == 0


def test_the_calibration_error_is_that_of_a_hand_calculation(controls):
    labels = np.array([0, 0, 0, 1, 1, 1, 0, 1])
    scores = np.array([0.05, 0.05, 0.15, 0.15, 0.95, 1.0, 0.95, 0.9])
    # Bins: 0.05 against 0/2; 0.15 against 1/2; 0.95 against 3/4.
    assert calibration_error(labels, scores) == pytest.approx((2 * 0.05 + 2 * 0.35 + 4 * 0.2) / 8)
    # Positives score 0.75, negatives 0.25: in either bin the score is off by a quarter.
    found, text, _ = audited(controls, 0.25 + 0.5 * controls["label"])
    assert found["value"]["calibration", "expected calibration error"] == pytest.approx(0.25)
    assert found["value"]["bin_score", "0.7-0.8"] == 0.75 and found["value"]["bin_positive", "0.7-0.8"] == 1.0
    assert "off by 0.25" in text


def test_scores_that_are_no_probabilities_are_not_calibrated(controls):
    found, text, _ = audited(controls, 30 * seed_score(controls) - 5)
    assert list(found["value"]["calibration"].index) == ["not checked"]
    assert "not probabilities" in found["meaning"]["calibration", "not checked"]
    assert "off by" not in text and "bin_score" not in found.index


def test_the_interval_is_that_of_pairs_drawn_together(table):
    """Rows of one pair, ten times over, say no more than one row."""
    test = table[table["split"] == "test"]
    copies = [test.assign(pair_id=test["pair_id"] + f"-{number}") for number in range(10)]
    found = {}
    for name, rows in (("one", test), ("ten", pd.concat(copies))):
        controls = make_controls(lambda rows=rows: [rows, table[table["split"] != "test"]], "as_released")
        noise = liking(controls["mirna_sequence"] + controls["target_sequence"], 1)
        found[name] = audited(controls, 0.5 * seed_score(controls) + 0.5 * noise)[0].loc[("ranking", "real")]
    one, ten = found["one"], found["ten"]
    assert one["value"] == pytest.approx(ten["value"])
    assert ten["high"] - ten["low"] == pytest.approx(one["high"] - one["low"], rel=0.05)


def test_without_both_labels_the_audit_says_what_it_can(table):
    """48 positives and no negative, as in a test set of PAR-CLIP sites: still a swap control."""
    rows = table[(table["split"] != "test") | (table["label"] == 1)]
    controls = make_controls(lambda: [rows], "as_released")
    found, text, _ = audited(controls, seed_score(controls))
    assert ("ranking", "real") not in found.index and ("swap", "all") in found.index
    few = controls[controls["real_id"].isin(controls["real_id"].unique()[:8])]
    _, text, _ = audited(few, seed_score(few))
    assert text.startswith("too few positives")


def test_a_missing_score_is_an_error(controls):
    score = seed_score(controls)
    score.iloc[3] = np.nan
    with pytest.raises(ValueError, match="is missing"):
        audited(controls, score)


def test_the_swap_control_comes_as_metrics(controls):
    found = audit_model(controls.assign(score=seed_score(controls), threshold=0.4), resamples=50)
    metrics = swap_metrics(found)
    names = ["swap_auroc", "swap_auroc_one", "swap_auroc_other"]
    others = [name.replace("auroc", "auroc_other_family") for name in names]
    assert metrics["metric"].tolist() == names + others
    assert list(metrics.columns) == ["metric", "threshold", "value", "low", "high", "n"]
    assert metrics["n"].iloc[0] == metrics["n"].iloc[1:3].sum() == (controls["control"] == "swapped_mirna").sum()


def test_controls_are_the_same_in_blocks_and_are_drawn_of_many_test_rows(table, monkeypatch):
    whole = make_controls(lambda: [table], "as_released", seed=3)
    monkeypatch.setattr(near_identical, "_AT_ONCE", 7)
    blocks = [table.iloc[start : start + 11] for start in range(0, len(table), 11)]
    pd.testing.assert_frame_equal(make_controls(lambda: blocks, "as_released", seed=3), whole)
    monkeypatch.setattr(controls_of, "LIMIT", 40)
    some = make_controls(lambda: blocks, "as_released", seed=3)
    real = some[some["control"] == "real"].set_index("pair_id")
    assert len(real) == 40
    # What was seen of a row does not depend on which others were drawn.
    flags = [f"{name}_seen" for name in SEEN]
    pd.testing.assert_frame_equal(real[flags], whole.set_index("pair_id").loc[real.index, flags])
