"""The score of each miRNA and gene of a case study, and whether known targets score above random genes.

Reads the genes of a prediction, the training dataset's train and valid splits, and known targets; writes all pairs and
with the AUCs of the second figure.
"""

import numpy as np
from matplotlib.patches import Rectangle

from deepmirnatar.common.fasta import read_fasta
from deepmirnatar.common.files import read_tsv, write_tsv
from deepmirnatar.common.logs import log_to
from deepmirnatar.evaluation.case_study import GROUPS, add_training, all_pairs, grouped, separation
from deepmirnatar.figures.charts import bars, chance, heat_map, panels, pyplot, save
from deepmirnatar.figures.colours import PALETTE, RED, ROLES
from deepmirnatar.pairs import five_to_three, read_pairs
from deepmirnatar.prediction.inputs import read_mirnas
from deepmirnatar.prediction.known import read_known

LARGEST = 24  # rows and columns of the heat map


def main(inputs: dict[str, str], mirnas, orientation: str, labels: dict[str, str], outputs: dict[str, str]) -> None:
    """`mirnas` as `read_mirnas` takes them; `inputs`: genes, groups, fasta, training, known and perhaps mirbase."""
    names = {"mirna": str, "target": str}
    table = all_pairs(
        read_mirnas(mirnas, inputs.get("mirbase")).table,
        read_tsv(inputs["groups"], dtype=names),
        read_tsv(inputs["genes"], dtype=names),
        read_known(inputs["known"]),
    )
    rows = read_pairs(inputs["training"], ["train", "valid"])
    rows["mirna_sequence"] = five_to_three(rows, orientation)
    table = add_training(table, rows, read_fasta(inputs["fasta"], "ACGUN"))
    write_tsv(table, outputs["pairs"])
    title = f"{labels['model']}, trained on {labels['dataset']}"
    chosen = table[table["group"] == "target"]
    rows, columns = (min(LARGEST, chosen[name].nunique()) for name in ("mirna", "target"))
    figure, (axis,) = panels(1, width=3 + 0.62 * columns, height=2.2 + 0.42 * rows)
    _matrix(axis, chosen)
    figure.suptitle(title)
    save(figure, outputs["scores"], outputs["scores_png"])
    found = separation(table)
    figure, (left, right) = pyplot().subplots(1, 2, figsize=(11, 4.4), width_ratios=[1.6, 1])
    _groups(left, table)
    _areas(right, found)
    figure.suptitle(title)
    save(figure, outputs["groups"], outputs["groups_png"])
    write_tsv(found, outputs["numbers"])


def _matrix(axis, table) -> None:
    rows, columns = (table[name].drop_duplicates().sort_values()[:LARGEST] for name in ("mirna", "target"))
    values = table.pivot(index="mirna", columns="target", values="best_score").loc[rows, columns]
    high = max(1.0, values.max(axis=None))
    inks = heat_map(axis, values, min(0.0, values.min(axis=None)), high)
    place = {name: number for number, name in [*enumerate(values.index), *enumerate(values.columns)]}
    for row in table[table["mirna"].isin(rows) & table["target"].isin(columns)].itertuples():
        x, y = place[row.target], place[row.mirna]
        if row.known:
            style = "-" if row.strong else (0, (2, 1.5))
            axis.add_patch(
                Rectangle((x - 0.46, y - 0.44), 0.92, 0.88, fill=False, linestyle=style, edgecolor=RED, linewidth=1.8)
            )
        seen = [(row.pair_positives_in_training, "+"), (row.pair_negatives_in_training, "−")]
        text = " ".join(f"{sign}{count}" for count, sign in seen if count)
        axis.text(x, y + 0.3, text, ha="center", va="center", fontsize=6.5, color=inks[y, x])
    axis.set_title("best site's score")
    axis.set_xlabel(
        "outline: strong (solid) or weaker (dashed) evidence; hatched: no candidate site\n"
        "small: the pair's rows in train and valid, + positive, − negative"
    )


def _areas(axis, found) -> None:
    sizes = found[["positives", "negatives"]].astype(str).agg(" against ".join, axis=1)
    roles = found["score"].str.startswith("model").map({True: "model", False: "shortcut"})
    bars(axis, found.assign(label=found["score"] + "\n" + sizes, colour=roles.map(ROLES)))
    chance(axis)
    axis.set(xlim=(0, 1.2), xlabel="AUC, 95 % interval over pairs\norange: without reading the site")
    axis.set_title("strong evidence against random genes")


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
            places, part["shown"], s=12, color=PALETTE[number % len(PALETTE)], label=mirna, lw=0.3, ec="#444444"
        )
    ticks = []
    for place, name in enumerate(GROUPS):
        part = table[table["pairs"] == name]
        shown = part["shown"].dropna()
        if len(shown):
            axis.plot([place - 0.35, place + 0.35], [shown.median()] * 2, color="#000000", linewidth=1.5)
        ticks.append(f"{name}\nn = {len(part)}\nno site: {len(part) - len(shown)}")
    axis.set_xticks(range(len(GROUPS)), ticks)
    axis.set(ylabel="best site's score", title="each pair, by evidence; line: median")
    axis.legend(loc="upper center", bbox_to_anchor=(0.5, -0.2), ncols=4, handletextpad=0.1)


if __name__ == "__main__":
    log_to(snakemake.log[0])
    main(
        dict(snakemake.input.items()),
        snakemake.params.mirnas,
        snakemake.params.orientation,
        snakemake.params.labels,
        dict(snakemake.output.items()),
    )
