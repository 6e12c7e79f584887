"""Which bases does a site's score rest on? Every base hidden in turn, and how the score changes.

A network that cannot read N has each base replaced by the three others instead, and the change averaged.
"""

import numpy as np
import pandas as pd

LETTERS = "ACGU"
COLUMNS = ["mirna_sequence", "target_sequence"]


def importance(predictor, mirna: str, site: str) -> dict[str, np.ndarray]:
    """Change of the score's log-odds when a base is hidden, for each base of the site and of the miRNA.

    Both sequences are RNA, 5'->3'. Returns {"site": (nt,), "mirna": (nt,)}; below zero where the score rests on a base.
    """
    return importances(predictor, [(mirna, site)])[0]


def importances(predictor, pairs: list[tuple[str, str]]) -> list[dict[str, np.ndarray]]:
    """`importance` of several pairs of a miRNA and a site, all scored in one go. ValueError for N, which is no base."""
    if odd := [text for pair in pairs for text in pair if set(text) - set(LETTERS)]:
        raise ValueError(f"{odd[0]!r}: only A, C, G and U can be replaced by each other")
    others = 1 if predictor.scorer.reads_n else len(LETTERS) - 1
    rows = [row for pair in pairs for row in (pair, *_changed(*pair, hidden=others == 1))]
    scores = np.clip(predictor.score(pd.DataFrame(rows, columns=COLUMNS)), 1e-7, 1 - 1e-7)
    odds, done, found = np.log(scores) - np.log1p(-scores), 0, []
    for mirna, site in pairs:
        count = others * (len(mirna) + len(site))
        change = (odds[done + 1 : done + 1 + count] - odds[done]).reshape(-1, others).mean(axis=1)
        found.append({"mirna": change[: len(mirna)], "site": change[len(mirna) :]})
        done += 1 + count
    return found


def _changed(mirna: str, site: str, hidden: bool) -> list[tuple[str, str]]:
    """The pair with each base hidden, or replaced by the three others; those of the miRNA first."""
    return [(other, site) for other in _replaced(mirna, hidden)] + [(mirna, other) for other in _replaced(site, hidden)]


def _replaced(sequence: str, hidden: bool) -> list[str]:
    return [
        sequence[:place] + other + sequence[place + 1 :]
        for place, base in enumerate(sequence)
        for other in ("N" if hidden else LETTERS.replace(base, ""))
    ]
