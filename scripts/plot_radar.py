"""Six metrics of every method on one test split, one radar each (paper, Figure 13), the paper's own values dashed.

Reads Table 3 only.
"""

import textwrap

import matplotlib.pyplot as plt
import numpy as np

from deepmirnatar.common.files import read_tsv
from deepmirnatar.common.logs import log_to
from deepmirnatar.figures.charts import COLOURS, save

# Short names, for there is little room around a circle.
SPOKES = {"auroc": "AUC", "auprc": "AP", "sensitivity": "SE", "precision": "PR", "f1": "F", "accuracy": "ACC"}
# What the paper calls specificity is precision for the methods that have this column.
PRINTED = {"precision": "paper_specificity_as_printed"}


def main(table: str, dataset: str, outputs: list[str]) -> None:
    rows = read_tsv(table)
    rows = rows[rows["threshold"] == "default"]
    angles = np.linspace(0, 2 * np.pi, len(SPOKES), endpoint=False)
    columns = min(4, len(rows))
    lines = -(-len(rows) // columns)
    size = (2.4 * columns, 2.6 * lines + 0.8)
    figure, axes = plt.subplots(lines, columns, figsize=size, subplot_kw={"projection": "polar"}, squeeze=False)
    for axis in axes.flat[len(rows) :]:
        axis.set_visible(False)
    for axis, (_, row) in zip(axes.flat, rows.iterrows(), strict=False):
        ours = [row[name] for name in SPOKES]
        printed = np.array([row.get(PRINTED.get(name, f"paper_{name}"), np.nan) for name in SPOKES], dtype=float)
        known = ~np.isnan(printed)
        axis.fill(angles, ours, color=COLOURS[0], alpha=0.25)
        axis.plot(_closed(angles), _closed(ours), color=COLOURS[0], label="measured here")
        if known.any():
            dashed = {"color": COLOURS[4], "linestyle": "--", "label": "printed in the paper"}
            axis.plot(_closed(angles[known]), _closed(printed[known]), **dashed)
        axis.set_theta_offset(np.pi / 2)
        axis.set_xticks(angles, SPOKES.values(), fontsize=8)
        axis.tick_params(axis="x", pad=1)
        axis.set(ylim=(0, 1), yticks=[0.25, 0.5, 0.75, 1])
        axis.set_yticklabels(["", "0.5", "", "1"], fontsize=6, color="#555555")
        axis.set_title("\n".join(textwrap.wrap(row["method"], 26)), fontsize=9)
    names = {name: handle for axis in axes.flat for handle, name in zip(*axis.get_legend_handles_labels(), strict=True)}
    figure.legend(names.values(), names.keys(), loc="outside lower center", ncols=2)
    short = "AP: average precision, SE: sensitivity, PR: precision, ACC: accuracy"
    figure.suptitle(f"{dataset}:test, n = {int(rows['n'].max()):,} pairs, default thresholds\n{short}", fontsize=10)
    save(figure, *outputs)


def _closed(values) -> np.ndarray:
    return np.append(values, values[0])


if __name__ == "__main__":
    log_to(snakemake.log[0])
    main(snakemake.input.table, snakemake.wildcards.dataset, list(snakemake.output))
