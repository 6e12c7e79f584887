"""What others' models predict for all experiments.

Reads the experiments, the mRNAs, and what the others publish of their models; writes predicted changes by series and
score.
"""

from deepmirnatar.common.files import write_tensors
from deepmirnatar.common.logs import log, log_to
from deepmirnatar.repression import experiments
from deepmirnatar.repression.rivals.context import Parameters
from deepmirnatar.repression.rivals.scores import rival_scores
from deepmirnatar.rna.affinity import Affinities


def main(files: dict, predicted: str) -> None:
    mrnas = experiments.read_mrnas(files["mrnas"])
    network, parameters = Affinities.read(files["network"]), Parameters.read(files["parameters"], files["seeds"])
    hek = experiments.read_hek12(files["hek"], files["guides"], files["genes"], mrnas)
    found = {}
    for series in [*experiments.read_training(files, mrnas), experiments.read_every_gene(files, mrnas), hek]:
        log.info("%s: %d experiments, %d mRNAs", series.name, *series.change.shape)
        scores = rival_scores(series, mrnas, network, parameters)
        found |= {f"{series.name}/{name}": values for name, values in scores.items()}
    write_tensors(found, {"what": "predicted change (experiments, mRNAs), below zero where an mRNA falls"}, predicted)


if __name__ == "__main__":
    log_to(snakemake.log[0])
    main(dict(snakemake.input.items()), snakemake.output[0])
