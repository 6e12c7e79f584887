"""Which bases does a site's score rest on? Every base replaced by each other one, and the score's change averaged."""

import numpy as np
import pandas as pd

LETTERS = "ACGU"


def importance(predictor, mirna: str, site: str) -> dict[str, np.ndarray]:
    """Mean change of the score's log-odds when a base is replaced, for each base of the site and of the miRNA.

    Both sequences are RNA, 5'->3'. Returns {"site": (nt,), "mirna": (nt,)}; below zero where the score rests on a base.
    """
    rows, places = [(mirna, site)], []
    for which, sequence in enumerate((mirna, site)):
        for place, base in enumerate(sequence):
            for other in LETTERS.replace(base, ""):
                changed = sequence[:place] + other + sequence[place + 1 :]
                rows.append((changed, site) if which == 0 else (mirna, changed))
                places.append((which, place))
    scores = predictor.score(pd.DataFrame(rows, columns=["mirna_sequence", "target_sequence"]))
    odds = np.log(np.clip(scores, 1e-7, 1 - 1e-7)) - np.log1p(-np.clip(scores, 1e-7, 1 - 1e-7))
    out = {"mirna": np.zeros(len(mirna)), "site": np.zeros(len(site))}
    for (which, place), value in zip(places, odds[1:] - odds[0], strict=True):
        out["site" if which else "mirna"][place] += value / 3
    return out
