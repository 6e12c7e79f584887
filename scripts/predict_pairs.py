"""Score one split of one dataset with a fitted predictor: the only rule that reads a test split.

Labels are carried along for the evaluation; the predictor is not given them.
"""

import json
from pathlib import Path

from deepmirnatar import models
from deepmirnatar.features import Features
from deepmirnatar.files import write_tsv
from deepmirnatar.logs import log, log_to
from deepmirnatar.merging import five_to_three
from deepmirnatar.models.base import Context
from deepmirnatar.pairs import read_pairs

CARRIED = ["pair_id", "mirna", "mirna_sequence", "target", "label", "source"]


def main(
    pairs: str,
    features: dict[str, str],
    model: str,
    settings: str,
    test_set: str,
    orientation: str,
    device: str,
    threads: int,
    output: str,
) -> None:
    split = test_set.partition(":")[2]
    table = read_pairs(pairs, [split])
    if not len(table):
        raise ValueError(f"{pairs}: no rows in split {split!r}, which the test set {test_set!r} asks for")
    about = json.loads(Path(settings).read_text())
    stores = {strand: Features.load(path) for strand, path in features.items()}
    predictor = models.load_class(about["model"]["predictor"]).load(model)
    if predictor.five_to_three:
        table["mirna_sequence"] = five_to_three(table, orientation)
    context = Context(about["seed"], threads, device, features=stores)
    scores = predictor.predict(table.assign(label=0), context)
    rows = table[CARRIED].assign(score=scores, threshold=about["threshold"], threshold_valid=about["threshold_valid"])
    write_tsv(rows, output)
    log.info("%s: %d rows scored", test_set, len(rows))


if __name__ == "__main__":
    log_to(snakemake.log[0])
    main(
        snakemake.input.pairs,
        dict(zip(snakemake.params.strands, snakemake.input.features, strict=True)),
        snakemake.input.model,
        snakemake.input.settings,
        snakemake.params.test_set,
        snakemake.params.orientation,
        snakemake.params.device,
        snakemake.threads,
        snakemake.output[0],
    )
