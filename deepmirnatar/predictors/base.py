"""The one interface of all predictors, ours and the contestants."""

from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from deepmirnatar.common.files import read_tensors, write_tensors
from deepmirnatar.embeddings.vectors import Features


@dataclass
class Context:
    """What a fit or a prediction may use in addition to the pairs."""

    seed: int = 1
    threads: int = 1
    device: str = "auto"
    checkpoints: Path = Path("results/checkpoints")
    # Embedded sequences by strand, "mirna" and "site", for predictors whose stanza names embeddings.
    features: dict[str, Features] | None = None
    run: str = ""  # a name that parallel trainings do not share, so each has its own checkpoints


class Predictor:
    """Scores (miRNA, site) pairs; higher means target.

    Subclasses set `Settings` and override what they need. A predictor that learns nothing keeps `fit` as it is.
    `threshold` is the default cut of its score; a second one is chosen on valid by the pipeline.
    """

    Settings: type
    threshold: float = 0.5
    # Must miRNAs come 5'->3' even where the dataset keeps a release's own orientation? True for all that know
    # where the seed is; such predictors are given turned rows.
    needs_5_to_3: bool = False
    probabilities: bool = True  # are its scores probabilities, from 0 to 1?
    reads_n: bool = False  # does it score sites that hold N, where it reads no embeddings?
    embeddings: tuple[str, ...] = ()  # strands for which the stanza must name an embedding
    optional_embeddings: tuple[str, ...] = ()  # strands for which it may
    file: str | Path | None = None  # that it was loaded from
    checkpoints: tuple = ()  # that a fit left behind; whoever saves the model removes them

    def __init__(self, settings: dict | None = None):
        self.settings = self.Settings(**(settings or {}))

    def fit(self, train: pd.DataFrame, valid: pd.DataFrame, context: Context) -> pd.DataFrame:
        """Learn from `train`, stop by `valid`; return the history (epoch, ...), empty where there is none."""
        return pd.DataFrame(columns=["epoch", "train_loss", "valid_loss", "valid_auroc", "seconds"])

    def predict(self, pairs: pd.DataFrame, context: Context) -> np.ndarray:
        """One score per row, shape (rows,); never NaN."""
        raise NotImplementedError

    def state(self) -> tuple[dict[str, np.ndarray], dict]:
        """What was learned: arrays, and anything else as JSON."""
        return {}, {}

    def restore(self, arrays: dict[str, np.ndarray], more: dict) -> None:
        """Inverse of `state`."""

    def save(self, path: str | Path, about: dict) -> None:
        """One safetensors file with `state`, the settings and `about`, what made the model."""
        arrays, more = self.state()
        write_tensors(arrays, {"settings": asdict(self.settings), "state": more, **about}, path)

    @classmethod
    def load(cls, path: str | Path) -> "Predictor":
        """Inverse of `save`. ValueError where the file is damaged or its settings are of another predictor."""
        arrays, description = read_tensors(path)
        try:
            predictor = cls(description["settings"])
            predictor.restore(arrays, description["state"])
        except (KeyError, TypeError) as error:
            raise ValueError(
                f"{path}: is of another predictor or version ({error}); delete it and run again"
            ) from error
        predictor.file = path
        return predictor
