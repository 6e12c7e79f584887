"""A table as a page that the report can show.

Reads one table.
"""

from pathlib import Path

from deepmirnatar.common.files import atomic, read_tsv
from deepmirnatar.common.logs import log_to
from deepmirnatar.tables.html import page, table_html


def main(table: str, caption: str, output: str) -> None:
    path = Path(table)
    with atomic(output) as part:
        part.write_text(
            page(
                path.stem.replace("_", " "),
                caption,
                table_html(read_tsv(path)),
                path.name,
                path.read_text(encoding="utf-8"),
            ),
            encoding="utf-8",
        )


if __name__ == "__main__":
    log_to(snakemake.log[0])
    main(snakemake.input[0], snakemake.params.caption, snakemake.output[0])
