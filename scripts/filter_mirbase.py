"""Rows whose miRNA is current in miRBase, renamed where it has a new name, and whose gene the dataset does not leave
out, and whose site is far from the test sites that the dataset keeps apart from; a reason for each row that goes.

Reads no labels but `mock`: shuffled miRNAs are exempt. A dataset may switch the filter off; then all rows stay.
"""

import pandas as pd

from deepmirnatar.common.files import read_tsv, write_tsv
from deepmirnatar.common.logs import log, log_to
from deepmirnatar.datasets.gene_filter import drop_targets
from deepmirnatar.datasets.leak_filter import drop_near
from deepmirnatar.datasets.mirbase_filter import filter_rows
from deepmirnatar.pairs import five_to_three, read_pairs, write_pairs


def main(pairs: str, mirnas: str, utrs: list[str], tests: list[str], stanza: dict, outputs: dict[str, str]) -> None:
    table = read_pairs(pairs)
    keep, drop, report = table, table.iloc[:0].assign(reason=""), [("filter", "on" if stanza["mirbase"] else "off")]
    if stanza["mirbase"]:
        straight = five_to_three(table, stanza["orientation"])
        keep, drop, counts = filter_rows(table, read_tsv(mirnas, dtype=str), straight)
        report += counts.items()
        if not len(keep):
            raise ValueError(
                f"{pairs}: no row is left of {len(table)} ({drop['reason'].iloc[0]}). The filter of miRBase knows "
                "human miRNAs only; for another species set `mirbase: false` in the dataset's stanza."
            )
    if stanza.get("without_targets"):
        keep, more = drop_targets(keep, stanza["without_targets"], read_tsv(utrs[0], dtype=str))
        drop = pd.concat([drop, more], ignore_index=True)
        report += more["reason"].value_counts().items()
    if tests:
        names = stanza["apart_from"]
        others = {name: read_pairs(path, [name.partition(":")[2]]) for name, path in zip(names, tests, strict=True)}
        keep, more = drop_near(keep, others)
        drop = pd.concat([drop, more], ignore_index=True)
        report += more["reason"].value_counts().items()
    for item, count in report[1:]:
        log.info("%s: %d rows", item, count)
    if not len(keep):
        raise ValueError(
            f"{pairs}: no row is left of {len(table)}, most because: {drop['reason'].mode()[0]}; take more rows, or "
            "drop fewer with `without_targets` and `apart_from`"
        )
    write_pairs(keep, outputs["kept"])
    write_tsv(drop, outputs["dropped"])
    write_tsv(pd.DataFrame(report, columns=["item", "rows"]), outputs["report"])


if __name__ == "__main__":
    log_to(snakemake.log[0])
    main(
        snakemake.input.pairs,
        snakemake.input.mirnas,
        list(snakemake.input.utrs),
        list(snakemake.input.tests),
        snakemake.params.stanza,
        dict(snakemake.output.items()),
    )
