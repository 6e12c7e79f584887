"""Class balance, overlap between splits and shortcut scores of a dataset, with a verdict in words.

Reads all splits, test included: it judges the data and fits nothing that is kept.
"""

from deepmirnatar.common.files import write_tsv
from deepmirnatar.common.logs import log_to
from deepmirnatar.evaluation.dataset_audit import audit, mirna_balance
from deepmirnatar.pairs import pair_blocks, read_pairs


def main(pairs: str, orientation: str, output: str, balance: str) -> None:
    write_tsv(mirna_balance(read_pairs(pairs, None, ["mirna", "label"])), balance)
    write_tsv(audit(lambda: pair_blocks(pairs), orientation), output)


if __name__ == "__main__":
    log_to(snakemake.log[0])
    main(snakemake.input.pairs, snakemake.params.orientation, *snakemake.output)
