"""mirTarCLASH's human positives, chimeras of many experiments, as prepared for PAIR-Former: one row for each site.

Written with T, tab-separated; sites have 18 nt to several hundred, so that they are found again on whole mRNAs and made
into windows of one length, see `chimeras.py`.
"""

import pandas as pd

from deepmirnatar.common.files import read_tsv
from deepmirnatar.rna.sequences import to_rna
from deepmirnatar.sources import finish
from deepmirnatar.sources.chimeras import read_mrnas, windows

_RENAMED = {"mirfirst": "mirna", "maturemirnaseq": "mirna_sequence", "targetseq": "fragment", "label": "label"}


def parse(files: dict, reference: dict) -> tuple[pd.DataFrame, dict]:
    """Pairs and counts; `files` has `sites` and `mrnas`. Rows of label 0, if any, are left out, counted."""
    rows = read_tsv(files["sites"], dtype=str)
    if missing := [name for name in _RENAMED if name not in rows.columns]:
        raise ValueError(f"{files['sites']}: column {missing[0]!r} is missing; found {', '.join(rows.columns)}")
    rows = rows[[*_RENAMED]].rename(columns=_RENAMED)
    positive = rows[rows["label"] == "1"]
    sites, counts = windows(to_rna(positive["fragment"]), read_mrnas(files["mrnas"]))
    pairs = positive.drop(columns="fragment").join(sites, how="inner").assign(mirna_written="5to3")
    counts = {"rows read": len(rows), "negatives, left out": len(rows) - len(positive), **counts}
    return finish(pairs, "mirtarclash"), counts
