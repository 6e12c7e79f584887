"""What neural predictors share: a network, its data as tensors, the training loop."""

from dataclasses import asdict

import numpy as np
import pandas as pd

from deepmirnatar.common.files import digest
from deepmirnatar.predictors.base import Context, Predictor


class NeuralPredictor(Predictor):
    """Subclasses give `build(context)`, the network, and `tensors(pairs, context, device)`, its data.

    The data object has `lengths` (rows, strands), `labels` (a tensor), len() and `batch(rows)`, which returns
    the network's arguments; see `training.loop.train`.
    """

    network = None

    def build(self, context: Context):
        raise NotImplementedError

    def build_start(self, context: Context):
        """The network as training begins, where that is not a new one."""
        return self.build(context)

    def build_trained(self, context: Context):
        """The network whose weights are saved, where that is not the one that is trained."""
        return self.build(context)

    def scoring_network(self):
        """The network that `logits` runs, where a faster form of it gives the same."""
        return self.network

    def tensors(self, pairs: pd.DataFrame, context: Context, device):
        raise NotImplementedError

    def fit(self, train: pd.DataFrame, valid: pd.DataFrame, context: Context) -> pd.DataFrame:
        from deepmirnatar.training.checkpoint import Checkpoint
        from deepmirnatar.training.devices import pick_device, seed_everything, use_threads
        from deepmirnatar.training.loop import train as fit_network

        use_threads(context.threads)
        seed_everything(context.seed)
        device = pick_device(context.device)
        self.network = self.build_start(context)
        data = self.tensors(train, context, device), self.tensors(valid, context, device)
        rows = [part[["mirna_sequence", "target_sequence", "label"]] for part in (train, valid)]
        start = sum(part.detach().double().sum().item() for part in self.network.parameters())
        vectors = [store.table.astype(np.float64).sum() for store in (context.features or {}).values()]
        key = digest(
            context.run,
            type(self).__module__,
            asdict(self.settings),
            context.seed,
            [int(pd.util.hash_pandas_object(part, categorize=False).sum()) for part in rows],
            [f"{total:.9e}" for total in [start, *vectors]],
        )
        checkpoint = Checkpoint(context.checkpoints / key)
        self.checkpoints = [*self.checkpoints, checkpoint]
        return fit_network(self.network, *data, self.settings, context.seed, device, checkpoint)

    def predict(self, pairs: pd.DataFrame, context: Context) -> np.ndarray:
        logits = self.logits(pairs, context).astype(np.float64)
        return np.exp(-np.logaddexp(0, logits[:, 0] - logits[:, 1]))

    def logits(self, pairs: pd.DataFrame, context: Context) -> np.ndarray:
        """What the network gives each row, shape (rows, 2)."""
        from deepmirnatar.training.devices import mixed_precision, pick_device, use_threads
        from deepmirnatar.training.loop import score

        use_threads(context.threads)
        device = pick_device(context.device)
        if self.network is None:
            self.network = self.build_trained(context)
            self.load_weights()
        self.network.to(device)
        mixed = mixed_precision(device, self.settings.bfloat16)
        return score(self.scoring_network(), self.tensors(pairs, context, device), mixed)

    def state(self) -> tuple[dict[str, np.ndarray], dict]:
        return {name: part.detach().cpu().numpy() for name, part in self.network.state_dict().items()}, {}

    def restore(self, arrays: dict[str, np.ndarray], more: dict) -> None:
        # The network's shape may depend on the embeddings, which come with the first prediction.
        self.weights = arrays

    def load_weights(self) -> None:
        load_state(self.network, self.weights, self.file, "delete the file and run again")


def load_state(network, arrays: dict[str, np.ndarray], file, remedy: str) -> None:
    """Give a network its weights. ValueError, with the remedy, where they are of another network."""
    import torch

    try:
        network.load_state_dict({name: torch.from_numpy(array) for name, array in arrays.items()})
    except RuntimeError as error:
        found = str(error).strip().splitlines()[-1].strip()
        raise ValueError(f"{file}: these weights are of another network ({found}); {remedy}.") from error
