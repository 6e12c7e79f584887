"""Fit one predictor and choose its threshold.

Reads the train and valid splits; the test split is dropped before anything sees it. Only where training starts from
weights, its rows are looked up among those that the weights were trained on.
"""

import json
import platform
from datetime import UTC, datetime
from pathlib import Path

from deepmirnatar import __version__, predictors
from deepmirnatar.common.files import read_description, read_tsv, sha256, write_json, write_tsv
from deepmirnatar.common.logs import log, log_to
from deepmirnatar.embeddings.vectors import Features
from deepmirnatar.evaluation.seen_pairs import in_words, seen_by_weights
from deepmirnatar.evaluation.threshold import best_threshold
from deepmirnatar.pairs import five_to_three, read_pairs
from deepmirnatar.predictors.base import Context, Predictor


def main(
    pairs: str,
    features: dict[str, str],
    model: dict,
    orientation: str,
    seed: int,
    device: str,
    threads: int,
    checkpoints: str,
    outputs: dict[str, str],
) -> None:
    predictor = predictors.load_class(model["predictor"])(model["settings"])
    # Nothing learns from ids, and of a large table they are a quarter.
    columns = read_tsv(pairs, nrows=0).columns.drop("pair_id", errors="ignore")
    table = read_pairs(pairs, ["train", "valid"], [*columns])
    if predictor.needs_5_to_3:
        table["mirna_sequence"] = five_to_three(table, orientation)
    train, valid = (table[table["split"] == split].reset_index(drop=True) for split in ("train", "valid"))
    del table  # of millions of rows, one copy is enough
    if not len(train) or not len(valid):
        raise ValueError(
            f"{pairs}: needs rows in both train and valid to fit a model; it has {len(train)} and {len(valid)}; set "
            "`split.fractions`, or `split.valid_from_train` where the rows are split already"
        )
    if type(predictor).fit is not Predictor.fit and train["label"].nunique() == 1:
        raise ValueError(
            f"{pairs}: every label in train is {train['label'].iloc[0]}, from which nothing can be learned; make "
            "negatives (`negatives.strategy`), or split otherwise (`split.strategy`)"
        )
    stores = {strand: Features.load(path) for strand, path in features.items()}
    context = Context(seed, threads, device, Path(checkpoints), stores, outputs["model"])
    history = predictor.fit(train, valid, context)
    chosen = best_threshold(valid["label"].to_numpy(), predictor.predict(valid, context))
    seen = seen_by_weights(model["settings"].get("weights"), pairs)
    if sentence := in_words(seen):
        log.warning("warning: %s", sentence)
    log.info("threshold chosen on valid: %.4g (default: %.4g)", chosen, predictor.threshold)
    about = {
        "model": model,
        "seed": seed,
        "threshold": predictor.threshold,
        "threshold_valid": chosen,
        "epochs": len(history),
        "rows": {"train": len(train), "valid": len(valid)},
        "pairs_sha256": sha256(pairs),
        # Kind and settings of each strand's embedding, so that the run can embed other sequences.
        "embeddings": {strand: read_description(path) for strand, path in features.items()},
        "seen_by_weights": seen,
        "version": __version__,
        "threads": threads,
        "device": _device(device) if len(history) else "cpu",
        "machine": platform.processor() or platform.machine(),
        "date": datetime.now(UTC).date().isoformat(),
    }
    predictor.save(outputs["model"], {"predictor": model["predictor"]})
    write_tsv(history, outputs["history"])
    about["model_sha256"] = sha256(outputs["model"])
    write_json(json.loads(json.dumps(about)), outputs["settings"])
    # Only now is the run safe; until here a killed job goes on from its checkpoint.
    for checkpoint in predictor.checkpoints:
        checkpoint.remove()


def _device(wanted: str) -> str:
    from deepmirnatar.training.devices import pick_device

    return pick_device(wanted).type


if __name__ == "__main__":
    log_to(snakemake.log[0])
    main(
        snakemake.input.pairs,
        dict(zip(snakemake.params.strands, snakemake.input.features, strict=True)),
        snakemake.params.model,
        snakemake.params.orientation,
        int(snakemake.wildcards.seed),
        snakemake.resources.device,
        snakemake.threads,
        f"{snakemake.params.checkpoints}/{snakemake.params.code}",  # other code must not go on from them
        dict(snakemake.output.items()),
    )
