"""Word2Vec of one strand's k-mers.

Reads the training split alone; valid and test never shape an embedding.
"""

from pathlib import Path

from deepmirnatar.common.logs import log, log_to
from deepmirnatar.embeddings.word2vec import Settings, learn
from deepmirnatar.pairs import sequences_of


def main(pairs: str, embedding: dict, output: str) -> None:
    sequences = sequences_of(pairs, embedding["strand"], ["train"])
    log.info("word2vec on %d distinct training sequences", len(sequences))
    learn(sequences, Settings(**embedding["settings"]), Path(output), embedding["seed"])


if __name__ == "__main__":
    log_to(snakemake.log[0])
    main(snakemake.input.pairs, snakemake.params.embedding, snakemake.output[0])
