"""Class balance, overlap between splits and shortcut scores of a dataset, with a verdict in words.

Reads all splits, test included: it judges the data and fits nothing that is kept.
"""

from deepmirnatar.common.files import write_tsv
from deepmirnatar.common.logs import log_to
from deepmirnatar.evaluation.dataset_audit import audit
from deepmirnatar.pairs import pair_blocks


def main(pairs: str, orientation: str, output: str, balance: str) -> None:
    found, by_mirna = audit(lambda: pair_blocks(pairs), orientation)
    write_tsv(by_mirna, balance)
    write_tsv(found, output)


if __name__ == "__main__":
    log_to(snakemake.log[0])
    main(snakemake.input.pairs, snakemake.params.orientation, *snakemake.output)
