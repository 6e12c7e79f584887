"""The dataset's negatives by its strategy, and the positives that stay with them.

Reads the kept rows and the reference tables. Where negatives are balanced within splits, positives are split first.
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from deepmirnatar.common.files import read_tsv, write_tsv
from deepmirnatar.common.logs import log, log_to
from deepmirnatar.datasets import negatives
from deepmirnatar.datasets.splits import split_rows
from deepmirnatar.pairs import pair_blocks, read_pairs, write_pairs


def main(pairs: str, reference: list[str], stanza: dict, threads: int, positives: str, made: str, report: str) -> None:
    settings = dict(stanza["negatives"])
    strategy = settings.pop("strategy")
    if negatives.are_given(strategy):
        counts = Counter()

        def rows_of(label: int) -> Iterator[pd.DataFrame]:
            for block in pair_blocks(pairs):
                rows = block[block["label"] == label].reset_index(drop=True)
                counts[label] += len(rows)
                yield rows

        write_pairs(rows_of(1), positives)
        write_pairs(rows_of(0), made)
        log.info("negatives (given): %d, with %d positives", counts[0], counts[1])
        write_tsv(pd.DataFrame([("negatives given", counts[0])], columns=["item", "count"]), report)
        return
    tables = {Path(path).stem: read_tsv(path, dtype=str) for path in reference}
    table, rows = read_pairs(pairs), []
    if negatives.within_splits(strategy):
        split = dict(stanza["split"])
        table, found = split_rows(table, split.pop("strategy"), seed=stanza["seed"], **split)
        rows = [(f"split of the positives, {row.item}", row.value) for row in found.itertuples()]
    kept, new, counts = negatives.generate(table, tables, strategy, settings, stanza["seed"], threads)
    for item, count in counts.items():
        log.info("negatives (%s): %s: %s", strategy, item, count)
    write_pairs(kept, positives)
    write_pairs(new, made)
    write_tsv(pd.DataFrame([*rows, *counts.items()], columns=["item", "count"]), report)


if __name__ == "__main__":
    log_to(snakemake.log[0])
    main(
        snakemake.input.pairs,
        snakemake.input.reference,
        snakemake.params.stanza,
        snakemake.threads,
        *snakemake.output,
    )
