"""Genes of a table found among mRNAs, whatever they are called: symbol, Entrez, RefSeq or Ensembl, version or not."""

from pathlib import Path

import numpy as np
import pandas as pd

from deepmirnatar.activity.changes import Changes, gene_list, read_changes
from deepmirnatar.activity.predictions import Predictions
from deepmirnatar.common.did_you_mean import counted

ID_COLUMNS = ["target", "symbol", "refseq", "entrez", "ensembl"]  # of the mRNAs' table; what is there is used
FEWEST = 500  # genes of a table, or of a background
FEWEST_LISTED = 10


def match(changes: Changes, predicted: Predictions, fewest: int = FEWEST) -> pd.DataFrame:
    """The genes of `changes` among the mRNAs: columns row (of the mRNAs), log2fc, p, statistic (NaN where missing).

    Of several kinds of names the one that finds most is taken. Of genes that occur twice the row of the smallest p (or
    largest change) stays. Appends to `changes.notes` how many were found. ValueError below `fewest`.
    """
    kind, rows = _best_names(changes.names, predicted)
    mrnas = predicted.mrnas
    total, matched = len(rows), int((rows >= 0).sum())
    if matched < fewest:
        some = ", ".join(changes.names[kind][rows < 0].astype(str).iloc[:3])
        unknown = f" Not found: {some}." if some else ""
        raise ValueError(
            f"only {matched:,} of {counted(total, 'gene')} are among the {len(mrnas):,} mRNAs, and {fewest:,} are "
            f"needed;{unknown} Give all measured genes, by symbol, Entrez, RefSeq or Ensembl id, and the right species."
        )
    missing = np.full(total, np.nan)
    table = pd.DataFrame({"row": rows, "log2fc": _or(changes.log2fc, missing), "p": _or(changes.p, missing),
                          "statistic": _or(changes.statistic, missing)})  # fmt: skip
    table = table[rows >= 0]
    best = table.assign(strength=_strength(table)).sort_values("strength", ascending=False, kind="stable")
    table = best.drop_duplicates("row").drop(columns="strength").sort_values("row").reset_index(drop=True)
    changes.notes.insert(0, f"{matched:,} of {counted(total, 'gene')} are among the {len(mrnas):,} mRNAs.")
    if again := matched - len(table):
        changes.notes.insert(1, f"{counted(again, 'row')} of genes that occur more than once: the smallest p is kept.")
    return table


def match_list(changes: Changes, predicted: Predictions, background: str | Path | list[str] | None) -> pd.DataFrame:
    """The genes of `background` (default: all mRNAs), one row each, with `listed`: is it on the list?

    Columns row, log2fc, p, statistic (all NaN), listed. ValueError where too few are known.
    """
    total = len(changes.names)
    listed = np.unique(_best_names(changes.names, predicted)[1])
    listed = listed[listed >= 0]
    if len(listed) < FEWEST_LISTED:
        raise ValueError(
            f"only {len(listed):,} of the list's {counted(total, 'gene')} are among the mRNAs, and "
            f"{FEWEST_LISTED} are needed; give symbols, Entrez, RefSeq or Ensembl ids, and the right species"
        )
    changes.notes.append(f"{len(listed):,} of the list's {counted(total, 'gene')} are among the mRNAs.")
    rows = np.arange(len(predicted.mrnas))
    if background is None:
        changes.notes.append(
            "No background is given: the list is compared with all genes, so that families may be named for what all "
            "expressed genes share. Give every gene that could have been on the list as --background."
        )
    else:
        names = background if isinstance(background, list) else _background(background)
        found = _best_names(pd.DataFrame({"names": names}), predicted)[1]
        rows = np.union1d(found[found >= 0], listed)
        if len(rows) - len(listed) < FEWEST:
            raise ValueError(
                f"the background holds {len(rows) - len(listed):,} known genes that are not on the list, and {FEWEST} "
                "are needed; give every gene that could have been on it"
            )
        changes.notes.append(f"The background is {counted(len(rows), 'gene')}.")
    nothing = np.full(len(rows), np.nan)
    return pd.DataFrame(
        {"row": rows, "log2fc": nothing, "p": nothing, "statistic": nothing, "listed": np.isin(rows, listed)}
    )


def _background(path: str | Path) -> list[str]:
    """A list, or the genes of a table of fold changes."""
    return gene_list(path) or read_changes(path).names.iloc[:, 0].tolist()


def _best_names(names: pd.DataFrame, predicted: Predictions) -> tuple[str, np.ndarray]:
    """Of several kinds of names the one that finds most; and the row of each of its names, -1 where unknown."""
    known = _index(predicted)
    found = {kind: _rows(column, known) for kind, column in names.items()}
    kind = max(found, key=lambda kind: (found[kind] >= 0).sum())
    return kind, found[kind]


def _index(predicted: Predictions) -> dict[str, int]:
    """Every name of every mRNA, in upper case and without version, to its row; the first of equal names wins."""
    known: dict[str, int] = {}
    for column in ID_COLUMNS:
        if column in predicted.mrnas:
            for row, name in enumerate(predicted.mrnas[column].astype(str)):
                known.setdefault(_key(name), row)
    for name, row in predicted.names.items():
        known.setdefault(_key(name), row)
    for nothing in ("", "NAN", "NA"):
        known.pop(nothing, None)
    return known


def _rows(names: pd.Series, known: dict[str, int]) -> np.ndarray:
    return np.array([known.get(_key(name), -1) for name in names], dtype=np.int64)


def _key(name: object) -> str:
    """Without blanks, case, the version of Ensembl and RefSeq ids, and the .0 of numbers read as fractions."""
    text = str(name).strip().upper()
    if text.startswith(("ENS", "NM_", "XM_", "NR_")):
        return text.partition(".")[0]
    return text.removesuffix(".0") if text[:1].isdigit() else text


def _strength(table: pd.DataFrame) -> pd.Series:
    """What decides between rows of one gene: p, or else the statistic, or else the fold change."""
    if table["p"].notna().any():
        return -table["p"]
    return (table["statistic"] if table["statistic"].notna().any() else table["log2fc"]).abs()


def _or(values: np.ndarray | None, missing: np.ndarray) -> np.ndarray:
    return missing if values is None else values
