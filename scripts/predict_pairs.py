"""Score one split of one dataset, or its controls, with a fitted predictor.

Labels are carried along for the evaluation; the predictor is not given them.
"""

from deepmirnatar.common.files import write_tsv
from deepmirnatar.common.logs import log, log_to
from deepmirnatar.evaluation.control_columns import COLUMNS, TEST_SET
from deepmirnatar.pairs import read_pairs
from deepmirnatar.predictors.score_rows import score

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
    table = read_pairs(pairs, None if split == TEST_SET else [split])
    if not len(table):
        raise ValueError(f"{pairs}: no rows in split {split!r}, which the test set {test_set!r} asks for")
    scored = score(table, features, model, settings, orientation, device, threads)
    # What controls say of themselves, for the audit.
    more = COLUMNS if split == TEST_SET else []
    write_tsv(scored[[*CARRIED, *more, "score", "threshold", "threshold_valid"]], output)
    log.info("%s: %d rows scored", test_set, len(scored))


if __name__ == "__main__":
    log_to(snakemake.log[0])
    main(
        snakemake.input.pairs,
        dict(zip(snakemake.params.strands, snakemake.input.features, strict=True)),
        snakemake.input.model,
        snakemake.input.settings,
        snakemake.params.test_set,
        snakemake.params.orientation,
        snakemake.resources.device,
        snakemake.threads,
        snakemake.output[0],
    )
