"""Quality and cost: AUC, training and scoring speed, and memory of every method."""

import numpy as np
import pandas as pd

from deepmirnatar.figures import base, charts
from deepmirnatar.figures.colours import GREY, PALETTE

SHOWN = {
    "auroc": "AUC on test",
    "training_pairs_per_s": "training, pairs/s",
    "scoring_pairs_per_s": "scoring, pairs/s",
    "training_memory_mb": "training memory, MB",
}


class Figure(base.Figure):
    title = "quality and cost of each method"
    caption = (
        "Training and scoring speed and peak memory from the benchmark files of this run, and the AUC. Speeds are "
        "of whole jobs on the machine that ran them, without the embedding of sequences; methods that score faster "
        "than Python starts appear slower than they are."
    )
    reads = ("costs",)

    def draw(self, data: base.Data):
        table = data["costs"].set_index("model").reindex(list(data.models))[::-1]
        figure, axes = charts.panels(len(SHOWN), width=2.5, height=1 + 0.27 * len(table), columns=len(SHOWN))
        places = np.arange(len(table))
        for number, (axis, (column, title)) in enumerate(zip(axes, SHOWN.items(), strict=True)):
            values = table[column]
            axis.barh(places, values.fillna(0), color=PALETTE[number], height=0.65)
            if column == "auroc":
                axis.set_xlim(0, 1.25)
                charts.chance(axis)
                axis.set_xlabel("grey line: chance")
            else:
                known = values.dropna()
                axis.set_xscale("log")
                axis.set_xlabel("logarithmic")
                axis.set_xlim(*((0.5 * max(known.min(), 1e-3), 12 * known.max()) if len(known) else (0.1, 1)))
            for place, value in zip(places, values, strict=True):
                _write(axis, place, value, column, learns=pd.notna(table["training_pairs_per_s"].iloc[place]))
            axis.set(title=title)
            axis.set_yticks(places, table.index.map(data.labels) if number == 0 else [])
        figure.suptitle(f"{data.dataset}: quality and cost of each method", fontsize=10)
        return figure


def _write(axis, place: int, value: float, column: str, learns: bool) -> None:
    if np.isnan(value):
        why = " not measured" if learns or not column.startswith("training") else " does not learn"
        axis.text(axis.get_xlim()[0], place, why, va="center", fontsize=8, color=GREY)
        return
    text = f"{value:.3f}" if column == "auroc" else f"{value:,.0f}" if value >= 1000 else f"{value:,.3g}"
    axis.text(value, place, f" {text}", va="center", fontsize=8)
