"""AUC, average precision, sensitivity and F of a few models on one test split (paper, Figures 8B, 9, 10 and 12).

Reads the experiment's metrics table only.
"""

from deepmirnatar.common.files import read_tsv
from deepmirnatar.common.logs import log_to
from deepmirnatar.figures.charts import NAMES, dots, panels, save

SHOWN = ["auroc", "auprc", "sensitivity", "f1"]


def main(metrics: str, dataset: str, models: list[str], labels: dict[str, str], outputs: list[str]) -> None:
    table = read_tsv(metrics)
    table = table[(table["dataset"] == dataset) & (table["test_set"] == f"{dataset}:test")]
    figure, axes = panels(len(SHOWN), width=4.2, height=1.1 + 0.32 * len(models), columns=2)
    for number, (axis, metric) in enumerate(zip(axes, SHOWN, strict=True)):
        found = table[(table["metric"] == metric) & (table["threshold"] != "valid")]
        dots(axis, found, models, labels)
        axis.set(title=NAMES[metric], xlabel="value")
        if number % 2:
            axis.set_yticklabels([])
    seeds, n = table["seed"].nunique(), int(table["n"].max())
    line = "standard deviation over seeds" if seeds > 1 else "95 % interval, (miRNA, gene) pairs bootstrapped"
    word = "seed" if seeds == 1 else "seeds"
    figure.suptitle(f"{dataset}:test, n = {n:,} pairs; {seeds} {word}; lines: {line}", fontsize=9)
    save(figure, *outputs)


if __name__ == "__main__":
    log_to(snakemake.log[0])
    main(
        snakemake.input.metrics,
        snakemake.wildcards.dataset,
        snakemake.params.models,
        snakemake.params.labels,
        list(snakemake.output),
    )
