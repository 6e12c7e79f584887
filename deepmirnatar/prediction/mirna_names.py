"""miRNAs by their miRBase names, as people write them: hsa-miR-16-5p, miR-16-5p, hsa-miR-16, let-7a."""

import re
from pathlib import Path

import pandas as pd

from deepmirnatar.common.spelling import did_you_mean
from deepmirnatar.prediction.checks import SEEDS
from deepmirnatar.sources.mirbase import read_mature

# Where the workflow downloads it.
MIRBASE = Path("resources/downloads/mirbase/mature.fa")
ADDRESS = "https://mirbase.org/download/mature.fa"
SPECIES = "hsa"  # of names without a prefix
_FIRST = ("mir", "let", "lin", "lsy", "bantam", "iab")  # how a name begins that has no prefix


def from_mirbase(names: list[str], mature: str | Path | None = None) -> tuple[pd.DataFrame, list[str]]:
    """miRNAs of these names: columns mirna, mirna_sequence; and, for names that are not miRBase's own, what was meant.

    A name without an arm means the arm with a seed that many vertebrates share, or both where neither or both have one.
    `mature`: miRBase's mature.fa; by default the file that the workflow downloads. Raises ValueError where that file is
    missing, and for an unknown name with the nearest known one.
    """
    path = Path(mature or MIRBASE)
    if not path.exists():
        raise ValueError(
            f"{names[0]!r} is no file, and for miRBase names {path} is missing: download {ADDRESS} and give it as "
            "--mirbase, or give a FASTA file of miRNAs."
        )
    tables: dict[str, pd.DataFrame] = {}
    found, meant = {}, []
    for name in names:
        key = name.lower()
        species = SPECIES if key.split("-")[0] in _FIRST else key.split("-")[0]
        if species not in tables:
            tables[species] = read_mature(path, species).assign(key=lambda rows: rows["name"].str.lower())
        chosen = _matches(key if key.startswith(f"{species}-") else f"{species}-{key}", tables[species])
        if chosen.empty:
            known = tables[species]["name"]
            hint = did_you_mean(name if name.startswith(f"{species}-") else f"{species}-{name}", known)
            raise ValueError(f"{path}: holds no miRNA {name!r}.{hint}")
        found |= dict(zip(chosen["name"], chosen["sequence"], strict=True))
        if chosen["name"].tolist() != [name]:
            meant.append(f"{name} means {' and '.join(chosen['name'])}")
    return pd.DataFrame({"mirna": list(found), "mirna_sequence": list(found.values())}), meant


def _matches(key: str, table: pd.DataFrame) -> pd.DataFrame:
    """The rows of a species' mature miRNAs that a lower-case name with prefix means."""
    for stem in dict.fromkeys([key, re.sub(r"-\d+$", "", key)]):  # miR-16-1 is a gene of miR-16
        exact = table[table["key"] == stem]
        arms = exact if len(exact) else table[table["key"].isin([f"{stem}-5p", f"{stem}-3p"])]
        if len(arms):
            shared = arms[arms["sequence"].str[1:8].isin(SEEDS)]
            return shared if len(shared) else arms
    return table.iloc[:0]
