"""DeepmiRNATar 2: a small network over the interaction map of a miRNA and a site; no embedding is trained beforehand.

It reads which bases can pair in every register of the two sequences, not the sequences one by one, so that what it
learns of one miRNA holds for another. The map and the layers are in `networks/interaction_map.py`. By settings:

    members           so many networks, each with its own random seed, their logits averaged
    duplex_features   the features of `rna/duplex_features.py` are joined before the head
    embeddings        (of the stanza) the paper's two k-mer streams are also joined before the head
    weights           a trained model's file, from which training starts (fine-tuning); null starts at random

The score is a probability: one temperature, chosen on valid, divides the logits (Guo et al. 2017, ICML). It holds for
data with as many negatives as positives, as in training.

miRNAs are read 5'->3' whatever the dataset's orientation. Sites may have any length; species plays no part.
"""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from deepmirnatar.common.files import digest, read_tensors
from deepmirnatar.common.logs import log
from deepmirnatar.common.settings import SIZE, setting
from deepmirnatar.predictors.base import Context
from deepmirnatar.predictors.neural import NeuralPredictor, load_state
from deepmirnatar.rna.sequences import padded
from deepmirnatar.training.batches import EmbeddedPairs
from deepmirnatar.training.settings import TrainingSettings


@dataclass
class Settings(TrainingSettings):
    epochs: int = 8
    batch_size: int = 128
    learning_rate: float = 3e-3
    weight_decay: float = 0.05
    optimizer: str = "adamw"
    schedule: str = "cosine"
    bfloat16: bool = True
    members: int = setting(
        1, "number of networks, each with its own random seed, whose logits are averaged", least=1, most=100
    )
    code_size: int = setting(8, "values for each pair of bases", least=4, most=256)
    channels: int = setting(16, "channels of the map's convolutions", least=1, most=512)
    kernel: list[int] = setting(
        [3, 5], "width of the convolutions, in registers and in miRNA nt, odd", least=1, most=63
    )
    stride: int = setting(2, "of the second convolution, along the miRNA", least=1, most=8)
    explicit_pairing: bool = setting(True, "start the codes with Watson-Crick, G-U, G-C and outside marked?")
    second_convolution: bool = setting(True, "with the second convolution?")
    hidden: int = setting(96, "width of the network", **SIZE)
    pools: int = setting(4, "attention pools over registers", least=1, most=64)
    dropout: float = setting(0.2, "fraction of values that are dropped in training", least=0, below=1)
    hidden_bases: float = setting(
        0.05, "fraction of bases that are hidden from the network in training", least=0, below=1
    )
    duplex_features: bool = setting(False, "join the features of the duplex before the last layers?")
    weights: str | None = setting(None, "weights to start from: a file, or what a run of the study made")

    def check(self) -> None:
        """ValueError where settings contradict each other."""
        if len(self.kernel) != 2 or any(size % 2 == 0 for size in self.kernel):
            raise ValueError(f"kernel: {self.kernel} should be two odd numbers, registers and miRNA nt")
        if self.duplex_features and self.batch_size == 1:
            raise ValueError("batch_size: 1 leaves nothing to normalise duplex_features by; take 2 or more")


class Predictor(NeuralPredictor):
    Settings = Settings
    needs_5_to_3 = True
    reads_n = True
    optional_embeddings = ("mirna", "site")

    _folded: dict[str, np.ndarray] | None = None  # duplex features by rows, while members are fitted
    _member = 0  # that is being fitted
    _fused = None  # the trained network as `networks.interaction_map.fused` makes it

    def build(self, context: Context):
        from deepmirnatar.predictors.networks.interaction_map import Network

        return Network(self.settings, self._stream_sizes(context))

    def build_start(self, context: Context):
        network = self.build(context)
        if file := self.settings.weights:
            arrays, _ = read_tensors(file)
            members = sum(name.startswith("members.") and name.endswith(".codes.weight") for name in arrays)
            if not members:
                raise ValueError(f"{file}: holds no interaction map; name the model.safetensors of a trained one")
            prefix = f"members.{self._member % members}."
            start = {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}
            load_state(network, start, file, "give the model the settings that those were trained with")
        return network

    def build_trained(self, context: Context):
        from deepmirnatar.predictors.networks.interaction_map import Ensemble

        return Ensemble([self.build(context) for _ in range(self.settings.members)])

    def tensors(self, pairs: pd.DataFrame, context: Context, device) -> "MapPairs":
        streams = EmbeddedPairs(pairs, context.features, device) if self._stream_sizes(context) else None
        return MapPairs(pairs, self._duplex_features(pairs, context), streams, device)

    def fit(self, train: pd.DataFrame, valid: pd.DataFrame, context: Context) -> pd.DataFrame:
        """Members one after another; returns the history of the first, with the seconds of all."""
        from deepmirnatar.predictors.networks.interaction_map import Ensemble

        histories, networks, self._folded, self._fused = [], [], {}, None
        for number in range(self.settings.members):
            self._member = number
            # The first member has the run's own seed, the others' are far from those of other runs.
            histories.append(super().fit(train, valid, replace(context, seed=context.seed + 10_000 * number)))
            networks.append(self.network)
        self.network = Ensemble(networks)
        self.network.temperature.fill_(best_temperature(self.logits(valid, context), valid["label"].to_numpy()))
        self._folded = self._fused = None  # fused with the temperature before
        # Members that stop later than the first leave their seconds in its last row.
        seconds = pd.concat([each["seconds"] for each in histories], axis=1).sum(axis=1)
        last = len(histories[0]) - 1
        return histories[0].assign(seconds=[*seconds[:last], seconds[last:].sum()])

    def scoring_network(self):
        from deepmirnatar.predictors.networks.interaction_map import fused

        if self._fused is None:
            self._fused = fused(self.network)
        return self._fused

    def _stream_sizes(self, context: Context) -> tuple[int, ...]:
        return tuple(context.features[side].size for side in self.optional_embeddings if context.features)

    def _duplex_features(self, pairs: pd.DataFrame, context: Context) -> np.ndarray | None:
        if not self.settings.duplex_features:
            return None
        from deepmirnatar.rna.duplex_features import duplex_features

        sequences = pairs["mirna_sequence"], pairs["target_sequence"]
        if self._folded is None:
            return duplex_features(*sequences, context.threads).to_numpy()
        # Folding takes longer than an epoch, and every member reads the same rows.
        key = digest(*map(list, sequences))
        if key not in self._folded:
            self._folded[key] = duplex_features(*sequences, context.threads).to_numpy()
        return self._folded[key]


def best_temperature(logits: np.ndarray, labels: np.ndarray) -> float:
    """The divisor of `logits` (rows, 2) at which `labels` (rows,) are most likely; 0.2 to 5, and 1 for one class."""
    from scipy.optimize import minimize_scalar

    if labels.min() == labels.max():
        log.warning("valid holds one class only, so probabilities cannot be calibrated")
        return 1.0
    margin = np.where(labels == 1, 1, -1) * (logits[:, 1] - logits[:, 0]).astype(float)

    def loss(log_temperature: float) -> float:
        return np.logaddexp(0, -margin / np.exp(log_temperature)).mean()

    return float(np.exp(minimize_scalar(loss, bounds=(np.log(0.2), np.log(5)), method="bounded").x))


class MapPairs:
    """Pairs as base codes on one device; the data object that `training.loop.train` asks for."""

    def __init__(self, pairs: pd.DataFrame, features: np.ndarray | None, streams: EmbeddedPairs | None, device):
        import torch

        from deepmirnatar.predictors.networks.interaction_map import NT

        self.labels = torch.tensor(pairs["label"].to_numpy(), dtype=torch.long, device=device)
        self.lengths = pairs["target_sequence"].str.len().to_numpy(copy=True)[:, None]
        tables = [padded(pairs["mirna_sequence"].str[:NT], NT), padded(pairs["target_sequence"]), self.lengths[:, 0]]
        tables += [] if features is None else [features.astype(np.float32)]
        self.tables = [torch.as_tensor(table, device=device) for table in tables]
        self.streams = streams

    def __len__(self) -> int:
        return len(self.labels)

    def batch(self, rows: np.ndarray) -> tuple:
        """mirna (B, NT) and site (B, S) codes, site lengths (B,), features (B, n) or None, streams or ()."""
        import torch

        chosen = torch.as_tensor(rows, device=self.labels.device)
        mirna, site, lengths, *features = (table[chosen] for table in self.tables)
        site = site[:, : int(self.lengths[rows].max())]
        streams = self.streams.batch(rows) if self.streams else ()
        return mirna.long(), site.long(), lengths, features[0] if features else None, streams
