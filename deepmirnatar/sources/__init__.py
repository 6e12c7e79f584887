"""One parser per source format, all ending in the pairs table; and which files each source is read from.

A parser is a function `parse(files, reference) -> (pairs, counts)`: `files` maps the names below to paths,
`reference` holds the tables of `reference.py`; `counts` is a dict of what was repaired, for the log and the
small table next to the result. Pairs are a table or, where it may be large, its blocks, one after another; counts are
complete after the last one. miRNAs come out 5'->3' whatever the source writes; the column
`mirna_written` says how it was ("5to3" or "3to5"), so that a dataset can restore it.
"""

from collections.abc import Callable
from importlib import import_module
from typing import NamedTuple

import pandas as pd

from deepmirnatar.pairs import PairsError, check_pairs
from deepmirnatar.rna.sequences import reverse, to_rna


class Source(NamedTuple):
    module: str
    files: dict[str, str]  # name used by the parser -> source/file of resources/sources.tsv
    reference: tuple[str, ...] = ()  # further tables that the parser reads: mirnas, or one of `reference.py`


def _mirbench(name: str, *splits: str, folder: str = "mirbench") -> Source:
    return Source("mirbench", {split: f"{folder}/{name}_{split}.tsv" for split in splits})


_MRNAS = {"mrnas": "dm3loc/modified_multilabel_seq.fasta"}
_RELEASED = {split: f"deepmirnatar_released/{split}.csv" for split in ("train", "valid", "test")}

SOURCES = {
    "deepmirnatar_released": Source("released", _RELEASED, ("mirnas",)),
    "deepmirtar": Source(
        "mitar",
        {"deepmirtar": "mitar/data_DeepMirTar_removeMisMissing_remained_seed1122.txt"},
        ("mirnas", "refseq"),
    ),
    "miraw": Source(
        "mitar",
        {
            "miraw_mixed": "mitar/data_DeepMirTar_miRAW_noRepeats_3folds.txt",
            "miraw": "mitar/data_miRaw_IndTest_noRepeats_3folds.txt",
            "miraw_independent": "mitar/data_miRaw_noL_noMisMissing_indTest_seed1122.txt",
            # Only to translate Ensembl ids to the symbols that the same rows carry there.
            **{f"symbols_{split}": file for split, file in _RELEASED.items()},
        },
    ),
    "parclip48": Source("mitar", {"parclip": "mitar/data_DeepMirTar_test.txt"}, ("refseq",)),
    "hejret2023": _mirbench("AGO2_CLASH_Hejret2023", "train", "test"),
    "klimentova2022": _mirbench("AGO2_eCLIP_Klimentova2022", "test"),
    "manakov2022": _mirbench("AGO2_eCLIP_Manakov2022", "train", "test", "leftout"),
    # The seventh version of miRBench has other rows than the fifth, which the three above are.
    "manakov2022_v7": _mirbench("AGO2_eCLIP_Manakov2022", "train", "test", "leftout", folder="mirbench_v7"),
    "helwak2013": Source("helwak2013", {"train": "helwak2013/train_set_1_1_CLASH2013_paper.tsv"}, ("mirnas",)),
    "grosswendt2014": Source(
        "grosswendt2014", {"chimeras": "grosswendt2014/grosswendt2014_human_chimeras.csv", **_MRNAS}, ("mirnas",)
    ),
    "mirtarclash": Source("mirtarclash", {"sites": "mirtarclash/MTI_siteLevel.csv", **_MRNAS}, ("mirnas",)),
    "mirtarbase": Source("mirtarbase", {}, ("mirnas", "utrs", "known_targets")),
}


def parser(name: str) -> Callable:
    """The parse function of a registered source; any other name is a user's own table."""
    module = SOURCES[name].module if name in SOURCES else "user"
    return import_module(f"deepmirnatar.sources.{module}").parse


def finish(rows: pd.DataFrame, name: str, file: object = None) -> pd.DataFrame:
    """Bring parsed rows into the common form; `mirna_sequence` still as written, see `mirna_written`.

    Errors name `file`, where rows are as in one file, otherwise the source. An index named `line` stays.
    """
    if rows.index.name != "line":
        rows = rows.reset_index(drop=True)
    rows["mirna_sequence"] = to_rna(rows["mirna_sequence"])
    rows["target_sequence"] = to_rna(rows["target_sequence"])
    backwards = rows["mirna_written"] == "3to5"
    rows.loc[backwards, "mirna_sequence"] = reverse(rows.loc[backwards, "mirna_sequence"])
    if "pair_id" not in rows:
        rows["pair_id"] = numbered(name, range(1, len(rows) + 1), len(rows))
    defaults = {"source": name, "split": "train", "mock": 0}
    return check_pairs(rows.assign(**{key: value for key, value in defaults.items() if key not in rows}), file or name)


def numbered(name: str, numbers: range, total: int) -> list[str]:
    """The ids of these rows of a source that has `total` of them; all are of one length."""
    width = len(str(total))
    return [f"{name}-{number:0{width}d}" for number in numbers]


__all__ = ["SOURCES", "PairsError", "Source", "finish", "numbered", "parser"]
