"""The audit finds each planted fault, and none in a table that has none. Also the shortcuts it is made of."""

import numpy as np
import pandas as pd
import pytest
from threadpoolctl import threadpool_limits

from deepmirnatar.evaluation import dataset_audit
from deepmirnatar.evaluation.dataset_audit import audit, mirna_balance
from deepmirnatar.predictors.rate_table import RateTable
from deepmirnatar.rna.kmers import kmer_counts
from deepmirnatar.rna.sequences import reverse_complement

SHORTCUTS = {
    "miRNA alone, by its string",
    "miRNA alone, by its 3-mers",
    "site alone, by its gene's name",
    "site alone, by its string",
    "site alone, by its 3-mers",
    "(miRNA, gene) look-up",
}


@pytest.fixture(autouse=True)
def one_thread():
    """The trees are small; several threads would only wait for each other."""
    with threadpool_limits(1):
        yield


@pytest.fixture
def clean(rna) -> pd.DataFrame:
    """Every miRNA and every site as often in both classes of every split; nothing but miRNAs is in two splits."""
    rng = np.random.default_rng(1)
    mirnas, rows, number = [rna(rng, 22) for _ in range(10)], [], 0
    for split, sites in (("train", 120), ("valid", 40), ("test", 60)):
        for place in range(sites):
            site = rna(rng, 40)
            for label, mirna in ((1, place % 10), (0, (place + 1 + place // 10 % 9) % 10)):
                number += 1
                rows.append((f"p{number}", f"miR-{mirna}", mirnas[mirna], f"{split}-{place}", site, label, split, "x"))
    columns = ["pair_id", "mirna", "mirna_sequence", "target", "target_sequence", "label", "split", "source"]
    table = pd.DataFrame(rows, columns=columns)
    balance = table.groupby(["split", "mirna"])["label"].mean()
    assert (balance == 0.5).all()
    return table


def audited(table: pd.DataFrame) -> tuple[pd.Series, str, int]:
    found, _ = audit(lambda: [table], trees=20)
    last = found.iloc[-1]
    assert last["check"] == "verdict" and last["n"] == len(table)
    return found.iloc[:-1].set_index(["check", "subject"])["value"], last["subject"], last["value"]


def test_a_clean_table_passes(clean):
    values, text, reasons = audited(clean)
    assert (text, reasons) == ("no shortcut and no leak found", 0)
    assert set(values["shortcut"].index) == SHORTCUTS
    # What reads one strand alone cannot tell the classes here, exactly.
    for subject in SHORTCUTS:
        assert values["shortcut", subject] == pytest.approx(0.5, abs=1e-9), subject
    overlap = values["overlap"]
    assert overlap["miRNA"] == 1.0 and overlap.drop("miRNA").eq(0).all()
    for split in ("train", "valid", "test"):
        assert values["balance", f"positives in {split}"] == 0.5
    assert values["balance", "rows of miRNAs with one class nearly alone"] == 0


@pytest.mark.parametrize("known", ["train", "valid"])
def test_a_leaked_pair_is_counted_and_named(clean, known):
    test, known = (clean.index[clean["split"] == split] for split in ("test", known))
    clean.loc[test[:12], ["mirna", "target"]] = clean.loc[known[:12], ["mirna", "target"]].to_numpy()
    values, text, reasons = audited(clean)
    assert values["overlap", "(miRNA, gene) pair"] == 12 / 120
    assert values["overlap", "gene"] == 12 / 120
    assert values["overlap", "site with 20 nt in common"] == 0 == values["overlap", "exact site"]
    assert "10 % of test rows have a (miRNA, gene) pair in training" in text and reasons >= 1


def test_a_pair_that_tells_the_label_is_a_shortcut(clean):
    """All pairs of test are known, each with its label: the look-up alone is right every time."""
    place = pd.factorize(clean["target_sequence"])[0] % 60
    clean["target"] = [f"G{number}{'ba'[label]}" for number, label in zip(place, clean["label"], strict=True)]
    clean["mirna"] = "miR-x"
    values, text, _ = audited(clean)
    assert values["shortcut", "(miRNA, gene) look-up"] == 1.0
    assert values["shortcut", "site alone, by its gene's name"] == 1.0
    assert text.startswith("doubtful: ") and "AUC 1.000" in text


def test_a_frequency_bias_per_mirna_is_found(clean):
    """Three miRNAs lose their negatives, three others their positives, four stay as they are."""
    only = clean["mirna"].map({"miR-0": 1, "miR-1": 1, "miR-2": 1, "miR-3": 0, "miR-4": 0, "miR-5": 0})
    biased = clean[only.isna() | (only == clean["label"])].reset_index(drop=True)
    values, text, reasons = audited(biased)
    # Of the 14 equal parts that are left, 6 are of one class.
    assert values["balance", "rows of miRNAs with one class nearly alone"] == pytest.approx(6 / 14)
    # 4 of 7 parts in either class tie with each other.
    assert values["shortcut", "miRNA alone, by its string"] == pytest.approx(1 - (4 / 7) ** 2 / 2, abs=0.02)
    # No pair of test is known, so that the look-up falls back on the miRNA.
    assert values["shortcut", "(miRNA, gene) look-up"] == values["shortcut", "miRNA alone, by its string"]
    assert f"AUC {values['shortcut'].max():.3f}" in text and reasons == 1


def test_an_auc_that_chance_gives_to_few_rows_is_no_reason_for_doubt():
    def judged(rows: int) -> tuple[str, int]:
        found = [
            ("balance", "positives in test", 0.5, rows, ""),
            ("shortcut", "site alone, by its 3-mers", 0.58, rows, ""),
        ]
        return dataset_audit.verdict(pd.DataFrame(found, columns=["check", "subject", "value", "n", "meaning"]))

    # One standard deviation of an AUC of 30 and 30 rows is sqrt(61 / (12 * 30 * 30)) = 0.075, of 500 and 500 0.018.
    assert judged(60)[1] == 0 and judged(1000)[1] == 1
    assert judged(60)[0].endswith(
        "60 test rows, AUC 0.580 (site alone, by its 3-mers) cannot be distinguished from 0.5"
    )
    assert dataset_audit._by_chance(60, 0.5) == pytest.approx(0.5 + 2 * 0.0752, abs=1e-4)


@pytest.mark.parametrize(("shift", "exact"), [(0, 1), (20, 0)])
def test_a_leaked_site_is_found_where_it_is_the_same_and_where_it_overlaps(clean, rna, shift, exact):
    """Nine test sites (18 rows) become windows of training sites, `shift` nt further along."""
    train = clean.loc[clean["split"] == "train", "target_sequence"].unique()[:9]
    test = clean.loc[clean["split"] == "test", "target_sequence"].unique()[:9]
    rng = np.random.default_rng(2)
    leaked = [(site + rna(rng, 20))[shift : shift + 40] for site in train]
    clean["target_sequence"] = clean["target_sequence"].replace(dict(zip(test, leaked, strict=True)))
    values, text, reasons = audited(clean)
    assert values["overlap", "site with 20 nt in common"] == 18 / 120
    assert values["overlap", "exact site"] == exact * 18 / 120
    assert values["overlap", "site clusters on both sides"] == 9
    assert "15 % of test rows have a site with 20 nt in common in training" in text and reasons == 1


def test_nineteen_nt_in_common_are_no_leak(clean):
    train = clean.loc[clean["split"] == "train", "target_sequence"].iloc[0]
    test = clean.loc[clean["split"] == "test", "target_sequence"].iloc[0]
    # The base before the shared run is made to differ.
    other = {"A": "C", "C": "A", "G": "C", "U": "C"}[train[20]]
    clean["target_sequence"] = clean["target_sequence"].replace({test: other + train[21:] + test[20:]})
    values, text, reasons = audited(clean)
    assert values["overlap", "site with 20 nt in common"] == 0 and reasons == 0, text


def test_a_composition_that_tells_the_class_is_found(clean):
    """Negatives with mock miRNAs: no string recurs, but their letters differ."""
    rng = np.random.default_rng(3)
    letters = {1: [0.4, 0.1, 0.1, 0.4], 0: [0.1, 0.4, 0.4, 0.1]}
    clean["mirna_sequence"] = ["".join(rng.choice(list("ACGU"), 22, p=letters[label])) for label in clean["label"]]
    values, _, reasons = audited(clean)
    assert values["shortcut", "miRNA alone, by its 3-mers"] > 0.9 and reasons == 1


def test_the_seed_match_is_a_signal_and_read_five_to_three(clean):
    """Positives get an 8mer for their miRNA; the table writes its miRNAs the other way round."""
    positive = clean["label"] == 1
    sites = [
        site[:20] + reverse_complement(mirna[1:8]) + "A" + site[28:] if yes else site
        for site, mirna, yes in zip(clean["target_sequence"], clean["mirna_sequence"], positive, strict=True)
    ]
    clean = clean.assign(target_sequence=sites, mirna_sequence=clean["mirna_sequence"].str[::-1], mirna_written="3to5")
    found = audit(lambda: [clean], "as_released", trees=5)[0].set_index(["check", "subject"])["value"]
    assert found["signal", "seed match"] > 0.95
    wrong = audit(lambda: [clean], trees=5)[0].set_index(["check", "subject"])["value"]
    assert wrong["signal", "seed match"] < 0.7


@pytest.mark.parametrize("test_labels", [None, 1])
def test_without_a_test_split_of_both_labels_the_verdict_says_what_was_checked(clean, test_labels):
    if test_labels is None:
        clean = clean[clean["split"] != "test"].reset_index(drop=True)
    else:
        clean = clean[(clean["split"] != "test") | (clean["label"] == 1)].reset_index(drop=True)
    values, text, reasons = audited(clean)
    assert text == "no test split with both labels: only balance was checked" and reasons == 0
    assert "shortcut" not in values.index.get_level_values("check")


def test_a_duplicate_with_two_labels_is_found(clean):
    rows = clean.index[(clean["split"] == "train") & (clean["label"] == 1)][:3]
    copies = clean.loc[rows].assign(label=0, pair_id=[f"copy{number}" for number in range(3)])
    again = clean.loc[rows[:1]].assign(pair_id="again")
    values, text, reasons = audited(pd.concat([clean, copies, again], ignore_index=True))
    # Three rows, their copies, and the row that is there twice.
    assert values["consistency", "rows with both labels"] == pytest.approx(7 / (len(clean) + 4))
    assert values["consistency", "repeated rows"] == pytest.approx(1 / (len(clean) + 4))
    assert "% of rows occur with both labels" in text and reasons == 1


def test_reversed_mirnas_are_found_by_source(clean):
    """Positives of both sources have a seed match; the miRNAs of one are then written 3'->5'."""
    positive = clean["label"] == 1
    seeds = [reverse_complement(mirna[1:8]) for mirna in clean["mirna_sequence"]]
    sites = [site[:20] + seed + site[27:] for site, seed in zip(clean["target_sequence"], seeds, strict=True)]
    clean.loc[positive, "target_sequence"] = pd.Series(sites)[positive]
    clean["source"] = np.where(clean["mirna"] < "miR-5", "one", "other")
    values, text, _ = audited(clean)
    assert values["orientation", "one, as written"] == 1 and "3'->5'" not in text
    turned = clean["source"] == "other"
    clean.loc[turned, "mirna_sequence"] = clean.loc[turned, "mirna_sequence"].str[::-1]
    values, text, _ = audited(clean)
    assert values["orientation", "other, reversed"] == 1 and values["orientation", "other, as written"] < 0.5
    assert "miRNAs of other look written 3'->5'" in text and "miRNAs of one" not in text


@pytest.mark.parametrize(
    ("kind", "column"), [("genes", "target"), ("sources", "source"), ("families (nt 2-8)", "mirna_sequence")]
)
def test_one_sided_genes_families_and_sources_are_counted(clean, kind, column):
    subject = f"rows of {kind} with one class nearly alone"
    clean[column] = clean["label"].map({1: "ACCCCCCCA", 0: "AGGGGGGGA"})
    clean.loc[clean.index[:30], column] = "AAAAAAAAA"  # as often in both classes
    values, _, _ = audited(clean)
    assert values["balance", subject] == pytest.approx(1 - 30 / len(clean))


def test_the_balance_per_mirna_is_counted():
    table = pd.DataFrame({"mirna": ["a"] * 4 + ["b"] * 5 + ["c"], "label": [1, 1, 1, 0, 0, 0, 0, 0, 1, 1]})
    assert mirna_balance(table).to_numpy().tolist() == [["b", 5, 1, 4, 0.2], ["a", 4, 3, 1, 0.75], ["c", 1, 1, 0, 1.0]]


# --- shortcuts


def test_rates_are_smoothed_and_new_names_take_the_rate_of_names_seen_once():
    names = pd.Series(["a", "a", "a", "b", "c", "d"])
    table = RateTable(prior=2.0).fit(names, pd.Series([1, 1, 0, 1, 0, 0]))
    # Overall 0.5. a: (2 + 2 * 0.5) / (3 + 2); b: (1 + 1) / 3; seen once: b, c, d with one positive: (1 + 1) / (3 + 2).
    scores = table.score(pd.Series(["a", "b", "c", "never"]))
    np.testing.assert_allclose(scores, [3 / 5, 2 / 3, 1 / 3, 2 / 5])


def test_kmer_counts_equal_a_plain_count_and_forget_the_order(rna):
    rng = np.random.default_rng(1)
    sequences = [rna(rng, 30), "AAAA", "AC", "ACGNACG"]
    counts = kmer_counts(sequences, 3)
    words = [a + b + c for a in "AUCG" for b in "AUCG" for c in "AUCG"]
    assert counts.shape == (4, 64)
    for row, sequence in zip(counts, sequences, strict=True):
        assert row.tolist() == [sum(sequence[at : at + 3] == word for at in range(len(sequence))) for word in words]


def test_of_a_large_table_rows_are_drawn_and_what_leaks_is_still_found(clean, monkeypatch):
    """Pairs, sites and labels are compared with every row, so that a draw hides neither leaks nor conflicts."""
    test, known = (clean.index[clean["split"] == split] for split in ("test", "train"))
    clean.loc[test[:12], ["mirna_sequence", "target"]] = clean.loc[known[:12], ["mirna_sequence", "target"]].to_numpy()
    clean.loc[test[12:30], "target_sequence"] = clean.loc[known[60:78], "target_sequence"].to_numpy()
    other = clean.loc[known[:3]].assign(label=1 - clean["label"], pair_id=["c1", "c2", "c3"])
    clean = pd.concat([clean, other], ignore_index=True)
    read = lambda: iter([clean.iloc[start : start + 60] for start in range(0, len(clean), 60)])  # noqa: E731
    whole, _ = audit(read, trees=5)
    pd.testing.assert_frame_equal(whole, audit(lambda: [clean], trees=5)[0])
    assert "sample" not in set(whole["check"])

    monkeypatch.setattr(dataset_audit, "LIMITS", (60, 40))
    some, _ = audit(read, trees=5)
    assert (some["check"][0], some["n"][0]) == ("sample", 100) and some["value"][0] == 100 / len(clean)
    whole, some = (found.set_index(["check", "subject"]) for found in (whole, some[1:]))
    drawn = [
        ("overlap", "site with 20 nt in common"),
        ("overlap", "site clusters on both sides"),
        ("signal", "seed match"),
    ]
    drawn += [("shortcut", "miRNA alone, by its 3-mers"), ("shortcut", "site alone, by its 3-mers")]
    counted = whole.index.drop(["orientation", "verdict"]).drop(drawn)
    pd.testing.assert_frame_equal(some.loc[counted], whole.loc[counted])
    near = some.loc[drawn[0]]
    assert some.loc[drawn[1:], "n"].eq(60)[1:].all() and near["n"] == pytest.approx(60 * near["value"])
    assert near["value"] == pytest.approx(18 / 120, abs=0.08)  # of the test rows drawn, among all of train and valid
    text = some.loc["verdict"].index[0]
    assert "10 % of test rows have a (miRNA, gene) pair in training" in text and "occur with both labels" in text


def test_rows_are_drawn_from_all_blocks_alike(clean, monkeypatch):
    monkeypatch.setattr(dataset_audit, "LIMITS", (50, 100))
    blocks = [clean.iloc[start : start + 55] for start in range(0, len(clean), 55)]
    every, some = dataset_audit._look(iter(blocks), "corrected", seed=1)
    assert len(every) == len(clean) and some["pair_id"].is_unique
    assert some["split"].eq("test").sum() == 50 and len(some) == 150
    numbers = some["pair_id"].str[1:].astype(int)
    assert numbers.is_monotonic_increasing
    # Each block gives its share, and another seed gives other rows.
    share = numbers.floordiv(55.01).value_counts()
    assert len(share) == len(blocks) and share.min() > 5
    other = dataset_audit._look(iter(blocks), "corrected", seed=2)[1]
    assert set(other["pair_id"]) != set(some["pair_id"])
