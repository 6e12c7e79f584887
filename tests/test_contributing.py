"""CONTRIBUTING keeps its promises: its files exist, its ten-line contestant works."""

import re
import sys
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import pandas as pd

from deepmirnatar import predictors
from deepmirnatar.common.files import write_tsv
from deepmirnatar.figures import kinds
from deepmirnatar.predictors.base import Context
from deepmirnatar.study.study import Study
from workflow.inputs import Inputs

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "CONTRIBUTING.md").read_text()


def test_every_file_that_the_table_names_exists():
    rows = [line for line in TEXT.splitlines() if line.startswith("| ") and "`" in line]
    assert len(rows) > 10
    for path in re.findall(r"`([\w./{},*]+)`", "\n".join(rows)):
        if "/" in path or "." in path:
            # {name} is any name, {one,other} are these.
            for name in (re.search(r"\{(\w+(?:,\w+)+)\}", path) or ["", "*"])[1].split(","):
                pattern = re.sub(r"\{[\w,]+\}", name, path)
                assert list(ROOT.glob(pattern.rstrip("/"))), pattern


def ten_lines(name: str) -> str:
    """The code that follows the name of its file."""
    code = re.search(rf"/{name}\.py`:\n\n```python\n(.*?)```", TEXT, flags=re.S)[1]
    assert len([line for line in code.splitlines() if line.strip()]) <= 10
    return code


def test_the_contestant_of_ten_lines_is_a_contestant(tmp_path, monkeypatch):
    name = re.search(r"`deepmirnatar/predictors/(\w+)\.py`:", TEXT)[1]
    (tmp_path / f"{name}.py").write_text(ten_lines(name))
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


def test_the_figure_of_ten_lines_is_a_figure(tmp_path, monkeypatch, script, rows):
    name = re.search(r"`deepmirnatar/figures/kinds/(\w+)\.py`:", TEXT)[1]
    (tmp_path / f"{name}.py").write_text(ten_lines(name))
    monkeypatch.setattr(kinds, "__path__", [*kinds.__path__, str(tmp_path)])
    config = {
        "run": {"experiments": ["try"]},
        "datasets": {"own": {"sources": ["hejret2023"]}},
        "embeddings": {},
        "models": {"seed_class": {}},
        "experiments": {"try": {"datasets": ["own"], "figures": {name: ["seed_class"]}}},
    }
    registry = pd.DataFrame(index=pd.MultiIndex.from_tuples([], names=["source", "file"]))
    inputs = Inputs(Study(config), registry)
    assert f"results/figures/try/own/{name}.svg" in inputs.figures()
    job = SimpleNamespace(experiment="try", dataset="own", figure=name)
    assert inputs.figure_files(job) == {"pairs": ["results/datasets/own/pairs.tsv"]}
    write_tsv(rows, tmp_path / "pairs.tsv")
    files, svg = {"pairs": [tmp_path / "pairs.tsv"]}, tmp_path / "figure.svg"
    script("plot_figure").main(name, files, inputs.figure_rows(job), inputs.figure_about(job), "", [svg])
    assert "</svg>" in svg.read_text()
    sys.modules.pop(f"deepmirnatar.figures.kinds.{name}")
