"""Known targets: a table of pairs of a miRNA and a gene with evidence, which a prediction marks."""

from pathlib import Path

import pandas as pd

from deepmirnatar.common.tables import read_table

PAIR = ["mirna", "target"]


def read_known(path: str | Path) -> pd.DataFrame:
    """Known targets: columns mirna, gene, strong (0 or 1; 0 where the table has no such column). Raises ValueError."""
    table = read_table(path, ["mirna", "gene"])
    for column in ("mirna", "gene"):
        if column not in table:
            raise ValueError(f"{path}: column {column!r} is missing; found {', '.join(map(str, table.columns))}")
    strong = table["strong"] if "strong" in table else pd.Series("0", table.index)
    if (odd := ~strong.isin(["0", "1"])).any():
        line, value = next(strong[odd].items())
        raise ValueError(f"{path}, line {line}: strong is {value!r}; write 1 for strong evidence, or 0")
    return table.assign(strong=strong.astype(int))[["mirna", "gene", "strong"]].reset_index(drop=True)


def add_known(table: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """With `strong` (1: reporter assay, western blot or the like) and `known` (1: any evidence) from the known targets,
    columns mirna, gene, strong."""
    names = known.rename(columns={"gene": "target"}).groupby(PAIR, as_index=False)["strong"].max()
    table = table.merge(names.assign(known=1), on=PAIR, how="left")
    return table.assign(strong=table["strong"].fillna(0).astype(int), known=table["known"].fillna(0).astype(int))
