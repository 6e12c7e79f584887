"""microRNA target sites: data, negatives, embeddings, predictors, metrics, predictions. No Snakemake in here."""

__version__ = "0.3.0"
__all__ = ["Predictor", "__version__"]


def __getattr__(name: str):
    # Imported when asked for: the workflow's light jobs import this package, too.
    if name == "Predictor":
        from deepmirnatar.prediction.predictor import Predictor

        return Predictor
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
