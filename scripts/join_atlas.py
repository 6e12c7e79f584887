"""The parts of the repression of a species' genes by its miRNAs as one store."""

from deepmirnatar.atlas.compute import join_parts
from deepmirnatar.common.logs import log_to
from deepmirnatar.species.file import read_species


def main(species: str, parts: list[str], out: str) -> None:
    join_parts(read_species(species), parts, out)


if __name__ == "__main__":
    log_to(snakemake.log[0])
    main(snakemake.input.species, snakemake.input.parts, snakemake.output[0])
