"""What a user asks of a prediction: which genes, by which miRNA, with how many sites.

Reads the targets table; genes of the random background are left out.
"""

from deepmirnatar.common.files import read_tsv
from deepmirnatar.common.logs import log_to
from deepmirnatar.figures.charts import heat_map, probability, pyplot, save
from deepmirnatar.figures.colours import BLUE

GENES, MIRNAS = 40, 30  # shown at most, best first


def main(targets: str, labels: dict[str, str], outputs: list[str]) -> None:
    table = read_tsv(targets, dtype={"mirna": str, "target": str})
    table = table[table["group"] == "target"]
    # The table stands best first, and so do the first rows of each gene and miRNA.
    genes, mirnas = (table[name].drop_duplicates()[:count] for name, count in (("target", GENES), ("mirna", MIRNAS)))
    values = table.pivot(index="target", columns="mirna", values="best_score").loc[genes, mirnas]
    figure, (left, right) = pyplot().subplots(
        1,
        2,
        figsize=(0.5 * len(mirnas) + 6.5, 0.26 * len(genes) + 2.2),
        width_ratios=[0.5 * len(mirnas) + 2, 4.5],
        sharey=True,
    )
    heat_map(left, values, min(0.0, values.min(axis=None)), max(1.0, values.max(axis=None)))
    cut = f"; first {len(genes)} of {count} genes" if (count := table["target"].nunique()) > len(genes) else ""
    left.set_title(f"best site's score; hatched: no site{cut}")
    sums = table.groupby("target")[["sites", "called"]].sum().loc[genes]
    best = table.drop_duplicates("target").set_index("target").loc[genes]
    for column, colour in (("sites", "#CCCCCC"), ("called", BLUE)):
        right.barh(range(len(genes)), sums[column], color=colour, height=0.65, label=column)
    for row, (total, gene) in enumerate(zip(sums["sites"], best.itertuples(), strict=True)):
        score = probability(gene.best_score) if 0 <= gene.best_score <= 1 else f"{gene.best_score:.3f}"
        text = f" {gene.mirna} {score}" if gene.sites else " no site"
        right.text(total, row, text, va="center", fontsize=7)
    right.set(xlabel="sites of all miRNAs", title="candidate sites, those called, and the best miRNA")
    right.set_xlim(0, 1.7 * max(1, sums["sites"].max()))
    names = ["candidate", "called at the default threshold"]
    right.legend(loc="upper center", labels=names, bbox_to_anchor=(0.5, -0.45 / (0.26 * len(genes) + 0.6)), ncols=2)
    figure.suptitle(f"{labels['model']}, trained on {labels['dataset']}")
    save(figure, *outputs)


if __name__ == "__main__":
    log_to(snakemake.log[0])
    main(snakemake.input.targets, snakemake.params.labels, list(snakemake.output))
