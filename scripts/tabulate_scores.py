"""An experiment's scores: one row per run and test set, and tidy, with settings, machine and date (docs/results.tsv).

Reads the metrics table and the runs' settings.
"""

from deepmirnatar.common.files import read_tsv, write_tsv
from deepmirnatar.common.logs import log_to
from deepmirnatar.tables.study_tables import read_settings, results_table, scores_table


def main(metrics: str, settings: list[str], outputs: dict[str, str]) -> None:
    table, made = read_tsv(metrics), read_settings(settings)
    write_tsv(scores_table(table, made), outputs["scores"])
    write_tsv(results_table(table, made), outputs["results"])


if __name__ == "__main__":
    log_to(snakemake.log[0])
    main(snakemake.input.metrics, list(snakemake.input.settings), dict(snakemake.output.items()))
