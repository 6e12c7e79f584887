"""What a dataset's score is worth: balance, leaks between splits, and what shortcuts alone would score."""

from collections.abc import Iterable

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

from deepmirnatar.common.logs import log
from deepmirnatar.pairs import PAIR, key_of
from deepmirnatar.predictors.rate_table import RateTable
from deepmirnatar.rna.kmers import kmer_counts
from deepmirnatar.rna.near_identical import cluster_sites, shares_run
from deepmirnatar.rna.seeds import SEED_CLASSES, seed_class
from deepmirnatar.rna.sequences import LONGEST_MIRNA, family

# A shortcut above this AUC makes the dataset's scores doubtful; chance is 0.5. Below chance is no reason: where
# classes are balanced exactly, what train has more of, test has less of, and no model can know that beforehand.
SUSPICIOUS = 0.55
LIMIT = 200_000  # rows that are looked at; of more, so many are drawn
FEWEST = 20  # rows from which on a name's balance says anything
# By so much more must positives match their miRNA's seed read backwards before it counts as written 3'->5'.
BACKWARDS = 0.1
SWAPPED, SPELT = "miRNAs longer than their site", "genes whose names differ in case or blanks alone"


def draw(blocks: Iterable[pd.DataFrame], seed: int = 1) -> tuple[pd.DataFrame, int]:
    """The rows that are audited, all or LIMIT of them at random, in the table's order; and how many it has."""
    rng, rows, total = np.random.default_rng(seed), [], 0
    for block in blocks:
        block = block.set_axis(range(total, total + len(block))).assign(draw=rng.random(len(block)))
        total += len(block)
        rows = [pd.concat([*rows, block]).nsmallest(LIMIT, "draw")]
    return rows[0].sort_index().reset_index(drop=True).drop(columns="draw"), total


def audit(
    table: pd.DataFrame, mirnas_five_to_three: pd.Series, trees: int = 200, seed: int = 1, total: int | None = None
) -> pd.DataFrame:
    """Columns check, subject, value, n, meaning; the last row is the verdict.

    Shortcuts learn from train and valid together and are scored on test, as the strongest use of what leaks.
    `mirnas_five_to_three` serves the seed match and the families. A table without a test split, or with one label
    in it, gets its balance and overlaps only. Blanks around a gene's name do not make it another gene. `total`: rows
    of the dataset, which may be more than those of `table`.
    """
    table = table.assign(target=table["target"].str.strip())
    rows: list[tuple] = []

    def add(check: str, subject: str, value: float, n: int, meaning: str) -> None:
        rows.append((check, subject, value, n, meaning))

    if total and total > len(table):
        meaning = "fraction, drawn at random; overlaps are at least so large"
        add("sample", "rows looked at", len(table) / total, len(table), meaning)
    for split, part in table.groupby("split"):
        add("balance", f"positives in {split}", part["label"].mean(), len(part), "fraction of rows")
    by_mirna = mirna_balance(table)
    kinds = {
        "miRNAs": table["mirna"],
        "families (nt 2-8)": mirnas_five_to_three.map(family),
        "genes": table["target"],
        "sources": table["source"],
    }
    for kind, names in kinds.items():
        share = lopsided(names, table["label"])
        if share is not None:
            subject = f"rows of {kind} with one class nearly alone"
            add("balance", subject, share, len(table), f"fraction; {kind} with 20 rows or more")
    frequent = by_mirna[by_mirna["rows"] >= FEWEST]
    if len(frequent):
        worst = frequent.loc[frequent["negatives"].idxmax()]
        count = int(worst["negatives"])
        share = count / max(1, (table["label"] == 0).sum())
        add(
            "balance",
            f"negatives that are of {worst['mirna']}",
            share,
            count,
            "fraction; the miRNA with most negatives",
        )
    sites = key_of(table, ["mirna_sequence", "target_sequence"])
    both = table["label"].groupby(sites).transform("nunique") == 2
    add("consistency", "rows with both labels", both.mean(), int(both.sum()), "fraction; same miRNA, site, two labels")
    again = pd.concat([sites, table["label"]], axis=1).duplicated()
    add(
        "consistency", "repeated rows", again.mean(), int(again.sum()), "fraction; same miRNA, site and label as before"
    )
    for subject, count, of, meaning in _odd_forms(table):
        if count:
            add("form", subject, count / of, count, meaning)
    for source, part in table[table["label"] == 1].groupby("source"):
        for subject, mirnas in (("as written", part["mirna_sequence"]), ("reversed", part["mirna_sequence"].str[::-1])):
            matched = [
                seed_class(mirna, site) not in ("none", "offset 6mer")
                for mirna, site in zip(mirnas, part["target_sequence"], strict=True)
            ]
            meaning = "fraction of the source's positives with a 6mer or better"
            add("orientation", f"{source}, {subject}", sum(matched) / len(part), len(part), meaning)
    test = table[table["split"] == "test"].reset_index(drop=True)
    known = table[table["split"] != "test"].reset_index(drop=True)
    if len(test) and len(known):
        overlap = {
            "(miRNA, gene) pair": key_of(test).isin(key_of(known)),
            "gene": test["target"].isin(known["target"]),
            "miRNA": test["mirna_sequence"].isin(known["mirna_sequence"]),
            "exact site": test["target_sequence"].isin(known["target_sequence"]),
            "site with 20 nt in common": pd.Series(shares_run(test["target_sequence"], known["target_sequence"])),
        }
        for subject, seen in overlap.items():
            add(
                "overlap",
                subject,
                seen.mean(),
                int(seen.sum()),
                "fraction of test rows seen in train or valid",
            )
        clusters = cluster_sites(pd.concat([known["target_sequence"], test["target_sequence"]]))
        both = set(clusters[: len(known)]) & set(clusters[len(known) :])
        add(
            "overlap",
            "site clusters on both sides",
            len(both),
            len(set(clusters)),
            "clusters; single linkage by 20 nt",
        )
    if len(test) and len(known) and 0 < test["label"].mean() < 1 and 0 < known["label"].mean() < 1:
        for subject, score in _shortcut_scores(known, test, trees, seed).items():
            add(
                "shortcut",
                subject,
                roc_auc_score(test["label"], score),
                len(test),
                "AUC on test, learned from train and valid",
            )
        ranks = [
            SEED_CLASSES.index(seed_class(mirna, site))
            for mirna, site in zip(mirnas_five_to_three[table["split"] == "test"], test["target_sequence"], strict=True)
        ]
        add("signal", "seed match", roc_auc_score(test["label"], ranks), len(test), "AUC on test, no learning")
    found = pd.DataFrame(rows, columns=["check", "subject", "value", "n", "meaning"])
    text, flagged = verdict(found)
    log.info("verdict: %s", text)
    last = pd.DataFrame([("verdict", text, flagged, len(table), "number of reasons for doubt")], columns=found.columns)
    return pd.concat([found, last], ignore_index=True)


def _odd_forms(table: pd.DataFrame) -> list[tuple[str, int, int, str]]:
    """What a table of miRNAs and sites should not hold: subject, how many, of how many, meaning."""
    mirna, site = table["mirna_sequence"].str.len(), table["target_sequence"].str.len()
    long, longer = int((mirna > LONGEST_MIRNA).sum()), int((mirna > site).sum())
    genes = pd.Series(table["target"].unique())
    spelt = genes.str.lower().str.replace(r"\s+", " ", regex=True).duplicated(keep=False)
    return [
        (f"miRNAs of more than {LONGEST_MIRNA} nt", long, len(table), "fraction of rows; a mature miRNA is shorter"),
        (SWAPPED, longer if 2 * longer > len(table) else 0, len(table), "fraction of rows; are the columns swapped?"),
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


def _shortcut_scores(known: pd.DataFrame, test: pd.DataFrame, trees: int, seed: int) -> dict:
    from sklearn.ensemble import HistGradientBoostingClassifier

    def rates(columns: list[str]):
        return RateTable().fit(key_of(known, columns), known["label"]).score(key_of(test, columns))

    def composition(column: str):
        model = HistGradientBoostingClassifier(max_iter=trees, random_state=seed)
        model.fit(kmer_counts(known[column]), known["label"])
        return model.predict_proba(kmer_counts(test[column]))[:, 1]

    pair, seen = pd.Series(rates(PAIR)), key_of(test).isin(key_of(known))
    return {
        "miRNA alone, by its string": rates(["mirna_sequence"]),
        "miRNA alone, by its 3-mers": composition("mirna_sequence"),
        "site alone, by its gene's name": rates(["target"]),
        "site alone, by its string": rates(["target_sequence"]),
        "site alone, by its 3-mers": composition("target_sequence"),
        "(miRNA, gene) look-up": pair.where(seen, rates(["mirna_sequence"])),
    }


def verdict(found: pd.DataFrame) -> tuple[str, int]:
    """One line in words, and how many reasons for doubt it names."""
    values = found.set_index(["check", "subject"])["value"]
    reasons = []
    if "shortcut" in found["check"].to_numpy():
        worst = values["shortcut"].idxmax()
        if values["shortcut"].max() > SUSPICIOUS:
            reasons.append(
                f"{worst} scores AUC {values['shortcut'].max():.3f} without reading the miRNA against the site"
            )
    if "overlap" in found["check"].to_numpy():
        for subject in ("(miRNA, gene) pair", "site with 20 nt in common"):
            if values["overlap", subject] > 0.01:
                reasons.append(f"{100 * values['overlap', subject]:.0f} % of test rows have a {subject} in training")
    if "consistency" in found["check"].to_numpy() and values["consistency", "rows with both labels"] > 0:
        reasons.append(f"{100 * values['consistency', 'rows with both labels']:.2g} % of rows stand with both labels")
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
        checked = "shortcut" in found["check"].to_numpy()
        return (
            "no shortcut and no leak found" if checked else "no test split with both labels: only balance was checked"
        ), 0
    return "doubtful: " + "; ".join(reasons), len(reasons)
