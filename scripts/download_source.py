"""Fetch one registered file: mirror, then its addresses; checksum verified.

Reads nothing but the registry; the only rule that uses the network.
"""

from pathlib import Path

from deepmirnatar.common.logs import log_to
from deepmirnatar.sources import downloads


def main(registry: str, target: str, mirror: str | None) -> None:
    source, file = Path(target).parts[-2:]
    entry = downloads.read_registry(registry).loc[(source, file)]
    downloads.fetch(source, file, entry["url"].split(), entry["sha256"], Path(target), mirror)


if __name__ == "__main__":
    log_to(snakemake.log[0])
    main(snakemake.resources.registry, snakemake.output[0], snakemake.resources.mirror or None)
