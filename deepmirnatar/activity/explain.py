"""From a table of fold changes, or a list of genes, to the miRNAs that explain it."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from deepmirnatar.activity.changes import Changes, read_changes
from deepmirnatar.activity.covariates import basis
from deepmirnatar.activity.family_table import family_table, target_table
from deepmirnatar.activity.given import given
from deepmirnatar.activity.matching import match, match_list
from deepmirnatar.activity.permutation import ListRegression, drawn_lists
from deepmirnatar.activity.predictions import Predictions, predictions
from deepmirnatar.activity.regression import Regression, calibrated
from deepmirnatar.activity.seed_sites import SEVEN
from deepmirnatar.activity.shown import shown_families
from deepmirnatar.activity.signal import signal
from deepmirnatar.activity.stepwise import THRESHOLD, Step, explain
from deepmirnatar.common.logs import log

DIRECTIONS = ["both", "more", "less"]
FEWEST_SITES = 5  # genes of the table, and of a list, that must have a 7mer or 8mer site of a family


@dataclass
class Result:
    """What was found. `families` and `targets` are the tables that `outputs.save` writes."""

    verdict: str
    families: pd.DataFrame
    targets: pd.DataFrame
    notes: list[str]
    genes: pd.DataFrame  # row (of the mRNAs), target, log2fc, p, statistic, listed
    z: np.ndarray  # (families,) calibrated
    steps: list[Step]
    predicted: Predictions
    is_list: bool
    about: dict = field(default_factory=dict)


def explain_changes(
    table: str | Path | pd.DataFrame,
    species: str = "human",
    *,
    mirnas: str | Path | pd.DataFrame | None = None,
    targets: str | Path | pd.DataFrame | None = None,
    direction: str = "both",
    expressed: str | Path | list[str] | None = None,
    background: str | Path | list[str] | None = None,
    conserved: bool = False,
    mature: str | Path | None = None,
    quick: bool = False,
    kept: str | Path | None = None,
) -> Result:
    """Which miRNAs explain these fold changes?

    `table`: a file as DESeq2, edgeR, limma or Seurat write it (TSV, CSV, .gz), a data frame with genes in its index or
    a column, or a file with one gene a line. Genes by symbol, Entrez, RefSeq or Ensembl id; 500 must be known.
    `species`: whose mRNAs and miRNAs; or give both as `mirnas` (FASTA, or mirna and mirna_sequence) and `targets`
    (FASTA of 3'UTRs, or target, sequence, cds_start, cds_end).
    `direction`: more (targets fall: a miRNA is more active), less (targets rise), or both. Lists know only more.
    `expressed`: names of the miRNAs that may be named. `background`: for a list, all genes that could have been on it.
    `conserved`: name conserved families only. `mature`: miRBase's mature.fa, which says what is conserved.
    `quick`: predict by a weighted count of seed sites: seconds instead of minutes the first time.
    `kept`: the file in which predictions are kept between tables; default: one in the user's cache.
    Sequences are RNA, 5'->3'. log2 fold changes below 0 are repression. Raises ValueError with one sentence.
    """
    if direction not in DIRECTIONS:
        raise ValueError(f"direction {direction!r} is none of {', '.join(DIRECTIONS)}")
    changes = read_changes(table)
    predicted = predictions(given(species, mirnas, targets, mature), quick, kept)
    shown = shown_families(predicted, expressed, conserved, changes.notes)
    return explain_predicted(changes, predicted, shown, direction, background)


def explain_predicted(
    changes: Changes,
    predicted: Predictions,
    shown: np.ndarray | None = None,
    direction: str = "both",
    background: str | Path | list[str] | None = None,
) -> Result:
    """The same with predictions at hand. `shown` (families,) bool: those that may be named; default: all."""
    shown = ~predicted.families["decoy"].to_numpy() if shown is None else shown
    if changes.is_list:
        genes, direction = match_list(changes, predicted, background), "more"
    else:
        genes = match(changes, predicted).assign(listed=False)
    rows = genes["row"].to_numpy()
    genes.insert(1, "target", predicted.mrnas["target"].to_numpy()[rows])
    columns, best = predicted.repression[rows].astype(np.float32), predicted.best[rows]
    kept = basis(predicted.covariates[rows])
    with_site = best >= SEVEN
    counted = with_site.sum(axis=0) >= FEWEST_SITES
    if changes.is_list:
        listed = genes["listed"].to_numpy()
        shown = shown & (with_site[listed].sum(axis=0) >= FEWEST_SITES)
        length, gc = (each[rows] for each in predicted.length_and_gc())
        regression = ListRegression(listed, drawn_lists(listed, length, gc), columns, kept)
    else:
        regression = Regression(signal(genes), columns, kept)
    z = calibrated(regression.z(), counted)
    seeds, conserved = predicted.families["family"].tolist(), predicted.families["conserved"].to_numpy()
    steps = explain(regression, seeds, counted, shown, conserved, direction)
    families = family_table(predicted, genes, columns, best, kept, z, steps, shown & counted, direction)
    for note in changes.notes:
        log.info("%s", note)
    return Result(
        verdict(families, direction),
        families,
        target_table(families, predicted, genes, columns, best),
        list(changes.notes),
        genes,
        z,
        steps,
        predicted,
        changes.is_list,
    )


def verdict(families: pd.DataFrame, direction: str) -> str:
    """One or two sentences. `families` as from `family_table`; A/U-rich seeds are set apart."""
    named = families.dropna(subset="step").sort_values("step")
    sure, rich = named[~named["au_rich_seed"]], named[named["au_rich_seed"]]
    if sure.empty:
        z = families["z"].abs() if direction == "both" else families["z"] * (-1 if direction == "less" else 1)
        largest = f" (the largest z is {z[~families['au_rich_seed']].max():.1f}; {THRESHOLD:g} is needed)"
        text = f"No miRNA explains these changes{largest if len(families) else ''}."
    else:
        text = f"These changes fit {_joined([_named(row) for row in sure.itertuples()])}."
    if len(rich):
        also = _joined([_named(row) for row in rich.itertuples()])
        text += f" Doubtful, since A/U-rich seeds follow the composition of 3'UTRs: {also}."
    return text


def _named(row) -> str:
    members = row.mirnas.split(",")
    more = f" and {len(members) - 1} more of its family" if len(members) > 1 else ""
    return f"{row.mirna}{more} ({row.direction}, seed {row.family}, z {row.step_z:.1f})"


def _joined(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
