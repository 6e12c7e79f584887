"""Where a dataset's negatives come from. One file per strategy, each

    make(positives, reference, settings, seed, processes) -> (positives that stay, negatives, counts)

`given` keeps the negatives that the sources bring and needs no file.
"""

from importlib import import_module

import pandas as pd

STRATEGIES = ["given", "rnacofold", "shuffled", "matched"]


def within_splits(strategy: str) -> bool:
    """Does this strategy balance its negatives within train, valid and test, so that positives are split before?"""
    return strategy != "given" and getattr(
        import_module(f"deepmirnatar.datasets.negatives.{strategy}"), "WITHIN_SPLITS", False
    )


def generate(
    table: pd.DataFrame, reference: dict, strategy: str, settings: dict, seed: int = 1, processes: int = 1
) -> tuple[pd.DataFrame, pd.DataFrame, dict]:
    """Split `table` into the positives that stay and its negatives, made by `strategy`."""
    positives = table[table["label"] == 1].reset_index(drop=True)
    given = table[table["label"] == 0].reset_index(drop=True)
    if strategy == "given":
        return positives, given, {"negatives given": len(given)}
    if strategy not in STRATEGIES:
        raise ValueError(f"unknown negative strategy {strategy!r}; choose from {', '.join(STRATEGIES)}")
    make = import_module(f"deepmirnatar.datasets.negatives.{strategy}").make
    kept, negatives, counts = make(positives, reference, settings, seed, processes)
    counts = {"negatives given, set aside": len(given), **counts}
    width = len(str(len(negatives)))
    negatives = negatives.assign(
        label=0,
        source=strategy,
        pair_id=[f"{strategy}-{number:0{width}d}" for number in range(1, len(negatives) + 1)],
    )
    return kept, negatives.reset_index(drop=True), counts
