"""TEC-miTarget (Yang et al. 2024, doi:10.1186/s12859-024-05780-z): a transformer for both strands, then a 2-D
convolution over the map of all their positions.

miRNA 3'->5' and site 5'->3', codes A 1, G 2, C 3, U 4, padding 0. The defaults are the published size, 26.7 million
parameters, for a GPU. `hidden: 64, projection: 32` is a size of 422,000 for a CPU (every other width follows from
these two); a model of that size should bear another name.

Departures from the released code. Padding is left out of everything: the encoder, the map, the convolutions, the
statistics of the batch norms, the pooling. The released training pads the map with the encoder's output at padding,
while its scoring takes one row at a time and so has none; here both are as without padding, and a row's score
does not depend on the rows that share its batch. The best epoch is chosen by AUC on valid (the original keeps
snapshots by training accuracy). Gradients are clipped at norm 5. The network and its shapes are in
`networks/tec_mitarget.py`.
"""

from dataclasses import dataclass

import numpy as np

from deepmirnatar.common.settings import SIZE, setting
from deepmirnatar.predictors.base import Context
from deepmirnatar.predictors.neural import NeuralPredictor
from deepmirnatar.rna.sequences import code_table
from deepmirnatar.training.batches import CodedPairs
from deepmirnatar.training.settings import TrainingSettings

CODES = "AGCU"


@dataclass
class Settings(TrainingSettings):
    hidden: int = setting(512, "width of the network; the feed-forward part is twice as wide", **SIZE)
    projection: int = setting(
        256, "width of the map's input; the map has 2, the convolutions 1, 1/2 and 1/4 times as many channels", **SIZE
    )
    layers: int = setting(6, "layers of the encoder", least=1, most=48)
    heads: int = setting(1, "attention heads; must divide the width", least=1, most=64)
    kernel: int = setting(9, "width of the convolution", least=1, most=63)
    dropout: float = setting(0.0, "fraction of values that are dropped in training", least=0, below=1)
    # Training, where it differs from TrainingSettings.
    epochs: int = 40
    weight_decay: float = 0.0
    optimizer: str = "adam"
    checkpoint_minutes: float = 15.0  # the published size needs hours for an epoch on a CPU

    def check(self) -> None:
        """ValueError where settings contradict each other."""
        if self.hidden % self.heads:
            raise ValueError(f"heads: {self.heads} does not divide hidden, {self.hidden}")
        if self.hidden % 2:
            raise ValueError(f"hidden: {self.hidden} should be even; positions are half sines, half cosines")
        if self.kernel % 2 == 0:
            raise ValueError(f"kernel: {self.kernel} should be an odd number")
        if self.projection < 4:
            raise ValueError(f"projection: {self.projection} is below 4; the last convolution has a quarter of it")


class Predictor(NeuralPredictor):
    Settings = Settings
    needs_5_to_3 = True

    def build(self, context: Context):
        from deepmirnatar.predictors.networks.tec_mitarget import Network

        return Network(self.settings)

    def tensors(self, pairs, context: Context, device) -> CodedPairs:
        """Codes (rows, longest miRNA) 3'->5' and (rows, longest site) 5'->3'."""
        strands = pairs["mirna_sequence"].str[::-1], pairs["target_sequence"]
        lengths = np.stack([strand.str.len().to_numpy(dtype=np.int64) for strand in strands], axis=1)
        tables = [code_table(*each) for each in zip(strands, (CODES, CODES), lengths.max(axis=0), strict=True)]
        return CodedPairs(pairs, tables, device, lengths)
