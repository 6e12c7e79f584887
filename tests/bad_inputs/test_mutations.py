"""Good input with random damage: it is read, or refused in one sentence that names its place, and nothing else."""

import random
from copy import deepcopy

import pytest
from test_bad_inputs import FASTA, FOREIGN, HEAD, LET7, MIR16, OTHER, ROW, ROW0, SITE, project

from deepmirnatar.common.fasta import read_fasta
from deepmirnatar.sources import user
from deepmirnatar.study.schema import check_schema
from deepmirnatar.study.study import Study

GOOD = {
    "pairs.tsv": f"{HEAD}{ROW}{ROW0 * 3}",
    "pairs.fa": f">a|b|1\n{LET7}&{SITE}\n>c|d|0\n{MIR16}&\n{OTHER}\n",
    "mirnas.fa": FASTA,
}
PIECES = ["", "\t", "\n", "\r", "\0", '"', ",", ";", ">", "#", " ", "\xff", "\xfe\xff", "\xe2\x80\x8b", "1", "N", "&",
          "|", "\x1f\x8b", "PK\x03\x04", "'", "\x85", "\x0c", "\xe2\x80\xa8", "ACGT" * 10, "nan"]  # fmt: skip
VALUES = [None, True, -1, 0, 3.5, float("nan"), float("inf"), "", "x", "a b", [], {}, [None], ["x"], {"a": 1}, {1: 2},
          10**12, "a" * 1000, [[1]], "../x", "ünï"]  # fmt: skip


@pytest.mark.parametrize("name", GOOD)
def test_damaged_files_are_read_or_refused_in_one_sentence(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    refused, draw = 0, random.Random(name)
    for _ in range(150):
        data = bytearray(GOOD[name].encode())
        for _ in range(draw.randint(1, 4)):
            start = draw.randrange(len(data) + 1)
            data[start : start + draw.choice([0, 0, 1, 3, 30, 100])] = draw.choice(PIECES).encode("latin-1")
        (tmp_path / name).write_bytes(data)
        try:
            if name == "mirnas.fa":
                read_fasta(name, "ACGU")
            else:
                user.parse({"pairs": name}, {}, "own")
        except ValueError as error:
            refused += 1
            assert name in str(error) and "\n" not in str(error) and not FOREIGN.search(str(error)), bytes(data)
    assert refused > 50


def places(part: object, place: tuple = ()) -> list[tuple]:
    """Where the values of a config stand."""
    inner = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    return [each for key, value in inner for each in [(*place, key), *places(value, (*place, key))]]


def test_odd_values_anywhere_in_the_config_are_taken_or_refused_in_one_sentence(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    config, schema = project()
    every, refused, draw = places(config), 0, random.Random(1)
    for _ in range(150):
        place, value = draw.choice(every), draw.choice(VALUES)
        changed = deepcopy(config)
        inner = changed
        for key in place[:-1]:
            inner = inner[key]
        inner[place[-1]] = value
        try:
            check_schema(changed, schema)
            Study(changed)
        except ValueError as error:
            said, refused = str(error), refused + 1
            assert "\n" not in said and not FOREIGN.search(said), (place, value)
            assert said.partition(":")[0].partition(".")[0] in schema["properties"], (place, value)
    assert refused > 100
