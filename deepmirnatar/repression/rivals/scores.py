"""All rivals on one series of experiments."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from deepmirnatar.repression.experiments import Series
from deepmirnatar.repression.rivals import biochemical, context, count
from deepmirnatar.rna.affinity import Affinities

# The series whose experiments each was fitted on.
FITTED_ON = {
    "weighted count": (),
    "context++": ("srna74",),
    "biochemical": ("hela17",),
    "biochemical, canonical sites": ("hela17",),
}


def rival_scores(
    series: Series, mrnas: pd.DataFrame, network: Affinities, parameters: context.Parameters
) -> dict[str, np.ndarray]:
    """Predicted changes, float32 (experiments, mRNAs), at or below 0, by the names of FITTED_ON.

    `mrnas` as from `read_mrnas`. Each is in the units of its authors: log2 for context++, ln for the biochemical model.
    """
    rows = mrnas.iloc[series.mrnas]
    mirnas = series.experiments["mirna_sequence"].tolist()
    utrs = [sequence[end:] for sequence, end in zip(rows["sequence"], rows["cds_end"], strict=True)]
    coding = zip(rows["sequence"], rows["cds_start"], rows["cds_end"], strict=True)
    orfs = [sequence[start:end] for sequence, start, end in coding]
    both = [orf + utr for orf, utr in zip(orfs, utrs, strict=True)]
    bound = biochemical.repression(network, mirnas, both, (rows["cds_end"] - rows["cds_start"]).to_numpy())
    found = [count.counts(mirnas, utrs), context.scores(parameters, mirnas, utrs, orfs), *bound.values()]
    return dict(zip(FITTED_ON, (each.astype(np.float32) for each in found), strict=True))


def families_of(names: Iterable[str], training: Iterable[Series]) -> frozenset[str]:
    """The families (nt 2-8) of all experiments of the series that `names` names."""
    return frozenset().union(*(each.experiments["family"] for each in training if each.name in names))
