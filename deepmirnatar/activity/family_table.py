"""The two tables of a result: all families, ranked, and the targets of those that are named."""

import numpy as np
import pandas as pd

from deepmirnatar.activity.regression import Regression, benjamini_hochberg
from deepmirnatar.activity.seed_sites import BEST, EIGHT, SEVEN
from deepmirnatar.activity.signal import clipped
from deepmirnatar.activity.stepwise import Step, groups, strengths

WITH_TARGETS = 100  # ranks for which the first targets are listed; named families always have them
TOP = 10
COLUMNS = [
    *(
        "rank",
        "family",
        "mirna",
        "mirnas",
        "conserved",
        "direction",
        "z",
        "q",
        "step",
        "step_z",
        "echo_of",
        "genes_with_site",
    ),
    *("genes_with_8mer", "mean_log2fc_targets", "mean_log2fc_others", "effect", "top_targets", "au_rich_seed"),
]


def family_table(
    predicted,
    genes: pd.DataFrame,
    columns: np.ndarray,
    best: np.ndarray,
    covariates: np.ndarray,
    z: np.ndarray,
    steps: list[Step],
    shown: np.ndarray,
    direction: str,
) -> pd.DataFrame:
    """One row per shown family, columns COLUMNS, sorted by rank; echoes have their head's rank and come after it.

    `columns`, `best` (genes, families): prediction and best site of the table's genes; `z` (families,) calibrated.
    `step_z`: z when the family was named, those of earlier steps regressed out. genes_with_site counts 7mers and 8mers
    in 3'UTRs; `effect`: observed log2 units per predicted unit.
    """
    from scipy.stats import norm

    strength = np.where(shown, strengths(z, direction), -np.inf)
    heads = groups(z, strength, predicted.families["family"].tolist(), predicted.families["conserved"].to_numpy())
    p = norm.sf(strength[shown]) * (2 if direction == "both" else 1)
    table = predicted.families.loc[shown, ["family", "mirna", "mirnas", "conserved", "au_rich_seed"]]
    rows = table.index.to_numpy()
    with_site, listed = best >= SEVEN, genes["listed"].to_numpy()
    among = with_site[listed] if listed.any() else with_site
    eight = (best[listed] if listed.any() else best) >= EIGHT
    seeds = predicted.families["family"].to_numpy()
    numbers = {step.family: number for number, step in enumerate(steps, start=1)}
    table = table.assign(
        direction=np.where(z[rows] >= 0, "more active", "less active"),
        z=z[rows],
        q=benjamini_hochberg(np.minimum(p, 1)),
        step=pd.Series(numbers, dtype="Int64").reindex(rows),
        step_z=pd.Series({step.family: step.z for step in steps}, dtype=float).reindex(rows),
        echo_of=np.where(heads[rows] != rows, seeds[heads[rows]], ""),
        genes_with_site=among.sum(axis=0)[rows],
        genes_with_8mer=eight.sum(axis=0)[rows],
        **_means(genes, with_site, columns, covariates, rows),
    )
    table = _ranked(table, strength, heads)
    table.insert(0, "top_targets", _top_targets(table, genes, columns, best))
    return table[COLUMNS].reset_index(drop=True)


def target_table(
    families: pd.DataFrame, predicted, genes: pd.DataFrame, columns: np.ndarray, best: np.ndarray
) -> pd.DataFrame:
    """Genes with a seed match (6mer or better) of each named family, in order of steps and of predicted repression.

    Columns family, mirna, gene, log2fc, p, predicted (log2 fold change, <= 0), best_site. Of a list only its genes.
    """
    number = {family: row for row, family in enumerate(predicted.families["family"])}
    parts = []
    for row in families.dropna(subset="step").sort_values("step").itertuples():
        column = number[row.family]
        kept = (best[:, column] > 0) & (genes["listed"].to_numpy() | ~genes["listed"].any())
        part = genes.loc[kept, ["target", "log2fc", "p"]].rename(columns={"target": "gene"})
        part = part.assign(predicted=-columns[kept, column], best_site=np.array(BEST)[best[kept, column]])
        part.insert(0, "family", row.family)
        part.insert(1, "mirna", row.mirna)
        parts.append(part.sort_values(["predicted", "gene"], kind="stable"))
    names = ["family", "mirna", "gene", "log2fc", "p", "predicted", "best_site"]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=names)


def _means(genes, with_site, columns, covariates, rows) -> dict[str, np.ndarray]:
    """Mean log2 fold change with and without a site, and the slope on the prediction; NaN for a list."""
    log2fc = genes["log2fc"].to_numpy()
    names = ("mean_log2fc_targets", "mean_log2fc_others", "effect")
    if np.isnan(log2fc).any():
        return {name: np.full(len(rows), np.nan) for name in names}
    sums = log2fc.astype(np.float32) @ with_site.astype(np.float32)
    counts = with_site.sum(axis=0)
    targets, others = sums / np.maximum(counts, 1), (log2fc.sum() - sums) / np.maximum(len(genes) - counts, 1)
    slopes = Regression(clipped(-log2fc), columns, covariates).slopes()
    return dict(zip(names, (targets[rows], others[rows], slopes[rows]), strict=True))


def _ranked(table: pd.DataFrame, strength: np.ndarray, heads: np.ndarray) -> pd.DataFrame:
    """By strength of the group; within a group the head first."""
    rows = table.index.to_numpy()
    top = pd.Series(strength[rows], index=rows).groupby(heads[rows]).transform("max")
    keys = pd.DataFrame({"top": -top, "head": heads[rows], "echo": heads[rows] != rows, "own": -strength[rows]})
    order = keys.sort_values(["top", "head", "echo", "own"], kind="stable").index
    rank = pd.factorize(keys.loc[order, "head"])[0] + 1
    return table.loc[order].assign(rank=rank)


def _top_targets(table: pd.DataFrame, genes: pd.DataFrame, columns: np.ndarray, best: np.ndarray) -> list[str]:
    """Genes with a site, by the product of observed and predicted change; of a list, its genes by prediction."""
    names, listed = genes["target"].to_numpy(), genes["listed"].to_numpy()
    observed = listed.astype(float) if listed.any() else -genes["log2fc"].to_numpy()
    found = []
    for column, row in zip(table.index, table.itertuples(), strict=True):
        if row.rank > WITH_TARGETS and pd.isna(row.step):
            found.append("")
            continue
        way = 1 if row.direction == "more active" else -1
        score = np.where(best[:, column] > 0, way * observed * columns[:, column], 0)
        first = np.argpartition(-score, min(TOP, len(score) - 1))[:TOP]
        first = first[np.argsort(-score[first], kind="stable")]
        found.append(",".join(names[each] for each in first if score[each] > 0))
    return found
