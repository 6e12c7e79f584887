"""miRNAs by their miRBase names, as people write them: hsa-miR-16-5p, miR-16-5p, hsa-miR-16, let-7a."""

import re
from pathlib import Path

import pandas as pd

from deepmirnatar.common.did_you_mean import did_you_mean
from deepmirnatar.prediction.checks import SEEDS
from deepmirnatar.sources.mirbase import read_mature

# Where the workflow downloads it.
MIRBASE = Path("resources/downloads/mirbase/mature.fa")
ADDRESS = "https://mirbase.org/download/mature.fa"
SPECIES = "hsa"  # of names without a prefix
ARMS = ("5p", "3p")
_PREFIXED = re.compile(r"(?!mir-|let-|lin-|lsy-|iab-)[a-z][a-z0-9]{2,4}-")  # hsa-
_ACCESSION = re.compile(r"mimat\d+")
# As people write it, to as miRBase does: miR21, miRNA-21.
_SPELT = re.compile(r"\b(?:(mir|let|lin)(?=\d)|(?:micro|mi)rna-?(?=\d))", flags=re.I)


def from_mirbase(names: list[str], mature: str | Path | None = None) -> tuple[pd.DataFrame, list[str]]:
    """miRNAs of these names: columns mirna, mirna_sequence; and, for names that are not miRBase's own, what was meant.

    A name without an arm means the arm with a seed that many vertebrates share, or both where neither or both have one.
    `mature`: miRBase's mature.fa; by default the file that the workflow downloads. Raises ValueError where that file is
    missing, and for an unknown name with the nearest known one.
    """
    path = Path(mature or MIRBASE)
    if not names:
        raise ValueError("no miRNA is given; name one or more, such as hsa-let-7a-5p, or give a FASTA file")
    if not path.exists():
        raise ValueError(
            f"{names[0]!r} is taken for a name of miRBase, whose file {path} is missing: download {ADDRESS} and give "
            "it as --mirbase, or give sequences in place of names"
        )
    species: dict[str, _Species] = {}
    found, meant = {}, []
    for name in names:
        written = _SPELT.sub(lambda match: f"{match[1] or 'miR'}-", name)
        written = written if _PREFIXED.match(written.lower()) else f"{SPECIES}-{written}"
        # An accession may be of any species.
        prefix = "" if _ACCESSION.fullmatch(name.lower()) else written.lower().split("-")[0]
        if prefix not in species:
            species[prefix] = _Species(read_mature(path, prefix))
        # Names of plants have no hyphen: ath-miR156a-5p.
        chosen = next((rows for key in (name, written) if len(rows := species[prefix].meant_by(key.lower()))), None)
        if chosen is None:
            raise ValueError(f"{path}: holds no miRNA {name!r}.{did_you_mean(written, species[prefix].table['name'])}")
        found |= dict(zip(chosen["name"], chosen["sequence"], strict=True))
        if chosen["name"].tolist() != [name]:
            meant.append(f"{name} means {' and '.join(chosen['name'])}")
    return pd.DataFrame({"mirna": list(found), "mirna_sequence": list(found.values())}), meant


class _Species:
    """The mature miRNAs of a species (name, accession, sequence), found by what is written of them in lower case."""

    def __init__(self, table: pd.DataFrame):
        self.table = table
        self.rows = {
            key: rows
            for column in ("accession", "name")
            for key, rows in table.groupby(table[column].str.lower()).indices.items()
        }

    def meant_by(self, key: str) -> pd.DataFrame:
        """The rows of this accession or this name with its prefix; none where there is no such miRNA."""
        # miR-16-1 is a gene of miR-16; of its arms, miRBase numbers those alone that differ between the genes.
        stem = re.sub(r"(-\d+[a-z]*)-\d+$", r"\1", key)
        whole = next((name for name in (key, stem) if name in self.rows), None)
        if whole:
            return self.table.iloc[self.rows[whole]]
        both = [next((name for name in (f"{key}-{arm}", f"{stem}-{arm}") if name in self.rows), None) for arm in ARMS]
        found = self.table.iloc[sorted(row for arm in both if arm for row in self.rows[arm])]
        shared = found[found["sequence"].str[1:8].isin(SEEDS)]
        return shared if len(shared) else found
