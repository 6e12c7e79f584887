"""miRBench's tables (Sammut et al. 2025): 50-nt sites and miRNAs 5'->3', written with T.

Sites carry chromosome coordinates and a gene cluster instead of a gene name; the cluster stands as target.
"""

import pandas as pd

from deepmirnatar.common.files import read_tsv
from deepmirnatar.sources import finish

_RENAMED = {
    "noncodingRNA_name": "mirna",
    "noncodingRNA": "mirna_sequence",
    "gene": "target_sequence",
    "label": "label",
    "noncodingRNA_fam": "mirna_family",
    "feature": "feature",
    "gene_cluster_ID": "target",
}


def parse(files: dict, reference: dict) -> tuple[pd.DataFrame, dict]:
    parts = []
    for split, path in files.items():
        part = read_tsv(path, dtype=str)
        if missing := [name for name in _RENAMED if name not in part.columns]:
            raise ValueError(f"{path}: column {missing[0]!r} is missing; found {', '.join(part.columns)}")
        # The left-out set holds miRNA families that stand in neither of the others; `part` keeps it apart in the table.
        part = part[list(_RENAMED)].rename(columns=_RENAMED)
        part["split"] = "test" if split == "leftout" else split
        parts.append(part.assign(part=split))
    rows = pd.concat(parts, ignore_index=True)
    rows["target"] = "cluster" + rows["target"]
    nameless = rows["mirna"].isna()
    rows["mirna"] = rows["mirna"].fillna("unnamed")
    name = next(iter(files.values())).name.split("_")[2].lower()
    counts = {"rows read": len(rows), "miRNAs without a name": int(nameless.sum())}
    return finish(rows.assign(mirna_written="5to3"), name), counts
