"""What a model's score is worth, with a verdict in words, and its swap AUC in the metrics format.

Reads scored controls, and what the run says of the weights that it started from.
"""

import json
from pathlib import Path

from deepmirnatar.common.files import read_tsv, write_tsv
from deepmirnatar.common.logs import log_to
from deepmirnatar.evaluation.model_audit import audit_model, swap_metrics


def main(controls: str, settings: str, dataset: str, model: str, seed: int, audit: str, metrics: str) -> None:
    names = ("pair_id", "real_id", "mirna", "target", "source")  # which may look like numbers
    seen = json.loads(Path(settings).read_text(encoding="utf-8")).get("seen_by_weights", "")
    found = audit_model(read_tsv(controls, dtype=dict.fromkeys(names, str)), seen)
    write_tsv(found, audit)
    table = swap_metrics(found)
    keys = {"dataset": dataset, "model": model, "seed": seed, "test_set": f"{dataset}:controls"}
    write_tsv(table.assign(**keys)[[*keys, *table.columns]], metrics)


if __name__ == "__main__":
    log_to(snakemake.log[0])
    main(
        snakemake.input.controls,
        snakemake.input.settings,
        snakemake.wildcards.dataset,
        snakemake.wildcards.model,
        int(snakemake.wildcards.seed),
        snakemake.output.audit,
        snakemake.output.metrics,
    )
