"""miRBase's mature.fa."""

from pathlib import Path

import pandas as pd
from Bio import SeqIO

from deepmirnatar.rna.sequences import to_rna


def read_mature(path: str | Path, species: str = "hsa") -> pd.DataFrame:
    """Parse mature.fa: columns name, accession, sequence (5'->3', RNA) of one species."""
    rows = []
    for record in SeqIO.parse(str(path), "fasta"):
        name, accession = record.description.split()[:2]
        if name.startswith(f"{species}-"):
            rows.append((name, accession, str(record.seq)))
    if not rows:
        raise ValueError(f"{path}: holds no mature miRNA of species {species!r} (names begin with '{species}-')")
    table = pd.DataFrame(rows, columns=["name", "accession", "sequence"])
    return table.assign(sequence=to_rna(table["sequence"]))
