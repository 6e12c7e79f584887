"""How well others say that they predict the HEK293FT transfections, in the rows of `repression_benchmark`.

Tables of Soutschek et al. 2022 (scanMiR, Bioinformatics 38:2466): r2 for each miRNA of scanMiR and of McGeary et al.'s
model, and what TargetScan 7 predicts for each transcript. All 3,622 mRNAs take part, with 0 where nothing is predicted;
from the change its median over the other miRNAs is taken off, from the prediction its mean.
"""

from pathlib import Path

import pandas as pd

from deepmirnatar.evaluation.repression_benchmark import COLUMNS, agreement

# Their names, and ours. `a` (ln free AGO) of McGeary's model was fitted on this very table, for each miRNA or for all.
NAMES = {
    "McGeary Lin opt ags": "McGeary-Lin, 12 constants fitted here (published)",
    "scanMiR opt ags": "scanMiR, 12 constants fitted here (published)",
    "scanMiR Global ag": "scanMiR, one constant fitted here (published)",
}
TARGETSCAN7 = "TargetScan 7 (published)"


def targetscan7_rows(path: str | Path, experiments: pd.DataFrame, seen: frozenset[str]) -> pd.DataFrame:
    """r2 and Spearman of the published predictions; experiments in the file's order, which is that of `experiments`."""
    table = pd.read_csv(path, sep="\t", index_col=0)
    starts = table["transcript"] == table["transcript"].iloc[0]
    blocks = [block for _, block in table.groupby(starts.cumsum())]
    if len(blocks) != len(experiments) or len({len(block) for block in blocks}) != 1:
        raise ValueError(f"{path}: has {len(blocks)} blocks of transcripts, not {len(experiments)} of one length")
    rows = []
    for experiment, block in zip(experiments.itertuples(), blocks, strict=True):
        found = agreement(block["observed"].to_numpy(), block["predicted"].to_numpy())
        rows += _rows(TARGETSCAN7, experiment, experiment.family in seen, found)
    return pd.DataFrame(rows, columns=COLUMNS)


def published_rows(path: str | Path, experiments: pd.DataFrame, seen: frozenset[str]) -> pd.DataFrame:
    """The printed r2 of NAMES; miRNAs are `miR.122` there and `mir122` in `experiments`."""
    table = pd.read_csv(path, sep="\t", index_col=0)
    short = table["miRNA"].str.lower().str.replace(".", "", regex=False)
    rows = []
    for experiment in experiments.itertuples():
        for theirs, ours in NAMES.items():
            value = table.loc[(short == experiment.experiment) & (table["type"] == theirs), "r2"]
            if len(value) != 1:
                raise ValueError(
                    f"{path}: has {len(value)} values of {theirs!r} for {experiment.experiment!r}, not one"
                )
            rows += _rows(ours, experiment, experiment.family in seen, {"r2": value.iloc[0]})
    return pd.DataFrame(rows, columns=COLUMNS)


def _rows(score: str, experiment, seen: bool, values: dict[str, float]) -> list[tuple]:
    about = (score, "hek12", experiment.experiment, experiment.family, seen)
    return [(*about, metric, value) for metric, value in values.items()]
