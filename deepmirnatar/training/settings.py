"""How a network is trained: the settings that every neural predictor inherits.

No torch in here: the config is checked with these.
"""

from dataclasses import dataclass

from deepmirnatar.common.settings import setting

SCORED_AT_ONCE = 256  # rows


@dataclass
class TrainingSettings:
    """How a network is trained. The defaults are the paper's; a predictor's Settings inherit and change them.

    `patience` 0 trains all epochs; the best epoch's weights are kept in either case. `length_bucket` 1 sorts within a
    batch only, which mixes freely: where the length of sites goes with their source, larger buckets make batches of one
    source.
    """

    epochs: int = setting(100, "passes over the training rows", least=1, most=100_000)
    batch_size: int = setting(32, "rows of a step", least=1, most=65_536)
    learning_rate: float = setting(1e-4, "step size", above=0, most=1)
    weight_decay: float = setting(1e-4, "L2 penalty on weights, none on biases", least=0, most=1)
    optimizer: str = setting("lookahead_radam", "how weights are updated", ("lookahead_radam", "adam", "adamw"))
    schedule: str = setting(
        "constant",
        "learning rate over all epochs: constant, or cosine to zero after a tenth of warm-up",
        ("constant", "cosine"),
    )
    patience: int = setting(
        0, "epochs without a better validation value before training stops; 0 trains all epochs", least=0
    )
    length_bucket: int = setting(
        1, "batches among which rows are sorted by length; 1 mixes freely, more pads less", least=1, most=100_000
    )
    select_by: str = setting("auroc", "validation value that picks the best epoch", ("auroc", "loss"))
    bfloat16: bool = setting(
        False, "train and score in bfloat16 on a CPU that computes in it; a GPU always uses mixed precision"
    )
    checkpoint_minutes: float = setting(
        0.0, "save also within an epoch, every so many minutes; 0: after each epoch only", least=0
    )
