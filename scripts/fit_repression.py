"""The model of repression: fitted on all transfections, and scored on each by a model that never saw its family.

Reads the transfection tables, their 3'UTRs and miRBase; no site predictor.
"""

import numpy as np

from deepmirnatar.common.files import write_tensors, write_tsv
from deepmirnatar.common.logs import log, log_to
from deepmirnatar.prediction.leave_family_out import leave_family_out
from deepmirnatar.prediction.repression import fit, without_shared_response
from deepmirnatar.rna.site_features import FEATURES, SeedIndex, encode, encode_mirnas, find_sites
from deepmirnatar.sources.transfections import read_experiments


def main(tables: list[str], utrs: str, mature: str, weights: str, scores: str) -> None:
    experiments, mirnas, sequences = read_experiments(tables, utrs, mature)
    found = leave_family_out(experiments, mirnas, sequences)
    for name, row in found.groupby("score", sort=False)[["AUROC", "AP", "Spearman"]].mean().iterrows():
        log.info("%s, family left out: AUROC %.3f, average precision %.3f, Spearman %.3f", name, *row)
    write_tsv(found, scores)
    names = sorted(experiments["experiment"].unique())
    mirna_of = experiments.drop_duplicates("experiment").set_index("experiment")["mirna"]
    bases = encode_mirnas([mirnas[mirna_of[name]] for name in names])
    codes, ends = encode(list(sequences.values()))
    sites = find_sites(codes, ends, bases, SeedIndex(bases))
    table = experiments.pivot(index="experiment", columns="gene", values="logFC")
    log_fc = table.reindex(index=names, columns=list(sequences)).to_numpy(dtype=float)
    series = np.array([name.split("_")[0] for name in names])
    model = fit(sites, without_shared_response(log_fc, series))
    write_tensors(model.to_arrays(), {"features": FEATURES, "experiments": names}, weights)


if __name__ == "__main__":
    log_to(snakemake.log[0])
    main(
        list(snakemake.input.tables),
        snakemake.input.utrs,
        snakemake.input.mature,
        snakemake.output.weights,
        snakemake.output.scores,
    )
