"""Each model of an experiment against its first one, on the same rows and the same resamples.

Reads predictions tables only. The column `reference` names the first model, `difference` is the model less it.
"""

import pandas as pd

from deepmirnatar.common.files import read_tsv, write_tsv
from deepmirnatar.common.logs import log_to
from deepmirnatar.evaluation.metrics import paired_differences


def main(predictions: list[str], runs: list[tuple], output: str) -> None:
    """`runs` names (dataset, model, seed, test_set) of each predictions table, in the same order."""
    table = pd.DataFrame(runs, columns=["dataset", "model", "seed", "test_set"]).assign(path=predictions)
    rows = []
    for (dataset, test_set), group in table.groupby(["dataset", "test_set"], sort=False):
        scores = {
            model: [read_tsv(path, dtype={"mirna": str, "target": str}) for path in part["path"]]
            for model, part in group.groupby("model", sort=False)
        }
        found = paired_differences(scores)
        rows.append(found.assign(dataset=dataset, test_set=test_set))
    columns = ["dataset", "test_set", "metric", "model", "reference", "difference", "low", "high", "n"]
    write_tsv(pd.concat(rows, ignore_index=True)[columns], output)


if __name__ == "__main__":
    log_to(snakemake.log[0])
    main(list(snakemake.input.predictions), snakemake.params.runs, snakemake.output[0])
