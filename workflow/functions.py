"""What rules cannot look up: which code a job depends on, whether it asks for a GPU, and what a figure reads."""

import re
from collections.abc import Callable, Iterable
from string import Formatter

import pandas as pd
from snakemake import ioutils

from deepmirnatar.figures.base import READS
from deepmirnatar.study.plan import Plan
from deepmirnatar.study.schema import ConfigError
from deepmirnatar.tables import label
from workflow.cluster import has_gpu


def any_of(names: Iterable[str]) -> str:
    """A wildcard constraint that admits exactly these names."""
    return "|".join(re.escape(name) for name in names) or "none"


def lookup(query: str | None = None, within=None, dpath: str | None = None, **options):
    """Snakemake's `lookup`; that one walks through the whole of a map for each job, this one straight to the value."""
    if dpath is None:
        return ioutils.lookup(query, within=within, **options)

    def found(wildcards):
        value, names = within, dict(wildcards.items())
        for key in dpath.split("/"):
            value = value[key.format(**names)]
        return value

    return found


def gpus(device: str, elsewhere: Callable[[], bool]) -> Callable:
    """For `resources: gpu`: one for what needs it, unless none is to be used or this machine has none.

    Where none is asked for, as many such jobs run in parallel as there are cores. `elsewhere` answers whether jobs are
    sent to other machines, which is known only when they are made.
    """

    def gpus_if(needed: bool | Callable) -> Callable:
        def asked(wildcards) -> int:
            if not (needed(wildcards) if callable(needed) else needed):
                return 0
            return int(has_gpu()) if device == "auto" and not elsewhere() else int(device != "cpu")

        return asked

    return gpus_if


def plug_ins(plan: Plan, wildcards) -> list[str]:
    """The library files, as dotted names, that a job's wildcards choose by way of the config."""
    study, names = plan.study, []
    if hasattr(wildcards, "model"):
        names.append(f"predictors.{study.models[wildcards.model]['predictor']}")
    if hasattr(wildcards, "dataset"):
        names.append(f"datasets.negatives.{study.datasets[wildcards.dataset]['negatives']['strategy']}")
    if hasattr(wildcards, "embedding"):
        names.append(f"embeddings.{study.embeddings[wildcards.embedding]['kind']}")
    if hasattr(wildcards, "figure"):
        names.append(f"figures.kinds.{wildcards.figure}")
    if hasattr(wildcards, "source"):
        names.append(f"sources.{plan.sources[wildcards.source]['module']}")
    return [f"deepmirnatar.{name}" for name in names]


class FigureInputs:
    """What a figure of an experiment reads, by its wildcards."""

    def __init__(self, plan: Plan):
        self.plan, self.study = plan, plan.study

    def files(self, wildcards) -> dict[str, list[str]]:
        """Name of the table -> its files."""
        return {name: list(files) for name, files in self._tables(wildcards).items()}

    def rows(self, wildcards) -> dict[str, list[dict]]:
        """Which run or dataset each of these files is of, in the same order."""
        return {name: list(files.values()) for name, files in self._tables(wildcards).items()}

    def about(self, wildcards) -> dict:
        """What `figures.base.Data` holds in addition to its tables."""
        chosen = ("label", "predictor", "settings")
        models = {name: {key: self.study.models[name][key] for key in chosen} for name in self._shown(wildcards)}
        names = {key: getattr(wildcards, key) for key in ("experiment", "dataset", "model") if hasattr(wildcards, key)}
        return {"models": models, **names}

    def note(self, wildcards) -> str:
        """What the datasets' stanzas say of them, such as that they are too small to learn from."""
        given = self.study.experiments[wildcards.experiment]["datasets"]
        datasets = [wildcards.dataset] if hasattr(wildcards, "dataset") else given
        return "; ".join(dict.fromkeys(note for name in datasets if (note := self.study.notes[name])))

    def labels(self, wildcards) -> dict[str, str]:
        """How the report lists the figure."""
        kind = self.plan.kinds[wildcards.figure]
        title = f"{kind.title}: {self.study.models[wildcards.model]['label']}" if kind.per == "model" else kind.title
        return {"figure": label(title, kind.paper)}

    def _shown(self, wildcards) -> list[str]:
        if hasattr(wildcards, "model"):
            return [wildcards.model]
        figures = self.study.experiments[wildcards.experiment]["figures"]
        if wildcards.figure not in figures:
            place = f"experiments.{wildcards.experiment}.figures"
            raise ConfigError(f"{place}: add {wildcards.figure}, with the models it shows")
        return figures[wildcards.figure]

    def _tables(self, wildcards) -> dict[str, dict[str, dict]]:
        """Name of the table -> file -> the columns that say which run or dataset it is of."""
        runs = self._runs(wildcards, self._shown(wildcards))
        found = {}
        for name in self.plan.kinds[wildcards.figure].reads:
            keys = [key for _, key, _, _ in Formatter().parse(READS[name]) if key and key != "experiment"]
            rows = runs
            if name == "pairs":  # also of datasets that are only tested on
                rows = pd.concat([runs, runs.assign(dataset=runs["test_set"].str.partition(":")[0])])
            if "test_file" in keys:
                keys = [*keys, "test_set"]
            records = rows[keys].drop_duplicates().to_dict("records") if keys else [{}]
            found[name] = {READS[name].format(experiment=wildcards.experiment, **row): row for row in records}
        return found

    def _runs(self, wildcards, models: list[str]) -> pd.DataFrame:
        """The runs of these models in the experiment and, where it is a wildcard, on the dataset; in their order."""
        runs = self.study.runs[self.study.runs["experiment"] == wildcards.experiment]
        if hasattr(wildcards, "dataset"):
            runs = runs[runs["dataset"] == wildcards.dataset]
        runs = runs[runs["model"].isin(models)]
        if not len(runs):
            where = getattr(wildcards, "dataset", "any dataset")
            raise ConfigError(f"experiments.{wildcards.experiment}: has no run of {', '.join(models)} on {where}")
        return runs.sort_values("model", key=lambda names: names.map(models.index), kind="stable")
