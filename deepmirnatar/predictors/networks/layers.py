"""Layers of the networks in forms that a CPU runs faster; what they compute is torch's, up to rounding.

Measured in bfloat16 on one core with AMX: one product instead of three convolutions takes under half of their time,
and 16 random bits a value half of the time that a Bernoulli number takes.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional


def convolve(x: Tensor, convolutions: Sequence[nn.Conv1d]) -> Tensor:
    """Parallel convolutions along x (B, L, size): (B, places, all their channels), places as the widest has.

    One product of every place's surroundings (B, places, widest * size) with all weights, narrow ones filled up with
    zeros. Widths differ by even numbers and share one centre.
    """
    if torch.is_autocast_enabled(x.device.type):
        x = x.to(torch.get_autocast_dtype(x.device.type))  # before it is laid out several times
    widest, padding = max((each.kernel_size[0], each.padding[0]) for each in convolutions)
    padded = functional.pad(x, (0, 0, padding, padding))
    places = padded.shape[1] - widest + 1
    around = torch.cat([padded[:, at : at + places] for at in range(widest)], dim=2)
    weights = [functional.pad(each.weight, ((widest - each.kernel_size[0]) // 2,) * 2) for each in convolutions]
    weight = torch.cat(weights).permute(0, 2, 1).flatten(1)
    return functional.linear(around, weight, torch.cat([each.bias for each in convolutions]))


class Dropout(nn.Module):
    """Dropout whose rate is one of 65,536: a value stays where 16 random bits are not among the lowest."""

    def __init__(self, rate: float):
        super().__init__()
        self.lowest = round(rate * 2**16)

    def forward(self, x: Tensor) -> Tensor:
        if not self.training or not self.lowest:
            return x
        # Four values a draw, since a draw of 64 bits takes hardly longer than one of 16.
        draws = torch.empty(-(-x.numel() // 4), dtype=torch.int64, device=x.device).random_(-(2**63), None)
        bits = draws.view(torch.int16)[: x.numel()].view(x.shape)
        scale = 2**16 / (2**16 - self.lowest)
        return x * (bits >= self.lowest - 2**15).to(x.dtype).mul_(scale)


class Exchange(torch.autograd.Function):
    """Rows of x (B, L, size) in another order, where each pair of rows changes places or a row stays.

    Done twice it gives x, so the gradient is one more exchange: a fifth of the time that gather and its gradient take.
    """

    @staticmethod
    def forward(context, x: Tensor, order: Tensor) -> Tensor:
        """order: (B * L,), the row of x that comes to each place, counted through the batch."""
        context.save_for_backward(order)
        return x.flatten(0, 1).index_select(0, order).view(x.shape)

    @staticmethod
    def backward(context, gradient: Tensor) -> tuple[Tensor, None]:
        return gradient.flatten(0, 1).index_select(0, *context.saved_tensors).view(gradient.shape), None
