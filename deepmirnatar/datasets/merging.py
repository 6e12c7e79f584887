"""Put parsed sources together: orientation, duplicates, label conflicts, false negatives, all counted."""

from collections.abc import Callable, Iterable, Iterator

import pandas as pd

from deepmirnatar.common.logs import log
from deepmirnatar.datasets.false_negatives import find
from deepmirnatar.pairs import key_of
from deepmirnatar.rna.sequences import reverse


def merge(
    read: Callable[[], Iterable[pd.DataFrame]],
    orientation: str = "corrected",
    duplicates: str = "drop",
    conflicts: str = "drop",
    false_negatives: str = "keep",
    positives_only: bool = False,
    sample: int | None = None,
    seed: int = 1,
) -> tuple[Iterator[pd.DataFrame], pd.DataFrame]:
    """The blocks of one table of all rows, and a report (columns item, rows).

    `read` gives the sources' tables, or blocks of them, one after another. It is called twice: what is kept is chosen
    first, from a few bytes a row (a miRNA and its site as a number of 64 bits).

    orientation `as_released` writes each miRNA as its source did (3'->5' for some), `corrected` 5'->3'.
    A duplicate has the same miRNA and site string and label as an earlier row; a conflict has them with both
    labels (all its rows are concerned). Either is kept or dropped as set, and counted in any case. False negatives
    (see `false_negatives.py`) are looked for where they are to be dropped. `sample` draws that many rows at the end,
    for small trials.
    """
    marks, columns = [], {}  # sources may have their own columns
    for block in read():
        marks.append(_marks(block))
        columns |= dict.fromkeys(block.columns)
    table = pd.concat(marks, ignore_index=True)
    report = [(f"read from {source}", int(count)) for source, count in table["source"].value_counts().items()]
    conflict = table.groupby("site")["label"].transform("nunique") > 1
    repeated = table.duplicated(["site", "label"])
    report.append((f"rows of a pair with both labels, {_done(conflicts)}", int(conflict.sum())))
    report += _by_split(table[conflict])
    report.append((f"repeated rows, {_done(duplicates)}", int(repeated.sum())))
    drop = find(read) if false_negatives == "drop" else pd.Series(False, index=table.index)
    if false_negatives == "drop":
        report.append(("negatives whose site cluster holds a positive of their miRNA family, dropped", int(drop.sum())))
        report += _by_split(table[drop])
    if conflicts == "drop":
        drop |= conflict
    if duplicates == "drop":
        drop |= repeated
    table = table[~drop]
    if not len(table):
        raise ValueError(
            "conflicts: drop leaves no row, as each pair of miRNA and site has both labels; repair the labels, or set "
            "`conflicts: keep`"
        )
    if positives_only:
        report.append(("negatives set aside", int((table["label"] == 0).sum())))
        table = table[table["label"] == 1]
        if not len(table):
            raise ValueError(
                "negatives.strategy: makes negatives from positives, and the sources hold none; take pairs of label 1"
            )
    if sample and sample < len(table):
        table = table.sample(sample, random_state=seed).sort_index()
        report.append(("rows sampled", sample))
    if orientation == "as_released":
        report.append(("miRNAs written 3'->5', as released", int(table["backwards"].sum())))
    report.append(("rows", len(table)))
    for item, count in report:
        log.info("merge: %s: %d", item, count)
    blocks = (block.reindex(columns=[*columns]) for block in read())
    return _chosen(blocks, table.index, orientation), pd.DataFrame(report, columns=["item", "rows"])


def _marks(block: pd.DataFrame) -> pd.DataFrame:
    """What the choice of rows looks at."""
    site = pd.util.hash_pandas_object(key_of(block, ["mirna_sequence", "target_sequence"]), index=False)
    return block[["label", "source", "split"]].assign(site=site, backwards=block["mirna_written"] == "3to5")


def _chosen(blocks: Iterable[pd.DataFrame], chosen: pd.Index, orientation: str) -> Iterator[pd.DataFrame]:
    """These rows, numbered through all blocks, with miRNAs turned as their source wrote them if set so."""
    start = 0
    for block in blocks:
        rows = chosen[(chosen >= start) & (chosen < start + len(block))] - start
        start += len(block)
        block = block.iloc[rows].reset_index(drop=True)
        if orientation == "as_released":
            backwards = block["mirna_written"] == "3to5"
            block.loc[backwards, "mirna_sequence"] = reverse(block.loc[backwards, "mirna_sequence"])
        yield block


def _by_split(rows: pd.DataFrame) -> list[tuple[str, int]]:
    """Report lines: how many of these rows are in each split."""
    counts = rows["split"].value_counts().sort_index()
    return [(f"  of these in {split}, as read", int(count)) for split, count in counts.items()]


def _done(choice: str) -> str:
    return "kept" if choice == "keep" else "dropped"
