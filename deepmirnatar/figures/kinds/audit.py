"""For each dataset: the AUC of its models and of shortcuts, and what leaks between splits."""

import textwrap

import pandas as pd

from deepmirnatar.figures import base, charts
from deepmirnatar.figures.colours import GREY, ROLES

# Models of an experiment that are the same shortcut as a row of the audit: (predictor, columns it looks at) -> row.
SAME = {
    ("rate_table", ("mirna_sequence",)): "miRNA alone, by its string",
    ("rate_table", ("target",)): "site alone, by its gene's name",
    ("rate_table", ("mirna_sequence", "target")): "(miRNA, gene) look-up",
    ("site_trees", ()): "site alone, by its 3-mers",
    ("seed_match", ()): "seed match",
}


class Figure(base.Figure):
    title = "audit: shortcuts and models"
    caption = (
        "Left: AUC on the test split of the models (blue, with 95 % interval), of shortcuts that never read the miRNA "
        "against the site (orange) and of the seed match (green). A shortcut that is a model of the experiment is "
        "shown as that model, which learns from train alone; all others learn from train and valid. Right: how much "
        "of the test split was seen in training. The verdict names the reasons for doubt."
    )
    reads = ("audits", "metrics")
    per = "experiment"
    always = True

    def draw(self, data: base.Data):
        tables = list(data["audits"].groupby("dataset", sort=False))
        rows = max(len(scored(data, name, audit)) for name, audit in tables)
        figure, axes = charts.panels(2 * len(tables), width=5.6, height=max(3.4, 1.9 + 0.21 * rows), columns=2)
        for row, (name, audit) in enumerate(tables):
            left, right = axes[2 * row : 2 * row + 2]
            shown = scored(data, name, audit)
            if len(shown):
                charts.bars(left, shown)
            charts.chance(left)
            left.set(title=f"{name}: AUC on test (n = {shown['n'].max() if len(shown) else 0:,.0f})", xlim=(0, 1.12))
            left.set_xlabel("AUC; grey line: chance")
            _leaks(right, audit)
        plt = charts.pyplot()
        names = {"model": "model", "shortcut": "shortcut: never reads miRNA against site", "signal": "seed match"}
        charts.legend_below(figure, [plt.Rectangle((0, 0), 1, 1, fc=ROLES[key], label=names[key]) for key in names])
        return figure


def scored(data: base.Data, dataset: str, audit: pd.DataFrame) -> pd.DataFrame:
    """Columns label, value, low, high, n, colour: models, then the audit's shortcuts that are none of the models."""
    rows, same = data["metrics"], {name: _shortcut(stanza) for name, stanza in data.models.items()}
    own = rows[(rows["test_set"] == f"{dataset}:test") & (rows["dataset"] == dataset) & (rows["metric"] == "auroc")]
    own = own[own["model"].isin(data.models)].groupby("model", sort=False)[["value", "low", "high", "n"]].mean()
    own = own.reset_index()
    kinds = audit[audit["check"].isin(["shortcut", "signal"])].set_index("subject")["check"]
    own["role"] = own["model"].map(lambda name: kinds.get(same[name], "model"))
    own["label"] = own["model"].map(data.labels)
    taken = own["model"].map(same)
    found = audit[audit["check"].isin(["shortcut", "signal"]) & ~audit["subject"].isin(taken)]
    found = found.assign(label=found["subject"], role=found["check"], low=float("nan"), high=float("nan"))
    columns = ["label", "value", "low", "high", "n", "role"]
    both = [table[columns] for table in (own, found) if len(table)]
    shown = pd.concat(both, ignore_index=True) if both else pd.DataFrame(columns=columns)
    shown = shown.sort_values("role", key=lambda roles: roles.map(list(ROLES).index), kind="stable")
    return shown.assign(colour=shown["role"].map(ROLES))


def _shortcut(stanza: dict) -> str:
    """The audit's name for a model that is one of its shortcuts; empty for all others."""
    return SAME.get((stanza["predictor"], tuple(stanza["settings"].get("columns", ()))), "")


def _leaks(axis, audit: pd.DataFrame) -> None:
    overlap = audit[(audit["check"] == "overlap") & (audit["value"] <= 1)].rename(columns={"subject": "label"})
    overlap = overlap[overlap["label"] != "site clusters on both sides"]
    if len(overlap):
        charts.bars(axis, overlap[["label", "value"]], GREY)
    axis.set(title="test rows also seen in train or valid", xlim=(0, 1.12), xlabel="fraction of test rows")
    text = audit.loc[audit["check"] == "verdict", "subject"].iloc[0]
    # Left-aligned and as wide as the panel, so that nothing leaves the page.
    place = {"xycoords": "axes fraction", "textcoords": "offset points"}
    axis.annotate("\n".join(textwrap.wrap(f"Verdict: {text}", 66)), (0, 0), (-90, -40), **place, va="top", fontsize=8.5)
