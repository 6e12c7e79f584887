"""A dataset's parsed sources in one table; duplicates, label conflicts and false negatives counted.

Reads nothing beyond the sources that the stanza names.
"""

from itertools import chain

from deepmirnatar.common.files import write_tsv
from deepmirnatar.common.logs import log_to
from deepmirnatar.datasets.merging import merge
from deepmirnatar.pairs import pair_blocks, write_pairs


def main(tables: list[str], stanza: dict, pairs: str, report: str) -> None:
    merged, counts = merge(
        lambda: chain.from_iterable(map(pair_blocks, tables)),
        stanza["orientation"],
        stanza["duplicates"],
        stanza["conflicts"],
        stanza["false_negatives"],
        not stanza["negatives_stay"],
        stanza["sample"],
        stanza["seed"],
    )
    write_pairs(merged, pairs)
    write_tsv(counts, report)


if __name__ == "__main__":
    log_to(snakemake.log[0])
    main(snakemake.input.tables, snakemake.params.stanza, snakemake.output.pairs, snakemake.output.report)
