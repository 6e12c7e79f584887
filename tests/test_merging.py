"""Merging: duplicates and conflicts are counted in any case, dropped where told; orientation as released."""

import pandas as pd
import pytest

from deepmirnatar.datasets import merging
from deepmirnatar.pairs import five_to_three

LET7 = "UGAGGUAGUAGGUUGUAUAGUU"
MIR16 = "UAGCAGCACGUAAAUAUUGGCG"


def merge(tables: list[pd.DataFrame], **options) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Whole, not in blocks."""
    blocks, report = merging.merge(lambda: tables, **options)
    return pd.concat(blocks, ignore_index=True), report


def table(*rows: tuple) -> pd.DataFrame:
    """Rows are (id, miRNA sequence, site, label, split, source, written)."""
    names = ["pair_id", "mirna_sequence", "target_sequence", "label", "split", "source", "mirna_written"]
    return pd.DataFrame(rows, columns=names).assign(mirna="m", target="g", mock=0)


@pytest.fixture
def sources() -> list[pd.DataFrame]:
    one = table(
        ("a1", LET7, "AAAAA", 1, "train", "one", "3to5"),
        ("a2", LET7, "AAAAA", 1, "test", "one", "3to5"),  # repeats a1
        ("a3", LET7, "CCCCC", 1, "train", "one", "3to5"),  # in conflict with a4 and b2
        ("a4", LET7, "CCCCC", 0, "valid", "one", "3to5"),
        ("a5", MIR16, "AAAAA", 0, "train", "one", "5to3"),
    )
    two = table(
        ("b1", LET7, "AAAAA", 1, "train", "two", "5to3"),  # repeats a1 from another source
        ("b2", LET7, "CCCCC", 1, "test", "two", "5to3"),  # in conflict, and repeats a3
        ("b3", MIR16, "GGGGG", 1, "test", "two", "5to3"),
    )
    return [one, two]


def counted(report: pd.DataFrame) -> dict:
    return dict(zip(report["item"], report["rows"], strict=True))


@pytest.mark.parametrize(
    ("duplicates", "conflicts", "ids"),
    [
        ("drop", "drop", ["a1", "a5", "b3"]),
        ("keep", "drop", ["a1", "a2", "a5", "b1", "b3"]),
        ("drop", "keep", ["a1", "a3", "a4", "a5", "b3"]),
        ("keep", "keep", ["a1", "a2", "a3", "a4", "a5", "b1", "b2", "b3"]),
    ],
)
def test_duplicates_and_conflicts_are_counted_and_dropped_as_told(sources, duplicates, conflicts, ids):
    merged, report = merge(sources, duplicates=duplicates, conflicts=conflicts)
    assert merged["pair_id"].tolist() == ids and merged.index.tolist() == list(range(len(ids)))
    found, done = counted(report), {"keep": "kept", "drop": "dropped"}
    assert found[f"rows of a pair with both labels, {done[conflicts]}"] == 3
    assert [found[f"  of these in {split}, as read"] for split in ("train", "valid", "test")] == [1, 1, 1]
    assert found[f"repeated rows, {done[duplicates]}"] == 3
    assert (found["read from one"], found["read from two"], found["rows"]) == (5, 3, len(ids))


def test_conflicts_that_leave_nothing_are_told(sources):
    conflicts = sources[0].iloc[2:4].reset_index(drop=True)
    with pytest.raises(ValueError, match=r"leaves no row, as each pair of miRNA and site has both labels.*keep"):
        merge([conflicts])


def test_positives_only_sets_the_negatives_aside(sources):
    merged, report = merge(sources, positives_only=True)
    # A pair that also stands as a negative is no clean positive: conflicts go first.
    assert merged["pair_id"].tolist() == merge(sources)[0].query("label == 1")["pair_id"].tolist()
    assert "a1" in set(merged["pair_id"])
    assert counted(report)["negatives set aside"] == 1


def test_orientation_as_released_writes_each_row_as_its_source_did(sources):
    corrected, _ = merge(sources)
    restored, report = merge(sources, orientation="as_released")
    assert corrected["mirna_sequence"].tolist() == [LET7, MIR16, MIR16]
    assert restored["mirna_sequence"].tolist() == [LET7[::-1], MIR16, MIR16]
    assert counted(report)["miRNAs written 3'->5', as released"] == 1
    # Duplicates and conflicts are found before, so that orientation hides none.
    assert restored["pair_id"].tolist() == corrected["pair_id"].tolist()
    # Either reads 5'->3' again where a predictor has to know the seed.
    assert five_to_three(restored, "as_released").tolist() == corrected["mirna_sequence"].tolist()
    assert five_to_three(corrected, "corrected").tolist() == corrected["mirna_sequence"].tolist()
    assert restored["mirna_sequence"].tolist()[0] == LET7[::-1], "reading must not change the table"


def test_columns_of_one_source_are_empty_in_the_rows_of_others(sources):
    merged, _ = merge([sources[0].assign(note="x"), sources[1].assign(feature="y")[["feature", *sources[1].columns]]])
    assert merged["note"].fillna("").tolist() == ["x", "x", ""] and merged["feature"].fillna("").tolist() == [
        "",
        "",
        "y",
    ]
    assert merged.columns.tolist() == [*sources[0].columns, "note", "feature"]
    blocks, _ = merging.merge(lambda: [sources[0].assign(note="x"), sources[1]])
    assert len({tuple(block.columns) for block in blocks}) == 1


def test_the_sources_are_left_as_they_were(sources):
    before = [each.copy() for each in sources]
    merge(sources, orientation="as_released")
    for one, other in zip(before, sources, strict=True):
        pd.testing.assert_frame_equal(one, other)


def test_a_sample_is_drawn_by_the_seed_and_keeps_the_order():
    many = table(*((f"r{n:03}", LET7, f"{n:b}".replace("0", "A").replace("1", "C"), n % 2, "train", "one", "5to3")
                   for n in range(200)))  # fmt: skip
    first, report = merge([many], sample=50, seed=3)
    again, _ = merge([many], sample=50, seed=3)
    other, _ = merge([many], sample=50, seed=4)
    assert len(first) == counted(report)["rows"] == counted(report)["rows sampled"] == 50
    assert first["pair_id"].is_monotonic_increasing and first["pair_id"].is_unique
    pd.testing.assert_frame_equal(first, again)
    assert set(first["pair_id"]) != set(other["pair_id"])
    everything, _ = merge([many], sample=500)
    assert len(everything) == 200


# --- false negatives


def test_a_negative_in_a_site_cluster_of_a_positive_of_its_family_is_dropped_where_told():
    """Families: nt 2-8 of let-7a and let-7b agree, of miR-16 not. Sites: b2 and b3 share 20 nt with b1's site."""
    site, let7b = "ACGUUGCAACGUACCUGAUUGCAUCC", LET7[:8] + "AGUAGGUUGUGUGGUU"
    near = "GG" + site[3:] + "AA"
    rows = table(
        ("b1", LET7, site, 1, "train", "x", "5to3"),
        ("b2", let7b, near, 0, "train", "x", "5to3"),  # of the family, near b1's site: goes
        ("b3", MIR16, near, 0, "train", "x", "5to3"),  # of another family
        ("b4", let7b, near + "C", 0, "test", "x", "5to3"),  # of another split
        ("b5", let7b, site[::-1], 0, "train", "x", "5to3"),  # another site
        ("b6", let7b, site, 1, "train", "x", "5to3"),  # no negative
    )
    for tables in ([rows], [rows.iloc[:2].reset_index(drop=True), rows.iloc[2:].reset_index(drop=True)]):
        merged, report = merge(tables, false_negatives="drop")
        assert merged["pair_id"].tolist() == ["b1", "b3", "b4", "b5", "b6"]
        item = "negatives whose site cluster holds a positive of their miRNA family, dropped"
        assert counted(report)[item] == 1 and counted(report)["  of these in train, as read"] == 1
    merged, report = merge([rows])
    assert len(merged) == 6 and not any(item.startswith("negatives whose") for item in report["item"])


def test_clusters_and_families_that_a_source_names_are_taken():
    rows = table(
        ("c1", LET7, "AAAAACCCCC", 1, "train", "x", "5to3"),
        ("c2", MIR16, "GGGGGUUUUU", 0, "train", "x", "5to3"),
        ("c3", LET7, "AAAAACCCCC", 0, "train", "x", "5to3"),
    ).assign(site_cluster=["1", "1", "2"], mirna_family=["let-7", "let-7", "let-7"])
    merged, _ = merge([rows], false_negatives="drop", conflicts="keep")
    assert merged["pair_id"].tolist() == ["c1", "c3"]
