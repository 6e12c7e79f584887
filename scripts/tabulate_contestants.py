"""Table 3: every method on one dataset's test split at both thresholds, beside the paper's numbers.

Reads the experiment's metrics table, the runs' settings and the paper's printed numbers.
"""

from deepmirnatar.common.files import read_tsv, write_tsv
from deepmirnatar.common.logs import log_to
from deepmirnatar.tables.study_tables import contestants_table, read_settings


def main(metrics: str, settings: list[str], paper: str, models: dict[str, dict], dataset: str, output: str) -> None:
    table = contestants_table(read_tsv(metrics), models, read_tsv(paper), dataset, read_settings(settings))
    write_tsv(table, output)


if __name__ == "__main__":
    log_to(snakemake.log[0])
    main(
        snakemake.input.metrics,
        list(snakemake.input.settings),
        snakemake.input.paper,
        snakemake.params.models,
        snakemake.wildcards.dataset,
        snakemake.output[0],
    )
