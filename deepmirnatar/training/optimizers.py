"""RAdam inside Lookahead (Zhang et al. 2019), as the released code trains; or plain Adam or AdamW."""

import numpy as np
import torch


class Lookahead(torch.optim.Optimizer):
    """Every `k` steps of `inner`, move the slow weights a fraction `alpha` toward the fast ones."""

    def __init__(self, inner: torch.optim.Optimizer, k: int = 5, alpha: float = 0.5):
        self.inner, self.k, self.alpha, self.steps = inner, k, alpha, 0
        super().__init__(inner.param_groups, {})
        self.param_groups = inner.param_groups
        self.slow = [[weight.detach().clone() for weight in group["params"]] for group in self.param_groups]

    @torch.no_grad()
    def step(self, closure=None):
        loss = self.inner.step(closure)
        self.steps += 1
        if self.steps % self.k == 0:
            for group, slow in zip(self.param_groups, self.slow, strict=True):
                torch._foreach_lerp_(slow, group["params"], self.alpha)
                torch._foreach_copy_(group["params"], slow)
        return loss

    def zero_grad(self, set_to_none: bool = False):
        self.inner.zero_grad(set_to_none)

    def state_dict(self) -> dict:
        return {"inner": self.inner.state_dict(), "steps": self.steps, "slow": self.slow}

    def load_state_dict(self, state: dict) -> None:
        self.inner.load_state_dict(state["inner"])
        self.param_groups = self.inner.param_groups
        self.steps = state["steps"]
        for mine, theirs in zip(self.slow, state["slow"], strict=True):
            for weight, saved in zip(mine, theirs, strict=True):
                weight.copy_(saved)


def flattened(parameters: list[torch.nn.Parameter]) -> torch.nn.Parameter:
    """One vector of which these parameters, and their gradients, are from now on parts.

    An optimizer of a small network spends its time on calls, one per tensor and operation; the arithmetic is the same.
    Gradients must be zeroed, not dropped.
    """
    laid = [part.detach().permute(_in_memory(part)) for part in parameters]
    flat = torch.nn.Parameter(torch.cat([part.reshape(-1) for part in laid]))
    flat.grad = torch.zeros_like(flat)
    pieces = zip(*(vector.split([part.numel() for part in laid]) for vector in (flat.detach(), flat.grad)), strict=True)
    for part, like, both in zip(parameters, laid, pieces, strict=True):
        back = np.argsort(_in_memory(part)).tolist()
        part.data, part.grad = (piece.view_as(like).permute(back) for piece in both)
    return flat


def _in_memory(tensor: torch.Tensor) -> list[int]:
    """Its dimensions as they lie in memory, the slowest first: a convolution's channels may be last."""
    return sorted(range(tensor.ndim), key=lambda place: -tensor.stride(place))


def make_optimizer(network: torch.nn.Module, settings) -> torch.optim.Optimizer:
    """Weight decay on weights, none on biases and scalars. The network must be on its device already."""
    weights = [part for part in network.parameters() if part.requires_grad and part.ndim > 1]
    others = [part for part in network.parameters() if part.requires_grad and part.ndim <= 1]
    groups = [
        {"params": [flattened(weights)], "weight_decay": settings.weight_decay},
        {"params": [flattened(others)], "weight_decay": 0.0},
    ]
    if settings.optimizer == "adamw":
        return torch.optim.AdamW(groups, lr=settings.learning_rate, foreach=True)
    if settings.optimizer == "adam":
        return torch.optim.Adam(groups, lr=settings.learning_rate)
    if settings.optimizer == "lookahead_radam":
        return Lookahead(torch.optim.RAdam(groups, lr=settings.learning_rate, foreach=True))
    raise ValueError(f"optimizer {settings.optimizer!r}: choose lookahead_radam, adam or adamw")
