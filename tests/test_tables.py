"""The dataset table, the table of scores and their Markdown."""

import numpy as np
import pandas as pd

from deepmirnatar.tables import dataset_table, markdown, scores_table


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


def test_scores_table_has_a_row_per_run_and_tells_the_thresholds_apart():
    rows = [
        ("d", "m", 1, "d:test", "auroc", np.nan, 0.9),
        ("d", "m", 1, "d:test", "f1", "customary", 0.5),
        ("d", "m", 1, "d:test", "f1", "valid", 0.6),
        ("d", "m", 1, "d:test", "threshold", "valid", 0.33),
        ("d", "m", 2, "d:test", "auroc", np.nan, 0.8),
        ("d", "m", 1, "p:test", "recall", "customary", 0.7),
    ]
    metrics = pd.DataFrame(rows, columns=["dataset", "model", "seed", "test_set", "metric", "threshold", "value"])
    metrics["n"] = [10, 10, 10, 10, 10, 48]
    made = {"epochs": 3, "device": "cpu", "threads": 2, "machine": "x", "date": "2024-01-01"}
    model = {"settings": {"batch_size": 16, "hidden": 64, "schedule": "cosine"}}
    settings = [{"name": "m", "dataset": "d", "seed": seed, "model": model, **made} for seed in (1, 2)]
    table = scores_table(metrics, settings, {"m": "The model"}).sort_values(["test_set", "seed"], ignore_index=True)
    assert table[["model", "label", "seed", "test_set", "n", "epochs"]].to_numpy().tolist() == [
        ["m", "The model", 1, "d:test", 10, 3],
        ["m", "The model", 2, "d:test", 10, 3],
        ["m", "The model", 1, "p:test", 48, 3],
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
