"""What the datasets of an experiment hold: rows by split and label, sources, lengths of sites, commonest miRNAs."""

import pandas as pd

from deepmirnatar.figures import base, charts
from deepmirnatar.figures.colours import CLASS_NAMES, CLASSES
from deepmirnatar.pairs import SPLITS


class Figure(base.Figure):
    title = "datasets"
    paper = "Table 1"
    caption = (
        "Each dataset's pairs by split and label, by source, the length of sites by label, and the commonest miRNAs "
        "by label. A miRNA or a length that goes with one label is a shortcut."
    )
    reads = ("pairs",)
    columns = ("mirna", "target_sequence", "label", "split", "source")
    per = "experiment"
    always = True

    def draw(self, data: base.Data):
        tables = list(data["pairs"].groupby("dataset", sort=False))
        figure, axes = charts.panels(4 * len(tables), width=3.3, height=2.9, columns=4)
        for row, (name, table) in enumerate(tables):
            counts, sources, lengths, mirnas = axes[4 * row : 4 * row + 4]
            splits = [split for split in SPLITS if (table["split"] == split).any()]
            _stacked(counts, table, "split", splits)
            counts.set(title=f"{name}: {len(table):,} pairs", ylabel="pairs")
            counts.set_ylim(0, 1.25 * counts.get_ylim()[1])  # room for the legend
            counts.legend()
            _stacked(sources, table, "source", list(table["source"].value_counts().index[:5]))
            sources.set(title="source", ylabel="pairs")
            sources.tick_params(axis="x", rotation=20)
            _lengths(lengths, table)
            _mirnas(mirnas, table)
        return figure


def _stacked(axis, table: pd.DataFrame, column: str, names: list[str]) -> None:
    base_of = [0] * len(names)
    for label in (0, 1):
        heights = [int(((table[column] == name) & (table["label"] == label)).sum()) for name in names]
        axis.bar(names, heights, bottom=base_of, color=CLASSES[label], label=CLASS_NAMES[label])
        base_of = [one + other for one, other in zip(base_of, heights, strict=True)]


def _lengths(axis, table: pd.DataFrame) -> None:
    sizes = table["target_sequence"].str.len()
    for label, part in sizes.groupby(table["label"]):
        axis.hist(part, bins=range(sizes.min() - 1, sizes.max() + 3), histtype="stepfilled", alpha=0.35,
                  facecolor=CLASSES[label])  # fmt: skip
        axis.hist(part, bins=range(sizes.min() - 1, sizes.max() + 3), histtype="step", color=CLASSES[label])
    axis.set(title="length of the site", xlabel="nt", ylabel="pairs")
    axis.xaxis.get_major_locator().set_params(integer=True)


def _mirnas(axis, table: pd.DataFrame) -> None:
    from deepmirnatar.evaluation.dataset_audit import mirna_balance

    top = mirna_balance(table).head(12).iloc[::-1]
    axis.barh(top["mirna"], top["negatives"], color=CLASSES[0])
    axis.barh(top["mirna"], top["positives"], left=top["negatives"], color=CLASSES[1])
    axis.set(title="commonest miRNA names", xlabel="pairs")
    axis.tick_params(axis="y", labelsize=8)
