"""What the datasets of an experiment hold: rows by split and label (Table 1), sources, lengths, commonest miRNAs.

Reads pairs tables only.
"""

from pathlib import Path

from deepmirnatar.common.logs import log_to
from deepmirnatar.evaluation.dataset_audit import mirna_balance
from deepmirnatar.figures.charts import COLOURS, LABELS, panels, save
from deepmirnatar.pairs import SPLITS, read_pairs


def main(pairs: list[str], outputs: list[str]) -> None:
    figure, axes = panels(4 * len(pairs), width=3.3, height=2.9, columns=4)
    for row, path in enumerate(pairs):
        table, (counts, sources, lengths, mirnas) = read_pairs(path), axes[4 * row : 4 * row + 4]
        name = Path(path).parent.name
        _stacked(counts, table, "split", [split for split in SPLITS if (table["split"] == split).any()])
        counts.set(title=f"{name}: {len(table):,} pairs", ylabel="pairs")
        counts.set_ylim(0, 1.25 * counts.get_ylim()[1])  # room for the legend
        counts.legend()
        _stacked(sources, table, "source", list(table["source"].value_counts().index[:5]))
        sources.set(title="source", ylabel="pairs")
        sources.tick_params(axis="x", rotation=20)
        sizes = table["target_sequence"].str.len()
        bins = range(sizes.min() - 1, sizes.max() + 3)
        for label, part in sizes.groupby(table["label"]):
            lengths.hist(part, bins=bins, alpha=0.55, color=COLOURS[label], label=LABELS[label])
        lengths.set(title="length of the site", xlabel="nt (olive: both labels)", ylabel="pairs")
        lengths.xaxis.get_major_locator().set_params(integer=True)
        top = mirna_balance(table).head(12).iloc[::-1]
        mirnas.barh(top["mirna"], top["negatives"], color=COLOURS[0], label=LABELS[0])
        mirnas.barh(top["mirna"], top["positives"], left=top["negatives"], color=COLOURS[1], label=LABELS[1])
        mirnas.set(title="commonest miRNA names", xlabel="pairs")
        mirnas.tick_params(axis="y", labelsize=8)
    save(figure, *outputs)


def _stacked(axis, table, column: str, names: list[str]) -> None:
    base = [0] * len(names)
    for label in (0, 1):
        heights = [int(((table[column] == name) & (table["label"] == label)).sum()) for name in names]
        axis.bar(names, heights, bottom=base, color=COLOURS[label], label=LABELS[label])
        base = [one + other for one, other in zip(base, heights, strict=True)]


if __name__ == "__main__":
    log_to(snakemake.log[0])
    main(list(snakemake.input.pairs), list(snakemake.output))
