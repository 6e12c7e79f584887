"""Boxes, arrows and letters: what the explanatory figures are drawn with."""

from dataclasses import dataclass

import matplotlib.patches as shapes
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb

from deepmirnatar.figures.colours import BLACK, BLUE, GREEN, ORANGE, PINK, RED, SKY
from deepmirnatar.figures.colours import DARK as GREY

# One colour for one kind of step, in all diagrams.
KIND = {
    "data": "#777777",
    "embedding": SKY,
    "convolution": ORANGE,
    "recurrent": GREEN,
    "attention": BLUE,
    "linear": PINK,
    "result": RED,
}
BASES = {"A": GREEN, "C": BLUE, "G": "#B07700", "U": RED}
# Seed classes, weakest first as in `rna.seeds.SEED_RANKS`.
SEEDS = {
    "offset 6mer": BLACK,
    "6mer": SKY,
    "7mer-A1": GREEN,
    "7mer-m8": ORANGE,
    "8mer": RED,
}

RECURRENT = {"lstm": "BiLSTM", "gru": "BiGRU", "positions": "sinusoidal positions"}


def tint(colour: str, share: float = 0.18) -> tuple[float, float, float]:
    """The colour mixed with white: `share` of it is left."""
    return tuple(1 - share * (1 - value) for value in to_rgb(colour))


def shape_text(shape: tuple[int, ...]) -> str:
    """(1, 19, 64) as '1 × 19 × 64'."""
    return " × ".join(map(str, shape)) if shape else "scalar"


def parameters(count: int) -> str:
    return f"{count:,} parameters" if count else "no parameters"


@dataclass
class Box:
    """A drawn box: centre and half sizes, in units of the axis."""

    x: float
    y: float
    width: float
    height: float

    @property
    def top(self) -> tuple[float, float]:
        return self.x, self.y + self.height / 2

    @property
    def bottom(self) -> tuple[float, float]:
        return self.x, self.y - self.height / 2

    @property
    def left(self) -> tuple[float, float]:
        return self.x - self.width / 2, self.y

    @property
    def right(self) -> tuple[float, float]:
        return self.x + self.width / 2, self.y


def box(axis: Axes, x: float, y: float, width: float, height: float, title: str, kind: str, *lines: str) -> Box:
    """A rounded box around (x, y): a bold title and plain lines below it."""
    colour = KIND[kind]
    axis.add_patch(
        shapes.FancyBboxPatch(
            (x - width / 2, y - height / 2),
            width,
            height,
            boxstyle="round,pad=0,rounding_size=0.06",
            facecolor=tint(colour),
            edgecolor=colour,
            linewidth=1.2,
            zorder=2,
        )
    )
    step = 0.165
    first = y + step * len(lines) / 2
    axis.text(x, first, title, ha="center", va="center", fontsize=8, weight="bold", zorder=3)
    for number, line in enumerate(lines, start=1):
        axis.text(x, first - step * number, line, ha="center", va="center", fontsize=7.5, zorder=3)
    return Box(x, y, width, height)


def arrow(axis: Axes, start: tuple, end: tuple, label: str = "", side: float = 0.06) -> None:
    """An arrow with its label next to its middle."""
    style = {"arrowstyle": "-|>", "color": GREY, "lw": 1, "shrinkA": 0, "shrinkB": 0, "mutation_scale": 9}
    axis.annotate("", end, start, arrowprops=style, zorder=1)
    if label:
        place = (start[0] + end[0]) / 2 + side, (start[1] + end[1]) / 2
        axis.text(*place, label, ha="left" if side >= 0 else "right", va="center", fontsize=7.5, color=GREY)


def route(axis: Axes, *points: tuple[float, float]) -> None:
    """An arrow along straight pieces through all points."""
    axis.plot(*zip(*points[:-1], strict=True), color=GREY, lw=1, zorder=1, solid_capstyle="butt")
    arrow(axis, points[-2], points[-1])


def canvas(figure, width: float, height: float) -> Axes:
    """Axes without a frame whose units are inches, over the whole figure; y runs upwards."""
    figure.set_layout_engine("none")
    figure.set_size_inches(width, height)
    axis = figure.add_axes((0, 0, 1, 1))
    axis.set(xlim=(0, width), ylim=(0, height))
    axis.axis("off")
    return axis


def letters(axis: Axes, text: str, xs, ys, size: float = 9, **style) -> None:
    """Each letter of a sequence centred on its place; `ys` may be one height for all."""
    for letter, x, y in np.broadcast(list(text), xs, ys):
        look = {"color": BASES.get(letter, GREY), "family": "monospace", "fontsize": size, "zorder": 4, **style}
        axis.text(x, y, str(letter), ha="center", va="center", **look)
