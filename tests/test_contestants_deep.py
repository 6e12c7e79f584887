"""miTAR, TEC-miTarget and miRAW: their encodings, sizes, published weights, masks, rules, and that they learn."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.metrics import roc_auc_score

from deepmirnatar.predictors import base, load_class, miraw, mitar, tec_mitarget
from deepmirnatar.predictors.base import Context
from deepmirnatar.predictors.networks.mitar import load_keras
from deepmirnatar.predictors.networks.tec_mitarget import MaskedBatchNorm
from deepmirnatar.predictors.networks.tec_mitarget import Network as TecNetwork
from deepmirnatar.rna.sequences import PAIRS, code_table, encode, reverse_complement

# The files miTAR's authors publish; they are not part of this repository.
PUBLISHED = Path(__file__).parents[2] / "shared" / "data" / "mitar"
LET7 = "UGAGGUAGUAGGUUGUAUAGUU"
SMALL = {
    "mitar": {"filters": 32, "units": 8, "epochs": 14, "learning_rate": 3e-3, "batch_size": 25},
    "tec_mitarget": {
        "hidden": 16, "projection": 8, "layers": 1, "kernel": 3, "epochs": 6, "learning_rate": 5e-3, "batch_size": 50,
    },
    "miraw": {"encoder": [64, 32], "dense": [16], "epochs": 6, "pretrain_epochs": 3, "learning_rate": 5e-3},
}  # fmt: skip


def random_rna(rng: np.random.Generator, length: int) -> str:
    return "".join(rng.choice(list("ACGU"), length))


def random_pairs(rows: int, seed: int) -> pd.DataFrame:
    """Strands of many lengths, random labels."""
    rng = np.random.default_rng(seed)
    mirnas = [random_rna(rng, rng.integers(17, 27)) for _ in range(rows)]
    sites = [random_rna(rng, rng.integers(7, 54)) for _ in range(rows)]
    labels = rng.integers(0, 2, rows)
    return pd.DataFrame({"mirna_sequence": mirnas, "target_sequence": sites, "label": labels})


def seed_pairs(rows: int, seed: int) -> pd.DataFrame:
    """let-7 with random sites; the positives hold its seed match."""
    rng = np.random.default_rng(seed)
    labels = np.arange(rows) % 2
    match = reverse_complement(LET7[1:8])
    sites = [random_rna(rng, 40) for _ in labels]
    sites = [site[:26] + match + site[33:] if label else site for site, label in zip(sites, labels, strict=True)]
    return pd.DataFrame({"mirna_sequence": LET7, "target_sequence": sites, "label": labels})


def size_of(network: torch.nn.Module) -> int:
    return sum(part.numel() for part in network.parameters())


@pytest.fixture
def context(tmp_path) -> Context:
    return Context(seed=1, threads=1, device="cpu", checkpoints=tmp_path)


# --- all three


def test_code_table_maps_fills_and_cuts():
    table = code_table(pd.Series(["ACGU", "UN", "GGGGGG"]), "AUCG", 5)
    assert table.tolist() == [[1, 3, 4, 2, 0], [2, 0, 0, 0, 0], [4, 4, 4, 4, 4]]


@pytest.mark.parametrize("name", SMALL)
def test_learns_and_comes_back_the_same(name, context, tmp_path):
    predictor = load_class(name)(SMALL[name])
    assert predictor.needs_5_to_3 and predictor.embeddings == ()
    train, valid, test = (seed_pairs(rows, number) for number, rows in enumerate((600, 200, 200)))
    history = predictor.fit(train, valid, context)
    scores = predictor.predict(test, context)
    assert len(history) == SMALL[name]["epochs"] and scores.shape == (200,)
    assert roc_auc_score(test["label"], scores) > 0.9

    predictor.save(tmp_path / "model.safetensors", {})
    again = load_class(name).load(tmp_path / "model.safetensors")
    np.testing.assert_array_equal(again.predict(test, context), scores)


@pytest.mark.parametrize("name", SMALL)
def test_score_does_not_depend_on_the_other_rows(name, context):
    predictor = load_class(name)(SMALL[name])
    torch.manual_seed(1)
    predictor.network = predictor.build(context)
    scatter(predictor.network)
    pairs = random_pairs(30, 1)
    together = predictor.predict(pairs, context)
    alone = [predictor.predict(pairs.iloc[[row]], context)[0] for row in range(len(pairs))]
    assert together.std() > 1e-3
    np.testing.assert_allclose(together, alone, rtol=1e-4, atol=1e-6)


def scatter(network: torch.nn.Module) -> None:
    """Weights and batch norms as after some training: none near its start, so that scores differ."""
    with torch.no_grad():
        for part in network.parameters():
            part.add_(0.2 * torch.randn_like(part))
    for part in network.modules():
        if isinstance(part, torch.nn.BatchNorm2d):
            part.running_mean.uniform_(-0.3, 0.3)
            part.running_var.uniform_(0.3, 2.0)


# --- miTAR


def test_mitar_string():
    pairs = pd.DataFrame({"mirna_sequence": ["ACGGU"], "target_sequence": ["UUC"], "label": [1]})
    (codes,) = mitar.Predictor().tensors(pairs, None, "cpu").batch(np.array([0]))
    # UGGCA, the miRNA 3'->5', then N to 26, then the site, then padding.
    assert codes.shape == (1, 79)
    assert codes[0, :5].tolist() == [2, 4, 4, 3, 1] and codes[0, 5:26].sum() == 0
    assert codes[0, 26:29].tolist() == [2, 2, 3] and codes[0, 29:].sum() == 0


def test_mitar_cuts_long_strands_away_from_the_seed():
    pairs = pd.DataFrame({"mirna_sequence": ["A" * 26 + "C"], "target_sequence": ["C" + "G" * 53], "label": [1]})
    (codes,) = mitar.Predictor().tensors(pairs, None, "cpu").batch(np.array([0]))
    assert codes.tolist() == [[1] * 26 + [4] * 53]


def test_mitar_size(context):
    assert size_of(mitar.Predictor().build(context)) == 110_970


def test_mitar_published_weights_give_the_published_probabilities(context):
    weights, shipped = (
        PUBLISHED / "miTAR_CNN_BiRNN_b100_lr0.005_dout0.2.h5",
        PUBLISHED / "mirna_multiple_predictedTar.fa",
    )
    if not (weights.exists() and shipped.exists()):
        pytest.skip("the files miTAR's authors publish are not beside this checkout (shared/data/mitar)")
    lines = shipped.read_text().split()
    strings = pd.Series(lines[1::2])
    pairs = pd.DataFrame(
        {
            "mirna_sequence": strings.str[:26].str.rstrip("N").str[::-1],
            "target_sequence": strings.str[26:],
            "label": 1,
        }
    )
    wanted = [float(header.rsplit("|", 1)[1]) for header in lines[::2]]
    predictor = mitar.Predictor({"weights": str(weights)})
    assert len(predictor.fit(pairs, pairs, context)) == 0
    np.testing.assert_allclose(predictor.predict(pairs, context), wanted, atol=1e-5)


def keras_layers(rng: np.random.Generator) -> dict[str, dict[str, np.ndarray]]:
    """Random weights by layer and by name, as Keras lays them out for miTAR."""

    def array(*shape: int) -> np.ndarray:
        # Small enough that the recurrence, which nothing bounds, does not blow rounding up.
        return rng.normal(0, 1.3 / np.sqrt(np.prod(shape[:-1]) + 9), shape).astype(np.float32)

    def lstm() -> tuple:
        return array(320, 128), array(32, 128), array(128)

    directions = {
        f"{direction}_lstm_7/{name}:0": part
        for direction in ("forward", "backward")
        for name, part in zip(("kernel", "recurrent_kernel", "bias"), lstm(), strict=True)
    }
    return {
        "embedding_7": {"embeddings:0": array(5, 5)},
        "conv1d_7": {"kernel:0": array(12, 5, 320), "bias:0": array(320)},
        "dropout_30": {},
        "max_pooling1d_7": {},
        "bidirectional_7": directions,
        # In the file's order, not in that of the names.
        "dense_14": {"kernel:0": array(64, 16), "bias:0": array(16)},
        "dense_9": {"kernel:0": array(16, 1), "bias:0": array(1)},
    }


def write_keras(path: Path, layers: dict) -> None:
    import h5py

    with h5py.File(path, "w") as file:
        root = file.create_group("model_weights")
        root.attrs["layer_names"] = np.array([name.encode() for name in layers])
        for layer, arrays in layers.items():
            group = root.create_group(layer)
            group.attrs["weight_names"] = np.array([f"{layer}/{name}".encode() for name in arrays], dtype="S99")
            for name, array in arrays.items():
                group.create_dataset(f"{layer}/{name}", data=array)


def slow_mitar(layers: dict, codes: list[int]) -> float:
    """miTAR's probability of one string, one number at a time where that can be borne."""
    kernel, bias = layers["conv1d_7"].values()
    x = [layers["embedding_7"]["embeddings:0"][code] for code in codes]
    x = [np.maximum(bias + sum(x[at + step] @ kernel[step] for step in range(12)), 0) for at in range(len(codes) - 11)]
    x = [np.maximum(x[at], x[at + 1]) for at in range(0, len(x) - 1, 2)]
    last = []
    for direction, order in (("forward", x), ("backward", x[::-1])):
        parts = layers["bidirectional_7"]
        kernel, recurrent, bias = (
            parts[f"{direction}_lstm_7/{name}:0"] for name in ("kernel", "recurrent_kernel", "bias")
        )
        state, cell = np.zeros(32), np.zeros(32)
        for step in order:
            gates = (step @ kernel + state @ recurrent + bias).reshape(4, 32)
            take, keep, give = (np.clip(0.2 * gates[number] + 0.5, 0, 1) for number in (0, 1, 3))
            cell = keep * cell + take * np.maximum(gates[2], 0)
            state = give * np.maximum(cell, 0)
        last.append(state)
    x = np.concatenate(last)
    x = np.maximum(x @ layers["dense_14"]["kernel:0"] + layers["dense_14"]["bias:0"], 0)
    return float(1 / (1 + np.exp(-(x @ layers["dense_9"]["kernel:0"] + layers["dense_9"]["bias:0"])[0])))


def test_mitar_reads_keras_weights_and_computes_what_keras_does(context, tmp_path):
    layers = keras_layers(np.random.default_rng(3))
    write_keras(tmp_path / "model.h5", layers)
    predictor = mitar.Predictor({"weights": str(tmp_path / "model.h5")})
    pairs = random_pairs(12, 3)
    assert len(predictor.fit(pairs, pairs, context)) == 0
    codes = [
        [" AUCG".index(letter) for letter in (mirna[::-1].ljust(26) + site).ljust(79)]
        for mirna, site in zip(pairs["mirna_sequence"], pairs["target_sequence"], strict=True)
    ]
    wanted = np.array([slow_mitar(layers, row) for row in codes])
    assert wanted.std() > 0.01
    np.testing.assert_allclose(predictor.predict(pairs, context), wanted, atol=1e-5)


def test_mitar_refuses_weights_of_another_size(context, tmp_path):
    write_keras(tmp_path / "model.h5", keras_layers(np.random.default_rng(3)))
    network = mitar.Predictor({"units": 8}).build(context)
    with pytest.raises(ValueError, match="not a miTAR model"):
        load_keras(network, tmp_path / "model.h5")


# --- TEC-miTarget


def test_tec_mitarget_sizes():
    with torch.device("meta"):
        published = TecNetwork(tec_mitarget.Settings())
        small = TecNetwork(tec_mitarget.Settings(hidden=64, projection=32))
    assert size_of(published) == pytest.approx(26.7e6, rel=0.01)
    assert size_of(small) == pytest.approx(420_000, rel=0.01)


def test_tec_mitarget_strands():
    pairs = pd.DataFrame({"mirna_sequence": ["ACGU", "AA"], "target_sequence": ["GGU", "CCCCC"], "label": [1, 0]})
    data = tec_mitarget.Predictor().tensors(pairs, None, "cpu")
    mirna, site = data.batch(np.array([0, 1]))
    assert mirna.tolist() == [[4, 2, 3, 1], [1, 1, 0, 0]]
    assert site.tolist() == [[2, 2, 4, 0, 0], [3, 3, 3, 3, 3]]
    assert data.batch(np.array([0]))[1].tolist() == [[2, 2, 4]]


def test_tec_mitarget_padding_changes_nothing_in_training_either():
    torch.manual_seed(1)
    network = TecNetwork(
        tec_mitarget.Settings(
            **{key: SMALL["tec_mitarget"][key] for key in ("hidden", "projection", "layers", "kernel")}
        )
    )
    mirna, site = torch.randint(1, 5, (6, 20)), torch.randint(1, 5, (6, 30))
    fill = torch.nn.functional.pad
    bare = network.train()(mirna, site)
    padded = network(fill(mirna, (0, 5)), fill(site, (0, 9)))
    torch.testing.assert_close(padded, bare, rtol=1e-4, atol=1e-4)


def test_masked_batch_norm_is_batch_norm_where_nothing_is_masked():
    torch.manual_seed(1)
    mine, torchs = MaskedBatchNorm(3), torch.nn.BatchNorm2d(3)
    x = torch.randn(4, 3, 5, 6)
    torch.testing.assert_close(mine(x, torch.ones(4, 1, 5, 6)), torchs(x))
    torch.testing.assert_close(mine.running_mean, torchs.running_mean)
    torch.testing.assert_close(mine.running_var, torchs.running_var)


# --- miRAW


def slow_rule(mirna: str, site: str, first: int, last: int, pairs: int) -> bool:
    codes = encode(mirna), encode(site)
    for place in range(len(site) + last):
        facing = [(number, place - number) for number in range(first - 1, last)]
        if sum(PAIRS[codes[0][one], codes[1][two]] for one, two in facing if 0 <= two < len(site)) >= pairs:
            return True
    return False


@pytest.mark.parametrize("rule", miraw.RULES)
def test_miraw_rule(rule):
    pairs = random_pairs(300, 5)
    predictor = miraw.Predictor({"rule": rule})
    found = miraw.is_candidate(*predictor.codes(pairs), *miraw.RULES[rule])
    wanted = [
        slow_rule(mirna, site[-40:], *miraw.RULES[rule])
        for mirna, site in zip(pairs["mirna_sequence"], pairs["target_sequence"], strict=True)
    ]
    assert found.tolist() == wanted and 0.1 < found.mean() < 0.98


def test_miraw_rule_by_hand():
    def passes(mirna: str, site: str, rule: str) -> bool:
        pairs = pd.DataFrame({"mirna_sequence": [mirna], "target_sequence": [site]})
        return bool(miraw.is_candidate(*miraw.Predictor().codes(pairs), *miraw.RULES[rule])[0])

    # Nt 2-7 face the site's match; G-U counts, a gap does not; nt 1 counts in the first rule alone.
    assert passes("A" + "GGGGGG" + "A" * 10, "AAAAACCCCCCAAAA", "6-1:10")
    assert passes("A" + "GGGGGG" + "A" * 10, "AAAAACCUCCCAAAA", "6-1:10")
    assert not passes("A" + "GGGGGG" + "A" * 10, "AAAAACCCACCAAAA", "6-1:10")
    assert not passes("A" + "GGGGGG" + "A" * 10, "AAAAACCCCCCAAAA", "7-2:10")
    assert passes("C" + "GGGGGGG" + "A" * 10, "CCCCCCC", "7-2:10")
    assert not passes("GGGGGGG" + "A" * 10, "CCCCCCC", "7-2:10")


def test_miraw_scores_zero_where_the_rule_fails(context):
    pairs = random_pairs(60, 6)
    gated = miraw.Predictor({"rule": "7-2:10", "pretrain_epochs": 0})
    torch.manual_seed(1)
    gated.network = gated.build(context)
    bare = miraw.Predictor({"rule": "none"})
    bare.network = gated.network
    passed = miraw.is_candidate(*gated.codes(pairs), *miraw.RULES["7-2:10"])
    scores = gated.predict(pairs, context)
    assert 0 < passed.sum() < len(pairs)
    assert (scores[~passed] == 0).all() and (bare.predict(pairs, context) > 0).all()
    np.testing.assert_array_equal(scores[passed], bare.predict(pairs, context)[passed])
    with pytest.raises(ValueError, match="rule '8-1:10'"):
        miraw.Predictor({"rule": "8-1:10"})


def test_miraw_pretraining_reconstructs_and_does_not_see_labels():
    from deepmirnatar.predictors.networks.miraw import Network, pretrain

    pairs = random_pairs(800, 7)
    ends = []
    for part in (pairs, pairs.assign(label=1 - pairs["label"])):
        predictor = miraw.Predictor({**SMALL["miraw"], "pretrain_epochs": 8})
        torch.manual_seed(1)
        network = Network(predictor.settings)
        data = predictor.tensors(part, None, "cpu")
        first, second = pretrain(network, data, predictor.settings, seed=1)
        ends.append(network.state_dict())
    # The mean letter of each position is the best that learns nothing of a row; its error is the inputs' variance.
    inputs = network.one_hot(*data.batch(np.arange(len(data))))
    hidden = torch.relu(network.encoder[0](inputs))
    assert first < 0.8 * inputs.var(dim=0).mean()
    assert second < 0.8 * hidden.var(dim=0).mean()
    assert all(torch.equal(ends[0][name], ends[1][name]) for name in ends[0])


def test_settings_cover_training():
    from dataclasses import fields

    from deepmirnatar.training.loop import TrainingSettings

    for module in (mitar, tec_mitarget, miraw):
        names = {field.name for field in fields(module.Settings)}
        assert {field.name for field in fields(TrainingSettings)} <= names
        assert issubclass(module.Predictor, base.Predictor)
