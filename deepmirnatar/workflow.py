"""What the rules ask of the config: one method per question, each taking Snakemake's wildcards."""

import ast
import re
from functools import cache
from pathlib import Path

import pandas as pd

from deepmirnatar.experiments import Study, file_name
from deepmirnatar.sources import SOURCES

LIBRARY = Path("deepmirnatar")


# Every job reads these; they move and print tables and decide no result.
_PLUMBING = {"files.py", "logs.py"}


@cache
def imported_files(name: str) -> list[str]:
    """A library file and all library files it imports, inside functions too; paths from the workflow's root."""
    root, found, waiting = Path(__file__).parent, set(), [name]
    while waiting:
        each = waiting.pop()
        if each in found or Path(each).name in _PLUMBING or not (root / each).exists():
            continue
        found.add(each)
        for node in ast.walk(ast.parse((root / each).read_text())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == LIBRARY.name:
                folder = "/".join(node.module.split(".")[1:])
                waiting += [f"{folder}.py", f"{folder}/__init__.py"]
                waiting += [f"{folder}/{alias.name}.py".lstrip("/") for alias in node.names]
    return sorted(str(LIBRARY / each) for each in found)


class Lookup:
    """Input and params functions of the rules."""

    def __init__(self, study: Study, registry: pd.DataFrame):
        self.study, self.registry = study, registry
        own = [name for name, stanza in study.datasets.items() if stanza["pairs"]]
        self.sources = [*SOURCES, *own]
        self.test_sets = {file_name(name): name for name in study.runs["test_set"].unique()}
        self.downloads = [f"resources/downloads/{source}/{file}" for source, file in registry.index]

    @staticmethod
    def any_of(names) -> str:
        """A wildcard constraint that admits exactly these names."""
        return "|".join(re.escape(name) for name in names) or "none"

    @staticmethod
    def library(*names: str) -> list[str]:
        """Library files that decide a rule's result, as its inputs: an edit reruns just what depends on it."""
        return [str(LIBRARY / name) for name in names]

    @staticmethod
    def imports(*names: str) -> list[str]:
        """The same with everything that these files import."""
        return sorted({path for name in names for path in imported_files(name)})

    # --- sources

    def source_inputs(self, wildcards) -> dict:
        return self.study.source_files(wildcards.source)

    def source_digests(self, wildcards) -> dict:
        """File name -> registered digest, so that the reader can check again."""
        files = self.study.source_files(wildcards.source).values()
        return {file: self.digest(file) for file in files if file in self.downloads}

    def source_code(self, wildcards) -> list[str]:
        module = SOURCES[wildcards.source].module if wildcards.source in SOURCES else "user"
        return imported_files(f"sources/{module}.py")

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

    # --- datasets

    def dataset(self, wildcards) -> dict:
        """A dataset's complete stanza."""
        return self.study.datasets[wildcards.dataset]

    def parsed_sources(self, wildcards) -> list[str]:
        return [f"results/sources/{name}.tsv" for name in self.study.sources_of(wildcards.dataset)]

    def filter_reference(self, wildcards) -> list[str]:
        """3'UTRs, for a dataset that leaves out genes."""
        return ["results/reference/utrs.tsv"] if self.dataset(wildcards).get("without_targets") else []

    def filter_code(self, wildcards) -> list[str]:
        more = ["overlap.py"] if self.dataset(wildcards).get("without_targets") else []
        return self.imports("mirbase.py", "merging.py", *more)

    def negatives_reference(self, wildcards) -> list[str]:
        return [f"results/reference/{name}.tsv" for name in self.study.needs_reference(wildcards.dataset)]

    def negatives_code(self, wildcards) -> list[str]:
        strategy = self.study.datasets[wildcards.dataset]["negatives"]["strategy"]
        own = [] if strategy == "given" else imported_files(f"negatives/{strategy}.py")
        return sorted({*self.library("negatives/__init__.py"), *own})

    # --- embeddings

    def embedding(self, wildcards) -> dict:
        return self.study.embeddings[wildcards.embedding]

    def embedder(self, wildcards) -> list[str]:
        return self.study.embedder(wildcards.dataset, wildcards.embedding)

    def pairs_to_embed(self, wildcards) -> str:
        """The pairs table of a dataset, or the candidate sites of a prediction, `{prediction}.candidates`."""
        name, _, kind = wildcards.pairs.partition(".")
        return f"results/predictions/{name}/candidates.tsv" if kind else f"results/datasets/{name}/pairs.tsv"

    def published_weights(self, wildcards) -> list[str]:
        """A published DNABERT: the downloaded one, or a folder of the user's."""
        weights = self.study.embeddings[wildcards.embedding]["settings"]["weights"]
        folder = "resources/downloads/dnabert4" if weights == "dnabert4" else weights
        return [f"{folder}/{name}" for name in ("config.json", "model.safetensors", "vocab.txt")]

    def embedding_code(self, wildcards) -> list[str]:
        kind = self.study.embeddings[wildcards.embedding]["kind"]
        return sorted({*self.library("embedders/__init__.py"), *imported_files(f"embedders/{kind}.py")})

    def embedding_gpu(self, wildcards) -> int:
        return int(self.study.embeddings[wildcards.embedding]["kind"] == "dnabert")

    # --- runs

    def model(self, wildcards) -> dict:
        return self.study.models[wildcards.model]

    def model_code(self, wildcards) -> list[str]:
        """The predictor's file and every library file that it imports, at any depth."""
        return imported_files(f"models/{self.study.models[wildcards.model]['predictor']}.py")

    def model_files(self, wildcards) -> list[str]:
        """Published weights that a stanza's settings name."""
        weights = self.study.models[wildcards.model]["settings"].get("weights")
        return [weights] if weights else []

    def training_features(self, wildcards) -> list[str]:
        found = self.study.features(wildcards.dataset, wildcards.model, wildcards.dataset)
        return list(found.values())

    def test_pairs(self, wildcards) -> str:
        return f"results/datasets/{self._test_dataset(wildcards)}/pairs.tsv"

    def test_features(self, wildcards) -> list[str]:
        found = self.study.features(wildcards.dataset, wildcards.model, self._test_dataset(wildcards))
        return list(found.values())

    def test_set(self, wildcards) -> str:
        return self.test_sets[wildcards.test_set]

    def orientation(self, wildcards) -> str:
        return self.study.datasets[wildcards.dataset]["orientation"]

    def test_orientation(self, wildcards) -> str:
        return self.study.datasets[self._test_dataset(wildcards)]["orientation"]

    def strands(self, wildcards) -> list[str]:
        """Names of the feature files, in their order."""
        return list(self.study.models[wildcards.model]["embeddings"])

    def needs_gpu(self, wildcards) -> int:
        """1 for predictors with a network; `gpu` is a resource that profiles cap and map."""
        return int("batch_size" in self.study.models[wildcards.model]["settings"])

    def _test_dataset(self, wildcards) -> str:
        return self.test_sets[wildcards.test_set].partition(":")[0]

    # --- experiments

    def metrics(self, wildcards) -> list[str]:
        return self.study.metrics_of(wildcards.experiment)

    def predictions(self, wildcards) -> list[str]:
        return self.study.predictions_of(wildcards.experiment)

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
        found = self.study.features(stanza["dataset"], stanza["model"], f"{wildcards.prediction}.candidates")
        return list(found.values())

    def prediction_strands(self, wildcards) -> list[str]:
        return list(self.study.models[self.prediction(wildcards)["model"]]["embeddings"])

    def prediction_code(self, wildcards) -> list[str]:
        predictor = self.study.models[self.prediction(wildcards)["model"]]["predictor"]
        return self.imports("scoring.py", "targets.py", f"models/{predictor}.py")

    def prediction_gpu(self, wildcards) -> int:
        return int("batch_size" in self.study.models[self.prediction(wildcards)["model"]]["settings"])

    def prediction_training(self, wildcards) -> str:
        return f"results/datasets/{self.prediction(wildcards)['dataset']}/pairs.tsv"

    def prediction_orientation(self, wildcards) -> str:
        """How the training dataset writes its miRNAs; candidates are 5'->3' in any case."""
        return self.study.datasets[self.prediction(wildcards)["dataset"]]["orientation"]

    def prediction_labels(self, wildcards) -> dict[str, str]:
        """What figures print of the run."""
        stanza = self.prediction(wildcards)
        return {"model": self.study.models[stanza["model"]]["label"], "dataset": stanza["dataset"]}

    def known_targets(self, wildcards) -> list[str]:
        return self.study.known_targets(wildcards.prediction)

    @staticmethod
    def workflow_files(wildcards) -> list[str]:
        return ["Snakefile", *sorted(str(path) for path in Path("workflow/rules").glob("*.smk"))]
