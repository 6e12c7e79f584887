"""The pair of miRNA and gene that the explanatory figures show.

Reads the reference tables, writes one row with both sequences.
"""

from deepmirnatar.common.files import read_tsv
from deepmirnatar.common.logs import log_to
from deepmirnatar.figures.explained.example import choose, write_example


def main(mirnas: str, utrs: str, known: str, mirna: str, gene: str | None, output: str) -> None:
    write_example(choose(read_tsv(mirnas), read_tsv(utrs), read_tsv(known), mirna, gene), output)


if __name__ == "__main__":
    log_to(snakemake.log[0])
    main(
        snakemake.input.mirnas,
        snakemake.input.utrs,
        snakemake.input.known,
        snakemake.params.mirna,
        snakemake.params.gene,
        snakemake.output[0],
    )
