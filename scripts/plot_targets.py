"""What a user asks of a prediction: which genes, by which miRNA, with how many sites.

Reads the targets table; genes of the random background are left out.
"""

from deepmirnatar.files import read_tsv
from deepmirnatar.logs import log_to
from deepmirnatar.plots import bars, heat_map, plt, save

GENES, MIRNAS = 40, 30  # shown at most, best first


def main(targets: str, labels: dict[str, str], outputs: list[str]) -> None:
    table = read_tsv(targets, dtype={"mirna": str, "target": str})
    table = table[table["group"] == "target"]
    # The table stands best first, and so do the first rows of each gene and miRNA.
    genes, mirnas = (table[name].drop_duplicates()[:count] for name, count in (("target", GENES), ("mirna", MIRNAS)))
    values = table.pivot(index="target", columns="mirna", values="best_score").loc[genes, mirnas]
    height = max(3.2, 0.24 * len(genes) + 1.8)
    width = max(3.0, 0.45 * len(mirnas) + 2)
    figure, (left, right) = plt.subplots(1, 2, figsize=(width + 5, height), width_ratios=[width, 5])
    low, high = min(0.0, values.min(axis=None)), max(1.0, values.max(axis=None))
    heat_map(left, values, low, high)
    left.set_title("best site's score; hatched: no candidate site")
    best = (
        table[table["target"].isin(genes)]
        .drop_duplicates("target")
        .assign(value=lambda rows: rows["best_score"].fillna(0))
    )
    best["label"] = [
        f"{row.target}: {row.mirna}, {row.called} of {row.sites} sites called"
        if row.sites
        else f"{row.target}: no site"
        for row in best.itertuples()
    ]
    bars(right, best[["label", "value"]])
    cut = ""
    if table["target"].nunique() > len(genes):
        cut = f" (first {len(genes)} of {table['target'].nunique()})"
    right.set(xlabel="score", xlim=(low, 1.18 * high), title=f"each gene's best miRNA{cut}")
    figure.suptitle(f"{labels['model']}, trained on {labels['dataset']}")
    save(figure, *outputs)


if __name__ == "__main__":
    log_to(snakemake.log[0])
    main(snakemake.input.targets, snakemake.params.labels, list(snakemake.output))
