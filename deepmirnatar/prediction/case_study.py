"""Do known targets score above random genes? Pairs of a prediction with background genes, grouped and compared."""

import numpy as np
import pandas as pd

from deepmirnatar.evaluation.metrics import interval, resampled
from deepmirnatar.pairs import key_of

GROUPS = ["strong evidence", "weaker evidence", "none known", "random genes"]


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
    a pair only with pairs of its own miRNA, so that a liking for some miRNAs gains nothing. A pair without a candidate
    site ranks last where all pairs are compared. Where the table marks 3'UTRs that stand in for unknown ones, one row
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
    if table.get("stand_in", pd.Series(dtype=int)).any():
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
    low, high = interval(resampled(key_of(table, ["mirna", "target"]), measure)["auc"])
    return {"value": value, "low": low, "high": high, "positives": strong.sum(), "negatives": (~strong).sum()}
