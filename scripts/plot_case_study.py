"""Figure 14: the score of each miRNA and gene of a case study, and whether known targets score above random genes.

Reads the targets table; writes the numbers of the last panel beside the figure.
"""

import numpy as np
from matplotlib.patches import Rectangle

from deepmirnatar.common.files import read_tsv, write_tsv
from deepmirnatar.common.logs import log_to
from deepmirnatar.figures.charts import COLOURS, bars, heat_map, plt, save
from deepmirnatar.prediction.case_study import GROUPS, grouped, separation

LARGEST = 24  # rows and columns of the heat map


def main(targets: str, labels: dict[str, str], outputs: list[str], numbers: str) -> None:
    table = read_tsv(targets, dtype={"mirna": str, "target": str})
    found = separation(table)
    figure, axes = plt.subplot_mosaic(
        [["matrix", "areas"], ["groups", "groups"]], figsize=(9.6, 8), width_ratios=[1.7, 1]
    )
    right = axes["areas"]
    _matrix(axes["matrix"], table[table["group"] == "target"])
    _groups(axes["groups"], table)
    sizes = found[["positives", "negatives"]].astype(str).agg(" against ".join, axis=1)
    colours = found["score"].str.startswith("model").map({True: COLOURS[0], False: COLOURS[1]})
    bars(right, found.assign(label=found["score"] + "\n" + sizes, colour=colours))
    right.axvline(0.5, color="#999999", linewidth=0.8)
    right.set(xlim=(0, 1.2), xlabel="AUC, 95 % interval over pairs\norange: without reading the site")
    right.set_title("strong evidence against random genes")
    figure.suptitle(f"{labels['model']}, trained on {labels['dataset']}")
    save(figure, *outputs)
    write_tsv(found, numbers)


def _matrix(axis, table) -> None:
    rows, columns = (table[name].drop_duplicates().sort_values()[:LARGEST] for name in ("mirna", "target"))
    values = table.pivot(index="mirna", columns="target", values="best_score").loc[rows, columns]
    high = max(1.0, values.max(axis=None))
    heat_map(axis, values, min(0.0, values.min(axis=None)), high)
    place = {name: number for number, name in [*enumerate(values.index), *enumerate(values.columns)]}
    for row in table[table["mirna"].isin(rows) & table["target"].isin(columns)].itertuples():
        x, y = place[row.target], place[row.mirna]
        if row.known:
            style = "-" if row.strong else (0, (2, 1.5))
            axis.add_patch(
                Rectangle(
                    (x - 0.46, y - 0.44), 0.92, 0.88, fill=False, linestyle=style, edgecolor=COLOURS[4], linewidth=1.8
                )
            )
        seen = [(row.pair_positives_in_training, "+"), (row.pair_negatives_in_training, "−")]
        text = " ".join(f"{sign}{count}" for count, sign in seen if count)
        dark = row.best_score > 0.6 * high
        axis.text(x, y + 0.3, text, ha="center", va="center", fontsize=6.5, color="#FFFFFF" if dark else "#000000")
    axis.set_title("best site's score")
    axis.set_xlabel(
        "outline: strong (solid) or weaker (dashed) evidence; hatched: no candidate site\n"
        "small: the pair's rows in train and valid, + positive, − negative"
    )


def _groups(axis, table) -> None:
    table = table.assign(pairs=grouped(table), shown=table["best_score"])
    if table["best_score"].dropna().between(0, 1).all():
        # Most probabilities lie near 0 or 1; odds spread them.
        table["shown"] = table["shown"].clip(1e-6, 1 - 1e-6)
        axis.set_yscale("logit")
    rng = np.random.default_rng(1)
    for number, (mirna, part) in enumerate(table.groupby("mirna")):
        part = part[(part["pairs"] != "") & (part["sites"] > 0)]
        places = part["pairs"].map(GROUPS.index) + rng.uniform(-0.3, 0.3, len(part))
        axis.scatter(
            places, part["shown"], s=12, color=COLOURS[number % len(COLOURS)], label=mirna, lw=0.3, ec="#444444"
        )
    ticks = []
    for place, name in enumerate(GROUPS):
        part = table[table["pairs"] == name]
        shown = part["shown"].dropna()
        if len(shown):
            axis.plot([place - 0.35, place + 0.35], [shown.median()] * 2, color="#000000", linewidth=1.5)
        ticks.append(f"{name}\nn = {len(part)}, no site: {len(part) - len(shown)}")
    axis.set_xticks(range(len(GROUPS)), ticks)
    axis.set(ylabel="best site's score", title="each pair, by evidence; line: median")
    axis.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), handletextpad=0.1)


if __name__ == "__main__":
    log_to(snakemake.log[0])
    *pictures, numbers = snakemake.output
    main(snakemake.input.targets, snakemake.params.labels, pictures, numbers)
