"""DeepmiRNATar 2: its map, and what it reads of it."""

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.metrics import roc_auc_score

from deepmirnatar.predictors import load_class
from deepmirnatar.predictors.base import Context
from deepmirnatar.predictors.interaction_map import best_temperature
from deepmirnatar.predictors.networks.interaction_map import BEYOND, NT, fused, interaction_codes, pairing_channels
from deepmirnatar.rna.sequences import encode, padded, reverse_complement

SMALL = {"epochs": 4, "batch_size": 16, "channels": 4, "hidden": 16, "bfloat16": False}


def draw(rng, length: int) -> str:
    return "".join(rng.choice(list("ACGU"), length))


@pytest.fixture(scope="module")
def pairs() -> pd.DataFrame:
    """Sites of either label are alike; positives match the seed of their own miRNA, negatives that of another."""
    rng = np.random.default_rng(0)
    rows = []
    for _ in range(300):
        one, other = draw(rng, 22), draw(rng, 20)
        length, place = int(rng.integers(25, 50)), int(rng.integers(0, 15))
        for label, source in ((1, one), (0, other)):
            site = draw(rng, length)
            site = site[:place] + reverse_complement(source[1:8]) + site[place + 7 :]
            rows.append((one, site, label))
    return pd.DataFrame(rows, columns=["mirna_sequence", "target_sequence", "label"])


@pytest.fixture
def context(tmp_path) -> Context:
    return Context(seed=1, threads=1, device="cpu", checkpoints=tmp_path / "checkpoints")


def test_a_code_is_the_pair_of_bases_that_face_each_other_in_a_register():
    mirna, site = "UGAGGUAGUAGGUUGUAUAGUU", "ACCUACCUCAGGA"
    codes = interaction_codes(torch.tensor(padded([mirna], NT)).long(), torch.tensor(padded([site])).long())[0]
    assert codes.shape == (len(site) + BEYOND, NT)
    one, two = encode(mirna.ljust(NT, "N")), encode(site)
    for register in range(codes.shape[0]):
        for nt in range(1, NT + 1):
            place = register - nt + 1
            base = two[place] if 0 <= place < len(site) else 4
            assert codes[register, NT - nt] == 5 * one[nt - 1] + base


def test_known_pairs_are_marked_as_such():
    known = pairing_channels().reshape(5, 5, 4).numpy()
    code = {letter: number for number, letter in enumerate("ACGUN")}
    watson_crick = {(a, b) for a in "ACGUN" for b in "ACGUN" if known[code[a], code[b], 0]}
    assert watson_crick == {("A", "U"), ("U", "A"), ("C", "G"), ("G", "C")}
    assert {(a, b) for a in "ACGUN" for b in "ACGUN" if known[code[a], code[b], 1]} == {("G", "U"), ("U", "G")}
    assert {(a, b) for a in "ACGUN" for b in "ACGUN" if known[code[a], code[b], 2]} == {("G", "C"), ("C", "G")}
    assert known[:, 4, 3].all() and known[4, :, 3].all() and not known[:4, :4, 3].any()


def test_it_learns_pairing_that_neither_sequence_tells_alone(pairs, context):
    train, valid = pairs.iloc[:400].reset_index(drop=True), pairs.iloc[400:].reset_index(drop=True)
    predictor = load_class("interaction_map")({**SMALL, "epochs": 12})
    history = predictor.fit(train, valid, context)
    assert len(history) == 12
    assert roc_auc_score(valid["label"], predictor.predict(valid, context)) > 0.9


def test_a_score_depends_neither_on_the_other_rows_nor_on_their_order(pairs, context):
    predictor = load_class("interaction_map")(SMALL)
    predictor.fit(pairs.iloc[:100], pairs.iloc[100:150], context)
    whole = predictor.predict(pairs.iloc[150:250], context)
    again = predictor.predict(pairs.iloc[150:250].sort_index(ascending=False).copy(), context)[::-1]
    alone = np.concatenate([predictor.predict(pairs.iloc[[row]], context) for row in range(150, 160)])
    np.testing.assert_allclose(whole, again, rtol=1e-5)
    np.testing.assert_allclose(whole[:10], alone, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("more", [{}, {"second_convolution": False}, {"explicit_pairing": False}, {"members": 2}])
def test_a_saved_model_scores_the_same_whatever_its_settings(pairs, context, tmp_path, more):
    predictor = load_class("interaction_map")({**SMALL, **more, "epochs": 1})
    predictor.fit(pairs.iloc[:100], pairs.iloc[100:150], context)
    before = predictor.predict(pairs.iloc[150:200], context)
    assert len(predictor.checkpoints) == more.get("members", 1)
    predictor.save(tmp_path / "model.safetensors", {})
    after = load_class("interaction_map").load(tmp_path / "model.safetensors").predict(pairs.iloc[150:200], context)
    assert np.array_equal(before, after)


@pytest.mark.parametrize("more", [{}, {"second_convolution": False}, {"duplex_features": True}])
def test_fused_batch_norms_change_no_score(pairs, context, more):
    predictor = load_class("interaction_map")({**SMALL, **more, "bfloat16": False, "epochs": 2})
    predictor.fit(pairs.iloc[:200], pairs.iloc[200:250], context)
    network, batch = predictor.network.eval(), predictor.tensors(pairs, context, "cpu").batch(np.arange(64))
    layers = [type(module) for module in fused(network).modules()]
    assert torch.nn.BatchNorm2d not in layers and torch.nn.Conv2d in layers
    with torch.inference_mode():
        torch.testing.assert_close(fused(network)(*batch), network(*batch), rtol=1e-4, atol=1e-4)


def test_members_differ_and_are_averaged(pairs, context):
    predictor = load_class("interaction_map")({**SMALL, "members": 2, "epochs": 1})
    predictor.fit(pairs.iloc[:100], pairs.iloc[100:150], context)
    one, two = predictor.network.members
    assert not torch.equal(one.codes.weight, two.codes.weight)
    batch = predictor.tensors(pairs.iloc[:8], context, "cpu").batch(np.arange(8))
    predictor.network.eval()
    with torch.inference_mode():
        mean = (one(*batch) + two(*batch)) / 2 / predictor.network.temperature
        torch.testing.assert_close(predictor.network(*batch), mean)


def test_fine_tuning_starts_where_each_member_of_the_file_ended(pairs, context, tmp_path):
    first = load_class("interaction_map")({**SMALL, "members": 2, "epochs": 1})
    first.fit(pairs.iloc[:100], pairs.iloc[100:150], context)
    first.save(tmp_path / "model.safetensors", {})
    still = {"weights": str(tmp_path / "model.safetensors"), "learning_rate": 1e-12, "weight_decay": 0.0, "epochs": 1}
    second = load_class("interaction_map")({**SMALL, **still, "members": 3})
    second.fit(pairs.iloc[:100], pairs.iloc[100:150], context)
    for member, start in zip(second.network.members, [*first.network.members, first.network.members[0]], strict=True):
        for (name, one), two in zip(member.named_parameters(), start.parameters(), strict=True):
            torch.testing.assert_close(one, two, rtol=0, atol=1e-6, msg=name)


def test_fine_tuning_refuses_weights_of_another_network(pairs, context, tmp_path):
    other = load_class("seed_match")({})
    other.save(tmp_path / "other.safetensors", {})
    first = load_class("interaction_map")({**SMALL, "epochs": 1})
    first.fit(pairs.iloc[:40], pairs.iloc[40:60], context)
    first.save(tmp_path / "model.safetensors", {})
    tuned = {**SMALL, "weights": str(tmp_path / "other.safetensors")}
    with pytest.raises(ValueError, match="holds no interaction map"):
        load_class("interaction_map")(tuned).fit(pairs.iloc[:40], pairs.iloc[40:60], context)
    tuned = {**SMALL, "weights": str(tmp_path / "model.safetensors"), "channels": 8}
    with pytest.raises(ValueError, match=r"of another network .*; give the model"):
        load_class("interaction_map")(tuned).fit(pairs.iloc[:40], pairs.iloc[40:60], context)


def test_duplex_features_join_before_the_head(pairs, context):
    predictor = load_class("interaction_map")({**SMALL, "epochs": 1, "duplex_features": True})
    predictor.fit(pairs.iloc[:40], pairs.iloc[40:60], context)
    batch = predictor.tensors(pairs.iloc[:8], context, "cpu").batch(np.arange(8))
    assert batch[3].shape == (8, 31)
    assert predictor.predict(pairs.iloc[:8], context).shape == (8,)


def test_the_temperature_mends_logits_that_are_too_sure_and_keeps_their_order():
    rng = np.random.default_rng(0)
    margin = rng.normal(scale=2, size=20_000)
    labels = (rng.random(20_000) < 1 / (1 + np.exp(-margin))).astype(int)
    logits = np.column_stack([np.zeros_like(margin), 3 * margin])
    assert best_temperature(logits, labels) == pytest.approx(3, rel=0.05)
    assert best_temperature(logits[:, ::-1], 1 - labels) == pytest.approx(3, rel=0.05)
    assert best_temperature(logits[labels == 1], labels[labels == 1]) == 1  # one class tells no probability
