"""One part of the repression of a species' genes by its miRNAs."""

from deepmirnatar.atlas.compute import compute_part
from deepmirnatar.common.logs import log_to
from deepmirnatar.species.file import read_species


def main(species: str, path: str, part: int, parts: int) -> None:
    compute_part(read_species(species), path, part, parts)


if __name__ == "__main__":
    log_to(snakemake.log[0])
    main(snakemake.input.species, snakemake.output[0], int(snakemake.wildcards.part), snakemake.params.parts)
