"""Rows of a dataset that are too near another dataset's test sites, which its own training must not see."""

import pandas as pd

from deepmirnatar.rna.near_identical import SHARED, shares_run


def drop_near(table: pd.DataFrame, tests: dict[str, pd.DataFrame]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Split pairs into (kept, dropped): rows go whose site shares a run of `SHARED` nt with a test site.

    `tests`: name of a test set, such as `hejret2023:test`, -> its pairs. `dropped` gains a column `reason`, the first
    test set that a row is near to.
    """
    reason = pd.Series("", index=table.index)
    for name, test in tests.items():
        near = shares_run(table["target_sequence"], test["target_sequence"])
        reason[near & (reason == "")] = f"site shares {SHARED} nt with one of {name}, in apart_from"
    out = reason != ""
    return table[~out].reset_index(drop=True), table[out].assign(reason=reason[out]).reset_index(drop=True)
