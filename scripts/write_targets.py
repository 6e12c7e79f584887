"""The targets of a prediction as FASTA: genes by name, and random genes as a background, from the reference's 3'UTRs.

Reads 3'UTRs and a user's FASTA; no labels.
"""

from deepmirnatar.common.files import atomic, write_tsv
from deepmirnatar.common.logs import log, log_to
from deepmirnatar.prediction.reference_targets import reference_targets


def main(names: list[str] | None, given: list[str], utrs: str, random: int, seed: int, fasta: str, groups: str) -> None:
    """`names` of genes, or `given`, a FASTA file."""
    table = reference_targets(names, given[0] if given else None, utrs, random, seed)
    with atomic(fasta) as part:
        part.write_text("".join(f">{row.target}\n{row.sequence}\n" for row in table.itertuples()), encoding="utf-8")
    write_tsv(table.assign(utr_length=table["sequence"].str.len()).drop(columns="sequence"), groups)
    log.info("%d targets, %d of them at random", len(table), (table["group"] == "random").sum())


if __name__ == "__main__":
    log_to(snakemake.log[0])
    main(
        snakemake.params.names,
        list(snakemake.input.given),
        snakemake.input.utrs,
        snakemake.params.random,
        snakemake.params.seed,
        snakemake.output.fasta,
        snakemake.output.groups,
    )
