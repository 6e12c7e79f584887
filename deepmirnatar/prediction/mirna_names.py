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
_PREFIXED = re.compile(r"(?!mir-|let-|lin-|lsy-|iab-)[a-z][a-z0-9]{2,4}-")  # hsa-
_ACCESSION = re.compile(r"mimat\d+")
_HYPHEN = re.compile(r"\b(mir|let|lin)(\d)", flags=re.I)


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
    tables: dict[str, pd.DataFrame] = {}
    found, meant = {}, []
    for name in names:
        written = _HYPHEN.sub(r"\1-\2", name)  # miR21
        key = written.lower()
        prefix = key.split("-")[0] if _PREFIXED.match(key) else SPECIES
        species = "" if _ACCESSION.fullmatch(key) else prefix  # an accession may be of any
        if species not in tables:
            tables[species] = read_mature(path, species).assign(key=lambda rows: rows["name"].str.lower())
        table = tables[species]
        chosen = table[table["accession"].str.lower() == key]
        chosen = chosen if len(chosen) else _matches(key if _PREFIXED.match(key) else f"{species}-{key}", table)
        if chosen.empty:
            hint = did_you_mean(written if _PREFIXED.match(key) else f"{species}-{written}", table["name"])
            raise ValueError(f"{path}: holds no miRNA {name!r}.{hint}")
        found |= dict(zip(chosen["name"], chosen["sequence"], strict=True))
        if chosen["name"].tolist() != [name]:
            meant.append(f"{name} means {' and '.join(chosen['name'])}")
    return pd.DataFrame({"mirna": list(found), "mirna_sequence": list(found.values())}), meant


def _matches(key: str, table: pd.DataFrame) -> pd.DataFrame:
    """The rows of a species' mature miRNAs that a lower-case name with prefix means."""
    known = set(table["key"])
    # miR-16-1 is a gene of miR-16; of its arms, miRBase numbers those alone that differ between the genes.
    stem = re.sub(r"(-\d+[a-z]*)-\d+$", r"\1", key)
    whole = next((name for name in (key, stem) if name in known), None)
    if whole:
        return table[table["key"] == whole]
    arms = [next((name for name in (f"{key}-{arm}", f"{stem}-{arm}") if name in known), None) for arm in ("5p", "3p")]
    found = table[table["key"].isin(arms)]
    shared = found[found["sequence"].str[1:8].isin(SEEDS)]
    return shared if len(shared) else found
