"""Read transfection experiments: edgeR tables by Ensembl gene, and the 3'UTRs of those genes.

A file names its miRNA: `..._hsa_miR_124_3p_...tsv.gz`. Errors name the file, the row or column, and the remedy.
"""

import gzip
import re
from pathlib import Path

import numpy as np
import pandas as pd

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


def read_sequences(path: str | Path) -> dict[str, str]:
    """Entry name (the header's first word) -> sequence in RNA letters; .gz is read as gzip."""
    path, found, parts = Path(path), {}, []
    try:
        with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as handle:
            for number, line in enumerate(handle, 1):
                line = line.strip()
                if line.startswith(">"):
                    name = (line[1:].split() or [""])[0]
                    if not name or name in found:
                        raise ValueError(
                            f"{path}: line {number}: the name {name!r} is empty or occurs twice; rename it"
                        )
                    parts = found[name] = []
                elif not found and line:
                    raise ValueError(f"{path}: line {number} comes before the first `>name`; give a FASTA file")
                else:
                    wrong = re.search("[^ACGTUNacgtun]", line)
                    if wrong:
                        raise ValueError(f"{path}: line {number} holds {wrong[0]!r}; letters are A, C, G, T, U, N")
                    parts.append(line)
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise ValueError(f"{path}: cannot be read ({error}); fetch it again") from error
    if not found:
        raise ValueError(f"{path}: holds no FASTA entry (a line `>name`, then the sequence)")
    return {name: "".join(each).upper().replace("T", "U") for name, each in found.items()}


def read_experiments(
    paths: list[str | Path], utrs: str | Path, mature: str | Path
) -> tuple[pd.DataFrame, dict[str, str], dict[str, str]]:
    """All tables beneath each other, with columns experiment, mirna, gene, logFC, FDR, repressed (genes with a 3'UTR
    only); the miRNAs' sequences by name; the 3'UTRs by gene. All RNA, 5'->3'."""
    sequences = read_sequences(utrs)
    known = read_sequences_of(mature, {mirna_name(path) for path in paths})
    parts = []
    for path in sorted(map(Path, paths)):
        table = read_experiment(path)
        table = table[table.index.isin(list(sequences))]
        if table.empty:
            raise ValueError(f"{path}: none of its genes has a 3'UTR; row names must be Ensembl genes (ENSG...)")
        parts.append(table.rename_axis("gene").reset_index().assign(experiment=path.name, mirna=mirna_name(path)))
    return pd.concat(parts, ignore_index=True), known, sequences


def read_sequences_of(mature: str | Path, names: set[str]) -> dict[str, str]:
    """The mature sequences of these miRNAs from a miRBase FASTA file."""
    found = {}
    with Path(mature).open() as handle:
        for line in handle:
            if line.startswith(">") and line[1:].split()[0] in names:
                found[line[1:].split()[0]] = next(handle).strip()
    for name in sorted(names - set(found)):
        raise ValueError(f"{mature}: has no miRNA {name!r}; add it, or correct the name of the table's file")
    return found
