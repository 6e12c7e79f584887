"""Positives and negatives together, each row in train, valid or test.

Reads no sequences outside the dataset; the seed is the stanza's. Negatives that were balanced within splits stay there.
"""

from itertools import chain

import numpy as np
import pandas as pd

from deepmirnatar.common.files import write_tsv
from deepmirnatar.common.logs import log, log_to
from deepmirnatar.datasets.negatives import within_splits
from deepmirnatar.datasets.splits import reads, split_rows
from deepmirnatar.pairs import pair_blocks, rearranged, write_pairs


def main(positives: str, negatives: str, stanza: dict, pairs: str, report: str) -> None:
    settings = {"strategy": "given"} if within_splits(stanza["negatives"]["strategy"]) else dict(stanza["split"])
    strategy, ids, parts = settings.pop("strategy"), [], []
    for block in chain(pair_blocks(positives), pair_blocks(negatives)):
        ids.append(np.char.encode(block["pair_id"].to_numpy(dtype=str), "utf-8"))
        parts.append(block[reads(strategy)])
    table = pd.concat(parts, ignore_index=True).assign(row=np.arange(sum(map(len, ids))))
    rows, counts = split_rows(table, strategy, seed=stanza["seed"], **settings)
    for row in counts.itertuples():
        log.info("split: %s: %s %s", row.item, row.value, row.unit)
    rows = rows.iloc[np.argsort(np.concatenate(ids)[rows["row"]], kind="stable")]
    changed = rows.set_index("row")[[name for name in ("split", "site_cluster") if name in rows]]
    write_pairs(rearranged([positives, negatives], changed, pairs), pairs)
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
