"""The gene level, all candidate sites of a 3'UTR to scale, and the site level, one of them letter by letter."""

import re

import matplotlib.patches as shapes
import numpy as np
from matplotlib.ticker import MaxNLocator

from deepmirnatar.figures.charts import pyplot
from deepmirnatar.figures.explained.diagrams import GREY, SEEDS, arrow, box, canvas, letters, tint
from deepmirnatar.figures.explained.example import Example
from deepmirnatar.rna.seeds import AFTER_SEED, SEED_RANKS

LEFT, RIGHT = 1.0, 5.6  # of both drawings, inches
TRACK = 2.4  # height of the 3'UTR


def draw(example: Example):
    """Both levels of one pair, as a figure."""
    figure = pyplot().figure()
    axis = canvas(figure, 7.2, 4.15)
    draw_gene(axis, example)
    draw_site(axis, example)
    return figure


def draw_gene(axis, example: Example) -> None:
    """The 3'UTR to scale: one row a seed class, a bar of the site's length at each site."""
    scale = (RIGHT - LEFT) / len(example.utr)
    title = f"Gene level: {example.mirna} and the 3'UTR of {example.gene} ({len(example.utr):,} nt)"
    axis.text(0.12, 3.97, title, fontsize=10, va="center")
    axis.add_patch(shapes.Rectangle((LEFT, TRACK), RIGHT - LEFT, 0.16, facecolor="#e4e4e4", edgecolor=GREY, lw=0.8))
    masked = list(re.finditer("N+", example.utr))
    for run in masked:
        place, width = LEFT + scale * run.start(), scale * len(run[0])
        axis.add_patch(shapes.Rectangle((place, TRACK), width, 0.16, facecolor="white", edgecolor=GREY, hatch="/////"))
    axis.text(LEFT - 0.08, TRACK + 0.08, "3'UTR, 5'", ha="right", va="center", fontsize=8)
    axis.text(RIGHT + 0.06, TRACK + 0.08, "3'", ha="left", va="center", fontsize=8)
    classes = [name for name in SEED_RANKS if name in set(example.sites["seed_type"])]
    for rank, name in enumerate(classes):
        y, own = TRACK + 0.38 + 0.27 * rank, example.sites[example.sites["seed_type"] == name]
        axis.plot([LEFT, RIGHT], [y, y], color="#dddddd", lw=0.6, zorder=0)
        label = f"{name} ({len(own)})"
        axis.text(LEFT - 0.08, y, label, ha="right", va="center", fontsize=8, color=SEEDS[name], weight="bold")
        for site in own.itertuples():
            place, width = LEFT + scale * site.start, scale * (site.end - site.start)
            axis.plot([place + width / 2] * 2, [TRACK, y], color=SEEDS[name], lw=0.7, zorder=1)
            bar = shapes.Rectangle((place, y - 0.08), width, 0.16, color=SEEDS[name], zorder=3)
            bar.set_gid(f"site-{site.start}")
            axis.add_patch(bar)
    ticks = MaxNLocator(6, steps=[1, 2, 5, 10], integer=True).tick_values(0, len(example.utr))
    for tick in [tick for tick in ticks if tick <= len(example.utr)]:
        x = LEFT + scale * tick
        axis.plot([x, x], [TRACK - 0.05, TRACK], color=GREY, lw=0.8)
        axis.text(x, TRACK - 0.13, f"{tick:,.0f}", ha="center", va="center", fontsize=7.5, color=GREY)
    note = "position on the 3'UTR (nt)" + ("; hatched: masked repeats" if masked else "")
    axis.text((LEFT + RIGHT) / 2, TRACK - 0.32, note, ha="center", va="center", fontsize=8, color=GREY)
    count = f"from {len(example.sites)} sites" if len(example.sites) > 1 else "from one site"
    middle = TRACK + 0.38 + 0.27 * (len(classes) - 1) / 2
    score = box(axis, 6.52, middle, 1.1, 0.62, "one score", "result", "for the gene,", count)
    arrow(axis, (RIGHT + 0.06, middle), score.left)


def draw_site(axis, example: Example) -> None:
    """One candidate site, the miRNA above it as it faces the seed match, without gaps."""
    site, mirna = example.site, example.mirna_sequence
    length = len(site["sequence"])
    colour = SEEDS[site["seed_type"]]
    scale, step = (RIGHT - LEFT) / len(example.utr), (RIGHT - LEFT) / length
    xs = LEFT + step * (np.arange(length) + 0.5)
    top, mirna_y, site_y, bottom = 1.4, 1.0, 0.6, 0.4
    axis.text(0.12, 1.56, f"Site level: {example.mirna} and one candidate site of {length} nt", fontsize=10)
    ends = [LEFT + scale * site["start"], LEFT + scale * site["end"]]
    # The zoom passes behind the words between both drawings.
    corners = [(ends[0], TRACK), (ends[1], TRACK), (RIGHT, top), (LEFT, top)]
    axis.add_patch(shapes.Polygon(corners, closed=True, facecolor=tint(colour, 0.13), edgecolor="none", zorder=-1))
    frame = shapes.Rectangle((LEFT, bottom), RIGHT - LEFT, top - bottom, facecolor="white", edgecolor=colour, lw=1.2)
    axis.add_patch(frame)
    # Position opposite nt 1, from which the miRNA's nt run to the left.
    first = length - AFTER_SEED - 1
    facing = [first - at for at in range(len(mirna))]
    shown = [at for at in facing if at >= 0]
    for at in (first - nt + 1 for nt in range(2, 9)):
        tile = shapes.Rectangle((xs[at] - step / 2, mirna_y - 0.1), step, 0.2, facecolor=tint(colour, 0.35), zorder=1)
        axis.add_patch(tile)
    matched = {"8mer": range(1, 9), "7mer-m8": range(2, 9), "7mer-A1": range(1, 8), "6mer": range(2, 8)}
    for nt in matched[site["seed_type"]]:
        x = xs[first - nt + 1]
        axis.add_patch(shapes.Rectangle((x - step / 2, site_y - 0.1), step, 0.2, facecolor=tint(colour, 0.35)))
        # The A opposite nt 1 is part of the class whether or not it pairs.
        if nt > 1:
            axis.plot([x, x], [site_y + 0.12, mirna_y - 0.12], color="#222222", lw=1.2)
    letters(axis, mirna[: len(shown)], xs[shown], mirna_y, 8.5)
    letters(axis, site["sequence"], xs, site_y, 8.5)
    axis.text(xs[shown[-1]] - 0.14, mirna_y, "3'", ha="center", va="center", fontsize=8, weight="bold", color=GREY)
    axis.text(xs[first] + 0.14, mirna_y, "5'", ha="center", va="center", fontsize=8, weight="bold", color=GREY)
    axis.text(LEFT - 0.08, mirna_y, "miRNA", ha="right", va="center", fontsize=8)
    axis.text(LEFT - 0.08, site_y, "site, 5'", ha="right", va="center", fontsize=8)
    axis.text(RIGHT + 0.06, site_y, "3'", ha="left", va="center", fontsize=8)
    axis.text(xs[first - 4], 1.24, "seed, nt 2–8", ha="center", va="center", fontsize=8, color=GREY)
    for at in (0, length - 1):
        place = f"{site['start'] + at + 1:,}"
        axis.text(xs[at], bottom - 0.13, place, ha="center", va="center", fontsize=7.5, color=GREY)
    note = f"{site['seed_type']}, position on the 3'UTR (nt)"
    axis.text((LEFT + RIGHT) / 2, bottom - 0.13, note, ha="center", va="center", fontsize=8, color=GREY)
    middle = (top + bottom) / 2
    score = box(axis, 6.52, middle, 1.1, 0.62, "probability", "result", "for this pair of", "miRNA and site")
    arrow(axis, (RIGHT + 0.06, middle), score.left)
