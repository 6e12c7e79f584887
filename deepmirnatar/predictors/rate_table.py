"""The look-up shortcuts: the positive rate of a name in the training split, and nothing else.

mirna_only    columns: [mirna_sequence]
target_only   columns: [target]
pair_lookup   columns: [mirna_sequence, target], backed by the miRNA's rate for pairs that were never seen
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from deepmirnatar.common.did_you_mean import did_you_mean
from deepmirnatar.common.settings import setting
from deepmirnatar.pairs import COLUMNS, key_of
from deepmirnatar.predictors import base


@dataclass
class Settings:
    columns: list[str] = setting(["mirna_sequence"], "columns whose values are looked up together")
    backoff: list[str] = setting([], "columns to fall back on for values that were never seen")
    prior: float = setting(1.0, "rows that the overall rate counts for", least=0)

    def check(self) -> None:
        """ValueError for columns that a table of pairs does not have, or that nothing can be learned from."""
        known = [name for name in COLUMNS if name not in ("pair_id", "label", "split")]
        for key, names in (("columns", self.columns), ("backoff", self.backoff)):
            if odd := [name for name in names if name not in known]:
                raise ValueError(
                    f"{key}: {odd[0]!r} is not a column of the pairs to learn from.{did_you_mean(odd[0], known)}"
                )
        if not self.columns:
            raise ValueError("columns: is empty; name one or more, such as mirna_sequence")


class Predictor(base.Predictor):
    Settings = Settings

    def fit(self, train, valid, context):
        self.table = RateTable(self.settings.prior).fit(key_of(train, self.settings.columns), train["label"])
        self.back = None
        if self.settings.backoff:
            self.back = RateTable(self.settings.prior).fit(key_of(train, self.settings.backoff), train["label"])
        return super().fit(train, valid, context)

    def predict(self, pairs, context) -> np.ndarray:
        names = key_of(pairs, self.settings.columns)
        scores = self.table.score(names)
        if self.back is not None:
            seen = names.isin(self.table.rates.keys()).to_numpy()
            scores = np.where(seen, scores, self.back.score(key_of(pairs, self.settings.backoff)))
        return scores

    def state(self):
        tables = {"table": self.table, "back": self.back}
        return {}, {name: vars(each) for name, each in tables.items() if each is not None}

    def restore(self, arrays, more):
        for name in ("table", "back"):
            setattr(self, name, None)
            if name in more:
                setattr(self, name, RateTable())
                vars(getattr(self, name)).update(more[name])


class RateTable:
    """Positive rate by name, learned from a training split.

    A name's rate is smoothed toward the overall rate with weight `prior`. A name that was never seen takes the rate of
    names seen once: among those, novelty itself may reveal the class, as it does where negatives are invented miRNAs.
    """

    def __init__(self, prior: float = 1.0):
        self.prior, self.rates, self.unseen = prior, {}, 0.5

    def fit(self, names: pd.Series, labels: pd.Series) -> "RateTable":
        counts = labels.groupby(names).agg(["sum", "count"])
        overall = float(labels.mean())
        rates = (counts["sum"] + self.prior * overall) / (counts["count"] + self.prior)
        once = counts[counts["count"] == 1]
        if len(once) or self.prior:
            self.unseen = float((once["sum"].sum() + self.prior * overall) / (len(once) + self.prior))
        self.rates = rates.to_dict()
        return self

    def score(self, names: pd.Series) -> np.ndarray:
        """The rate of each name, shape (rows,)."""
        return names.map(self.rates).fillna(self.unseen).to_numpy(dtype=float)
