"""The training loop: it learns, repeats itself, resumes to the same result, keeps the best epoch."""

import copy

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.metrics import roc_auc_score

from deepmirnatar import embeddings
from deepmirnatar.predictors import load_class
from deepmirnatar.predictors.base import Context
from deepmirnatar.rna.sequences import reverse_complement
from deepmirnatar.training.batches import bucketed_batches
from deepmirnatar.training.checkpoint import Checkpoint
from deepmirnatar.training.devices import pick_device
from deepmirnatar.training.optimizers import Lookahead, make_optimizer
from deepmirnatar.training.settings import TrainingSettings

SMALL = {"hidden": 16, "filters": 8, "decoder_modules": 1, "heads": 2, "feed_forward": 16, "head_size": 16, "epochs": 3}
SMALL |= {"batch_size": 16, "learning_rate": 3e-3}


def pairs(count: int, seed: int) -> pd.DataFrame:
    """Half the sites hold the miRNA's seed match: what the model has to find."""
    rng = np.random.default_rng(seed)
    rows = []
    for number in range(count):
        mirna = "".join(rng.choice(list("ACGU"), rng.integers(19, 24)))
        site = "".join(rng.choice(list("ACGU"), rng.integers(20, 30)))
        label = number % 2
        if label:
            site = site[:10] + reverse_complement(mirna[1:8]) + site[17:]
        rows.append((mirna, site, label))
    return pd.DataFrame(rows, columns=["mirna_sequence", "target_sequence", "label"])


@pytest.fixture(scope="module")
def data():
    train, valid = pairs(160, 0), pairs(60, 1)
    both = pd.concat([train, valid])
    features = {
        "mirna": embeddings.embed(sorted(set(both["mirna_sequence"])), "onehot", {"k": 2, "pool": 0}, None),
        "site": embeddings.embed(sorted(set(both["target_sequence"])), "onehot", {"k": 2, "pool": 0}, None),
    }
    return train, valid, features


def fit(data, folder, **settings):
    train, valid, features = data
    context = Context(seed=5, threads=1, device="cpu", checkpoints=folder, features=features)
    predictor = load_class("papers_network")(SMALL | settings)
    history = predictor.fit(train, valid, context)
    return predictor, history, predictor.predict(valid, context), context


def test_same_seed_same_numbers_other_seed_others(data, tmp_path):
    _, first, scores, _ = fit(data, tmp_path / "a")
    _, second, again, _ = fit(data, tmp_path / "b")
    assert np.array_equal(scores, again)
    assert first.drop(columns="seconds").equals(second.drop(columns="seconds"))
    train, valid, features = data
    other = load_class("papers_network")(SMALL)
    context = Context(seed=6, threads=1, device="cpu", checkpoints=tmp_path / "c", features=features)
    other.fit(train, valid, context)
    assert not np.array_equal(scores, other.predict(valid, context))


def test_two_runs_of_the_same_rows_have_checkpoints_of_their_own(data, tmp_path):
    train, valid, features = data
    found = []
    for run in ("results/runs/released/a", "results/runs/corrected/a"):
        predictor = load_class("papers_network")(SMALL)
        predictor.fit(train, valid, Context(device="cpu", checkpoints=tmp_path, features=features, run=run))
        found += [checkpoint.path for checkpoint in predictor.checkpoints]
    assert len(set(found)) == 2


@pytest.mark.parametrize("optimizer", ["lookahead_radam", "adam"])
@pytest.mark.parametrize("schedule", ["constant", "cosine"])
@pytest.mark.parametrize("after", [1, 4, 7])
def test_an_interrupted_run_ends_as_an_undisturbed_one(data, tmp_path, monkeypatch, optimizer, schedule, after):
    """`after` saves the process dies; with a checkpoint after every batch, most of these are within an epoch."""
    settings = {"optimizer": optimizer, "schedule": schedule, "checkpoint_minutes": 1e-9}
    _, history, scores, _ = fit(data, tmp_path / "whole", **settings)
    save, count = Checkpoint.save, []

    def save_and_die(self, *args):
        save(self, *args)
        count.append(1)
        if len(count) == after:
            raise KeyboardInterrupt

    monkeypatch.setattr(Checkpoint, "save", save_and_die)
    with pytest.raises(KeyboardInterrupt):
        fit(data, tmp_path / "cut", **settings)
    monkeypatch.setattr(Checkpoint, "save", save)
    _, resumed, again, _ = fit(data, tmp_path / "cut", **settings)
    assert np.array_equal(scores, again)
    pd.testing.assert_frame_equal(history.drop(columns="seconds"), resumed.drop(columns="seconds"))


def test_other_settings_or_data_do_not_take_up_a_checkpoint(data, tmp_path):
    train, valid, features = data
    fit(data, tmp_path)
    fit(data, tmp_path, dropout=0.2)
    fit((train.iloc[:100], valid, features), tmp_path)
    assert len(list(tmp_path.iterdir())) == 3


def test_the_best_epoch_is_kept_and_patience_stops(data, tmp_path):
    predictor, history, _, context = fit(data, tmp_path, epochs=30, patience=2, learning_rate=2e-2, weight_decay=0.0)
    best = history.loc[history["valid_auroc"].idxmax(), "epoch"]
    assert len(history) == min(30, best + 2)
    scores = predictor.predict(data[1], context)
    assert roc_auc_score(data[1]["label"], scores) == pytest.approx(history["valid_auroc"].max(), abs=1e-9)


def test_a_training_that_diverges_says_what_to_do(data, tmp_path):
    with pytest.raises(RuntimeError, match="epoch 1: the training loss is not finite; lower `learning_rate`"):
        fit(data, tmp_path, learning_rate=1e30, optimizer="adam")


def test_a_network_that_scores_all_pairs_alike_is_told(data, tmp_path, monkeypatch, caplog):
    """As after all its rectifiers have died: nothing comes through but a constant."""
    from deepmirnatar.predictors.networks import papers_network as network

    forward = network.Network.forward
    fit(data, tmp_path / "a", epochs=1)
    assert "the same score" not in caplog.text
    monkeypatch.setattr(network.Network, "forward", lambda *batch: 0 * forward(*batch))
    fit(data, tmp_path / "b", epochs=1)
    assert "gives all pairs of valid the same score" in caplog.text


def test_a_saved_model_scores_the_same(data, tmp_path):
    predictor, _, scores, context = fit(data, tmp_path)
    predictor.save(tmp_path / "model.safetensors", {})
    loaded = load_class("papers_network").load(tmp_path / "model.safetensors")
    assert np.array_equal(loaded.predict(data[1], context), scores)


def test_batches_cover_every_row_once_and_hold_like_lengths():
    lengths = np.random.default_rng(0).integers(4, 50, (1000, 2))
    batches = bucketed_batches(lengths, 32, np.random.default_rng(1), bucket=20)
    assert sorted(np.concatenate(batches)) == list(range(1000))
    assert max(map(len, batches)) <= 32
    padded = sum(len(rows) * lengths[rows, 1].max() for rows in batches)
    assert padded < 1.15 * lengths[:, 1].sum()
    other = bucketed_batches(lengths, 32, np.random.default_rng(2), bucket=20)
    assert any(not np.array_equal(a, b) for a, b in zip(batches, other, strict=True))


def test_no_training_batch_has_one_row_alone():
    """A batch norm has no variance of one row."""
    lengths = np.full((65, 2), 20)
    assert sorted(map(len, bucketed_batches(lengths, 32, np.random.default_rng(1)))) == [32, 33]
    assert sorted(map(len, bucketed_batches(lengths, 32, None))) == [1, 32, 32]


def test_batches_mix_lengths_freely_unless_bucketed():
    # One row in eight is short, as rows of one source are in the released data.
    lengths = np.where(np.arange(4096) % 8 == 0, 20, 37)
    share = {}
    for bucket in (1, 32):
        batches = bucketed_batches(lengths, 64, np.random.default_rng(1), bucket)
        assert sorted(np.concatenate(batches)) == list(range(4096))
        share[bucket] = [np.mean(lengths[rows] == 20) for rows in batches]
    assert max(share[1]) < 0.35 and max(share[32]) == 1


def test_lookahead_follows_its_definition():
    weight = torch.nn.Parameter(torch.zeros(3))
    optimizer = Lookahead(torch.optim.SGD([weight], lr=1.0), k=2, alpha=0.25)
    for step in range(4):
        optimizer.zero_grad()
        weight.grad = torch.ones(3)
        optimizer.step()
        # Two steps of -1 from the slow weights, of which a quarter is kept.
        wanted = [-1.0, -0.5, -1.5, -1.0][step]
        assert torch.allclose(weight, torch.full((3,), wanted))


def test_no_weight_decay_on_biases():
    network = torch.nn.Linear(3, 2)
    optimizer = make_optimizer(network, TrainingSettings())
    assert [group["weight_decay"] for group in optimizer.param_groups] == [1e-4, 0.0]
    assert [tuple(part.shape for part in group["params"]) for group in optimizer.param_groups] == [((6,),), ((2,),)]


@pytest.mark.parametrize("name", ["lookahead_radam", "adam", "adamw"])
def test_one_vector_of_all_weights_takes_the_steps_that_each_would_take(name):
    torch.manual_seed(0)
    network = torch.nn.Sequential(
        torch.nn.Conv2d(3, 4, (3, 5)).to(memory_format=torch.channels_last), torch.nn.ReLU(), torch.nn.Conv2d(4, 1, 1)
    )
    other = copy.deepcopy(network)
    settings = TrainingSettings(optimizer=name, learning_rate=0.01, weight_decay=0.1)
    flat = make_optimizer(network, settings)
    assert network[0].weight.is_contiguous(memory_format=torch.channels_last)
    groups = [
        {"params": [part for part in other.parameters() if part.ndim > 1], "weight_decay": 0.1},
        {"params": [part for part in other.parameters() if part.ndim == 1], "weight_decay": 0.0},
    ]
    kind = {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW}.get(name, torch.optim.RAdam)
    each = kind(groups, lr=0.01)
    each = Lookahead(each) if name == "lookahead_radam" else each
    for _ in range(12):
        x = torch.randn(2, 3, 6, 8)
        for model, optimizer in ((network, flat), (other, each)):
            optimizer.zero_grad(set_to_none=False)
            model(x).square().sum().backward()
            optimizer.step()
    for one, two in zip(network.parameters(), other.parameters(), strict=True):
        torch.testing.assert_close(one, two)


def test_cuda_without_a_gpu_is_an_error_not_a_fall_back():
    if torch.cuda.is_available():
        pytest.skip("this machine has a GPU")
    with pytest.raises(RuntimeError, match="no GPU"):
        pick_device("cuda")
    assert pick_device("auto").type == "cpu"


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_training_on_a_gpu_learns_too(data, tmp_path):
    train, valid, features = data
    context = Context(seed=5, device="cuda", checkpoints=tmp_path, features=features)
    history = load_class("papers_network")(SMALL | {"epochs": 8}).fit(train, valid, context)
    assert history["train_loss"].iloc[-1] < history["train_loss"].iloc[0]


def test_a_model_can_learn_a_small_set_by_heart(data, tmp_path):
    train, valid, features = data
    few = train.iloc[:48].reset_index(drop=True)
    context = Context(seed=1, threads=1, device="cpu", checkpoints=tmp_path, features=features)
    predictor = load_class("papers_network")(SMALL | {"epochs": 60, "learning_rate": 1e-2, "dropout": 0.0})
    history = predictor.fit(few, valid, context)
    assert history["train_loss"].iloc[0] > 0.6
    assert history["train_loss"].iloc[-1] < 0.2
