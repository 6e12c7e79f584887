"""From scored sites to targets: one row per (miRNA, gene), with what is known of the pair and what was trained on."""

from pathlib import Path

import numpy as np
import pandas as pd

from deepmirnatar.common.tables import read_table
from deepmirnatar.rna.near_identical import lie_on

PAIR = ["mirna", "target"]


def noisy_or(scores: pd.Series) -> float:
    """The probability that at least one site is real, if each were so independently: 1 - prod(1 - p)."""
    return float(1 - np.prod(1 - scores.to_numpy(dtype=float)))


def summarize(tested: pd.DataFrame, sites: pd.DataFrame) -> pd.DataFrame:
    """One row per row of `tested` (mirna, target, ...): sites, best_score, called, called_valid, any_site.

    `any_site` is `noisy_or`, and left out for scores that are no probabilities. A pair without a candidate site stands
    with 0 sites and an empty score. Best first.
    """
    groups = sites.groupby(PAIR)
    found = groups.agg(
        sites=("score", "size"),
        best_score=("score", "max"),
        called=("called", "sum"),
        called_valid=("called_valid", "sum"),
    )
    if sites["score"].between(0, 1).all():
        found["any_site"] = groups["score"].agg(noisy_or)
    table = tested.merge(found.reset_index(), on=PAIR, how="left")
    counts = ["sites", "called", "called_valid"]
    table[counts] = table[counts].fillna(0).astype(int)
    return table.sort_values(["best_score", *PAIR], ascending=[False, True, True], ignore_index=True)


def read_known(path: str | Path) -> pd.DataFrame:
    """Known targets: columns mirna, gene, strong (0 or 1; 0 where the table has no such column). Raises ValueError."""
    table = read_table(path, ["mirna", "gene"])
    for column in ("mirna", "gene"):
        if column not in table:
            raise ValueError(f"{path}: column {column!r} is missing; found {', '.join(map(str, table.columns))}")
    strong = table["strong"] if "strong" in table else pd.Series("0", table.index)
    if (odd := ~strong.isin(["0", "1"])).any():
        line, value = next(strong[odd].items())
        raise ValueError(f"{path}, line {line}: strong is {value!r}; write 1 for strong evidence, or 0")
    return table.assign(strong=strong.astype(int))[["mirna", "gene", "strong"]].reset_index(drop=True)


def add_known(table: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """With `strong` (1: reporter assay, western blot or the like) and `known` (1: any evidence) from the known targets,
    columns mirna, gene, strong."""
    names = known.rename(columns={"gene": "target"}).groupby(PAIR, as_index=False)["strong"].max()
    table = table.merge(names.assign(known=1), on=PAIR, how="left")
    return table.assign(strong=table["strong"].fillna(0).astype(int), known=table["known"].fillna(0).astype(int))


def add_training(table: pd.DataFrame, training: pd.DataFrame, utrs: pd.Series) -> pd.DataFrame:
    """With the numbers of training rows, positives and negatives apart, of the pair, of the gene, of the miRNA.

    `training` has mirna, mirna_sequence (5'->3'), target, target_sequence, label. A row is of a miRNA by name or
    sequence, and of a gene by name or because its site lies on the gene's 3'UTR (`utrs`: target -> sequence).
    """
    rows = training.reset_index(drop=True).rename_axis("row").reset_index()
    mirnas = table[["mirna", "mirna_sequence"]].drop_duplicates()
    of_mirna = pd.concat(
        [
            rows[["row", "mirna"]].merge(mirnas[["mirna"]], on="mirna"),
            rows[["row", "mirna_sequence"]].merge(mirnas, on="mirna_sequence")[["row", "mirna"]],
        ]
    ).drop_duplicates()
    site, utr = lie_on(rows["target_sequence"], utrs)
    of_gene = pd.concat(
        [
            rows.loc[rows["target"].isin(table["target"]), ["row", "target"]],
            pd.DataFrame({"row": site, "target": utrs.index.to_numpy()[utr]}),
        ]
    ).drop_duplicates()
    label = rows["label"]
    for name, hits in (("pair", of_mirna.merge(of_gene, on="row")), ("gene", of_gene), ("mirna", of_mirna)):
        keys = [key for key in PAIR if key in hits]
        for value, which in ((1, "positives"), (0, "negatives")):
            part = hits[label[hits["row"]].to_numpy() == value]
            counts = part.groupby(keys).size().rename(f"{name}_{which}_in_training").reset_index()
            table = table.merge(counts, on=keys, how="left")
            table[counts.columns[-1]] = table[counts.columns[-1]].fillna(0).astype(int)
    return table


def bed(sites: pd.DataFrame) -> pd.DataFrame:
    """The sites as BED6 on their 3'UTRs: chrom, start, end, name (miRNA|seed class), score 0-1000, strand.

    Probabilities times 1000; other scores are stretched from their lowest to their highest.
    """
    score = sites["score"].astype(float)
    if not score.between(0, 1).all():
        score = (score - score.min()) / max(score.max() - score.min(), 1e-12)
    table = sites.assign(
        name=sites["mirna"] + "|" + sites["seed_type"].str.replace(" ", "_"),
        bed_score=(1000 * score).round().astype(int),
        strand="+",
    )
    table = table.sort_values(["target", "start", "mirna"], kind="stable")
    return table[["target", "start", "end", "name", "bed_score", "strand"]]
