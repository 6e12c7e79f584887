"""Candidate sites of a part of the targets, scored by the weights that the package carries.

Reads what `read_inputs` saved; trains nothing.
"""

from pathlib import Path

from deepmirnatar.common.logs import log_to
from deepmirnatar.prediction.chunks import score_part
from deepmirnatar.prediction.inputs import Given


def main(
    given: str, known: str | None, candidates: str, part: int, parts: int, threads: int, stem: Path, code: str
) -> None:
    score_part(Given.load(given), stem, part, parts, candidates, threads, known, code)


if __name__ == "__main__":
    log_to(snakemake.log[0])
    main(
        snakemake.input.given,
        snakemake.params.known,
        snakemake.params.candidates,
        int(snakemake.wildcards.part),
        snakemake.params.parts,
        snakemake.threads,
        Path(snakemake.output.genes.removesuffix(".genes.tsv")),
        snakemake.params.code,
    )
