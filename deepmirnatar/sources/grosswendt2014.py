"""AGO chimeras of human cells (Grosswendt et al. 2014), as prepared in a table with one row for each chimera.

All are positives, written with T. A miRNA of which the read shows the beginning ends in X; each is completed to the
human miRBase sequence that begins so. Fragments are found again on whole mRNAs, see `chimeras.py`.
"""

import pandas as pd

from deepmirnatar.common.tables import read_table
from deepmirnatar.rna.sequences import to_rna
from deepmirnatar.sources import finish
from deepmirnatar.sources.chimeras import read_mrnas, windows
from deepmirnatar.sources.mirbase import complete

COLUMNS = ["mirna_name", "mirna_seq", "target_seq"]


def parse(files: dict, reference: dict) -> tuple[pd.DataFrame, dict]:
    """Pairs and counts; `files` has `chimeras` and `mrnas`, `reference` has `mirnas`."""
    rows = read_table(files["chimeras"], COLUMNS)
    if missing := [name for name in COLUMNS if name not in rows.columns]:
        raise ValueError(f"{files['chimeras']}: column {missing[0]!r} is missing; found {', '.join(rows.columns)}")
    mirnas, of_mirnas = complete(to_rna(rows["mirna_seq"]).str.rstrip("X"), reference["mirnas"])
    sites, of_sites = windows(to_rna(rows["target_seq"]), read_mrnas(files["mrnas"]))
    pairs = mirnas.join(sites, how="inner").assign(label=1, mirna_written="5to3")
    return finish(pairs, "grosswendt2014"), {"rows read": len(rows), **of_mirnas, **of_sites}
