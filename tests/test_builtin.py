"""The built-in network without PyTorch gives PyTorch's scores."""

import numpy as np
import pandas as pd
import pytest

from deepmirnatar.prediction.builtin import BuiltIn
from deepmirnatar.prediction.predictor import WEIGHTS
from deepmirnatar.predictors import load_class
from deepmirnatar.predictors.base import Context


def test_scores_equal_those_of_pytorch():
    """Sites shorter and longer than usual, miRNAs beyond what is read, and N are among the 2,000 pairs."""
    pytest.importorskip("torch", reason="the package is tested alone, without PyTorch")
    rng = np.random.default_rng(5)

    def sequences(least: int, most: int, letters: str) -> list[str]:
        return ["".join(rng.choice(list(letters), size)) for size in rng.integers(least, most, 2000)]

    pairs = pd.DataFrame({"mirna_sequence": sequences(17, 28, "ACGU"), "target_sequence": sequences(12, 60, "ACGUN")})
    pairs.loc[:1499, "target_sequence"] = ["".join(rng.choice(list("ACGU"), 40)) for _ in range(1500)]
    network = load_class("interaction_map").load(WEIGHTS / "sites.safetensors")
    network.settings.bfloat16 = False
    expected = network.predict(pairs.assign(label=0), Context(threads=1, device="cpu"))
    found = BuiltIn.load(WEIGHTS / "sites.safetensors").score(pairs["mirna_sequence"], pairs["target_sequence"])
    assert np.ptp(expected) > 0.5
    assert np.abs(found - expected).max() < 1e-5


def test_other_networks_are_refused(tmp_path):
    from deepmirnatar.common.files import write_tensors

    path = tmp_path / "model.safetensors"
    write_tensors({"weight": np.zeros(3, np.float32)}, {}, path)
    with pytest.raises(ValueError, match="no interaction map that is scored without PyTorch"):
        BuiltIn.load(path)
