"""Compare models on binding data that they were not trained on.

Reads test splits and controls alone; of each model its file.
"""

from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from deepmirnatar.common.files import write_tsv
from deepmirnatar.common.logs import log, log_to
from deepmirnatar.evaluation.binding_tests import load_model, measure
from deepmirnatar.pairs import read_pairs
from deepmirnatar.predictors.base import Context


def main(
    models: list[tuple[str, str]], tests: list[str], controls: list[str], negatives: str, threads: int, output: str
) -> None:
    """`models`: label and file; `tests` and `controls`: files that lie in a folder of their dataset's name."""
    pairs = {Path(path).parent.name: read_pairs(path, ["test"]) for path in tests}
    swapped = {Path(path).parent.name: read_pairs(path) for path in controls}
    tables = []
    for label, file in models:
        model, seed = load_model(file)
        table = measure(model, pairs, swapped, negatives, Context(threads=threads, device="cpu"))
        tables.append(table.assign(seed=seed, date=datetime.now(UTC).date().isoformat(), model=label))
        for row in table.itertuples():
            log.info("%s: %s, %s: %.3f (%.3f to %.3f)", label, row.test, row.metric, row.value, row.low, row.high)
    write_tsv(pd.concat(tables, ignore_index=True), output)


if __name__ == "__main__":
    log_to(snakemake.log[0])
    main(
        list(zip(snakemake.params.labels, snakemake.input.models, strict=True)),
        snakemake.input.tests,
        snakemake.input.controls,
        snakemake.params.negatives,
        snakemake.threads,
        snakemake.output[0],
    )
