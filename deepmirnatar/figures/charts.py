"""Drawing: one style for all figures, and the charts that several of them share.

Cheap to import, because the workflow reads every kind of figure to plan: matplotlib is loaded by the first `pyplot()`.
"""

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from deepmirnatar.common.files import atomic
from deepmirnatar.figures.colours import BLUE, DARK, GREY, LIGHT

ODDS_TICKS = [0.0001, 0.001, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999, 0.9999]
FEW = 6  # lines of single seeds would hide more models than these
# How figures print the names of metrics.
NAMES = {
    "auroc": "AUC",
    "auprc": "average precision",
    "sensitivity": "sensitivity",
    "specificity": "specificity",
    "precision": "precision",
    "f1": "F",
    "accuracy": "accuracy",
}
STYLE = {
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 10,
    "legend.frameon": False,
    "legend.fontsize": 8,
    "figure.constrained_layout.use": True,
    "svg.fonttype": "none",
    "svg.hashsalt": "deepmirnatar",
}


@cache
def pyplot():
    """matplotlib.pyplot in our style, without a screen."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    plt.rcParams.update(STYLE)
    return plt


def save(figure, *paths: str | Path) -> None:
    """Write the same figure to each path, by its suffix (svg, png); no dates inside, so reruns compare equal."""
    for path in paths:
        kind = Path(path).suffix[1:]
        with atomic(path) as part:
            figure.savefig(part, format=kind, dpi=200, metadata={"Date": None} if kind == "svg" else {})
    pyplot().close(figure)


def panels(count: int, width: float = 3.4, height: float = 3.2, columns: int = 3) -> tuple:
    """A figure and a flat list of `count` axes, in rows of at most `columns`; sizes of one panel in inches."""
    columns = min(columns, count)
    rows = -(-count // columns)
    figure, axes = pyplot().subplots(rows, columns, figsize=(width * columns, height * rows), squeeze=False)
    for axis in axes.flat[count:]:
        axis.set_visible(False)
    return figure, list(axes.flat[:count])


def empty(text: str):
    """A figure that says why there is nothing to draw."""
    figure, (axis,) = panels(1, width=5, height=1.2)
    axis.text(0.5, 0.5, text, ha="center", va="center", transform=axis.transAxes)
    axis.axis("off")
    return figure


def legend_below(figure, handles: list, columns: int = 3) -> None:
    """One legend for the whole figure, below all panels, where it takes no room from them."""
    if handles:
        figure.legend(handles=handles, loc="outside lower center", ncols=columns)


def bars(axis, values: pd.DataFrame, colour: str = BLUE) -> None:
    """Horizontal bars with intervals, top first: columns label, value; low, high, colour may be missing."""
    values = values.iloc[::-1].reset_index(drop=True)
    places = np.arange(len(values))
    axis.barh(places, values["value"], color=values.get("colour", colour), height=0.65)
    known = values["low"].notna() if "low" in values else pd.Series(False, index=values.index)
    if known.any():
        part = values[known]
        reach = np.abs(part[["low", "high"]].to_numpy().T - part["value"].to_numpy())
        axis.errorbar(part["value"], places[known], xerr=reach, fmt="none", ecolor="#333333", capsize=2, linewidth=1)
    # A background keeps a number legible where a reference line runs through it.
    ground = {"facecolor": "white", "edgecolor": "none", "pad": 0.5}
    for place, value, high in zip(places, values["value"], values.get("high", values["value"]), strict=True):
        end = value if pd.isna(high) else max(value, high)
        axis.text(end + 0.01, place, f"{value:.3f}", va="center", fontsize=8, bbox=ground, zorder=3)
    axis.set_yticks(places, values["label"])


def dots(axis, metrics: pd.DataFrame, labels: dict[str, str], colours: dict[str, str]) -> None:
    """One row per model of `labels`, top first: a small point per seed, the mean, and its uncertainty.

    `metrics`: rows of one metric with columns model, seed, value, low, high. With several seeds the line is their
    standard deviation, with one it is the bootstrap's interval. The axis does not start at zero: points need no base.
    """
    names = list(reversed(labels))
    for place, model in enumerate(names):
        part, colour = metrics[metrics["model"] == model], colours[model]
        if not len(part):
            continue
        mean = part["value"].mean()
        low, high = part["low"].iloc[0], part["high"].iloc[0]
        if len(part) > 1:
            low, high = mean - part["value"].std(), mean + part["value"].std()
        axis.plot([low, high], [place, place], color=colour, linewidth=2)
        axis.scatter(part["value"], [place] * len(part), s=14, facecolor="white", edgecolor=colour, zorder=3)
        axis.scatter([mean], [place], s=42, color=colour, zorder=2)
        axis.annotate(f"{mean:.3f}", (mean, place), (0, 6), textcoords="offset points", ha="center", fontsize=8)
    axis.set_yticks(range(len(names)), [labels[model] for model in names])
    axis.set_ylim(-0.6, len(names) - 0.2)
    axis.margins(x=0.12)
    axis.locator_params(axis="x", nbins=6)
    axis.grid(axis="x", color=LIGHT, linewidth=0.6)


def losses(axis, histories: pd.DataFrame, column: str, styles: dict[str, tuple[str, str]], **line) -> None:
    """One column of the histories by epoch: a line per model, its mean over seeds; thin lines: seeds of few models."""
    for model, part in histories.groupby("model", sort=False):
        style = {"color": styles[model][0], "linestyle": styles[model][1]} | line
        if part["seed"].nunique() > 1 and histories["model"].nunique() <= FEW:
            for _, seed in part.groupby("seed"):
                axis.plot(seed["epoch"], seed[column], **(style | {"linewidth": 0.6, "alpha": 0.4, "marker": ""}))
        mean = part.groupby("epoch")[column].mean()
        axis.plot(mean.index, mean, **({"marker": ".", "linewidth": 1.5} | style))
    axis.xaxis.get_major_locator().set_params(integer=True)
    axis.set_xlabel("epoch")


def lines(styles: dict[str, tuple[str, str]], labels: dict[str, str]) -> list:
    """Handles of a legend, a line per model."""
    plt = pyplot()
    return [
        plt.Line2D([], [], color=styles[name][0], ls=styles[name][1], label=label) for name, label in labels.items()
    ]


def heat_map(axis, values: pd.DataFrame, low: float = 0, high: float = 1, most: int = 150) -> np.ndarray:
    """Values as colours, hatched where there is none; their numbers where they are at most `most`.

    Probabilities are coloured by their odds, because most lie near 0 or 1 and would look alike. Returns the colour, as
    an array of the shape of `values`, in which text can be read on each cell.
    """
    plt = pyplot()
    known = values.to_numpy(dtype=float)
    odds = low >= 0 and high <= 1
    shown, low, high = (scaled(each) if odds else each for each in (known, low, high))
    if odds and np.isfinite(shown).any():
        low, high = np.nanmin(shown), max(np.nanmax(shown), np.nanmin(shown) + 1e-9)
    inks = np.where(shown > low + 0.6 * (high - low), "#FFFFFF", "#000000")
    image = axis.imshow(shown, cmap="Blues", vmin=low, vmax=high, aspect="auto")
    for row, column in np.argwhere(np.isnan(known)):
        square = (column - 0.5, row - 0.5)
        axis.add_patch(plt.Rectangle(square, 1, 1, facecolor="#FFFFFF", edgecolor="#BBBBBB", hatch="////", linewidth=0))
    if values.size <= most:
        for (row, column), value in np.ndenumerate(known):
            if not np.isnan(value):
                text = probability(value) if odds else f"{value:.3f}"
                axis.text(column, row, text, ha="center", va="center", fontsize=7, color=inks[row, column])
    axis.set_xticks(range(values.shape[1]), values.columns, rotation=90)
    axis.set_yticks(range(values.shape[0]), values.index)
    axis.tick_params(length=0)
    bar = axis.figure.colorbar(image, ax=axis, shrink=0.6, pad=0.02)
    if odds:
        ticks = [each for each in ODDS_TICKS if low <= scaled(each) <= high]
        bar.set_ticks([scaled(each) for each in ticks], labels=[f"{each:g}" for each in ticks])
    return inks


def scaled(probabilities):
    """Natural logarithm of the odds; 0 and 1 are taken as a millionth away from it."""
    clipped = np.clip(probabilities, 1e-6, 1 - 1e-6)
    return np.log(clipped / (1 - clipped))


def probability(value: float) -> str:
    """Enough digits to distinguish probabilities near 1: 0.53, 0.998, 0.99991."""
    digits = int(np.clip(np.ceil(-np.log10(max(min(value, 1 - value), 1e-6))) + 1, 2, 5))
    return f"{value:.{digits}f}"


def chance(axis, value: float = 0.5) -> None:
    """The grey line of what a random score would reach."""
    axis.axvline(value, color=GREY, linewidth=0.8, zorder=0)


def add_note(figure, text: str) -> None:
    """A line under the title of the whole figure, such as a warning that the data are too small."""
    if not text:
        return
    title = figure.get_suptitle()
    if title:
        next(each for each in figure.texts if each.get_text() == title).set_text(f"{title}\n{text}")
    else:
        figure.suptitle(text, fontsize=9, color=DARK)
