"""miRBase's mature.fa."""

from pathlib import Path

import pandas as pd

from deepmirnatar.common.fasta import records
from deepmirnatar.rna.sequences import to_rna

# nt from the 5' end that must agree before two miRNAs of different length count as the same one.
SAME_START = 17
NOT_FOUND = "rows of no human miRBase sequence, left out"


def read_mature(path: str | Path, species: str = "hsa") -> pd.DataFrame:
    """Parse mature.fa: columns name, accession, sequence (5'->3', RNA) of one species, or of all where it is ''."""
    rows = []
    for record in records(path):
        name, accession, *_ = [*record.title.split(), "", ""]
        if not species or name.startswith(f"{species}-"):
            rows.append((name, accession, record.sequence))
    if not rows:
        raise ValueError(f"{path}: holds no mature miRNA of species {species!r} (names begin with '{species}-')")
    table = pd.DataFrame(rows, columns=["name", "accession", "sequence"])
    return table.assign(sequence=to_rna(table["sequence"]))


def complete(starts: pd.Series, known: pd.DataFrame) -> tuple[pd.DataFrame, dict]:
    """The human miRNA of each sequence (RNA, 5'->3') that may lack its 3' end, and counts of what was not clear.

    Taken is the first row of `known` (see `read_mature`) that begins so, else the longest that the sequence begins
    with. The table has the index of the sequences that were found and columns mirna and mirna_sequence.
    """
    by_sequence = dict(zip(known["sequence"][::-1], known["name"][::-1], strict=True))
    found, several = {}, 0
    for text in starts.unique():
        begun = known["sequence"][known["sequence"].str.startswith(text)]
        several += begun.nunique() > 1
        longer = (text[:end] for end in range(len(text) - 1, SAME_START - 1, -1))
        whole = begun.iloc[0] if len(begun) else next((each for each in longer if each in by_sequence), None)
        if whole:
            found[text] = (by_sequence[whole], whole)
    named = starts[starts.isin([*found])]
    table = pd.DataFrame(named.map(found).tolist(), index=named.index, columns=["mirna", "mirna_sequence"])
    return table, {
        NOT_FOUND: len(starts) - len(named),
        "miRNA starts that begin several miRBase sequences, first taken": int(several),
    }
