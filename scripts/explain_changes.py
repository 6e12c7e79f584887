"""The miRNAs that explain one table of fold changes, or one list of genes.

Reads the table and what its stanza names; trains nothing.
"""

from pathlib import Path

from deepmirnatar.activity.job import explain_file
from deepmirnatar.common.logs import log_to


def main(table: str, out: Path, stanza: dict, mature: str | None) -> None:
    explain_file(
        table,
        out,
        species=stanza.get("species", "human"),
        mirnas=stanza.get("mirnas"),
        targets=stanza.get("targets"),
        direction=stanza.get("direction", "both"),
        expressed=stanza.get("expressed"),
        background=stanza.get("background"),
        conserved=stanza.get("conserved", False),
        mature=mature,
        quick=stanza.get("quick", False),
    )


if __name__ == "__main__":
    log_to(snakemake.log[0])
    main(
        snakemake.input.table,
        Path(snakemake.output.families).parent,
        snakemake.params.stanza,
        snakemake.input.get("mature"),
    )
