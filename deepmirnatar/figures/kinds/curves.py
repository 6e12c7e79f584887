"""ROC and precision-recall curves of every test set with both labels."""

import numpy as np
import pandas as pd

from deepmirnatar.figures import base, charts
from deepmirnatar.figures.colours import GREY, method_styles

STEPS = 1000  # points of a curve: more than a page can show, and the vector file stays small


class Figure(base.Figure):
    title = "ROC and precision-recall curves"
    paper = "Figure 11"
    caption = (
        "Above: ROC curves of each test set that holds both labels; grey: chance. Below: precision-recall curves; "
        "grey: the fraction of positives, which a random score would reach. n is the number of pairs. The first model "
        "is drawn thick; a lighter line is one of several seeds."
    )
    reads = ("predictions", "metrics")
    columns = ("label", "score")
    always = True

    def draw(self, data: base.Data):
        table = data["predictions"]
        sets = [(name, part) for name, part in table.groupby("test_set", sort=False) if part["label"].nunique() == 2]
        if not sets:
            return charts.empty("no test set with both labels")
        # Names and scores of all models fit below two panels, not into them.
        names = 0.17 * len(data.models)
        figure, axes = charts.panels(2 * len(sets), width=3.9, height=4.5 + names, columns=len(sets))
        styles = method_styles(data.models)
        for number, (test_set, part) in enumerate(sets):
            first = part[(part["model"] == part["model"].iloc[0]) & (part["seed"] == part["seed"].iloc[0])]
            positives = int(first["label"].sum())
            title = test_set if test_set.startswith(f"{data.dataset}:") else f"{test_set}, trained on {data.dataset}"
            roc, pr = axes[number], axes[len(sets) + number]
            for axis, metric in ((roc, "auroc"), (pr, "auprc")):
                _draw(axis, metric, part, data["metrics"], data, styles)
            roc.set_title(f"{title}\nn = {len(first):,}, {positives:,} positive")
            roc.plot([0, 1], [0, 1], color=GREY, linewidth=0.8, zorder=0)
            roc.set(xlabel="1 - specificity", ylabel="sensitivity")
            pr.axhline(positives / len(first), color=GREY, linewidth=0.8, zorder=0)
            pr.set(xlabel="recall (sensitivity)", ylabel="precision")
        return figure


def _draw(axis, metric: str, part: pd.DataFrame, metrics: pd.DataFrame, data: base.Data, styles: dict) -> None:
    from sklearn.metrics import precision_recall_curve, roc_curve

    word = {"auroc": "AUC", "auprc": "AP"}[metric]
    for number, (model, runs) in enumerate(part.groupby("model", sort=False)):
        style = {"color": styles[model][0], "linestyle": styles[model][1]}
        count = runs["seed"].nunique()
        for _, rows in runs.groupby("seed"):
            if metric == "auroc":
                x, y, _ = roc_curve(rows["label"], rows["score"])
            else:
                y, x, _ = precision_recall_curve(rows["label"], rows["score"])
            keep = np.unique(np.linspace(0, len(x) - 1, STEPS).astype(int))
            width, alpha = 2.2 if number == 0 else 1.2, 1 if count == 1 else 0.6
            steps = "default" if metric == "auroc" else "steps-post"
            axis.plot(x[keep], y[keep], **style, linewidth=width, alpha=alpha, drawstyle=steps)
        same = (metrics["dataset"] == data.dataset) & (metrics["model"] == model) & (metrics["metric"] == metric)
        value = metrics.loc[same & (metrics["test_set"] == runs["test_set"].iloc[0]), "value"].mean()
        axis.plot([], [], **style, label=f"{data.labels[model]}: {word} {value:.3f}")
    axis.set(xlim=(-0.01, 1.01), ylim=(-0.01, 1.01), aspect="equal", anchor="N")
    # Below, where no curve runs.
    axis.legend(loc="upper center", bbox_to_anchor=(0.5, -0.14))
