"""CONTRIBUTING keeps its promises: its files exist, and its examples of one file each work."""

import re
import sys
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from deepmirnatar import embeddings, predictors
from deepmirnatar.common.files import write_tsv
from deepmirnatar.datasets import negatives
from deepmirnatar.figures import kinds
from deepmirnatar.predictors.base import Context
from deepmirnatar.study.plan import Plan
from deepmirnatar.study.schema import ConfigError
from deepmirnatar.study.study import Study
from deepmirnatar.tables.markdown import settings_markdown
from workflow.functions import FigureInputs

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


def ten_lines(name: str, at_most: int = 10) -> str:
    """The code that follows the name of its file."""
    code = re.search(rf"/{name}\.py`:\n\n```python\n(.*?)```", TEXT, flags=re.S)[1]
    assert len([line for line in code.splitlines() if line.strip()]) <= at_most
    return code


def test_the_contestant_of_one_file_is_one_with_its_setting(tmp_path, monkeypatch):
    name = re.search(r"`deepmirnatar/predictors/(\w+)\.py`:", TEXT)[1]
    (tmp_path / f"{name}.py").write_text(ten_lines(name, at_most=12))
    monkeypatch.setattr(predictors, "__path__", [*predictors.__path__, str(tmp_path)])
    config = {
        "run": {"experiments": ["try"]},
        "datasets": {"own": {"sources": ["hejret2023"]}},
        "embeddings": {},
        "models": {name: {}},
        "experiments": {"try": {"datasets": ["own"], "models": [name]}},
    }
    assert Study(config).models[name]["predictor"] == name
    # Its setting is known, checked and explained without a line anywhere else.
    config["models"][name] = {"settings": {"ignored": 2}}
    assert Study(config).models[name]["settings"] == {"ignored": 2}
    for given, wanted in (({"ignored": 4}, "4 is above the largest allowed, 3"), ({"ignord": 1}, "'ignored'")):
        config["models"][name] = {"settings": given}
        with pytest.raises(ConfigError, match=f"^models.{name}.settings.*{wanted}"):
            Study(config)
    kind = predictors.load_class(name)
    assert kind({"ignored": 2}).predict(pd.DataFrame({"target_sequence": ["ACGU"]}), Context()).tolist() == [0.5]
    assert settings_markdown(kind.Settings).splitlines()[-1].split(" | ") == [
        "| `ignored`", "`0`", "nt at the 3' end that do not count; 0 to 3 |"
    ]  # fmt: skip
    predictor = kind()
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
        "models": {"seed_match": {}},
        "experiments": {"try": {"datasets": ["own"], "figures": {name: ["seed_match"]}}},
    }
    plan = Plan(Study(config))
    assert ["own", name] in plan.figures[["dataset", "figure"]].to_numpy().tolist()
    inputs = FigureInputs(plan)
    job = SimpleNamespace(experiment="try", dataset="own", figure=name)
    assert inputs.files(job) == {"pairs": ["results/datasets/own/pairs.tsv"]}
    write_tsv(rows, tmp_path / "pairs.tsv")
    files, svg = {"pairs": [tmp_path / "pairs.tsv"]}, tmp_path / "figure.svg"
    script("plot_figure").main(name, files, inputs.rows(job), inputs.about(job), "", [svg])
    assert "</svg>" in svg.read_text()
    sys.modules.pop(f"deepmirnatar.figures.kinds.{name}")


def test_the_strategy_of_ten_lines_makes_negatives(tmp_path, monkeypatch, rows):
    name = re.search(r"`deepmirnatar/datasets/negatives/(\w+)\.py`:", TEXT)[1]
    (tmp_path / f"{name}.py").write_text(ten_lines(name))
    monkeypatch.setattr(negatives, "__path__", [*negatives.__path__, str(tmp_path)])
    rows = rows.assign(label=rows["label"].astype(int))
    kept, made, counts = negatives.generate(rows, {}, name, {})
    positives = rows[rows["label"] == 1]
    assert made["target_sequence"].tolist() == [site[::-1] for site in positives["target_sequence"]]
    assert set(made["label"]) == {0} and set(made["source"]) == {name} and len(kept) == len(positives)
    assert counts["sites written backwards"] == len(positives)
    sys.modules.pop(f"deepmirnatar.datasets.negatives.{name}")


def test_the_embedding_of_a_few_lines_is_a_kind_that_a_stanza_may_name(tmp_path, monkeypatch):
    name = re.search(r"`deepmirnatar/embeddings/(\w+)\.py`:", TEXT)[1]
    (tmp_path / f"{name}.py").write_text(ten_lines(name, at_most=13))
    monkeypatch.setattr(embeddings, "__path__", [*embeddings.__path__, str(tmp_path)])
    assert name in embeddings.names()
    config = {
        "run": {"experiments": []},
        "datasets": {"own": {"sources": ["hejret2023"]}},
        "embeddings": {"mine": {"kind": name, "strand": "mirna", "settings": {"k": 2}}},
        "models": {},
        "experiments": {},
    }
    study = Study(config)
    assert Plan(study).embeddings["mine"]["made_by"] == ""
    features = embeddings.embed(["AAGC", "CUG"], name, study.embeddings["mine"]["settings"])
    assert features.table[features.index].ravel().tolist() == [1, 1, 0.5, 0, 0.5]
    sys.modules.pop(f"deepmirnatar.embeddings.{name}")
