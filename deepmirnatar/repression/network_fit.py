"""Training of the small network of `network`, on top of the linear terms. PyTorch; deterministic."""

from collections.abc import Sequence

import numpy as np

from deepmirnatar.common.compiled import jit
from deepmirnatar.repression.features import DENSE
from deepmirnatar.repression.network import NAMES, OFFSETS, codes

HIDDEN, MEMBERS, STEPS, DROPOUT, DECAY, RATE = 32, 3, 400, 0.3, 0.1, 1e-3
GENES = 200  # of each series in a step
HUBER = 1.5  # standard deviations, from which on the loss is linear


def train(parts: Sequence, start: Sequence[np.ndarray], log_scales: np.ndarray, seed: int = 0) -> dict[str, np.ndarray]:
    """Networks that lower the loss of `fit` further. Deterministic.

    `parts`: `fit.Part`s; `start`: the sum of terms of each one's sites; `log_scales`: of their experiments, in order.
    """
    members = [_train(parts, start, log_scales, seed + number) for number in range(MEMBERS)]
    return {name: np.stack([member[name] for member in members]) for name in NAMES}


def _train(parts: Sequence, start: Sequence[np.ndarray], log_scales: np.ndarray, seed: int) -> dict[str, np.ndarray]:
    import torch

    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    table = torch.nn.Parameter(0.1 * torch.randn(int(OFFSETS[-1]), HIDDEN))
    look_up = _look_up()
    dense, middle, out = (torch.nn.Linear(*shape) for shape in ((len(DENSE), HIDDEN), (HIDDEN, HIDDEN), (HIDDEN, 1)))
    torch.nn.init.zeros_(out.weight)
    torch.nn.init.zeros_(out.bias)
    drop = torch.nn.Dropout(DROPOUT)
    weights = [table, *(each for layer in (dense, middle, out) for each in layer.parameters())]
    sizes = torch.tensor(log_scales, dtype=torch.float32, requires_grad=True)
    levels = torch.zeros(len(log_scales), requires_grad=True)
    groups = [{"params": weights, "weight_decay": DECAY}, {"params": [sizes, levels], "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=RATE)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=STEPS, pct_start=0.2)
    batches = [_Batches(part, z) for part, z in zip(parts, start, strict=True)]
    for _ in range(STEPS):
        optimizer.zero_grad()
        total, first = 0.0, 0
        for part, batch in zip(parts, batches, strict=True):
            these = slice(first, first + part.count)
            first += part.count
            genes, rows, gene = batch.draw(rng)
            hidden = drop(torch.relu(dense(batch.x[rows]) + look_up(table, batch.coded[rows])))
            z = batch.start[rows] + out(drop(hidden + torch.relu(middle(hidden))))[:, 0]
            effects = torch.zeros(part.count * len(genes)).index_add(0, gene, torch.nn.functional.softplus(z))
            predicted = levels[these, None] + sizes[these, None].exp() * effects.view(part.count, len(genes))
            known = batch.known[:, genes]
            if part.centred:
                predicted = predicted - (predicted * known).sum(0) / known.sum(0).clamp(min=1)
            error = (predicted - batch.label[:, genes]) / batch.sd
            loss = torch.nn.functional.huber_loss(error, torch.zeros_like(error), reduction="none", delta=HUBER)
            total = total + (batch.weight[:, genes] * loss).sum() * (part.genes / len(genes))
        (total / len(log_scales)).backward()
        optimizer.step()
        schedule.step()
    arrays = {
        "table": table,
        "dense": dense.weight.T,
        "bias": dense.bias,
        "middle": middle.weight.T,
        "middle_bias": middle.bias,
        "out": out.weight[0],
        "out_bias": out.bias[0],
    }
    return {name: each.detach().numpy().copy() for name, each in arrays.items()}


def _look_up():
    """A function of a table and codes (sites, places): the sum of the rows that are coded. Several times as fast as
    torch's embeddings on a processor."""
    import torch

    class LookUp(torch.autograd.Function):
        @staticmethod
        def forward(context, table, coded):
            context.coded, context.rows = coded.numpy(), len(table)
            return torch.from_numpy(_gather(table.detach().numpy(), context.coded))

        @staticmethod
        def backward(context, slope):
            return torch.from_numpy(_scatter(slope.contiguous().numpy(), context.coded, context.rows)), None

    return LookUp.apply


@jit
def _gather(table, coded):
    total = np.zeros((len(coded), table.shape[1]), np.float32)
    for site in range(len(coded)):
        for place in range(coded.shape[1]):
            code = coded[site, place]
            if code >= 0:
                for unit in range(table.shape[1]):
                    total[site, unit] += table[code, unit]
    return total


@jit
def _scatter(slope, coded, rows):
    total = np.zeros((rows, slope.shape[1]), np.float32)
    for site in range(len(coded)):
        for place in range(coded.shape[1]):
            code = coded[site, place]
            if code >= 0:
                for unit in range(slope.shape[1]):
                    total[code, unit] += slope[site, unit]
    return total


class _Batches:
    """A part as tensors, and random sets of its genes with all their sites."""

    def __init__(self, part, start: np.ndarray) -> None:
        import torch

        order = np.argsort(part.gene % part.genes, kind="stable")
        self.x = torch.tensor(part.x[order])
        self.coded = torch.tensor(codes(part.features)[order])
        self.start = torch.tensor(start[order].astype(np.float32))
        self.experiment = part.gene[order] // part.genes
        self.ends = np.searchsorted((part.gene % part.genes)[order], np.arange(part.genes + 1))
        self.genes = part.genes
        arrays = (part.label, part.known, part.weight, part.sd)
        self.label, self.known, self.weight, self.sd = (torch.tensor(each, dtype=torch.float32) for each in arrays)

    def draw(self, rng: np.random.Generator) -> tuple:
        """Genes; rows of their sites; place of each in the flattened table of experiments and those genes."""
        import torch

        genes = np.sort(rng.choice(self.genes, min(GENES, self.genes), replace=False))
        counts = self.ends[genes + 1] - self.ends[genes]
        rows = np.repeat(self.ends[genes] - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())
        place = self.experiment[rows] * len(genes) + np.repeat(np.arange(len(genes)), counts)
        return genes, torch.tensor(rows), torch.tensor(place)
