"""Six scores of the paper's methods on one test split, one radar each, with what the paper prints."""

import textwrap

import numpy as np

from deepmirnatar.figures import base, charts
from deepmirnatar.figures.colours import BLACK, DARK, method_styles
from deepmirnatar.figures.kinds.methods import PRINTED

# Short names, for there is little room around a circle.
SPOKES = {"auroc": "AUC", "auprc": "AP", "sensitivity": "SE", "precision": "PR", "f1": "F", "accuracy": "ACC"}


class Figure(base.Figure):
    title = "six scores of the paper's methods"
    paper = "Figure 13"
    caption = (
        "Six scores of each method on the same test rows, at the method's default threshold. Dashed: what the paper "
        'prints, its "specificity" as precision where it is that; a spoke without a printed value (precision of PITA, '
        "mirSVR and miRAW) leaves a gap."
    )
    reads = ("methods",)

    def draw(self, data: base.Data):
        rows = data["methods"]
        rows = rows[(rows["threshold"] == "default") & rows["model"].isin(data.models)]
        styles = method_styles(data.models)
        angles = np.linspace(0, 2 * np.pi, len(SPOKES), endpoint=False)
        columns = min(3, len(rows))
        lines = -(-len(rows) // columns)
        size, polar = (2.6 * columns, 3.3 * lines + 0.9), {"projection": "polar"}
        figure, axes = charts.pyplot().subplots(lines, columns, figsize=size, subplot_kw=polar, squeeze=False)
        for axis in axes.flat[len(rows) :]:
            axis.set_visible(False)
        for axis, (_, row) in zip(axes.flat, rows.iterrows(), strict=False):
            ours, colour = np.array([row[name] for name in SPOKES], dtype=float), styles[row["model"]][0]
            printed = [row.get(PRINTED.get(name, f"paper_{name}"), np.nan) for name in SPOKES]
            axis.fill(angles, ours, color=colour, alpha=0.2)
            axis.plot(closed(angles), closed(ours), color=colour)
            # Without a value the line stops: a straight piece across the spoke would draw a value that is not printed.
            axis.plot(closed(angles), closed(printed), color=BLACK, linestyle="--", marker=".", markersize=4)
            axis.set_theta_offset(np.pi / 2)
            axis.set_xticks(angles, SPOKES.values(), fontsize=8)
            axis.tick_params(axis="x", pad=1)
            axis.set(ylim=(0, 1), yticks=[0.25, 0.5, 0.75, 1])
            axis.set_yticklabels(["", "0.5", "", "1"], fontsize=6, color=DARK)
            axis.set_title("\n".join(textwrap.wrap(row["method"], 32)), fontsize=9, pad=16)
        plt = charts.pyplot()
        handles = [plt.Line2D([], [], color=DARK, label="measured here")]
        if any(name.startswith("paper_") for name in rows.columns):
            handles.append(plt.Line2D([], [], color=BLACK, ls="--", marker=".", label="printed in the paper"))
        charts.legend_below(figure, handles)
        short = "AP: average precision, SE: sensitivity, PR: precision, ACC: accuracy"
        n = f"n = {rows['n'].max():,.0f} pairs"
        figure.suptitle(f"{data.dataset}:test, {n}, default thresholds\n{short}", fontsize=10)
        return figure


def closed(values) -> np.ndarray:
    """The first value again at the end, so that the line comes back to it."""
    return np.append(np.asarray(values, dtype=float), float(values[0]))
