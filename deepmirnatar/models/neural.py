"""What neural predictors share: a network, its data as tensors, the training loop."""

from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd

from deepmirnatar.files import digest
from deepmirnatar.models.base import Context, Predictor
from deepmirnatar.settings import one_of


@dataclass
class TrainingSettings:
    """How a network is trained. The defaults are the paper's; a predictor's Settings inherit and change them.

    `patience` 0 trains all epochs; the best epoch's weights are kept in either case. `bucket` is the number of batches
    among which training rows are sorted by length, to pad less. 1 sorts within a batch only, which mixes freely: where
    the length of sites goes with their source, as in the released data, larger buckets make batches of one source.
    """

    epochs: int = 100
    batch_size: int = 32
    learning_rate: float = 1e-4
    weight_decay: float = 1e-4
    optimizer: str = one_of("lookahead_radam", "adam")
    schedule: str = one_of("constant", "cosine")  # cosine: to zero over all epochs, after a first tenth of warm-up
    patience: int = 0
    bucket: int = 1
    select: str = one_of("auroc", "loss")  # which validation value picks the best epoch
    checkpoint_minutes: float = 0.0  # also within an epoch? 0: at the end of every epoch


class NeuralPredictor(Predictor):
    """Subclasses give `build(context)`, the network, and `tensors(pairs, context, device)`, its data.

    The data object has `lengths` (rows, strands), `labels` (a tensor), len() and `batch(rows)`, which returns
    the network's arguments; see `training.train`.
    """

    network = None

    def build(self, context: Context):
        raise NotImplementedError

    def tensors(self, pairs: pd.DataFrame, context: Context, device):
        raise NotImplementedError

    def fit(self, train: pd.DataFrame, valid: pd.DataFrame, context: Context) -> pd.DataFrame:
        from deepmirnatar import training

        training.use_threads(context.threads)
        training.seed_everything(context.seed)
        device = training.pick_device(context.device)
        self.network = self.build(context)
        data = self.tensors(train, context, device), self.tensors(valid, context, device)
        rows = [part[["mirna_sequence", "target_sequence", "label"]] for part in (train, valid)]
        vectors = [store.table.astype(np.float64).sum() for store in (context.features or {}).values()]
        key = digest(
            type(self).__module__,
            asdict(self.settings),
            context.seed,
            [int(pd.util.hash_pandas_object(part).sum()) for part in rows],
            [f"{total:.9e}" for total in vectors],
        )
        self.checkpoint = training.Checkpoint(context.checkpoints / key)
        return training.train(self.network, *data, self.settings, context.seed, device, self.checkpoint)

    def predict(self, pairs: pd.DataFrame, context: Context) -> np.ndarray:
        from scipy.special import softmax

        from deepmirnatar import training

        training.use_threads(context.threads)
        device = training.pick_device(context.device)
        if self.network is None:
            self.network = self.build(context)
            self.load_weights()
        self.network.to(device)
        logits = training.score(self.network, self.tensors(pairs, context, device))
        return softmax(logits.astype(np.float64), axis=1)[:, 1]

    def state(self) -> tuple[dict[str, np.ndarray], dict]:
        return {name: part.detach().cpu().numpy() for name, part in self.network.state_dict().items()}, {}

    def restore(self, arrays: dict[str, np.ndarray], more: dict) -> None:
        # The network's shape may depend on the embeddings, which come with the first prediction.
        self.weights = arrays

    def load_weights(self) -> None:
        import torch

        self.network.load_state_dict({name: torch.from_numpy(array) for name, array in self.weights.items()})


class EmbeddedPairs:
    """Pairs whose strands are rows of two `Features` stores, as tensors on one device."""

    def __init__(self, pairs: pd.DataFrame, features: dict, device):
        import torch

        self.labels = torch.tensor(pairs["label"].to_numpy(), dtype=torch.long, device=device)
        self.strands, lengths = [], []
        for strand, column in (("mirna", "mirna_sequence"), ("site", "target_sequence")):
            store = features[strand]
            rows = store.rows_of(pairs[column])
            starts, sizes = store.offsets[rows], np.diff(store.offsets)[rows]
            lengths.append(sizes)
            # The table stays float16, half the memory; a batch is turned to float32 when it is gathered.
            tensors = (store.table, store.index, starts, sizes)
            self.strands.append([torch.as_tensor(part, device=device) for part in tensors])
        self.lengths = np.stack(lengths, axis=1)

    def __len__(self) -> int:
        return len(self.labels)

    def batch(self, rows: np.ndarray) -> tuple:
        """(mirna (B, M, size), lengths (B,), site (B, S, size), lengths (B,)), zero where padded."""
        import torch

        out = []
        for strand, (table, index, starts, sizes) in enumerate(self.strands):
            longest = int(self.lengths[rows, strand].max())
            chosen = torch.as_tensor(rows, device=table.device)
            places = torch.arange(longest, device=table.device)
            inside = places < sizes[chosen, None]
            where = torch.where(inside, starts[chosen, None] + places, 0)
            out += [table[index[where]].float() * inside[..., None], sizes[chosen]]
        return tuple(out)
