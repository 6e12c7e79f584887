"""miRBind2 (BioGeMT, repository miRBind_2.0): a convolution over all pairs of bases of a miRNA and a site.

The miRNA fills 28 places and the site 50, both 5'->3' from the left; what is longer loses its 3' end, what is shorter
leaves places empty. Every cell of the 28 x 50 table is the pair of bases there, or a class of its own where one is
missing. The network is in `networks/mirbind2.py`.

`weights: null` trains; a path to the authors' file (.pt) takes its weights instead and learns nothing, and the settings
of size must then be the defaults. Those weights were trained by their authors on AGO2 eCLIP chimeras (Manakov et al.
2022) as prepared for miRBench, 2.5 million pairs, so a test set of that experiment is not held out from them.

Training takes the authors' settings: batches of 32, Adam's default rate, up to 15 epochs, of which 7 may bring no gain.
"""

from dataclasses import dataclass, field

from deepmirnatar.common.logs import log
from deepmirnatar.common.settings import one_of
from deepmirnatar.predictors import base
from deepmirnatar.predictors.base import Context
from deepmirnatar.predictors.neural import NeuralPredictor
from deepmirnatar.rna.sequences import code_table
from deepmirnatar.training.batches import CodedPairs
from deepmirnatar.training.settings import TrainingSettings

CODES = "AUCG"


@dataclass
class Settings(TrainingSettings):
    weights: str | None = None  # path to the published .pt; null trains
    mirna_length: int = 28
    site_length: int = 50
    code_size: int = 8
    filters: list[int] = field(default_factory=lambda: [128, 64, 32])
    kernels: list[int] = field(default_factory=lambda: [6, 3, 3])
    dense: int = 30
    dropout: float = 0.2
    # Training, where it differs from TrainingSettings.
    epochs: int = 15
    learning_rate: float = 1e-3
    weight_decay: float = 0.0
    optimizer: str = one_of("adam", "lookahead_radam", "adamw")
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
