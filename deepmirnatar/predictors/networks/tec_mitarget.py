"""The network of Yang et al. 2024 (TEC-miTarget), 26.7 million parameters at the published size.

    miRNA (B, M) -> encoder -> (B, M, 256) --\
                                              map (B, 512, M, S) -> 4 convolutions -> (B, 1, M, S) -> pooled p (B,)
    site  (B, S) -> encoder -> (B, S, 256) --/

One encoder serves both strands. The score is the logistic of k (p - 0.5), k learned; logits (B, 2) are
[0, k (p - 0.5)], so that softmax gives it. B batch, M miRNA letters, S site letters; everything at padding is zero
or left out, so the map's edge is where its row's strands end.
"""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional


class Positions(nn.Module):
    """Fixed sine and cosine positions; wavelengths in geometric steps from 2 pi to 10,000 letters."""

    def __init__(self, size: int):
        super().__init__()
        steps = torch.linspace(0, 1, size // 2)
        self.register_buffer("rates", (10_000 / (2 * math.pi)) ** -steps, persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """(B, L, size) -> (B, L, size)."""
        angles = torch.arange(x.shape[1], device=x.device)[:, None] * self.rates
        return x + torch.cat([angles.sin(), angles.cos()], dim=1)


class Encoder(nn.Module):
    """Embedding, positions, post-norm transformer layers, linear, ReLU."""

    def __init__(self, settings):
        super().__init__()
        hidden = settings.hidden
        self.embedding = nn.Embedding(5, hidden, padding_idx=0)
        self.positions = Positions(hidden)
        layer = nn.TransformerEncoderLayer(hidden, settings.heads, 2 * hidden, settings.dropout, batch_first=True)
        self.transformer = nn.TransformerEncoder(layer, settings.layers, enable_nested_tensor=False)
        self.linear = nn.Linear(hidden, settings.projection)
        self.dropout = nn.Dropout(settings.dropout)

    def forward(self, codes: Tensor) -> Tensor:
        """codes (B, L) -> (B, L, projection), zero at padding."""
        absent = codes == 0
        # On a CPU, attention in bfloat16 costs more than the convolutions of the map gain by it.
        with torch.autocast("cpu", enabled=False):
            x = self.transformer(self.positions(self.embedding(codes)), src_key_padding_mask=absent)
        return self.dropout(functional.relu(self.linear(x))) * ~absent[..., None]


class MaskedBatchNorm(nn.BatchNorm2d):
    """Batch norm whose statistics in training are those of the positions inside the mask."""

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """x (B, C, M, S), mask (B, 1, M, S) of 0 and 1."""
        if not self.training:
            return super().forward(x)
        count = mask.sum()
        mean = (x * mask).sum(dim=(0, 2, 3)) / count
        centred = x - mean[:, None, None]
        variance = (centred.square() * mask).sum(dim=(0, 2, 3)) / count
        with torch.no_grad():
            self.running_mean.lerp_(mean.detach(), self.momentum)
            self.running_var.lerp_(variance.detach() * count / (count - 1), self.momentum)
        scale = self.weight * (variance + self.eps).rsqrt()
        return centred * scale[:, None, None] + self.bias[:, None, None]


class Convolution(nn.Module):
    """One convolution of the map with its batch norm; the second of the four has it before the activation."""

    def __init__(self, size: int, filters: int, kernel: int, activation, norm_first: bool):
        super().__init__()
        self.convolution = nn.Conv2d(size, filters, kernel, padding=kernel // 2)
        self.norm = MaskedBatchNorm(filters)
        self.activation, self.norm_first = activation, norm_first

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """(B, size, M, S) -> (B, filters, M, S), zero at padding."""
        x = self.convolution(x).float()
        x = self.activation(self.norm(x, mask)) if self.norm_first else self.norm(self.activation(x), mask)
        return x * mask


class Network(nn.Module):
    """Codes (B, miRNA nt), (B, site nt) -> contact map -> logits (B, 2)."""

    def __init__(self, settings):
        super().__init__()
        self.encoder = Encoder(settings)
        width = settings.projection
        sizes = [2 * width, width, width // 2, width // 4, 1]
        activations = [functional.relu, functional.relu, functional.relu, torch.sigmoid]
        self.convolutions = nn.ModuleList(
            Convolution(*sizes[place : place + 2], settings.kernel, activation, norm_first=place == 1)
            for place, activation in enumerate(activations)
        )
        # As in the released code: this kernel starts symmetric and is then free.
        kernel = self.convolutions[1].convolution.weight.data
        kernel.copy_((kernel + kernel.transpose(2, 3)) / 2)
        self.gamma = nn.Parameter(torch.zeros(()))
        self.slope = nn.Parameter(torch.tensor(20.0))

    def forward(self, mirna: Tensor, site: Tensor) -> Tensor:
        """Codes mirna (B, M) and site (B, S), 0 where padded -> logits (B, 2)."""
        one, two = (self.encoder(codes).transpose(1, 2) for codes in (mirna, site))
        one, two = one[:, :, :, None], two[:, :, None, :]
        mask = ((mirna > 0)[:, None, :, None] & (site > 0)[:, None, None, :]).float()
        x = torch.cat([(one - two).abs(), one * two], dim=1) * mask
        # The same values with the channels last in memory: convolutions run in half the time on a CPU.
        x = x.contiguous(memory_format=torch.channels_last)
        for convolution in self.convolutions:
            x = convolution(x, mask)
        z = self.slope * (self.pool(x[:, 0], mask[:, 0]) - 0.5)
        return torch.stack([torch.zeros_like(z), z], dim=1)

    def pool(self, x: Tensor, mask: Tensor) -> Tensor:
        """The mean excess over mean + gamma variance of a row's map (D-SCRIPT's pooling); (B, M, S) -> (B,)."""
        x, mask = x.flatten(1), mask.flatten(1)
        count = mask.sum(dim=1, keepdim=True)
        centred = (x - (x * mask).sum(dim=1, keepdim=True) / count) * mask
        variance = centred.square().sum(dim=1, keepdim=True) / (count - 1)
        excess = functional.relu(centred - self.gamma * variance) * mask
        return excess.sum(dim=1) / ((excess > 0).sum(dim=1) + 1)
