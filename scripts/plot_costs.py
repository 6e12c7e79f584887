"""Cost beside quality: AUC, training and scoring speed and memory of every method of Table 3.

Reads the table of costs only.
"""

import numpy as np

from deepmirnatar.common.files import read_tsv
from deepmirnatar.common.logs import log_to
from deepmirnatar.figures.charts import COLOURS, panels, save

SHOWN = {
    "auroc": "AUC on test",
    "training_pairs_per_s": "training, pairs/s",
    "scoring_pairs_per_s": "scoring, pairs/s",
    "training_memory_mb": "training memory, MB",
}


def main(costs: str, dataset: str, outputs: list[str]) -> None:
    table = read_tsv(costs).iloc[::-1].reset_index(drop=True)
    figure, axes = panels(len(SHOWN), width=2.5, height=1 + 0.27 * len(table), columns=4)
    places = np.arange(len(table))
    for number, (axis, (column, name)) in enumerate(zip(axes, SHOWN.items(), strict=True)):
        values = table[column]
        axis.barh(places, values.fillna(0), color=COLOURS[number], height=0.65)
        largest = np.nanmax(values) if values.notna().any() else 1.0
        if column == "auroc":
            axis.set_xlim(0, 1.25)
            axis.axvline(0.5, color="#999999", linewidth=0.8)
            axis.set_xlabel("grey line: chance")
        else:
            axis.set_xscale("log")
            axis.set_xlabel("logarithmic")
            axis.set_xlim(0.5 * max(values.min(), 1e-3) if values.notna().any() else 0.1, 12 * largest)
        for place, value in zip(places, values, strict=True):
            text = "does not learn" if np.isnan(value) else f"{value:.3f}" if column == "auroc" else f"{value:,.3g}"
            start = axis.get_xlim()[0] if np.isnan(value) else value
            text = f"{value:,.0f}" if not np.isnan(value) and value >= 1000 else text
            axis.text(
                start, place, f" {text}", va="center", fontsize=8, color="#777777" if np.isnan(value) else "black"
            )
        axis.set(title=name)
        axis.set_yticks(places, table["method"] if number == 0 else [])
    figure.suptitle(f"{dataset}: quality and cost of each method", fontsize=10)
    save(figure, *outputs)


if __name__ == "__main__":
    log_to(snakemake.log[0])
    main(snakemake.input.costs, snakemake.wildcards.dataset, list(snakemake.output))
