"""Every model trained on every dataset of an experiment, scored on every test set.

Reads the experiment's metrics table only.
"""

from deepmirnatar.common.files import read_tsv, write_tsv
from deepmirnatar.common.logs import log_to
from deepmirnatar.tables.study_tables import transfer_table


def main(metrics: str, labels: dict[str, str], output: str) -> None:
    write_tsv(transfer_table(read_tsv(metrics), labels), output)


if __name__ == "__main__":
    log_to(snakemake.log[0])
    main(snakemake.input.metrics, snakemake.params.labels, snakemake.output[0])
