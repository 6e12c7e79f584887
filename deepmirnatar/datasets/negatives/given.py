"""The negatives that the sources bring."""

import pandas as pd

from deepmirnatar.common.settings import NoSettings

Settings = NoSettings
REFERENCE = ()


def make(positives: pd.DataFrame, reference: dict, settings: dict, seed: int, processes: int) -> tuple:
    """Makes none: those given stay."""
    return positives, None, {}
