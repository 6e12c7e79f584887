"""The report's first page: five numbers and a verdict for each experiment and dataset.

Reads metrics of the wanted experiments and audits of their datasets.
"""

from deepmirnatar.common.files import atomic, read_tsv
from deepmirnatar.common.logs import log_to
from deepmirnatar.tables.experiments import summary_table
from deepmirnatar.tables.html import blocks_page


def main(rows: list[dict], metrics: list[str], audits: list[str], caption: str, output: str) -> None:
    """`rows`: experiment, dataset, model and label of each pair of metrics and audits."""
    table = summary_table(rows, [read_tsv(path) for path in metrics], [read_tsv(path) for path in audits])
    with atomic(output) as part:
        part.write_text(blocks_page("summary", caption, table, ["experiment", "dataset", "model"]), encoding="utf-8")


if __name__ == "__main__":
    log_to(snakemake.log[0])
    main(
        snakemake.params.rows,
        list(snakemake.input.metrics),
        list(snakemake.input.audits),
        snakemake.params.caption,
        snakemake.output[0],
    )
