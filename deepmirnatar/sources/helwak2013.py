"""AGO1 CLASH (Helwak et al. 2013) as prepared for miRBind (Klimentova et al. 2022): 50-nt sites 5'->3', with T.

miRNAs are cut to their first 20 nt; each is completed to the human miRBase sequence that begins so. Genes are not
named: a group of near-identical sites is the target. The file's negatives are not matched in miRNA frequency.
"""

import pandas as pd

from deepmirnatar.common.files import read_tsv
from deepmirnatar.rna.near_identical import cluster_sites
from deepmirnatar.rna.sequences import to_rna
from deepmirnatar.sources import finish

_RENAMED = {"miRNA": "mirna_sequence", "gene": "target_sequence", "label": "label"}


def parse(files: dict, reference: dict) -> tuple[pd.DataFrame, dict]:
    """Pairs and counts; `files` has `train`, `reference` has `mirnas`. Rows of unknown miRNAs are left out, counted."""
    rows = read_tsv(files["train"], dtype=str)
    if missing := [name for name in _RENAMED if name not in rows.columns]:
        raise ValueError(f"{files['train']}: column {missing[0]!r} is missing; found {', '.join(rows.columns)}")
    rows = rows[list(_RENAMED)].rename(columns=_RENAMED)
    start = to_rna(rows["mirna_sequence"])
    known = reference["mirnas"]
    of_start = {text: _completed(text, known) for text in start.unique()}
    found = start.map(of_start)
    named = found.notna()
    rows = rows[named].assign(
        mirna=[entry[0] for entry in found[named]], mirna_sequence=[entry[1] for entry in found[named]]
    )
    rows["target"] = [f"site{number}" for number in cluster_sites(to_rna(rows["target_sequence"]))]
    several = sum(len(set(known["sequence"][known["sequence"].str.startswith(text)])) > 1 for text in of_start)
    counts = {
        "rows read": len(named),
        "rows whose miRNA begins no human miRBase sequence, left out": int((~named).sum()),
        "miRNA starts that begin several miRBase sequences, first taken": several,
    }
    return finish(rows.assign(mirna_written="5to3"), "helwak2013"), counts


def _completed(start: str, known: pd.DataFrame) -> tuple[str, str] | None:
    """Name and sequence of the first human miRNA that begins with `start`."""
    match = known[known["sequence"].str.startswith(start)]
    return None if match.empty else (match["name"].iloc[0], match["sequence"].iloc[0])
