"""Which of the paper's items an experiment makes, with the paper's number, ours, and how it was made.

Reads the experiment's results table and the paper's printed numbers.
"""

from deepmirnatar.common.files import read_tsv, write_tsv
from deepmirnatar.common.logs import log_to
from deepmirnatar.tables.study_tables import items_table


def main(results: str, paper: str, experiment: str, figures: dict[str, list[str]], output: str) -> None:
    write_tsv(items_table(experiment, figures, read_tsv(results), read_tsv(paper)), output)


if __name__ == "__main__":
    log_to(snakemake.log[0])
    main(
        snakemake.input.results,
        snakemake.input.paper,
        snakemake.wildcards.experiment,
        snakemake.params.figures,
        snakemake.output[0],
    )
