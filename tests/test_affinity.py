"""McGeary's network read from its checkpoint, and the scores of sites by it."""

import struct

import numpy as np
import pandas as pd
import pytest

from deepmirnatar.common.tf_checkpoint import MAGIC, read_checkpoint
from deepmirnatar.predictors import biochemical
from deepmirnatar.rna.affinity import SHAPES, Affinities, ln_ka_of
from deepmirnatar.rna.sequences import joined

LET7 = "UGAGGUAGUAGGUUGUAUAGUU"


def varint(value: int) -> bytes:
    low, rest = value & 127, value >> 7
    return bytes([low | 128]) + varint(rest) if rest else bytes([low])


def number(field: int, value: int) -> bytes:
    return varint(field << 3) + varint(value)


def text(field: int, value: bytes) -> bytes:
    return varint(field << 3 | 2) + varint(len(value)) + value


def write_checkpoint(folder, variables: dict[str, np.ndarray]):
    """What TensorFlow's saver writes, from its format's description: sorted keys, shared beginnings, restart points."""
    values, entries = b"", [(b"", number(1, 1))]
    for name in sorted(variables):
        array = variables[name]
        shape = b"".join(text(2, number(1, size)) for size in array.shape)
        kind = {"float32": 1, "int32": 3}[str(array.dtype)]
        entry = number(1, kind) + text(2, shape) + number(4, len(values)) + number(5, array.nbytes)
        entries.append((name.encode(), entry + varint(6 << 3 | 5) + b"abcd"))
        values += array.tobytes()
    whole, block, restarts, before = b"", b"", [], b""
    for place, (key, value) in enumerate(entries):
        shared = 0
        if place % 16 == 0:
            restarts.append(len(block))
        else:
            while shared < min(len(key), len(before)) and key[shared] == before[shared]:
                shared += 1
        block += varint(shared) + varint(len(key) - shared) + varint(len(value)) + key[shared:] + value
        before = key

    def closed(block: bytes, restarts: list[int]) -> tuple[bytes, bytes]:
        nonlocal whole
        block += struct.pack(f"<{len(restarts) + 1}I", *restarts, len(restarts))
        handle = varint(len(whole)) + varint(len(block))
        whole += block + b"\0" + b"crc4"
        return handle

    data = closed(block, restarts)
    meta = closed(b"", [0])
    index = closed(varint(0) + varint(1) + varint(len(data)) + b"z" + data, [0])
    whole += (meta + index).ljust(40, b"\0") + struct.pack("<Q", MAGIC)
    (folder / "model.index").write_bytes(whole)
    (folder / "model.data-00000-of-00001").write_bytes(values)
    return folder / "model.index"


@pytest.fixture
def variables() -> dict[str, np.ndarray]:
    """Random weights; variances are positive."""
    rng = np.random.default_rng(1)
    drawn = {name: rng.normal(0, 0.5, shape).astype("f4") for name, shape in SHAPES.items()}
    return {name: np.abs(array) + 0.1 if name.endswith("variance") else array for name, array in drawn.items()}


def test_a_checkpoint_is_read_back(tmp_path, variables):
    variables["step"] = np.array(300, dtype="i4")
    found = read_checkpoint(write_checkpoint(tmp_path, variables))
    assert found.keys() == variables.keys() and found["step"] == 300
    for name, array in variables.items():
        np.testing.assert_array_equal(found[name], array)


@pytest.mark.parametrize("keep", [30, 400])
def test_a_damaged_checkpoint_is_refused(tmp_path, variables, keep):
    index = write_checkpoint(tmp_path, variables)
    index.write_bytes(index.read_bytes()[-keep:])
    with pytest.raises(ValueError, match=r"model.index: is damaged, or not a TensorFlow checkpoint"):
        read_checkpoint(index)


def test_a_checkpoint_needs_its_data(tmp_path, variables):
    index = write_checkpoint(tmp_path, variables)
    (tmp_path / "model.data-00000-of-00001").unlink()
    with pytest.raises(ValueError, match=r"model.data-00000-of-00001: is missing"):
        read_checkpoint(index)


def slow_ln_ka(variables: dict[str, np.ndarray], mirna: str, site: str) -> float:
    """The network layer by layer, as its authors run it."""

    def one_hot(sequence: str) -> np.ndarray:
        return np.concatenate(
            [np.full(4, 0.25) if base in "NX" else np.eye(4)["AUCG".index(base)] for base in sequence]
        )

    def convolve(x: np.ndarray, kernel: np.ndarray, stride: int) -> np.ndarray:
        high, wide = kernel.shape[:2]
        rows, columns = ((size - span) // stride + 1 for size, span in zip(x.shape, (high, wide), strict=False))
        return np.array(
            [
                [
                    np.tensordot(x[stride * i : stride * i + high, stride * j : stride * j + wide], kernel, 3)
                    for j in range(columns)
                ]
                for i in range(rows)
            ]
        )

    def after(x: np.ndarray, norm: str) -> np.ndarray:
        beta, gamma, mean, variance = (
            variables[f"{norm}/{part}"] for part in ("beta", "gamma", "moving_mean", "moving_variance")
        )
        x = (x - mean) / np.sqrt(variance + 0.001) * gamma + beta
        return np.where(x > 0, x, 0.2 * x)

    x = 4 * np.outer(one_hot(mirna[:10]), one_hot(site))[:, :, None] - 0.25
    x = after(convolve(x, variables["layer1_weight"], 4), "batch_normalization")
    x = after(convolve(x, variables["layer2_weight"], 1), "batch_normalization_1")
    for i in range(9):
        for j in range(11):
            if not 5 <= i + j <= 11:
                x[i, j] = 0
    x = after(convolve(x, variables["layer3_weight"], 1), "batch_normalization_2")
    return float(x.ravel() @ variables["final_layer_weight"][:, 0])


def test_tables_give_what_the_layers_give(variables):
    network = Affinities(variables)
    mirnas = [LET7, "ACGUACGUAC"]
    sites = ["CUACCUCAACGU", "GACUCCUCAUUG"]
    codes, ends = joined(["GG" + sites[0] + "AA", sites[1][:9]])
    found = ln_ka_of(
        codes, ends, np.array([0, 0, 1]), np.array([2, 2, 0]), network.tables(mirnas), np.array([0, 1, 1]), network.last
    )
    cut = sites[1][:9] + "XXX"  # beyond the 3' end
    wanted = [slow_ln_ka(variables, *each) for each in ((LET7, sites[0]), (mirnas[1], sites[0]), (mirnas[1], cut))]
    np.testing.assert_allclose(found, wanted, rtol=1e-4)


def test_a_mirna_that_the_network_cannot_read_is_refused(variables):
    for mirna in ("UGAGGUAGU", "UGAGGNAGUAGG"):
        with pytest.raises(ValueError, match=f"miRNA '{mirna}': needs 10 nt of ACGU"):
            Affinities(variables).tables([mirna])


def test_another_network_is_refused(variables):
    variables["layer3_weight"] = variables["layer3_weight"][:8]
    with pytest.raises(ValueError, match=r"other.index: layer3_weight has shape \(8, 11, 16, 16\)"):
        Affinities(variables, "other.index")


def test_published_weights_give_the_published_ln_kd(mirror):
    folder = mirror / "mcgeary2019"
    network, compared = Affinities.read(folder / "model-100.index"), 0
    for row in pd.read_csv(folder / "sample/inputs/mirseqs.txt", sep="\t").itertuples():
        for mirna, name in ((row.guide_seq, row.guide_family), (row.pass_seq, row.pass_family)):
            sites = pd.read_csv(folder / f"sample/features/{name}.txt", sep="\t")
            codes, ends = joined(sites["12mer"].str.replace("T", "U"))
            rows = np.arange(len(sites))
            tables = network.tables([mirna.replace("T", "U")])
            found = ln_ka_of(codes, ends, rows, 0 * rows, tables, 0 * rows, network.last)
            np.testing.assert_allclose(found, -sites["log_kd"], atol=1.4e-5)
            compared += len(sites)
    assert compared == 1928


# --- the predictor


def test_the_predictor_takes_the_best_place_and_comes_back_the_same(tmp_path, variables):
    predictor = biochemical.Predictor({"weights": str(write_checkpoint(tmp_path, variables))})
    pairs = pd.DataFrame(
        {
            "mirna_sequence": [LET7, "ACGUACGUACGU", LET7, LET7],
            "target_sequence": ["CUACCUCAACGUG", "CUACCUCAACGUG", "GGGG", ""],
        }
    )
    predictor.fit(pairs, pairs, None)
    scores = predictor.predict(pairs, None)
    # nt 7 may lie opposite any base that has 5 more behind it.
    site = "XXX" + pairs["target_sequence"][0] + "XXX"
    for row in range(2):
        values = [slow_ln_ka(variables, pairs["mirna_sequence"][row], site[i : i + 12]) for i in range(8)]
        assert scores[row] == pytest.approx(max(values), rel=1e-4)
    assert scores[2] == pytest.approx(slow_ln_ka(variables, LET7, "XXXGGGGXXXXX"), rel=1e-4)
    assert np.isfinite(scores).all()

    predictor.save(tmp_path / "model.safetensors", {})
    again = biochemical.Predictor.load(tmp_path / "model.safetensors")
    np.testing.assert_array_equal(again.predict(pairs, None), scores)


def test_the_predictor_needs_weights():
    with pytest.raises(ValueError, match="`weights` is missing"):
        biochemical.Predictor().fit(None, None, None)
