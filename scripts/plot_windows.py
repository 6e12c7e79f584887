"""Figure 3: windows slide along a 3'UTR; those that can be a candidate for the miRNA are coloured.

Reads the example pair.
"""

import matplotlib.patches as shapes
import numpy as np
import pandas as pd

from deepmirnatar.common.logs import log_to
from deepmirnatar.datasets.negatives.rnacofold import Settings, candidate_windows
from deepmirnatar.figures.charts import COLOURS, plt, save
from deepmirnatar.figures.diagrams import GREY, SEEDS, canvas, letters, tint
from deepmirnatar.figures.example import Example, read_example
from deepmirnatar.rna.sequences import encode

LETTERS = 90  # nt of the stretch
ROW = 0.2  # inches


def main(example_file: str, outputs: list[str]) -> None:
    example = read_example(example_file)
    figure = plt.figure()
    draw(figure, example, Settings())
    save(figure, *outputs)


def stretch(example: Example, settings: Settings) -> tuple[int, int]:
    """The part of the 3'UTR to show (0-based, half-open): it begins with a window and holds the example's site."""
    middle = (example.site["start"] + example.site["end"]) // 2
    first = max(0, min(middle - LETTERS // 2, len(example.utr) - LETTERS))
    start = first // settings.step * settings.step
    return start, min(start + LETTERS, len(example.utr))


def windows(example: Example, settings: Settings) -> pd.DataFrame:
    """Windows that lie within the stretch: start, end (0-based, half-open) and candidate, true where the rule holds."""
    first, last = stretch(example, settings)
    starts = np.arange(first, last - settings.window + 1, settings.step)
    passing = candidate_windows(encode(example.mirna_sequence), encode(example.utr), settings)
    return pd.DataFrame({"start": starts, "end": starts + settings.window, "candidate": np.isin(starts, passing)})


def draw(figure, example: Example, settings: Settings) -> None:
    first, last = stretch(example, settings)
    table = windows(example, settings)
    top = 0.62 + ROW * len(table)
    axis = canvas(figure, 7.2, top + 1.25)
    left, step = 0.42, 6.36 / (last - first)

    def x_of(position: float) -> float:
        return left + step * (position - first)

    title = f"Windows of {settings.window} nt, one every {settings.step} nt, along the 3'UTR of {example.gene}"
    axis.text(3.6, top + 1.08, f"{title}, for {example.mirna}", ha="center", va="center", fontsize=10)
    y = top + 0.38
    # The seed match: six bases before the one opposite nt 1, which the site's last five follow.
    for site in example.sites.itertuples():
        end = site.end - 6
        if first <= end - 6 and end <= last:
            colour = SEEDS[site.seed_class]
            patch = shapes.Rectangle((x_of(end - 6), 0.5), 6 * step, y - 0.38, facecolor=tint(colour, 0.3), zorder=0)
            axis.add_patch(patch)
            note = f"seed match, nt 2–7 ({site.seed_class})"
            axis.text(x_of(end - 3), y + 0.4, note, ha="center", va="center", fontsize=8, color=colour)
    letters(axis, example.utr[first:last], [x_of(at + 0.5) for at in range(first, last)], y, 8)
    axis.text(left - 0.1, y, "5'", ha="right", va="center", fontsize=8, weight="bold", color=GREY)
    axis.text(x_of(last) + 0.1, y, "3'", ha="left", va="center", fontsize=8, weight="bold", color=GREY)
    for at in range(first, last, 10):
        axis.text(x_of(at + 0.5), y + 0.2, f"{at + 1}", ha="center", va="center", fontsize=7, color=GREY)
        axis.plot([x_of(at + 0.5)] * 2, [y + 0.09, y + 0.13], color=GREY, lw=0.7)
    for number, row in enumerate(table.itertuples()):
        place = top - ROW * number
        colour = COLOURS[0] if row.candidate else "#999999"
        bar = shapes.Rectangle(
            (x_of(row.start), place - 0.07),
            step * (row.end - row.start),
            0.14,
            facecolor=tint(colour, 0.75 if row.candidate else 0.25),
            edgecolor=colour,
            lw=0.8,
            hatch=None if row.candidate else "////",
        )
        bar.set_gid(f"window-{row.start}")
        axis.add_patch(bar)
        ends = f"{row.start + 1}–{row.end}"
        # Beside the bar, on the side that has room.
        room = x_of(row.start) - left > 0.8
        where = (x_of(row.start) - 0.06, "right") if room else (x_of(row.end) + 0.06, "left")
        axis.text(where[0], place, ends, ha=where[1], va="center", fontsize=7.5, color=GREY)
    span = f"nt {settings.pair_from}–{settings.pair_to}"
    rule = f"candidate: at least {settings.min_base_pairs} of the miRNA's {span} can pair"
    handles = [
        shapes.Patch(facecolor=tint(COLOURS[0], 0.75), edgecolor=COLOURS[0], label=f"{rule} (Watson–Crick or G–U)"),
        shapes.Patch(facecolor=tint("#999999", 0.25), edgecolor="#999999", hatch="////", label="no candidate"),
    ]
    axis.legend(handles=handles, loc="lower center", ncols=2, fontsize=8)


if __name__ == "__main__":
    log_to(snakemake.log[0])
    main(snakemake.input.example, list(snakemake.output))
