"""RAdam inside Lookahead (Zhang et al. 2019), as the released code trains; or plain Adam or AdamW."""

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

    def zero_grad(self, set_to_none: bool = True):
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


def make_optimizer(network: torch.nn.Module, settings) -> torch.optim.Optimizer:
    """Weight decay on weights, none on biases and scalars."""
    weights = [part for part in network.parameters() if part.requires_grad and part.ndim > 1]
    others = [part for part in network.parameters() if part.requires_grad and part.ndim <= 1]
    groups = [
        {"params": weights, "weight_decay": settings.weight_decay},
        {"params": others, "weight_decay": 0.0},
    ]
    if settings.optimizer == "adamw":
        return torch.optim.AdamW(groups, lr=settings.learning_rate, foreach=True)
    if settings.optimizer == "adam":
        return torch.optim.Adam(groups, lr=settings.learning_rate)
    if settings.optimizer == "lookahead_radam":
        return Lookahead(torch.optim.RAdam(groups, lr=settings.learning_rate, foreach=True))
    raise ValueError(f"optimizer {settings.optimizer!r}: choose lookahead_radam, adam or adamw")
