"""Targets of a user's miRNAs: scored parts put together, and the report.

Reads what `read_inputs` saved, and the weights to explain the first sites; trains nothing.
"""

from pathlib import Path

from deepmirnatar.common.logs import log_to
from deepmirnatar.prediction.chunks import remove_unfinished
from deepmirnatar.prediction.inputs import Given
from deepmirnatar.prediction.predict import finish
from deepmirnatar.prediction.predictor import Predictor


def main(
    given: str, parts: list[Path], candidates: str, weights: Path | None, threads: int, device: str, folder: Path
) -> None:
    finish(Predictor.load(weights, threads, device), Given.load(given), parts, folder, candidates)
    for left in {part.parent for part in parts}:
        remove_unfinished(left)


if __name__ == "__main__":
    log_to(snakemake.log[0])
    main(
        snakemake.input.given,
        [Path(path.removesuffix(".genes.tsv")) for path in snakemake.input.genes],
        snakemake.params.candidates,
        Path(snakemake.input.run[0]).parent if snakemake.input.run else None,
        snakemake.threads,
        snakemake.resources.device,
        Path(snakemake.output.genes).parent,
    )
