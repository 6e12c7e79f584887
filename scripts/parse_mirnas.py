"""The human miRNAs of miRBase as a table.

Reads the downloaded file and checks its digest again.
"""

from pathlib import Path

from deepmirnatar.common.files import write_tsv
from deepmirnatar.common.logs import log, log_to
from deepmirnatar.sources import downloads
from deepmirnatar.sources.mirbase import read_mature


def main(mature: str, registry: str, output: str) -> None:
    downloads.verify_all([mature], registry)
    table = read_mature(Path(mature))
    write_tsv(table, output)
    log.info("mirnas: %d rows", len(table))


if __name__ == "__main__":
    log_to(snakemake.log[0])
    main(snakemake.input[0], snakemake.resources.registry, snakemake.output[0])
