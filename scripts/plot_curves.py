"""ROC and precision-recall curves of every test set with both labels (paper, Figure 11).

Reads predictions and metrics tables.
"""

import numpy as np
import pandas as pd
from sklearn.metrics import precision_recall_curve, roc_curve

from deepmirnatar.common.files import read_tsv
from deepmirnatar.common.logs import log_to
from deepmirnatar.figures.charts import panels, save, style


def main(
    predictions: list[str], runs: list[tuple], metrics: str, labels: dict[str, str], outputs: dict[str, str]
) -> None:
    scores = read_tsv(metrics)
    table = pd.DataFrame(runs, columns=["dataset", "model", "seed", "test_set"]).assign(path=predictions)
    groups = {}
    for key, group in table.groupby(["dataset", "test_set"], sort=False):
        first = read_tsv(group["path"].iloc[0], usecols=["label"])["label"]
        if first.nunique() == 2:
            groups[key] = group, first
    height = 4.6 + 0.17 * table["model"].nunique()  # with a legend below
    for kind in ("roc", "pr"):
        figure, axes = panels(max(1, len(groups)), width=4.6, height=height)
        if not groups:
            axes[0].text(0.5, 0.5, "no test set with both labels", ha="center")
        for axis, ((dataset, test_set), (group, rows)) in zip(axes, groups.items(), strict=False):
            _draw(axis, kind, group, scores, labels)
            positives = int(rows.sum())
            title = test_set if test_set.startswith(f"{dataset}:") else f"{test_set}, trained on {dataset}"
            axis.set_title(f"{title}\nn = {len(rows):,}, {positives:,} positive")
            if kind == "roc":
                axis.plot([0, 1], [0, 1], color="#999999", linewidth=0.8, zorder=0)
                axis.set(xlabel="1 - specificity", ylabel="sensitivity")
            else:
                axis.axhline(positives / len(rows), color="#999999", linewidth=0.8, zorder=0)
                axis.set(xlabel="recall (sensitivity)", ylabel="precision")
            axis.set(xlim=(-0.01, 1.01), ylim=(-0.01, 1.01), aspect="equal")
            # Below, where no curve runs.
            axis.legend(loc="upper center", bbox_to_anchor=(0.5, -0.12))
        save(figure, *(path for name, path in outputs.items() if name.startswith(kind)))


def _draw(axis, kind: str, group: pd.DataFrame, scores: pd.DataFrame, labels: dict) -> None:
    metric = "auroc" if kind == "roc" else "auprc"
    for number, (model, part) in enumerate(group.groupby("model", sort=False)):
        values = []
        for row in part.itertuples():
            rows = read_tsv(row.path, usecols=["label", "score"])
            if kind == "roc":
                x, y, _ = roc_curve(rows["label"], rows["score"])
            else:
                y, x, _ = precision_recall_curve(rows["label"], rows["score"])
                # A thousand steps are more than a page can show and keep the vector file small.
                keep = np.unique(np.linspace(0, len(x) - 1, 1000).astype(int))
                x, y = x[keep], y[keep]
            same = (scores["dataset"] == row.dataset) & (scores["model"] == model) & (scores["seed"] == row.seed)
            same &= (scores["test_set"] == row.test_set) & (scores["metric"] == metric)
            values.append(scores.loc[same, "value"].iloc[0])
            line = style(number) | {"linewidth": 2.2 if number == 0 else 1.3}
            axis.plot(
                x,
                y,
                **line,
                alpha=1 if len(part) == 1 else 0.6,
                drawstyle="default" if kind == "roc" else "steps-post",
            )
        name = "AUC" if kind == "roc" else "AP"
        axis.plot([], [], **style(number), label=f"{labels.get(model, model)}: {name} {np.mean(values):.3f}")


if __name__ == "__main__":
    log_to(snakemake.log[0])
    main(
        list(snakemake.input.predictions),
        snakemake.params.runs,
        snakemake.input.metrics,
        snakemake.params.labels,
        dict(snakemake.output.items()),
    )
