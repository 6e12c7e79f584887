"""Test rows and their controls: miRNAs swapped or permuted, sites permuted or shuffled.

Reads all splits: train and valid only show what of a test row was seen there.
"""

from deepmirnatar.common.logs import log_to
from deepmirnatar.evaluation.control_rows import make_controls
from deepmirnatar.pairs import pair_blocks, write_pairs


def main(pairs: str, stanza: dict, output: str) -> None:
    write_pairs(make_controls(lambda: pair_blocks(pairs), stanza["orientation"], stanza["seed"]), output)


if __name__ == "__main__":
    log_to(snakemake.log[0])
    main(snakemake.input.pairs, snakemake.params.stanza, snakemake.output[0])
