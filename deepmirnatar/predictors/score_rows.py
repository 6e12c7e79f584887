"""Score rows of a pairs table with a fitted predictor, whichever it is."""

import json
from pathlib import Path

import pandas as pd

from deepmirnatar import predictors
from deepmirnatar.common.files import sha256
from deepmirnatar.embeddings.vectors import Features
from deepmirnatar.pairs import five_to_three
from deepmirnatar.predictors.base import Context, Predictor


def score(
    table: pd.DataFrame,
    features: dict[str, str],
    model: str | Path,
    settings: str | Path,
    orientation: str,
    device: str,
    threads: int,
) -> pd.DataFrame:
    """The table with columns score, threshold (default) and threshold_valid.

    `features` maps strands to files of embedded sequences; `model` and `settings` are files of a run. miRNAs written as
    `orientation` says come back 5'->3' if the predictor wants them so. The predictor is not given the labels.
    """
    predictor, about = load_run(model, settings)
    stores = {strand: Features.load(path) for strand, path in features.items()}
    if predictor.needs_5_to_3:
        table = table.assign(mirna_sequence=five_to_three(table, orientation))
    context = Context(about["seed"], threads, device, features=stores)
    scores = predictor.predict(table.assign(label=0), context)
    return table.assign(score=scores, threshold=about["threshold"], threshold_valid=about["threshold_valid"])


def load_run(model: str | Path, settings: str | Path) -> tuple[Predictor, dict]:
    """The fitted predictor of a run and what its settings.json says. ValueError where the two are of other runs."""
    about = json.loads(Path(settings).read_text(encoding="utf-8"))
    # Runs of earlier versions did not note it.
    if about.get("model_sha256", found := sha256(model)) != found:
        raise ValueError(
            f"{model}: these are not the weights that {settings} describes (sha256 {found[:12]}, not "
            f"{about['model_sha256'][:12]}); delete the file and run again."
        )
    return predictors.load_class(about["model"]["predictor"]).load(model), about
