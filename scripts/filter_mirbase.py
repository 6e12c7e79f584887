"""Rows whose miRNA is current in miRBase, renamed where it has a new name; a reason for each row that is not.

Reads no labels but `mock`: shuffled miRNAs are exempt. A dataset may switch the filter off; then all rows stay.
"""

import pandas as pd

from deepmirnatar.files import read_tsv, write_tsv
from deepmirnatar.logs import log, log_to
from deepmirnatar.merging import five_to_three
from deepmirnatar.mirbase import filter_rows
from deepmirnatar.pairs import read_pairs, write_pairs


def main(pairs: str, mirnas: str, stanza: dict, kept: str, dropped: str, report: str) -> None:
    table = read_pairs(pairs)
    keep, drop, counts = filter_rows(table, read_tsv(mirnas, dtype=str), five_to_three(table, stanza["orientation"]))
    if not stanza["mirbase"]:
        log.info("miRBase: the filter is off for this dataset; %d rows that it would drop stay", len(drop))
        keep, drop = table, drop.iloc[:0]
    write_pairs(keep, kept)
    write_tsv(drop, dropped)
    rows = [("filter", "on" if stanza["mirbase"] else "off")]
    write_tsv(pd.DataFrame(rows + list(counts.items()), columns=["item", "rows"]), report)


if __name__ == "__main__":
    log_to(snakemake.log[0])
    main(snakemake.input.pairs, snakemake.input.mirnas, snakemake.params.stanza, *snakemake.output)
