"""miRBench's tables (Sammut et al. 2025): 50-nt sites and miRNAs 5'->3', written with T.

Sites carry chromosome coordinates and a gene cluster instead of a gene name; the cluster is the target and also the
site cluster. A file's folder may name the benchmark's version, `mirbench_v7`: then so does the source.
"""

from collections.abc import Iterator

import pandas as pd

from deepmirnatar import pairs
from deepmirnatar.common.files import read_tsv
from deepmirnatar.sources import finish, numbered

_RENAMED = {
    "noncodingRNA_name": "mirna",
    "noncodingRNA": "mirna_sequence",
    "gene": "target_sequence",
    "label": "label",
    "noncodingRNA_fam": "mirna_family",
    "feature": "feature",
    "gene_cluster_ID": "target",
}


def parse(files: dict, reference: dict) -> tuple[Iterator[pd.DataFrame], dict]:
    """In blocks, since one of these tables has 2.5 million rows."""
    for path in files.values():
        columns = read_tsv(path, nrows=0).columns
        if missing := [name for name in _RENAMED if name not in columns]:
            raise ValueError(f"{path}: column {missing[0]!r} is missing; found {', '.join(columns)}")
    total = sum(len(block) for path in files.values() for block in _blocks(path, ["label"]))
    counts = {"rows read": total, "miRNAs without a name": 0}
    first_file = next(iter(files.values()))
    version = first_file.parent.name.removeprefix("mirbench") if first_file.parent.name.startswith("mirbench") else ""
    name = first_file.name.split("_")[2].lower() + version

    def parsed() -> Iterator[pd.DataFrame]:
        first = 1
        for split, path in files.items():
            for block in _blocks(path, [*_RENAMED]):
                rows = block[[*_RENAMED]].rename(columns=_RENAMED).set_axis((block.index + 2).rename("line"))
                # The left-out set holds miRNA families that are in neither of the others; `part` keeps it apart in
                # the table.
                rows = rows.assign(split="test" if split == "leftout" else split, part=split, mirna_written="5to3")
                rows["target"] = "cluster" + rows["target"]
                rows["site_cluster"] = rows["target"]
                counts["miRNAs without a name"] += int(rows["mirna"].isna().sum())
                rows["mirna"] = rows["mirna"].fillna("unnamed")
                rows["pair_id"] = numbered(name, range(first, first + len(rows)), total)
                first += len(rows)
                yield finish(rows, name, path).reset_index(drop=True)

    return parsed(), counts


def _blocks(path, columns: list[str]) -> Iterator[pd.DataFrame]:
    return read_tsv(path, dtype=str, usecols=columns, chunksize=pairs.BLOCK)
