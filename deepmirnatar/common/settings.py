"""Settings of predictors, embeddings and strategies: dataclasses, what each setting means, and what it may be.

A setting's name means the same everywhere, so its description and range are in one table, `ABOUT`. The JSON schema that
a stanza is checked against and the tables of config/README.md are made from both.
"""

from dataclasses import MISSING, dataclass, field, fields
from types import NoneType, UnionType
from typing import get_args, get_origin, get_type_hints

_NAMES = {int: "integer", float: "number", str: "string", bool: "boolean", NoneType: "null"}


@dataclass(frozen=True)
class About:
    """What a setting means, and its smallest and largest value; `above` and `below` are not allowed themselves."""

    text: str
    minimum: float | None = None
    maximum: float | None = None
    above: float | None = None
    below: float | None = None

    def limits(self) -> dict:
        """As keywords of a JSON schema."""
        given = {
            "minimum": self.minimum,
            "maximum": self.maximum,
            "exclusiveMinimum": self.above,
            "exclusiveMaximum": self.below,
        }
        return {key: value for key, value in given.items() if value is not None}


_SIZE = {"minimum": 1, "maximum": 4096}
ABOUT = {
    # Training
    "epochs": About("passes over the training rows", 1, 100_000),
    "batch_size": About("rows, or training pieces, of a step", 1, 65_536),
    "learning_rate": About("step size; of boosted trees: shrinkage", above=0, maximum=1),
    "weight_decay": About("L2 penalty on weights, none on biases", 0, 1),
    "optimizer": About("how weights are updated"),
    "schedule": About("learning rate over all epochs: constant, or cosine to zero after a tenth of warm-up"),
    "patience": About("epochs without a better validation value before training stops; 0 trains all epochs", 0),
    "length_bucket": About("batches among which rows are sorted by length; 1 mixes freely, more pads less", 1, 100_000),
    "select_by": About("validation value that picks the best epoch"),
    "bfloat16": About("train and score in bfloat16 on a CPU that computes in it; a GPU always uses mixed precision"),
    "checkpoint_minutes": About("save also within an epoch, every so many minutes; 0: after each epoch only", 0),
    "dropout": About("fraction of values that are dropped in training", 0, below=1),
    "weights": About(
        "weights to start from: a file, or what a run of the study made; of dnabert, miTAR and miRBind2: published ones"
    ),
    # Networks
    "hidden": About("width of the network", **_SIZE),
    "filters": About("filters of each convolution", **_SIZE),
    "kernels": About("widths of the convolutions, odd but in mirbind2", 1, 63),
    "kernel": About("width of the convolution; of an interaction map: registers and miRNA nt, odd", 1, 63),
    "decoder_modules": About("attention modules, one after another", 1, 64),
    "heads": About("attention heads; must divide the width", 1, 64),
    "feed_forward": About("width between the two layers behind attention", **_SIZE),
    "head_size": About("width of the last hidden layer", **_SIZE),
    "project_to": About("vectors wider than this go through a learned linear layer", **_SIZE),
    "textcnn": About("with the TextCNN part?"),
    "rnn": About("recurrent layer, or sinusoidal positions, or none"),
    "spatial": About("with the convolution term of SpatialConv attention?"),
    "units": About("units of the recurrent layer", **_SIZE),
    "dense": About("width, or widths, of the dense layers", **_SIZE),
    "encoder": About("widths of the encoder's layers", **_SIZE),
    "pretrain_epochs": About("epochs for each layer of the encoder; 0 leaves pre-training out", 0, 10_000),
    "mirna_length": About("nt of the miRNA that are read", 8, 60),
    "site_length": About("nt of the site that are read", 8, 1000),
    "projection": About("channels of the map; of DNABERT: how published vectors are narrowed", **_SIZE),
    "layers": About("layers of the encoder", 1, 48),
    "members": About(
        "networks, each with a random seed of its own, whose logits are averaged; 2 in the stanza interaction_map",
        1,
        100,
    ),
    "code_size": About("values for each pair of bases", 4, 256),
    "channels": About("channels of the map's convolutions", 1, 512),
    "stride": About("of the second convolution, along the miRNA", 1, 8),
    "explicit_pairing": About("start the codes with Watson-Crick, G-U, G-C and outside marked?"),
    "second_convolution": About("with the second convolution?"),
    "hidden_bases": About("fraction of bases that are hidden from the network in training", 0, below=1),
    "pools": About("attention pools over registers", 1, 64),
    "duplex_features": About("join the features of the duplex before the last layers?"),
    # Trees, rates and rules
    "k": About("length of the k-mers", 1, 8),
    "trees": About("boosted trees", 1, 10_000),
    "leaves": About("leaves of a tree", 2, 1024),
    "column": About("which sequence is read"),
    "columns": About("columns whose values are looked up together"),
    "backoff": About("columns to fall back on for values that were never seen"),
    "prior": About("rows that the overall rate counts for", 0),
    "rows": About("training rows that are used at most", 1),
    "c": About("cost of errors of the support vector machine", above=0),
    "epsilon": About("errors below this cost nothing", 0),
    "rule": About("which sites are candidates at all"),
    "flank_up": About("nt opened beyond the target, towards the mRNA's 3' end", 0, 100),
    "flank_down": About("nt opened beyond the target, towards the mRNA's 5' end", 0, 100),
    "scope": About("nt to either side of the opened region that fold with it", 0, 500),
    # Embeddings
    "size": About("values of a vector", **_SIZE),
    "window": About("context of Word2Vec in k-mers; of negatives: nt of a window", 1, 1000),
    "skip_gram": About("skip-gram, or else continuous bag of words?"),
    "pool": About("average the k-mers of a sequence in so many runs; 0 keeps one vector per k-mer", 0, 1000),
    "steps": About("steps of pre-training", 1, 10_000_000),
    "piece_kmers": About("k-mers of a training piece", 8, 510),
    "mask": About("fraction of k-mers that are masked", above=0, below=1),
    "single_mask_fraction": About("fraction of the steps, at the beginning, that mask single k-mers", 0, 1),
    # Negatives and splits
    "step": About("nt between the starts of two windows", 1, 1000),
    "pair_from": About("first miRNA nt that is asked to pair", 1, 30),
    "pair_to": About("last miRNA nt that is asked to pair", 2, 30),
    "min_base_pairs": About("of these nt, how many must pair (Watson-Crick or G-U) in one register", 0, 30),
    "energy": About("highest RNAcofold dG_bind, kcal/mol", maximum=0),
    "per_mirna_gene": About("windows for each (miRNA, gene) at most", 1),
    "ratio": About("negatives for each positive", above=0, maximum=1000),
    "max_rounds": About("rounds of drawing and folding at most", 1, 1000),
    "valid_from_train": About("fraction of the training rows, by whole targets, that becomes valid", 0, below=1),
    "fractions": About("fraction of the rows in train, valid and test", above=0, below=1),
    "shared_nt": About("nt in common that make two sites nearly identical", 8, 31),
    "max_group": About(
        "if similar sites chain more than this fraction of rows, the key alone is kept together", above=0, maximum=1
    ),
}


@dataclass
class NoSettings:
    """For what has none."""


def one_of(*choices: str):
    """A field for one of these words; the first is the default."""
    return field(default=choices[0], metadata={"choices": list(choices)})


def schema_of(settings: type) -> dict:
    """JSON schema of a settings dataclass, whose fields are int, float, str, bool, list[...] or a union of them."""
    hints = get_type_hints(settings)
    properties = {}
    for each in fields(settings):
        choices, about = each.metadata.get("choices"), ABOUT[each.name]
        kind = {"enum": choices} if choices else _schema(hints[each.name], about.limits())
        properties[each.name] = {"description": about.text, **kind, "default": default_of(each)}
    return {"type": "object", "additionalProperties": False, "properties": properties}


def default_of(each) -> object:
    """The value that a dataclass field takes where none is given."""
    return each.default if each.default is not MISSING else each.default_factory()


def _schema(hint, limits: dict) -> dict:
    if get_origin(hint) is dict:
        part = _schema(get_args(hint)[1], limits)
        names = ("train", "valid", "test")
        return {"type": "object", "additionalProperties": False, "properties": dict.fromkeys(names, part)}
    if get_origin(hint) is list:
        return {"type": "array", "minItems": 0, "items": _schema(get_args(hint)[0], limits)}
    names = [_NAMES[part] for part in get_args(hint)] if isinstance(hint, UnionType) else _NAMES[hint]
    return {"type": names, **(limits if hint in (int, float) else {})}
