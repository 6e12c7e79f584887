"""The network of Gu et al. 2021 (miTAR), 110,970 parameters, and its authors' weight files.

    codes (B, 79) -> Embedding (B, 79, 5) -> Conv1d 320 x 12, ReLU (B, 68, 320) -> max-pool 2 (B, 34, 320)
    -> bidirectional LSTM, last states (B, 64) -> dense 16, ReLU -> dense 1 = z -> logits (B, 2) = [0, z]

softmax([0, z]) gives the target class the original's sigmoid(z). Dropout is after the convolution, the pooling,
the LSTM and the first dense layer. Weights start as Keras starts them.
"""

from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from deepmirnatar.predictors.networks.layers import Dropout, convolve


class ReluLSTM(nn.Module):
    """Bidirectional LSTM as the authors set it: ReLU instead of both tanh, a hard sigmoid for the gates.

    Written out because torch's LSTM has a fixed tanh. Weights as in Keras: one bias, gates in the order input,
    forget, candidate, output; the first axis is the direction (forward, backward).
    """

    def __init__(self, size: int, units: int):
        super().__init__()
        self.kernel = nn.Parameter(torch.empty(2, size, 4 * units))
        self.recurrent = nn.Parameter(torch.empty(2, units, 4 * units))
        self.bias = nn.Parameter(torch.zeros(2, 4 * units))
        for direction in range(2):
            nn.init.xavier_uniform_(self.kernel.data[direction])
            nn.init.orthogonal_(self.recurrent.data[direction])
        self.bias.data[:, units : 2 * units] = 1.0

    def forward(self, x: Tensor) -> Tensor:
        """(B, T, size) -> (B, 2 * units): the last state of each direction."""
        # The states are not bounded, so all of it stays in float32 where the rest is mixed precision.
        with torch.autocast(x.device.type, enabled=False):
            rows, steps, _ = x.shape
            size, width = self.kernel.shape[1:]
            # Both directions' input projections of all steps at once; the loop is left with the recurrence.
            flat = self.kernel.transpose(0, 1).reshape(size, 2 * width)
            inputs = torch.addmm(self.bias.flatten(), x.float().reshape(-1, size), flat)
            inputs = inputs.view(rows, steps, 2, width).permute(1, 2, 0, 3)
            inputs = torch.stack([inputs[:, 0], inputs[:, 1].flip(0)], dim=1)
            state = cell = inputs.new_zeros(2, rows, width // 4)
            for step in inputs.unbind(0):
                values = torch.baddbmm(step, state, self.recurrent)
                gate_in, gate_forget, _, gate_out = (0.2 * values + 0.5).clamp(0.0, 1.0).chunk(4, dim=2)
                cell = gate_forget * cell + gate_in * functional.relu(values.chunk(4, dim=2)[2])
                state = gate_out * functional.relu(cell)
            return torch.cat([state[0], state[1]], dim=1)


class Network(nn.Module):
    """Codes of site and miRNA, one behind the other, -> logits (B, 2)."""

    def __init__(self, settings):
        super().__init__()
        self.embedding = nn.Embedding(5, 5)
        self.convolution = nn.Conv1d(5, settings.filters, settings.kernel)
        self.lstm = ReluLSTM(settings.filters, settings.units)
        self.dense = nn.Linear(2 * settings.units, settings.dense)
        self.last = nn.Linear(settings.dense, 1)
        self.dropout = Dropout(settings.dropout)
        nn.init.uniform_(self.embedding.weight, -0.05, 0.05)
        for layer in (self.convolution, self.dense, self.last):
            nn.init.xavier_uniform_(layer.weight)
            nn.init.zeros_(layer.bias)

    def forward(self, codes: Tensor) -> Tensor:
        """codes (B, letters), 0..4 -> logits (B, 2)."""
        x = self.dropout(functional.relu(convolve(self.embedding(codes), [self.convolution])))
        x = self.dropout(torch.maximum(x[:, :-1:2], x[:, 1::2]))
        x = self.dropout(self.lstm(x))
        x = self.dropout(functional.relu(self.dense(x)))
        z = self.last(x)
        return torch.cat([torch.zeros_like(z), z], dim=1)


def load_keras(network: Network, path: str | Path) -> None:
    """Put the weights of a Keras model file (.h5, as the authors publish it) into `network`.

    Layers are taken in the file's order, since their names carry a run number (`conv1d_22`). Keras keeps kernels
    as (width, in, out) and (in, out). Raises ValueError for a file of another model.
    """
    import h5py

    with h5py.File(path, "r") as file:
        layers = file["model_weights"]
        names = [(layer, name) for layer in layers.attrs["layer_names"] for name in layers[layer].attrs["weight_names"]]
        arrays = [torch.from_numpy(layers[layer][name][()]) for layer, name in names]
    lstm = network.lstm
    places = [
        network.embedding.weight,
        network.convolution.weight.permute(2, 1, 0),
        network.convolution.bias,
        *(part[direction] for direction in range(2) for part in (lstm.kernel, lstm.recurrent, lstm.bias)),
        network.dense.weight.T,
        network.dense.bias,
        network.last.weight.T,
        network.last.bias,
    ]
    found, wanted = ([tuple(each.shape) for each in group] for group in (arrays, places))
    if found != wanted:
        raise ValueError(f"{path}: not a miTAR model of these settings; its weights are {found}, not {wanted}")
    with torch.no_grad():
        for place, array in zip(places, arrays, strict=True):
            place.copy_(array)
