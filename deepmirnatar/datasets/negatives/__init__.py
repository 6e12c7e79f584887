"""Where a dataset's negatives come from. One file per strategy, found by its name; each defines

    Settings    a dataclass: every key that the stanza's `negatives` may have besides `strategy`, with its default
    REFERENCE   the reference tables that it reads: mirnas, utrs, known_targets
    make(positives, reference, settings, seed, processes) -> (positives that stay, negatives, counts)

A strategy that keeps the negatives of the sources has `make = None` instead of the function.

`positives` is a pairs table, `reference` maps names to tables, `settings` holds the keys of Settings, and `counts` goes
into the report. Negatives need mirna, mirna_sequence, target, target_sequence and split. With `WITHIN_SPLITS = True`
the positives that `make` is given are split already.
"""

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

import pandas as pd


def load(strategy: str) -> ModuleType:
    """The strategy's file; ValueError where there is none."""
    name = f"{__name__}.{strategy}"
    if not strategy.isidentifier() or find_spec(name) is None:
        raise ValueError(f"no negative strategy {strategy!r}: there is no file {name.replace('.', '/')}.py")
    return import_module(name)


def names() -> list[str]:
    """All strategies."""
    return sorted(path.stem for folder in __path__ for path in Path(folder).glob("[!_]*.py"))


def within_splits(strategy: str) -> bool:
    """Does this strategy balance its negatives within train, valid and test, so that positives are split before?"""
    return getattr(load(strategy), "WITHIN_SPLITS", False)


def are_given(strategy: str) -> bool:
    """Do the negatives that the sources bring stay, so that none are made?"""
    return load(strategy).make is None


def generate(
    table: pd.DataFrame, reference: dict, strategy: str, settings: dict, seed: int = 1, processes: int = 1
) -> tuple[pd.DataFrame, pd.DataFrame, dict]:
    """Split `table` into the positives that stay and its negatives, made by `strategy`; counts for the report."""
    positives = table[table["label"] == 1].reset_index(drop=True)
    kept, negatives, counts = load(strategy).make(positives, reference, settings, seed, processes)
    counts = {"negatives given, set aside": len(table) - len(positives), **counts}
    width = len(str(len(negatives)))
    negatives = negatives.assign(
        label=0,
        source=strategy,
        pair_id=[f"{strategy}-{number:0{width}d}" for number in range(1, len(negatives) + 1)],
    )
    return kept, negatives.reset_index(drop=True), counts
