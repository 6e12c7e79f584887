"""A small BERT of 4-mers, pre-trained by masking.

Reads unlabelled 3'UTRs and the sites of the training split alone.
"""

from pathlib import Path

from deepmirnatar.common.files import read_tsv
from deepmirnatar.common.logs import log_to
from deepmirnatar.embeddings.dnabert import Settings, pretrain
from deepmirnatar.pairs import sequences_of
from deepmirnatar.training.devices import use_threads


def main(
    pairs: str,
    utrs: str,
    embedding: dict,
    device: str,
    threads: int,
    checkpoints: str,
    output: str,
    history: str,
) -> None:
    use_threads(threads)
    sites = sequences_of(pairs, embedding["strand"], ["train"])
    corpus = [*read_tsv(utrs, dtype=str)["sequence"], *sites]
    settings = Settings(**embedding["settings"])
    pretrain(corpus, settings, Path(output), Path(checkpoints), embedding["seed"], device, Path(history))


if __name__ == "__main__":
    log_to(snakemake.log[0])
    main(
        snakemake.input.pairs,
        snakemake.input.utrs,
        snakemake.params.embedding,
        snakemake.resources.device,
        snakemake.threads,
        f"{snakemake.params.checkpoints}/{snakemake.params.code}",  # other code must not go on from them
        snakemake.output.embedder,
        snakemake.output.history,
    )
