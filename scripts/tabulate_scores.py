"""An experiment's scores, one row per run and test set, with epochs, device and date.

Reads the metrics table and the runs' settings.
"""

from deepmirnatar.files import read_tsv, write_tsv
from deepmirnatar.logs import log_to
from deepmirnatar.tables import read_settings, scores_table


def main(metrics: str, settings: list[str], output: str) -> None:
    write_tsv(scores_table(read_tsv(metrics), read_settings(settings)), output)


if __name__ == "__main__":
    log_to(snakemake.log[0])
    main(snakemake.input.metrics, list(snakemake.input.settings), snakemake.output[0])
