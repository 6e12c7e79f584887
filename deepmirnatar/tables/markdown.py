"""Tables as Markdown, for the pages and the README."""

import pandas as pd

from deepmirnatar.common.did_you_mean import counted
from deepmirnatar.common.settings import schema_of
from deepmirnatar.tables.paper_items import OTHER_ITEMS


def readme_table(
    results: pd.DataFrame, labels: dict[str, str], dataset: str, recall_on: str | None, paper: pd.DataFrame
) -> str:
    """Markdown of the scores on a dataset's own test split, at the default threshold, in the order of `labels`.

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
    """Markdown of Table 3 at the default thresholds, the paper's number in brackets behind ours."""
    shown = {"auroc": "AUC", "auprc": "AP", "sensitivity": "sensitivity", "f1": "F", "accuracy": "ACC"}
    rows = []
    for _, row in table[table["threshold"] == "default"].iterrows():
        out = {"method": row["method"]}
        for metric, name in shown.items():
            digits = 4 if metric in ("auroc", "auprc") else 3
            out[name] = _beside(row[metric], row.get(f"paper_{metric}"), digits)
        if table["swap_auroc"].notna().any():
            out["swap AUC"] = row["swap_auroc"]
        out["specificity"] = _beside(row["specificity"], row.get("paper_specificity"))
        out["precision"] = _beside(row["precision"], row.get("paper_specificity_as_printed"))
        for column in table.columns[table.columns.str.startswith("found_parclip48")]:
            printed = row.get("paper_parclip")
            given = "" if pd.isna(printed) else f" ({printed:.0f}/48)"
            found = "–" if pd.isna(row[column]) else row[column]
            out[column.removeprefix("found_").removesuffix(":test")] = f"{found}{given}"
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


def trainings_markdown(histories: pd.DataFrame, labels: dict[str, str]) -> str:
    """Markdown: what each training took and whether its validation curve was flat at the end; means over seeds.

    The gain is that of the best validation AUC in the last third of the epochs over the best before.
    """
    rows = []
    for (dataset, model), part in histories.groupby(["dataset", "model"], sort=False):
        by_epoch = part.groupby("epoch")["valid_auroc"].mean()
        early = by_epoch[by_epoch.index <= max(1, 2 * len(by_epoch) // 3)]
        rows.append(
            {
                "trained on": dataset,
                "method": labels.get(model, model),
                "seeds": str(part["seed"].nunique()),
                "epochs": str(len(by_epoch)),
                "best epoch": str(by_epoch.idxmax()),
                "validation AUC": f"{by_epoch.max():.4f}",
                "gain of the last third": f"{max(0.0, by_epoch.max() - early.max()):.4f}" if len(by_epoch) > 1 else "",
                "hours each": f"{part['seconds'].sum() / part['seed'].nunique() / 3600:.2f}",
            }
        )
    return markdown(pd.DataFrame(rows))


def items_markdown(tables: list[pd.DataFrame]) -> str:
    """Markdown of several experiments' items, and of those that no experiment makes; each item's first file stands."""
    others = pd.DataFrame([(item, what, f"results/{file}") for item, what, file in OTHER_ITEMS])
    table = pd.concat([*tables, others.set_axis(["item", "what", "file"], axis=1)], ignore_index=True)
    table = table.drop_duplicates("item").sort_values("item", key=lambda names: names.map(_item_order), kind="stable")
    table["made with"] = [
        ""
        if pd.isna(row.model)
        else f"{row.model}, {int(row.epochs)} epochs, {counted(int(row.seeds), 'seed')}, {row.machine}, {row.date}"
        for row in table.itertuples()
    ]
    table["file"] = "`" + table["file"] + "`"
    table = table.rename(columns={"auroc_paper": "paper's AUC", "auroc": "our AUC"})
    table = table.astype({"paper's AUC": float, "our AUC": float})
    return markdown(table[["item", "what", "file", "paper's AUC", "our AUC", "made with"]], digits=4)


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


def settings_markdown(settings: type, but: tuple[str, ...] = (), prefix: str = "") -> str:
    """Every field of a settings dataclass: default, meaning, range; without those named in `but`."""
    rows = []
    for name, about in schema_of(settings)["properties"].items():
        if name not in but:
            default = "" if about.get("default") in (None, "") else f"`{plain(about['default'])}`"
            meaning = about["description"] + "".join(f"; {words}" for words in _limits(about))
            rows.append({"setting": f"`{prefix}{name}`", "default": default, "meaning": meaning})
    return markdown(pd.DataFrame(rows)) if rows else "No settings."


def settings_line(settings: type) -> str:
    """The same in one line, `name` default."""
    return ", ".join(f"`{name}` {plain(about['default'])}" for name, about in schema_of(settings)["properties"].items())


def plain(value: object) -> str:
    """A value as YAML has it."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {plain(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(plain, value)) + "]"
    if value is None:
        return "null"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _limits(about: dict):
    if "enum" in about:
        yield " or ".join(f"`{each}`" for each in about["enum"])
    part = about.get("items", about)
    low, high = part.get("minimum"), part.get("maximum")
    if low is not None or high is not None:
        yield (
            f"{low} to {high}" if None not in (low, high) else f"at least {low}" if high is None else f"at most {high}"
        )
    if "exclusiveMinimum" in part:
        yield f"above {part['exclusiveMinimum']}"
    if "exclusiveMaximum" in part:
        yield f"below {part['exclusiveMaximum']}"
