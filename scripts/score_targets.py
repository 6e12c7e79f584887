"""Candidate sites of a part of the targets, scored by the built-in weights or by a finished run.

Reads what `read_inputs` saved; trains nothing.
"""

from pathlib import Path

from deepmirnatar.common.logs import log_to
from deepmirnatar.prediction.chunks import score_part
from deepmirnatar.prediction.inputs import Given


def main(given: str, stem: Path, part: int, parts: int, **options) -> None:
    """`options` as `score_part` takes them: candidates, known, weights, threads, device, code."""
    score_part(Given.load(given), stem, part, parts, **options)


if __name__ == "__main__":
    log_to(snakemake.log[0])
    main(
        snakemake.input.given,
        Path(snakemake.output.genes.removesuffix(".genes.tsv")),
        int(snakemake.wildcards.part),
        snakemake.params.parts,
        candidates=snakemake.params.candidates,
        known=snakemake.input.known[0] if snakemake.input.known else None,
        weights=Path(snakemake.input.run[0]).parent if snakemake.input.run else None,
        threads=snakemake.threads,
        device=snakemake.resources.device,
        code=snakemake.params.code,
    )
