"""miTAR (Gu et al. 2021, doi:10.1186/s12859-021-04026-6): both strands as one string, convolution, then BiLSTM.

One string per pair: the miRNA 3'->5', padded with N to 26 letters, then the site 5'->3'; codes A 1, U 2, C 3, G 4,
N and padding 0, padded at its end to 79 letters. Nothing is masked: every string has the same length, so a row's
score does not depend on the rows that share its batch.

`weights: null` trains; a path to the authors' Keras file (.h5) takes its weights instead and learns nothing, and
the settings of size must then be the defaults.

The learning rate is Adam's default of 0.001: the authors' file names say 0.005, but their training script gives Keras
the optimizer by its name, and with it the default. Batches of 100 and a patience of 100 epochs are theirs.

Departures from the authors' code. Sites of more than `site_length` letters keep the letters at their 3' end, where
the seed pairs, and miRNAs of more than `mirna_length` their 5' end; the authors slide a window over longer targets.
The best epoch is chosen by AUC on valid, not by accuracy; gradients are clipped at norm 5; Adam's epsilon is
torch's 1e-8, not Keras's 1e-7. The network and its shapes are in `networks/mitar.py`.
"""

from dataclasses import dataclass

from deepmirnatar.common.logs import log
from deepmirnatar.common.settings import SIZE, setting
from deepmirnatar.predictors import base
from deepmirnatar.predictors.base import Context
from deepmirnatar.predictors.neural import NeuralPredictor
from deepmirnatar.rna.sequences import code_table
from deepmirnatar.training.batches import CodedPairs
from deepmirnatar.training.settings import TrainingSettings

CODES = "AUCG"


@dataclass
class Settings(TrainingSettings):
    weights: str | None = setting(None, "a published .h5 to score with; null trains")
    mirna_length: int = setting(26, "nt of the miRNA that are read", least=8, most=60)
    site_length: int = setting(53, "nt of the site that are read", least=8, most=1000)
    filters: int = setting(320, "filters of the convolution", **SIZE)
    kernel: int = setting(12, "width of the convolution", least=1, most=63)
    units: int = setting(32, "units of the recurrent layer", **SIZE)
    dense: int = setting(16, "width of the dense layer", **SIZE)
    dropout: float = setting(0.2, "fraction of values that are dropped in training", least=0, below=1)
    # Training, where it differs from TrainingSettings.
    epochs: int = 1000
    batch_size: int = 100
    learning_rate: float = 1e-3
    weight_decay: float = 0.0
    optimizer: str = "adam"
    patience: int = 100

    def check(self) -> None:
        """ValueError where settings contradict each other."""
        letters = self.mirna_length + self.site_length
        if self.kernel > letters - 1:
            raise ValueError(f"kernel: {self.kernel} nt leave nothing to pool of a string of {letters} letters")


class Predictor(NeuralPredictor):
    Settings = Settings
    needs_5_to_3 = True

    def build(self, context: Context):
        from deepmirnatar.predictors.networks.mitar import Network

        return Network(self.settings)

    def tensors(self, pairs, context: Context, device) -> CodedPairs:
        """Codes (rows, mirna_length + site_length) of the joined strings."""
        settings = self.settings
        turned = pairs["mirna_sequence"].str[: settings.mirna_length].str[::-1]
        strings = turned.str.ljust(settings.mirna_length, "N") + pairs["target_sequence"].str[-settings.site_length :]
        table = code_table(strings, CODES, settings.mirna_length + settings.site_length)
        return CodedPairs(pairs, [table], device)

    def fit(self, train, valid, context: Context):
        if self.settings.weights is None:
            return super().fit(train, valid, context)
        from deepmirnatar.predictors.networks.mitar import load_keras

        self.network = self.build(context)
        load_keras(self.network, self.settings.weights)
        log.info("weights taken from %s; nothing is trained", self.settings.weights)
        return base.Predictor.fit(self, train, valid, context)
