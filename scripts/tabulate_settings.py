"""Table 2: every setting of every model of an experiment, one column per model.

Reads the runs' settings only.
"""

from deepmirnatar.files import write_tsv
from deepmirnatar.logs import log_to
from deepmirnatar.tables import read_settings, settings_table


def main(settings: list[str], output: str) -> None:
    write_tsv(settings_table(read_settings(settings)), output)


if __name__ == "__main__":
    log_to(snakemake.log[0])
    main(list(snakemake.input.settings), snakemake.output[0])
