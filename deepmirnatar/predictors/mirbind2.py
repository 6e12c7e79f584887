"""miRBind2 (BioGeMT, repository miRBind_2.0): a convolution over all pairs of bases of a miRNA and a site.

The miRNA fills 28 places and the site 50, both 5'->3' from the left; what is longer loses its 3' end, what is shorter
leaves places empty. Every cell of the 28 x 50 table is the pair of bases there, or a class of its own where one is
missing. The network is in `networks/mirbind2.py`.

`weights: null` trains; a path to the authors' file (.pt) takes its weights instead and learns nothing, and the settings
of size must then be the defaults. Those weights were trained by their authors on AGO2 eCLIP chimeras (Manakov et al.
2022) as prepared for miRBench, 2.5 million pairs, so a test set of that experiment is not held out from them.

Training takes the authors' settings: batches of 32, Adam's default rate, up to 15 epochs, of which 7 may bring no gain.
"""

from dataclasses import dataclass

from deepmirnatar.common.logs import log
from deepmirnatar.common.settings import setting
from deepmirnatar.predictors import base
from deepmirnatar.predictors.base import Context
from deepmirnatar.predictors.neural import NeuralPredictor
from deepmirnatar.rna.sequences import code_table
from deepmirnatar.training.batches import CodedPairs
from deepmirnatar.training.settings import TrainingSettings

CODES = "AUCG"


@dataclass
class Settings(TrainingSettings):
    weights: str | None = setting(None, "a published .pt to score with; null trains")
    mirna_length: int = setting(28, "nt of the miRNA that are read", least=8, most=60)
    site_length: int = setting(50, "nt of the site that are read", least=8, most=1000)
    code_size: int = setting(8, "values for each pair of bases", least=4, most=256)
    filters: list[int] = setting([128, 64, 32], "filters of each convolution", least=1, most=4096)
    kernels: list[int] = setting([6, 3, 3], "widths of the convolutions", least=1, most=63)
    dense: int = setting(30, "width of the dense layer", least=1, most=4096)
    dropout: float = setting(0.2, "fraction of values that are dropped in training", least=0, below=1)
    # Training, where it differs from TrainingSettings.
    epochs: int = 15
    learning_rate: float = 1e-3
    weight_decay: float = 0.0
    optimizer: str = "adam"
    patience: int = 7

    def check(self) -> None:
        """ValueError where settings contradict each other."""
        if len(self.filters) != len(self.kernels):
            raise ValueError(f"filters: {self.filters} and kernels {self.kernels} should be equally many")


class Predictor(NeuralPredictor):
    Settings = Settings
    five_to_three = True

    def build(self, context: Context):
        from deepmirnatar.predictors.networks.mirbind2 import Network

        return Network(self.settings)

    def tensors(self, pairs, context: Context, device) -> CodedPairs:
        """Codes (rows, mirna_length) and (rows, site_length): 1 to 4, and 0 where a base is missing."""
        sizes = {"mirna_sequence": self.settings.mirna_length, "target_sequence": self.settings.site_length}
        tables = [code_table(pairs[column], CODES, size) for column, size in sizes.items()]
        return CodedPairs(pairs, tables, device)

    def fit(self, train, valid, context: Context):
        if self.settings.weights is None:
            return super().fit(train, valid, context)
        from deepmirnatar.predictors.networks.mirbind2 import load_published

        self.network = self.build(context)
        load_published(self.network, self.settings.weights)
        log.info("weights taken from %s; nothing is trained", self.settings.weights)
        return base.Predictor.fit(self, train, valid, context)
