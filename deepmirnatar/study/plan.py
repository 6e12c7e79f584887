"""What the rules look up: maps and tables of names, made once from a `Study`."""

from pathlib import Path

import pandas as pd

from deepmirnatar import embeddings
from deepmirnatar.common.did_you_mean import did_you_mean
from deepmirnatar.common.tf_checkpoint import files_of
from deepmirnatar.datasets import negatives
from deepmirnatar.embeddings import dnabert
from deepmirnatar.figures import kinds
from deepmirnatar.figures.base import DRAWN
from deepmirnatar.sources import SOURCES
from deepmirnatar.study.schema import ConfigError
from deepmirnatar.study.study import PRETRAIN, Study, file_name

# What of a dataset's stanza each step of its making reads: an edit of another key does not make the step run again.
STEPS = {
    "merge": ("orientation", "duplicates", "conflicts", "false_negatives", "sample", "seed"),
    "filter": ("orientation", "mirbase", "without_targets", "apart_from"),
    "negatives": ("negatives", "seed"),
    "split": ("negatives", "split", "seed"),
    "controls": ("orientation", "seed"),
}

OWN = ("interaction_map", "papers_network")  # the networks that this project is about


class Plan:
    """Maps by name, for `lookup(within=plan.models, dpath="{model}/strands")`, and tables, for a query.

    `downloads`: the files of the registry, as paths.
    """

    def __init__(self, study: Study, downloads: list[str] = ()):
        self.study, self.downloads = study, list(downloads)
        self.transfections = [path for path in downloads if "/transfections/" in path and path.endswith(".tsv")]
        self.sources = {name: _registered(name) for name in SOURCES}
        self.sources |= {name: _own(name, stanza) for name, stanza in study.datasets.items() if stanza["table"]}
        self.datasets = {name: _dataset(name, stanza) for name, stanza in study.datasets.items()}
        # Name under which a table is embedded -> its file; no dataset's name has a dot.
        self.tables = {name: f"results/datasets/{name}/pairs.tsv" for name in study.datasets}
        self.tables |= {f"{name}.controls": f"results/datasets/{name}/controls.tsv" for name in study.datasets}
        tested = [*study.runs["test_set"].unique(), *(f"{name}:controls" for name in study.datasets)]
        self.test_sets = {file_name(name): self._test_set(name) for name in tested}
        self.embeddings = {name: self._embedding(stanza) for name, stanza in study.embeddings.items()}
        self.models = {name: self._model(name, stanza) for name, stanza in study.models.items()}
        self.kinds = {name: kinds.load_class(name) for name in kinds.names()}
        self.drawn_per = {per: [name for name, kind in self.kinds.items() if kind.per == per] for per in DRAWN}
        self.captions = {name: kind.caption for name, kind in self.kinds.items()}
        self.experiments = {name: self._experiment(name) for name in study.experiments}
        # A row for each training of an experiment, and for each whose model its tables of methods and costs compare.
        self.fits = study.runs.drop_duplicates(["experiment", "dataset", "model", "seed"])
        self.compared = self._compared()
        self.figures, self.summary = self._figures(), self._summary()
        self.explained = self._explained()

    def named(self, part: str, **values: str) -> list[str]:
        """Names in a map of which these values hold, such as `named("embeddings", made_by="train_word2vec")`."""
        return [name for name, each in getattr(self, part).items() if values.items() <= each.items()]

    def _test_set(self, name: str) -> dict:
        dataset, _, split = name.partition(":")
        table = f"{dataset}.controls" if split == "controls" else dataset
        orientation = self.study.datasets[dataset]["orientation"]
        return {"name": name, "table": table, "file": self.tables[table], "orientation": orientation}

    def _embedding(self, stanza: dict) -> dict:
        """`made_by`: the rule that learns it or imports it; "" where it learns nothing."""
        kind, weights = embeddings.load(stanza["kind"]), stanza["settings"].get("weights", PRETRAIN)
        rule = f"train_{stanza['kind']}" if stanza["kind"] != "dnabert" else "pretrain_dnabert"
        files = []
        if weights != PRETRAIN:
            rule, files = (
                "import_dnabert",
                [f"{weights}/{name}" for name in dnabert.FILES if Path(weights, name).exists()],
            )
        if weights == "dnabert4":
            files = [path for path in self.downloads if Path(path).parent.name == weights]
        return {
            "stanza": stanza,
            "made_by": rule if kind.LEARNS else "",
            "published": files,
            "gpu": kind.GPU,
            # Published weights are copied, unless a projection of their vectors is fitted.
            "import_gpu": stanza["settings"].get("projection") == "pca",
        }

    def _model(self, name: str, stanza: dict) -> dict:
        weights = stanza["settings"].get("weights") or ""
        if self.study.comes(weights) and weights not in self.downloads:
            raise ConfigError(
                f"models.{name}.settings.weights: {weights!r} is not a file that the workflow downloads."
                f"{did_you_mean(weights, self.downloads)}"
            )
        return {
            # A new label retrains nothing.
            "fit": {key: value for key, value in stanza.items() if key != "label"},
            "strands": list(stanza["embeddings"]),
            "embeddings": list(stanza["embeddings"].values()),
            "weights": files_of(weights) if weights.endswith(".index") else [weights] if weights else [],
            "gpu": "batch_size" in stanza["settings"],
        }

    def _experiment(self, name: str) -> dict:
        """Runs, fits and tables are in the order of the files that rules collect."""
        stanza, models = self.study.experiments[name], self.study.models
        rows = self.study.runs[self.study.runs["experiment"] == name]
        runs = [(row.dataset, row.model, row.seed, row.test_set) for row in rows.itertuples()]
        used = [run[0] for run in runs] + [run[3].partition(":")[0] for run in runs]
        drawn = {figure: self.kinds[figure] for figure in stanza["figures"]}
        both = [stanza["figures"][figure] for figure, kind in drawn.items() if {"methods", "costs"} & set(kind.reads)]
        compared = dict.fromkeys(model for each in both for model in each)
        return {
            "runs": runs,
            "tables": list(dict.fromkeys(used)),
            "figures": stanza["figures"],
            "labels": {model: models[model]["label"] for model in stanza["models"]},
            "drawn": {figure: (kind.title, kind.paper, kind.per) for figure, kind in drawn.items()},
            "compared": {model: {key: models[model][key] for key in ("label", "predictor")} for model in compared},
        }

    def _compared(self) -> pd.DataFrame:
        """The fits that tables of methods compare, in the order of the models there, with their own `test_file`."""
        parts = [self.fits.iloc[:0]]
        for name, experiment in self.experiments.items():
            order = list(experiment["compared"])
            rows = self.fits[(self.fits["experiment"] == name) & self.fits["model"].isin(order)]
            parts.append(
                rows.sort_values("model", key=lambda models, order=order: models.map(order.index), kind="stable")
            )
        rows = pd.concat(parts, ignore_index=True)
        # `wanted`: the first row of each table that a wanted experiment makes.
        wanted = rows["experiment"].isin(self.study.wanted) & ~rows.duplicated(["experiment", "dataset"])
        return rows.assign(test_file=[file_name(f"{name}:test") for name in rows["dataset"]], wanted=wanted)

    def _figures(self) -> pd.DataFrame:
        """A row for each figure of the wanted experiments; `dataset` and `model` as it is drawn `per` one of these."""
        columns = ["experiment", "dataset", "model"]
        parts = [pd.DataFrame(columns=[*columns, "figure", "per"])]
        for name in self.study.wanted:
            runs = self.study.runs[self.study.runs["experiment"] == name]
            for figure, models in self.study.experiments[name]["figures"].items():
                per = self.kinds[figure].per
                rows = runs[runs["model"].isin(models)].drop_duplicates(columns[: columns.index(per) + 1])
                parts.append(rows[columns].assign(figure=figure, per=per))
        return pd.concat(parts, ignore_index=True)

    def _summary(self) -> pd.DataFrame:
        """What the report's first page shows: a row for each wanted experiment, dataset and model.

        Of the models whose curves are drawn these are the first, and the first of each further network of `OWN`.
        """
        rows = [
            (name, dataset, model, self.study.models[model]["label"])
            for name in self.study.wanted
            for model in self._headline(self.study.experiments[name]["figures"]["curves"])
            for dataset in self.study.experiments[name]["datasets"]
        ]
        return pd.DataFrame(rows, columns=["experiment", "dataset", "model", "label"])

    def _headline(self, curves: list[str]) -> list[str]:
        predictors = [self.study.models[model]["predictor"] for model in curves]
        return [curves[number] for number in sorted({0, *(predictors.index(own) for own in OWN if own in predictors)})]

    def _explained(self) -> dict:
        """The model whose architecture is drawn: label, settings, and by strand its complete embedding stanzas.

        It is the first with the paper's network in the first wanted experiment; empty where that has none.
        """
        for name in self.study.experiments[self.study.wanted[0]]["models"] if self.study.wanted else []:
            model = self.study.models[name]
            if model["predictor"] == "papers_network":
                strands = {strand: self.study.embeddings[each] for strand, each in model["embeddings"].items()}
                return {"label": model["label"], "settings": model["settings"], "embeddings": strands}
        return {}

    @property
    def explained_code(self) -> frozenset[str]:
        """The embedding kinds of the drawn model, which no wildcard names."""
        strands = self.explained.get("embeddings", {}).values()
        return frozenset(f"deepmirnatar.embeddings.{stanza['kind']}" for stanza in strands)


def _registered(name: str) -> dict:
    source = SOURCES[name]
    files = {key: f"resources/downloads/{file}" for key, file in source.files.items()}
    return {"module": source.module, "files": files, "reference": list(source.reference), "settings": {}}


def _own(name: str, stanza: dict) -> dict:
    """A user's own table is a source of the dataset's name."""
    settings = {"name": name, "columns": stanza["columns"], "mirna_written": stanza["mirna_written"]}
    return {"module": "user", "files": {"pairs": stanza["table"]}, "reference": [], "settings": settings}


def _dataset(name: str, stanza: dict) -> dict:
    strategy = stanza["negatives"]["strategy"]
    steps = {step: {key: stanza[key] for key in keys} for step, keys in STEPS.items()}
    steps["merge"]["negatives_stay"] = negatives.are_given(strategy)
    if negatives.within_splits(strategy):
        steps["negatives"]["split"] = stanza["split"]
    return steps | {
        "sources": [*stanza["sources"], *([name] if stanza["table"] else [])],
        "orientation": stanza["orientation"],
        # The reference tables that two of the steps read.
        "filter_reads": [*["mirnas"] * stanza["mirbase"], *["utrs"] * bool(stanza["without_targets"])],
        "negatives_read": list(negatives.load(strategy).REFERENCE),
        "apart": [test_set.partition(":")[0] for test_set in stanza["apart_from"]],
    }
