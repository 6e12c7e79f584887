"""How well do our model and others predict the experiments that ours is fitted on, with their families left out?

Reads the experiments, our predictions with the family left out, those of the others, and the measures of the model that
earlier versions shipped; writes all measures, their means and differences, and what a prediction of ours means.
"""

import pandas as pd

from deepmirnatar.common.files import read_tensors, read_tsv, write_tsv
from deepmirnatar.common.logs import log, log_to
from deepmirnatar.evaluation.repression_benchmark import OURS, Score, benchmark, summary, what_a_prediction_means
from deepmirnatar.repression import experiments
from deepmirnatar.repression.calls import read_repressed
from deepmirnatar.repression.rivals.scores import FITTED_ON, families_of


def main(files: dict, rows: str, means: str, meaning: str) -> None:
    mrnas = experiments.read_mrnas(files["mrnas"])
    training = experiments.read_training(files, mrnas)
    every = experiments.read_every_gene(files, mrnas)
    repressed = read_repressed(files["overexpressions"], files["genes"], mrnas)
    ours, others = read_tensors(files["left_out"])[0], read_tensors(files["rivals"])[0]
    found, tables = [], []
    for series in [*training, every]:
        scores = {OURS: Score(ours[series.name])}
        for name, fitted_on in FITTED_ON.items():
            scores[name] = Score(others[f"{series.name}/{name}"], families_of(fitted_on, training))
        found.append(benchmark(series, scores, repressed if series is every else None))
        tables.append(what_a_prediction_means(series, ours[series.name]))
    earlier = read_tsv(files["earlier"])
    table = pd.concat([*found, earlier[earlier["source"].isin([series.name for series in [*training, every]])]])
    compared = summary(table)
    for row in compared[(compared["metric"] == "r2") & (compared["families"] == "all")].itertuples():
        log.info("%s, %s: mean r2 %.3f", row.source, row.score, row.mean)
    write_tsv(table, rows)
    write_tsv(compared, means)
    write_tsv(pd.concat(tables), meaning)


if __name__ == "__main__":
    log_to(snakemake.log[0])
    main(dict(snakemake.input.items()), *snakemake.output)
