"""One row per (miRNA, gene): its sites' scores, what miRTarBase knows of it, and what of it the model was trained on.

Reads the train and valid splits of the training dataset; known targets where the prediction reads the reference.
"""

from deepmirnatar.common.fasta import read_fasta
from deepmirnatar.common.files import read_tsv, write_tsv
from deepmirnatar.common.logs import log, log_to
from deepmirnatar.pairs import five_to_three, read_pairs
from deepmirnatar.prediction import targets


def main(sites: str, tested: str, utrs: str, training: str, known: list[str], orientation: str, output: str) -> None:
    names = {"mirna": str, "target": str}
    table = targets.summarize(read_tsv(tested, dtype=names), read_tsv(sites, dtype=names))
    if known:
        table = targets.add_known(table, targets.read_known(known[0]))
    rows = read_pairs(training, ["train", "valid"])
    rows["mirna_sequence"] = five_to_three(rows, orientation)
    table = targets.add_training(table, rows, read_fasta(utrs, "ACGUN"))
    write_tsv(table, output)
    log.info("%d of %d pairs have a candidate site", (table["sites"] > 0).sum(), len(table))


if __name__ == "__main__":
    log_to(snakemake.log[0])
    main(
        snakemake.input.sites,
        snakemake.input.tested,
        snakemake.input.utrs,
        snakemake.input.training,
        list(snakemake.input.known),
        snakemake.params.orientation,
        snakemake.output[0],
    )
