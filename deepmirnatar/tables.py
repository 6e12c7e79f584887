"""Tables of the report and the README: the dataset table, the scores, and their Markdown."""

import json
from pathlib import Path

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
    "swap_auroc",
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
    made = runs_table(settings)[["dataset", "model", "seed", "epochs", "device", "threads", "date"]]
    out = wide.merge(size, on=keys, how="left").merge(made, on=["dataset", "model", "seed"], how="left")
    if labels:
        out.insert(2, "label", out["model"].map(labels))
    return out


def read_settings(paths: list[str]) -> list[dict]:
    """settings.json of runs, with the dataset and the model's name that their paths give."""
    return [
        json.loads(path.read_text()) | {"dataset": path.parts[-4], "name": path.parts[-3]} for path in map(Path, paths)
    ]


def runs_table(settings: list[dict]) -> pd.DataFrame:
    """One row per run: how it was made. `settings` are settings.json with the run's `dataset` and `name` added."""
    chosen = ["batch_size", "learning_rate", "schedule", "patience"]
    rows = []
    for run in settings:
        given = run["model"]["settings"]
        told = ", ".join(f"{key.replace('_', ' ')} {given[key]}" for key in chosen if given.get(key))
        row = {key: run[key] for key in ("dataset", "seed", "epochs", "device", "threads", "machine", "date")}
        rows.append(row | {"model": run["name"], "settings": told if run["epochs"] else ""})
    return pd.DataFrame(rows)


def results_table(metrics: pd.DataFrame, settings: list[dict]) -> pd.DataFrame:
    """The tidy metrics with epochs, settings, device, machine and date of each run: what `docs/results.tsv` holds."""
    keys = ["dataset", "model", "seed"]
    made = runs_table(settings)[[*keys, "epochs", "settings", "device", "threads", "machine", "date"]]
    return metrics.merge(made, on=keys, how="left", validate="many_to_one")


# The paper's Table 3, the row of its own model; "specificity" there is TP / (TP + FP), which is precision.
PAPER = {"auroc": 0.9915, "auprc": 0.9918, "sensitivity": 0.9743, "precision": 0.9358, "f1": 0.9547, "accuracy": 0.9527}
PAPER_PARCLIP = 41 / 48


def readme_table(results: pd.DataFrame, labels: dict[str, str], dataset: str, recall_on: str | None = None) -> str:
    """Markdown of the scores on a dataset's own test split, at the customary threshold, in the order of `labels`.

    With `recall_on`, a test set of positives alone, its recall stands in the last column, and the paper's row on top.
    """
    names = {"auroc": "AUC", "auprc": "AP", "sensitivity": "sensitivity", "specificity": "specificity"}
    names |= {"precision": "precision", "f1": "F"}
    here = results[(results["dataset"] == dataset) & (results["threshold"] != "valid")]
    own = here[here["test_set"] == f"{dataset}:test"]
    rows = []
    if recall_on:
        rows.append({"method": "DeepmiRNATar, as published"} | {names[key]: PAPER.get(key) for key in names})
        rows[0] |= {recall_on: PAPER_PARCLIP, "epochs": "100", "settings": "batch size 32, learning rate 0.0001"}
    for model, label in labels.items():
        part = own[own["model"] == model]
        if not len(part):
            continue
        values = part.groupby("metric")["value"].mean()
        row = {"method": label} | {name: values.get(key) for key, name in names.items()}
        if recall_on:
            found = here[(here["model"] == model) & (here["test_set"] == recall_on) & (here["metric"] == "recall")]
            row[recall_on] = found["value"].mean() if len(found) else None
        epochs = int(part["epochs"].iloc[0])
        made = part["settings"].iloc[0] if epochs else ""
        rows.append(row | {"epochs": str(epochs) if epochs else "", "settings": made})
    return markdown(pd.DataFrame(rows).rename(columns={recall_on: f"recall, {recall_on}"}))


def audit_table(audits: pd.DataFrame, datasets: list[str]) -> str:
    """Markdown: per dataset what shortcuts score on its test split (the better of each kind), and what leaks."""
    rows = []
    for name in datasets:
        table = audits[audits["dataset"] == name]
        if not len(table):
            continue

        def best(start: str, check: str = "shortcut", table: pd.DataFrame = table) -> float | None:
            found = table[(table["check"] == check) & table["subject"].str.startswith(start)]
            return float(found["value"].max()) if len(found) else None

        rows.append(
            {
                "dataset": name,
                "pairs": f"{int(table.loc[table['check'] == 'verdict', 'n'].iloc[0]):,}",
                "miRNA alone": best("miRNA alone"),
                "site or gene alone": best("site alone"),
                "pair look-up": best("(miRNA, gene)"),
                "seed match": best("seed match", "signal"),
                "test pairs seen": best("(miRNA, gene)", "overlap"),
                "test sites seen, 20 nt": best("site with", "overlap"),
            }
        )
    return markdown(pd.DataFrame(rows))


def markdown(table: pd.DataFrame, digits: int = 3) -> str:
    """A GitHub table; numbers rounded, missing values as a dash."""

    def cell(value: object) -> str:
        if isinstance(value, float):
            return "–" if pd.isna(value) else f"{value:.{digits}f}"
        return "–" if value is None or value == "" else str(value)

    lines = ["| " + " | ".join(table.columns) + " |", "|" + " --- |" * len(table.columns)]
    lines += ["| " + " | ".join(cell(value) for value in row) + " |" for row in table.itertuples(index=False)]
    return "\n".join(lines)
