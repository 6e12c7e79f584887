"""The mRNAs and miRNAs that a table is explained with: those of a species by its name, or a user's own."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from deepmirnatar.common.fasta import read_fasta
from deepmirnatar.prediction.inputs import as_table
from deepmirnatar.prediction.mirna_names import MIRBASE

COLUMNS = ["target", "sequence", "cds_start", "cds_end"]


@dataclass
class Given:
    """`mirnas`: mirna, mirna_sequence, perhaps conserved (bool); `mrnas`: COLUMNS and further names of the genes.

    `names`: still further ones, columns name, row (of `mrnas`). `mature`: miRBase's mature.fa, if it is there.
    """

    mirnas: pd.DataFrame
    mrnas: pd.DataFrame
    names: pd.DataFrame | None = None
    mature: Path | None = None

    @property
    def knows_conserved(self) -> bool:
        return self.mature is not None or "conserved" in self.mirnas


def given(
    species: str,
    mirnas: str | Path | pd.DataFrame | None = None,
    targets: str | Path | pd.DataFrame | None = None,
    mature: str | Path | None = None,
) -> Given:
    """Of `species`, or from `mirnas` and `targets`, FASTA files or tables; see `explain.explain_changes`."""
    if (mirnas is None) != (targets is None):
        raise ValueError("own miRNAs and own targets go together: give both --mirnas and --targets, or a --species")
    path = Path(mature or MIRBASE)
    if mature and not path.exists():
        raise ValueError(f"{path}: there is no such file; give miRBase's mature.fa")
    path = path if path.exists() else None
    if mirnas is None:
        from deepmirnatar.species.store import load_species

        found = load_species(species)
        return Given(found.mirnas, found.mrnas, found.names, path)
    if not isinstance(mirnas, pd.DataFrame):
        mirnas = as_table(read_fasta(mirnas, "ACGU"), "mirna", "mirna_sequence")
    if not isinstance(targets, pd.DataFrame):
        targets = as_table(read_fasta(targets, "ACGUN"), "target", "sequence").assign(cds_start=0, cds_end=0)
    if missing := [column for column in COLUMNS if column not in targets]:
        raise ValueError(f"the table of targets has no column {missing[0]!r}; it needs {', '.join(COLUMNS)}")
    return Given(mirnas, targets, None, path)
