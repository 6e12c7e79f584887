"""A user's own pairs: TSV or CSV with named columns, or FASTA as `>mirna|target|label` with `miRNA&site`."""

import re
from pathlib import Path

import pandas as pd

from deepmirnatar.common.did_you_mean import did_you_mean, plural
from deepmirnatar.common.fasta import is_fasta, records
from deepmirnatar.common.logs import log
from deepmirnatar.common.tables import header, read_table
from deepmirnatar.pairs import PairsError, refuse, refuse_letters
from deepmirnatar.rna.sequences import LONGEST_MIRNA, SHORTEST_MIRNA
from deepmirnatar.sources import finish

REQUIRED = ["mirna", "mirna_sequence", "target", "target_sequence", "label"]
# The pipeline writes these itself; read from a table, they would mean something else. Negatives are balanced within
# each `source`, which a PMID for each row does not mean: only `columns` may ask for that.
RESERVED = ["mock", "mirna_written", "mirbase_note", "site_cluster", "reason", "source"]
LONGEST_SITE = 2000  # nt; what is longer is a transcript
# SEPT2, MARCH1 and 2310009E13Rik as Excel has them.
DATE = r"(?i)\d{1,2}-(?:mar|sep|sept|dec|mrz|dez|oct|okt|nov|apr)|(?:mar|sep|dec)-\d{1,2}|\d\.\d+E\+\d+"
MIRNA_NAME = r"(?i)(?:[a-z]{3,4}-)?(?:mir|let|lin)-"


def parse(
    files: dict, reference: dict, name: str, columns: dict | None = None, mirna_written: str = "5to3"
) -> tuple[pd.DataFrame, dict]:
    """`columns` maps our names to the file's; a column that is not named keeps its own name.

    A column `split` is used where present, otherwise the dataset's split strategy has to make one.
    """
    path = Path(files["pairs"])
    columns = columns or {}
    if path.suffix.lower() in (".fa", ".fasta", ".fna", ".fas") or is_fasta(path):
        if columns:
            log.warning("%s: is FASTA, so `columns` is not read", path)
        rows = _fasta(path)
    else:
        rows = _renamed(read_table(path, [columns.get(each, each) for each in REQUIRED]), columns, path)
    if not len(rows):
        raise PairsError(f"{path}: holds no pairs; write at least one")
    for column in ("mirna_sequence", "target_sequence"):
        # As they are written, which is how a user finds them.
        refuse_letters(rows, column, path)
    rows = finish(rows.assign(mirna_written=mirna_written), name, path)
    _check_roles(rows, path)
    genes = rows["target"]
    if (dates := genes.str.fullmatch(DATE)).any():
        where = f"{path}, line {rows.index[dates][0]}"
        log.warning(
            "%s: target %r looks like a gene that a spreadsheet changed; repair it", where, genes[dates].iloc[0]
        )
    if rows["label"].nunique() == 1:
        log.warning("%s: every label is %d; a model needs both, see negatives.strategy", path, rows["label"].iloc[0])
    return rows.reset_index(drop=True), {"rows read": len(rows)}


def check_columns(path: str | Path, columns: dict, root: Path = Path(".")) -> None:
    """PairsError for a table whose header does not have what `parse` needs; a look at its first line says so."""
    if not is_fasta(root / path):
        _check_names(header(root / path, [columns.get(each, each) for each in REQUIRED]), columns, path)


def _check_names(found: list[str], columns: dict, path: str | Path) -> None:
    for ours, theirs in columns.items():
        if theirs not in found:
            hint = did_you_mean(theirs, found)
            raise PairsError(
                f"{path}: there is no column {theirs!r}, which `columns` names for {ours}.{hint} "
                f"Found: {', '.join(found)}."
            )
        if sum(theirs == each for each in columns.values()) > 1:
            raise PairsError(f"{path}: `columns` names the column {theirs!r} twice; name each of ours by another")
    if any(re.fullmatch("[ACGTU]{12,}", each.upper()) for each in found):
        raise PairsError(f"{path}, line 1: is a row; write the names of the columns above it ({', '.join(REQUIRED)})")
    if len(found) == 1:
        raise PairsError(f"{path}: its header is one column, {found[0]!r}; separate columns by tabs or commas")
    if missing := [column for column in REQUIRED if columns.get(column, column) not in found]:
        near = {each.lower().replace(" ", "_"): each for each in found}
        remedy = ", ".join(f"{column}: {near.get(column, 'THEIRS')}" for column in missing)
        raise PairsError(
            f"{path}: {plural(len(missing), 'column')} {', '.join(map(repr, missing))} "
            f"{'is' if len(missing) == 1 else 'are'} missing. Needed: {', '.join(REQUIRED)}. Found: "
            f"{_some(found)}. Name them in the dataset's stanza, like `columns: {{{remedy}}}`."
        )


def _renamed(rows: pd.DataFrame, columns: dict, path: Path) -> pd.DataFrame:
    """The table with our column names, without columns that cannot be read together with them."""
    _check_names(list(rows.columns), columns, path)
    taken = [ours for ours, theirs in columns.items() if ours in rows.columns and ours not in columns.values()]
    reserved = [each for each in RESERVED if each in rows.columns and each not in columns.values()]
    for column in [*taken, *reserved]:
        why = (
            f"`columns` takes {column!r} from {columns[column]!r}"
            if column in taken
            else "the pipeline writes it itself"
        )
        log.warning("%s: column %r is not read, since %s; rename it to keep it", path, column, why)
    rows = rows.drop(columns=[*taken, *reserved])
    return rows.rename(columns={theirs: ours for ours, theirs in columns.items()})


def _check_roles(rows: pd.DataFrame, path: Path) -> None:
    """Refuse swapped columns, and what is too short or too long for a miRNA or a site."""
    mirna, site = (rows[column].str.len() for column in ("mirna_sequence", "target_sequence"))
    recurring = rows["mirna_sequence"].nunique() > rows["target_sequence"].nunique()
    if (
        (mirna > site).mean() > 0.5
        and (recurring or (mirna > LONGEST_MIRNA).mean() > 0.5)
        and site.median() >= SHORTEST_MIRNA
    ):
        raise PairsError(
            f"{path}: the columns mirna_sequence and target_sequence look swapped: {int((mirna > site).sum())} of "
            f"{len(rows)} miRNAs are longer than their sites; swap them, or name them in `columns`"
        )
    named = [rows[column].str.match(MIRNA_NAME).mean() for column in ("mirna", "target")]
    if named[1] > 0.5 > named[0]:
        raise PairsError(
            f"{path}: the columns mirna and target look swapped: targets such as {rows['target'].iloc[0]!r} are names "
            "of miRNAs; swap them, or name them in `columns`"
        )
    check_lengths(rows, path)


def check_lengths(rows: pd.DataFrame, path: Path) -> None:
    """PairsError for the first miRNA that has not the length of one, and the first site that is too long for one."""
    mirna, site = (rows[column].str.len() for column in ("mirna_sequence", "target_sequence"))
    lengths = f"a mature miRNA has {SHORTEST_MIRNA} to {LONGEST_MIRNA}, give it and not the precursor"
    odd = ~mirna.between(SHORTEST_MIRNA, LONGEST_MIRNA)
    refuse(rows, odd, "mirna_sequence", path, lambda value: f"has {len(value)} nt; {lengths}")
    refuse(
        rows,
        site > LONGEST_SITE,
        "target_sequence",
        path,
        f"is longer than the {LONGEST_SITE:,} nt that a site may have; give the site, not the transcript",
    )


def _fasta(path: Path) -> pd.DataFrame:
    rows, places = [], []
    for record in records(path):
        fields, strands = [field.strip() for field in record.title.split("|")], record.sequence.split("&")
        if len(fields) != 3 or len(strands) != 2:
            raise PairsError(
                f"{path}, line {record.line}: record {record.title!r} must be `>mirna|target|label` with the sequence "
                "`miRNA&site`"
            )
        if fault := record.fault("ACGTU&"):
            raise PairsError(f"{path}, line {fault[0]}: record {record.title!r} holds {fault[1]}")
        rows.append((*fields, *strands))
        places.append(record.line)
    columns = ["mirna", "target", "label", "mirna_sequence", "target_sequence"]
    return pd.DataFrame(rows, columns=columns, index=pd.Index(places, name="line"), dtype=str)


def _some(names: list[str]) -> str:
    """The first names, and how many more there are."""
    more = f" and {len(names) - 20} more" if len(names) > 20 else ""
    return ", ".join(names[:20]) + more
