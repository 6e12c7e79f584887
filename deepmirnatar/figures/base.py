"""The one interface of all figures of an experiment: what it reads, how often it is drawn, what the report says."""

from dataclasses import dataclass, field

import pandas as pd

# What a figure can read -> the files it comes from. Files of several runs or datasets become one table, with a column
# for each {name} in their path.
READS = {
    "metrics": "results/experiments/{experiment}/metrics.tsv",
    "predictions": "results/runs/{dataset}/{model}/seed-{seed}/{test_file}.predictions.tsv",
    "histories": "results/runs/{dataset}/{model}/seed-{seed}/history.tsv",
    "model_audits": "results/runs/{dataset}/{model}/seed-{seed}/audit.tsv",
    "audits": "results/datasets/{dataset}/audit.tsv",
    "pairs": "results/datasets/{dataset}/pairs.tsv",
    "methods": "results/tables/{experiment}/{dataset}/methods.tsv",
    "costs": "results/tables/{experiment}/{dataset}/costs.tsv",
    "transfer": "results/tables/{experiment}/transfer.tsv",
}
# Of these, which may have millions of rows, a figure may read a few columns alone.
LARGE = ("pairs", "predictions")
# How often a figure is drawn -> where it is put.
DRAWN = {
    "experiment": "results/figures/{experiment}/{figure}",
    "dataset": "results/figures/{experiment}/{dataset}/{figure}",
    "model": "results/figures/{experiment}/{dataset}/{model}/{figure}",
}


@dataclass(frozen=True)
class Data:
    """What one figure is drawn from: `data["metrics"]` is the table of that name in `READS`.

    `models` are those that the figure shows, in order: name -> label, predictor, settings. `dataset` and `model` are
    empty unless the figure is drawn for each of them.
    """

    tables: dict[str, pd.DataFrame]
    models: dict[str, dict]
    experiment: str = ""
    dataset: str = ""
    model: str = ""
    labels: dict[str, str] = field(init=False)  # model -> the name to print

    def __post_init__(self):
        object.__setattr__(self, "labels", {name: stanza["label"] for name, stanza in self.models.items()})

    def __getitem__(self, name: str) -> pd.DataFrame:
        return self.tables[name]

    def on_own_test(self, metric: str) -> pd.DataFrame:
        """Rows of one metric on the dataset's own test split, at the default threshold, of the models shown."""
        rows = self["metrics"]
        own = (rows["dataset"] == self.dataset) & (rows["test_set"] == f"{self.dataset}:test")
        own &= (rows["metric"] == metric) & (rows["threshold"] != "valid") & rows["model"].isin(self.models)
        return rows[own]


class Figure:
    """A kind of figure. A subclass named `Figure` in `figures/kinds/{name}.py` is known by that name in the config."""

    title: str  # in the report's list of figures
    caption: str  # below the figure in the report (reStructuredText)
    paper: str = ""  # the item of the paper that it answers to, such as "Figure 12"
    reads: tuple[str, ...] = ("metrics",)
    columns: tuple[str, ...] = ()  # of the tables in `LARGE`, all that is read; none named: everything
    per: str = "dataset"  # "experiment", "dataset" or "model": how often it is drawn
    always: bool = False  # drawn of all models of an experiment that does not name it

    def draw(self, data: Data):
        """A matplotlib figure; `charts` holds what most need."""
        raise NotImplementedError
