"""What a dataset's score is worth: balance, leaks between splits, and what shortcuts alone would score."""

from collections.abc import Callable, Iterable

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

from deepmirnatar.common.logs import log
from deepmirnatar.pairs import five_to_three, key_of
from deepmirnatar.predictors.rate_table import RateTable
from deepmirnatar.rna.kmers import kmer_counts
from deepmirnatar.rna.near_identical import cluster_sites, shares_run
from deepmirnatar.rna.seeds import SEED_RANKS, seed_type
from deepmirnatar.rna.sequences import LONGEST_MIRNA, family

# A shortcut above this AUC makes the dataset's scores doubtful; chance is 0.5. Below chance is no reason: where
# classes are balanced exactly, what train has more of, test has less of, and no model can know that beforehand.
SUSPICIOUS = 0.55
# Rows whose sequences are looked at, of test and of train and valid; of more, so many are drawn.
LIMITS = 50_000, 200_000
FEWEST = 20  # rows from which on a name's balance says anything
# By so much more must positives match their miRNA's seed read backwards before it counts as written 3'->5'.
BACKWARDS = 0.1
# Shortcuts, and the column of `_marks` whose rates they learn; those without one learn from 3-mers.
SHORTCUTS = {
    "miRNA alone, by its string": "mirna_sequence",
    "miRNA alone, by its 3-mers": None,
    "site alone, by its gene's name": "target",
    "site alone, by its string": "target_sequence",
    "site alone, by its 3-mers": None,
    "(miRNA, gene) look-up": "pair",  # the miRNA's rate where the pair is new
}
SEEN = {"(miRNA, gene) pair": "pair", "gene": "target", "miRNA": "mirna_sequence", "exact site": "target_sequence"}
SWAPPED, SPELT = "miRNAs longer than their site", "genes whose names differ in case or blanks alone"


def audit(
    read: Callable[[], Iterable[pd.DataFrame]], orientation: str = "corrected", trees: int = 200, seed: int = 1
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Columns check, subject, value, n, meaning, the last row is the verdict; and the balance of each miRNA.

    `read` gives the dataset's blocks; it is called twice where the dataset has more rows than LIMITS allow, as then
    sequences are looked at of rows drawn at random. Shortcuts learn from train and valid together and are scored on
    test, as the strongest use of what leaks. A table without a test split, or with one label in it, gets its balance
    and overlaps only. Blanks around a gene's name do not make it another gene.
    """
    every, drawn = _look(read(), orientation, seed)
    rows: list[tuple] = []

    def add(check: str, subject: str, value: float, n: int, meaning: str) -> None:
        rows.append((check, subject, value, n, meaning))

    if len(drawn) < len(every):
        meaning = (
            "fraction, drawn at random for orientation, 20 nt, clusters, 3-mers and seeds; all else is of every row"
        )
        add("sample", "rows looked at", len(drawn) / len(every), len(drawn), meaning)
    for split, part in every.groupby("split"):
        add("balance", f"positives in {split}", part["label"].mean(), len(part), "fraction of rows")
    kinds = {"miRNAs": "mirna", "families (nt 2-8)": "family", "genes": "target", "sources": "source"}
    for kind, column in kinds.items():
        share = lopsided(every[column], every["label"])
        if share is not None:
            subject = f"rows of {kind} with one class nearly alone"
            add("balance", subject, share, len(every), f"fraction; {kind} with 20 rows or more")
    by_mirna = mirna_balance(every)
    frequent = by_mirna[by_mirna["rows"] >= FEWEST]
    if len(frequent):
        worst = frequent.loc[frequent["negatives"].idxmax()]
        count = int(worst["negatives"])
        share = count / max(1, (every["label"] == 0).sum())
        meaning = "fraction; the miRNA with most negatives"
        add("balance", f"negatives that are of {worst['mirna']}", share, count, meaning)
    both = every["label"].groupby(every["duplex"]).transform("nunique") == 2
    add("consistency", "rows with both labels", both.mean(), int(both.sum()), "fraction; same miRNA, site, two labels")
    again = every.duplicated(["duplex", "label"])
    meaning = "fraction; same miRNA, site and label as before"
    add("consistency", "repeated rows", again.mean(), int(again.sum()), meaning)
    for subject, count, of, meaning in _odd_forms(every):
        if count:
            add("form", subject, count / of, count, meaning)
    for source, part in drawn[drawn["label"] == 1].groupby("source"):
        for subject, mirnas in (("as written", part["mirna_sequence"]), ("reversed", part["mirna_sequence"].str[::-1])):
            matched = [
                seed_type(mirna, site) not in ("none", "offset 6mer")
                for mirna, site in zip(mirnas, part["target_sequence"], strict=True)
            ]
            meaning = "fraction of the source's positives with a 6mer or better"
            add("orientation", f"{source}, {subject}", sum(matched) / len(part), len(part), meaning)
    (test, known), (some, learned) = _sides(every), _sides(drawn)
    if len(test) and len(known):
        meaning = "fraction of test rows seen in train or valid"
        for subject, column in SEEN.items():
            seen = test[column].isin(known[column])
            add("overlap", subject, seen.mean(), int(seen.sum()), meaning)
        near = np.zeros(len(some), dtype=bool)
        for block in read() if len(drawn) < len(every) else [drawn]:
            near |= shares_run(some["target_sequence"], _sides(block)[1]["target_sequence"])
        add("overlap", "site with 20 nt in common", near.mean(), int(near.sum()), meaning)
        clusters = cluster_sites(pd.concat([learned["target_sequence"], some["target_sequence"]]))
        both = set(clusters[: len(learned)]) & set(clusters[len(learned) :])
        meaning = "clusters; single linkage by 20 nt"
        add("overlap", "site clusters on both sides", len(both), len(set(clusters)), meaning)
    if len(test) and len(known) and all(0 < part["label"].mean() < 1 for part in (test, known, some, learned)):
        meaning = "AUC on test, learned from train and valid"
        names, letters = _look_ups(known, test), _compositions(learned, some, trees, seed)
        for subject in SHORTCUTS:
            part, score = (test, names[subject]) if subject in names else (some, letters[subject])
            add("shortcut", subject, roc_auc_score(part["label"], score), len(part), meaning)
        pairs = zip(five_to_three(some, orientation), some["target_sequence"], strict=True)
        ranks = [SEED_RANKS.index(seed_type(mirna, site)) for mirna, site in pairs]
        add("signal", "seed match", roc_auc_score(some["label"], ranks), len(some), "AUC on test, no learning")
    found = pd.DataFrame(rows, columns=["check", "subject", "value", "n", "meaning"])
    text, flagged = verdict(found)
    log.info("verdict: %s", text)
    last = pd.DataFrame([("verdict", text, flagged, len(every), "number of reasons for doubt")], columns=found.columns)
    return pd.concat([found, last], ignore_index=True), by_mirna


def _look(blocks: Iterable[pd.DataFrame], orientation: str, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Every row as `_marks` has it, and those of which sequences are looked at, in the table's order."""
    rng, marks, sides, total = np.random.default_rng(seed), [], [None, None], 0
    for block in blocks:
        marks.append(_marks(block, five_to_three(block, orientation)))
        block = block.set_axis(range(total, total + len(block))).assign(draw=rng.random(len(block)))
        total += len(block)
        both = zip(sides, _sides(block), LIMITS, strict=True)
        sides = [pd.concat([kept, part]).nsmallest(limit, "draw") for kept, part, limit in both]
    drawn = pd.concat(sides).sort_index().reset_index(drop=True).drop(columns="draw")
    return pd.concat(marks, ignore_index=True), drawn


def _marks(block: pd.DataFrame, mirnas_five_to_three: pd.Series) -> pd.DataFrame:
    """What is counted over all rows; sequences and genes as numbers of 64 bits, equal where these are."""
    block = block.assign(target=block["target"].str.strip())
    mirna, site = block["mirna_sequence"].str.len(), block["target_sequence"].str.len()
    texts = {
        "mirna_sequence": block["mirna_sequence"],
        "family": mirnas_five_to_three.map(family),
        "target": block["target"],
        "spelt": block["target"].str.lower().str.replace(r"\s+", " ", regex=True),
        "target_sequence": block["target_sequence"],
        "pair": key_of(block),
        "duplex": key_of(block, ["mirna_sequence", "target_sequence"]),
    }
    numbers = {name: pd.util.hash_array(column.to_numpy(dtype=object)) for name, column in texts.items()}
    names = block[["mirna", "label", "split", "source"]].astype({"label": np.int8})
    return names.assign(**numbers, long=mirna > LONGEST_MIRNA, longer=mirna > site)


def _sides(table: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Test rows, and those of train and valid."""
    test = table["split"] == "test"
    return table[test], table[~test]


def _odd_forms(every: pd.DataFrame) -> list[tuple[str, int, int, str]]:
    """What a table of miRNAs and sites should not hold: subject, how many, of how many, meaning."""
    long, longer, genes = int(every["long"].sum()), int(every["longer"].sum()), every.drop_duplicates("target")
    spelt = genes["spelt"].duplicated(keep=False)
    return [
        (f"miRNAs of more than {LONGEST_MIRNA} nt", long, len(every), "fraction of rows; a mature miRNA is shorter"),
        (SWAPPED, longer if 2 * longer > len(every) else 0, len(every), "fraction of rows; are the columns swapped?"),
        (SPELT, int(spelt.sum()), len(genes), "fraction of genes; a split by gene takes them for several"),
    ]


def mirna_balance(table: pd.DataFrame) -> pd.DataFrame:
    """Per miRNA name: rows, positives, negatives and the fraction of positives; commonest first."""
    counts = table.groupby("mirna")["label"].agg(rows="count", positives="sum").reset_index()
    counts["negatives"] = counts["rows"] - counts["positives"]
    counts["positive"] = counts["positives"] / counts["rows"]
    return counts.sort_values(["rows", "mirna"], ascending=[False, True]).reset_index(drop=True)


def lopsided(names: pd.Series, labels: pd.Series) -> float | None:
    """Fraction of rows whose name has under a tenth of its rows in one class; None where no name is frequent."""
    counts = labels.groupby(names).agg(["mean", "size"])
    counts = counts[counts["size"] >= FEWEST]
    if not len(counts):
        return None
    one_sided = counts[(counts["mean"] < 0.1) | (counts["mean"] > 0.9)]
    return float(one_sided["size"].sum() / len(names))


def _look_ups(known: pd.DataFrame, test: pd.DataFrame) -> dict[str, np.ndarray]:
    """What names alone score each test row, by shortcut; tables as `_marks` makes them."""

    def rates(column: str) -> np.ndarray:
        return RateTable().fit(known[column], known["label"]).score(test[column])

    scores = {subject: rates(column) for subject, column in SHORTCUTS.items() if column}
    seen = test["pair"].isin(known["pair"])
    pair = np.where(seen, scores["(miRNA, gene) look-up"], scores["miRNA alone, by its string"])
    return scores | {"(miRNA, gene) look-up": pair}


def _compositions(known: pd.DataFrame, test: pd.DataFrame, trees: int, seed: int) -> dict[str, np.ndarray]:
    """What the 3-mers of one strand alone score each test row, by shortcut."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    scores = {}
    for strand, column in (("miRNA", "mirna_sequence"), ("site", "target_sequence")):
        model = HistGradientBoostingClassifier(max_iter=trees, random_state=seed)
        model.fit(kmer_counts(known[column]), known["label"])
        scores[f"{strand} alone, by its 3-mers"] = model.predict_proba(kmer_counts(test[column]))[:, 1]
    return scores


def verdict(found: pd.DataFrame) -> tuple[str, int]:
    """One line in words, and how many reasons for doubt it names."""
    values = found.set_index(["check", "subject"])["value"]
    reasons, unclear = [], ""
    shortcuts = found[found["check"] == "shortcut"]
    if len(shortcuts):
        worst = shortcuts.loc[shortcuts["value"].idxmax()]
        subject, auc, rows = worst["subject"], worst["value"], worst["n"]
        by_chance = auc <= _by_chance(rows, values["balance", "positives in test"])
        if auc > SUSPICIOUS and by_chance:
            unclear = f"; with {rows} test rows, AUC {auc:.3f} ({subject}) cannot be distinguished from 0.5"
        elif auc > SUSPICIOUS:
            reasons.append(f"{subject} scores AUC {auc:.3f} without reading the miRNA against the site")
    if "overlap" in found["check"].to_numpy():
        for subject in ("(miRNA, gene) pair", "site with 20 nt in common"):
            if values["overlap", subject] > 0.01:
                reasons.append(f"{100 * values['overlap', subject]:.0f} % of test rows have a {subject} in training")
    if "consistency" in found["check"].to_numpy() and values["consistency", "rows with both labels"] > 0:
        reasons.append(f"{100 * values['consistency', 'rows with both labels']:.2g} % of rows occur with both labels")
    forms = found[found["check"] == "form"]
    reasons += [f"{row.subject}: {row.n:,} ({row.meaning.partition('; ')[2]})" for row in forms.itertuples()]
    turned = found.loc[(found["check"] == "orientation") & (found["n"] >= FEWEST), "subject"]
    for source in turned[turned.str.endswith(", reversed")].str.removesuffix(", reversed"):
        gain = values["orientation", f"{source}, reversed"] - values["orientation", f"{source}, as written"]
        if gain > BACKWARDS:
            reasons.append(
                f"miRNAs of {source} look written 3'->5': their seeds match more sites when reversed (of a table of "
                "your own, turn mirna_written)"
            )
    if not reasons:
        if len(shortcuts):
            return f"no shortcut and no leak found{unclear}", 0
        return "no test split with both labels: only balance was checked", 0
    return f"doubtful: {'; '.join(reasons)}{unclear}", len(reasons)


def _by_chance(rows: int, positives: float) -> float:
    """The AUC that a score that knows nothing exceeds once in forty times: 0.5 and two standard deviations."""
    return 0.5 + 2 * np.sqrt((rows + 1) / (12 * positives * (1 - positives))) / rows
