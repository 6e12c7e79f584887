"""Tables that several rules read: 3'UTRs, miRTarBase's pairs, gene names.

Reads the two downloaded packages and checks their digests again.
"""

from pathlib import Path

from deepmirnatar.common.files import write_tsv
from deepmirnatar.common.logs import log, log_to
from deepmirnatar.sources import downloads
from deepmirnatar.sources.reference import read_reference


def main(firm: str, mitea: str, registry: str, outputs: dict[str, str]) -> None:
    downloads.verify_all([firm, mitea], registry)
    for name, table in read_reference(Path(firm), Path(mitea)).items():
        write_tsv(table, outputs[name])
        log.info("%s: %d rows", name, len(table))


if __name__ == "__main__":
    log_to(snakemake.log[0])
    main(
        snakemake.input.firm,
        snakemake.input.mitea,
        snakemake.resources.registry,
        dict(snakemake.output.items()),
    )
