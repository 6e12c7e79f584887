"""All methods on one test split, best AUC first: AUC with its interval, and two scores at the default threshold."""

import numpy as np

from deepmirnatar.figures import base, charts
from deepmirnatar.figures.colours import BLACK, LIGHT, method_styles

SHOWN = ["auroc", "auprc", "sensitivity", "precision"]
# What the paper calls specificity is precision for the methods that have this column.
PRINTED = {"precision": "paper_specificity_as_printed"}


class Figure(base.Figure):
    title = "all methods"
    paper = "Table 3"
    caption = (
        "Every method on the same test rows, best AUC first. Lines: 95 % interval of the AUC. Sensitivity and "
        "precision are at the method's default threshold. Crosses: what the paper prints for the same method, its "
        '"specificity" where that is precision.'
    )
    reads = ("methods",)

    def draw(self, data: base.Data):
        table = data["methods"]
        table = table[(table["threshold"] == "default") & table["model"].isin(data.models)]
        table = table.sort_values("auroc", ignore_index=True)
        colours = method_styles(data.models)
        figure, axes = charts.panels(len(SHOWN), width=2.5, height=1.2 + 0.24 * len(table), columns=len(SHOWN))
        places = np.arange(len(table))
        for number, (axis, metric) in enumerate(zip(axes, SHOWN, strict=True)):
            if metric == "auroc":
                charts.chance(axis)
                axis.hlines(
                    places, table["low"], table["high"], color=[colours[name][0] for name in table["model"]], lw=2
                )
            axis.scatter(table[metric], places, s=26, c=[colours[name][0] for name in table["model"]], zorder=3)
            printed = table.get(PRINTED.get(metric, f"paper_{metric}"))
            if printed is not None:
                axis.scatter(printed, places, marker="x", s=26, color=BLACK, zorder=2)
            for place, value in zip(places, table[metric], strict=True):
                if np.isfinite(value):
                    axis.annotate(f"{value:.3f}", (1, place), xycoords=("axes fraction", "data"), fontsize=7.5,
                                  xytext=(2, 0), textcoords="offset points", va="center")  # fmt: skip
            axis.set(title=charts.NAMES[metric], xlim=(-0.03, 1.03), ylim=(-0.7, len(table) - 0.3))
            axis.set_yticks(places, table["method"] if number == 0 else [])
            axis.grid(axis="y", color=LIGHT, linewidth=0.6)
        plt = charts.pyplot()
        if any(name.startswith("paper_") for name in table.columns):
            charts.legend_below(
                figure, [plt.Line2D([], [], color=BLACK, marker="x", ls="", label="printed in the paper")]
            )
        figure.suptitle(f"{data.dataset}:test, n = {table['n'].max():,.0f} pairs, default thresholds", fontsize=10)
        return figure
