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
    keep, counts, remedy = read_pairs(pairs), pd.Series(dtype=int), ""
    drop, read, without = keep.iloc[:0].assign(reason=""), len(keep), pd.Series(dtype=int)
    if stanza["mirbase"]:
        straight = five_to_three(keep, stanza["orientation"])
        keep, drop, counts = filter_rows(keep, read_tsv(mirnas, dtype=str), straight)
        if not len(keep):
            remedy = (
                ". The filter of miRBase knows human miRNAs only; for another species set `mirbase: false` in the "
                "dataset's stanza."
            )
    else:
        log.info("miRBase: the filter is off for this dataset")
    if stanza.get("without_targets"):
        keep, more = drop_targets(keep, stanza["without_targets"], read_tsv(utrs[0], dtype=str))
        drop = pd.concat([drop, more], ignore_index=True)
        without = more["reason"].value_counts()
        for reason, count in without.items():
            log.info("without_targets: %d rows dropped: %s", count, reason)
    if tests:
        names = stanza["apart_from"]
        others = {name: read_pairs(path, [name.partition(":")[2]]) for name, path in zip(names, tests, strict=True)}
        keep, more = drop_near(keep, others)
        drop = pd.concat([drop, more], ignore_index=True)
        without = pd.concat([without, more["reason"].value_counts()])
        log.info("apart_from: %d rows dropped, near a test site", len(more))
    if not len(keep):
        why = (drop["reason"] if len(drop) else pd.Series("there was none")).value_counts().index[0]
        raise ValueError(f"{pairs}: no row is left of {read} ({why}){remedy or '; take more rows, or drop fewer'}")
    write_pairs(keep, outputs["kept"])
    write_tsv(drop, outputs["dropped"])
    rows = [("filter", "on" if stanza["mirbase"] else "off")]
    write_tsv(
        pd.DataFrame(rows + list(counts.items()) + list(without.items()), columns=["item", "rows"]), outputs["report"]
    )


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
