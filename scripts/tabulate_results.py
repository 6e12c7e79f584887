"""An experiment's tidy metrics with epochs, settings, device, machine and date: the form of docs/results.tsv.

Reads the metrics table and the runs' settings.
"""

from deepmirnatar.files import read_tsv, write_tsv
from deepmirnatar.logs import log_to
from deepmirnatar.tables import read_settings, results_table


def main(metrics: str, settings: list[str], output: str) -> None:
    write_tsv(results_table(read_tsv(metrics), read_settings(settings)), output)


if __name__ == "__main__":
    log_to(snakemake.log[0])
    main(snakemake.input.metrics, list(snakemake.input.settings), snakemake.output[0])
