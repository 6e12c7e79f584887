"""The three CSV files released with DeepmiRNATar (Peng et al. 2024).

Gene `NOONE` marks the rows taken from DeepMirTar; their miRNAs are written 3'->5', all others 5'->3'.
"""

import pandas as pd

from deepmirnatar.sources import finish
from deepmirnatar.sources.reference import repair_symbols


def read_released(files: dict) -> pd.DataFrame:
    """The rows as they are, in file order, with their split; two files begin with a byte order mark."""
    parts = []
    for split in ("train", "valid", "test"):
        part = pd.read_csv(files[split], encoding="utf-8-sig", dtype=str, keep_default_na=False)
        wanted = ["gene", "miRNA", "interaction", "gene_sequence", "miRNA_sequence"]
        if missing := [name for name in wanted if name not in part.columns]:
            raise ValueError(f"{files[split]}: column {missing[0]!r} is missing; found {', '.join(part.columns)}")
        parts.append(part.assign(split=split))
    return pd.concat(parts, ignore_index=True)


def parse(files: dict, reference: dict) -> tuple[pd.DataFrame, dict]:
    rows = read_released(files)
    genes, repaired = repair_symbols(rows["gene"])
    deepmirtar = genes == "NOONE"
    mirnas = reference["mirnas"]
    table = pd.DataFrame(
        {
            "mirna": rows["miRNA"].str.strip().str.strip('"'),
            "mirna_sequence": rows["miRNA_sequence"],
            "target": genes,
            "target_sequence": rows["gene_sequence"],
            "label": rows["interaction"],
            "split": rows["split"],
            "source": deepmirtar.map({True: "deepmirtar", False: "miraw"}),
            "mirna_written": deepmirtar.map({True: "3to5", False: "5to3"}),
        }
    )
    nameless = table["mirna"] == ""
    by_sequence = dict(zip(mirnas["sequence"][::-1], mirnas["name"][::-1], strict=True))
    table.loc[nameless, "mirna"] = rows.loc[nameless, "miRNA_sequence"].map(by_sequence).fillna("unnamed")
    # DeepMirTar's negatives are shuffled miRNAs; a few equal a real one by chance and stay marked as mock.
    table["mock"] = (deepmirtar & (table["label"] == "0")).astype(int)
    counts = {
        "gene symbols that were dates, repaired": repaired,
        "empty miRNA names": int(nameless.sum()),
        "empty miRNA names filled in from miRBase by sequence": int((nameless & (table["mirna"] != "unnamed")).sum()),
        "miRNAs written 3'->5', turned": int(deepmirtar.sum()),
    }
    return finish(table, "deepmirnatar_released"), counts
