"""GenBank and EMBL files of mRNAs, read by Biopython."""

import re
import warnings
from collections import Counter
from io import TextIOWrapper
from itertools import pairwise
from pathlib import Path

import pandas as pd

from deepmirnatar.common.did_you_mean import counted
from deepmirnatar.common.letters import odd_letter
from deepmirnatar.common.text import InputError, opened

STARTS = {b"LOCUS ": "genbank", b"ID   ": "embl"}  # first bytes -> Biopython's name of the format
INTRON = 30  # nt; a shorter gap within a coding part is a frameshift


def format_of(path: str | Path) -> str | None:
    """`genbank`, `embl`, or None where the file is neither."""
    with opened(path, also=tuple(STARTS)) as handle:
        start = handle.read(512).lstrip()
    return next((name for first, name in STARTS.items() if start.startswith(first)), None)


def read_genbank(path: str | Path, form: str) -> tuple[pd.DataFrame, list[str]]:
    """mRNAs of a file: columns target, sequence (RNA, 5'->3'), cds_start, cds_end (0-based, half-open; 0 where a record
    has no CDS); and sentences on what was left out or guessed.

    A target is named by its gene, or by its accession where several records are of one gene. Raises InputError.
    """
    from Bio import BiopythonWarning, SeqIO

    rows, faults, without = [], [], 0
    with opened(path, also=tuple(STARTS)) as handle, warnings.catch_warnings():
        warnings.simplefilter("ignore", BiopythonWarning)
        try:
            for record in SeqIO.parse(TextIOWrapper(handle, encoding="utf-8", errors="replace"), form):
                try:
                    rows.append((_gene(record), record.id, *_mrna(record)))
                except ValueError as error:
                    faults.append(f"record {record.id!r} {error}")
        except InputError:
            raise
        except (ValueError, AssertionError) as error:
            raise InputError(f"{path}: cannot be read as {form} ({error}); fetch it again, or give FASTA") from error
    if not rows:
        raise InputError(f"{path}: {faults[0] if faults else 'holds no record'}")
    said = []
    if faults:
        said.append(f"{path}: {counted(len(faults), 'record')} left out; first, {faults[0]}.")
    table = pd.DataFrame(rows, columns=["gene", "id", "sequence", "cds_start", "cds_end"])
    again = table["id"].duplicated()
    if again.any():
        said.append(f"{path}: {counted(int(again.sum()), 'record')} of an accession that was there already left out.")
    table = table[~again].reset_index(drop=True)
    if without := int((table["cds_end"] == 0).sum()):
        said.append(f"{path}: {counted(without, 'record')} without a CDS, taken for 3'UTRs as a whole.")
    times = Counter(table["gene"])
    names = [gene if gene and times[gene] == 1 else name for gene, name in table[["gene", "id"]].to_numpy()]
    return table.assign(target=names)[["target", "sequence", "cds_start", "cds_end"]], said


def _gene(record) -> str:
    names = [name for each in record.features for name in each.qualifiers.get("gene", [])]
    return names[0].split()[0] if names and len(set(names)) == 1 else ""


def _mrna(record) -> tuple[str, int, int]:
    """Sequence and coding part of a record. Raises ValueError with the end of a sentence."""
    from Bio.Seq import UndefinedSequenceError

    try:
        sequence = str(record.seq).upper().replace("T", "U")
    except UndefinedSequenceError:
        raise ValueError("has no sequence; fetch it with its sequence") from None
    if not sequence:
        raise ValueError("has no sequence; fetch it with its sequence")
    if odd := odd_letter(re.sub("[RYSWKMBDHV]", "N", sequence), "ACGUN"):
        raise ValueError(f"holds {odd[1]}")
    coding = [each.location for each in record.features if each.type == "CDS"]
    sequence = re.sub("[RYSWKMBDHV]", "N", sequence)
    if not coding:
        return sequence, 0, 0
    if len(coding) > 1:
        raise ValueError(f"has {len(coding)} coding parts; give records of mRNAs")
    parts = sorted((int(part.start), int(part.end)) for part in coding[0].parts)
    if coding[0].strand == -1 or any(start - end > INTRON for (_, end), (start, _) in pairwise(parts)):
        raise ValueError("is no mRNA: its coding part has introns or lies on the other strand; give records of mRNAs")
    if parts[-1][1] == len(sequence):
        raise ValueError("has no 3'UTR: its coding part reaches the end")
    return sequence, parts[0][0], parts[-1][1]
