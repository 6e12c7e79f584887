"""Tables as Markdown, for the pages and the README."""

import pandas as pd

from deepmirnatar.common.settings import schema_of
from deepmirnatar.tables.paper_items import OTHER_ITEMS


def markdown(table: pd.DataFrame, digits: int = 3) -> str:
    """A GitHub table; numbers rounded, missing values as a dash."""

    def cell(value: object) -> str:
        missing = value is None or value == "" or (isinstance(value, float) and pd.isna(value))
        return "–" if missing else f"{value:.{digits}f}" if isinstance(value, float) else str(value)

    lines = ["| " + " | ".join(table.columns) + " |", "|" + " --- |" * len(table.columns)]
    lines += ["| " + " | ".join(map(cell, row)) + " |" for row in table.itertuples(index=False)]
    return "\n".join(lines)


def scores_markdown(results: pd.DataFrame, labels: dict[str, str], dataset: str, recall_on: str | None = None) -> str:
    """Scores on a dataset's own test split, in the order of `labels`; means over seeds, the AUC with its deviation.

    With `recall_on`, a test set of positives alone, its recall is in the last column but one.
    """
    names = {"auroc": "AUC", "auprc": "AP", "sensitivity": "sensitivity", "specificity": "specificity"}
    names |= {"precision": "precision", "f1": "F"}
    rows = []
    for model, label in labels.items():
        mine = results[(results["model"] == model) & (results["dataset"] == dataset)]
        own = mine[mine["test_set"] == f"{dataset}:test"]
        if own.empty:
            continue
        means, seeds = own.groupby("metric")["value"].mean(), own["seed"].nunique()
        row = {"method": label} | {name: means.get(metric) for metric, name in names.items()}
        if seeds > 1:
            row["AUC"] = f"{row['AUC']:.4f} ± {own.loc[own['metric'] == 'auroc', 'value'].std():.4f}"
        if recall_on:
            found = mine[(mine["test_set"] == recall_on) & (mine["metric"] == "recall")]
            row[f"recall, {recall_on}"] = found["value"].mean()
        rows.append(row | {"seeds": str(seeds), "epochs": str(own["epochs"].iloc[0] or "")})
    return markdown(pd.DataFrame(rows), digits=4)


def audit_markdown(audits: pd.DataFrame, datasets: list[str]) -> str:
    """Per dataset what shortcuts score on its test split (the best of each kind), and what leaks."""
    columns = {
        "miRNA alone": ("shortcut", "miRNA alone"),
        "site or gene alone": ("shortcut", "site alone"),
        "pair look-up": ("shortcut", "(miRNA, gene)"),
        "seed match": ("signal", "seed match"),
        "test pairs seen": ("overlap", "(miRNA, gene)"),
        "test sites seen, 20 nt": ("overlap", "site with"),
    }
    rows = []
    for name in datasets:
        own = audits[audits["dataset"] == name]
        row = {"dataset": name, "pairs": f"{int(own.loc[own['check'] == 'verdict', 'n'].iloc[0]):,}"}
        for column, (check, start) in columns.items():
            row[column] = own.loc[(own["check"] == check) & own["subject"].str.startswith(start), "value"].max()
        rows.append(row)
    return markdown(pd.DataFrame(rows))


def transfer_markdown(table: pd.DataFrame) -> str:
    """AUC by test set; on sets of positives alone the recall, next to the specificity on the own test split."""
    index = ["method", "trained_on"]
    scored = table["auroc"].notna()
    parts = [
        table[scored].pivot(index=index, columns="test_set", values="auroc"),
        table[~scored].pivot(index=index, columns="test_set", values="recall").add_suffix(" recall"),
        table[~scored].groupby(index)[["specificity_on_own_test"]].first().set_axis(["specificity, own test"], axis=1),
    ]
    order = table[index].drop_duplicates().apply(tuple, axis=1)
    return markdown(pd.concat(parts, axis=1).reindex(order).rename_axis(["method", "trained on"]).reset_index())


def items_markdown(tables: list[pd.DataFrame]) -> str:
    """The paper's items that experiments make, each once, and those that no experiment makes."""
    others = pd.DataFrame([(item, what, f"results/{file}") for item, what, file in OTHER_ITEMS])
    table = pd.concat([*tables, others.set_axis(["item", "what", "file"], axis=1)], ignore_index=True)
    table = table.drop_duplicates("item").sort_values("item", key=lambda names: names.map(_item_order), kind="stable")
    table["file"] = "`" + table["file"] + "`"
    table = table.astype({"auroc_paper": float, "auroc": float})
    names = {"auroc_paper": "paper's AUC", "auroc": "our AUC", "model": "made with"}
    return markdown(table[["item", "what", "file", *names]].rename(columns=names).fillna({"made with": ""}), digits=4)


def _item_order(item: str) -> tuple[bool, int]:
    kind, number = item.replace(",", " ").split()[:2]
    return kind != "Table", int("".join(letter for letter in number if letter.isdigit()))


def settings_markdown(settings: type, but: tuple[str, ...] = (), prefix: str = "") -> str:
    """Every field of a settings dataclass: default, meaning, range; without those named in `but`."""
    rows = []
    for name, about in schema_of(settings)["properties"].items():
        if name not in but:
            default = "" if about.get("default") in (None, "") else f"`{plain(about['default'])}`"
            meaning = about["description"] + "".join(f"; {words}" for words in _limits(about))
            rows.append({"setting": f"`{prefix}{name}`", "default": default, "meaning": meaning})
    return markdown(pd.DataFrame(rows)) if rows else "No settings."


def settings_line(settings: type, base: type | None = None) -> str:
    """The same in one line, `name` default; without the fields that `base` has with the same default."""
    known = {name: about["default"] for name, about in schema_of(base)["properties"].items()} if base else {}
    own = {name: about["default"] for name, about in schema_of(settings)["properties"].items()}
    shown = {name: value for name, value in own.items() if name not in known or known[name] != value}
    return ", ".join(f"`{name}` {plain(value)}" for name, value in shown.items())


def plain(value: object) -> str:
    """A value as YAML has it."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {plain(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(plain, value)) + "]"
    return "null" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _limits(about: dict):
    if "enum" in about:
        yield " or ".join(f"`{each}`" for each in about["enum"])
    part = about.get("items", about)
    words = {"minimum": "at least", "maximum": "at most", "exclusiveMinimum": "above", "exclusiveMaximum": "below"}
    if {"minimum", "maximum"} <= part.keys():
        yield f"{part['minimum']} to {part['maximum']}"
        return
    yield from (f"{word} {part[key]}" for key, word in words.items() if key in part)


def binding_markdown(table: pd.DataFrame) -> str:
    """A row per test of binding and a column per model, means over seeds; the intervals are in the table itself."""
    rows = table.assign(test=table["test"] + ", " + table["metric"])
    rows = rows.assign(test=rows["test"] + " (" + rows["rows"].map("{:,}".format) + " rows)")
    means = rows.pivot_table(index="test", columns="model", values="value", aggfunc="mean", sort=False)
    return markdown(means.rename_axis(columns=None).reset_index())


def activity_markdown(table: pd.DataFrame) -> str:
    """A row per set of tables: how often `activity` and the usual tests have the true family first."""
    methods = {
        "regression": "first by `activity`",
        "regression on site counts": "with `--quick`",
        "Wilcoxon": "Wilcoxon",
        "Fisher, first 300": "Fisher, first 300 genes",
        "leading words": "leading words",
    }
    first = table.pivot_table(index="set", columns="method", values="first", sort=False).reindex(columns=list(methods))
    ours = table[table["method"] == "regression"].set_index("set")
    shown = first.map(lambda share: "" if pd.isna(share) else f"{100 * share:.0f} %").rename(columns=methods)
    shown.insert(0, "tables", ours["tables"])
    shown["families named, mean"] = ours["named"].map("{:.1f}".format)
    shown["none named"] = ours["none named"].map(lambda share: f"{100 * share:.0f} %")
    return markdown(shown.rename_axis(columns=None).reset_index())
