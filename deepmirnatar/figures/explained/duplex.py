"""A real miRNA on a real site, folded by ViennaRNA's duplexfold and drawn letter by letter."""

import matplotlib.patches as shapes

from deepmirnatar.figures.charts import pyplot
from deepmirnatar.figures.colours import PINK
from deepmirnatar.figures.explained.diagrams import GREY, SEEDS, canvas, letters, tint
from deepmirnatar.figures.explained.example import Example
from deepmirnatar.rna.duplex import fold, layout

SEED = range(2, 9)
MIRNA, SITE, AWAY = 1.62, 1.02, 0.24  # heights in inches: paired letters, and how far unpaired ones are set apart
PAIR_COLOURS = {"Watson-Crick": "#222222", "G-U": PINK}


def draw(example: Example):
    """The example's best site with the miRNA on it, as a figure."""
    site = example.site
    duplex = fold(example.mirna_sequence, site["sequence"])
    figure = pyplot().figure()
    axis = canvas(figure, 7.2, 2.9)
    title = f"{example.mirna} on a site ({site['seed_type']}) in the 3'UTR of {example.gene}"
    axis.text(3.6, 2.72, f"{title}: −{-duplex.energy:.1f} kcal/mol", ha="center", va="center", fontsize=10)
    draw_duplex(axis, layout(duplex), site["start"])
    legend(axis)
    return figure


def draw_duplex(axis, table, start: int) -> None:
    """Both strands and their pairs; `start` is the site's first position on the 3'UTR, from 0."""
    step = 6.1 / max(table["column"].max(), 1)
    table = table.assign(x=0.6 + step * table["column"])
    base = table["strand"].map({"mirna": MIRNA, "site": SITE})
    away = table["strand"].map({"mirna": AWAY, "site": -AWAY})
    table["y"] = base + away * (table["pair"] == "")
    mirna, site = (table[table["strand"] == strand].set_index("nt").sort_index() for strand in ("mirna", "site"))
    for nt in SEED:
        x, y = mirna.loc[nt, ["x", "y"]]
        tile = shapes.Rectangle((x - step / 2, y - 0.11), step, 0.22, facecolor=tint(SEEDS["7mer-m8"], 0.45), zorder=1)
        tile.set_gid(f"seed-nt-{nt}")
        axis.add_patch(tile)
    for strand in (mirna, site):
        letters(axis, "".join(strand["letter"]), strand["x"], strand["y"], 9.5)
    pairs = mirna[mirna["pair"] != ""]
    for row in pairs.itertuples():
        colour = PAIR_COLOURS[row.pair]
        if row.pair == "G-U":
            axis.plot(row.x, (MIRNA + SITE) / 2, "o", ms=4, mfc="white", mec=colour, mew=1.3, gid="pair-GU")
        else:
            axis.plot([row.x] * 2, [SITE + 0.17, MIRNA - 0.17], "-", color=colour, lw=1.4, gid="pair-WC")
    for strand, left, right in ((mirna, "3'", "5'"), (site, "5'", "3'")):
        for text, place, side in ((left, strand["x"].idxmin(), -1), (right, strand["x"].idxmax(), 1)):
            x, height = strand.loc[place, ["x", "y"]]
            axis.text(x + side * 0.17, height, text, ha="center", va="center", fontsize=8, weight="bold", color=GREY)
    number(axis, mirna, [1, 8, 13, 16, len(mirna)], MIRNA + AWAY + 0.22, 0)
    number(axis, site, [1, *range(10, len(site) + 1, 10)], SITE - AWAY - 0.22, start)
    ends = [mirna.loc[nt, "x"] for nt in (SEED[0], SEED[-1])]
    y = MIRNA + AWAY + 0.38
    axis.plot([min(ends) - step / 2, max(ends) + step / 2], [y, y], color=SEEDS["7mer-m8"], lw=2)
    axis.text(sum(ends) / 2, y + 0.12, f"seed, nt {SEED[0]}–{SEED[-1]}", ha="center", va="center", fontsize=8)
    axis.text(0.12, y + 0.12, "miRNA, nt from its 5' end", fontsize=8, color=GREY, va="center")
    axis.text(0.12, SITE - AWAY - 0.42, "site, position on the 3'UTR (nt)", fontsize=8, color=GREY, va="center")


def number(axis, strand, places: list[int], y: float, offset: int) -> None:
    """Positions along one strand."""
    for nt in dict.fromkeys(places):
        axis.text(strand.loc[nt, "x"], y, str(nt + offset), ha="center", va="center", fontsize=7, color=GREY)


def legend(axis) -> None:
    handles = [
        pyplot().Line2D(
            [], [], color=PAIR_COLOURS["Watson-Crick"], marker="|", ls="", ms=9, mew=1.4, label="Watson–Crick"
        ),
        pyplot().Line2D([], [], ls="", marker="o", mfc="white", mec=PAIR_COLOURS["G-U"], mew=1.3, ms=4, label="G–U"),
    ]
    axis.legend(handles=handles, loc="lower center", ncols=2, fontsize=8, bbox_to_anchor=(0.5, 0.0))
