"""From stanzas to settings and runs; every misspelt key or name is an error that names its place."""

import re
from copy import deepcopy
from dataclasses import asdict
from types import SimpleNamespace

import jsonschema
import pytest
import yaml
from snakemake import ioutils
from snakemake.iocontainers import Wildcards
from snakemake.utils import update_config

from deepmirnatar import embeddings, predictors
from deepmirnatar.common.settings import schema_of
from deepmirnatar.datasets import negatives, splits
from deepmirnatar.figures.four_scores import told_apart
from deepmirnatar.sources import SOURCES
from deepmirnatar.sources.downloads import read_registry
from deepmirnatar.study.keys import config_schema
from deepmirnatar.study.plan import Plan
from deepmirnatar.study.schema import ConfigError, check_schema
from deepmirnatar.study.stanzas import resolve, with_strategies
from deepmirnatar.study.study import Study, file_name
from workflow.fingerprint import module_file
from workflow.functions import FigureInputs, any_of, gpus, lookup
from workflow.predictions import Predictions


def overlay(base: dict, over: dict) -> dict:
    """As Snakemake lays one config file over another."""
    out = deepcopy(base)
    for key, value in over.items():
        out[key] = overlay(out[key], value) if isinstance(value, dict) and isinstance(out.get(key), dict) else value
    return out


@pytest.fixture(scope="session")
def read(root):
    return lambda path: yaml.safe_load((root / path).read_text())


@pytest.fixture
def published(read) -> dict:
    return read("config/config.yaml")


@pytest.fixture
def schema() -> jsonschema.Draft202012Validator:
    schema = config_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.fixture
def small() -> dict:
    """One of everything."""
    return {
        "run": {"experiments": ["first"]},
        "datasets": {
            "base": {"sources": ["miraw"], "negatives": {"strategy": "rnacofold", "energy": -6.0},
                     "split": {"strategy": "by_gene"}},
            "child": {"extends": "base", "negatives": {"strategy": "rnacofold", "per_mirna_gene": 2}, "mirbase": False},
            "other": {"sources": ["parclip48"]},
        },
        "embeddings": {
            "words": {"kind": "word2vec", "strand": "mirna", "settings": {"size": 34}},
            "letters": {"kind": "onehot", "strand": "site", "settings": {"k": 1}},
        },
        "models": {
            "papers_network": {
                "label": "Ours",
                "embeddings": {"mirna": "words", "site": "letters"},
                "settings": {"batch_size": 32, "epochs": 7},
                "sweep": {"batch_size": [16, 32], "dropout": [0.1, 0.5]},
            },
            "short": {"extends": "papers_network", "settings": {"epochs": 2}},
            "shorter": {"extends": "short", "label": "Shorter", "settings": {"dropout": 0.4}},
            "lookup": {"predictor": "rate_table", "settings": {"columns": ["mirna"]}},
            "seed_match": {},
        },
        "experiments": {
            "first": {"datasets": ["base"], "models": ["papers_network", "seed_match"], "test_sets": ["other:test"]},
            "second": {"datasets": ["base", "child"], "models": ["papers_network", "papers_network.batch_size-16",
                       "papers_network.batch_size-32"], "seeds": [1, 2], "test_sets": ["base:test", "child:valid"]},
        },
        "predictions": {"mine": {"mirnas": ["miR-1"], "targets": ["A"], "dataset": "base", "model": "seed_match"}},
    }  # fmt: skip


# --- stanzas


def test_extends_takes_the_parents_keys_maps_merge_and_lists_replace():
    found = resolve(
        {
            "a": {"list": [1, 2], "map": {"x": 1, "y": {"z": 1}}, "only": True},
            "b": {"extends": "a", "list": [3], "map": {"x": 2, "y": {"w": 5}}},
            "c": {"extends": "b", "map": {"v": 0}},
            "d": None,
        },
        "things",
    )
    assert found["b"] == {"list": [3], "map": {"x": 2, "y": {"z": 1, "w": 5}}, "only": True}
    assert found["c"] == {"list": [3], "map": {"x": 2, "y": {"z": 1, "w": 5}, "v": 0}, "only": True}
    assert found["a"] == {"list": [1, 2], "map": {"x": 1, "y": {"z": 1}}, "only": True} and found["d"] == {}


def test_a_stanzas_own_name_is_that_of_the_root_of_its_chain():
    found = resolve({"a": {}, "b": {"extends": "a"}, "c": {"kind": "x"}}, "things", "kind")
    assert {name: stanza["kind"] for name, stanza in found.items()} == {"a": "a", "b": "a", "c": "x"}


def test_a_circle_of_extends_is_named():
    with pytest.raises(ConfigError, match=r"things\.a: extends itself by way of a -> b"):
        resolve({"a": {"extends": "b"}, "b": {"extends": "a"}}, "things")


def test_a_sweep_makes_one_model_per_value_beside_its_parent(small):
    study = Study(small)
    assert set(study.models) == {
        "papers_network",
        "papers_network.batch_size-16",
        "papers_network.dropout-0.5",
        "short",
        "shorter",
        "lookup",
        "seed_match",
    }
    parent, point = study.models["papers_network"], study.models["papers_network.batch_size-16"]
    assert point["settings"] == {**parent["settings"], "batch_size": 16}
    assert point["embeddings"] == parent["embeddings"] and point["predictor"] == "papers_network"
    assert point["label"] == "Ours, batch size 16"
    assert study.models["shorter"]["settings"]["epochs"] == 2
    assert study.models["shorter"]["settings"]["dropout"] == 0.4
    assert study.models["short"]["label"] == "Ours" and study.models["shorter"]["label"] == "Shorter"


def test_a_point_that_equals_its_parent_is_the_parent(small):
    study = Study(small)
    # 32 is written in the stanza, 0.1 is the predictor's own default.
    assert study.alias == {
        "papers_network.batch_size-32": "papers_network",
        "papers_network.dropout-0.1": "papers_network",
    }
    assert study.experiments["second"]["models"] == ["papers_network", "papers_network.batch_size-16"]


def test_settings_are_complete(small):
    study = Study(small)
    assert study.models["lookup"]["settings"] == {"columns": ["mirna"], "backoff": [], "prior": 1.0}
    assert study.models["seed_match"] == {
        "predictor": "seed_match",
        "embeddings": {},
        "settings": {},
        "label": "seed_match",
    }
    child = study.datasets["child"]
    assert child["negatives"] == {"strategy": "rnacofold", "energy": -6.0, "per_mirna_gene": 2}
    assert (child["sources"], child["mirbase"], child["split"]) == (["miraw"], False, {"strategy": "by_gene"})
    assert (child["duplicates"], child["conflicts"], child["orientation"], child["seed"]) == (
        "drop",
        "drop",
        "corrected",
        1,
    )
    assert study.datasets["base"]["mirbase"] is True
    assert study.embeddings["words"]["settings"]["size"] == 34 and study.embeddings["words"]["seed"] == 1


def test_the_config_is_left_as_it_was(small):
    before = deepcopy(small)
    Study(small)
    assert small == before


# --- runs and paths


def test_runs_are_listed_once_per_test_set(small):
    study = Study(small)
    runs = study.runs[study.runs["experiment"] == "second"].drop(columns=["experiment", "test_file"])
    expected = [
        (dataset, model, seed, test_set)
        for dataset in ("base", "child")
        for model in ("papers_network", "papers_network.batch_size-16")
        for seed in (1, 2)
        for test_set in dict.fromkeys([f"{dataset}:test", "base:test", "child:valid"])
    ]
    assert list(runs.itertuples(index=False, name=None)) == expected and len(expected) == 20
    first = study.runs[study.runs["experiment"] == "first"]
    assert list(zip(first["model"], first["test_file"], strict=True)) == [
        ("papers_network", "base-test"), ("papers_network", "other-test"), ("seed_match", "base-test"),
        ("seed_match", "other-test"),
    ]  # fmt: skip
    assert file_name("released:test") == "released-test"


def test_the_audits_that_an_experiment_draws_are_listed_by_run(small):
    small["experiments"]["second"]["figures"] = {"model_audit": ["papers_network.batch_size-32"]}
    study = Study(small)
    assert study.audits.to_numpy().tolist() == [
        ["second", dataset, "papers_network", seed] for dataset in ("base", "child") for seed in (1, 2)
    ]


@pytest.mark.parametrize(
    ("weights", "wrong"),
    [
        ("results/runs/base/short/model.safetensors", "must read results/runs/DATASET/MODEL/seed-N/model.safetensors"),
        ("results/runs/base/tuned/seed-1/model.safetensors", "tuned cannot start from its own weights"),
        (
            "results/runs/base/short/seed-1/model.safetensors",
            "short is not of the predictor interaction_map, but tuned is",
        ),
        ("mine.safetensors", "there is no file 'mine.safetensors'"),
    ],
)
def test_weights_to_start_from_are_a_file_or_another_models_run(small, weights, wrong):
    small["models"]["tuned"] = {"predictor": "interaction_map", "settings": {"weights": weights}}
    with pytest.raises(ConfigError, match=f"models.tuned.settings.weights: .*{wrong}"):
        Study(small)
    small["models"]["map"] = {"predictor": "interaction_map"}
    small["models"]["tuned"]["settings"]["weights"] = "results/runs/base/map/seed-1/model.safetensors"
    assert Study(small).models["tuned"]["settings"]["weights"].startswith("results/runs/base/map")
    # A swept point that equals its parent is the parent.
    small["models"]["map"]["sweep"] = {"dropout": [0.2, 0.3]}
    small["models"]["tuned"]["settings"]["weights"] = "results/runs/base/map.dropout-0.2/seed-1/model.safetensors"
    assert Study(small).models["tuned"]["settings"]["weights"] == "results/runs/base/map/seed-1/model.safetensors"
    small["models"]["map"]["settings"] = {"weights": "results/runs/base/tuned/seed-1/model.safetensors"}
    with pytest.raises(ConfigError, match="tuned cannot start from its own weights, by way of map"):
        Study(small)


# --- mistakes

MISTAKES = {
    "experiment to run": (("run", "experiments"), ["frist"], "run.experiments: 'frist'", "first"),
    "source": (("datasets", "base", "sources"), ["mirraw"], "datasets.base.sources: 'mirraw'", "miraw"),
    "parent of a dataset": (("datasets", "child", "extends"), "bse", "datasets.child.extends: 'bse'", "base"),
    "negative strategy": (
        ("datasets", "base", "negatives", "strategy"),
        "rnafold",
        "datasets.base.negatives.strategy: 'rnafold'",
        "rnacofold",
    ),
    "split strategy": (
        ("datasets", "base", "split", "strategy"),
        "by_gen",
        "datasets.base.split.strategy: 'by_gen'",
        "by_gene",
    ),
    "kind of embedding": (("embeddings", "words", "kind"), "word2vek", "embeddings.words.kind: 'word2vek'", "word2vec"),
    "setting of an embedding": (
        ("embeddings", "words", "settings"),
        {"sise": 34},
        "embeddings.words.settings: 'sise'",
        "size",
    ),
    "predictor": (
        ("models", "lookup", "predictor"),
        "rate_tabel",
        "models.lookup.predictor: 'rate_tabel'",
        "rate_table",
    ),
    "name of a model without predictor": (
        ("models", "seed_clas"),
        {},
        "models.seed_clas.predictor: 'seed_clas'",
        "seed_match",
    ),
    "parent of a model": (
        ("models", "short", "extends"),
        "papers_netwrk",
        "models.short.extends: 'papers_netwrk'",
        "papers_network",
    ),
    "setting of a model": (
        ("models", "papers_network", "settings"),
        {"batchsize": 3},
        "models.papers_network.settings: 'batchsize'",
        "batch_size",
    ),
    "swept setting": (
        ("models", "papers_network", "sweep"),
        {"droput": [0.1]},
        "models.papers_network.droput-0.1.settings: 'droput'",
        "dropout",
    ),
    "embedding of a model": (
        ("models", "papers_network", "embeddings", "site"),
        "leters",
        "models.papers_network.embeddings.site: 'leters'",
        "letters",
    ),
    "dataset of the weights to start from": (
        ("models", "lookup"),
        {"predictor": "interaction_map", "settings": {"weights": "results/runs/bse/short/seed-1/model.safetensors"}},
        "models.lookup.settings.weights: 'bse'",
        "base",
    ),
    "model of the weights to start from": (
        ("models", "lookup"),
        {"predictor": "interaction_map", "settings": {"weights": "results/runs/base/shrt/seed-1/model.safetensors"}},
        "models.lookup.settings.weights: 'shrt'",
        "short",
    ),
    "model of an experiment": (
        ("experiments", "first", "models"),
        ["papers_network.batch_size-17"],
        "experiments.first.models: 'papers_network.batch_size-17'",
        "papers_network.batch_size-16",
    ),
    "wanted prediction": (("run", "predictions"), ["mien"], "run.predictions: 'mien'", "mine"),
    "model of a figure": (
        ("experiments", "first", "figures"),
        {"ablation": ["seed_clas"]},
        "experiments.first.figures.ablation: 'seed_clas'",
        "seed_match",
    ),
    "figure of an experiment": (
        ("experiments", "first", "figures"),
        {"ablations": ["seed_match"]},
        "experiments.first.figures: 'ablations'",
        "ablation",
    ),
    "dataset of an experiment": (
        ("experiments", "first", "datasets"),
        ["bass"],
        "experiments.first.datasets: 'bass'",
        "base",
    ),
    "dataset of a test set": (
        ("experiments", "first", "test_sets"),
        ["othr:test"],
        "experiments.first.test_sets: 'othr'",
        "other",
    ),
}


def put(config: dict, place: tuple, value) -> None:
    for key in place[:-1]:
        config = config.setdefault(key, {})
    config[place[-1]] = value


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_misspelt_name_is_placed_and_the_nearest_one_suggested(small, mistake):
    place, value, where, meant = MISTAKES[mistake]
    put(small, place, value)
    with pytest.raises(ConfigError) as error:
        Study(small)
    assert str(error.value).startswith(where)
    assert f"Did you mean {meant!r}?" in str(error.value)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"epochs": "ten"}, "mine.epochs: 'ten' should be a whole number"),
        ({"epochs": True}, "mine.epochs: True should be a whole number"),
        ({"learning_rate": "1e-3"}, "mine.learning_rate: '1e-3' should be a number; write it with a point, 1.0e-3"),
        ({"kernels": 3}, r"mine.kernels: 3 should be a list, \[A, B\]"),
        ({"kernels": [3, "five"]}, "mine.kernels.1: 'five' should be a whole number"),
        ({"rnn": "lstmm"}, "mine.rnn: 'lstmm' is not known. Did you mean 'lstm'"),
        ({"dropuot": 0.1}, "mine: 'dropuot' is not known. Did you mean 'dropout'"),
    ],
)
def test_a_setting_of_the_wrong_kind_is_placed_and_told_what_it_should_be(given, message):
    settings = predictors.load_class("papers_network").Settings
    with pytest.raises(ConfigError, match=message):
        check_schema(given, schema_of(settings), "mine")
    check_schema({"epochs": 3, "dropout": 0, "kernels": [1], "rnn": "none"}, schema_of(settings), "mine")


def test_every_predictor_and_embedder_has_settings_that_pass_their_own_schema():
    for name in predictors.names():
        settings = predictors.load_class(name).Settings
        check_schema(asdict(settings()), schema_of(settings), name)
    for kind in embeddings.names():
        settings = embeddings.settings_class(kind)
        check_schema(asdict(settings()), schema_of(settings), kind)


@pytest.mark.parametrize(
    ("place", "value", "message"),
    [
        (
            ("experiments", "first", "test_sets"),
            ["other:tset"],
            r"experiments\.first\.test_sets: 'other:tset' must read",
        ),
        (("experiments", "first", "test_sets"), ["other:train"], r"experiments\.first\.test_sets: 'other:train' must"),
        (("datasets", "empty"), {}, r"datasets\.empty: needs `sources` \(a list\) or `table`"),
        (("datasets", "own"), {"table": "no/such.tsv"}, r"datasets\.own\.table: there is no file 'no/such\.tsv'"),
        (("datasets", "miraw"), {"table": "own.tsv"}, r"datasets\.miraw: has .* the name of a source"),
        (
            ("models", "papers_network", "embeddings"),
            {"mirna": "words"},
            r"models\.papers_network\.embeddings: .*'site'",
        ),
        (
            ("models", "papers_network", "embeddings", "site"),
            "words",
            r"embeddings\.site: 'words' embeds the other strand",
        ),
        (("embeddings", "bare"), {"strand": "site"}, r"embeddings\.bare.*kind"),
        (("embeddings", "bare"), {"kind": "onehot"}, r"embeddings\.bare.*strand"),
        (("models", "lookup", "predictor"), "base", r"models\.lookup\.predictor: 'base' is not known"),
        # A table of one's own is renamed by our names: one that is none of ours renames nothing.
        (("datasets", "own"), {"table": "own.tsv", "columns": {"splitt": "fold"}}, r"datasets\.own\.columns.*splitt"),
    ],
)
def test_other_mistakes_are_placed_too(small, tmp_path, place, value, message):
    (tmp_path / "own.tsv").write_text("")
    put(small, place, value)
    with pytest.raises(ConfigError, match=message):
        Study(small, tmp_path)


@pytest.mark.parametrize(
    "stanza",
    [
        {"negatives": {"strategy": "rnacofold"}, "split": {"strategy": "by_gene"}},
        {"negatives": {"strategy": "shuffled"}},
        {"negatives": {"strategy": "matched"}},
        {"split": {"strategy": "by_mirna_family"}},
    ],
)
def test_what_reads_the_seed_is_not_combined_with_three_to_five_mirnas(small, stanza):
    """`as_released` keeps some miRNAs 3'->5'; strategies that look at nt 2-8 or fold them would take the wrong end."""
    small["datasets"]["odd"] = {"sources": ["deepmirtar"], "orientation": "as_released", **stanza}
    with pytest.raises(ConfigError, match=r"datasets\.odd.*as_released"):
        Study(small)


@pytest.mark.parametrize("place", ["datasets", "test_sets"])
def test_embeddings_of_three_to_five_mirnas_are_not_given_to_a_model_that_turns_them(small, place):
    small["datasets"]["odd"] = {"sources": ["parclip48"], "orientation": "as_released"}
    small["models"]["map"] = {"predictor": "interaction_map"}
    small["experiments"]["first"]["models"] = ["map"]
    small["experiments"]["first"][place] = ["odd" if place == "datasets" else "odd:test"]
    Study(small)
    small["models"]["map"]["embeddings"] = {"mirna": "words", "site": "letters"}
    with pytest.raises(ConfigError, match=r"experiments\.first: odd keeps.*corrected"):
        Study(small)


def test_fresh_negatives_need_a_split_of_their_own(small):
    """RNAcofold negatives come from no split: with `given` all would be in train and none in test."""
    small["datasets"]["odd"] = {"sources": ["hejret2023"], "negatives": {"strategy": "rnacofold"}}
    with pytest.raises(ConfigError, match=r"datasets\.odd.*split"):
        Study(small)


def test_fractions_add_up_to_one(small):
    put(small, ("datasets", "base", "split"), {"strategy": "random", "fractions": {"train": 0.9, "test": 0.9}})
    with pytest.raises(ConfigError, match=r"datasets\.base\.split\.fractions"):
        Study(small)


# --- the schema and the configs that come with the project


def test_the_schema_accepts_the_configs_of_the_project(schema, read):
    config = read("config/config.yaml")
    quick = overlay(config, read("config/quickstart.yaml"))
    for each in (config, quick):
        schema.validate(each)
        study = Study(each)
        assert study.wanted and len(study.runs)
    assert Study(quick).wanted == ["quickstart"]


@pytest.mark.parametrize(
    "place",
    [
        ("speling",),
        ("run", "experiment"),
        ("datasets", "released", "orientaton"),
        ("embeddings", "site_onehot", "stand"),
        ("models", "mirna_only", "predicter"),
        ("models", "papers_network", "embeddings", "target"),
        ("experiments", "published", "seed"),
    ],
)
def test_the_schema_refuses_an_unknown_key_everywhere(schema, published, place):
    put(published, place, "x")
    errors = list(schema.iter_errors(published))
    assert len(errors) == 1 and errors[0].validator == "additionalProperties"
    assert list(errors[0].absolute_path) == list(place[:-1]) and repr(place[-1]) in errors[0].message


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("datasets", "released", "orientation"), "reversed"),
        (("datasets", "released", "duplicates"), "maybe"),
        (("datasets", "released", "sources"), "deepmirnatar_released"),
        (("datasets", "released", "mirbase"), "no"),
        (("datasets", "released", "sample"), 0),
        (("datasets", "Released"), {}),
        (("embeddings", "site_onehot", "strand"), "target"),
        (("models", "papers_network", "sweep"), {"dropout": []}),
        (("models", "my.model"), {}),
        (("experiments", "published", "figures"), {"ablation": []}),
        (("experiments", "published", "seeds"), [1, 1]),
        (("device",), "gpu"),
        (("run", "experiments"), ["controlled", "controlled"]),
    ],
)
def test_the_schema_refuses_values_of_another_kind(schema, published, place, value):
    put(published, place, value)
    errors = list(schema.iter_errors(published))
    assert errors and list(errors[0].absolute_path)[: len(place) - 1] == list(place[:-1])


def test_an_extending_stanza_may_change_one_setting_of_a_strategy(schema, published):
    """Maps merge: the strategy is in the parent."""
    published["datasets"]["stricter"] = {"extends": "regenerated", "negatives": {"energy": -9.0}}
    assert Study(published).datasets["stricter"]["negatives"] == {
        "strategy": "rnacofold",
        "energy": -9.0,
        "per_mirna_gene": 3,
    }
    schema.validate(published)


# Place, value, and what the one sentence must say.
OUT_OF_RANGE = [
    ("models.papers_network.settings.epochs", 0, "0 is below the smallest allowed, 1"),
    ("models.papers_network.settings.batch_size", -1, "-1 is below the smallest allowed, 1"),
    ("models.papers_network.settings.patience", -3, "-3 is below the smallest allowed, 0"),
    ("models.papers_network.settings.dropout", 1.0, "1.0 is not below 1"),
    ("models.papers_network.settings.learning_rate", 0, "0 is not above 0"),
    ("models.papers_network.settings.heads", 7, "7 does not divide hidden, 64"),
    ("models.papers_network.settings.kernels", [], "should be one or more odd numbers"),
    ("models.papers_network.settings.kernels", [2], "should be one or more odd numbers"),
    ("models.papers_network.settings.length_bucket", 0, "below the smallest allowed, 1"),
    ("models.interaction_map.settings.kernel", [3], "should be two odd numbers"),
    ("models.interaction_map.settings.members", 0, "below the smallest allowed, 1"),
    ("embeddings.site_onehot.settings.k", 20, "20 is above the largest allowed, 8"),
    ("embeddings.mirna_word2vec.settings.k", 60, "60 is above the largest allowed, 8"),
    ("embeddings.mirna_word2vec.settings.k", 0, "0 is below the smallest allowed, 1"),
    ("embeddings.site_dnabert.settings.heads", 7, "7 does not divide size, 96"),
    ("embeddings.site_dnabert.settings.mask", 1.5, "1.5 is not below 1"),
    ("datasets.regenerated.negatives.energy", 5, "5 is above the largest allowed, 0"),
    ("datasets.regenerated.negatives.pair_from", 12, "12 is behind pair_to, 10"),
    ("datasets.regenerated.negatives.min_base_pairs", 11, "11 is more than the 10 nt that are asked to pair"),
    ("datasets.regenerated.negatives.window", 8, "8 nt do not hold the 10 nt"),
    ("datasets.regenerated.negatives.enrgy", -5, "Did you mean 'energy'?"),
    ("datasets.debiased.negatives.energy", -20, "'energy' is not a key of the strategy matched; it reads none"),
    ("datasets.merged.split.fractions", {"train": 1.5}, "1.5 is not below 1"),
    ("datasets.merged.split.fractions", {"dev": 0.5}, "'dev' is not known"),
    ("datasets.merged.split.fractions", {"train": 0.5, "test": 0.2}, "add up to 0.7, not to 1"),
    ("datasets.merged.split.shared_nt", 40, "40 is above the largest allowed, 31"),
    ("datasets.hejret2023.split.shared_nt", 30, "not a key of the strategy given; it reads valid_from_train"),
]


@pytest.mark.parametrize(("place", "value", "wanted"), OUT_OF_RANGE, ids=[f"{row[0]}={row[1]}" for row in OUT_OF_RANGE])
def test_a_value_out_of_range_and_a_key_that_nothing_reads_are_one_sentence(published, place, value, wanted):
    put(published, tuple(place.split(".")), value)
    with pytest.raises(ConfigError) as error:
        Study(published)
    said = str(error.value)
    assert wanted in said and "\n" not in said and said.startswith(".".join(place.split(".")[:3]))


def test_every_setting_says_what_it_means_and_what_it_may_be():
    kinds = [predictors.load_class(name).Settings for name in predictors.names()]
    kinds += [embeddings.settings_class(name) for name in embeddings.names()]
    kinds += [negatives.load(name).Settings for name in negatives.names()]
    kinds += list(splits.STRATEGIES.values())
    for kind in kinds:
        for name, rule in schema_of(kind)["properties"].items():
            assert rule["description"], (kind, name)
            part = rule.get("items", rule)
            if part.get("type") in ("integer", "number"):
                assert {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"} & part.keys(), (kind, name)
            # The default obeys its own rule.
            jsonschema.validate(rule["default"], rule)


def test_a_stanza_that_changes_the_strategy_leaves_its_parents_keys_behind(published):
    published["datasets"]["other"] = {"extends": "regenerated", "negatives": {"strategy": "shuffled"}}
    assert Study(published).datasets["other"]["negatives"] == {"strategy": "shuffled"}


def test_a_file_that_changes_the_strategy_leaves_the_keys_below_it_behind(published):
    """Snakemake lays files together key by key."""
    files = [{"datasets": {"hejret2023": {"split": {"strategy": "by_gene"}}}}, {"datasets": {"merged": {"seed": 2}}}]
    config = deepcopy(published)
    for each in files:
        update_config(config, each)
    assert config["datasets"]["hejret2023"]["split"]["valid_from_train"] == 0.1
    found = with_strategies(config, [published, *files])["datasets"]
    assert found["hejret2023"]["split"] == {"strategy": "by_gene"}
    assert found["merged"] == {**published["datasets"]["merged"], "seed": 2}


def test_a_header_behind_a_hash_is_a_header(small, tmp_path):
    columns = ["mirna", "mirna_sequence", "target", "target_sequence", "label", "split"]
    (tmp_path / "own.tsv").write_text("#" + "\t".join(columns) + "\n")
    small["datasets"]["own"] = {"table": "own.tsv", "split": {"strategy": "given"}}
    small["experiments"]["first"]["datasets"] = ["own"]
    Study(small, tmp_path)


# --- what the rules look up


@pytest.fixture
def downloads(root) -> list[str]:
    registry = read_registry(root / "resources" / "sources.tsv")
    return [f"resources/downloads/{source}/{file}" for source, file in registry.index]


@pytest.fixture
def plan(published, downloads, tmp_path) -> Plan:
    (tmp_path / "m.fa").write_text(">a\nACGU\n")
    published["predictions"]["mine"] = dict.fromkeys(("mirnas", "targets"), str(tmp_path / "m.fa"))
    return Plan(Study(published), downloads)


@pytest.mark.parametrize(("text", "reads"), [("miR-16\nlet-7a\n", True), (">a\nUGAGGUAGUAGGUUGUAUAGUU\n", False)])
def test_mirbase_is_read_where_a_file_holds_names(published, tmp_path, text, reads):
    (tmp_path / "mirnas.txt").write_text(text)
    published["predictions"]["own"] = {"mirnas": str(tmp_path / "mirnas.txt"), "targets": str(tmp_path / "mirnas.txt")}
    assert ("mirbase" in Study(published).prediction_files("own")) == reads


def test_published_and_pretrained_weights_are_told_apart(published, downloads, tmp_path):
    for name in ("config.json", "pytorch_model.bin"):
        (tmp_path / name).write_text("")
    published["embeddings"]["own"] = {"kind": "dnabert", "strand": "site", "settings": {"weights": str(tmp_path)}}
    plan = Plan(Study(published), downloads)
    assert plan.named("embeddings", made_by="pretrain_dnabert") == ["site_dnabert"]
    assert plan.named("embeddings", made_by="import_dnabert") == ["site_dnabert_published", "own"]
    assert "mirna_word2vec" in plan.named("embeddings", made_by="train_word2vec")
    assert "site_onehot" in plan.named("embeddings", made_by="")
    assert plan.embeddings["own"]["published"] == [f"{tmp_path}/config.json", f"{tmp_path}/pytorch_model.bin"]
    assert len(plan.embeddings["site_dnabert_published"]["published"]) == 3


def test_weights_that_no_download_brings_are_refused(published, downloads):
    published["models"]["mitar_published"]["settings"]["weights"] = "resources/downloads/mitar/typo.h5"
    with pytest.raises(
        ConfigError, match=r"models\.mitar_published\.settings\.weights: .* is not a file that the workflow"
    ):
        Plan(Study(published), downloads)


def test_the_wildcards_choose_the_library_files_that_count(plan):
    def chosen(**given) -> list[str]:
        return [name.removeprefix("deepmirnatar.") for name in Predictions(plan).plug_ins(SimpleNamespace(**given))]

    assert chosen(source="miraw") == ["sources.mitar"]
    assert chosen(dataset="debiased") == ["datasets.negatives.matched"]
    assert chosen(dataset="released", model="no_sca") == ["predictors.papers_network", "datasets.negatives.given"]
    assert chosen(prediction="case_study") == ["predictors.papers_network", "embeddings.word2vec", "embeddings.dnabert"]
    assert chosen(prediction="mine") == ["predictors.interaction_map"]
    assert chosen(dataset="released", embedding="site_onehot")[1] == "embeddings.onehot"
    assert chosen(experiment="published", figure="dropout") == ["figures.kinds.dropout"]
    for source in SOURCES:
        assert module_file(*[f"deepmirnatar.{name}" for name in chosen(source=source)])


def test_a_step_of_a_dataset_is_given_what_it_reads_and_no_more(plan):
    assert plan.datasets["debiased"]["controls"] == {"orientation": "corrected", "seed": 1}
    # Folding does not depend on the split, what is balanced within splits does.
    assert (
        "split" not in plan.datasets["regenerated"]["negatives"] and "split" in plan.datasets["debiased"]["negatives"]
    )
    # Merging asks of the strategy only whether the negatives of the sources stay.
    stay = {name: plan.datasets[name]["merge"]["negatives_stay"] for name in ("regenerated", "debiased", "released")}
    assert stay == {"regenerated": False, "debiased": False, "released": True}
    assert "negatives" not in plan.datasets["regenerated"]["merge"]


def test_sources_and_reference_tables_of_a_dataset(small, tmp_path):
    (tmp_path / "own.tsv").write_text("")
    small["datasets"]["mine"] = {"table": "own.tsv", "sources": ["parclip48"], "mirbase": False}
    small["datasets"]["mocked"] = {
        "sources": ["deepmirtar"], "negatives": {"strategy": "shuffled"}, "without_targets": ["A"],
        "apart_from": ["other:test"],
    }  # fmt: skip
    plan = Plan(Study(small, tmp_path))
    own = {"name": "mine", "columns": {}, "mirna_written": "5to3"}
    assert plan.sources["mine"] == {"module": "user", "files": {"pairs": "own.tsv"}, "reference": [], "settings": own}
    assert plan.sources["parclip48"]["files"] == {"parclip": "resources/downloads/mitar/data_DeepMirTar_test.txt"}
    assert plan.datasets["mine"]["sources"] == ["parclip48", "mine"] and plan.datasets["base"]["sources"] == ["miraw"]
    reads = {name: (each["filter_reads"], each["negatives_read"]) for name, each in plan.datasets.items()}
    assert reads["base"] == (["mirnas"], ["mirnas", "utrs", "known_targets"])
    # A table of one's own reads nothing that is downloaded.
    assert reads["mine"] == ([], []) and plan.datasets["mine"]["apart"] == []
    assert reads["mocked"] == (["mirnas", "utrs"], ["mirnas"]) and plan.datasets["mocked"]["apart"] == ["other"]


def test_a_drawn_network_follows_the_code_of_the_embeddings_that_it_shows(published, plan):
    published["models"]["papers_network"]["embeddings"]["site"] = "site_onehot"
    assert plan.explained_code == {"deepmirnatar.embeddings.word2vec", "deepmirnatar.embeddings.dnabert"}
    other = Plan(Study(published), plan.downloads)
    assert other.explained_code == {"deepmirnatar.embeddings.word2vec", "deepmirnatar.embeddings.onehot"}


def test_published_weights_ask_for_a_gpu_only_where_a_projection_is_fitted(published, downloads):
    published["embeddings"]["projected"] = {
        "extends": "site_dnabert_published",
        "settings": {"projection": "pca", "size": 64},
    }
    found = Plan(Study(published), downloads).embeddings
    assert not found["site_dnabert_published"]["import_gpu"] and found["projected"]["import_gpu"]


@pytest.mark.parametrize(
    ("device", "gpu_here", "elsewhere", "asked"),
    [
        ("auto", True, False, 1),
        ("auto", False, False, 0),  # or one training would wait for the other beside an idle core
        ("auto", False, True, 1),  # the login node of a cluster has none
        ("cuda", False, False, 1),
        ("cpu", True, True, 0),
    ],
)
def test_a_gpu_is_asked_for_where_one_can_be_had(plan, monkeypatch, device, gpu_here, elsewhere, asked):
    monkeypatch.setattr("workflow.functions.has_gpu", lambda: gpu_here)
    gpus_if = gpus(device, lambda: elsewhere)
    assert gpus_if(lookup(within=plan.models, dpath="{model}/gpu"))(Wildcards(fromdict={"model": "no_sca"})) == asked
    assert gpus_if(lookup(within=plan.models, dpath="{model}/gpu"))(Wildcards(fromdict={"model": "seed_match"})) == 0
    assert gpus_if(plan.embeddings["site_dnabert"]["gpu"])(None) == gpus_if(True)(None) == asked
    assert gpus_if(plan.embeddings["mirna_word2vec"]["gpu"])(None) == 0


def test_a_lookup_is_that_of_snakemake(plan):
    wildcards = Wildcards(fromdict={"model": "papers_network.batch_size-16"})
    for within, dpath in ((plan.models, "{model}/strands"), (plan.models, "{model}/fit/settings/hidden")):
        assert lookup(within=within, dpath=dpath)(wildcards) == ioutils.lookup(within=within, dpath=dpath)(wildcards)
    rows = lookup(query="model == '{model}'", within=plan.fits, cols="seed")(wildcards)
    assert rows == plan.fits[plan.fits["model"] == wildcards.model]["seed"].tolist() != []


def test_wildcards_admit_the_known_names_and_nothing_else(plan):
    pattern = re.compile(any_of(plan.models))
    assert pattern.fullmatch("papers_network.batch_size-16") and pattern.fullmatch("papers_network")
    assert not pattern.fullmatch("papers_networkXbatch_size-16") and not pattern.fullmatch(
        "papers_network.batch_size-17"
    )
    assert any_of([]) == "none"


def test_runs_and_tables_of_an_experiment_are_in_the_order_of_their_files(plan):
    experiment = plan.experiments["published"]
    rows = plan.study.runs.query("experiment == 'published'")
    assert [file_name(test_set) for *_, test_set in experiment["runs"]] == rows["test_file"].tolist()
    assert experiment["tables"] == ["released", "parclip48_as_released"]
    fits = plan.fits.query("experiment == 'published'")
    assert list(fits[["dataset", "model", "seed"]].itertuples(index=False, name=None)) == list(
        dict.fromkeys(run[:3] for run in experiment["runs"])
    )
    assert plan.test_sets["parclip48_as_released-test"] == {
        "name": "parclip48_as_released:test",
        "table": "parclip48_as_released",
        "file": "results/datasets/parclip48_as_released/pairs.tsv",
        "orientation": "as_released",
    }
    assert plan.models["papers_network_14_epochs"]["embeddings"] == ["mirna_word2vec", "site_dnabert"]
    assert plan.models["papers_network_14_epochs"]["strands"] == ["mirna", "site"]


# --- figures of experiments


def test_an_experiments_models_are_those_it_names_and_those_its_figures_show(small):
    small["experiments"]["first"] |= {
        "models": ["seed_match"],
        "figures": {
            "batch_size": ["papers_network.batch_size-16", "papers_network.batch_size-32"],
            "recurrent_layer": ["short"],
        },
    }
    small["experiments"]["third"] = {
        "extends": "first",
        "datasets": ["child"],
        "figures": {"recurrent_layer": ["shorter"]},
    }
    study = Study(small)
    first, third = study.experiments["first"], study.experiments["third"]
    # The swept point that equals its parent goes by the parent's name, in figures too.
    assert first["figures"]["batch_size"] == ["papers_network.batch_size-16", "papers_network"]
    assert first["models"] == ["seed_match", "papers_network.batch_size-16", "papers_network", "short"]
    assert first["figures"]["curves"] == first["models"]
    assert third["datasets"] == ["child"] and third["figures"]["recurrent_layer"] == ["shorter"]
    assert third["figures"]["batch_size"] == first["figures"]["batch_size"]
    assert third["test_sets"] == first["test_sets"]


def test_an_experiment_without_datasets_or_models_is_refused(small):
    small["experiments"]["empty"] = {"models": ["seed_match"]}
    with pytest.raises(ConfigError, match=r"experiments\.empty: needs `datasets`"):
        Study(small)
    small["experiments"]["empty"] = {"datasets": ["base"]}
    with pytest.raises(ConfigError, match=r"experiments\.empty: needs `models`"):
        Study(small)


def test_a_model_beside_points_of_its_own_sweep_gets_its_own_value(plan):
    def labels(figure: str) -> list[str]:
        return list(
            told_apart(
                FigureInputs(plan).about(SimpleNamespace(experiment="published", figure=figure))["models"]
            ).values()
        )

    assert labels("batch_size") == [
        "DeepmiRNATar, batch size 16",
        "DeepmiRNATar, batch size 32",
        "DeepmiRNATar, batch size 64",
    ]
    assert labels("recurrent_layer")[0] == "DeepmiRNATar"


def test_what_is_printed_of_a_model_is_no_part_of_its_fit(small):
    before = Plan(Study(small)).models["lookup"]["fit"]
    small["models"]["lookup"]["label"] = "another name"
    study = Study(small)
    assert Plan(study).models["lookup"]["fit"] == before and study.models["lookup"]["label"] == "another name"


def test_the_wanted_figures_are_drawn_once_per_dataset(small):
    small["experiments"]["first"] |= {"datasets": ["base", "child"], "figures": {"ablation": ["short"]}}
    rows = Plan(Study(small)).figures
    assert sorted(rows.query("per == 'experiment'")["figure"]) == ["audit", "datasets", "history"]
    drawn = rows.query("per == 'dataset'")[["experiment", "dataset", "figure"]].itertuples(index=False, name=None)
    assert sorted(drawn) == [("first", dataset, name) for dataset in ("base", "child") for name in DRAWN]
    assert rows.query("per == 'model'").empty


def test_the_first_page_shows_each_network_of_the_project_once(small):
    def shown(*curves):
        small["experiments"]["first"]["figures"] = {"curves": list(curves)}
        return Plan(Study(small)).summary["model"].tolist()

    small["models"] |= {"map": {"predictor": "interaction_map"}, "other_map": {"predictor": "interaction_map"}}
    small["run"] = {"experiments": ["first"]}
    assert shown("seed_match", "other_map", "map", "papers_network", "short") == [
        "seed_match", "other_map", "papers_network"
    ]  # fmt: skip
    assert shown("map", "seed_match") == ["map"] and shown("seed_match") == ["seed_match"]


DRAWN = ("ablation", "curves")  # what the experiment above draws of each dataset


def test_a_figure_gets_the_files_that_it_reads_and_which_run_each_is_of(small):
    small["experiments"]["first"] |= {
        "datasets": ["base", "child"],
        "seeds": [1, 2],
        "figures": {"ablation": ["short"]},
    }
    look = FigureInputs(Plan(Study(small)))
    ablation = SimpleNamespace(experiment="first", dataset="child", figure="ablation")
    assert look.files(ablation) == {
        "metrics": ["results/experiments/first/metrics.tsv"],
        "histories": [f"results/runs/child/short/seed-{seed}/history.tsv" for seed in (1, 2)],
    }
    rows = [{"dataset": "child", "model": "short", "seed": seed} for seed in (1, 2)]
    assert look.rows(ablation) == {"metrics": [{}], "histories": rows}
    curves = SimpleNamespace(experiment="first", dataset="child", figure="curves")
    files, rows = look.files(curves)["predictions"], look.rows(curves)["predictions"]
    # Both test sets, in the order of the models of the figure.
    assert files[0] == "results/runs/child/papers_network/seed-1/child-test.predictions.tsv"
    assert len(files) == len(set(files)) == 3 * 2 * 2 and rows[0]["test_set"] == "child:test"
    assert [row["model"] for row in rows[::4]] == ["papers_network", "seed_match", "short"]
    datasets = SimpleNamespace(experiment="first", figure="datasets")
    # Of what is tested on, too, and each once.
    names = ["base", "child", "other"]
    assert look.files(datasets) == {"pairs": [f"results/datasets/{name}/pairs.tsv" for name in names]}
    with pytest.raises(ConfigError, match=r"experiments\.first\.figures: add dropout"):
        look.files(SimpleNamespace(experiment="first", dataset="child", figure="dropout"))


def test_a_datasets_note_is_printed_on_its_figures_and_rebuilds_nothing(small):
    small["datasets"]["child"]["note"] = "small"
    study = Study(small)
    assert "note" not in study.datasets["child"]
    small["experiments"]["first"]["datasets"] = ["base", "child"]
    look = FigureInputs(Plan(Study(small)))
    assert look.note(SimpleNamespace(experiment="first", figure="audit")) == "small"
    assert look.note(SimpleNamespace(experiment="first", dataset="base", figure="curves")) == ""


def test_tables_of_methods_are_made_of_all_models_that_a_figure_compares(small):
    small["experiments"]["first"]["figures"] = {"radar": ["short"], "cost": ["seed_match", "short"]}
    small["experiments"]["first"]["seeds"] = [1, 2]
    plan = Plan(Study(small))
    assert list(plan.experiments["first"]["compared"]) == ["short", "seed_match"]
    rows = plan.compared.query("experiment == 'first' and dataset == 'base'")
    assert rows[["model", "seed", "test_file"]].to_numpy().tolist() == [
        [model, seed, "base-test"] for model in ("short", "seed_match") for seed in (1, 2)
    ]
    # One table for each dataset of a wanted experiment.
    assert plan.compared.query("wanted")[["experiment", "dataset"]].to_numpy().tolist() == [["first", "base"]]
    assert Plan(Study(small | {"run": {"experiments": ["second"]}})).compared.query("wanted").empty


def test_controls_are_embedded_and_audited_like_pairs(plan):
    assert plan.tables["released"] == "results/datasets/released/pairs.tsv"
    assert plan.tables["released.controls"] == "results/datasets/released/controls.tsv"
    pattern = re.compile(any_of(plan.tables))
    assert pattern.fullmatch("released") and pattern.fullmatch("released.controls")
    assert not pattern.fullmatch("released.control") and not pattern.fullmatch("releasedXcontrols")
    controls = plan.test_sets["released-controls"]
    assert controls["file"] == "results/datasets/released/controls.tsv" and controls["table"] == "released.controls"
    look = FigureInputs(plan)
    audit = SimpleNamespace(experiment="published", dataset="released", model="papers_network", figure="model_audit")
    assert look.files(audit)["model_audits"] == [
        f"results/runs/released/papers_network/seed-{seed}/audit.tsv" for seed in (1, 2, 3)
    ]
    audit.dataset = "debiased"
    with pytest.raises(ConfigError, match="published: has no run of papers_network on debiased"):
        look.files(audit)
