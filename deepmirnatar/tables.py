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


# The test split that the paper's printed numbers are of.
PAPERS_DATASET = "released"


def contestants_table(
    metrics: pd.DataFrame, models: dict[str, dict], paper: pd.DataFrame, dataset: str, settings: list[dict]
) -> pd.DataFrame:
    """The paper's Table 3 on a dataset's own test split: two rows per model, one per threshold, beside the paper's.

    `models`: name -> {label, predictor}, in the order of the rows. `paper`: columns item, method, metric, value; its
    values stand in columns `paper_*` where the dataset is the paper's. Values are means over seeds, `low` and `high`
    those of the AUC's interval; on test sets of positives alone, the number found stands as `found_{test set}`, such
    as 40/48.
    """
    here = metrics[metrics["dataset"] == dataset]
    own, others = here[here["test_set"] == f"{dataset}:test"], here[here["test_set"] != f"{dataset}:test"]
    printed = paper[paper["item"] == "Table 3"].pivot(index="method", columns="metric", values="value")
    epochs = {run["name"]: run["epochs"] for run in settings if run["dataset"] == dataset}
    rows = []
    for model, about in models.items():
        part = own[own["model"] == model]
        for threshold in ("customary", "valid"):
            free = part[part["threshold"].isna() | (part["threshold"] == "")]
            at = part[part["threshold"] == threshold]
            values = pd.concat([free, at]).groupby("metric")["value"].mean()
            area = free[free["metric"] == "auroc"][["low", "high"]].mean()
            row = {"method": about["label"], "model": model, "threshold": threshold, "cut": values.get("threshold")}
            row |= {"auroc": values.get("auroc"), "low": area["low"], "high": area["high"]}
            row |= {name: values.get(name) for name in METRICS if name not in ("auroc", "recall")}
            found = others[(others["model"] == model) & (others["threshold"] == threshold)]
            for test_set, hits in found[found["metric"] == "recall"].groupby("test_set", sort=False):
                n = int(hits["n"].iloc[0])
                row[f"found_{test_set}"] = f"{round(hits['value'].mean() * n)}/{n}"
            if dataset == PAPERS_DATASET and about["predictor"] in printed.index:
                row |= {f"paper_{name}": value for name, value in printed.loc[about["predictor"]].items()}
            seeds = part["seed"].nunique()
            rows.append(row | {"n": part["n"].max(), "seeds": seeds, "epochs": epochs.get(model, 0)})
    return pd.DataFrame(rows)


def costs_table(runs: list[dict]) -> pd.DataFrame:
    """Pairs per second and memory of each run, means over seeds, from Snakemake's benchmark files.

    `runs`: dicts with model, label, rows_train, history, learns, train, predict, rows_test; `train` and `predict` are
    benchmark tables (s, max_rss in MB). Training counts every epoch's rows; its time is that of the epochs, where
    there are any, because a resumed job's benchmark knows its last part alone. Time of a scoring job is that of the
    whole process, so that methods which score faster than Python starts appear slower than they are.
    """
    rows = []
    for run in runs:
        epochs = len(run["history"])
        seconds = run["history"]["seconds"].sum() if epochs else run["train"]["s"].iloc[0]
        learned = run["rows_train"] * max(epochs, 1) / seconds if run["learns"] else None
        rows.append(
            {
                "model": run["model"],
                "method": run["label"],
                "training_pairs_per_s": learned,
                "scoring_pairs_per_s": run["rows_test"] / run["predict"]["s"].iloc[0],
                "training_memory_mb": run["train"]["max_rss"].iloc[0] if run["learns"] else None,
                "scoring_memory_mb": run["predict"]["max_rss"].iloc[0],
                "auroc": run["auroc"],
            }
        )
    table = pd.DataFrame(rows).astype(dict.fromkeys(("training_pairs_per_s", "training_memory_mb", "auroc"), float))
    return table.groupby(["model", "method"], sort=False).mean().reset_index()


def settings_table(settings: list[dict], histories: list[pd.DataFrame]) -> pd.DataFrame:
    """Every setting of every model, one row per (dataset, model, setting), and what an epoch took; the paper's Table 2.

    `histories` are those of the runs in `settings`, in the same order; the seconds are of the first seed's run.
    """
    rows = []
    for run, history in zip(settings, histories, strict=True):
        if len(history):
            made = f"{history['seconds'].mean():.0f} ({run['device']}, {run['threads']} threads)"
            rows.append((run["dataset"], run["name"], "seconds per epoch, measured", made))
        for key, value in run["model"]["settings"].items():
            told = json.dumps(value) if isinstance(value, list | dict) else value
            rows.append((run["dataset"], run["name"], key, told))
        for strand, embedding in run["model"]["embeddings"].items():
            rows.append((run["dataset"], run["name"], f"embedding of the {strand}", embedding))
    table = pd.DataFrame(rows, columns=["dataset", "model", "setting", "value"])
    return table.drop_duplicates(["dataset", "model", "setting"], ignore_index=True)


def transfer_table(metrics: pd.DataFrame, labels: dict[str, str]) -> pd.DataFrame:
    """One row per (model, trained on, test set), means over seeds: AUC with interval, average precision, and for test
    sets of positives alone the recall beside the specificity on the own test split at the same, customary threshold."""
    here = metrics[metrics["model"].isin(labels) & (metrics["threshold"] != "valid")]
    keys = ["model", "dataset", "test_set"]
    values = here.pivot_table(index=keys, columns="metric", values="value", sort=False)
    values = values.reindex(columns=["auroc", "auprc", "recall", "specificity"])
    interval = here[here["metric"] == "auroc"].groupby(keys, sort=False)[["low", "high"]].mean()
    out = values.join(interval).join(here.groupby(keys, sort=False)["n"].max()).reset_index()
    own = out[out["test_set"] == out["dataset"] + ":test"].set_index(["model", "dataset"])["specificity"]
    index = pd.MultiIndex.from_frame(out[["model", "dataset"]])
    out["specificity_on_own_test"] = own.reindex(index).to_numpy()
    out.insert(0, "method", out["model"].map(labels))
    columns = ["auroc", "low", "high", "auprc", "recall", "specificity_on_own_test", "n"]
    return out.rename(columns={"dataset": "trained_on"})[["method", "model", "trained_on", "test_set", *columns]]


def readme_table(
    results: pd.DataFrame, labels: dict[str, str], dataset: str, recall_on: str | None, paper: pd.DataFrame
) -> str:
    """Markdown of the scores on a dataset's own test split, at the customary threshold, in the order of `labels`.

    With `recall_on`, a test set of positives alone, its recall stands in the last column, and the paper's row on top.
    Of several seeds the means stand there, the AUC with its standard deviation. The paper's
    "specificity" is computed as TP / (TP + FP), which is precision, and stands there.
    """
    names = {"auroc": "AUC", "auprc": "AP", "sensitivity": "sensitivity", "specificity": "specificity"}
    names |= {"precision": "precision", "f1": "F"}
    here = results[(results["dataset"] == dataset) & (results["threshold"] != "valid")]
    own = here[here["test_set"] == f"{dataset}:test"]
    rows = []
    if recall_on:
        printed = paper[paper["method"] == "deepmirnatar"].set_index("metric")["value"]
        printed = printed.rename({"specificity_as_printed": "precision"})
        rows.append({"method": "DeepmiRNATar, as published"} | {names[key]: printed.get(key) for key in names})
        rows[0] |= {
            recall_on: printed["parclip"] / 48,
            "epochs": "100",
            "settings": "batch size 32, learning rate 0.0001",
        }
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
        if part["seed"].nunique() > 1:
            spread = part[part["metric"] == "auroc"]["value"].std()
            row |= {"AUC": f"{row['AUC']:.4f} ± {spread:.4f}", "seeds": str(part["seed"].nunique())}
        rows.append(row | {"epochs": str(epochs) if epochs else "", "settings": made})
    return markdown(pd.DataFrame(rows).rename(columns={recall_on: f"recall, {recall_on}"}), digits=4)


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


def contestants_markdown(table: pd.DataFrame) -> str:
    """Markdown of Table 3 at the customary thresholds, the paper's number in brackets behind ours."""
    shown = {"auroc": "AUC", "auprc": "AP", "sensitivity": "sensitivity", "f1": "F", "accuracy": "ACC"}
    rows = []
    for _, row in table[table["threshold"] == "customary"].iterrows():
        out = {"method": row["method"]}
        for metric, name in shown.items():
            digits = 4 if metric in ("auroc", "auprc") else 3
            out[name] = _beside(row[metric], row.get(f"paper_{metric}"), digits)
        out["specificity"] = _beside(row["specificity"], row.get("paper_specificity"))
        out["precision"] = _beside(row["precision"], row.get("paper_specificity_as_printed"))
        for column in table.columns[table.columns.str.startswith("found_parclip48")]:
            printed = row.get("paper_parclip")
            given = "" if pd.isna(printed) else f" ({printed:.0f}/48)"
            out[column.removeprefix("found_").removesuffix(":test")] = f"{row[column]}{given}"
        rows.append(out | {"epochs": str(int(row["epochs"])) if row["epochs"] else ""})
    return markdown(pd.DataFrame(rows))


def _beside(value: float, printed: float | None, digits: int = 3) -> str:
    given = "" if printed is None or pd.isna(printed) else f" ({printed:.{digits}f})"
    return f"{value:.{digits}f}{given}"


def transfer_markdown(table: pd.DataFrame) -> str:
    """Markdown of the transfer table: AUC by test set, and recall beside specificity on sets of positives alone."""
    rows = []
    for (method, trained), part in table.groupby(["method", "trained_on"], sort=False):
        cells = part.set_index("test_set")
        out = {"method": method, "trained on": trained}
        for test_set, row in cells.iterrows():
            if pd.notna(row["auroc"]):
                out[test_set] = f"{row['auroc']:.3f}"
            else:
                out[f"{test_set} recall"] = f"{row['recall']:.3f}"
                out["specificity, own test"] = f"{row['specificity_on_own_test']:.3f}"
        rows.append(out)
    return markdown(pd.DataFrame(rows))


# What the paper shows: the key under an experiment's `figures` -> item, what, file. Any experiment has Tables 1 and 2.
ITEMS = {
    "table_1": ("Table 1", "the data", "tables/{experiment}/table_1.tsv"),
    "table_2": ("Table 2", "settings", "tables/{experiment}/table_2.tsv"),
    "figure_08": ("Figure 8A, B", "ablation", "figures/{experiment}/{dataset}/figure_08b.svg"),
    "figure_09": ("Figure 9", "batch size", "figures/{experiment}/{dataset}/figure_09.svg"),
    "figure_10": ("Figure 10", "dropout", "figures/{experiment}/{dataset}/figure_10.svg"),
    "figure_11": ("Figure 11A, B", "ROC, PR curve", "figures/{experiment}/{dataset}/figure_11a.svg"),
    "figure_12": ("Figure 12", "BiLSTM or BiGRU", "figures/{experiment}/{dataset}/figure_12.svg"),
    "figure_13": ("Figure 13, Table 3", "all methods", "figures/{experiment}/{dataset}/figure_13.svg"),
}
# Items that no experiment makes.
OTHER_ITEMS = [
    ("Figures 2, 3, 6", "site and gene level, windows, a duplex", "figures/explained/figure_02.svg"),
    ("Figures 4, 5, 7", "architecture as built", "figures/explained/figure_04.svg"),
    ("Figure 14", "case study, 8 miRNAs and 8 genes", "predictions/case_study/figure_14.svg"),
]


def items_table(
    experiment: str, figures: dict[str, list[str]], results: pd.DataFrame, paper: pd.DataFrame
) -> pd.DataFrame:
    """Which of the paper's items an experiment makes, one row per item and dataset.

    The file to ask for, the paper's AUC where it prints one, ours (mean over seeds, of the first model in the figure
    that is named after the paper's, or else of the first that is trained by epochs), and how that was made.
    """
    printed = paper[(paper["method"] == "deepmirnatar") & (paper["metric"] == "auroc")]["value"].iloc[0]
    rows = []
    for dataset in results["dataset"].unique():
        for key in ["table_1", "table_2", *figures]:
            if key not in ITEMS:
                continue
            item, what, file = ITEMS[key]
            row = {"item": item, "what": what, "file": f"results/{file.format(experiment=experiment, dataset=dataset)}"}
            own = results[(results["dataset"] == dataset) & (results["test_set"] == f"{dataset}:test")]
            own = own[own["metric"] == "auroc"]
            found = own[own["model"].isin(figures.get(key, [])) & (own["epochs"] > 0)]
            model = next((name for name in figures.get(key, []) if name.startswith("deepmirnatar")), None)
            found = found[found["model"] == model] if model else found
            if len(found):
                first = found.iloc[0]
                row |= {
                    "model": first["model"],
                    "auroc_paper": printed if key in ("figure_11", "figure_13") and dataset == PAPERS_DATASET else None,
                    "auroc": found[found["model"] == first["model"]]["value"].mean(),
                    "seeds": str(found["seed"].nunique()),
                    "epochs": str(first["epochs"]),
                    "machine": f"{first['device']}, {first['machine']}",
                    "date": first["date"],
                }
            rows.append(row)
    columns = ["item", "what", "file", "model", "auroc_paper", "auroc", "seeds", "epochs", "machine", "date"]
    return pd.DataFrame(rows).drop_duplicates("file").reindex(columns=columns)


def items_markdown(tables: list[pd.DataFrame]) -> str:
    """Markdown of several experiments' items, and of those that no experiment makes; each item's first file stands."""
    others = pd.DataFrame([(item, what, f"results/{file}") for item, what, file in OTHER_ITEMS])
    table = pd.concat([*tables, others.set_axis(["item", "what", "file"], axis=1)], ignore_index=True)
    table = table.drop_duplicates("item").sort_values("item", key=lambda names: names.map(_item_order), kind="stable")
    table["made with"] = [
        ""
        if pd.isna(row.model)
        else f"{row.model}, {int(row.epochs)} epochs, {_seeds(int(row.seeds))}, {row.machine}, {row.date}"
        for row in table.itertuples()
    ]
    table["file"] = "`" + table["file"] + "`"
    table = table.rename(columns={"auroc_paper": "paper's AUC", "auroc": "our AUC"})
    table = table.astype({"paper's AUC": float, "our AUC": float})
    return markdown(table[["item", "what", "file", "paper's AUC", "our AUC", "made with"]], digits=4)


def _seeds(count: int) -> str:
    return "1 seed" if count == 1 else f"{count} seeds"


def _item_order(item: str) -> tuple[bool, int]:
    kind, number = item.replace(",", " ").split()[:2]
    return kind != "Table", int("".join(letter for letter in number if letter.isdigit()))


def markdown(table: pd.DataFrame, digits: int = 3) -> str:
    """A GitHub table; numbers rounded, missing values as a dash."""

    def cell(value: object) -> str:
        if isinstance(value, float):
            return "–" if pd.isna(value) else f"{value:.{digits}f}"
        return "–" if value is None or value == "" else str(value)

    lines = ["| " + " | ".join(table.columns) + " |", "|" + " --- |" * len(table.columns)]
    lines += ["| " + " | ".join(cell(value) for value in row) + " |" for row in table.itertuples(index=False)]
    return "\n".join(lines)
