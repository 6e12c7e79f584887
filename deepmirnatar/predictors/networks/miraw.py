"""The network of miRAW as rebuilt here, and its pre-training; see `predictors/miraw.py` for what is assumed.

    codes (B, 30), (B, 40) -> one-hot (B, 280) -> encoder 256, 128, ReLU -> dense 64, 32, ReLU -> logits (B, 2)

Zeros are padding, and the width is fixed, so a row's result does not depend on its batch.
"""

from itertools import pairwise

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from deepmirnatar.common.logs import log
from deepmirnatar.training.batches import bucketed_batches


class Network(nn.Module):
    """Codes (B, miRNA nt), (B, site nt) -> logits (B, 2)."""

    def __init__(self, settings):
        super().__init__()
        sizes = [4 * (settings.mirna_length + settings.site_length), *settings.encoder]
        self.encoder = nn.ModuleList(nn.Linear(*pair) for pair in pairwise(sizes))
        self.dense = nn.ModuleList(nn.Linear(*pair) for pair in pairwise([sizes[-1], *settings.dense]))
        self.last = nn.Linear([sizes[-1], *settings.dense][-1], 2)
        self.dropout = nn.Dropout(settings.dropout)

    @staticmethod
    def one_hot(mirna: Tensor, site: Tensor) -> Tensor:
        """Codes (B, 30) and (B, 40) -> (B, 280); four bits a letter, all zero for code 0."""
        return functional.one_hot(torch.cat([mirna, site], dim=1), 5)[..., 1:].flatten(1).float()

    def forward(self, mirna: Tensor, site: Tensor) -> Tensor:
        """Codes mirna (B, 30), site (B, 40) -> logits (B, 2)."""
        x = self.one_hot(mirna, site)
        for layer in (*self.encoder, *self.dense):
            x = self.dropout(functional.relu(layer(x)))
        return self.last(x)


def pretrain(network: Network, data, settings, seed: int) -> list[float]:
    """Train the encoder one layer at a time to reconstruct what it is given, the first the one-hot inputs.

    `data` as for `training.loop.train`; labels are not looked at. Each layer gets a linear decoder, which is dropped
    afterwards; squared error. Returns the last epoch's mean error of each layer.
    """
    errors = []
    for depth, layer in enumerate(network.encoder if settings.pretrain_epochs else []):
        decoder = nn.Linear(layer.out_features, layer.in_features).to(layer.weight.device)
        optimizer = torch.optim.Adam([*layer.parameters(), *decoder.parameters()], lr=settings.learning_rate)
        for epoch in range(settings.pretrain_epochs):
            total = 0.0
            for rows in bucketed_batches(
                data.lengths, settings.batch_size, np.random.default_rng([seed, depth, epoch])
            ):
                with torch.no_grad():
                    given = network.one_hot(*data.batch(rows))
                    for below in network.encoder[:depth]:
                        given = functional.relu(below(given))
                loss = functional.mse_loss(decoder(functional.relu(layer(given))), given)
                optimizer.zero_grad(set_to_none=True)
                loss.backward()
                optimizer.step()
                total += loss.item() * len(rows)
        errors.append(total / len(data))
        log.info("pre-training, layer %d: mean squared error %.4f", depth + 1, errors[-1])
    return errors
