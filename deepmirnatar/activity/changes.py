"""Tables of differential expression as DESeq2, edgeR, limma and Seurat write them, and lists of genes."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from deepmirnatar.common.did_you_mean import counted
from deepmirnatar.common.tables import header, read_table
from deepmirnatar.common.text import lines

# In lower case, without . and _; the first that is there is read. DESeq2, edgeR, limma, Seurat, and what people write.
FOLD_CHANGE = ["log2foldchange", "logfc", "avglog2fc", "log2fc", "lfc", "log2ratio", "avglogfc"]
P_VALUE = ["pvalue", "pval", "p"]
ADJUSTED = ["padj", "fdr", "adjpval", "pvaladj", "qvalue", "qval", "adjpvalue", "adjustedpvalue", "q"]
STATISTIC = ["stat", "t"]
F_STATISTIC = ["f", "lr"]
GENE = [
    *("gene", "symbol", "genesymbol", "genename", "hgncsymbol", "mgisymbol", "externalgenename", "geneid", "ensembl"),
    *("ensemblid", "ensemblgeneid", "entrez", "entrezid", "entrezgene", "refseq", "id", "genes", "feature", "name"),
]
ROW_NAMES = "(row names)"
SMALLEST_P = 1e-300
NATURAL_LOG = "avglogfc"  # what Seurat wrote before version 4


@dataclass
class Changes:
    """A table of fold changes or a list of genes, read and not yet matched to any mRNA."""

    names: pd.DataFrame  # one column per kind of gene name that the file has, text; one row per gene
    log2fc: np.ndarray | None  # (genes,); None for a list
    p: np.ndarray | None = None  # (genes,), not adjusted
    statistic: np.ndarray | None = None  # (genes,), signed as the fold change
    notes: list[str] = field(default_factory=list)

    @property
    def is_list(self) -> bool:
        return self.log2fc is None


def read_changes(table: str | Path | pd.DataFrame) -> Changes:
    """Read a file (TSV, CSV, quoted, .gz), or take a data frame whose index or a column names the genes.

    A file without a column of fold changes and with one column is a list of genes, one a line. Rows whose fold change
    is missing are left out, and counted in `notes`. Raises ValueError naming file, row, value and remedy.
    """
    if isinstance(table, pd.DataFrame):
        return _from_frame(table, "the table")
    if found := gene_list(table):
        return Changes(pd.DataFrame({ROW_NAMES: found}), None)
    return _from_frame(read_table(table, row_names=ROW_NAMES), str(table), numbered=True)


def gene_list(path: str | Path) -> list[str]:
    """The genes of a file with one name a line, a line such as `gene` above them left out; [] for another file."""
    if len(header(path)) > 1:
        return []
    names = [line.strip().strip('"') for line in lines(path)]
    names = [name for name in names if name and not name.startswith("#")]
    if any(len(name.split()) > 1 for name in names):
        return []
    return names[1:] if names and _plain(names[0]) in GENE else names


def _from_frame(table: pd.DataFrame, what: str, numbered: bool = False) -> Changes:
    """`numbered`: the index holds numbers of lines, not names of genes."""
    if not numbered and not isinstance(table.index, pd.RangeIndex):
        table = table.reset_index(names=ROW_NAMES)
    columns = {_plain(name): name for name in reversed(list(table.columns))}
    change = next((columns[name] for name in FOLD_CHANGE if name in columns), None)
    if change is None:
        raise ValueError(
            f"{what}: has no column of log2 fold changes; found {', '.join(map(str, table.columns))}. Name it "
            "log2FoldChange (DESeq2), logFC (edgeR, limma) or avg_log2FC (Seurat), or give genes alone, one a line"
        )
    genes = [columns[name] for name in GENE if name in columns]
    genes += [name for name in table if name == ROW_NAMES]
    if not genes:
        raise ValueError(
            f"{what}: has no column of gene names; found {', '.join(map(str, table.columns))}. Name it `gene`"
        )
    _one_comparison(table, columns, what)
    notes: list[str] = []
    log2fc = _numbers(table, change, what)
    if _plain(change) == NATURAL_LOG:
        log2fc = log2fc / np.log(2)
        notes.append(f"{change} is taken for a natural logarithm, as Seurat wrote it before version 4.")
    p, statistic = _evidence(table, columns, what, log2fc, notes)
    kept = np.isfinite(log2fc)
    for each in (p, statistic):
        if each is not None:
            kept &= np.isfinite(each)
    if left := int((~kept).sum()):
        notes.append(f"{counted(left, 'row')} without a fold change or a p value: left out.")
    names = table.loc[kept, genes].astype(str).reset_index(drop=True)
    return Changes(names, log2fc[kept], *(None if each is None else each[kept] for each in (p, statistic)), notes)


def _evidence(table, columns, what, log2fc, notes) -> tuple[np.ndarray | None, np.ndarray | None]:
    """p and signed statistic, as far as the table has them; what is missing is said in `notes`."""
    named = {
        kind: next((columns[name] for name in choices if name in columns), None)
        for kind, choices in (("p", P_VALUE), ("stat", STATISTIC), ("f", F_STATISTIC), ("adjusted", ADJUSTED))
    }
    if named["p"]:
        p = _numbers(table, named["p"], what)
        wrong = np.flatnonzero((p < 0) | (p > 1))
        if len(wrong):
            raise ValueError(
                f"{what}, {_place(table, wrong[0])}: {named['p']} is {p[wrong[0]]:g}, which is no p value (0 to 1)"
            )
        return p, None
    statistic = None
    if named["stat"]:
        statistic = _numbers(table, named["stat"], what)
    elif named["f"]:
        statistic = np.sign(log2fc) * np.sqrt(np.maximum(_numbers(table, named["f"], what), 0))
    if statistic is None:
        only = f" ({named['adjusted']} is adjusted, and too coarse)" if named["adjusted"] else ""
        notes.append(f"The table has no column of p values{only}: fold changes alone are used.")
    return None, statistic


def _one_comparison(table: pd.DataFrame, columns: dict, what: str) -> None:
    """Seurat's FindAllMarkers and edgeR's stacked tables hold several comparisons, which are no one signal."""
    for name in ("cluster", "comparison", "contrast"):
        column = columns.get(name)
        if column is not None and table[column].nunique() > 1:
            some = ", ".join(map(repr, list(dict.fromkeys(table[column].astype(str)))[:3]))
            raise ValueError(f"{what}: column {column!r} holds several comparisons ({some}, ...); give one at a time")


def _numbers(table: pd.DataFrame, column: str, what: str) -> np.ndarray:
    """A column as numbers; NA and empty cells are NaN."""
    text = table[column]
    if pd.api.types.is_numeric_dtype(text):
        return text.to_numpy(dtype=float)
    numbers = pd.to_numeric(text, errors="coerce").to_numpy(dtype=float)
    blank = text.astype(str).str.lower().isin(["", "na", "nan", "none", "#n/a", "inf", "-inf"]).to_numpy()
    wrong = np.flatnonzero(np.isnan(numbers) & ~blank)
    if len(wrong):
        raise ValueError(
            f"{what}, {_place(table, wrong[0])}: {column} is {text.iloc[wrong[0]]!r}; write a number with a point"
        )
    return numbers


def _place(table: pd.DataFrame, row: int) -> str:
    return f"line {table.index[row]}" if table.index.name == "line" else f"row {row + 1}"


def _plain(name: object) -> str:
    return str(name).lower().replace(".", "").replace("_", "").replace(" ", "").replace("-", "")
