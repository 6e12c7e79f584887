"""Table 1 of the paper for every dataset of an experiment.

Reads pairs tables only.
"""

from pathlib import Path

import pandas as pd

from deepmirnatar.common.files import write_tsv
from deepmirnatar.common.logs import log_to
from deepmirnatar.pairs import read_pairs
from deepmirnatar.tables.study_tables import dataset_table


def main(pairs: list[str], output: str) -> None:
    write_tsv(
        pd.concat([dataset_table(Path(path).parent.name, read_pairs(path)) for path in pairs], ignore_index=True),
        output,
    )


if __name__ == "__main__":
    log_to(snakemake.log[0])
    main(list(snakemake.input.pairs), snakemake.output[0])
