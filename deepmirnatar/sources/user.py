"""A user's own pairs: TSV or CSV with named columns, or FASTA as `>mirna|target|label` with `miRNA&site`."""

from pathlib import Path

import pandas as pd
from Bio import SeqIO

from deepmirnatar.pairs import PairsError
from deepmirnatar.sources import finish

REQUIRED = ["mirna", "mirna_sequence", "target", "target_sequence", "label"]


def parse(
    files: dict, reference: dict, name: str, columns: dict | None = None, mirna_written: str = "5to3"
) -> tuple[pd.DataFrame, dict]:
    """`columns` maps our names to the file's; a column that is not named keeps its own name.

    A column `split` is used where present, otherwise the dataset's split strategy has to make one.
    """
    path = Path(files["pairs"])
    rows = _fasta(path) if path.suffix in (".fa", ".fasta") else _table(path)
    if not len(rows):
        raise PairsError(f"{path}: holds no rows")
    rows = rows.rename(columns={theirs: ours for ours, theirs in (columns or {}).items()})
    missing = [column for column in REQUIRED if column not in rows.columns]
    if missing:
        raise PairsError(
            f"{path}: column {', '.join(map(repr, missing))} is missing. Needed: {', '.join(REQUIRED)}. Found: "
            f"{', '.join(rows.columns)}. Name them in the dataset's stanza, like `columns: {{{missing[0]}: THEIRS}}`."
        )
    return finish(rows.assign(mirna_written=mirna_written), name, path), {"rows read": len(rows)}


def _table(path: Path) -> pd.DataFrame:
    separator = "," if path.suffix == ".csv" else "\t"
    return pd.read_csv(path, sep=separator, dtype=str, keep_default_na=False, encoding="utf-8-sig")


def _fasta(path: Path) -> pd.DataFrame:
    rows = []
    for record in SeqIO.parse(str(path), "fasta"):
        fields, strands = record.description.split("|"), str(record.seq).split("&")
        if len(fields) != 3 or len(strands) != 2:
            raise PairsError(
                f"{path}: record {record.description!r} must be `>mirna|target|label` with the sequence `miRNA&site`"
            )
        rows.append((*fields, *strands))
    return pd.DataFrame(rows, columns=["mirna", "target", "label", "mirna_sequence", "target_sequence"])
