"""Table 2: every setting of every model of an experiment, and what an epoch of its training took.

Reads the runs' settings and histories.
"""

from deepmirnatar.common.files import read_tsv, write_tsv
from deepmirnatar.common.logs import log_to
from deepmirnatar.tables.study_tables import read_settings, settings_table


def main(settings: list[str], histories: list[str], output: str) -> None:
    write_tsv(settings_table(read_settings(settings), [read_tsv(path) for path in histories]), output)


if __name__ == "__main__":
    log_to(snakemake.log[0])
    main(list(snakemake.input.settings), list(snakemake.input.histories), snakemake.output[0])
