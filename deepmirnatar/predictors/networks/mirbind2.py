"""The network of miRBind2, 147,249 parameters, and its authors' weight file.

    codes (B, 28) and (B, 50) -> class of each pair of bases (B, 28, 50) -> linear to 8 channels (B, 8, 28, 50)
    -> three times Conv2d, batch norm, leaky ReLU, max-pool 2, dropout: 128 x 6 (B, 128, 13, 24), 64 x 3 (B, 64, 6, 12),
    32 x 3 (B, 32, 3, 6) -> dense 30, batch norm, leaky ReLU, dropout -> dense 1 = z -> logits (B, 2) = [0, z]

softmax([0, z]) gives the target class the original's sigmoid(z). A class is 4 * miRNA base + site base, bases in the
order A, U, C, G; 17 where either is missing; 16 is never used. Parts have the authors' names, so that their file fits.
"""

import pickle
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

CLASSES, MISSING = 18, 17


class Network(nn.Module):
    """Codes of miRNA and site -> logits (B, 2)."""

    def __init__(self, settings):
        super().__init__()
        sizes = [settings.code_size, *settings.filters]
        self.pair_linear = nn.Linear(CLASSES, settings.code_size)
        self.conv_layers = nn.ModuleList(
            nn.Conv2d(inputs, outputs, kernel, padding=(kernel - 1) // 2)
            for inputs, outputs, kernel in zip(sizes, settings.filters, settings.kernels, strict=False)
        )
        self.bn_layers = nn.ModuleList(nn.BatchNorm2d(size) for size in settings.filters)
        self.dropout = nn.Dropout(settings.dropout)
        height, width = settings.mirna_length, settings.site_length
        for kernel in settings.kernels:
            height, width = ((side + 2 * ((kernel - 1) // 2) - kernel + 1) // 2 for side in (height, width))
        self.fc1 = nn.Linear(sizes[-1] * height * width, settings.dense)
        self.bn_fc = nn.BatchNorm1d(settings.dense)
        self.fc2 = nn.Linear(settings.dense, 1)

    def forward(self, mirna: Tensor, site: Tensor) -> Tensor:
        """mirna (B, M) and site (B, S), codes 1 to 4 and 0 where there is none -> logits (B, 2)."""
        x = self.pairs(mirna, site)
        for convolution, norm in zip(self.conv_layers, self.bn_layers, strict=True):
            x = functional.max_pool2d(functional.leaky_relu(norm(convolution(x)), 0.1), 2)
            x = self.dropout(x)
        x = self.dropout(functional.leaky_relu(self.bn_fc(self.fc1(x.flatten(1))), 0.1))
        z = self.fc2(x)
        return torch.cat([torch.zeros_like(z), z], dim=1)

    def pairs(self, mirna: Tensor, site: Tensor) -> Tensor:
        """The channels of every pair of bases, (B, code_size, M, S)."""
        mirna, site = mirna[:, :, None], site[:, None, :]
        classes = torch.where((mirna > 0) & (site > 0), 4 * mirna + site - 5, MISSING)
        # A linear layer on one-hot classes is a table of its columns.
        channels = self.pair_linear.weight.T + self.pair_linear.bias
        return functional.embedding(classes, channels).permute(0, 3, 1, 2)


def load_published(network: Network, path: str | Path) -> None:
    """Put the authors' weights (.pt, a training checkpoint) into `network`. ValueError for a file of another model."""
    try:
        arrays = torch.load(path, map_location="cpu", weights_only=True)["model_state_dict"]
        network.load_state_dict(arrays)
    except (KeyError, TypeError, AttributeError, EOFError, RuntimeError, pickle.UnpicklingError) as error:
        reason = str(error).strip().splitlines()[-1:] or [type(error).__name__]
        raise ValueError(f"{path}: not a miRBind2 model of these settings ({reason[0].strip()})") from error
