"""Candidate sites of a part of the targets, scored by the weights that the package carries.

Reads miRNAs and targets as `predict_targets` does; trains nothing.
"""

from pathlib import Path

from deepmirnatar.common.logs import log_to
from deepmirnatar.prediction.inputs import read_inputs
from deepmirnatar.prediction.job import announced, score_part


def main(files: dict, known: str | None, candidates: str, part: int, parts: int, threads: int, stem: Path) -> None:
    score_part(announced(read_inputs(**files)), stem, part, parts, candidates, threads, known)


if __name__ == "__main__":
    log_to(snakemake.log[0])
    main(
        snakemake.params.files,
        snakemake.params.known,
        snakemake.params.candidates,
        int(snakemake.wildcards.part),
        snakemake.params.parts,
        snakemake.threads,
        Path(snakemake.output.genes.removesuffix(".genes.tsv")),
    )
