"""Tokens, Word2Vec, one-hot and DNABERT: the vocabulary, what learns from what, published checkpoints."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from safetensors.torch import save_file
from transformers import BertConfig, BertForMaskedLM

from deepmirnatar import embeddings
from deepmirnatar.embeddings import dnabert, word2vec
from deepmirnatar.embeddings.vectors import Features, pool
from deepmirnatar.rna.kmers import SPECIAL, tokenize, vocabulary
from deepmirnatar.training.checkpoint import Checkpoint

MIRROR = Path(__file__).parents[2] / "shared" / "data" / "dnabert4_config"
SITES = ["ACGUACGUAGGCUAUCGAUC", "UUUACG", "GGGGCCCCAAAAUUUUGGG"]


def random_sites(count: int, seed: int = 0, longest: int = 45) -> list[str]:
    rng = np.random.default_rng(seed)
    return ["".join(rng.choice(list("ACGU"), rng.integers(8, longest))) for _ in range(count)]


def test_tokens_are_the_vocabularys_positions_of_the_dna_kmers():
    tokens, offsets = tokenize(SITES, 4)
    words = vocabulary(4)
    for number, site in enumerate(SITES):
        mine = [words[token] for token in tokens[offsets[number] : offsets[number + 1]]]
        dna = site.replace("U", "T")
        assert mine == [dna[at : at + 4] for at in range(len(dna) - 3)]


def test_vocabulary_is_dnaberts():
    if not MIRROR.exists():
        pytest.skip("DNABERT's own vocabulary is not beside this clone")
    assert (MIRROR / "vocab.txt").read_text().split() == vocabulary(4)
    assert json.loads((MIRROR / "config.json").read_text())["vocab_size"] == len(vocabulary(4))


def test_word2vec_repeats_itself_and_knows_only_what_it_was_given(tmp_path):
    settings = word2vec.Settings(size=8, epochs=2)
    for name in ("one", "two"):
        word2vec.learn(["AAAAAAAACCCCCCCC"] * 3, settings, tmp_path / name, seed=3)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    features = embeddings.embed(["AAAAA", "GGGGG"], "word2vec", vars(settings), tmp_path / "one")
    rows = features.table[features.index]
    assert np.abs(rows[:2]).sum() > 0
    assert np.abs(rows[2:]).sum() == 0  # GGGG was in no training sequence


def test_onehot_rows_are_the_letters():
    features = embeddings.embed(["ACGU"], "onehot", {"k": 1, "pool": 0}, None)
    rows = features.table[features.index].astype(int)
    order = [word for word in vocabulary(1) if word not in SPECIAL]
    assert [order[row.argmax()] for row in rows] == ["A", "C", "G", "T"]
    assert (rows.sum(axis=1) == 1).all()


def test_a_sequence_without_one_kmer_is_named():
    with pytest.raises(ValueError, match="sequence 'ACGUA' has 5 nt and no k-mer of 6"):
        embeddings.embed(["ACGUACGUAC", "ACGUA"], "onehot", {"k": 6, "pool": 0})


def test_pooling_averages_runs():
    vectors = np.arange(14, dtype=np.float32).reshape(7, 2)
    pooled, offsets = pool(vectors, np.array([0, 5, 7]), 2)
    assert offsets.tolist() == [0, 2, 4]
    assert np.allclose(pooled, [vectors[:3].mean(0), vectors[3:5].mean(0), vectors[5], vectors[6]])


def test_features_survive_a_save_and_name_what_is_missing(tmp_path):
    features = embeddings.embed(sorted(SITES), "onehot", {"k": 2, "pool": 0}, None)
    features.save(tmp_path / "f.safetensors", {})
    loaded = Features.load(tmp_path / "f.safetensors")
    assert list(loaded.sequences) == sorted(SITES)
    assert np.array_equal(loaded.table[loaded.index], features.table[features.index])
    with pytest.raises(KeyError, match="CCCCC"):
        loaded.rows_of(pd.Series([SITES[0], "CCCCC"]))


def test_masks_come_in_runs_and_never_on_special_tokens():
    rows = torch.from_numpy(dnabert.pieces(random_sites(200, longest=70), 4, 60))
    hidden = dnabert.mask_runs(rows, 4, 0.15, torch.Generator().manual_seed(1))
    assert not hidden[rows < len(SPECIAL)].any()
    share = hidden.sum() / (rows >= len(SPECIAL)).sum()
    assert 0.10 < share < 0.18
    # A run is only cut short by the ends of its row: at the end, or where it began on [CLS].
    padded = torch.nn.functional.pad(hidden.int(), (1, 1))
    starts = ((padded[:, 1:] - padded[:, :-1]) == 1).nonzero()
    for row, start in starts.tolist():
        run = hidden[row, start : start + 4]
        assert run.all() or start == 1 or (rows[row, start : start + 4] < len(SPECIAL)).any()


def test_pieces_cut_at_unknown_letters_and_lose_nothing():
    rows = dnabert.pieces(["ACGUACGUACGU" + "NN" + "GGGGGGGGGG"], 4, 5)
    words = np.array(vocabulary(4))
    text = [[word for word in words[row] if word not in SPECIAL] for row in rows]
    assert [len(row) for row in text] == [5, 4, 5, 2]
    assert text[0][0] == "ACGT" and text[2] == ["GGGG"] * 5
    assert (rows[:, 0] == SPECIAL.index("[CLS]")).all()


def small_settings(**more) -> dnabert.Settings:
    return dnabert.Settings(size=24, layers=1, heads=4, steps=12, batch_size=8, piece_kmers=20, **more)


def test_pretraining_resumes_to_the_same_weights(tmp_path, monkeypatch):
    sites = random_sites(60)
    dnabert.pretrain(sites, small_settings(), tmp_path / "whole", tmp_path / "a", device="cpu")
    steps = []
    save = Checkpoint.save

    def save_and_die(self, parts, state):
        save(self, parts, state)
        steps.append(state["step"])
        if len(steps) == 5:
            raise KeyboardInterrupt

    monkeypatch.setattr(Checkpoint, "save", save_and_die)
    with pytest.raises(KeyboardInterrupt):
        dnabert.pretrain(sites, small_settings(), tmp_path / "cut", tmp_path / "b", device="cpu")
    assert not (tmp_path / "cut").exists()
    monkeypatch.setattr(Checkpoint, "save", save)
    dnabert.pretrain(sites, small_settings(), tmp_path / "cut", tmp_path / "b", device="cpu")
    assert (tmp_path / "cut").read_bytes() == (tmp_path / "whole").read_bytes()


@pytest.fixture
def published(tmp_path):
    """A small checkpoint in the format that DNABERT-4 is published in."""
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=261, hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=48
    )
    model = BertForMaskedLM(config).eval()
    folder = tmp_path / "published"
    folder.mkdir()
    described = {"architectures": ["BertForMaskedLM"], "num_rnn_layer": 1, "rnn": "lstm", "split": 10}
    described |= {key: getattr(config, key) for key in ("vocab_size", "hidden_size", "num_hidden_layers")}
    described |= {"num_attention_heads": 4, "intermediate_size": 48, "hidden_act": "gelu", "type_vocab_size": 2}
    (folder / "config.json").write_text(json.dumps(described))
    (folder / "vocab.txt").write_text("\n".join(vocabulary(4)) + "\n")
    return folder, model


@pytest.mark.parametrize("form", ["safetensors", "bin"])
def test_a_published_checkpoint_gives_transformers_own_vectors(tmp_path, published, form):
    folder, model = published
    tensors = {name: value.contiguous().clone() for name, value in model.state_dict().items()}
    if form == "bin":
        torch.save(tensors, folder / "pytorch_model.bin")
    else:
        save_file(tensors, folder / "model.safetensors")
    settings = dnabert.Settings(weights=str(folder))
    dnabert.adopt(folder, SITES, settings, tmp_path / "embedder", "cpu")
    features = dnabert.embed(SITES, settings, tmp_path / "embedder", "cpu")
    assert features.size == 32
    words = {word: number for number, word in enumerate(vocabulary(4))}
    for number, site in enumerate(SITES):
        dna = site.replace("U", "T")
        ids = [2, *(words[dna[at : at + 4]] for at in range(len(dna) - 3)), 3]
        with torch.no_grad():
            wanted = model.bert(torch.tensor([ids])).last_hidden_state[0, 1:-1]
        start, end = features.offsets[number : number + 2]
        assert np.allclose(features.table[start:end].astype(np.float32), wanted.numpy(), atol=4e-3)


def test_pca_is_fitted_on_training_sites_and_kept(tmp_path, published):
    folder, model = published
    save_file(
        {name: value.contiguous().clone() for name, value in model.state_dict().items()}, folder / "model.safetensors"
    )
    settings = dnabert.Settings(weights=str(folder), projection="pca", size=6)
    dnabert.adopt(folder, random_sites(50), settings, tmp_path / "embedder", "cpu")
    full = dnabert.Settings(weights=str(folder))
    dnabert.adopt(folder, [], full, tmp_path / "whole", "cpu")
    small = dnabert.embed(SITES, settings, tmp_path / "embedder", "cpu").table.astype(np.float64)
    large = dnabert.embed(SITES, full, tmp_path / "whole", "cpu").table.astype(np.float64)
    assert small.shape == (len(large), 6)
    # An affine map of the full vectors, learned elsewhere: fitting it here reproduces it exactly.
    design = np.hstack([large, np.ones((len(large), 1))])
    assert np.linalg.matrix_rank(np.diff(small, axis=0)) <= 6
    solved = np.linalg.lstsq(design, small, rcond=None)[0]
    assert np.allclose(design @ solved, small, atol=2e-2)


def test_a_folder_that_is_not_dnabert_is_refused(tmp_path, published):
    folder, model = published
    with pytest.raises(FileNotFoundError, match="snakemake download"):
        dnabert.adopt(folder, [], dnabert.Settings(weights=str(folder)), tmp_path / "e", "cpu")
    save_file({"bert.embeddings.word_embeddings.weight": torch.zeros(261, 32)}, folder / "model.safetensors")
    with pytest.raises(ValueError, match="lacks"):
        dnabert.adopt(folder, [], dnabert.Settings(weights=str(folder)), tmp_path / "e", "cpu")
    save_file(
        {name: value.contiguous().clone() for name, value in model.state_dict().items()}, folder / "model.safetensors"
    )
    words = vocabulary(4)
    (folder / "vocab.txt").write_text("\n".join([*words[:5], *sorted(words[5:])]))
    with pytest.raises(ValueError, match="vocabulary"):
        dnabert.adopt(folder, [], dnabert.Settings(weights=str(folder)), tmp_path / "e", "cpu")


def test_vectors_do_not_depend_on_the_batch(tmp_path):
    sites = random_sites(40)
    dnabert.pretrain(sites, small_settings(), tmp_path / "e", tmp_path / "c", device="cpu")
    together = dnabert.embed(sites, small_settings(), tmp_path / "e", "cpu")
    alone = dnabert.embed(sites[7:8], small_settings(), tmp_path / "e", "cpu")
    start, end = together.offsets[7:9]
    assert np.allclose(together.table[start:end].astype(float), alone.table.astype(float), atol=2e-3)
