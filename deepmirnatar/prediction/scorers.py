"""Who scores the sites: the built-in weights, or any finished run of the study, behind one interface.

A scorer has

    scores(pairs)    one float per row, shape (rows,); columns mirna_sequence, target_sequence (RNA, 5'->3')
    reads(sites)     which site sequences it can score, bool, shape (sites,)
    unread(targets)  a sentence for what of these 3'UTRs it cannot score
    name             for people
    about            what made it
    digests          of the files that decide its scores
    probabilities    are its scores probabilities of binding?
    reads_n          does it read sites with N?
"""

from pathlib import Path

import numpy as np
import pandas as pd

from deepmirnatar import embeddings
from deepmirnatar.common.files import read_description, sha256
from deepmirnatar.common.text import missing_file
from deepmirnatar.pairs import SHORTEST, STRAND_COLUMNS
from deepmirnatar.prediction.builtin import BuiltIn
from deepmirnatar.predictors import load_class
from deepmirnatar.predictors.base import Context
from deepmirnatar.predictors.score_rows import load_run

WEIGHTS = Path(__file__).parent / "weights"
SITES = "sites.safetensors"


def load_scorer(folder: str | Path, threads: int = 1, device: str = "auto"):
    """The scorer of a folder of weights (`sites.safetensors`) or of a finished run. ValueError for any other folder."""
    folder = Path(folder)
    if (folder / SITES).exists():
        return Collected(folder / SITES, threads, device)
    if (folder / "settings.json").exists():
        try:
            return Run(folder, threads, device)
        except ModuleNotFoundError as error:
            raise ValueError(
                f"{folder}: a run of the study needs the package {error.name}; pip install 'deepmirnatar[study]'"
            ) from error
    raise ValueError(
        f"{missing_file(folder / SITES)}; weights are a folder with {SITES}, or a finished run of the workflow, "
        "results/runs/DATASET/MODEL/seed-N"
    )


class Collected:
    """Weights as the rule `collect_weights` writes them: those of the package, or others. Needs no PyTorch where
    `builtin.BuiltIn` can read them."""

    probabilities = reads_n = True

    def __init__(self, path: Path, threads: int = 1, device: str = "auto"):
        self.about, self.digests = read_description(path), [sha256(path)]
        self.name = "the built-in network" if path.parent == WEIGHTS else str(path.parent)
        try:
            self.network = BuiltIn.load(path)
        except ValueError:
            self.network = _Torch(path, self.about["predictor"], threads, device)

    def scores(self, pairs: pd.DataFrame) -> np.ndarray:
        return self.network.score(pairs["mirna_sequence"], pairs["target_sequence"])

    def reads(self, sites: pd.Series) -> np.ndarray:
        return np.ones(len(sites), dtype=bool)

    def unread(self, targets: pd.Series) -> list[str]:
        return []


class _Torch:
    """The same weights through PyTorch."""

    def __init__(self, path: Path, predictor: str, threads: int, device: str):
        self.model, self.context = load_class(predictor).load(path), Context(1, threads, device)

    def score(self, mirnas: pd.Series, sites: pd.Series) -> np.ndarray:
        table = pd.DataFrame({"mirna_sequence": mirnas.to_numpy(), "target_sequence": sites.to_numpy(), "label": 0})
        return self.model.predict(table, self.context)


class Run:
    """A finished run of the study; what its model embeds is embedded by the run's own embedders, each sequence once."""

    def __init__(self, folder: Path, threads: int = 1, device: str = "auto"):
        self.folder, self.threads, self.device = Path(folder).absolute(), threads, device
        model = self.folder / "model.safetensors"
        if wrong := missing_file(model):
            raise ValueError(f"{wrong}; name the folder of a finished run, results/runs/DATASET/MODEL/seed-N")
        self.predictor, self.about = load_run(model, self.folder / "settings.json")
        *_, dataset, name, seed = self.folder.parts
        self.name = f"{name} of {dataset}, {seed.replace('-', ' ')}"
        self.probabilities = self.predictor.probabilities
        self.embedders = {strand: self._embedder(strand) for strand in self.about["model"]["embeddings"]}
        files = [model, *(file for *_, file in self.embedders.values() if file)]
        self.digests = [sha256(file) for file in files]
        self.reads_n = self.predictor.reads_n and not self.embedders
        self.shortest = max([SHORTEST, *(settings["k"] for _, settings, _ in self.embedders.values())])

    def _embedder(self, strand: str) -> tuple[str, dict, Path | None]:
        """Kind, settings and learned file of the embedding of a strand."""
        if not (used := self.about.get("embeddings", {}).get(strand)):
            raise ValueError(
                f"{self.folder}/settings.json: does not say how the {strand} is embedded, as an earlier version wrote "
                "it; delete the folder and train the model again"
            )
        if not embeddings.load(used["kind"]).LEARNS:
            return used["kind"], used["settings"], None
        dataset, name = self.folder.parts[-3], self.about["model"]["embeddings"][strand]
        file = self.folder.parents[3] / "embeddings" / dataset / name / "embedder.safetensors"
        if wrong := missing_file(file):
            raise ValueError(f"{wrong}; {self.name} reads sequences that are embedded by it, so keep both together")
        return used["kind"], used["settings"], file

    def scores(self, pairs: pd.DataFrame) -> np.ndarray:
        if not (known := self.reads(pairs["target_sequence"])).all():
            site = pairs["target_sequence"].iloc[int((~known).argmax())]
            raise ValueError(f"site {site!r} is not scored by {self.name}, which {self._limits()}; take it out")
        features = {strand: self._embedded(pairs, strand) for strand in self.embedders}
        context = Context(self.about["seed"], self.threads, self.device, features=features)
        try:
            return self.predictor.predict(pairs.assign(label=0), context)
        except KeyError as error:
            raise ValueError(f"{self.name} reads a column {error}, which the pairs do not have; add it") from error

    def _embedded(self, pairs: pd.DataFrame, strand: str):
        kind, settings, file = self.embedders[strand]
        if embeddings.load(kind).GPU:
            from deepmirnatar.training.devices import use_threads

            use_threads(self.threads)
        sequences = sorted(pairs[STRAND_COLUMNS[strand]].unique())
        return embeddings.embed(sequences, kind, settings, file, self.device)

    def reads(self, sites: pd.Series) -> np.ndarray:
        fit = sites.str.len() >= self.shortest
        return (fit if self.reads_n else fit & ~sites.str.contains("N")).to_numpy(dtype=bool)

    def unread(self, targets: pd.Series) -> list[str]:
        count = int((~self.reads(targets)).sum())
        sentence = f"{self.name} {self._limits()}; such sites have no score on {count} of {len(targets)} targets."
        return [sentence] if count else []

    def _limits(self) -> str:
        return f"reads no {'N and no ' if not self.reads_n else ''}site below {self.shortest} nt"
