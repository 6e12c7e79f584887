"""Measures of scores on experiments, their means and differences, and what a prediction means."""

import numpy as np
import pandas as pd
import pytest

from deepmirnatar.evaluation import repression_benchmark as benchmark
from deepmirnatar.evaluation.published_repression import published_rows, targetscan7_rows
from deepmirnatar.evaluation.repression_benchmark import Score
from deepmirnatar.repression.experiments import Series


def series_of(change: np.ndarray, name: str = "srna74", centred: bool = False) -> Series:
    names = [f"e{row}" for row in range(len(change))]
    families = [f"GAGGUA{'ACGU'[row]}" for row in range(len(change))]
    table = pd.DataFrame({"experiment": names, "mirna": names, "mirna_sequence": "", "family": families})
    return Series(name, table, np.asarray(change, dtype=np.float32), centred, np.arange(change.shape[1]))


def value(rows: pd.DataFrame, **wanted: str) -> float:
    for column, name in wanted.items():
        rows = rows[rows[column] == name]
    assert len(rows) == 1
    return rows["value"].iloc[0]


def test_measures_by_hand():
    change = np.array([[-1.0, -0.4, 0.1, np.nan, 0.2], [0.0, -0.5, 0.3, 0.1, -0.1]])
    predicted = np.array([[-2.0, 0, 0, -9, 0], [-1.0, -2, -3, -4, 0]])
    rows = benchmark.benchmark(series_of(change), {"one": Score(predicted, frozenset(["GAGGUAC"]))})
    x, y = np.array([-2.0, 0, 0, 0]), np.array([-1.0, -0.4, 0.1, 0.2])
    assert value(rows, experiment="e0", metric="r2") == pytest.approx(np.corrcoef(x, y)[0, 1] ** 2)
    # Ranks of -1 -.4 .1 .2 against 1 3 3 3.
    rho = np.corrcoef([1, 2, 3, 4], [1, 3, 3, 3])[0, 1]
    assert value(rows, experiment="e0", metric="Spearman") == pytest.approx(rho)
    assert value(rows, experiment="e0", metric="first 100") == 2  # all known mRNAs; two fall by more than .3
    seen = rows.drop_duplicates("experiment").set_index("experiment")["seen_in_training"]
    assert seen.to_dict() == {"e0": False, "e1": True, "all": True}


def test_a_centred_series_is_compared_without_what_all_experiments_share():
    change = np.array([[1.0, 5, 3, 0], [0, 5, 4, 1]])
    shared = np.array([0, 7, 1, 3])
    predicted = np.array([[0.5, 0, 0, 0], [0, 0, 0.5, -0.5]])
    rows, moved = (
        benchmark.benchmark(series_of(change + more, centred=True), {"one": Score(predicted)}) for more in (0, shared)
    )
    pd.testing.assert_frame_equal(rows[rows["metric"] != "first 100"], moved[moved["metric"] != "first 100"])
    y = (change[0] - change[1]) / 2
    x = (predicted[0] - predicted[1]) / 2
    assert value(rows, experiment="e1", metric="r2") == pytest.approx(np.corrcoef(x, y)[0, 1] ** 2)
    assert value(rows, experiment="all", metric="pooled r2") == pytest.approx(
        np.corrcoef(np.append(x, -x), np.append(y, -y))[0, 1] ** 2
    )


def test_repressed_mrnas_are_ranked_by_the_prediction():
    change, predicted = np.linspace(-1, 0, 10)[None], -np.arange(10.0)[None]
    repressed = np.arange(10)[None] >= 5
    rows = benchmark.benchmark(series_of(change), {"one": Score(predicted)}, repressed)
    assert value(rows, metric="AUROC") == value(rows, metric="AP") == 1
    few = benchmark.benchmark(series_of(change), {"one": Score(predicted)}, repressed & (np.arange(10) > 6))
    assert not few["metric"].isin(["AUROC", "AP"]).any()


def test_those_tied_for_the_last_places_count_by_their_share():
    score, true = np.array([5, 3, 3, 3, 1]), np.array([True, True, False, False, True])
    assert benchmark.among_first(score, true, 2) == pytest.approx(1 + 1 / 3)
    assert benchmark.among_first(score, true, 5) == 3


def rows_of(values: dict[str, list[float]], seen: dict[str, list[bool]]) -> pd.DataFrame:
    rows = [
        (score, "s", f"e{place}", "", seen[score][place], "r2", each)
        for score, some in values.items()
        for place, each in enumerate(some)
    ]
    return pd.DataFrame(rows, columns=benchmark.COLUMNS)


def test_differences_are_of_the_same_experiments():
    values = {"DeepmiRNATar": [0.5, 0.3, 0.4], "other": [0.1, 0.4, 0.2], "few": [0.2]}
    seen = {"DeepmiRNATar": [False, False, True], "other": [True, False, False], "few": [False]}
    found = benchmark.summary(rows_of(values, seen)).set_index(["score", "families"])
    whole = found.loc[("other", "all")]
    assert whole["mean"] == pytest.approx(0.7 / 3) and whole["difference"] == pytest.approx(0.5 / 3)
    assert whole["won"] == 2 and whole["low"] < 0.1 and whole["high"] > 0.2
    assert whole["low"] >= -0.1 - 1e-9 and whole["high"] <= 0.4 + 1e-9
    unseen = found.loc[("other", "unseen")]  # e1 alone
    assert unseen["experiments"] == 1 and unseen["difference"] == pytest.approx(-0.1) and np.isnan(unseen["low"])
    assert found.loc[("few", "all"), "difference"] == pytest.approx(0.3)
    ours = found.loc[("DeepmiRNATar", "unseen")]
    assert ours["experiments"] == 2 and np.isnan(ours["difference"])


def test_rivals_alone_are_summarised():
    found = benchmark.summary(rows_of({"other": [0.1, 0.2]}, {"other": [False, True]}))
    assert found["mean"].tolist() == pytest.approx([0.15, 0.1]) and found["difference"].isna().all()


def test_what_a_prediction_means_by_hand():
    change = np.log(2) * np.array([[-1.0, -0.25, 0, 0.5], [np.nan, -0.25, -0.1, 0.1]])
    predicted = np.array([[-0.6, -0.15, 0, 0], [-0.6, -0.3, -0.05, 0]])
    found = benchmark.what_a_prediction_means(series_of(change, "hela17"), predicted).set_index("mrnas")
    fractions = ["falls by more than 0.2", "falls by more than 0.3"]
    assert found.loc["predicted below -0.1", "each"] == 1.5
    assert found.loc["predicted below -0.1", fractions].tolist() == pytest.approx([1, 1 / 3])
    assert found.loc["predicted below -0.5", fractions].tolist() == [1, 1]
    assert found.loc["all", fractions].tolist() == pytest.approx([3 / 7, 1 / 7])
    assert found.loc["first 100", "each"] == 3.5


# --- published


@pytest.fixture
def experiments() -> pd.DataFrame:
    return pd.DataFrame({"experiment": ["mir122", "mir190a"], "family": ["GGAGUGU", "GAUAUGU"]})


def test_published_predictions_are_measured_block_by_block(tmp_path, experiments):
    lines = ["\ttranscript\tobserved\tpredicted"]
    blocks = [[(-2, -2), (0, 1), (1, 0)], [(1, 1), (2, 2), (3, 3)]]
    places = iter(range(6))
    lines += [f"{next(places)}\tT{row}\t{a}\t{b}" for block in blocks for row, (a, b) in enumerate(block)]
    path = tmp_path / "predicted.tsv"
    path.write_text("\n".join(lines))
    rows = targetscan7_rows(path, experiments, frozenset(["GAUAUGU"]))
    first = np.corrcoef([-2, 0, 1], [-2, 1, 0])[0, 1] ** 2
    assert rows.loc[rows["metric"] == "r2", "value"].tolist() == pytest.approx([first, 1])
    assert rows.loc[rows["metric"] == "r2", "seen_in_training"].tolist() == [False, True]
    path.write_text("\n".join(lines[:-1]))
    with pytest.raises(ValueError, match="has 2 blocks of transcripts, not 2 of one length"):
        targetscan7_rows(path, experiments, frozenset())


def test_published_r2_of_the_mirror_is_that_of_their_tables(mirror, experiments):
    rows = published_rows(mirror / "published/r2_hek.tsv", experiments, frozenset())
    assert len(rows) == 6
    assert value(rows, experiment="mir122", score="scanMiR, 12 constants fitted here (published)") == pytest.approx(
        0.2386138
    )
    table = pd.read_csv(mirror / "published/r2_hek.tsv", sep="\t", index_col=0)
    theirs = table.loc[table["type"] == "Targetscan", ["miRNA", "r2"]]
    names = theirs["miRNA"].str.lower().str.replace(".", "", regex=False).tolist()
    all12 = pd.DataFrame({"experiment": names, "family": ""})
    ours = targetscan7_rows(mirror / "published/targetscan7_hek_predicted.tsv", all12, frozenset())
    r2 = ours.loc[ours["metric"] == "r2", "value"]
    np.testing.assert_allclose(r2, theirs["r2"], atol=1e-6)
