"""All metrics of one predictions table, with 95 % intervals.

Reads predictions.tsv and nothing else.
"""

from deepmirnatar.common.files import read_tsv, write_tsv
from deepmirnatar.common.logs import log_to
from deepmirnatar.evaluation.metrics import evaluate


def main(predictions: str, dataset: str, model: str, seed: int, test_set: str, output: str) -> None:
    table = evaluate(read_tsv(predictions, dtype={"mirna": str, "target": str}))
    for name, value in reversed([("dataset", dataset), ("model", model), ("seed", seed), ("test_set", test_set)]):
        table.insert(0, name, value)
    write_tsv(table, output)


if __name__ == "__main__":
    log_to(snakemake.log[0])
    main(
        snakemake.input.predictions,
        snakemake.wildcards.dataset,
        snakemake.wildcards.model,
        int(snakemake.wildcards.seed),
        snakemake.params.test_set,
        snakemake.output[0],
    )
