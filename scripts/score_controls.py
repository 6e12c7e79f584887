"""Score the controls of a dataset with a predictor fitted on it.

Labels are carried along for the audit; the predictor is not given them.
"""

from deepmirnatar.common.files import write_tsv
from deepmirnatar.common.logs import log, log_to
from deepmirnatar.evaluation.controls import SEEN
from deepmirnatar.pairs import read_pairs
from deepmirnatar.predictors.scoring import score

CARRIED = ["control", "pair_id", "real_id", "mirna_sequence", "target", "label", "source", "seed_class"]
CARRIED += [f"{name}_seen" for name in SEEN]


def main(
    controls: str,
    features: dict[str, str],
    model: str,
    settings: str,
    orientation: str,
    device: str,
    threads: int,
    output: str,
) -> None:
    scored = score(read_pairs(controls), features, model, settings, orientation, device, threads)
    flags = dict.fromkeys([f"{name}_seen" for name in SEEN], "Int8")
    write_tsv(scored[[*CARRIED, "score", "threshold"]].astype(flags), output)
    log.info("%d rows scored", len(scored))


if __name__ == "__main__":
    log_to(snakemake.log[0])
    main(
        snakemake.input.controls,
        dict(zip(snakemake.params.strands, snakemake.input.features, strict=True)),
        snakemake.input.model,
        snakemake.input.settings,
        snakemake.params.orientation,
        snakemake.resources.device,
        snakemake.threads,
        snakemake.output[0],
    )
