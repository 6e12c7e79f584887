"""One source into the common pairs table, with a small table of what was repaired.

Reads the source's own files, after checking their digests again, and the reference tables.
"""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from deepmirnatar import sources
from deepmirnatar.common.files import blocks_of, read_tsv, write_tsv
from deepmirnatar.common.logs import log, log_to
from deepmirnatar.pairs import write_pairs
from deepmirnatar.sources import downloads


def main(
    source: str,
    files: dict[str, str],
    reference: list[str],
    registry: str,
    settings: dict,
    threads: int,
    pairs: str,
    counts: str,
) -> None:
    downloads.verify_all(files.values(), registry)
    tables = {Path(path).stem: read_tsv(path, dtype=str) for path in reference}
    if "known_targets" in tables:
        tables["known_targets"]["strong"] = tables["known_targets"]["strong"].astype(int)
    if source == "mirtarbase":
        settings = {**settings, "processes": threads}
    table, found = sources.parser(source)({name: Path(path) for name, path in files.items()}, tables, **settings)
    rows = {"rows": 0, "positives": 0}

    def counted() -> Iterator[pd.DataFrame]:
        for block in blocks_of(table):
            rows["rows"] += len(block)
            rows["positives"] += int(block["label"].sum())
            yield block

    write_pairs(counted(), pairs)
    found |= rows
    for item, count in found.items():
        log.info("%s: %s: %s", source, item, count)
    write_tsv(pd.DataFrame(found.items(), columns=["item", "count"]), counts)


if __name__ == "__main__":
    log_to(snakemake.log[0])
    main(
        snakemake.wildcards.source,
        {name: path for name, path in snakemake.input.items() if name != "reference"},
        list(snakemake.input.reference),
        snakemake.resources.registry,
        snakemake.params.settings,
        snakemake.threads,
        snakemake.output.pairs,
        snakemake.output.counts,
    )
