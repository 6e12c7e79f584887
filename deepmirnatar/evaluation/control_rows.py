"""Control rows for the audit of a model: test rows with one thing changed, to see what the score reads.

real             the test rows as they are
swapped_mirna    each positive keeps its site and gets the miRNA of another positive of the same source; label 0
permuted_mirna   miRNAs permuted over all test rows; labels stay
permuted_site    sites, with their targets, permuted over all test rows; labels stay
shuffled_site    each site shuffled, its dinucleotide counts kept; labels stay
"""

from collections.abc import Callable, Iterable

import numpy as np
import pandas as pd

from deepmirnatar.common.logs import log
from deepmirnatar.evaluation.control_columns import COLUMNS, FLAGS, SEEN
from deepmirnatar.pairs import five_to_three
from deepmirnatar.rna.dinucleotides import shuffle_dinucleotides
from deepmirnatar.rna.near_identical import shares_run
from deepmirnatar.rna.seeds import seed_type
from deepmirnatar.rna.sequences import family

# Test rows that controls are made of; of more, so many are drawn.
LIMIT = 50_000
# A miRNA moves with all that describes it, so that its orientation stays known. Not every table has all of these.
_MIRNA = ["mirna", "mirna_sequence", "mirna_written", "mock"]
_SITE = ["target", "target_sequence"]


def make_controls(read: Callable[[], Iterable[pd.DataFrame]], orientation: str, seed: int = 1) -> pd.DataFrame:
    """Real and control rows of the test split, a pairs table with more columns; see the top of this file.

    `read` gives the dataset's blocks; it is called twice.

    `control`; `real_id`, the pair_id of the real row that a row was made from; `seed_type`; for real rows
    `pair_seen`, `gene_seen`, `family_seen`, `site_seen` (0/1, is it in train or valid?); for swapped ones
    `family_kept` (0/1, has the new miRNA the family of the old one, so that it should bind as well?). miRNAs stay
    written as `orientation` says. ValueError when the test split is empty.
    """
    rng = np.random.default_rng(seed)
    test = pd.concat([block[block["split"] == "test"] for block in read()], ignore_index=True)
    if not len(test):
        raise ValueError("no rows in split 'test', which the controls are made from")
    if len(test) > LIMIT:
        log.info("controls are made of %d of %d test rows, drawn at random", LIMIT, len(test))
        test = test.sample(LIMIT, random_state=seed).sort_index().reset_index(drop=True)
    straight_test = five_to_three(test, orientation)
    positive = test[test["label"] == 1]
    flags, related = {f"{name}_seen": np.zeros(len(test), dtype=bool) for name in SEEN}, []
    for block in read():
        known = block[block["split"] != "test"]
        for name, found in seen(test, straight_test, known, five_to_three(known, orientation)).items():
            flags[name] |= found
        same = [block[name].isin(positive[name]) for name in _SITE]
        related.append(block[(block["label"] == 1) & (same[0] | same[1])])
    taker, giver = swap_mirnas(positive, pd.concat(related), rng)
    families = straight_test[positive.index].map(family).to_numpy()
    swapped = _replace(positive.iloc[taker], positive.iloc[giver], _MIRNA)
    swapped = swapped.assign(label=0, family_kept=families[taker] == families[giver])
    sites = [shuffle_dinucleotides(site, rng) for site in test["target_sequence"]]
    parts = {
        "real": test.assign(**flags),
        "swapped_mirna": swapped,
        "permuted_mirna": _replace(test, test.iloc[rng.permutation(len(test))], _MIRNA),
        "permuted_site": _replace(test, test.iloc[rng.permutation(len(test))], _SITE),
        "shuffled_site": test.assign(target_sequence=sites),
    }
    log.info(
        "%d test rows; %d of %d positives have a swapped miRNA; %d sites have only one order of their dinucleotides",
        len(test),
        len(swapped),
        len(positive),
        (test["target_sequence"] == sites).sum(),
    )
    out = pd.concat(
        [part.assign(control=name, real_id=part["pair_id"]) for name, part in parts.items()], ignore_index=True
    )
    made = out["control"] != "real"
    out["pair_id"] = out["pair_id"].where(~made, out["pair_id"] + "." + out["control"])
    both = zip(five_to_three(out, orientation), out["target_sequence"], strict=True)
    out["seed_type"] = [seed_type(mirna, site) for mirna, site in both]
    return out.astype(dict.fromkeys(FLAGS, "Int8"))[[*out.columns.drop(COLUMNS), *COLUMNS]]


def swap_mirnas(
    positives: pd.DataFrame, known: pd.DataFrame, rng: np.random.Generator, rounds: int = 50
) -> tuple[np.ndarray, np.ndarray]:
    """Which positive takes the miRNA of which other one of its source: positions (takers, givers), int64.

    A permutation within each source, so every miRNA and every site stays as frequent as it was. No taker gets its own
    miRNA sequence; a site or target of which `known` has the new miRNA is avoided as far as possible. Where one miRNA
    is more than half of a source, no such permutation exists, and the rows that find no other miRNA are left out.
    """
    mirna, site, target = (positives[name].to_numpy() for name in ("mirna_sequence", "target_sequence", "target"))
    sites, targets = (
        set(zip(known["mirna_sequence"], known[name], strict=True)) for name in ("target_sequence", "target")
    )

    def fault(taker: int, giver: int) -> int:
        new = mirna[giver]
        return 4 * (new == mirna[taker]) + 2 * ((new, site[taker]) in sites) + ((new, target[taker]) in targets)

    giver_of = np.empty(len(positives), dtype=np.int64)
    for rows in positives.groupby("source", sort=False).indices.values():
        giver_of[rows] = rng.permutation(rows)
        for _ in range(rounds):
            # Each faulty row offers its miRNA to a random other one; both keep the exchange if it mends more than
            # it harms.
            faulty = [row for row in rows if fault(row, giver_of[row])]
            for one, other in zip(faulty, rng.choice(rows, len(faulty)), strict=True):
                mine, theirs = giver_of[one], giver_of[other]
                if fault(one, theirs) + fault(other, mine) < fault(one, mine) + fault(other, theirs):
                    giver_of[one], giver_of[other] = theirs, mine
    faults = np.array([fault(row, giver) for row, giver in enumerate(giver_of)], dtype=np.int64)
    takers = np.flatnonzero(faults < 4)
    log.info(
        "swapped miRNAs: %d of %d new pairs bear names of a known positive", (faults[takers] > 0).sum(), len(takers)
    )
    return takers, giver_of[takers]


def seen(test: pd.DataFrame, mirnas: pd.Series, known: pd.DataFrame, known_mirnas: pd.Series) -> dict[str, np.ndarray]:
    """`pair_seen`, `gene_seen`, `family_seen`, `site_seen` of each test row, shape (rows,), bool; miRNAs are 5'->3'.

    A pair is (miRNA sequence, target); a family has the same nt 2-8; a site is seen when 20 nt of it are.
    """
    return {
        "pair_seen": (mirnas + "\t" + test["target"]).isin(known_mirnas + "\t" + known["target"]).to_numpy(),
        "gene_seen": test["target"].isin(known["target"]).to_numpy(),
        "family_seen": mirnas.map(family).isin(known_mirnas.map(family)).to_numpy(),
        "site_seen": shares_run(test["target_sequence"], known["target_sequence"]),
    }


def _replace(rows: pd.DataFrame, others: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """`rows` with `columns` taken from `others`, row by row."""
    present = [name for name in columns if name in rows.columns]
    return rows.assign(**{name: others[name].to_numpy() for name in present})
