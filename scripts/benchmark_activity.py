"""The benchmark of explained fold changes: ranks of the true family, one row a table and method, and their means.

Reads transfections, whole mRNAs and miRBase; keeps predictions of all families.
"""

from deepmirnatar.activity.given import Given
from deepmirnatar.activity.predictions import predictions
from deepmirnatar.common.files import write_tsv
from deepmirnatar.common.logs import log_to
from deepmirnatar.evaluation.activity_benchmark import (
    benchmark,
    cases_of_series,
    cases_of_tables,
    known,
    permuted,
    scrambled,
    summary,
)
from deepmirnatar.repression.experiments import read_hek12, read_hela17, read_mrnas, read_symbols
from deepmirnatar.rna.sequences import family
from deepmirnatar.sources.mirbase import read_mature
from deepmirnatar.sources.transfections import mirna_name
from deepmirnatar.species.conserved import is_conserved


def main(files: dict, tables: list[str], kept: str, rows: str, means: str) -> None:
    every = read_mature(files["mature"], "")
    human = every[every["name"].str.startswith("hsa-")].reset_index(drop=True)
    mirnas = human.rename(columns={"name": "mirna", "sequence": "mirna_sequence"})
    mrnas = read_mrnas(files["mrnas"])
    symbols = read_symbols(files["genes"], "Gene ID")
    ensembl = dict(zip(symbols.to_numpy()[::-1], symbols.index[::-1], strict=True))
    mrnas = mrnas.assign(ensembl=mrnas["target"].map(ensembl).fillna(""))
    given = Given(mirnas.assign(conserved=is_conserved(human, every)), mrnas)
    predicted, counted = predictions(given, kept=kept), predictions(given, quick=True)

    seeds = human.set_index("name")["sequence"].map(family)
    cases = cases_of_tables({path: seeds[mirna_name(path)] for path in sorted(tables)}, predicted)
    row_of = {name: row for row, name in enumerate(predicted.mrnas["target"])}
    centred = []
    for series, name in (
        (read_hela17(files["hela"], files["guides"], files["firm"], mrnas), "HeLa transfection, centred"),
        (read_hek12(files["hek"], files["guides"], files["genes"], mrnas), "HEK293FT transfection, centred"),
    ):
        place = mrnas["target"].iloc[series.mrnas].map(row_of)
        there = place.notna().to_numpy()
        change = series.normalised(series.change)[:, there]
        centred += cases_of_series(
            name, change, series.experiments["family"].tolist(), place[there].astype(int).to_numpy()
        )
    centred = known(centred, predicted)
    found = benchmark(
        [*cases, *scrambled(cases), *centred, *permuted([*cases, *centred])], predicted, counted.repression
    )
    write_tsv(found, rows)
    write_tsv(summary(found), means)


if __name__ == "__main__":
    log_to(snakemake.log[0])
    names = ("mrnas", "hela", "hek", "guides", "mature", "genes", "firm")
    main(
        {name: snakemake.input[name] for name in names},
        list(snakemake.input.overexpressions),
        snakemake.output.kept,
        snakemake.output.rows,
        snakemake.output.means,
    )
