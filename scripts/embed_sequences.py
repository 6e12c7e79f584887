"""The vectors of every distinct sequence of one strand in a pairs table, computed once.

Reads sequences only, no labels; learns nothing.
"""

from pathlib import Path

from deepmirnatar import embeddings
from deepmirnatar.common.logs import log, log_to
from deepmirnatar.pairs import sequences_of


def main(pairs: str, embedder: list[str], embedding: dict, device: str, threads: int, output: str) -> None:
    sequences = sorted(sequences_of(pairs, embedding["strand"]))
    if embeddings.load(embedding["kind"]).GPU:
        from deepmirnatar.training.devices import use_threads

        use_threads(threads)
    path = Path(embedder[0]) if embedder else None
    features = embeddings.embed(sequences, embedding["kind"], embedding["settings"], path, device)
    log.info("%d sequences, %d positions of %d values", len(sequences), len(features.index), features.size)
    features.save(output, {"kind": embedding["kind"], "settings": embedding["settings"]})


if __name__ == "__main__":
    log_to(snakemake.log[0])
    main(
        snakemake.input.pairs,
        list(snakemake.input.embedder),
        snakemake.params.embedding,
        snakemake.resources.device,
        snakemake.threads,
        snakemake.output[0],
    )
