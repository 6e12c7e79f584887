"""For predictions with a model of the study: a user's miRNAs and 3'UTRs, and the candidate target sites.

Predictions with the package's weights are made otherwise (`inputs.py`, `predictor.py`). Everything is RNA, 5'->3'.
miRNAs and targets come from FASTA files, or by name from the reference tables.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from deepmirnatar.common.did_you_mean import did_you_mean
from deepmirnatar.common.fasta import read_fasta
from deepmirnatar.common.files import read_tsv
from deepmirnatar.datasets.negatives.rnacofold import Settings, candidate_windows
from deepmirnatar.rna.seeds import seed_type, seed_windows
from deepmirnatar.rna.sequences import LONGEST_MIRNA, SHORTEST_MIRNA, encode

CANDIDATES = ["seed", "pairing", "all"]
# nt that the reference gives to 3'UTRs whose end it does not know.
STAND_IN = 844


def look_up(names: list[str], known: pd.Series, what: str) -> pd.Series:
    """The sequences of these names, in their order; ValueError with the nearest name for one that is not known."""
    for name in names:
        if name not in known.index:
            hint = did_you_mean(name, known.index)
            raise ValueError(f"{what} {name!r} is not in the reference table.{hint} Or give a FASTA file with it.")
    return known[list(names)]


def read_mirnas(names: list[str] | None, path: str | Path) -> pd.DataFrame:
    """Columns mirna, mirna_sequence: these names of the reference table at `path`, or all of a FASTA file."""
    found = read_fasta(path, "ACGU") if names is None else look_up(names, _reference(path, "name"), "miRNA")
    for name, sequence in found.items():
        if not SHORTEST_MIRNA <= len(sequence) <= LONGEST_MIRNA:
            raise ValueError(
                f"{path}: entry {name!r} has {len(sequence)} nt; a mature miRNA has {SHORTEST_MIRNA} to "
                f"{LONGEST_MIRNA}. Give the mature sequence, not the precursor."
            )
    return pd.DataFrame({"mirna": found.index, "mirna_sequence": found.to_numpy()})


def read_targets(names: list[str] | None, path: str | Path) -> pd.DataFrame:
    """Columns target, utr (may hold N), group ("target"): these genes of the reference, or all of a FASTA file."""
    found = read_fasta(path, "ACGUN") if names is None else look_up(names, _reference(path, "gene"), "gene")
    return pd.DataFrame({"target": found.index, "sequence": found.to_numpy(), "group": "target"})


def random_targets(count: int, utrs: str | Path, but: pd.Series, window: int, seed: int) -> pd.DataFrame:
    """`count` other genes of the reference at random, group "random"; columns as in `read_targets`."""
    known = _reference(utrs, "gene")
    known = known[~known.index.isin(but) & (known.str.count("[ACGU]") >= window)]
    if count > len(known):
        raise ValueError(f"random_targets: {count} genes are asked for, the reference has {len(known)} others")
    drawn = known.iloc[np.sort(np.random.default_rng(seed).choice(len(known), count, replace=False))]
    return pd.DataFrame({"target": drawn.index, "sequence": drawn.to_numpy(), "group": "random"})


def find_sites(mirnas: pd.DataFrame, targets: pd.DataFrame, kind: str, window: int, step: int) -> pd.DataFrame:
    """Candidate sites of every miRNA on every 3'UTR: columns mirna, mirna_sequence, target, group, start, end
    (0-based, half-open, on the 3'UTR), seed_type, target_sequence.

    `seed`: windows around 6mer or better sites, see `seeds.seed_sites`. `pairing`: windows, `step` nt apart, in which
    6 of the miRNA's nt 1-10 can pair, see `negatives.rnacofold`. `all`: every window, `step` nt apart; here and in
    `pairing`, `seed_type` is the strongest within the window. Windows with N are left out.
    """
    # Every window passes a rule that asks for no pair.
    rule = Settings(window=window, step=step, **({"min_base_pairs": 0} if kind == "all" else {}))
    codes = [encode(utr) for utr in targets["sequence"]]
    rows = []
    for name, mirna in mirnas[["mirna", "mirna_sequence"]].itertuples(index=False):
        bases = encode(mirna)
        for target, code in zip(targets.itertuples(), codes, strict=True):
            if kind == "seed":
                sites = seed_windows(mirna, target.sequence, window)
            else:
                places = [(start, start + window) for start in candidate_windows(bases, code, rule).tolist()]
                windows = [target.sequence[start:end] for start, end in places]
                sites = [(*place, seed_type(mirna, each), each) for place, each in zip(places, windows, strict=True)]
            rows += [(name, mirna, target.target, target.group, *site) for site in sites]
    columns = ["mirna", "mirna_sequence", "target", "group", "start", "end", "seed_type", "target_sequence"]
    return pd.DataFrame(rows, columns=columns)


def _reference(path: str | Path, key: str) -> pd.Series:
    table = read_tsv(path, dtype=str).drop_duplicates(key)
    return pd.Series(table["sequence"].to_numpy(), table[key])
