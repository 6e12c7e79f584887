"""Validation loss by epoch of the ablation's models on one dataset (paper, Figure 8A).

Reads history tables only.
"""

import pandas as pd

from deepmirnatar.common.files import read_tsv
from deepmirnatar.common.logs import log_to
from deepmirnatar.figures.charts import panels, save, style


def main(histories: list[str], runs: list[tuple], labels: dict[str, str], outputs: list[str]) -> None:
    """`runs`: (dataset, model, seed) of each history, in the same order."""
    found = [read_tsv(path).assign(model=run[1], seed=run[2]) for run, path in zip(runs, histories, strict=True)]
    table = pd.concat(found, ignore_index=True)
    figure, (axis,) = panels(1, width=6, height=4)
    if not len(table):
        axis.text(0.5, 0.5, "none of these models is trained by epochs", ha="center", transform=axis.transAxes)
    for number, (model, part) in enumerate(table.groupby("model", sort=False)):
        line = style(number)
        for _, seed in part.groupby("seed"):
            axis.plot(seed["epoch"], seed["valid_loss"], **(line | {"linewidth": 0.7, "alpha": 0.5}))
        mean = part.groupby("epoch")["valid_loss"].mean()
        axis.plot(mean.index, mean, **line, marker=".", linewidth=1.8, label=labels.get(model, model))
    axis.set(xlabel="epoch", ylabel="validation loss (cross-entropy, nats)")
    seeds = table["seed"].nunique()
    axis.set_title(f"{runs[0][0]}: {'one seed' if seeds == 1 else f'mean of {seeds} seeds, thin lines: each seed'}")
    axis.xaxis.get_major_locator().set_params(integer=True)
    axis.legend()
    save(figure, *outputs)


if __name__ == "__main__":
    log_to(snakemake.log[0])
    main(list(snakemake.input.histories), snakemake.params.runs, snakemake.params.labels, list(snakemake.output))
