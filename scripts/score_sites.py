"""Scores of candidate sites by a finished run, best first, as a table and as BED.

Candidates are 5'->3', whichever way the training data write miRNAs.
"""

from deepmirnatar.common.files import atomic, write_tsv
from deepmirnatar.common.logs import log, log_to
from deepmirnatar.pairs import read_pairs
from deepmirnatar.prediction.targets import bed
from deepmirnatar.predictors.score_rows import score

SHOWN = ["mirna", "target", "group", "start", "end", "seed_type", "score", "called", "called_valid",
         "threshold", "threshold_valid", "mirna_sequence", "target_sequence", "pair_id"]  # fmt: skip


def main(
    candidates: str,
    features: dict[str, str],
    model: str,
    settings: str,
    device: str,
    threads: int,
    output: str,
    bed_output: str,
) -> None:
    table = read_pairs(candidates).astype({"start": int, "end": int})
    table = score(table, features, model, settings, "corrected", device, threads)
    for suffix in ("", "_valid"):
        table[f"called{suffix}"] = (table["score"] >= table[f"threshold{suffix}"]).astype(int)
    table = table.sort_values(["score", "pair_id"], ascending=[False, True])
    write_tsv(table[SHOWN], output)
    with atomic(bed_output) as part:
        bed(table).to_csv(part, sep="\t", index=False, header=False, lineterminator="\n")
    log.info("%d sites, %d called positive", len(table), table["called"].sum())


if __name__ == "__main__":
    log_to(snakemake.log[0])
    main(
        snakemake.input.candidates,
        dict(zip(snakemake.params.strands, snakemake.input.features, strict=True)),
        snakemake.input.model,
        snakemake.input.settings,
        snakemake.resources.device,
        snakemake.threads,
        *snakemake.output,
    )
