"""One figure of an experiment, by its kind: deepmirnatar/figures/kinds/{figure}.py.

Reads the tables that the kind names, nothing else.
"""

import pandas as pd

from deepmirnatar.common.files import read_tsv
from deepmirnatar.common.logs import log_to
from deepmirnatar.figures import base, kinds
from deepmirnatar.figures.charts import add_note, save
from deepmirnatar.pairs import COLUMNS

TEXT = {name: str for name in COLUMNS if name != "label"}  # a miRNA may be called 7


def main(
    figure: str, files: dict[str, list[str]], rows: dict[str, list[dict]], about: dict, note: str, outputs: list[str]
) -> None:
    """`rows` name the run or dataset of each file in `files`; `about`: what `base.Data` holds in addition to tables."""
    kind, tables = kinds.load_class(figure)(), {}
    for name, paths in files.items():
        options = {"usecols": kind.columns, "dtype": TEXT} if kind.columns and name in base.LARGE else {}
        parts = [read_tsv(path, **options).assign(**row) for path, row in zip(paths, rows[name], strict=True)]
        tables[name] = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    drawn = kind.draw(base.Data(tables, **about))
    add_note(drawn, note)
    save(drawn, *outputs)


if __name__ == "__main__":
    log_to(snakemake.log[0])
    main(
        snakemake.wildcards.figure,
        {name: list(paths) for name, paths in snakemake.input.items()},
        snakemake.params.rows,
        snakemake.params.about,
        snakemake.params.note,
        list(snakemake.output),
    )
