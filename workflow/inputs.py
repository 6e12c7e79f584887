"""What the rules ask of the config: one method per question, each taking Snakemake's wildcards."""

import re
from pathlib import Path

import pandas as pd

from deepmirnatar.paper import FIGURES
from deepmirnatar.sources import SOURCES
from deepmirnatar.study.schema import ConfigError
from deepmirnatar.study.study import Study, file_name
from workflow.fingerprint import ROOT

# `{dataset}.controls` are the controls of a dataset, where plain `{dataset}` are its pairs, and
# `{prediction}.candidates` the candidate sites of a prediction; no dataset's name has a dot.
CONTROLS, CANDIDATES = ".controls", ".candidates"


class Inputs:
    """Input and params functions of the rules."""

    def __init__(self, study: Study, registry: pd.DataFrame):
        self.study, self.registry = study, registry
        own = [name for name, stanza in study.datasets.items() if stanza["table"]]
        self.sources = [*SOURCES, *own]
        controls = [f"{name}:controls" for name in study.datasets]
        self.test_sets = {file_name(name): name for name in [*study.runs["test_set"].unique(), *controls]}
        self.embedded = [f"{name}{kind}" for name in study.datasets for kind in ("", CONTROLS)]
        self.embedded += [f"{name}{CANDIDATES}" for name in study.predictions]
        self.downloads = [f"resources/downloads/{source}/{file}" for source, file in registry.index]

    @staticmethod
    def any_of(names) -> str:
        """A wildcard constraint that admits exactly these names."""
        return "|".join(re.escape(name) for name in names) or "none"

    def plug_ins(self, wildcards) -> list[str]:
        """The library files, as dotted names, that a job's wildcards choose by way of the config."""
        names = []
        if hasattr(wildcards, "model") or hasattr(wildcards, "prediction"):
            names.append(f"predictors.{self.model(wildcards)['predictor']}")
        if hasattr(wildcards, "dataset"):
            names.append(f"datasets.negatives.{self.dataset(wildcards)['negatives']['strategy']}")
        if hasattr(wildcards, "embedding"):
            names.append(f"embeddings.{self.study.embeddings[wildcards.embedding]['kind']}")
        if hasattr(wildcards, "source"):
            names.append(f"sources.{SOURCES[wildcards.source].module if wildcards.source in SOURCES else 'user'}")
        return [f"deepmirnatar.{name}" for name in names]

    # --- sources

    def source_inputs(self, wildcards) -> dict:
        return self.study.source_files(wildcards.source)

    def source_digests(self, wildcards) -> dict:
        """File name -> registered digest, so that the reader can check again."""
        files = self.study.source_files(wildcards.source).values()
        return {file: self.digest(file) for file in files if file in self.downloads}

    def registered_digest(self, wildcards) -> str:
        return self.digest(f"{wildcards.folder}/{wildcards.file}")

    def reference_digests(self, wildcards, input) -> dict:
        return {str(file): self.digest(file) for file in input if str(file) in self.downloads}

    def digest(self, path: str) -> str:
        source, file = Path(path).parts[-2:]
        return self.registry.loc[(source, file), "sha256"]

    def source_settings(self, wildcards) -> dict:
        """How to read a user's own table; empty for registered sources."""
        if wildcards.source in SOURCES:
            return {}
        stanza = self.study.datasets[wildcards.source]
        return {
            "name": wildcards.source,
            "columns": stanza["columns"],
            "mirna_written": stanza["mirna_written"],
        }

    def transfections(self, wildcards) -> list[str]:
        """Every registered table of a transfection experiment."""
        folder = "resources/downloads/transfections/"
        return [path for path in self.downloads if path.startswith(folder) and path.endswith(".tsv")]

    # --- datasets

    def dataset(self, wildcards) -> dict:
        """A dataset's complete stanza."""
        return self.study.datasets[wildcards.dataset]

    def parsed_sources(self, wildcards) -> list[str]:
        return [f"results/sources/{name}.tsv" for name in self.study.sources_of(wildcards.dataset)]

    def filter_reference(self, wildcards) -> list[str]:
        """3'UTRs, for a dataset that leaves out genes."""
        return ["results/reference/utrs.tsv"] if self.dataset(wildcards).get("without_targets") else []

    def tests_apart(self, wildcards) -> list[str]:
        """Pairs of the test sets that this dataset must hold no site of."""
        names = self.dataset(wildcards)["apart_from"]
        return [f"results/datasets/{name.partition(':')[0]}/pairs.tsv" for name in names]

    def negatives_reference(self, wildcards) -> list[str]:
        return [f"results/reference/{name}.tsv" for name in self.study.needs_reference(wildcards.dataset)]

    # --- embeddings

    def embedder(self, wildcards) -> list[str]:
        return self.study.embedder(wildcards.dataset, wildcards.embedding)

    def published_weights(self, wildcards) -> list[str]:
        """A published DNABERT: the downloaded one, or a folder of the user's."""
        weights = self.study.embeddings[wildcards.embedding]["settings"]["weights"]
        folder = "resources/downloads/dnabert4" if weights == "dnabert4" else weights
        return [f"{folder}/{name}" for name in ("config.json", "model.safetensors", "vocab.txt")]

    def embedding_gpu(self, wildcards) -> int:
        return int(self.study.embeddings[wildcards.embedding]["kind"] == "dnabert")

    def embedded_pairs(self, wildcards) -> str:
        """The table whose sequences are embedded: a dataset's pairs or its controls, or a prediction's candidates."""
        return self._table(wildcards.pairs)

    # --- runs

    def model(self, wildcards) -> dict:
        """The complete stanza of the model that a wildcard names, or of the one that a prediction uses."""
        name = self.prediction(wildcards)["model"] if hasattr(wildcards, "prediction") else wildcards.model
        return self.study.models[name]

    def fitted_model(self, wildcards) -> dict:
        """What of the stanza decides a fit. A new printed name retrains nothing."""
        return {key: value for key, value in self.model(wildcards).items() if key != "label"}

    def model_files(self, wildcards) -> list[str]:
        """Published weights that a stanza's settings name."""
        weights = self.model(wildcards)["settings"].get("weights")
        return [weights] if weights else []

    def training_features(self, wildcards) -> list[str]:
        found = self.study.features(wildcards.dataset, wildcards.model, wildcards.dataset)
        return list(found.values())

    def test_pairs(self, wildcards) -> str:
        return self._table(self._tested(wildcards))

    def test_features(self, wildcards) -> list[str]:
        found = self.study.features(wildcards.dataset, wildcards.model, self._tested(wildcards))
        return list(found.values())

    def test_set(self, wildcards) -> str:
        return self.test_sets[wildcards.test_set]

    def test_orientation(self, wildcards) -> str:
        return self.study.datasets[self._tested(wildcards).partition(".")[0]]["orientation"]

    def strands(self, wildcards) -> list[str]:
        """Names of the feature files, in their order."""
        return list(self.model(wildcards)["embeddings"])

    def needs_gpu(self, wildcards) -> int:
        """1 for predictors with a network; `gpu` is a resource that profiles cap and map."""
        return int("batch_size" in self.model(wildcards)["settings"])

    def _tested(self, wildcards) -> str:
        """The tested table by the name under which it is embedded: a dataset, or `{dataset}.controls`."""
        dataset, _, split = self.test_sets[wildcards.test_set].partition(":")
        return f"{dataset}{CONTROLS}" if split == CONTROLS[1:] else dataset

    @staticmethod
    def _table(name: str) -> str:
        name, _, kind = name.partition(".")
        if f".{kind}" == CANDIDATES:
            return f"results/predictions/{name}/candidates.tsv"
        return f"results/datasets/{name}/{kind or 'pairs'}.tsv"

    # --- experiments

    def histories(self, wildcards) -> list[str]:
        return self.study.histories_of(wildcards.experiment)

    def experiment_runs(self, wildcards) -> list[tuple]:
        """(dataset, model, seed, test_set) of each predictions table, in the order of `predictions`."""
        rows = self.study.runs[self.study.runs["experiment"] == wildcards.experiment]
        return [(row.dataset, row.model, row.seed, row.test_set) for row in rows.itertuples()]

    def experiment_fits(self, wildcards) -> list[tuple]:
        """(dataset, model, seed) of each history, in the order of `histories`."""
        return list(dict.fromkeys(run[:3] for run in self.experiment_runs(wildcards)))

    def experiment_pairs(self, wildcards) -> list[str]:
        """The pairs tables that an experiment trains on or tests with."""
        runs = self.experiment_runs(wildcards)
        used = [run[0] for run in runs] + [run[3].partition(":")[0] for run in runs]
        return [f"results/datasets/{name}/pairs.tsv" for name in dict.fromkeys(used)]

    def experiment_audits(self, wildcards) -> list[str]:
        datasets = self.study.experiments[wildcards.experiment]["datasets"]
        return [f"results/datasets/{name}/audit.tsv" for name in datasets]

    # --- figures

    def figures(self) -> list[str]:
        """Every figure of the wanted experiments: three of each experiment, and those of the paper for each dataset."""
        found = []
        for name in self.study.wanted:
            stanza = self.study.experiments[name]
            found += [f"results/figures/{name}/{each}.svg" for each in ("datasets", "audit", "loss_history")]
            for figure in stanza["figures"]:
                if figure == "transfer":
                    found.append(f"results/figures/{name}/transfer.svg")
                    continue
                # One audit per model; the other figures show all their models together.
                drawn = FIGURES[figure] or [f"audit_of_{model}" for model in stanza["figures"][figure]]
                files = [f"{dataset}/{each}" for dataset in stanza["datasets"] for each in drawn]
                found += [f"results/figures/{name}/{file}.svg" for file in files]
        return found

    def tables(self) -> list[str]:
        """Every table of the wanted experiments."""
        found = []
        for name in self.study.wanted:
            stanza = self.study.experiments[name]
            found += [f"results/tables/{name}/{each}.tsv" for each in ("datasets", "settings", "scores", "items")]
            found.append(f"results/experiments/{name}/comparison.tsv")
            if "methods" in stanza["figures"]:
                found += [f"results/tables/{name}/{dataset}/methods.tsv" for dataset in stanza["datasets"]]
        return found

    def experiment_figures(self, wildcards) -> dict[str, list[str]]:
        return self.study.experiments[wildcards.experiment]["figures"]

    def shown(self, figure: str):
        """An input function: the models that a wildcard's experiment shows in this figure."""

        def models(wildcards) -> list[str]:
            figures = self.study.experiments[wildcards.experiment]["figures"]
            if figure not in figures:
                raise ConfigError(f"experiments.{wildcards.experiment}.figures: add {figure}, with the models it shows")
            return figures[figure]

        return models

    def shown_runs(self, figure: str):
        """An input function: (dataset, model, seed, test_set) of what the figure shows of a wildcard's dataset."""
        return lambda wildcards: [
            run
            for run in self.experiment_runs(wildcards)
            if run[0] == wildcards.dataset and run[1] in self.shown(figure)(wildcards)
        ]

    def shown_fits(self, figure: str):
        """The same without test sets: (dataset, model, seed)."""
        return lambda wildcards: list(dict.fromkeys(run[:3] for run in self.shown_runs(figure)(wildcards)))

    def run_files(self, figure: str, file: str):
        """An input function: one file of each fit that the figure shows, with its {run} and own {test_set}."""
        return lambda wildcards: [
            file.format(run="/".join((dataset, model, f"seed-{seed}")), test_set=file_name(f"{dataset}:test"))
            for dataset, model, seed in self.shown_fits(figure)(wildcards)
        ]

    def shown_predictions(self, figure: str):
        return lambda wildcards: [
            f"results/runs/{dataset}/{model}/seed-{seed}/{file_name(test_set)}.predictions.tsv"
            for dataset, model, seed, test_set in self.shown_runs(figure)(wildcards)
        ]

    def scores_models(self, wildcards) -> list[str]:
        """The models of the figure that a wildcard names."""
        figure = next(name for name, files in FIGURES.items() if wildcards.figure in files)
        return self.shown(figure)(wildcards)

    def scores_labels(self, wildcards) -> dict[str, str]:
        """Printed names; a model beside points of its own sweep is told with its own value."""
        labels, shown = self.labels(wildcards), self.scores_models(wildcards)
        for name in shown:
            swept = {other[len(name) + 1 :].partition("-")[0] for other in shown if other.startswith(f"{name}.")}
            own = self.study.models[name]["settings"]
            labels[name] = ", ".join([labels[name], *(f"{key.replace('_', ' ')} {own[key]}" for key in sorted(swept))])
        return labels

    def contestants(self, wildcards) -> dict[str, dict]:
        """Model -> label and predictor of the methods in Table 3."""
        models = self.shown("methods")(wildcards)
        return {name: {key: self.study.models[name][key] for key in ("label", "predictor")} for name in models}

    def transfer_labels(self, wildcards) -> dict[str, str]:
        return {name: self.study.models[name]["label"] for name in self.shown("transfer")(wildcards)}

    def model_audits(self, wildcards) -> list[str]:
        """The audit of a model on a dataset, one for each seed of an experiment."""
        seeds = self.study.experiments[wildcards.experiment]["seeds"]
        return [f"results/runs/{wildcards.dataset}/{wildcards.model}/seed-{seed}/audit.tsv" for seed in seeds]

    def model_label(self, wildcards) -> str:
        """The name that figures print."""
        return self.model(wildcards)["label"]

    def settings_files(self, wildcards) -> list[str]:
        fits = self.experiment_fits(wildcards)
        return [f"results/runs/{dataset}/{model}/seed-{seed}/settings.json" for dataset, model, seed in fits]

    def labels(self, wildcards) -> dict[str, str]:
        """Model -> the name that figures print."""
        models = self.study.experiments[wildcards.experiment]["models"]
        return {name: self.study.models[name]["label"] for name in models}

    # --- predictions

    def prediction(self, wildcards) -> dict:
        """A prediction's complete stanza."""
        return self.study.predictions[wildcards.prediction]

    def prediction_inputs(self, wildcards) -> dict:
        return self.study.prediction_files(wildcards.prediction)

    def prediction_run(self, wildcards) -> dict[str, str]:
        """The finished run that scores: its model and its settings."""
        stanza = self.prediction(wildcards)
        folder = f"results/runs/{stanza['dataset']}/{stanza['model']}/seed-{stanza['seed']}"
        return {"model": f"{folder}/model.safetensors", "settings": f"{folder}/settings.json"}

    def prediction_features(self, wildcards) -> list[str]:
        stanza = self.prediction(wildcards)
        found = self.study.features(stanza["dataset"], stanza["model"], f"{wildcards.prediction}{CANDIDATES}")
        return list(found.values())

    def prediction_training(self, wildcards) -> str:
        return f"results/datasets/{self.prediction(wildcards)['dataset']}/pairs.tsv"

    def prediction_orientation(self, wildcards) -> str:
        """How the training dataset writes its miRNAs; candidates are 5'->3' in any case."""
        return self.study.datasets[self.prediction(wildcards)["dataset"]]["orientation"]

    def prediction_labels(self, wildcards) -> dict[str, str]:
        """What figures print of the run."""
        return {"model": self.model_label(wildcards), "dataset": self.prediction(wildcards)["dataset"]}

    def known_targets(self, wildcards) -> list[str]:
        return self.study.known_targets(wildcards.prediction)

    @staticmethod
    def workflow_files(wildcards) -> list[str]:
        return [str(path) for path in (ROOT / "Snakefile", *sorted((ROOT / "workflow" / "rules").glob("*.smk")))]

    # --- explanatory figures

    def explained_model(self) -> dict | None:
        """The model whose architecture is drawn: label, settings, and by strand its complete embedding stanzas.

        It is the first with the paper's network in the first wanted experiment; None where that has none.
        """
        for name in self.study.experiments[self.study.wanted[0]]["models"]:
            model = self.study.models[name]
            if model["predictor"] == "deepmirnatar":
                embeddings = {strand: self.study.embeddings[each] for strand, each in model["embeddings"].items()}
                return {"label": model["label"], "settings": model["settings"], "embeddings": embeddings}
        return None
