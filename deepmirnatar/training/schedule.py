"""The learning rate over a run."""

import numpy as np

from deepmirnatar.training.settings import TrainingSettings


def pace(settings: TrainingSettings, progress_in_epochs: float) -> float:
    """Factor on the learning rate at this point of the run."""
    if settings.schedule == "constant":
        return 1.0
    if settings.schedule != "cosine":
        raise ValueError(f"schedule {settings.schedule!r}: choose constant or cosine")
    at, warmup = progress_in_epochs / settings.epochs, 0.1
    if at < warmup:
        return max(at / warmup, 1e-3)
    return 0.5 * (1 + float(np.cos(np.pi * (at - warmup) / (1 - warmup))))
