"""Windows slide along a 3'UTR; those that pass the pair rule, from which negatives are drawn, are coloured."""

import matplotlib.patches as shapes
import numpy as np
import pandas as pd

from deepmirnatar.datasets.negatives.rnacofold import Settings, candidate_windows
from deepmirnatar.figures.charts import pyplot
from deepmirnatar.figures.colours import BLUE
from deepmirnatar.figures.explained.diagrams import GREY, SEEDS, canvas, letters, tint
from deepmirnatar.figures.explained.example import Example
from deepmirnatar.rna.sequences import encode

LETTERS = 90  # nt of the stretch
ROW = 0.2  # inches


def draw(example: Example, rule: Settings | None = None):
    """The windows along a stretch of the example's 3'UTR, as a figure; the rule's defaults where none is given."""
    figure = pyplot().figure()
    draw_windows(figure, example, rule or Settings())
    return figure


def stretch(example: Example, rule: Settings) -> tuple[int, int]:
    """The part of the 3'UTR to show (0-based, half-open): it begins with a window and holds the example's site."""
    middle = (example.site["start"] + example.site["end"]) // 2
    first = max(0, min(middle - LETTERS // 2, len(example.utr) - LETTERS))
    start = first // rule.step * rule.step
    return start, min(start + LETTERS, len(example.utr))


def windows(example: Example, rule: Settings) -> pd.DataFrame:
    """Windows that lie within the stretch: start, end (0-based, half-open) and passes, true where the rule holds."""
    first, last = stretch(example, rule)
    starts = np.arange(first, last - rule.window + 1, rule.step)
    passing = candidate_windows(encode(example.mirna_sequence), encode(example.utr), rule)
    return pd.DataFrame({"start": starts, "end": starts + rule.window, "passes": np.isin(starts, passing)})


def draw_windows(figure, example: Example, rule: Settings) -> None:
    first, last = stretch(example, rule)
    table = windows(example, rule)
    top = 0.62 + ROW * len(table)
    axis = canvas(figure, 7.2, top + 1.25)
    left, step = 0.42, 6.36 / (last - first)

    def x_of(position: float) -> float:
        return left + step * (position - first)

    title = f"Windows of {rule.window} nt, one every {rule.step} nt, along the 3'UTR of {example.gene}"
    axis.text(3.6, top + 1.08, f"{title}, for {example.mirna}", ha="center", va="center", fontsize=10)
    y = top + 0.38
    # The seed match: six bases before the one opposite nt 1, which the site's last five follow.
    for site in example.sites.itertuples():
        end = site.end - 6
        if first <= end - 6 and end <= last:
            colour = SEEDS[site.seed_type]
            patch = shapes.Rectangle((x_of(end - 6), 0.5), 6 * step, y - 0.38, facecolor=tint(colour, 0.3), zorder=0)
            axis.add_patch(patch)
            note = f"seed match, nt 2–7 ({site.seed_type})"
            axis.text(x_of(end - 3), y + 0.4, note, ha="center", va="center", fontsize=8, color=colour)
    letters(axis, example.utr[first:last], [x_of(at + 0.5) for at in range(first, last)], y, 8)
    axis.text(left - 0.1, y, "5'", ha="right", va="center", fontsize=8, weight="bold", color=GREY)
    axis.text(x_of(last) + 0.1, y, "3'", ha="left", va="center", fontsize=8, weight="bold", color=GREY)
    for at in range(first, last, 10):
        axis.text(x_of(at + 0.5), y + 0.2, f"{at + 1}", ha="center", va="center", fontsize=7, color=GREY)
        axis.plot([x_of(at + 0.5)] * 2, [y + 0.09, y + 0.13], color=GREY, lw=0.7)
    for number, row in enumerate(table.itertuples()):
        place = top - ROW * number
        colour = BLUE if row.passes else "#999999"
        bar = shapes.Rectangle(
            (x_of(row.start), place - 0.07),
            step * (row.end - row.start),
            0.14,
            facecolor=tint(colour, 0.75 if row.passes else 0.25),
            edgecolor=colour,
            lw=0.8,
            hatch=None if row.passes else "////",
        )
        bar.set_gid(f"window-{row.start}")
        axis.add_patch(bar)
        ends = f"{row.start + 1}–{row.end}"
        # Next to the bar, on the side that has room.
        room = x_of(row.start) - left > 0.8
        where = (x_of(row.start) - 0.06, "right") if room else (x_of(row.end) + 0.06, "left")
        axis.text(where[0], place, ends, ha=where[1], va="center", fontsize=7.5, color=GREY)
    span = f"nt {rule.pair_from}–{rule.pair_to}"
    text = f"passes the pair rule: at least {rule.min_base_pairs} of the miRNA's {span} can pair"
    handles = [
        shapes.Patch(facecolor=tint(BLUE, 0.75), edgecolor=BLUE, label=f"{text} (Watson–Crick or G–U)"),
        shapes.Patch(facecolor=tint("#999999", 0.25), edgecolor="#999999", hatch="////", label="does not pass"),
    ]
    axis.legend(handles=handles, loc="lower center", ncols=2, fontsize=8)
