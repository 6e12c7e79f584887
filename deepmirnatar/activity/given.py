"""The mRNAs and miRNAs that a table is explained with: those of a species by its name, or a user's own."""

from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from deepmirnatar.common.fasta import read_fasta
from deepmirnatar.prediction.inputs import as_table
from deepmirnatar.sources.mirbase import read_mature

COLUMNS = ["target", "sequence", "cds_start", "cds_end"]


# Of names that genes have or had, in the order in which they count.
KINDS = ["previous symbol", "RefSeq", "alias"]


@dataclass
class Given:
    """`mirnas`: mirna, mirna_sequence and, where that is known, conserved (bool); `mrnas`: COLUMNS, and ids of genes.

    `names`: further names of genes -> row of `mrnas`.
    """

    mirnas: pd.DataFrame
    mrnas: pd.DataFrame
    names: dict[str, int] = field(default_factory=dict)


def given(
    species: str,
    mirnas: str | Path | pd.DataFrame | None = None,
    targets: str | Path | pd.DataFrame | None = None,
    mature: str | Path | None = None,
) -> Given:
    """Of `species`, or from `mirnas` and `targets`, FASTA files or tables; see `explain.explain_changes`.

    `mature`: miRBase's mature.fa, which says what is conserved among own miRNAs that have its names.
    """
    if (mirnas is None) != (targets is None):
        raise ValueError("own miRNAs and own targets go together: give both --mirnas and --targets, or a --species")
    if mirnas is None:
        from deepmirnatar.species.store import load_species

        found = load_species(species)
        return Given(found.mirnas, found.mrnas, _names(found.names, found.others))
    if not isinstance(mirnas, pd.DataFrame):
        mirnas = as_table(read_fasta(mirnas, "ACGU"), "mirna", "mirna_sequence")
    if not isinstance(targets, pd.DataFrame):
        targets = as_table(read_fasta(targets, "ACGUN"), "target", "sequence").assign(cds_start=0, cds_end=0)
    if missing := [column for column in COLUMNS if column not in targets]:
        raise ValueError(f"the table of targets has no column {missing[0]!r}; it needs {', '.join(COLUMNS)}")
    if mature:
        from deepmirnatar.species.conserved import is_conserved

        named = mirnas.rename(columns={"mirna": "name", "mirna_sequence": "sequence"})
        mirnas = mirnas.assign(conserved=is_conserved(named, read_mature(mature, "")))
    return Given(mirnas, targets)


def _names(names: pd.DataFrame, others: dict[str, str]) -> dict[str, int]:
    """Names that mean one gene. What two genes share, or what is the symbol of a gene without an mRNA, means none."""
    found: dict[str, int] = {}
    for kind in KINDS:
        of_kind = names[names["kind"] == kind].drop_duplicates(["name", "row"])
        for name, row in of_kind.drop_duplicates("name", keep=False)[["name", "row"]].itertuples(index=False):
            if name not in others:
                found.setdefault(name, int(row))
    return found
