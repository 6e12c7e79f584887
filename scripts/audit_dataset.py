"""Class balance, overlap between splits and shortcut scores of a dataset, with a verdict in words.

Reads all splits, test included: it judges the data and fits nothing that is kept.
"""

from deepmirnatar.common.files import write_tsv
from deepmirnatar.common.logs import log_to
from deepmirnatar.evaluation.dataset_audit import audit, draw, mirna_balance
from deepmirnatar.pairs import five_to_three, pair_blocks


def main(pairs: str, orientation: str, output: str, balance: str) -> None:
    table, total = draw(pair_blocks(pairs))
    write_tsv(mirna_balance(table), balance)
    write_tsv(audit(table, five_to_three(table, orientation), total=total), output)


if __name__ == "__main__":
    log_to(snakemake.log[0])
    main(snakemake.input.pairs, snakemake.params.orientation, *snakemake.output)
