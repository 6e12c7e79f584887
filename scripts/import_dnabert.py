"""A published DNABERT checkpoint, checked and written in the pipeline's own form.

Reads the checkpoint's folder and, to fit a PCA where one is asked for, the sites of the training split alone.
"""

from pathlib import Path

from deepmirnatar.common.logs import log_to
from deepmirnatar.embeddings.dnabert import Settings, adopt
from deepmirnatar.pairs import sequences_of
from deepmirnatar.training.devices import use_threads


def main(pairs: str, folder: str, embedding: dict, device: str, threads: int, output: str) -> None:
    use_threads(threads)
    sites = sequences_of(pairs, embedding["strand"], ["train"])
    adopt(Path(folder), sites, Settings(**embedding["settings"]), Path(output), device)


if __name__ == "__main__":
    log_to(snakemake.log[0])
    main(
        snakemake.input.pairs,
        str(Path(snakemake.input.weights[0]).parent),
        snakemake.params.embedding,
        snakemake.resources.device,
        snakemake.threads,
        snakemake.output[0],
    )
