"""An experiment's scores, one row per run and test set, with epochs, device and date.

Reads the metrics table and the runs' settings.
"""

import json
from pathlib import Path

from deepmirnatar.files import read_tsv, write_tsv
from deepmirnatar.logs import log_to
from deepmirnatar.tables import scores_table


def main(metrics: str, settings: list[str], output: str) -> None:
    runs = []
    for path in map(Path, settings):
        dataset, model = path.parts[-4:-2]
        runs.append(json.loads(path.read_text()) | {"dataset": dataset, "name": model})
    write_tsv(scores_table(read_tsv(metrics), runs), output)


if __name__ == "__main__":
    log_to(snakemake.log[0])
    main(snakemake.input.metrics, list(snakemake.input.settings), snakemake.output[0])
