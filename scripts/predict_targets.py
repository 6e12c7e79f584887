"""Targets of a user's miRNAs by the weights that the package carries.

Reads two FASTA files; trains nothing.
"""

from pathlib import Path

from deepmirnatar.common.logs import log_to
from deepmirnatar.prediction.job import predict_files


def main(mirnas: str, targets: str, candidates: str, threads: int, folder: str) -> None:
    predict_files(mirnas, targets, folder, candidates, threads=threads)


if __name__ == "__main__":
    log_to(snakemake.log[0])
    main(
        snakemake.input.mirnas,
        snakemake.input.targets,
        snakemake.params.candidates,
        snakemake.threads,
        Path(snakemake.output.genes).parent,
    )
