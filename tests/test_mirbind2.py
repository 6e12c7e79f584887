"""miRBind2: its network against arithmetic written out, its published weights, its faults in words."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.metrics import average_precision_score

from deepmirnatar.predictors import mirbind2
from deepmirnatar.predictors.base import Context

SHARED = Path(__file__).parents[2] / "shared" / "data"
PUBLISHED = SHARED / "mirbind2" / "pairwise_onehot_model_20260105_200141.pt"
HEJRET = SHARED / "mirbench" / "AGO2_CLASH_Hejret2023_test.tsv"
SMALL = {"mirna_length": 8, "site_length": 10, "code_size": 2, "filters": [3, 2], "kernels": [4, 3], "dense": 3}


def written_out(network, mirna: str, site: str, rows: int, columns: int) -> float:
    """z of one pair, in loops over cells of numpy arrays."""
    parts = {name: part.detach().numpy().astype(float) for name, part in network.state_dict().items()}
    table = np.zeros((2, rows, columns))
    for i in range(rows):
        for j in range(columns):
            known = i < len(mirna) and j < len(site)
            number = 4 * "AUCG".index(mirna[i]) + "AUCG".index(site[j]) if known else 17
            one_hot = np.eye(18)[number]
            table[:, i, j] = parts["pair_linear.weight"] @ one_hot + parts["pair_linear.bias"]

    def normed(x, name):
        scale = parts[f"{name}.weight"] / np.sqrt(parts[f"{name}.running_var"] + 1e-5)
        return (x - parts[f"{name}.running_mean"]) * scale + parts[f"{name}.bias"]

    def leaky(x):
        return np.where(x > 0, x, 0.1 * x)

    for layer in range(2):
        weight, bias = parts[f"conv_layers.{layer}.weight"], parts[f"conv_layers.{layer}.bias"]
        size = weight.shape[-1]
        around = np.pad(table, [(0, 0)] + 2 * [((size - 1) // 2,) * 2])
        high, wide = (side - size + 1 for side in around.shape[1:])
        out = np.zeros((len(weight), high, wide))
        for i in range(high):
            for j in range(wide):
                patch = around[:, i : i + size, j : j + size]
                cell = np.array([(each * patch).sum() for each in weight]) + bias
                out[:, i, j] = leaky(normed(cell, f"bn_layers.{layer}"))
        high, wide = high // 2, wide // 2
        table = np.array([[[c[2 * i : 2 * i + 2, 2 * j : 2 * j + 2].max() for j in range(wide)] for i in range(high)]
                          for c in out])  # fmt: skip
    dense = leaky(normed(parts["fc1.weight"] @ table.flatten() + parts["fc1.bias"], "bn_fc"))
    return float((parts["fc2.weight"] @ dense + parts["fc2.bias"])[0])


@pytest.fixture
def small():
    """A predictor of few places, with random weights and batch statistics."""
    torch.manual_seed(3)
    predictor = mirbind2.Predictor(SMALL)
    predictor.network = predictor.build(Context())
    for name, part in predictor.network.state_dict().items():
        if part.is_floating_point():
            part.copy_(torch.rand(part.shape) + 0.5 if "var" in name else torch.randn(part.shape))
    return predictor


def test_the_network_is_what_its_arithmetic_written_out_gives(small):
    rows = [("ACGUACGU", "GGCAUUACGU", 0), ("ACGUACGUAA", "GGCAUUACGUAA", 0), ("ACGUA", "UUACC", 0)]
    pairs = pd.DataFrame(rows, columns=["mirna_sequence", "target_sequence", "label"])
    logits = small.logits(pairs, Context(device="cpu"))
    wanted = [written_out(small.network, mirna[:8], site[:10], 8, 10) for mirna, site, _ in rows]
    np.testing.assert_allclose(logits[:, 1] - logits[:, 0], wanted, rtol=1e-4)
    assert logits[0, 1] == logits[1, 1], "what is longer than the places loses its 3' end"
    np.testing.assert_allclose(small.predict(pairs, Context(device="cpu")), 1 / (1 + np.exp(-np.array(wanted))), 1e-4)


def test_a_file_of_another_model_is_refused(small, tmp_path):
    torch.save({"model_state_dict": {"other": torch.zeros(1)}}, tmp_path / "other.pt")
    (tmp_path / "text.pt").write_text("no weights")
    for name in ("other.pt", "text.pt"):
        predictor = mirbind2.Predictor({**SMALL, "weights": str(tmp_path / name)})
        with pytest.raises(ValueError, match=f"{name}: not a miRBind2 model of these settings"):
            predictor.fit(None, None, Context(device="cpu"))


def test_it_learns_and_comes_back_from_its_file(tmp_path, rna):
    rng = np.random.default_rng(0)
    sites = [rna(rng, 10) for _ in range(128)]
    sites = [site[:3] + "GGGG" + site[7:] if number % 2 else site for number, site in enumerate(sites)]
    pairs = pd.DataFrame({"mirna_sequence": "ACCCCGUA", "target_sequence": sites, "label": np.arange(128) % 2})
    predictor = mirbind2.Predictor({**SMALL, "epochs": 6, "learning_rate": 0.02, "filters": [8, 8]})
    context = Context(device="cpu", checkpoints=tmp_path)
    history = predictor.fit(pairs, pairs, context)
    assert history["valid_auroc"].max() > 0.85
    predictor.save(tmp_path / "model.safetensors", {})
    again = mirbind2.Predictor.load(tmp_path / "model.safetensors")
    np.testing.assert_allclose(again.predict(pairs, context), predictor.predict(pairs, context), atol=1e-6)


@pytest.mark.skipif(not PUBLISHED.exists(), reason=f"{PUBLISHED} is not there: the authors' weights")
def test_published_weights_have_their_average_precision_on_hejret2023():
    rows = pd.read_csv(HEJRET, sep="\t")
    sequences = {"mirna_sequence": "noncodingRNA", "target_sequence": "gene"}
    pairs = pd.DataFrame({ours: rows[theirs].str.replace("T", "U") for ours, theirs in sequences.items()})
    predictor = mirbind2.Predictor({"weights": str(PUBLISHED)})
    predictor.fit(None, None, Context(device="cpu"))
    assert sum(part.numel() for part in predictor.network.parameters()) == 147_249
    scores = predictor.predict(pairs.assign(label=0), Context(device="cpu"))
    assert average_precision_score(rows["label"], scores) == pytest.approx(0.855, abs=5e-4)
