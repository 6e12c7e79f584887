"""The transfer matrix: rows trained on, columns tested on, AUC in the cells; recall next to specificity."""

import numpy as np

from deepmirnatar.figures import base, charts


class Figure(base.Figure):
    title = "transfer between datasets"
    caption = (
        "Rows: the dataset that a model was trained on; columns: what it was tested on; cells: AUC with 95 % "
        "interval. On test sets of positives alone: the fraction found, next to the specificity on the own test split "
        "at the same threshold, without which it means nothing."
    )
    reads = ("transfer",)
    per = "experiment"

    def draw(self, data: base.Data):
        rows = data["transfer"][data["transfer"]["model"].isin(data.models)]
        trained = list(rows["trained_on"].unique())
        own = {f"{name}:test": place for place, name in enumerate(trained)}  # these first, as on the diagonal
        tested = sorted(rows["test_set"].unique(), key=lambda name: own.get(name, len(own)))
        size = {"width": 2.2 + 0.95 * len(tested), "height": 1.9 + 0.55 * len(trained)}
        n = rows.groupby("test_set")["n"].max()
        names = [name.replace(":", ":\n") + f"\nn = {n[name]:,.0f}" for name in tested]
        figure, axes = charts.panels(len(data.models), columns=1 if len(tested) > 5 else 2, **size)
        for axis, (model, label) in zip(axes, data.labels.items(), strict=True):
            part = rows[rows["model"] == model].set_index(["trained_on", "test_set"])
            aurocs = part["auroc"].unstack().reindex(index=trained, columns=tested)
            image = axis.imshow(np.ma.masked_invalid(aurocs), vmin=0.3, vmax=1, cmap="cividis", aspect="auto")
            for y, row in enumerate(trained):
                for x, column in enumerate(tested):
                    if (row, column) in part.index:
                        _write(axis, x, y, part.loc[(row, column)])
            axis.set_xticks(range(len(tested)), names, fontsize=8)
            axis.set_yticks(range(len(trained)), trained)
            axis.set(title=label, xlabel="tested on", ylabel="trained on")
            axis.spines[:].set_visible(False)
            figure.colorbar(image, ax=axis, label="AUC", shrink=0.8)
        return figure


def _write(axis, x: int, y: int, cell) -> None:
    if np.isfinite(cell["auroc"]):
        colour = "black" if cell["auroc"] > 0.65 else "white"
        axis.text(x, y, f"{cell['auroc']:.3f}", ha="center", va="center", color=colour, fontsize=10)
        interval = f"{cell['low']:.3f}–{cell['high']:.3f}"
        axis.text(x, y + 0.3, interval, ha="center", va="center", color=colour, fontsize=7.5)
    elif np.isfinite(cell["recall"]):
        # Positives alone: what is found means nothing without what is called wrongly at the same threshold.
        text = f"recall {cell['recall']:.2f}\nspec. {cell['specificity_on_own_test']:.2f}"
        axis.text(x, y, text, ha="center", va="center", fontsize=7)
