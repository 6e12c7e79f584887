"""DeepmiRNATar (Peng et al. 2024): the paper's model and, by settings, every variant of its ablation.

    deepmirnatar   the defaults
    no_sca         spatial: false (the convolution term is left out and multi-head attention stays)
    no_textcnn     textcnn: false
    no_bilstm      rnn: none
    bigru          rnn: gru
    transformer    textcnn: false, rnn: positions, spatial: false

Departures from the released code, where it differs from the paper: four decoder modules, not one; F_conv convolves
the miRNA stream, not a constant; padding is masked. Departure from the paper: gradients are clipped at norm 5.
The network and its shapes are in `networks/papers_network.py`.
"""

from dataclasses import dataclass

from deepmirnatar.common.settings import SIZE, setting
from deepmirnatar.predictors.base import Context
from deepmirnatar.predictors.neural import NeuralPredictor
from deepmirnatar.training.batches import EmbeddedPairs
from deepmirnatar.training.settings import TrainingSettings


@dataclass
class Settings(TrainingSettings):
    hidden: int = setting(64, "width of the network", **SIZE)
    filters: int = setting(128, "filters of each convolution", **SIZE)
    kernels: list[int] = setting([1, 3, 5], "widths of the convolutions, odd", least=1, most=63)
    decoder_modules: int = setting(4, "attention modules, one after another", least=1, most=64)
    heads: int = setting(8, "attention heads; must divide the width", least=1, most=64)
    feed_forward: int = setting(256, "width between the two layers behind attention", **SIZE)
    head_size: int = setting(256, "width of the last hidden layer", **SIZE)
    dropout: float = setting(0.1, "fraction of values that are dropped in training", least=0, below=1)
    project_to: int = setting(
        96, "vectors wider than this (published DNABERT: 768) go through a learned linear layer", **SIZE
    )
    textcnn: bool = setting(True, "with the TextCNN part?")
    rnn: str = setting(
        "lstm", "recurrent layer, or sinusoidal positions, or none", ("lstm", "gru", "positions", "none")
    )
    spatial: bool = setting(True, "with the convolution term of SpatialConv attention?")

    def check(self) -> None:
        """ValueError where settings contradict each other."""
        if self.hidden % self.heads:
            raise ValueError(f"heads: {self.heads} does not divide hidden, {self.hidden}")
        if not self.kernels or any(kernel % 2 == 0 for kernel in self.kernels):
            raise ValueError(f"kernels: {self.kernels} should be one or more odd numbers")
        if self.rnn == "positions" and self.hidden % 2:
            raise ValueError(f"hidden: {self.hidden} should be even where `rnn` is positions, half sines, half cosines")


class Predictor(NeuralPredictor):
    Settings = Settings
    embeddings = ("mirna", "site")

    def build(self, context: Context):
        from deepmirnatar.predictors.networks.papers_network import Network

        sizes = tuple(context.features[strand].size for strand in self.embeddings)
        return Network(sizes, self.settings)

    def tensors(self, pairs, context: Context, device) -> EmbeddedPairs:
        return EmbeddedPairs(pairs, context.features, device)
