"""The model of repression: fitted on all experiments, and scored on each by a model that never saw its family.

Reads the experiments, the mRNAs and what names them; writes the model, its table of terms, the scores, and the changes
that were predicted with the family left out.
"""

from deepmirnatar.common.files import sha256, write_tensors, write_tsv
from deepmirnatar.common.logs import log, log_to
from deepmirnatar.repression import experiments
from deepmirnatar.repression.features import count_7mers
from deepmirnatar.repression.fit import SCALE, Data, families_left_out, fit_model, scores
from deepmirnatar.rna.sites import Targets


def main(files: dict, weights: str, table: str, left_out: str, predicted: str) -> None:
    mrnas = experiments.read_mrnas(files["mrnas"])
    abundance = count_7mers(Targets.of(mrnas))
    datas = [Data.of(series, mrnas, abundance) for series in experiments.read_training(files, mrnas)]
    every = Data.of(experiments.read_every_gene(files, mrnas), mrnas, abundance)
    effects = families_left_out(datas, others=[every])
    names = [data.series.name for data in [*datas, every]]
    changes = {name: (-SCALE * each).astype("float32") for name, each in zip(names, effects, strict=True)}
    write_tensors(changes, {"what": "predicted log2 change (experiments, mRNAs), families left out"}, predicted)
    found = scores(datas, effects[: len(datas)])
    for name, row in found.groupby("series", sort=False)[["r2", "rho"]].mean().iterrows():
        log.info("%s, families left out: mean r2 %.4f, Spearman %.3f", name, *row)
    write_tsv(found, left_out)
    model = fit_model(datas, abundance)
    names = {data.series.name: data.series.experiments["experiment"].tolist() for data in datas}
    model.save(weights, experiments=names, mrnas_sha256=sha256(files["mrnas"]))
    write_tsv(model.table(), table)


if __name__ == "__main__":
    log_to(snakemake.log[0])
    main(dict(snakemake.input.items()), *snakemake.output)
