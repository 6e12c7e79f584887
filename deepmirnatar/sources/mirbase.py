"""miRBase's mature.fa."""

from pathlib import Path

import pandas as pd

from deepmirnatar.common.fasta import records
from deepmirnatar.rna.sequences import to_rna


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
