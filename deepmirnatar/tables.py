"""Tables of the report and the README: the dataset table, the scores, and their Markdown."""

import pandas as pd

from deepmirnatar.pairs import SPLITS

# The columns that people look for first, in this order.
METRICS = [
    "auroc",
    "auprc",
    "sensitivity",
    "specificity",
    "precision",
    "f1",
    "accuracy",
    "mcc",
    "brier",
    "recall",
]


def dataset_table(name: str, pairs: pd.DataFrame) -> pd.DataFrame:
    """The paper's Table 1 for any dataset: positives and negatives by source and split."""
    counts = pairs.assign(label=pairs["label"].map({1: "positive", 0: "negative"}))
    counts = counts.groupby(["source", "label", "split"]).size().unstack(fill_value=0)
    counts = counts.reindex(columns=[split for split in SPLITS if split in counts.columns])
    counts["all"] = counts.sum(axis=1)
    counts = counts.reset_index()
    total = {"source": "all", "label": "both", **counts.drop(columns=["source", "label"]).sum().to_dict()}
    out = pd.concat([counts, pd.DataFrame([total])], ignore_index=True)
    out.insert(0, "dataset", name)
    return out


def scores_table(metrics: pd.DataFrame, settings: list[dict], labels: dict[str, str] | None = None) -> pd.DataFrame:
    """One row per (dataset, model, seed, test_set), metrics as columns, with how the run was made.

    Metrics that need a cut are those at the customary threshold; `*_valid` are at the one chosen on valid.
    """
    rows = metrics[metrics["metric"] != "threshold"].copy()
    at_valid = rows["threshold"] == "valid"
    rows["column"] = rows["metric"].where(~at_valid, rows["metric"] + "_valid")
    keys = ["dataset", "model", "seed", "test_set"]
    wide = rows.pivot_table(index=keys, columns="column", values="value", sort=False)
    order = [name for name in METRICS if name in wide.columns]
    order += [f"{name}_valid" for name in METRICS if f"{name}_valid" in wide.columns]
    wide = wide[order].reset_index()
    size = rows.groupby(keys, sort=False)["n"].first().reset_index()
    made = pd.DataFrame(
        [{"model": run["name"], "dataset": run["dataset"], "seed": run["seed"], "epochs": run["epochs"],
          "device": run["device"], "threads": run["threads"], "date": run["date"]} for run in settings]
    )  # fmt: skip
    out = wide.merge(size, on=keys, how="left").merge(made, on=["dataset", "model", "seed"], how="left")
    if labels:
        out.insert(2, "label", out["model"].map(labels))
    return out


def markdown(table: pd.DataFrame, digits: int = 3) -> str:
    """A GitHub table; numbers rounded, missing values as a dash."""

    def cell(value: object) -> str:
        if isinstance(value, float):
            return "–" if pd.isna(value) else f"{value:.{digits}f}"
        return "–" if value is None or value == "" else str(value)

    lines = ["| " + " | ".join(table.columns) + " |", "|" + " --- |" * len(table.columns)]
    lines += ["| " + " | ".join(cell(value) for value in row) + " |" for row in table.itertuples(index=False)]
    return "\n".join(lines)
