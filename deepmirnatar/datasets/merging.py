"""Put parsed sources together: orientation, duplicates, label conflicts, all counted."""

import pandas as pd

from deepmirnatar.common.logs import log
from deepmirnatar.rna.sequences import reverse

_SITE = ["mirna_sequence", "target_sequence"]


def merge(
    tables: list[pd.DataFrame],
    orientation: str = "corrected",
    duplicates: str = "drop",
    conflicts: str = "drop",
    positives_only: bool = False,
    sample: int | None = None,
    seed: int = 1,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """One table of all rows and a report (columns item, rows).

    orientation `as_released` writes each miRNA as its source did (3'->5' for some), `corrected` 5'->3'.
    A duplicate has the same miRNA and site string and label as an earlier row; a conflict has them with both
    labels (all its rows are concerned). Either is kept or dropped as told, and counted in any case. `sample`
    draws that many rows at the end, for small trials.
    """
    table = pd.concat(tables, ignore_index=True)
    report = [(f"read from {source}", int(count)) for source, count in table["source"].value_counts().items()]
    conflict = table.groupby(_SITE)["label"].transform("nunique") > 1
    repeated = table.duplicated([*_SITE, "label"])
    report.append((f"rows of a pair with both labels, {_done(conflicts)}", int(conflict.sum())))
    for split, count in table.loc[conflict, "split"].value_counts().sort_index().items():
        report.append((f"  of these in {split}, as read", int(count)))
    report.append((f"repeated rows, {_done(duplicates)}", int(repeated.sum())))
    drop = pd.Series(False, index=table.index)
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
        backwards = table["mirna_written"] == "3to5"
        table.loc[backwards, "mirna_sequence"] = reverse(table.loc[backwards, "mirna_sequence"])
        report.append(("miRNAs written 3'->5', as released", int(backwards.sum())))
    report.append(("rows", len(table)))
    for item, count in report:
        log.info("merge: %s: %d", item, count)
    return table.reset_index(drop=True), pd.DataFrame(report, columns=["item", "rows"])


def _done(choice: str) -> str:
    return "kept" if choice == "keep" else "dropped"
