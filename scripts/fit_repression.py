"""The model of repression: fitted on all transfections, and scored on each by a model that never saw its family.

Reads the transfection tables, their 3'UTRs and miRBase; no site predictor.
"""

from deepmirnatar.common.files import write_tensors, write_tsv
from deepmirnatar.common.logs import log, log_to
from deepmirnatar.prediction.leave_family_out import Transfections, leave_family_out
from deepmirnatar.prediction.repression import fit, without_shared_response
from deepmirnatar.rna.site_features import FEATURES
from deepmirnatar.sources.transfections import read_experiments


def main(tables: list[str], utrs: str, mature: str, weights: str, scores: str) -> None:
    data = Transfections.scan(*read_experiments(tables, utrs, mature))
    found = leave_family_out(data)
    for name, row in found.groupby("score", sort=False)[["AUROC", "AP", "Spearman"]].mean().iterrows():
        log.info("%s, family left out: AUROC %.3f, average precision %.3f, Spearman %.3f", name, *row)
    write_tsv(found, scores)
    model = fit(data.sites, without_shared_response(data.log_fc, data.series))
    write_tensors(model.to_arrays(), {"features": FEATURES, "experiments": data.names}, weights)


if __name__ == "__main__":
    log_to(snakemake.log[0])
    main(
        list(snakemake.input.tables),
        snakemake.input.utrs,
        snakemake.input.mature,
        snakemake.output.weights,
        snakemake.output.scores,
    )
