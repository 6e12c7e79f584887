"""Drawing: one style for all figures, and the figures that several scripts share. Colour-blind safe, vector files."""

from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from deepmirnatar.common.files import atomic

# Okabe and Ito's palette; the order keeps neighbours apart for all common kinds of colour blindness.
COLOURS = ["#0072B2", "#E69F00", "#009E73", "#CC79A7", "#D55E00", "#56B4E9", "#F0E442", "#000000"]
DASHES = ["-", "--", "-.", ":"]
LABELS = {0: "negative", 1: "positive"}
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

plt.rcParams.update(
    {
        "font.size": 9,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.titlesize": 10,
        "legend.frameon": False,
        "legend.fontsize": 8,
        "figure.constrained_layout.use": True,
        "svg.fonttype": "none",
        "svg.hashsalt": "deepmirnatar",
        "pdf.fonttype": 42,
    }
)


def style(number: int) -> dict:
    """Colour and dash of the number-th line of a figure."""
    return {
        "color": COLOURS[number % len(COLOURS)],
        "linestyle": DASHES[number // len(COLOURS) % len(DASHES)],
    }


def save(figure: plt.Figure, *paths: str | Path) -> None:
    """Write the same figure to each path, by its suffix (svg, pdf, png); no dates inside, so reruns compare equal."""
    for path in paths:
        kind = Path(path).suffix[1:]
        with atomic(path) as part:
            date = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}.get(kind, {})
            figure.savefig(part, format=kind, dpi=200, metadata=date)
    plt.close(figure)


def panels(count: int, width: float = 3.4, height: float = 3.2, columns: int = 3) -> tuple:
    """A figure and a flat list of `count` axes, in rows of at most `columns`."""
    columns = min(columns, count)
    rows = -(-count // columns)
    figure, axes = plt.subplots(rows, columns, figsize=(width * columns, height * rows), squeeze=False)
    for axis in axes.flat[count:]:
        axis.set_visible(False)
    return figure, list(axes.flat[:count])


def bars(axis: plt.Axes, values: pd.DataFrame, colour: str = COLOURS[0]) -> None:
    """Horizontal bars with intervals: columns label, value, low, high (low and high may be missing), top first."""
    values = values.iloc[::-1].reset_index(drop=True)
    places = np.arange(len(values))
    colours = values.get("colour", colour)
    axis.barh(places, values["value"], color=colours, height=0.65)
    known = values["low"].notna() if "low" in values else pd.Series(False, index=values.index)
    if known.any():
        part = values[known]
        reach = np.abs(part[["low", "high"]].to_numpy().T - part["value"].to_numpy())
        axis.errorbar(part["value"], places[known], xerr=reach, fmt="none", ecolor="#333333", capsize=2, linewidth=1)
    # A ground of its own keeps a number legible where a line of reference runs through it.
    ground = {"facecolor": "white", "edgecolor": "none", "pad": 0.5}
    for place, value, high in zip(places, values["value"], values.get("high", values["value"]), strict=True):
        end = value if pd.isna(high) else max(value, high)
        axis.text(end + 0.01, place, f"{value:.3f}", va="center", fontsize=8, bbox=ground, zorder=3)
    axis.set_yticks(places, values["label"])


def dots(axis: plt.Axes, metrics: pd.DataFrame, models: list[str], labels: dict[str, str]) -> None:
    """One row per model, top first: a small point per seed, the mean, and how far it may lie off.

    `metrics`: rows of one metric with columns model, seed, value, low, high. With several seeds the line is their
    standard deviation, with one it is the bootstrap's interval. The axis does not start at zero: points need no base.
    """
    for place, model in enumerate(reversed(models)):
        part, colour = metrics[metrics["model"] == model], COLOURS[(len(models) - 1 - place) % len(COLOURS)]
        if not len(part):
            continue
        mean = part["value"].mean()
        low, high = (part["low"].iloc[0], part["high"].iloc[0])
        if len(part) > 1:
            low, high = mean - part["value"].std(), mean + part["value"].std()
        axis.plot([low, high], [place, place], color=colour, linewidth=2)
        axis.scatter(part["value"], [place] * len(part), s=14, facecolor="white", edgecolor=colour, zorder=3)
        axis.scatter([mean], [place], s=42, color=colour, zorder=2)
        axis.annotate(f"{mean:.3f}", (mean, place), (0, 6), textcoords="offset points", ha="center", fontsize=8)
    axis.set_yticks(range(len(models)), [labels.get(model, model) for model in reversed(models)])
    axis.set_ylim(-0.6, len(models) - 0.2)
    axis.margins(x=0.12)
    axis.locator_params(axis="x", nbins=6)
    axis.grid(axis="x", color="#DDDDDD", linewidth=0.6)


def heat_map(axis: plt.Axes, values: pd.DataFrame, low: float = 0, high: float = 1, most: int = 150) -> None:
    """Values as colours, hatched where there is none; their numbers where they are at most `most`."""
    image = axis.imshow(values, cmap="Blues", vmin=low, vmax=high, aspect="auto")
    for row, column in np.argwhere(values.isna().to_numpy()):
        square = (column - 0.5, row - 0.5)
        axis.add_patch(plt.Rectangle(square, 1, 1, facecolor="#FFFFFF", edgecolor="#BBBBBB", hatch="////", linewidth=0))
    if values.size <= most:
        for (row, column), value in np.ndenumerate(values.to_numpy(dtype=float)):
            if not np.isnan(value):
                dark = value > low + 0.6 * (high - low)
                axis.text(
                    column,
                    row,
                    f"{value:.3f}",
                    ha="center",
                    va="center",
                    fontsize=7,
                    color="#FFFFFF" if dark else "#000000",
                )
    axis.set_xticks(range(values.shape[1]), values.columns, rotation=90)
    axis.set_yticks(range(values.shape[0]), values.index)
    axis.tick_params(length=0)
    axis.figure.colorbar(image, ax=axis, shrink=0.6, pad=0.02)
