"""Read transfection experiments: edgeR tables by Ensembl gene, and the 3'UTRs of those genes.

A file names its miRNA: `..._hsa_miR_124_3p_...tsv.gz`. Errors name the file, the row or column, and the remedy.
"""

import re
from pathlib import Path

import numpy as np
import pandas as pd

from deepmirnatar.common.fasta import read_fasta
from deepmirnatar.sources.mirbase import read_mature

COLUMNS = ["logFC", "FDR"]
MIRNA = re.compile(r"hsa_((?:miR|let|lin)_\w+?_[35]p)(?:_|\.)")
MOST_FDR, MOST_LOG_FC = 0.05, -0.2


def mirna_name(path: str | Path) -> str:
    """`hsa-miR-124-3p` from the file's name."""
    found = MIRNA.search(Path(path).name)
    if not found:
        raise ValueError(f"{path}: the file name holds no miRNA; name it like `..._hsa_miR_124_3p_...tsv.gz`")
    return "hsa-" + found[1].replace("_", "-")


def read_experiment(path: str | Path) -> pd.DataFrame:
    """Index: Ensembl gene (no version); columns logFC (log2, negative: repressed), FDR, repressed (bool)."""
    path = Path(path)
    try:
        table = pd.read_csv(path, sep="\t", index_col=0)
    except (OSError, EOFError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise ValueError(f"{path}: cannot be read as a tab-separated table ({error}); fetch it again") from error
    for column in COLUMNS:
        if column not in table:
            raise ValueError(f"{path}: has no column {column!r}; edgeR's table with {', '.join(COLUMNS)} is needed")
        number = pd.to_numeric(table[column], errors="coerce")
        wrong = ~np.isfinite(number.to_numpy(dtype=float))
        if wrong.any():
            row = int(wrong.argmax())
            value = table[column].iloc[row]
            raise ValueError(f"{path}: row {row + 2}, column {column!r} holds {value!r}; give a number or drop the row")
        table[column] = number
    table.index = table.index.astype(str).str.replace(r"\.\d+$", "", regex=True)
    again = table.index.duplicated()
    if again.any():
        row = int(again.argmax())
        raise ValueError(f"{path}: row {row + 2} repeats gene {table.index[row]!r}; keep one row for each gene")
    repressed = (table["FDR"] < MOST_FDR) & (table["logFC"] < MOST_LOG_FC)
    return table[COLUMNS].assign(repressed=repressed)


def read_experiments(
    paths: list[str | Path], utrs: str | Path, mature: str | Path
) -> tuple[pd.DataFrame, dict[str, str], dict[str, str]]:
    """All tables beneath each other, with columns experiment, mirna, gene, logFC, FDR, repressed (genes with a 3'UTR
    only); the miRNAs' sequences by name; the 3'UTRs by gene. All RNA, 5'->3'."""
    sequences = read_fasta(utrs, "ACGUN").to_dict()
    mirnas = read_mature(mature).set_index("name")["sequence"].to_dict()
    parts = []
    for path in sorted(map(Path, paths)):
        mirna, table = mirna_name(path), read_experiment(path)
        if mirna not in mirnas:
            raise ValueError(f"{mature}: has no miRNA {mirna!r}; add it, or correct the name of {path}")
        table = table[table.index.isin(list(sequences))]
        if table.empty:
            raise ValueError(f"{path}: none of its genes has a 3'UTR; row names must be Ensembl genes (ENSG...)")
        parts.append(table.rename_axis("gene").reset_index().assign(experiment=path.name, mirna=mirna))
    return pd.concat(parts, ignore_index=True), mirnas, sequences
