"""What the rules ask of the config: one method per question, each taking Snakemake's wildcards."""

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from string import Formatter

import pandas as pd

from deepmirnatar import embeddings
from deepmirnatar.common.did_you_mean import did_you_mean
from deepmirnatar.common.files import read_tensors, sha256
from deepmirnatar.datasets import negatives
from deepmirnatar.embeddings import dnabert
from deepmirnatar.figures import kinds
from deepmirnatar.figures.base import DRAWN, READS
from deepmirnatar.prediction.inputs import names_in
from deepmirnatar.sources import SOURCES
from deepmirnatar.study.schema import ConfigError
from deepmirnatar.study.study import Study, file_name
from deepmirnatar.tables import TABLES, label
from workflow.cluster import has_gpu
from workflow.fingerprint import ROOT, fingerprint

WEIGHTS = ROOT / "deepmirnatar" / "prediction" / "weights"
# `{dataset}.controls` are the controls of a dataset, where plain `{dataset}` are its pairs, and
# `{prediction}.candidates` the candidate sites of a prediction; no dataset's name has a dot.
CONTROLS, CANDIDATES = ".controls", ".candidates"
MIRBASE = "resources/downloads/mirbase/mature.fa"


@cache
def shipped_predictor() -> str:
    """The predictor of the shipped weights, which are read once for all jobs."""
    return read_tensors(WEIGHTS / "sites.safetensors")[1]["predictor"]


class Inputs:
    """Input and params functions of the rules."""

    def __init__(self, study: Study, registry: pd.DataFrame, elsewhere: Callable[[], bool] = lambda: False):
        """`elsewhere` answers whether jobs are sent to other machines, which is known only when they are made."""
        self.study, self.registry, self.elsewhere = study, registry, elsewhere
        own = [name for name, stanza in study.datasets.items() if stanza["table"]]
        self.sources = [*SOURCES, *own]
        controls = [f"{name}:controls" for name in study.datasets]
        self.test_sets = {file_name(name): name for name in [*study.runs["test_set"].unique(), *controls]}
        self.embedded = [f"{name}{kind}" for name in study.datasets for kind in ("", CONTROLS)]
        self.embedded += [f"{name}{CANDIDATES}" for name in study.predictions]
        self.downloads = [f"resources/downloads/{source}/{file}" for source, file in registry.index]
        for name, stanza in study.models.items():
            weights = stanza["settings"].get("weights") or ""
            if study.comes(weights) and weights not in self.downloads:
                raise ConfigError(
                    f"models.{name}.settings.weights: {weights!r} is no file that the workflow downloads."
                    f"{did_you_mean(weights, self.downloads)}"
                )

    @staticmethod
    def any_of(names) -> str:
        """A wildcard constraint that admits exactly these names."""
        return "|".join(re.escape(name) for name in names) or "none"

    def plug_ins(self, wildcards) -> list[str]:
        """The library files, as dotted names, that a job's wildcards choose by way of the config."""
        names = []
        if hasattr(wildcards, "model") or hasattr(wildcards, "prediction"):
            names.append(f"predictors.{self.model(wildcards)['predictor']}")
        if hasattr(wildcards, "shipped"):
            names.append(f"predictors.{shipped_predictor()}")
        if hasattr(wildcards, "dataset"):
            names.append(f"datasets.negatives.{self.dataset(wildcards)['negatives']['strategy']}")
        if hasattr(wildcards, "embedding"):
            names.append(f"embeddings.{self.study.embeddings[wildcards.embedding]['kind']}")
        if hasattr(wildcards, "figure"):
            names.append(f"figures.kinds.{wildcards.figure}")
        if hasattr(wildcards, "source"):
            names.append(f"sources.{SOURCES[wildcards.source].module if wildcards.source in SOURCES else 'user'}")
        return [f"deepmirnatar.{name}" for name in names]

    # --- datasets

    def dataset_keys(self, *keys: str):
        """These keys of the dataset's stanza, for a rule that reads no others: an edit of those reruns nothing."""
        return lambda wildcards: {key: self.dataset(wildcards).get(key) for key in keys}

    def merge_keys(self, wildcards) -> dict:
        """What merging reads, and whether the negatives of the sources stay."""
        strategy = self.dataset(wildcards)["negatives"]["strategy"]
        keys = self.dataset_keys("orientation", "duplicates", "conflicts", "false_negatives", "sample", "seed")(
            wildcards
        )
        return keys | {"negatives_stay": negatives.are_given(strategy)}

    def negatives_keys(self, wildcards) -> dict:
        within = negatives.within_splits(self.dataset(wildcards)["negatives"]["strategy"])
        return self.dataset_keys("negatives", "seed", *(["split"] if within else []))(wildcards)

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
        """A published DNABERT: the downloaded one, or what a folder of the user's has of one."""
        weights = self.study.embeddings[wildcards.embedding]["settings"]["weights"]
        if weights == "dnabert4":
            return [path for path in self.downloads if Path(path).parent.name == weights]
        return [f"{weights}/{name}" for name in dnabert.FILES if Path(weights, name).exists()]

    def import_gpu(self, wildcards) -> int:
        """Published weights are copied, unless a projection of their vectors is fitted."""
        fitted = self.study.embeddings[wildcards.embedding]["settings"]["projection"] == "pca"
        return self.gpu(wildcards) if fitted else 0

    def embedding_gpu(self, wildcards) -> int:
        used = embeddings.load(self.study.embeddings[wildcards.embedding]["kind"]).GPU
        return self.gpu(wildcards) if used else 0

    def embedded_pairs(self, wildcards) -> str:
        """The table whose sequences are embedded: a dataset's pairs or its controls, or a prediction's candidates."""
        return self._table(wildcards.pairs)

    # --- runs

    def model(self, wildcards) -> dict:
        """The complete stanza of the model that a wildcard names, or of the one that a prediction uses."""
        name = self.prediction(wildcards)["model"] if hasattr(wildcards, "prediction") else wildcards.model
        return self.study.models[name]

    def fitted_model(self, wildcards) -> dict:
        """What of the stanza decides a fit."""
        return self._unlabelled(self.model(wildcards))

    @staticmethod
    def _unlabelled(model: dict) -> dict:
        """A model's stanza without its printed name, a new one of which retrains nothing."""
        return {key: value for key, value in model.items() if key != "label"}

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
        return self.gpu(wildcards) if "batch_size" in self.model(wildcards)["settings"] else 0

    def gpu(self, wildcards) -> int:
        """How many GPUs a job with a network asks for: one, unless none is to be used or this machine has none.

        Where none is asked for, as many such jobs run side by side as there are cores.
        """
        if self.study.device == "auto" and not self.elsewhere():
            return int(has_gpu())
        return int(self.study.device != "cpu")

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

    def timed_models(self) -> dict[str, dict]:
        """The paper's network and ours, as a CPU trains them."""
        names = ("papers_network", "papers_network_3_epochs_float32", "interaction_map")
        return {name: self._unlabelled(self.study.models[name]) for name in names if name in self.study.models}

    def timed_code(self) -> str:
        """Of the script and the predictors that it times, which no wildcard names."""
        names = {f"deepmirnatar.predictors.{model['predictor']}" for model in self.timed_models().values()}
        return fingerprint(ROOT / "scripts" / "measure_speed.py", frozenset(names))

    @staticmethod
    def binding_code() -> str:
        """Of the script that measures binding and the predictors that it scores with, which no wildcard names."""
        names = {f"deepmirnatar.predictors.{name}" for name in ("interaction_map", "mirbind2")}
        return fingerprint(ROOT / "scripts" / "measure_binding.py", frozenset(names))

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

    # --- figures

    def figures(self) -> list[str]:
        """Every figure of the wanted experiments."""
        found = []
        for name in self.study.wanted:
            runs = self.study.runs[self.study.runs["experiment"] == name]
            for figure, models in self.study.experiments[name]["figures"].items():
                file = f"{DRAWN[kinds.load_class(figure).per]}.svg"
                rows = runs[runs["model"].isin(models)].assign(figure=figure)
                found += dict.fromkeys(file.format(**row) for row in rows.to_dict("records"))
        return found

    @staticmethod
    def figures_per(what: str) -> list[str]:
        """Kinds of figures that are drawn once per experiment, dataset or model."""
        return [name for name in kinds.names() if kinds.load_class(name).per == what]

    def shown(self, wildcards) -> list[str]:
        """The models that a figure shows."""
        if hasattr(wildcards, "model"):
            return [wildcards.model]
        figures = self.study.experiments[wildcards.experiment]["figures"]
        if wildcards.figure not in figures:
            place = f"experiments.{wildcards.experiment}.figures"
            raise ConfigError(f"{place}: add {wildcards.figure}, with the models it shows")
        return figures[wildcards.figure]

    def figure_files(self, wildcards) -> dict[str, list[str]]:
        """What the figure reads: name of the table -> its files."""
        return {name: list(files) for name, files in self._figure_tables(wildcards).items()}

    def figure_rows(self, wildcards) -> dict[str, list[dict]]:
        """Which run or dataset each of these files is of, in the same order."""
        return {name: list(files.values()) for name, files in self._figure_tables(wildcards).items()}

    def _figure_tables(self, wildcards) -> dict[str, dict[str, dict]]:
        """Name of the table -> file -> the columns that tell which run or dataset it is of."""
        runs = self._runs(wildcards, self.shown(wildcards))
        found = {}
        for name in kinds.load_class(wildcards.figure).reads:
            keys = [key for _, key, _, _ in Formatter().parse(READS[name]) if key and key != "experiment"]
            rows = runs
            if name == "pairs":  # of datasets that are only tested on, too
                rows = pd.concat([runs, runs.assign(dataset=runs["test_set"].str.partition(":")[0])])
            if "test_file" in keys:
                keys = [*keys, "test_set"]
            records = rows[keys].drop_duplicates().to_dict("records") if keys else [{}]
            found[name] = {READS[name].format(experiment=wildcards.experiment, **row): row for row in records}
        return found

    def _runs(self, wildcards, models: list[str]) -> pd.DataFrame:
        """Rows of `study.runs` of these models, of the experiment and, where it is a wildcard, the dataset."""
        runs = self.study.runs[self.study.runs["experiment"] == wildcards.experiment]
        if hasattr(wildcards, "dataset"):
            runs = runs[runs["dataset"] == wildcards.dataset]
        # In the order of the figure, within each dataset.
        runs = runs[runs["model"].isin(models)]
        if not len(runs):
            place = f"experiments.{wildcards.experiment}"
            raise ConfigError(
                f"{place}: has no run of {', '.join(models)} on {getattr(wildcards, 'dataset', 'any dataset')}"
            )
        order = runs["model"].map(models.index)
        return runs.assign(order=order).sort_values("order", kind="stable").drop(columns="order")

    def figure_about(self, wildcards) -> dict:
        """What `figures.base.Data` holds beside its tables."""
        chosen = ("label", "predictor", "settings")
        models = {name: {key: self.study.models[name][key] for key in chosen} for name in self.shown(wildcards)}
        names = {key: getattr(wildcards, key) for key in ("experiment", "dataset", "model") if hasattr(wildcards, key)}
        return {"models": models, **names}

    def figure_note(self, wildcards) -> str:
        """What the datasets' stanzas say of them, such as that they are too small to learn from."""
        given = self.study.experiments[wildcards.experiment]["datasets"]
        datasets = [wildcards.dataset] if hasattr(wildcards, "dataset") else given
        return "; ".join(dict.fromkeys(note for name in datasets if (note := self.study.notes[name])))

    @staticmethod
    def figure_caption(wildcards) -> str:
        return kinds.load_class(wildcards.figure).caption

    def figures_drawn(self, wildcards) -> dict[str, tuple]:
        """Title, item of the paper and place of each figure of an experiment, which a table lists."""
        found = {name: kinds.load_class(name) for name in self.study.experiments[wildcards.experiment]["figures"]}
        return {name: (kind.title, kind.paper, kind.per) for name, kind in found.items()}

    def figure_label(self, wildcards) -> dict[str, str]:
        """How the report lists the figure."""
        kind = kinds.load_class(wildcards.figure)
        title = f"{kind.title}: {self.study.models[wildcards.model]['label']}" if kind.per == "model" else kind.title
        return {"figure": label(title, kind.paper)}

    # --- tables

    def tables(self) -> list[str]:
        """Every table of the wanted experiments, and the report's first page."""
        found = ["results/tables/summary.html"]
        for name in self.study.wanted:
            stanza = self.study.experiments[name]
            found += [f"results/tables/{name}/{each}.html" for each in TABLES if each not in ("methods", "costs")]
            found.append(f"results/experiments/{name}/comparison.tsv")
            if self._compared(name):
                found += [
                    f"results/tables/{name}/{dataset}/{each}.html"
                    for dataset in stanza["datasets"]
                    for each in ("methods", "costs")
                ]
        return found

    def _compared(self, experiment: str) -> list[str]:
        """The models of all figures that are drawn from the tables of methods or costs."""
        figures = self.study.experiments[experiment]["figures"].items()
        found = [models for name, models in figures if {"methods", "costs"} & set(kinds.load_class(name).reads)]
        return list(dict.fromkeys(model for models in found for model in models))

    def compared(self, wildcards) -> dict[str, dict]:
        """Model -> label and predictor of the methods that a dataset's tables compare."""
        names = self._compared(wildcards.experiment)
        return {name: {key: self.study.models[name][key] for key in ("label", "predictor")} for name in names}

    def compared_fits(self, wildcards) -> list[str]:
        """The model of each run whose cost is counted, in the order of `compared_files`."""
        runs = self._runs(wildcards, self._compared(wildcards.experiment))
        return list(runs.drop_duplicates(["model", "seed"])["model"])

    def compared_files(self, file: str):
        """An input function: one file of each compared run, with its {dataset}, {model}, {seed}, own {test_file}."""

        def files(wildcards) -> list[str]:
            runs = self._runs(wildcards, self._compared(wildcards.experiment)).drop_duplicates(["model", "seed"])
            runs = runs.assign(test_file=file_name(f"{wildcards.dataset}:test"))
            return [file.format(**row) for row in runs.to_dict("records")]

        return files

    def table_caption(self, wildcards) -> str:
        return TABLES[wildcards.table][2]

    def table_label(self, wildcards) -> dict[str, str]:
        """How the report lists the table."""
        title, paper, _ = TABLES[wildcards.table]
        return {"figure": label(f"table: {title}", paper)}

    def settings_files(self, wildcards) -> list[str]:
        fits = self.experiment_fits(wildcards)
        return [f"results/runs/{dataset}/{model}/seed-{seed}/settings.json" for dataset, model, seed in fits]

    def labels(self, wildcards) -> dict[str, str]:
        """Model -> the name that tables print."""
        models = self.study.experiments[wildcards.experiment]["models"]
        return {name: self.study.models[name]["label"] for name in models}

    def summarized(self, wildcards) -> list[dict]:
        """One row per wanted (experiment, dataset): its names and its first model, which the summary shows."""
        return [
            {"experiment": name, "dataset": dataset, "model": model, "label": self.study.models[model]["label"]}
            for name in self.study.wanted
            for model in [self.study.experiments[name]["figures"]["curves"][0]]
            for dataset in self.study.experiments[name]["datasets"]
        ]

    def summarized_files(self, wildcards) -> dict[str, list[str]]:
        """The metrics of each wanted experiment and the audit of each of its datasets."""
        rows = self.summarized(wildcards)
        metrics = [f"results/experiments/{row['experiment']}/metrics.tsv" for row in rows]
        return {"metrics": metrics, "audits": [f"results/datasets/{row['dataset']}/audit.tsv" for row in rows]}

    # --- predictions

    @property
    def wanted_predictions(self) -> list[str]:
        """Wanted predictions by a model of the study."""
        return [name for name in self.study.wanted_predictions if name in self.study.predictions]

    @property
    def wanted_shipped(self) -> list[str]:
        """Wanted predictions by the shipped weights."""
        return [name for name in self.study.wanted_predictions if name in self.study.shipped]

    def shipped_files(self, wildcards) -> dict:
        """What `prediction.inputs.read_inputs` is given."""
        stanza = self.study.shipped[wildcards.shipped]
        files = {key: stanza[key] for key in ("mirnas", "targets", "annotation", "genome") if key in stanza}
        mirnas = stanza["mirnas"]
        return files | ({"mirbase": MIRBASE} if isinstance(mirnas, list) or names_in(mirnas) else {})

    def shipped_inputs(self, wildcards) -> dict[str, str]:
        """The files among them."""
        return {name: file for name, file in self.shipped_files(wildcards).items() if isinstance(file, str)}

    def shipped_known(self, wildcards) -> list[str]:
        """The table of known targets, where there is one."""
        known = self.study.shipped[wildcards.shipped]["known"]
        return [known] if known else []

    def shipped_sites(self, wildcards) -> list[str]:
        """The scored parts of a prediction's targets: their tables of sites."""
        return self._parts(wildcards, "sites")

    def shipped_genes(self, wildcards) -> list[str]:
        """Likewise of genes."""
        return self._parts(wildcards, "genes")

    def _parts(self, wildcards, kind: str) -> list[str]:
        parts = range(self.study.shipped[wildcards.shipped]["chunks"])
        return [f"results/predictions/{wildcards.shipped}/parts/{part}.{kind}.tsv" for part in parts]

    @staticmethod
    def shipped_weights() -> list[str]:
        """Digests of the shipped weights: others make a prediction run again."""
        return [sha256(path) for path in sorted(WEIGHTS.glob("*.safetensors"))]

    @staticmethod
    def report_parts() -> list[str]:
        """Digests of what a prediction's report is made of beside code."""
        files = [*WEIGHTS.parent.glob("report.*"), WEIGHTS.parent / "page.css"]
        return [sha256(path) for path in sorted(files) if path.suffix != ".py"]

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
        return {"model": self.model(wildcards)["label"], "dataset": self.prediction(wildcards)["dataset"]}

    def known_targets(self, wildcards) -> list[str]:
        return self.study.known_targets(wildcards.prediction)

    @staticmethod
    def workflow_files(wildcards) -> list[str]:
        return [str(path) for path in (ROOT / "Snakefile", *sorted((ROOT / "workflow" / "rules").glob("*.smk")))]

    # --- explanatory figures

    def explained_code(self) -> str:
        """Of the script that draws the network, and of the embedding kinds that it reads, which no wildcard names."""
        embedded = (self.explained_model() or {"embeddings": {}})["embeddings"].values()
        names = {f"deepmirnatar.embeddings.{stanza['kind']}" for stanza in embedded}
        return fingerprint(ROOT / "scripts" / "plot_network.py", frozenset(names))

    def explained_model(self) -> dict | None:
        """The model whose architecture is drawn: label, settings, and by strand its complete embedding stanzas.

        It is the first with the paper's network in the first wanted experiment; None where that has none.
        """
        first = self.study.experiments[self.study.wanted[0]]["models"] if self.study.wanted else []
        for name in first:
            model = self.study.models[name]
            if model["predictor"] == "papers_network":
                embeddings = {strand: self.study.embeddings[each] for strand, each in model["embeddings"].items()}
                return {"label": model["label"], "settings": model["settings"], "embeddings": embeddings}
        return None
