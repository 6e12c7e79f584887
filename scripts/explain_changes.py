"""The miRNAs that explain one table of fold changes, or one list of genes.

Reads the table, the files that its stanza names, and the predictions that `predict_families` kept; trains nothing.
"""

from pathlib import Path

from deepmirnatar.activity.job import explain_file
from deepmirnatar.common.logs import log_to


def main(table: str, stanza: dict, kept: str, mature: str, out: Path) -> None:
    explain_file(
        table,
        out,
        title=stanza.get("label"),
        species=stanza["species"],
        mirnas=stanza["mirnas"],
        targets=stanza["targets"],
        direction=stanza["direction"],
        expressed=stanza["expressed"],
        background=stanza["background"],
        conserved=stanza["conserved"],
        mature=mature,
        quick=stanza["quick"],
        kept=kept,
    )


if __name__ == "__main__":
    log_to(snakemake.log[0])
    main(
        snakemake.input.table,
        snakemake.params.stanza,
        snakemake.input.kept,
        snakemake.input.mature,
        Path(snakemake.output.families).parent,
    )
