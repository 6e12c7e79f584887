"""AGO1 CLASH (Helwak et al. 2013) as prepared for miRBind (Klimentova et al. 2022): 50-nt sites 5'->3', with T.

miRNAs are cut to their first 20 nt; each is completed to the human miRBase sequence that begins so. Genes are not
named: a group of near-identical sites is the target. The file's negatives are not matched in miRNA frequency.
"""

import pandas as pd

from deepmirnatar.common.files import read_tsv
from deepmirnatar.rna.near_identical import cluster_sites
from deepmirnatar.rna.sequences import to_rna
from deepmirnatar.sources import finish
from deepmirnatar.sources.mirbase import NOT_FOUND, complete

_RENAMED = {"miRNA": "mirna_sequence", "gene": "target_sequence", "label": "label"}


def parse(files: dict, reference: dict) -> tuple[pd.DataFrame, dict]:
    """Pairs and counts; `files` has `train`, `reference` has `mirnas`. Rows of unknown miRNAs are left out, counted."""
    rows = read_tsv(files["train"], dtype=str)
    if missing := [name for name in _RENAMED if name not in rows.columns]:
        raise ValueError(f"{files['train']}: column {missing[0]!r} is missing; found {', '.join(rows.columns)}")
    rows = rows[list(_RENAMED)].rename(columns=_RENAMED)
    mirnas, counts = complete(to_rna(rows["mirna_sequence"]), reference["mirnas"])
    rows = mirnas.join(rows[["target_sequence", "label"]]).assign(mirna_written="5to3")
    rows["target"] = [f"site{number}" for number in cluster_sites(to_rna(rows["target_sequence"]))]
    return finish(rows, "helwak2013"), {"rows read": len(rows) + counts[NOT_FOUND], **counts}
