"""From the config's stanzas to complete settings and the table of runs. No Snakemake in here.

`extends` takes another stanza's keys first; `sweep` makes one model per value, named `parent.key-value`. A swept
point that equals its parent is the parent, so that nothing is trained twice.
"""

import os
import re
from dataclasses import asdict, fields
from pathlib import Path

import pandas as pd

from deepmirnatar import embeddings, predictors
from deepmirnatar.common.did_you_mean import did_you_mean
from deepmirnatar.common.settings import defaults_of, schema_of
from deepmirnatar.common.tables import header
from deepmirnatar.common.text import InputError, missing_file
from deepmirnatar.datasets import negatives, splits
from deepmirnatar.figures import kinds
from deepmirnatar.pairs import COLUMNS, SPLITS, PairsError
from deepmirnatar.prediction.inputs import names_in
from deepmirnatar.rna.seeds import CANDIDATES
from deepmirnatar.sources import SOURCES
from deepmirnatar.sources.user import REQUIRED, check_columns
from deepmirnatar.study import activity
from deepmirnatar.study.keys import Dataset, Prediction
from deepmirnatar.study.schema import ConfigError, check_paths, check_schema, unknown
from deepmirnatar.study.stanzas import merge_stanzas, resolve

DATASET_DEFAULTS = defaults_of(Dataset)
PREDICTION_DEFAULTS = defaults_of(Prediction) | {"known": None}
# What predictions read of the reference and of downloads.
UTRS, KNOWN = "results/reference/utrs.tsv", "results/reference/known_targets.tsv"
MIRBASE = "resources/downloads/mirbase/mature.fa"
# Embeddings of kind dnabert with these `weights` are trained here; all others are read from a folder.
PRETRAIN = "pretrain"
# `weights` of DNABERT that are not a folder.
PUBLISHED = [PRETRAIN, "dnabert4"]
# `weights` of a model that are those of another run of the study.
RUN = re.compile(r"results/runs/(?P<dataset>[^/]+)/(?P<model>[^/]+)/seed-\d+/model\.safetensors")


class Study:
    """The whole config, checked and complete: what the rules look up."""

    def __init__(self, config: dict, root: Path = Path(".")):
        check_paths(config)
        self.config, self.root = config, root
        self.device = config.get("device", "auto")
        self.threads = config.get("threads", 2)
        self.mirror = config.get("mirror")
        self.datasets = {
            name: self._dataset(name, stanza) for name, stanza in resolve(config["datasets"], "datasets").items()
        }
        for name in self.datasets:
            self._check_apart(name, ())
        # A line for figures; no part of what decides a dataset, so that a new one rebuilds nothing.
        self.notes = {name: stanza.pop("note") for name, stanza in self.datasets.items()}
        self.embeddings = {
            name: self._embedding(name, stanza) for name, stanza in resolve(config["embeddings"], "embeddings").items()
        }
        resolved = resolve(config["models"], "models", "predictor")
        self.models = {name: self._model(name, stanza, resolved) for name, stanza in resolved.items()}
        self.alias = self._aliases(config["models"])
        for stanza in self.models.values():
            weights = stanza["settings"].get("weights") or ""
            if (run := RUN.fullmatch(weights)) and run["model"] in self.alias:
                before, after = weights[: run.start("model")], weights[run.end("model") :]
                stanza["settings"]["weights"] = before + self.alias[run["model"]] + after
        self.experiments = {
            name: self._experiment(name, stanza)
            for name, stanza in resolve(config["experiments"], "experiments").items()
        }
        self.wanted = config["run"]["experiments"]
        for name in self.wanted:
            if name not in self.experiments:
                raise unknown(name, self.experiments, "run.experiments")
        self.runs, self.audits = self._runs(), self._audits()
        predictions = resolve(config.get("predictions") or {}, "predictions")
        self.predictions = {name: self._prediction(name, stanza) for name, stanza in predictions.items()}
        tables = resolve(config.get("activity") or {}, "activity")
        self.activity = {name: activity.complete(name, stanza, root) for name, stanza in tables.items()}
        self.wanted_predictions = config["run"].get("predictions") or []
        for name in self.wanted_predictions:
            if name not in self.predictions:
                raise unknown(name, self.predictions, "run.predictions")

    # --- stanzas -------------------------------------------------------------------------------------------

    def _dataset(self, name: str, stanza: dict) -> dict:
        place = f"datasets.{name}"
        done = merge_stanzas(DATASET_DEFAULTS, stanza)
        for source in done["sources"]:
            if source not in SOURCES:
                raise unknown(source, SOURCES, f"{place}.sources")
        for kind, taken in (("source", SOURCES), ("strategy of negatives", negatives.names())):
            if name in taken and done["table"]:
                raise ConfigError(f"{place}: has its own table and the name of a {kind}; choose another name")
        if name == "embedder":
            raise ConfigError(f"{place}: an embedding's own file has this name; choose another")
        if not done["sources"] and not done["table"]:
            raise ConfigError(f"{place}: needs `sources` (a list) or `table` (a file of your own)")
        if done["table"] and (wrong := missing_file(done["table"], self.root)):
            raise ConfigError(f"{place}.table: {wrong}")
        for key, choices in (("negatives", negatives.names()), ("split", splits.STRATEGIES)):
            strategy = done[key]["strategy"]
            if strategy not in choices:
                raise unknown(strategy, choices, f"{place}.{key}.strategy")
            kind = negatives.load(strategy).Settings if key == "negatives" else splits.STRATEGIES[strategy]
            given = {name: value for name, value in done[key].items() if name != "strategy"}
            known = [each.name for each in fields(kind)]
            if unread := [name for name in given if name not in known]:
                reads = f"it reads {', '.join(known)}" if known else "it reads none"
                hint = did_you_mean(unread[0], known)
                raise ConfigError(
                    f"{place}.{key}: {unread[0]!r} is not a key of the strategy {strategy}; {reads}.{hint}"
                )
            # Only what is given, so that a new default reruns nothing that set its own.
            _settings(f"{place}.{key}", {"settings": given}, kind, at=f"{place}.{key}")
        wrong = [column for column in done["columns"] if column not in COLUMNS]
        if wrong:
            raise unknown(wrong[0], COLUMNS, f"{place}.columns")
        theirs = list(done["columns"].values())
        if twice := [column for column in theirs if theirs.count(column) > 1]:
            raise ConfigError(
                f"{place}.columns: {twice[0]!r} is given for two of our columns; give each a different one"
            )
        if done["table"]:
            self._check_columns(place, done)
        for key in ("columns", "mirna_written"):
            if done[key] != DATASET_DEFAULTS[key] and not done["table"]:
                raise ConfigError(f"{place}.{key}: is read only with a `table` of your own; remove it")
        fresh, split = not negatives.are_given(done["negatives"]["strategy"]), done["split"]
        if done["orientation"] == "as_released" and (fresh or split["strategy"] == "by_mirna_family"):
            raise ConfigError(
                f"{place}: orientation as_released leaves some miRNAs 3'->5', but fresh negatives and a split by "
                "family read the seed; use `orientation: corrected`"
            )
        if done["negatives"]["strategy"] == "rnacofold" and split["strategy"] == "given":
            raise ConfigError(
                f"{place}.split: rnacofold negatives come from no split; set split.strategy to one of "
                f"{', '.join(name for name in splits.STRATEGIES if name != 'given')}"
            )
        for key, back in (("without_targets", "these genes would"), ("apart_from", "sites of the test set could")):
            if done["negatives"]["strategy"] == "rnacofold" and done.get(key):
                raise ConfigError(
                    f"{place}.{key}: rnacofold negatives are cut from any gene's 3'UTR, so {back} come back; take the "
                    "negatives `given`, `shuffled` or `matched`"
                )
        return done

    def _check_columns(self, place: str, stanza: dict) -> None:
        try:
            check_columns(stanza["table"], stanza["columns"], self.root)
        except PairsError as error:
            raise ConfigError(f"{place}.table: {error}") from None
        except InputError:
            return  # whoever reads the table says so

    def _check_apart(self, name: str, seen: tuple) -> None:
        """Refuse test sets that there are not, and datasets that keep apart from each other in a circle."""
        place = f"datasets.{name}.apart_from"
        if name in seen:
            raise ConfigError(f"{place}: waits for itself by way of {' -> '.join(seen)}; take one out")
        for test_set in self.datasets[name]["apart_from"]:
            dataset = self._test_set(test_set, place)
            self._check_apart(dataset, (*seen, name))

    def _test_set(self, test_set: str, place: str) -> str:
        """The dataset of a test set such as `released:test`."""
        dataset, _, split = test_set.partition(":")
        if dataset not in self.datasets:
            raise unknown(dataset, self.datasets, place)
        if split not in ("valid", "test"):
            raise ConfigError(f"{place}: {test_set!r} must read DATASET:test or DATASET:valid")
        self._check_fraction(dataset, split, place)
        return dataset

    def _check_fraction(self, dataset: str, split: str, place: str) -> None:
        """Refuse a dataset whose own fractions leave a split empty that is asked for."""
        fractions = self.datasets[dataset]["split"].get("fractions")
        if fractions and not fractions.get(split):
            raise ConfigError(
                f"{place}: {dataset} has no rows in {split}; give it some by datasets.{dataset}.split.fractions"
            )

    def _embedding(self, name: str, stanza: dict) -> dict:
        place = f"embeddings.{name}"
        for key in ("kind", "strand"):
            if key not in stanza:
                raise ConfigError(f"{place}: needs `{key}`")
        if stanza["kind"] not in embeddings.names():
            raise unknown(stanza["kind"], embeddings.names(), f"{place}.kind")
        kind = embeddings.settings_class(stanza["kind"])
        settings = _settings(place, stanza, kind)
        weights = settings.get("weights", PRETRAIN)
        if self.comes(weights):
            raise ConfigError(
                f"{place}.settings.weights: write dnabert4 for the checkpoint that the workflow downloads"
            )
        if weights not in PUBLISHED and not (self.root / weights / "config.json").exists():
            what = "config.json in" if os.path.isdir(self.root / weights) else "folder"
            raise ConfigError(
                f"{place}.settings.weights: there is no {what} {weights!r} (looked from {self.root.resolve()}); take "
                f"one with config.json and model.safetensors, or {' or '.join(PUBLISHED)}"
            )
        given = (self.config["embeddings"][name] or {}).get("settings", {})
        unread = ["projection"] if weights == PRETRAIN else [*kind.PRETRAINING]
        if weights != PRETRAIN and settings["projection"] == "none":
            unread.append("size")
        if stanza["kind"] == "dnabert" and (odd := [key for key in unread if given.get(key, "none") != "none"]):
            raise ConfigError(f"{place}.settings.{odd[0]}: is not read with `weights: {weights}`; remove it")
        return {
            "kind": stanza["kind"],
            "strand": stanza["strand"],
            "settings": settings,
            "seed": stanza.get("seed", 1),
        }

    def _model(self, name: str, stanza: dict, models: dict) -> dict:
        place = f"models.{name}"
        try:
            predictor = predictors.load_class(stanza["predictor"])
        except ValueError as error:
            if stanza["predictor"] == name and not did_you_mean(name, predictors.names()):
                raise ConfigError(f"{place}: needs `predictor` or `extends`; no predictor is called {name}") from error
            raise unknown(stanza["predictor"], predictors.names(), f"{place}.predictor") from error
        settings = _settings(place, stanza, predictor.Settings)
        if settings.get("weights"):
            self._check_weights(name, settings["weights"], models)
        reads = [*predictor.embeddings, *predictor.optional_embeddings]
        if not reads and (self.config["models"].get(name) or {}).get("embeddings"):
            raise ConfigError(f"{place}.embeddings: the predictor {stanza['predictor']} reads none; remove the key")
        given = stanza.get("embeddings", {}) if predictor.embeddings or predictor.optional_embeddings else {}
        for strand in dict.fromkeys([*predictor.embeddings, *(predictor.optional_embeddings if given else ())]):
            if strand not in given:
                raise ConfigError(f"{place}.embeddings: name an embedding for the strand {strand!r}")
            if given[strand] not in self.embeddings:
                raise unknown(given[strand], self.embeddings, f"{place}.embeddings.{strand}")
            if self.embeddings[given[strand]]["strand"] != strand:
                raise ConfigError(f"{place}.embeddings.{strand}: {given[strand]!r} embeds the other strand")
        return {
            "predictor": stanza["predictor"],
            "embeddings": given,
            "settings": settings,
            "label": stanza.get("label", name),
        }

    @staticmethod
    def comes(path: str) -> bool:
        """Is this one of the files that the workflow downloads?"""
        return Path(path).parts[:2] == ("resources", "downloads")

    def _check_weights(self, name: str, weights: str, models: dict) -> None:
        """Refuse weights for a model that are not a file and come neither from a download nor from a run."""
        place = f"models.{name}.settings.weights"
        if not (run := RUN.fullmatch(weights)):
            if Path(weights).parts[:2] == ("results", "runs"):
                raise ConfigError(f"{place}: {weights!r} must read results/runs/DATASET/MODEL/seed-N/model.safetensors")
            if not self.comes(weights) and (wrong := missing_file(weights, self.root)):
                raise ConfigError(f"{place}: {wrong}")
            return
        dataset, model = run["dataset"], run["model"]
        if dataset not in self.datasets:
            raise unknown(dataset, self.datasets, place)
        if model not in models:
            raise unknown(model, models, place)
        if models[model].get("predictor") != (mine := models[name].get("predictor")):
            raise ConfigError(
                f"{place}: {model} is not of the predictor {mine}, but {name} is; name a model of the same predictor"
            )
        seen = [name]
        while run and (model := run["model"]) in models:
            if model in seen:
                way = f", by way of {', '.join(seen[1:])}" if seen[1:] else ""
                raise ConfigError(f"{place}: {model} cannot start from its own weights{way}; name another model's")
            seen.append(model)
            run = RUN.fullmatch(models[model].get("settings", {}).get("weights") or "")

    def _aliases(self, stanzas: dict) -> dict[str, str]:
        """Swept points that equal their parent, by name, to the parent's name."""
        points = [(f"{name}.{key}-{value}", name) for name, stanza in stanzas.items()
                  for key, values in ((stanza or {}).get("sweep") or {}).items() for value in values]  # fmt: skip
        same = {point: name for point, name in points if _same(self.models[point], self.models[name])}
        for point in same:
            del self.models[point]
        return same

    def _experiment(self, name: str, stanza: dict) -> dict:
        """The stanza with defaults; `models` are those it names and those that its figures show."""
        place = f"experiments.{name}"
        done = {"seeds": [1], "test_sets": [], "models": [], "figures": {}, **stanza}
        if not done.get("datasets"):
            raise ConfigError(f"{place}: needs `datasets`, a list")
        for figure, shown in done["figures"].items():
            if figure not in kinds.names():
                raise unknown(figure, kinds.names(), f"{place}.figures")
            done["figures"][figure] = self._models_of(f"{place}.figures.{figure}", shown)
        shown = [model for models in done["figures"].values() for model in models]
        done["models"] = self._models_of(f"{place}.models", [*done["models"], *shown])
        if not done["models"]:
            raise ConfigError(f"{place}: needs `models`, or `figures` that name some")
        always = {kind: done["models"] for kind in kinds.names() if kinds.load_class(kind).always}
        done["figures"] = always | done["figures"]
        for dataset in done["datasets"]:
            if dataset not in self.datasets:
                raise unknown(dataset, self.datasets, f"{place}.datasets")
            self._check_split(dataset, place)
            for split in SPLITS:
                self._check_fraction(dataset, split, place)
        for test_set in done["test_sets"]:
            self._test_set(test_set, f"{place}.test_sets")
        self._check_orientation(place, done)
        return done

    def _check_orientation(self, place: str, stanza: dict) -> None:
        """Refuse a model that reads miRNAs 5'->3' and their embeddings where these are as a release wrote them."""
        kept = [
            dataset
            for dataset in [*stanza["datasets"], *(test_set.split(":")[0] for test_set in stanza["test_sets"])]
            if self.datasets[dataset]["orientation"] == "as_released"
        ]
        for model in stanza["models"]:
            predictor = predictors.load_class(self.models[model]["predictor"])
            if kept and predictor.needs_5_to_3 and self.models[model]["embeddings"]:
                raise ConfigError(
                    f"{place}: {kept[0]} keeps miRNAs as they were released (`orientation: as_released`), and {model} "
                    "reads embeddings of them 5'->3'; take a dataset with `orientation: corrected`, or a model without "
                    "embeddings"
                )

    def _check_split(self, dataset: str, experiment: str) -> None:
        """Refuse to train on a user's table that is not split; its header shows it."""
        stanza = self.datasets[dataset]
        if not stanza["table"] or stanza["sources"] or stanza["split"]["strategy"] != "given":
            return
        try:
            found = header(self.root / stanza["table"], [stanza["columns"].get(name, name) for name in REQUIRED])
        except InputError:
            return  # whoever reads the table says so
        if stanza["columns"].get("split", "split") not in found:
            raise ConfigError(
                f"datasets.{dataset}: {stanza['table']} has no column 'split', and {experiment} trains on it; set "
                "split.strategy, as in `split: {strategy: by_gene}`"
            )

    def _models_of(self, place: str, names: list[str]) -> list[str]:
        """Known models, each once; a swept point that equals its parent goes by the parent's name."""
        found = list(dict.fromkeys(self.alias.get(name, name) for name in names))
        for name in found:
            if name not in self.models:
                raise unknown(name, self.models, place)
        return found

    def _prediction(self, name: str, stanza: dict) -> dict:
        place, done = f"predictions.{name}", {**PREDICTION_DEFAULTS, **stanza}
        if "mirnas" not in done:
            raise ConfigError(f"{place}: needs `mirnas`")
        if ("targets" in done) == ("annotation" in done) or ("annotation" in done) != ("genome" in done):
            raise ConfigError(f"{place}: needs `targets`, or instead of them `annotation` and `genome`")
        if alone := {"dataset", "model"} - done.keys():
            if len(alone) == 1:
                raise ConfigError(f"{place}: needs `{alone.pop()}`")
            if read := [key for key in ("seed", "random_targets") if key in stanza]:
                raise ConfigError(
                    f"{place}: {read[0]!r} needs a `dataset` and a `model`; the built-in model reads none"
                )
        self._files(place, done, "mirnas", "targets", "annotation", "genome", "known")
        if done["candidates"] not in CANDIDATES:
            raise unknown(done["candidates"], CANDIDATES, f"{place}.candidates")
        if done["random_targets"] and "targets" not in done:
            raise ConfigError(f"{place}.random_targets: are added to `targets`, not to an annotation; give targets")
        if not alone:
            done["model"] = self.alias.get(done["model"], done["model"])
            for key, known in (("dataset", self.datasets), ("model", self.models)):
                if done[key] not in known:
                    raise unknown(done[key], known, f"{place}.{key}")
            self._check_orientation(place, {"datasets": [done["dataset"]], "test_sets": [], "models": [done["model"]]})
        if _of_reference(done):
            done["known"] = done["known"] or KNOWN
        return done

    def _files(self, place: str, stanza: dict, *keys: str) -> None:
        for key in keys:
            value = stanza.get(key)
            if isinstance(value, str) and (wrong := missing_file(value, self.root)):
                hint = "" if "?" in wrong or "folder" in wrong else "; names are given as a list, [NAME, NAME]"
                raise ConfigError(f"{place}.{key}: {wrong}{hint}")
            names = value if isinstance(value, list) else []
            if files := [each for each in names if missing_file(each, self.root) is None]:
                raise ConfigError(f"{place}.{key}: {files[0]!r} is a file; give one file without brackets, not a list")

    # --- tables --------------------------------------------------------------------------------------------

    def _runs(self) -> pd.DataFrame:
        """One row per (experiment, dataset, model, seed, test_set); a run is named once however often it is used."""
        rows = [
            (name, dataset, model, seed, test_set)
            for name, stanza in self.experiments.items()
            for dataset in stanza["datasets"]
            for model in stanza["models"]
            for seed in stanza["seeds"]
            for test_set in dict.fromkeys([f"{dataset}:test", *stanza["test_sets"]])
        ]
        table = pd.DataFrame(rows, columns=["experiment", "dataset", "model", "seed", "test_set"])
        return table.assign(test_file=table["test_set"].map(file_name))

    def _audits(self) -> pd.DataFrame:
        """One row per (experiment, dataset, model, seed) whose audit the experiment draws."""
        rows = [
            (name, dataset, model, seed)
            for name, stanza in self.experiments.items()
            for dataset in stanza["datasets"]
            for model in stanza["figures"].get("model_audit", [])
            for seed in stanza["seeds"]
        ]
        return pd.DataFrame(rows, columns=["experiment", "dataset", "model", "seed"])

    # --- what a rule reads ---------------------------------------------------------------------------------

    def prediction_files(self, prediction: str) -> dict:
        """What `prediction.inputs.read_inputs` is given: files, and names of miRNAs."""
        stanza = self.predictions[prediction]
        asked = ("mirnas", "targets", "annotation", "genome", "transcripts")
        files = {key: stanza[key] for key in asked if key in stanza}
        if _of_reference(stanza):
            files["targets"] = f"results/predictions/{prediction}/targets.fa"
        mirnas = stanza["mirnas"]
        return files | ({"mirbase": MIRBASE} if isinstance(mirnas, list) or names_in(self.root / mirnas) else {})

    def prediction_run(self, prediction: str) -> list[str]:
        """Model, settings and embedders of the run that scores; none for the built-in model."""
        stanza = self.predictions[prediction]
        if "model" not in stanza:
            return []
        folder = f"results/runs/{stanza['dataset']}/{stanza['model']}/seed-{stanza['seed']}"
        learned = [
            name
            for name in self.models[stanza["model"]]["embeddings"].values()
            if embeddings.load(self.embeddings[name]["kind"]).LEARNS
        ]
        embedders = [f"results/embeddings/{stanza['dataset']}/{name}/embedder.safetensors" for name in learned]
        return [f"{folder}/model.safetensors", f"{folder}/settings.json", *embedders]

    def reference_predictions(self) -> list[str]:
        """Predictions whose targets are genes by name or have a background of random genes."""
        return [name for name, stanza in self.predictions.items() if _of_reference(stanza)]

    def case_studies(self) -> list[str]:
        """Predictions with a background of random genes, which figure 14 needs."""
        return [name for name, stanza in self.predictions.items() if stanza["random_targets"]]


def file_name(test_set: str) -> str:
    """`released:test` as a part of a file name."""
    return test_set.replace(":", "-")


def _of_reference(prediction: dict) -> bool:
    return bool(isinstance(prediction.get("targets"), list) or prediction["random_targets"])


def _same(one: dict, other: dict) -> bool:
    return all(one[key] == other[key] for key in ("predictor", "embeddings", "settings"))


def _settings(place: str, stanza: dict, settings: type, at: str | None = None) -> dict:
    """The stanza's settings, checked, and completed with the defaults of their dataclass."""
    given, at = stanza.get("settings", {}), at or f"{place}.settings"
    check_schema(given, schema_of(settings), at)
    done = settings(**given)
    try:
        getattr(done, "check", lambda: None)()
    except ValueError as error:
        raise ConfigError(f"{at}.{error}") from None
    return asdict(done)
