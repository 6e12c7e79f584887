"""All metrics of an experiment's runs in one tidy table.

Reads metrics tables only.
"""

import pandas as pd

from deepmirnatar.common.files import read_tsv, write_tsv
from deepmirnatar.common.logs import log_to


def main(tables: list[str], output: str) -> None:
    write_tsv(pd.concat([read_tsv(path) for path in dict.fromkeys(tables)], ignore_index=True), output)


if __name__ == "__main__":
    log_to(snakemake.log[0])
    main(list(snakemake.input), snakemake.output[0])
