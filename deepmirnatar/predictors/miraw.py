"""miRAW (Pla et al. 2018, doi:10.1371/journal.pcbi.1006185): candidate rule, auto-encoder, dense layers.

Its code and the full text of its methods were not at hand; this is a rebuilding from what is known of it.

Known: sites are windows of 40 nt; a window is a candidate when enough bases of the miRNA's extended seed can pair
with it, Watson-Crick or G-U, 6 of nt 1-10 (`6-1:10`) or 7 of nt 2-10 (`7-2:10`); miRNA (up to 30 nt) and site go in
one-hot; a stacked auto-encoder is pre-trained on these inputs, dense layers and a softmax of two classes follow.

Assumed: both strands 5'->3' and filled up with zeros at their 3' end; the pairs of the rule are counted without
gaps, anywhere in the site, also where the site's end cuts the seed; the number and widths of the layers, ReLU,
dropout, squared error and Adam in pre-training; all layers are trained together afterwards; training rows are not
put to the rule. Left out: the filter by site accessibility, which needs the transcript, and the sliding window
over a 3'UTR (a site longer than `site_length` keeps the letters at its 3' end).

A score of exactly 0 means 'no candidate site': the rule fails and the network is not heard. Any other score is the
softmax of the target class. The validation AUC that picks the best epoch is the network's, without the rule.
"""

from dataclasses import dataclass

import numpy as np

from deepmirnatar.common.settings import SIZE, setting
from deepmirnatar.predictors.base import Context
from deepmirnatar.predictors.neural import NeuralPredictor
from deepmirnatar.rna.sequences import ALPHABET, PAIRS, code_table
from deepmirnatar.training.batches import CodedPairs
from deepmirnatar.training.settings import TrainingSettings

# name -> (first, last, pairs): at least `pairs` of the miRNA's nt first..last (1-based).
RULES = {"6-1:10": (1, 10, 6), "7-2:10": (2, 10, 7)}
# PAIRS by the codes of `code_table`, where 0 is 'no letter' and pairs with nothing.
_PAIRS = np.roll(PAIRS, 1, axis=(0, 1))


@dataclass
class Settings(TrainingSettings):
    rule: str = setting("6-1:10", "which sites are candidates at all", (*RULES, "none"))
    mirna_length: int = setting(30, "nt of the miRNA that are read", least=8, most=60)
    site_length: int = setting(40, "nt of the site that are read", least=8, most=1000)
    encoder: list[int] = setting([256, 128], "widths of the encoder's layers", **SIZE)
    dense: list[int] = setting([64, 32], "widths of the dense layers", **SIZE)
    dropout: float = setting(0.1, "fraction of values that are dropped in training", least=0, below=1)
    pretrain_epochs: int = setting(
        10, "epochs for each layer of the encoder; 0 leaves pre-training out", least=0, most=10_000
    )
    # Training, where it differs from TrainingSettings. Pre-training takes the same batch size and learning rate.
    batch_size: int = 64
    learning_rate: float = 1e-3
    optimizer: str = "adam"
    patience: int = 20

    def check(self) -> None:
        """ValueError where settings contradict each other."""
        if self.rule in RULES and self.mirna_length < RULES[self.rule][1]:
            raise ValueError(
                f"mirna_length: {self.mirna_length} nt are fewer than the {RULES[self.rule][1]} that the rule "
                f"{self.rule} reads; read more, or set `rule: none`"
            )


def is_candidate(mirna: np.ndarray, site: np.ndarray, first: int, last: int, pairs: int) -> np.ndarray:
    """Can `pairs` of the miRNA's nt first..last (1-based) pair at one ungapped place of the site?

    Codes of ACGU 1..4, 0 where padded: mirna (rows, M) and site (rows, S), both 5'->3' -> bool (rows,).
    """
    span = last - first
    # Column p: nt `first` faces site position p, the next nt p - 1, and so on (strands are antiparallel); beyond
    # the site's 3' end only the later nt still face it.
    paired = np.zeros((len(site), site.shape[1] + span), dtype=np.uint8)
    for step in range(span + 1):
        facing = _PAIRS[mirna[:, first - 1 + step, None], site]
        paired[:, step : step + site.shape[1]] += facing
    return (paired >= pairs).any(axis=1)


class Predictor(NeuralPredictor):
    Settings = Settings
    needs_5_to_3 = True
    pretrained = None

    def __init__(self, settings: dict | None = None):
        super().__init__(settings)
        if self.settings.rule not in (*RULES, "none"):
            raise ValueError(f"rule {self.settings.rule!r}: choose {', '.join(RULES)} or none")

    def build(self, context: Context):
        from deepmirnatar.predictors.networks.miraw import Network

        return Network(self.settings) if self.pretrained is None else self.pretrained

    def codes(self, pairs) -> list[np.ndarray]:
        """Codes (rows, mirna_length) and (rows, site_length)."""
        sites = pairs["target_sequence"].str[-self.settings.site_length :]
        return [
            code_table(pairs["mirna_sequence"], ALPHABET, self.settings.mirna_length),
            code_table(sites, ALPHABET, self.settings.site_length),
        ]

    def tensors(self, pairs, context: Context, device) -> CodedPairs:
        return CodedPairs(pairs, self.codes(pairs), device)

    def fit(self, train, valid, context: Context):
        """Pre-train on the training rows, then fit. A resumed run repeats the short pre-training, with one result."""
        from deepmirnatar.predictors.networks.miraw import pretrain
        from deepmirnatar.training.devices import pick_device, seed_everything, use_threads

        use_threads(context.threads)
        seed_everything(context.seed)
        device = pick_device(context.device)
        self.pretrained = None
        network = self.build(context).to(device)
        pretrain(network, self.tensors(train, context, device), self.settings, context.seed)
        self.pretrained = network
        return super().fit(train, valid, context)

    def predict(self, pairs, context: Context) -> np.ndarray:
        scores = super().predict(pairs, context)
        if self.settings.rule == "none":
            return scores
        return np.where(is_candidate(*self.codes(pairs), *RULES[self.settings.rule]), scores, 0.0)
