"""Pairs per second of predictors on one CPU thread.

Reads no data: sequences are drawn at random.
"""

import platform
from datetime import UTC, datetime

from deepmirnatar.common.files import write_tsv
from deepmirnatar.common.logs import log_to
from deepmirnatar.evaluation.speed import measure_speed


def main(models: dict[str, dict], table: str) -> None:
    machine = platform.processor() or platform.machine()
    write_tsv(measure_speed(models).assign(machine=machine, date=datetime.now(UTC).date().isoformat()), table)


if __name__ == "__main__":
    log_to(snakemake.log[0])
    main(snakemake.params.models, snakemake.output[0])
