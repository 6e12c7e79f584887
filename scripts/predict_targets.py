"""Targets of a user's miRNAs by the weights that the package carries: scored parts put together, and the report.

Reads what `read_inputs` saved; trains nothing.
"""

from pathlib import Path

from deepmirnatar.common.logs import log_to
from deepmirnatar.prediction.chunks import remove_unfinished
from deepmirnatar.prediction.inputs import Given
from deepmirnatar.prediction.predict import finish
from deepmirnatar.prediction.predictor import Predictor


def main(given: str, parts: list[Path], candidates: str, threads: int, folder: Path) -> None:
    finish(Predictor.load(threads=threads), Given.load(given), parts, folder, candidates)
    for left in {part.parent for part in parts}:
        remove_unfinished(left)


if __name__ == "__main__":
    log_to(snakemake.log[0])
    main(
        snakemake.input.given,
        [Path(path.removesuffix(".genes.tsv")) for path in snakemake.input.genes],
        snakemake.params.candidates,
        snakemake.threads,
        Path(snakemake.output.genes).parent,
    )
