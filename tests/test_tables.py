"""The dataset table, the table of scores and their Markdown."""

import numpy as np
import pandas as pd
import pytest

from deepmirnatar.tables.experiments import (
    contestants_table,
    costs_table,
    dataset_table,
    items_table,
    scores_table,
    settings_table,
    summary_table,
    transfer_table,
    what_it_shows,
)
from deepmirnatar.tables.html import blocks_page, tables_page
from deepmirnatar.tables.markdown import (
    items_markdown,
    markdown,
    scores_markdown,
    transfer_markdown,
)


def test_dataset_table_counts_sources_labels_and_splits():
    pairs = pd.DataFrame(
        [("one", 1, "train")] * 4 + [("one", 0, "test")] * 2 + [("two", 1, "test")] * 3,
        columns=["source", "label", "split"],
    )
    table = dataset_table("mine", pairs)
    assert table.columns.tolist() == ["dataset", "source", "label", "train", "test", "all"]
    assert table.to_numpy().tolist() == [
        ["mine", "one", "negative", 0, 2, 2],
        ["mine", "one", "positive", 4, 0, 4],
        ["mine", "two", "positive", 0, 3, 3],
        ["mine", "all", "both", 4, 5, 9],
    ]


def test_a_table_of_scores_has_the_mean_and_spread_of_several_seeds():
    rows = [("d", "many", 1, "auroc", 0.9), ("d", "many", 2, "auroc", 0.8), ("d", "many", 1, "f1", 0.4)]
    rows += [("d", "many", 2, "f1", 0.6), ("d", "one", 1, "auroc", 0.7), ("d", "one", 1, "f1", 0.3)]
    results = pd.DataFrame(rows, columns=["dataset", "model", "seed", "metric", "value"])
    results = results.assign(threshold="default", test_set="d:test", epochs=3, settings="batch size 8")
    lines = scores_markdown(results, {"many": "Many", "one": "One"}, "d").splitlines()
    cells = [
        dict(zip(*([part.strip() for part in line.split("|")] for line in (lines[0], row)), strict=True))
        for row in lines[2:]
    ]
    assert [(row["method"], row["AUC"], row["F"], row["seeds"]) for row in cells] == [
        ("Many", "0.8500 ± 0.0707", "0.5000", "2"),
        ("One", "0.7000", "0.3000", "1"),
    ]


def test_scores_table_has_a_row_per_run_and_tells_the_thresholds_apart():
    rows = [
        ("d", "m", 1, "d:test", "auroc", np.nan, 0.9),
        ("d", "m", 1, "d:test", "f1", "default", 0.5),
        ("d", "m", 1, "d:test", "f1", "valid", 0.6),
        ("d", "m", 1, "d:test", "threshold", "valid", 0.33),
        ("d", "m", 2, "d:test", "auroc", np.nan, 0.8),
        ("d", "m", 1, "p:test", "recall", "default", 0.7),
    ]
    metrics = pd.DataFrame(rows, columns=["dataset", "model", "seed", "test_set", "metric", "threshold", "value"])
    metrics["n"] = [10, 10, 10, 10, 10, 48]
    made = {"epochs": 3, "device": "cpu", "threads": 2, "machine": "x", "date": "2024-01-01"}
    model = {"settings": {"batch_size": 16, "hidden": 64, "schedule": "cosine"}}
    settings = [{"name": "m", "dataset": "d", "seed": seed, "model": model, **made} for seed in (1, 2)]
    table = scores_table(metrics, settings).sort_values(["test_set", "seed"], ignore_index=True)
    assert table[["model", "seed", "test_set", "n", "epochs"]].to_numpy().tolist() == [
        ["m", 1, "d:test", 10, 3],
        ["m", 2, "d:test", 10, 3],
        ["m", 1, "p:test", 48, 3],
    ]
    scores = table[["auroc", "f1", "recall", "f1_valid"]].to_numpy()
    np.testing.assert_array_equal(
        scores, [[0.9, 0.5, np.nan, 0.6], [0.8, np.nan, np.nan, np.nan], [np.nan, np.nan, 0.7, np.nan]]
    )
    assert "threshold" not in table.columns


def test_markdown_rounds_numbers_and_dashes_what_is_missing():
    table = pd.DataFrame({"model": ["a", "b"], "auroc": [0.98765, np.nan], "n": [10, 2], "note": ["", None]})
    assert markdown(table).splitlines() == [
        "| model | auroc | n | note |",
        "| --- | --- | --- | --- |",
        "| a | 0.988 | 10 | – |",
        "| b | – | 2 | – |",
    ]


COLUMNS = ["dataset", "model", "seed", "test_set", "metric", "threshold", "value", "low", "high", "n"]


def test_contestants_stand_at_both_thresholds_beside_the_papers_numbers():
    rows = [
        ("released", "a", 1, "released:test", "auroc", np.nan, 0.9, 0.8, 0.95, 100),
        ("released", "a", 2, "released:test", "auroc", np.nan, 0.8, 0.7, 0.85, 100),
        ("released", "a", 1, "released:test", "threshold", "default", 0.5, np.nan, np.nan, 100),
        ("released", "a", 1, "released:test", "f1", "default", 0.6, 0.5, 0.7, 100),
        ("released", "a", 1, "released:test", "f1", "valid", 0.7, 0.6, 0.8, 100),
        ("released", "a", 1, "p:test", "recall", "default", 40 / 48, 0.7, 0.9, 48),
        ("released", "a", 1, "p:test", "recall", "valid", 0.25, 0.2, 0.3, 48),
        ("e", "a", 1, "e:test", "auroc", np.nan, 0.1, 0.1, 0.1, 5),
        ("released", "a", 1, "released:controls", "swap_auroc", np.nan, 0.7, 0.6, 0.8, 40),
        ("released", "a", 2, "released:controls", "swap_auroc", np.nan, 0.6, 0.5, 0.7, 40),
    ]
    paper = pd.DataFrame(
        [("Table 3", "pita", "auroc", 0.4145), ("Table 3", "pita", "parclip", 23.0), ("Table 9", "pita", "auroc", 0.0)],
        columns=["item", "method", "metric", "value"],
    )
    models = {"a": {"label": "A", "predictor": "pita"}, "b": {"label": "B", "predictor": "own"}}
    runs = [{"name": "a", "dataset": "released", "epochs": 3}]
    table = contestants_table(pd.DataFrame(rows, columns=COLUMNS), models, paper, "released", runs)
    assert table["threshold"].tolist() == ["default", "valid"] * 2
    first, second = table.iloc[0], table.iloc[1]
    assert first["auroc"] == second["auroc"] == pytest.approx(0.85) and first["seeds"] == 2 and first["epochs"] == 3
    assert (first["low"], first["high"]) == pytest.approx((0.75, 0.9))
    assert (first["f1"], second["f1"]) == (0.6, 0.7) and first["cut"] == 0.5
    # The swap control is another test set of the same model; model b is not audited.
    assert first["swap_auroc"] == second["swap_auroc"] == pytest.approx(0.65)
    assert np.isnan(table.iloc[2]["swap_auroc"])
    assert (first["found_p:test"], second["found_p:test"]) == ("40/48", "12/48")
    assert first["paper_auroc"] == 0.4145 and first["paper_parclip"] == 23
    assert np.isnan(table.iloc[2]["paper_auroc"])
    # The paper's numbers are of its own test split and go with no other.
    rows = [("mine", *row[1:3], row[3].replace("released", "mine"), *row[4:]) for row in rows[:2]]
    table = contestants_table(pd.DataFrame(rows, columns=COLUMNS), models, paper, "mine", [])
    assert not any(name.startswith("paper") for name in table.columns)


def test_costs_count_every_epochs_rows_and_leave_out_what_does_not_learn():
    def job(seconds: float, memory: float) -> pd.DataFrame:
        return pd.DataFrame({"s": [seconds], "max_rss": [memory]})

    epochs, none = pd.DataFrame({"seconds": [10.0, 30.0]}), pd.DataFrame({"seconds": []})
    metrics = pd.DataFrame({"metric": ["auroc", "f1"], "value": [0.5, 0.4], "n": [50, 50]})
    shared = {"metrics": metrics, "predict": job(5, 100)}

    def made(predictor: str, **settings) -> dict:
        return {"model": {"predictor": predictor, "settings": settings}, "rows": {"train": 1000}}

    runs = [
        # The job was killed and resumed: its benchmark knows the last 3 seconds alone.
        {"model": "a", "settings": made("mitar"), "history": epochs, "train": job(3, 700), **shared},
        {"model": "b", "settings": made("rate_table"), "history": none, "train": job(4, 300), **shared},
        {"model": "c", "settings": made("seed_match"), "history": none, "train": job(4, 300), **shared},
        {"model": "d", "settings": made("mitar", weights="x.h5"), "history": none, "train": job(4, 300), **shared},
    ]
    table = costs_table(runs, {"a": "A", "b": "B", "c": "C", "d": "D"}).set_index("model")
    assert table["training_pairs_per_s"].tolist()[:2] == [50, 250] and table["training_pairs_per_s"][2:].isna().all()
    assert table["method"].tolist() == ["A", "B", "C", "D"] and (table["auroc"] == 0.5).all()
    assert (table["scoring_pairs_per_s"] == 10).all() and table.loc["a", "training_memory_mb"] == 700


def test_transfer_puts_recall_beside_the_specificity_on_the_own_test():
    rows = [
        ("d", "a", 1, "d:test", "auroc", np.nan, 0.9, 0.8, 0.95, 100),
        ("d", "a", 1, "d:test", "specificity", "default", 0.7, 0.6, 0.8, 100),
        ("d", "a", 1, "d:test", "specificity", "valid", 0.1, 0.1, 0.1, 100),
        ("d", "a", 1, "e:test", "auroc", np.nan, 0.6, 0.5, 0.7, 40),
        ("d", "a", 1, "e:test", "specificity", "default", 0.2, 0.1, 0.3, 40),
        ("d", "a", 1, "p:test", "recall", "default", 0.9, 0.8, 1.0, 48),
        ("d", "other", 1, "d:test", "auroc", np.nan, 0.3, 0.2, 0.4, 100),
        ("d", "a", 1, "d:controls", "swap_auroc", np.nan, 0.6, 0.5, 0.7, 40),
    ]
    table = transfer_table(pd.DataFrame(rows, columns=COLUMNS), {"a": "A"})
    assert table["test_set"].tolist() == ["d:test", "e:test", "p:test"] and set(table["method"]) == {"A"}
    assert (table["specificity_on_own_test"] == 0.7).all()
    assert table["auroc"].tolist()[:2] == [0.9, 0.6] and table["recall"].tolist()[2] == 0.9


def test_items_name_the_file_the_papers_number_and_how_ours_was_made():
    columns = ["dataset", "model", "seed", "test_set", "metric", "value", "epochs", "device", "machine", "date"]
    made = ("cpu", "x", "2024-01-01")
    rows = [
        ("released", "papers_network", 1, "released:test", "auroc", 0.9, 14, *made),
        ("released", "papers_network", 2, "released:test", "auroc", 0.8, 14, *made),
        ("released", "bigru", 1, "released:test", "auroc", 0.3, 2, *made),
        ("released", "mirna_only", 1, "released:test", "auroc", 0.2, 0, *made),
        ("released", "papers_network", 1, "other:test", "auroc", 0.1, 14, *made),
    ]
    paper = pd.DataFrame([("Table 3", "deepmirnatar", "auroc", 0.9915)], columns=["item", "method", "metric", "value"])
    figures = {"curves": ["mirna_only", "papers_network"], "recurrent_layer": ["bigru"], "model_audit": ["bigru"]}
    table = items_table("mine", figures, pd.DataFrame(rows, columns=columns), paper).set_index("item")
    assert table.index.tolist() == ["Table 1", "Table 2", "Figure 11", "Figure 12"]
    curves = table.loc["Figure 11"]
    assert curves["file"] == "results/figures/mine/released/curves.svg" and curves["auroc_paper"] == 0.9915
    assert curves["auroc"] == pytest.approx(0.85) and (curves["seeds"], curves["epochs"]) == ("2", "14")
    assert table.loc["Figure 12", "auroc"] == 0.3 and np.isnan(table.loc["Figure 12", "auroc_paper"])
    lines = items_markdown([table.reset_index()]).splitlines()
    order = [line.split(" | ")[0].strip("| ") for line in lines[2:]]
    assert order[:3] == ["Table 1", "Table 2", "Figures 2, 3, 6"] and order[-2:] == ["Figure 12", "Figure 14"]


def test_settings_stand_by_model_with_the_seconds_of_an_epoch():
    model = {"settings": {"batch_size": 16, "kernels": [1, 3]}, "embeddings": {"site": "words"}}
    made = {"dataset": "d", "name": "m", "device": "cpu", "threads": 2, "model": model}
    histories = [pd.DataFrame({"seconds": seconds}) for seconds in ([10.0, 20.0], [90.0])]
    table = settings_table([made | {"seed": 1}, made | {"seed": 2}], histories)
    assert table.to_numpy().tolist() == [
        ["d", "m", "seconds per epoch, measured", "15 (cpu, 2 threads)"],
        ["d", "m", "batch_size", 16],
        ["d", "m", "kernels", "[1, 3]"],
        ["d", "m", "embedding of the site", "words"],
    ]


def test_the_summary_puts_five_numbers_beside_the_verdict():
    rows = [
        ("d", "m", 1, "d:test", "auroc", np.nan, 0.9, 0.8, 0.95, 100),
        ("d", "m", 2, "d:test", "auroc", np.nan, 0.8, 0.7, 0.85, 100),
        ("d", "m", 1, "d:controls", "swap_auroc", np.nan, 0.7, 0.6, 0.8, 40),
        ("d", "other", 1, "d:test", "auroc", np.nan, 0.1, 0.0, 0.2, 100),
        ("e", "m", 1, "e:test", "auroc", np.nan, 0.2, 0.1, 0.3, 100),
    ]
    checks = [("shortcut", "miRNA alone", 0.6), ("shortcut", "site alone", 0.75), ("signal", "seed match", 0.85)]
    checks += [("overlap", "gene", 0.9), ("overlap", "(miRNA, gene) pair", 0.25), ("verdict", "doubtful: <b>", np.nan)]
    names = {"experiment": "x", "dataset": "d", "model": "m", "label": "Model"}
    audit = pd.DataFrame(checks, columns=["check", "subject", "value"])
    table = summary_table([names], [pd.DataFrame(rows, columns=COLUMNS)], [audit])
    shown = table.iloc[0]
    assert shown["AUC on test"] == pytest.approx(0.85) and shown["95 % interval"] == "0.750 to 0.900"
    assert shown["AUC of the best shortcut (site alone)"] == 0.75 and shown["AUC of the seed match"] == 0.85
    assert shown["swap AUC"] == 0.7 and shown["test pairs seen in training"] == 0.25
    assert shown["what this shows"].startswith("The score does not clear the best shortcut")  # 0.750 is not above it
    text = blocks_page("t", "what & why", table, ["experiment", "dataset", "model"])
    assert "<h3>x, d, Model</h3>" in text and "doubtful: &lt;b&gt;" in text and ">0.850<" in text
    assert "what &amp; why" in text and "<td>0.750 to 0.900</td>" in text


@pytest.mark.parametrize(
    ("low", "shortcut", "swap", "says"),
    [
        (0.48, 0.5, 0.9, "does not differ from chance"),
        (0.7, 0.75, 0.9, "does not clear the best shortcut"),
        (0.8, 0.75, np.nan, "is above every shortcut that was tried."),
        (0.8, np.nan, 0.49, "does not tell a site's own miRNA from another one"),
        (0.8, 0.75, 0.6, "the model learned pairing"),
    ],
)
def test_a_sentence_says_what_the_numbers_show(low, shortcut, swap, says):
    assert says in what_it_shows(low, shortcut, swap)
    assert what_it_shows(np.nan, shortcut, swap) == ""


def test_tables_become_a_page_with_their_captions():
    table = pd.DataFrame(
        {"name": ["a<b", None], "n": [1200.0, np.nan], "value": [0.123456, 2e-7], "empty": [None, None]}
    )
    text = tables_page("mine", {"scores": table, "costs": table.assign(long="x" * 200)})
    assert "a&lt;b" in text and ">1200<" in text and ">0.1235<" in text and ">2e-07<" in text
    assert "empty" not in text and "nan" not in text.lower() and text.count("<table") == 2
    assert "<h3>all scores</h3>" in text and "x" * 200 in text


def test_transfer_has_the_auc_and_on_positives_alone_the_recall():
    rows = [("A", "a", "d", "d:test", 0.9, None, None), ("A", "a", "d", "p:test", None, 0.75, 0.8)]
    rows += [("A", "a", "b", "d:test", 0.6, None, None)]
    names = ["method", "model", "trained_on", "test_set", "auroc", "recall", "specificity_on_own_test"]
    lines = transfer_markdown(pd.DataFrame(rows, columns=names)).splitlines()
    assert lines[0] == "| method | trained on | d:test | p:test recall | specificity, own test |"
    assert lines[2:] == ["| A | d | 0.900 | 0.750 | 0.800 |", "| A | b | 0.600 | – | – |"]
