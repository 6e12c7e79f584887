"""Rows whose miRNA is current in miRBase, renamed where it has a new name, and whose gene the dataset does not leave
out, and whose site is far from the test sites that the dataset keeps apart from; a reason for each row that goes.

Reads no labels but `mock`: shuffled miRNAs are exempt. A dataset may switch the filter off; then all rows stay.
"""

from collections import Counter
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pandas as pd

from deepmirnatar.common.files import read_tsv, write_tsv
from deepmirnatar.common.logs import log, log_to
from deepmirnatar.datasets.gene_filter import check_genes, drop_targets
from deepmirnatar.datasets.leak_filter import drop_near
from deepmirnatar.datasets.mirbase_filter import filter_rows
from deepmirnatar.pairs import five_to_three, pair_blocks, read_pairs, write_pairs


def main(pairs: str, tables: list[str], tests: list[str], stanza: dict, outputs: dict[str, str]) -> None:
    """`tables`: mirnas.tsv where the stanza checks them, utrs.tsv where it leaves out genes."""
    given = {Path(path).stem: read_tsv(path, dtype=str) for path in tables}
    mature, genes = given.get("mirnas"), stanza["without_targets"]
    reference = given.get("utrs", pd.DataFrame({"gene": []}))
    names = stanza["apart_from"]
    others = {name: read_pairs(path, [name.partition(":")[2]]) for name, path in zip(names, tests, strict=True)}
    drops = [lambda rows: drop_targets(rows, genes, reference)] if genes else []
    drops += [lambda rows: drop_near(rows, others)] if others else []
    reports, dropped = [Counter() for _ in range(1 + len(drops))], [[] for _ in range(1 + len(drops))]

    def kept() -> Iterator[pd.DataFrame]:
        read = current = left = 0
        known = set(reference["gene"])
        for block in pair_blocks(pairs):
            read += len(block)
            known.update(block["target"] if genes else ())
            gone = block.iloc[:0].copy().assign(reason="")  # a slice alone would keep the block in memory
            if mature is not None:
                block, gone, notes = filter_rows(block, mature, five_to_three(block, stanza["orientation"]))
                reports[0].update(notes.to_dict())
            dropped[0].append(gone)
            current += len(block)
            for number, drop in enumerate(drops, start=1):
                block, gone = drop(block)
                reports[number].update(gone["reason"].value_counts().to_dict())
                dropped[number].append(gone)
            left += len(block)
            yield block
        _refuse_empty(pairs, read, current, left, [*chain.from_iterable(dropped)])
        check_genes(genes, known)

    write_pairs(kept(), outputs["kept"])
    found = [*chain.from_iterable(report.most_common() for report in reports)]
    for item, count in found:
        log.info("%s: %d rows", item, count)
    write_tsv(pd.concat(chain.from_iterable(dropped), ignore_index=True), outputs["dropped"])
    rows = [("filter", "on" if stanza["mirbase"] else "off"), *found]
    write_tsv(pd.DataFrame(rows, columns=["item", "rows"]), outputs["report"])


def _refuse_empty(pairs: str, read: int, current: int, left: int, dropped: list[pd.DataFrame]) -> None:
    """ValueError where of the rows `read` none was `current` in miRBase, or none was `left` by all filters."""
    if left:
        return
    reasons = pd.concat([rows["reason"] for rows in dropped])
    if not current:
        raise ValueError(
            f"{pairs}: no row is left of {read} ({reasons.iloc[0]}). The filter of miRBase knows "
            "human miRNAs only; for another species set `mirbase: false` in the dataset's stanza."
        )
    raise ValueError(
        f"{pairs}: no row is left of {read}, most because: {reasons.mode()[0]}; take more rows, or "
        "drop fewer with `without_targets` and `apart_from`"
    )


if __name__ == "__main__":
    log_to(snakemake.log[0])
    main(
        snakemake.input.pairs,
        list(snakemake.input.reference),
        list(snakemake.input.tests),
        snakemake.params.stanza,
        dict(snakemake.output.items()),
    )
