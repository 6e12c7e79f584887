"""A user's miRNAs and targets, read and checked once for all jobs of a prediction.

Reads FASTA files or names, or an annotation with its genome; scores nothing.
"""

from deepmirnatar.common.logs import log_to
from deepmirnatar.prediction.inputs import announced, read_inputs


def main(files: dict, output: str) -> None:
    announced(read_inputs(**files)).save(output)


if __name__ == "__main__":
    log_to(snakemake.log[0])
    main(snakemake.params.files, snakemake.output[0])
