"""Do known targets score above random genes? Genes of a prediction with a background, grouped and compared."""

import numpy as np
import pandas as pd

from deepmirnatar.evaluation.metrics import interval, resampled
from deepmirnatar.pairs import key_of
from deepmirnatar.prediction.known import PAIR, add_known
from deepmirnatar.rna.near_identical import lie_on

GROUPS = ["strong evidence", "weaker evidence", "none known", "random genes"]


def all_pairs(mirnas: pd.DataFrame, targets: pd.DataFrame, genes: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """Every miRNA on every target, those without a candidate site as well: with 0 sites and no score. Best first.

    `mirnas`: mirna, mirna_sequence. `targets`: target, group, utr_length, stand_in. `genes`: of the prediction.
    `known`: mirna, gene, strong. Result: columns of mirnas and targets, sites, best_score, repression, known, strong.
    """
    table = mirnas.merge(targets, how="cross")
    table = table.merge(genes[[*PAIR, "sites", "best_score", "repression"]], on=PAIR, how="left")
    table = add_known(table.assign(sites=table["sites"].fillna(0).astype(int)), known)
    return table.sort_values(["best_score", *PAIR], ascending=[False, True, True], ignore_index=True)


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


def grouped(table: pd.DataFrame) -> pd.Series:
    """One of `GROUPS` per row of a targets table; empty for pairs of random genes that have evidence after all."""
    chosen = table["group"] == "target"
    which = np.select(
        [chosen & (table["strong"] == 1), chosen & (table["known"] == 1), chosen, table["known"] == 0], GROUPS, ""
    )
    return pd.Series(which, table.index)


def separation(table: pd.DataFrame) -> pd.DataFrame:
    """AUC of pairs of strong evidence against pairs of random genes, by the model and by what never reads the site.

    Columns score, value, low, high (95 %, bootstrapped over pairs), positives, negatives. "within each miRNA" compares
    a pair only with pairs of its own miRNA, so a preference for some miRNAs gains nothing. A pair without a candidate
    site ranks last where all pairs are compared. Where the table marks stand-ins for unknown 3'UTRs, one row
    leaves them out.
    """
    table = table.assign(pairs=grouped(table))
    table = table[table["pairs"].isin(["strong evidence", "random genes"])]
    with_site = table[table["sites"] > 0]
    lowest = with_site["best_score"].min() - 1 if len(with_site) else 0.0
    trained = table["mirna_positives_in_training"] + table["mirna_negatives_in_training"]
    rate = (table["mirna_positives_in_training"] / trained.where(trained > 0)).fillna(0.5)
    rows = [
        ("model, pairs with a site", with_site, with_site["best_score"], False),
        ("model, within each miRNA", with_site, with_site["best_score"], True),
        ("miRNA alone (rate in training)", with_site, rate[with_site.index], False),
        ("model, all pairs", table, table["best_score"].fillna(lowest), False),
        ("number of sites alone", table, table["sites"], False),
        ("3'UTR length alone", table, table["utr_length"], False),
    ]
    if table["stand_in"].any():
        own = with_site[with_site["stand_in"] == 0]
        rows.insert(2, ("model, pairs with a site, without stand-ins", own, own["best_score"], False))
    return pd.DataFrame([{"score": name, **_auc(*rest)} for name, *rest in rows])


def _auc(table: pd.DataFrame, scores: pd.Series, within: bool) -> dict:
    strong = (table["pairs"] == "strong evidence").to_numpy()
    scores, mirnas = scores.to_numpy(dtype=float), table["mirna"].to_numpy()
    above = (scores[strong, None] > scores[~strong]) + 0.5 * (scores[strong, None] == scores[~strong])
    compared = mirnas[strong, None] == mirnas[~strong] if within else np.ones_like(above, dtype=bool)

    def measure(weights: np.ndarray) -> dict:
        with np.errstate(invalid="ignore", divide="ignore"):
            won = ((weights[:, strong] @ (above * compared)) * weights[:, ~strong]).sum(axis=1)
            return {"auc": won / ((weights[:, strong] @ compared) * weights[:, ~strong]).sum(axis=1)}

    value = measure(np.ones((1, len(table)), dtype=np.float32))["auc"][0]
    low, high = interval(resampled(key_of(table, PAIR), measure)["auc"])
    return {"value": value, "low": low, "high": high, "positives": strong.sum(), "negatives": (~strong).sum()}
