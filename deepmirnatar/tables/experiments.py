"""Tables of the report and the README: the dataset table, the scores, what each method cost."""

import json
from pathlib import Path

import pandas as pd

from deepmirnatar.figures import kinds
from deepmirnatar.figures.base import DRAWN
from deepmirnatar.pairs import SPLITS
from deepmirnatar.predictors import load_class
from deepmirnatar.predictors.base import Predictor
from deepmirnatar.tables import TABLES
from deepmirnatar.tables.paper_items import PAPERS_DATASET

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

# Items whose AUC the paper prints for its own model.
PRINTED_AUC = ("Figure 11", "Figure 13", "Table 3")


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


def scores_table(metrics: pd.DataFrame, settings: list[dict]) -> pd.DataFrame:
    """One row per (dataset, model, seed, test_set), metrics as columns, with how the run was made.

    Metrics that need a cut are those at the default threshold; `*_valid` are at the one chosen on valid.
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
    return wide.merge(size, on=keys, how="left").merge(made, on=["dataset", "model", "seed"], how="left")


def read_settings(paths: list[str]) -> list[dict]:
    """settings.json of runs, with the dataset and the model's name that their paths give."""
    return [
        json.loads(path.read_text(encoding="utf-8")) | {"dataset": path.parts[-4], "name": path.parts[-3]}
        for path in map(Path, paths)
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


def contestants_table(
    metrics: pd.DataFrame, models: dict[str, dict], paper: pd.DataFrame, dataset: str, settings: list[dict]
) -> pd.DataFrame:
    """The paper's Table 3 on a dataset's own test split: two rows per model, one per threshold, with the paper's.

    `models`: name -> {label, predictor}, in the order of the rows. `paper`: columns item, method, metric, value; its
    values are in columns `paper_*` where the dataset is the paper's. Values are means over seeds, `low` and `high`
    those of the AUC's interval; on test sets of positives alone, the number found is in `found_{test set}`, such
    as 40/48.
    """
    here = metrics[metrics["dataset"] == dataset]
    own, others = here[here["test_set"] == f"{dataset}:test"], here[here["test_set"] != f"{dataset}:test"]
    printed = paper[paper["item"] == "Table 3"].pivot(index="method", columns="metric", values="value")
    epochs = {run["name"]: run["epochs"] for run in settings if run["dataset"] == dataset}
    rows = []
    for model, about in models.items():
        part = own[own["model"] == model]
        for threshold in ("default", "valid"):
            free = part[part["threshold"].isna() | (part["threshold"] == "")]
            at = part[part["threshold"] == threshold]
            values = pd.concat([free, at]).groupby("metric")["value"].mean()
            area = free[free["metric"] == "auroc"][["low", "high"]].mean()
            row = {"method": about["label"], "model": model, "threshold": threshold, "cut": values.get("threshold")}
            row |= {"auroc": values.get("auroc"), "low": area["low"], "high": area["high"]}
            row |= {name: values.get(name) for name in METRICS if name not in ("auroc", "recall")}
            # The swap control is a separate test set, of models whose audit is drawn.
            swap = others[(others["model"] == model) & (others["test_set"] == f"{dataset}:controls")]
            row["swap_auroc"] = swap.loc[swap["metric"] == "swap_auroc", "value"].mean()
            found = others[(others["model"] == model) & (others["threshold"] == threshold)]
            for test_set, hits in found[found["metric"] == "recall"].groupby("test_set", sort=False):
                n = int(hits["n"].iloc[0])
                row[f"found_{test_set}"] = f"{round(hits['value'].mean() * n)}/{n}"
            if dataset == PAPERS_DATASET and about["predictor"] in printed.index:
                row |= {f"paper_{name}": value for name, value in printed.loc[about["predictor"]].items()}
            seeds = part["seed"].nunique()
            rows.append(row | {"n": part["n"].max(), "seeds": seeds, "epochs": epochs.get(model, 0)})
    return pd.DataFrame(rows)


def costs_table(runs: list[dict], labels: dict[str, str]) -> pd.DataFrame:
    """Pairs per second and memory of each run, means over seeds, from Snakemake's benchmark files.

    `runs`: dicts with model, settings (its settings.json), train and predict (benchmark tables: s, max_rss in MB),
    history and metrics. Training counts every epoch's rows; its time is that of the epochs, where there are any,
    because a resumed job's benchmark knows its last part alone. Time of a scoring job is that of the whole process, so
    that methods which score faster than Python starts appear slower than they are.
    """
    rows = []
    for run in runs:
        predictor = load_class(run["settings"]["model"]["predictor"])
        epochs, area = len(run["history"]), run["metrics"].loc[run["metrics"]["metric"] == "auroc", "value"]
        # Published weights are read, not learned, unless epochs follow; most energies and scores have nothing to learn.
        read = run["settings"]["model"]["settings"].get("weights") and not epochs
        learns = predictor.fit is not Predictor.fit and not read
        seconds = run["history"]["seconds"].sum() if epochs else run["train"]["s"].iloc[0]
        rows.append(
            {
                "model": run["model"],
                "method": labels[run["model"]],
                "training_pairs_per_s": run["settings"]["rows"]["train"] * max(epochs, 1) / seconds if learns else None,
                "scoring_pairs_per_s": run["metrics"]["n"].max() / run["predict"]["s"].iloc[0],
                "training_memory_mb": run["train"]["max_rss"].iloc[0] if learns else None,
                "scoring_memory_mb": run["predict"]["max_rss"].iloc[0],
                "auroc": area.iloc[0] if len(area) else None,
            }
        )
    table = pd.DataFrame(rows)
    numbers = table.columns.drop(["model", "method"])
    # Snakemake writes NA for the memory of a job that ended before it looked.
    table[numbers] = table[numbers].apply(pd.to_numeric, errors="coerce").astype(float)
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
    sets of positives alone the recall next to the specificity on the own test split at the same, default threshold."""
    here = metrics[metrics["model"].isin(labels) & (metrics["threshold"] != "valid")]
    here = here[~here["test_set"].str.endswith(":controls")]  # which are not a test set of these pairs
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


def items_table(
    experiment: str, figures: dict[str, list[str]], results: pd.DataFrame, paper: pd.DataFrame
) -> pd.DataFrame:
    """Which of the paper's items an experiment makes, one row per item and dataset.

    The file to ask for, the paper's AUC where it prints one, ours (mean over seeds, of the first model in the figure
    that is named after the paper's, or else of the first that is trained by epochs), and how that was made.
    """
    printed = paper[(paper["method"] == "deepmirnatar") & (paper["metric"] == "auroc")]["value"].iloc[0]
    items = [(TABLES[key][1], TABLES[key][0], f"results/tables/{{experiment}}/{key}.tsv", [])
             for key in ("datasets", "settings")]  # fmt: skip
    for key, models in figures.items():
        kind = kinds.load_class(key)
        if kind.paper:
            items.append((kind.paper, kind.title, f"{DRAWN[kind.per]}.svg".replace("{figure}", key), models))
    rows = []
    for dataset in results["dataset"].unique():
        own = results[(results["dataset"] == dataset) & (results["test_set"] == f"{dataset}:test")]
        own = own[(own["metric"] == "auroc") & (own["epochs"] > 0)]
        for item, what, file, models in items:
            row = {"item": item, "what": what, "file": file.format(experiment=experiment, dataset=dataset)}
            found = own[own["model"].isin(models)]
            model = next((name for name in models if name.startswith("papers_network")), None)
            found = found[found["model"] == model] if model else found
            if len(found):
                first = found.iloc[0]
                row |= {
                    "model": first["model"],
                    "auroc_paper": printed if item in PRINTED_AUC and dataset == PAPERS_DATASET else None,
                    "auroc": found[found["model"] == first["model"]]["value"].mean(),
                    "seeds": str(found["seed"].nunique()),
                    "epochs": str(first["epochs"]),
                    "machine": f"{first['device']}, {first['machine']}",
                    "date": first["date"],
                }
            rows.append(row)
    columns = ["item", "what", "file", "model", "auroc_paper", "auroc", "seeds", "epochs", "machine", "date"]
    return pd.DataFrame(rows).drop_duplicates("file").reindex(columns=columns)


def summary_table(rows: list[dict], metrics: list[pd.DataFrame], audits: list[pd.DataFrame]) -> pd.DataFrame:
    """What a model's numbers show, the five numbers themselves, and the verdict on the data; a row for each of `rows`.

    `rows` name experiment, dataset, model and label; `metrics` are those of the experiment and `audits` those of the
    dataset, in the same order. Numbers of the model are means over seeds.
    """
    out = []
    for row, table, audit in zip(rows, metrics, audits, strict=True):
        own = table[(table["dataset"] == row["dataset"]) & (table["model"] == row["model"])]
        area = own[(own["test_set"] == f"{row['dataset']}:test") & (own["metric"] == "auroc")]
        swap = own[(own["test_set"] == f"{row['dataset']}:controls") & (own["metric"] == "swap_auroc")]
        shortcut = audit[audit["check"] == "shortcut"].sort_values("value", ascending=False).head(1)
        seen = audit[(audit["check"] == "overlap") & (audit["subject"] == "(miRNA, gene) pair")]
        low, high = area["low"].mean(), area["high"].mean()
        numbers = {
            "what this shows": what_it_shows(low, shortcut["value"].mean(), swap["low"].mean()),
            "AUC on test": area["value"].mean(),
            "95 % interval": "" if pd.isna(low) else f"{low:.3f} to {high:.3f}",
            f"AUC of the best shortcut ({next(iter(shortcut['subject']), 'none')})": shortcut["value"].mean(),
            "AUC of the seed match": audit.loc[audit["check"] == "signal", "value"].mean(),
            "swap AUC": swap["value"].mean(),
            "test pairs seen in training": seen["value"].mean(),
            "verdict on the data": audit.loc[audit["check"] == "verdict", "subject"].iloc[0],
        }
        out.append({"experiment": row["experiment"], "dataset": row["dataset"], "model": row["label"]} | numbers)
    return pd.DataFrame(out)


def what_it_shows(low: float, shortcut: float, swap_low: float) -> str:
    """A sentence for the lower ends of the AUC's and the swap AUC's intervals, and the AUC of the best shortcut.

    Any of them may be NaN: not measured. '' where the AUC has no interval.
    """
    if pd.isna(low):
        return ""
    if low <= 0.5:
        return "The score does not differ from chance: this training learned nothing that holds on the test pairs."
    if low <= shortcut:
        return "The score does not clear the best shortcut, so that it says nothing about binding."
    if pd.isna(swap_low):
        return "The score is above every shortcut that was tried."
    if swap_low <= 0.5:
        return "The score is above every shortcut, but does not tell a site's own miRNA from another one."
    return "The score is above every shortcut and tells a site's own miRNA from another one: the model learned pairing."
