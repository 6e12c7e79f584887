"""Files are complete or absent; names that look like missing values stay text."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from deepmirnatar.common.files import (
    atomic,
    digest,
    read_tensors,
    read_tsv,
    sha256,
    write_json,
    write_tensors,
    write_tsv,
)


def test_a_failing_block_leaves_the_old_file_and_no_part(tmp_path):
    target = tmp_path / "deep" / "table.tsv"
    with atomic(target) as part:
        part.write_text("old")
    with pytest.raises(ZeroDivisionError), atomic(target) as part:
        part.write_text("half")
        1 / 0  # noqa: B018
    assert target.read_text() == "old"
    assert [path.name for path in target.parent.iterdir()] == ["table.tsv"]


def test_what_another_process_of_this_number_left_behind_is_not_added_to(tmp_path):
    target = tmp_path / "table.tsv"
    with atomic(target) as part:
        name = part.name
        part.write_text("new")
    (tmp_path / name).write_text("left behind\n")
    with atomic(target) as part, part.open("a") as handle:
        handle.write("row\n")
    assert target.read_text() == "row\n"


def test_a_block_that_writes_nothing_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError), atomic(tmp_path / "table.tsv"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_names_that_pandas_takes_for_missing_come_back_as_text(tmp_path):
    table = pd.DataFrame({"gene": ["NA", "nan", "null", "None", 'a "b"', ""], "x": [0.1, 1 / 3, 2e-12, 1e9, -1, 0]})
    write_tsv(table, tmp_path / "t.tsv")
    back = read_tsv(tmp_path / "t.tsv")
    assert back["gene"].tolist()[:5] == table["gene"].tolist()[:5]
    assert back["gene"].isna().tolist() == [False] * 5 + [True]
    np.testing.assert_allclose(back["x"], table["x"], rtol=1e-7)
    first = (tmp_path / "t.tsv").read_bytes()
    write_tsv(back, tmp_path / "t.tsv")
    assert (tmp_path / "t.tsv").read_bytes() == first


def test_json_takes_paths_and_numpy_numbers_and_refuses_the_rest(tmp_path):
    write_json({"b": Path("x/y"), "a": np.float32(0.5), "n": np.int64(3)}, tmp_path / "s.json")
    assert json.loads((tmp_path / "s.json").read_text()) == {"a": 0.5, "b": "x/y", "n": 3}
    with pytest.raises(TypeError, match="set"):
        write_json({"a": {1}}, tmp_path / "other.json")
    assert not (tmp_path / "other.json").exists()


def test_tensors_come_back_with_their_description(tmp_path):
    arrays = {"t": np.arange(6, dtype=np.int64).reshape(2, 3).T, "u": np.zeros(0, dtype=np.uint8)}
    write_tensors(arrays, {"state": [1, "x"]}, tmp_path / "m.safetensors")
    back, about = read_tensors(tmp_path / "m.safetensors")
    assert about == {"state": [1, "x"]}
    for name, array in arrays.items():
        np.testing.assert_array_equal(back[name], array)


def test_digests(tmp_path):
    (tmp_path / "f").write_bytes(b"abc" * 100_000)
    assert sha256(tmp_path / "f") == hashlib.sha256(b"abc" * 100_000).hexdigest()
    assert digest({"a": 1, "b": [Path("x")]}) == digest({"b": ["x"], "a": 1}) != digest({"a": 2, "b": ["x"]})


def test_blocks_of_other_columns_are_refused(tmp_path):
    blocks = [pd.DataFrame({"a": [1], "b": [2]}), pd.DataFrame({"b": [3], "a": [4]})]
    with pytest.raises(ValueError, match="a block has columns b, a, not a, b"):
        write_tsv(blocks, tmp_path / "t.tsv")
    assert not list(tmp_path.iterdir())
    write_tsv([blocks[0], blocks[1][["a", "b"]]], tmp_path / "t.tsv")
    assert (tmp_path / "t.tsv").read_text() == "a\tb\n1\t2\n4\t3\n"
