"""CONTRIBUTING keeps its promises: its files exist, its ten-line contestant works."""

import re
import sys
from importlib import import_module
from pathlib import Path

import pandas as pd

from deepmirnatar import predictors
from deepmirnatar.predictors.base import Context
from deepmirnatar.study.study import Study

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "CONTRIBUTING.md").read_text()


def test_every_file_that_the_table_names_exists():
    rows = [line for line in TEXT.splitlines() if line.startswith("| ") and "`" in line]
    assert len(rows) > 10
    for path in re.findall(r"`([\w./{}*]+)`", "\n".join(rows)):
        if "/" in path or "." in path:
            pattern = re.sub(r"\{\w+\}", "*", path)
            assert list(ROOT.glob(pattern.rstrip("/"))), path


def test_the_contestant_of_ten_lines_is_a_contestant(tmp_path, monkeypatch):
    name = re.search(r"`deepmirnatar/predictors/(\w+)\.py`:", TEXT)[1]
    code = re.search(r"```python\n(.*?)```", TEXT, flags=re.S)[1]
    assert len([line for line in code.splitlines() if line.strip()]) <= 10
    (tmp_path / f"{name}.py").write_text(code)
    monkeypatch.setattr(predictors, "__path__", [*predictors.__path__, str(tmp_path)])
    config = {
        "run": {"experiments": ["try"]},
        "datasets": {"own": {"sources": ["hejret2023"]}},
        "embeddings": {},
        "models": {name: {}},
        "experiments": {"try": {"datasets": ["own"], "models": [name]}},
    }
    assert Study(config).models[name]["predictor"] == name
    predictor = predictors.load_class(name)()
    pairs = pd.DataFrame({"target_sequence": ["ACGU", "GGCC"]})
    assert predictor.predict(pairs, Context()).tolist() == [0.5, 1.0]
    predictor.save(tmp_path / "model.safetensors", {})
    assert predictors.load_class(name).load(tmp_path / "model.safetensors").predict(pairs, Context()).tolist() == [
        0.5,
        1,
    ]
    sys.modules.pop(import_module(f"deepmirnatar.predictors.{name}").__name__)
