"""The public test: 12 transfections of HEK293FT cells, on which others have published how well they do.

Reads the experiments, the fitted model, the predictions of others, and published r2; writes all measures, their means
and differences. Nothing may be chosen by its result.
"""

import pandas as pd

from deepmirnatar.common.files import read_tensors, read_tsv, write_tsv
from deepmirnatar.common.logs import log, log_to
from deepmirnatar.evaluation.published_repression import published_rows, targetscan7_rows
from deepmirnatar.evaluation.repression_benchmark import OURS, Score, benchmark, summary
from deepmirnatar.repression import experiments
from deepmirnatar.repression.model import Repression, repression_matrix
from deepmirnatar.repression.rivals.scores import FITTED_ON, families_of


def main(files: dict, rows: str, means: str) -> None:
    mrnas = experiments.read_mrnas(files["mrnas"])
    training = experiments.read_training(files, mrnas)
    series = experiments.read_hek12(files["hek"], files["guides"], files["genes"], mrnas)
    others = read_tensors(files["rivals"])[0]
    scores = {}
    if "model" in files:  # rivals alone may be looked at before the model is final
        model = Repression.load(files["model"])
        predicted = repression_matrix(series.experiments, mrnas.iloc[series.mrnas], model).T
        scores[OURS] = Score(predicted, families_of([each.name for each in training], training))
    for name, fitted_on in FITTED_ON.items():
        scores[name] = Score(others[f"{series.name}/{name}"], families_of(fitted_on, training))
    found = [benchmark(series, scores)]
    earlier = read_tsv(files["earlier"])
    found.append(earlier[earlier["source"] == series.name])
    seen = families_of(["srna74"], training)
    found.append(targetscan7_rows(files["targetscan7"], series.experiments, seen))
    found.append(published_rows(files["r2"], series.experiments, families_of(["hela17"], training)))
    table = pd.concat(found)
    compared = summary(table)
    for row in compared[(compared["metric"] == "r2") & (compared["families"] == "all")].itertuples():
        log.info("%s: mean r2 %.3f", row.score, row.mean)
    write_tsv(table, rows)
    write_tsv(compared, means)


if __name__ == "__main__":
    log_to(snakemake.log[0])
    main(dict(snakemake.input.items()), *snakemake.output)
