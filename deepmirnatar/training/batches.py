"""Pairs as tensors, and rows in batches. torch is imported inside, as the config check loads predictors."""

import numpy as np
import pandas as pd


class CodedPairs:
    """Code tables of the same pairs on one device; the data object that `training.loop.train` asks for.

    lengths: (rows, tables), each row's letters in each table; a batch is cut to its longest row. Without lengths
    every batch has the tables' full width.
    """

    def __init__(self, pairs: pd.DataFrame, tables: list[np.ndarray], device, lengths: np.ndarray | None = None):
        import torch

        self.labels = torch.tensor(pairs["label"].to_numpy(), dtype=torch.long, device=device)
        self.tables = [torch.as_tensor(table, device=device) for table in tables]
        full = np.broadcast_to([table.shape[1] for table in tables], (len(pairs), len(tables)))
        self.lengths = full if lengths is None else lengths

    def __len__(self) -> int:
        return len(self.labels)

    def batch(self, rows: np.ndarray) -> tuple:
        """One (B, longest) tensor of codes a table, int64."""
        import torch

        chosen = torch.as_tensor(rows, device=self.labels.device)
        longest = self.lengths[rows].max(axis=0)
        return tuple(table[chosen, :end].long() for table, end in zip(self.tables, longest, strict=True))


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
            vectors = table.index_select(0, index[where].flatten()).view(*where.shape, -1)
            out += [vectors.float() * inside[..., None], sizes[chosen]]
        return tuple(out)


def bucketed_batches(
    lengths: np.ndarray, batch_size: int, rng: np.random.Generator | None, bucket: int = 1
) -> list[np.ndarray]:
    """Row numbers in batches of like length, so that little is padded; shuffled when `rng` is given.

    lengths: (rows,) or (rows, strands). Shuffled rows are sorted only within pools of `bucket` batches, and the
    batches are shuffled again: an epoch is a random order that happens to be cheap.
    """
    lengths = lengths.reshape(len(lengths), -1)
    rows = np.arange(len(lengths)) if rng is None else rng.permutation(len(lengths))
    pool = len(rows) if rng is None else bucket * batch_size
    batches = []
    for start in range(0, len(rows), pool):
        part = rows[start : start + pool]
        part = part[np.lexsort(lengths[part].T)]
        batches.extend(part[at : at + batch_size] for at in range(0, len(part), batch_size))
    if rng is not None:
        if len(batches) > 1 and len(batches[-1]) == 1:  # of one row alone, a batch norm has no variance
            batches[-2:] = [np.concatenate(batches[-2:])]
        batches = [batches[number] for number in rng.permutation(len(batches))]
    return batches
