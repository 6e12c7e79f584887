"""Scores of a finished run for any pairs table."""

import json
from pathlib import Path

import numpy as np
import pandas as pd

from deepmirnatar import models
from deepmirnatar.features import Features
from deepmirnatar.merging import five_to_three
from deepmirnatar.models.base import Context


def score(
    table: pd.DataFrame,
    features: dict[str, str],
    model: str,
    settings: str,
    orientation: str,
    device: str,
    threads: int,
) -> tuple[np.ndarray, dict]:
    """One score per row, shape (rows,), and what `settings.json` says of the run.

    `features` maps a strand to the file with its embedded sequences; `orientation` is that of the table. Labels are
    not given to the predictor.
    """
    about = json.loads(Path(settings).read_text())
    stores = {strand: Features.load(path) for strand, path in features.items()}
    predictor = models.load_class(about["model"]["predictor"]).load(model)
    if predictor.five_to_three:
        table = table.assign(mirna_sequence=five_to_three(table, orientation))
    context = Context(about["seed"], threads, device, features=stores)
    return predictor.predict(table.assign(label=0), context), about
