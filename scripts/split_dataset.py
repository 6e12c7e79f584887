"""Positives and negatives together, each row in train, valid or test.

Reads no sequences outside the dataset; the seed is the stanza's. Negatives that were balanced within splits stay there.
"""

import pandas as pd

from deepmirnatar.common.files import write_tsv
from deepmirnatar.common.logs import log, log_to
from deepmirnatar.datasets.negatives import within_splits
from deepmirnatar.datasets.splits import split_rows
from deepmirnatar.pairs import read_pairs, write_pairs


def main(positives: str, negatives: str, stanza: dict, pairs: str, report: str) -> None:
    table = pd.concat([read_pairs(positives), read_pairs(negatives)], ignore_index=True)
    settings = {"strategy": "given"} if within_splits(stanza["negatives"]["strategy"]) else dict(stanza["split"])
    rows, counts = split_rows(table, settings.pop("strategy"), seed=stanza["seed"], **settings)
    for row in counts.itertuples():
        log.info("split: %s: %s %s", row.item, row.value, row.unit)
    write_pairs(rows.sort_values("pair_id", kind="stable"), pairs)
    write_tsv(counts, report)


if __name__ == "__main__":
    log_to(snakemake.log[0])
    main(
        snakemake.input.positives,
        snakemake.input.negatives,
        snakemake.params.stanza,
        snakemake.output.pairs,
        snakemake.output.report,
    )
