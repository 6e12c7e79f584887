"""Sequences as number tables, for predictors that read letters and need no embedding."""

import numpy as np
import pandas as pd


def code_table(sequences: pd.Series, order: str, width: int) -> np.ndarray:
    """Codes 1, 2, 3, 4 for the letters of `order`, 0 for every other letter and past a sequence's end.

    Returns uint8 (rows, width); what is longer than `width` loses its last letters.
    """
    codes = np.zeros(256, dtype=np.uint8)
    codes[np.frombuffer(order.encode("ascii"), dtype=np.uint8)] = np.arange(1, len(order) + 1)
    text = "".join(sequences.str[:width].str.ljust(width, "N"))
    return codes[np.frombuffer(text.encode("ascii", "replace"), dtype=np.uint8)].reshape(-1, width)


class CodedPairs:
    """Code tables of the same pairs on one device; the data object that `training.train` asks for.

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
