"""How a network is trained: the settings that every neural predictor inherits.

No torch in here: the config is checked with these.
"""

from dataclasses import dataclass

from deepmirnatar.common.settings import one_of

SCORED_AT_ONCE = 256  # rows


@dataclass
class TrainingSettings:
    """How a network is trained. The defaults are the paper's; a predictor's Settings inherit and change them.

    `patience` 0 trains all epochs; the best epoch's weights are kept in either case. `length_bucket` is the number of
    batches among which training rows are sorted by length, to pad less. 1 sorts within a batch only, which mixes
    freely: where the length of sites goes with their source, larger buckets make batches of one source.
    """

    epochs: int = 100
    batch_size: int = 32
    learning_rate: float = 1e-4
    weight_decay: float = 1e-4
    optimizer: str = one_of("lookahead_radam", "adam", "adamw")
    schedule: str = one_of("constant", "cosine")  # cosine: to zero over all epochs, after a first tenth of warm-up
    patience: int = 0
    length_bucket: int = 1
    select_by: str = one_of("auroc", "loss")  # which validation value picks the best epoch
    bfloat16: bool = False  # on a CPU that computes in it (a GPU always trains in mixed precision)
    checkpoint_minutes: float = 0.0  # also within an epoch? 0: at the end of every epoch
