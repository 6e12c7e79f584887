"""Tables that several rules read: human miRNAs, 3'UTRs, miRTarBase's pairs, gene names.

Reads the three downloaded files and checks their digests again.
"""

from pathlib import Path

from deepmirnatar.common.files import write_tsv
from deepmirnatar.common.logs import log, log_to
from deepmirnatar.sources import downloads
from deepmirnatar.sources.reference import read_reference


def main(mature: str, firm: str, mitea: str, digests: dict[str, str], outputs: dict[str, str]) -> None:
    for file, digest in digests.items():
        downloads.verify(file, digest)
    for name, table in read_reference(Path(mature), Path(firm), Path(mitea)).items():
        write_tsv(table, outputs[name])
        log.info("%s: %d rows", name, len(table))


if __name__ == "__main__":
    log_to(snakemake.log[0])
    main(
        snakemake.input.mature,
        snakemake.input.firm,
        snakemake.input.mitea,
        snakemake.params.digests,
        dict(snakemake.output.items()),
    )
