"""What a model's score is worth: does it read the miRNA against the site, and what is left where nothing was seen?

The swap control asks it directly: a positive row against the same site with the miRNA of another positive. A score
that only adds 'likes this miRNA' and 'likes this site' ranks the two alike, swap AUC 0.5, however high its AUC on the
test split. Everything is computed from scored controls (see `controls.py`).
"""

from functools import partial

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

from deepmirnatar.common.logs import log
from deepmirnatar.evaluation.control_columns import SEEN
from deepmirnatar.evaluation.metrics import RESAMPLES, interval, resampled, resampled_ranking
from deepmirnatar.evaluation.seen_pairs import in_words
from deepmirnatar.pairs import key_of
from deepmirnatar.rna.seeds import SEED_RANKS

COLUMNS = ["check", "subject", "value", "low", "high", "n", "meaning"]
PERMUTED = {
    "permuted_mirna": "miRNAs permuted",
    "permuted_site": "sites permuted",
    "shuffled_site": "sites shuffled",
}
# An AUC of fewer rows says little.
FEWEST = 20
BINS = 10
# Models known to add up two separate likings have a swap AUC of 0.50 to 0.55. A score whose AUC with one strand
# destroyed is above that reads the other one alone.
CHANCE = 0.55
# How far mean score and fraction of positives may lie apart (expected calibration error).
CALIBRATED = 0.05


def audit_model(
    controls: pd.DataFrame, seen: dict | str = "", resamples: int = RESAMPLES, seed: int = 1
) -> pd.DataFrame:
    """Columns check, subject, value, low, high, n, meaning; the last row is the verdict.

    `controls` has control, pair_id, real_id, mirna_sequence, target, label, source, seed_type, the columns of `SEEN`
    and family_kept (0/1), score, threshold. Intervals are 95 %, bootstrapped over the real rows' (miRNA, gene) pairs.
    `seen` as from `seen_pairs.seen_by_weights`: the part of the test split that the starting weights were trained on.
    A check that the rows do not allow (one class, or fewer than 20 rows) is left out. ValueError when a score is
    missing.
    """
    if controls["score"].isna().any():
        where = controls["pair_id"][controls["score"].isna()].iloc[0]
        raise ValueError(f"the score of pair {where!r} is missing; every row needs one")
    real = controls[controls["control"] == "real"]
    pair_of = key_of(real).set_axis(real["pair_id"])
    controls = controls.assign(
        pair=controls["real_id"].map(pair_of),
        called=(controls["score"] >= controls["threshold"]).astype(float),
    )
    parts = {name: part.reset_index(drop=True) for name, part in controls.groupby("control")}
    real, swapped = parts["real"], parts.get("swapped_mirna", controls.iloc[:0])
    positives = real[real["pair_id"].isin(swapped["real_id"])]
    sampled = {"resamples": resamples, "seed": seed}
    rows = [
        *_swap_rows(positives, swapped, sampled),
        *_ranking_rows(parts, sampled),
        *_called_rows(positives, swapped, sampled),
        *_seed_type_rows(real, sampled),
        *_seen_rows(real, sampled),
        *_calibration_rows(real, sampled),
        *_started_rows(seen),
    ]
    found = pd.DataFrame(rows, columns=COLUMNS)
    text, doubts = verdict(found)
    log.info("verdict: %s", text)
    found.loc[len(found)] = ["verdict", text, doubts, np.nan, np.nan, len(real), "number of reasons for doubt"]
    return found


def swap_metrics(found: pd.DataFrame) -> pd.DataFrame:
    """The swap control as rows of a metrics table: columns metric, threshold, value, low, high, n."""
    swap = found[found["check"].isin(["swap", "swap_other_family"])]
    sources = swap["subject"].map(lambda source: "" if source == "all" else f"_{source}")
    names = swap["check"].str.replace("swap", "swap_auroc") + sources
    return swap.assign(metric=names, threshold="")[["metric", "threshold", "value", "low", "high", "n"]]


def calibration_error(labels: np.ndarray, scores: np.ndarray) -> float:
    """Expected calibration error: |mean score - fraction positive| of equal bins of [0, 1], averaged over rows."""
    gaps = np.bincount(_bins(scores), weights=scores - labels)
    return float(np.abs(gaps).sum() / len(labels))


def _bins(scores: np.ndarray) -> np.ndarray:
    return np.minimum((scores * BINS).astype(int), BINS - 1)


# --- checks: each yields rows of COLUMNS ----------------------------------------------------------------------


def _started_rows(seen: dict | str):
    """Of a model that started from weights."""
    if sentence := in_words(seen):
        hits, rows = (np.nan, 0) if isinstance(seen, str) else seen["test"]
        yield "seen_by_weights", "test rows", hits / max(rows, 1), np.nan, np.nan, rows, sentence


def _swap_rows(positives: pd.DataFrame, swapped: pd.DataFrame, sampled: dict):
    both = pd.concat([positives.assign(label=1), swapped.assign(label=0)], ignore_index=True)
    meaning = "AUC of positives against the same sites with another positive's miRNA; n positives"
    # A miRNA of the same family binds the same sites, so no score can or should separate these from positives.
    other = both[both["real_id"].isin(swapped.loc[swapped["family_kept"] == 0, "real_id"])]
    for check, rows in {"swap": both, "swap_other_family": other}.items():
        for source in ["all", *sorted(rows["source"].unique())]:
            part = rows if source == "all" else rows[rows["source"] == source]
            if _ranks(part):
                yield check, source, *_auroc(part, sampled), len(part) // 2, meaning
    if not _ranks(both):
        return
    # A look-up of known pairs would do well on pairs it knows.
    unseen = positives.loc[positives["pair_seen"] == 0, "pair_id"]
    part = both[both["real_id"].isin(unseen)]
    if _ranks(part):
        yield "swap_reference", "pair not seen", *_auroc(part, sampled), len(part) // 2, meaning
    seed_match = both.assign(score=both["seed_type"].map(SEED_RANKS.index))
    yield "swap_reference", "seed match alone", *_auroc(seed_match, sampled), len(both) // 2, meaning


def _ranking_rows(parts: dict[str, pd.DataFrame], sampled: dict):
    for control, subject in {"real": "real", **PERMUTED}.items():
        if _ranks(parts[control]):
            yield "ranking", subject, *_auroc(parts[control], sampled), len(parts[control]), "AUC on test, labels kept"


def _called_rows(positives: pd.DataFrame, swapped: pd.DataFrame, sampled: dict):
    for subject, part in {"real positives": positives, "swapped miRNA": swapped}.items():
        if len(part):
            (called,) = _means(part, ["called"], sampled)
            meaning = "fraction called positive at the default threshold"
            yield "called", subject, *called, len(part), meaning


def _seed_type_rows(real: pd.DataFrame, sampled: dict):
    for seed_type in SEED_RANKS:
        for label, name in ((1, "positives"), (0, "negatives")):
            part = real[(real["seed_type"] == seed_type) & (real["label"] == label)]
            if len(part):
                subject = f"{seed_type}, {name}"
                score, called = _means(part, ["score", "called"], sampled)
                yield "seed_type_score", subject, *score, len(part), "mean score"
                meaning = "fraction called positive at the default threshold"
                yield "seed_type_called", subject, *called, len(part), meaning


def _seen_rows(real: pd.DataFrame, sampled: dict):
    for name in SEEN:
        for wanted, word in ((1, "seen"), (0, "not seen")):
            part = real[real[f"{name}_seen"] == wanted].reset_index(drop=True)
            subject = f"{name} {word}"
            share = len(part) / len(real)
            yield "seen_rows", subject, share, np.nan, np.nan, len(part), "fraction of test rows; in train or valid"
            if _ranks(part):
                yield "seen_auroc", subject, *_auroc(part, sampled), len(part), "AUC on these test rows"


def _calibration_rows(real: pd.DataFrame, sampled: dict):
    if real["score"].min() < 0 or real["score"].max() > 1:
        yield "calibration", "not checked", np.nan, np.nan, np.nan, len(real), "scores are not probabilities in [0, 1]"
        return
    numbers = _bins(real["score"].to_numpy())
    for number in np.unique(numbers):
        part = real[numbers == number]
        subject = f"{number / BINS:.1f}-{(number + 1) / BINS:.1f}"
        score, positive = _means(part, ["score", "label"], sampled)
        yield "bin_score", subject, *score, len(part), "mean score of the bin"
        yield "bin_positive", subject, *positive, len(part), "fraction positive in the bin"
    error = calibration_error(real["label"].to_numpy(), real["score"].to_numpy())
    meaning = f"|mean score - fraction positive|, mean over rows in {BINS} bins"
    yield "calibration", "expected calibration error", error, np.nan, np.nan, len(real), meaning


# --- values with intervals ------------------------------------------------------------------------------------


def _ranks(part: pd.DataFrame) -> bool:
    return len(part) >= FEWEST and 0 < part["label"].mean() < 1


def _auroc(part: pd.DataFrame, sampled: dict) -> tuple[float, float, float]:
    labels, scores = part["label"].to_numpy(), part["score"].to_numpy(dtype=float)
    sample = resampled(part["pair"], partial(resampled_ranking, labels, scores), **sampled)["auroc"]
    return float(roc_auc_score(labels, scores)), *interval(sample)


def _means(part: pd.DataFrame, columns: list[str], sampled: dict) -> list[tuple[float, float, float]]:
    """Each column's mean with its interval, over the same resamples."""
    values = {column: part[column].to_numpy(dtype=float) for column in columns}

    def measure(weights: np.ndarray) -> dict:
        return {column: weights @ each / weights.sum(axis=1) for column, each in values.items()}

    samples = resampled(part["pair"], measure, **sampled)
    return [(float(each.mean()), *interval(samples[column])) for column, each in values.items()]


# --- the verdict ----------------------------------------------------------------------------------------------


def verdict(found: pd.DataFrame) -> tuple[str, int]:
    """One line in words, and how many reasons for doubt it names."""
    rows = {(row.check, row.subject): row for row in found.itertuples()}
    reading, doubtful = _reading(rows)
    real = rows.get(("ranking", "real"))
    reading += f"; AUC on test {real.value:.2f}" if real is not None else ""
    reasons = [*_permutation_doubts(rows), *_leak_doubts(rows), *_calibration_doubts(rows)]
    return "; ".join([reading, *reasons]), doubtful + len(reasons)


def _reading(rows: dict) -> tuple[str, bool]:
    """Does the score read the miRNA against the site? In words, and whether that is a reason for doubt."""
    swap = rows.get(("swap", "all"))
    if swap is None:
        return "too few positives to swap miRNAs among: not known whether the score reads both strands", False
    seed_match, unseen = (rows.get(("swap_reference", name)) for name in ("seed match alone", "pair not seen"))
    does, how = "reads", ""
    if swap.low <= 0.5 or swap.value < CHANCE:
        does = "does not read"
    elif unseen is not None and unseen.value < CHANCE and unseen.high < swap.low:
        how = " only where it knows the pair"
    elif swap.high < seed_match.low:
        how = " less than the seed match does"
    beside = {"where the pair was not seen": unseen, "for the seed match alone": seed_match}
    told = [_told(swap), *(f"{_told(row)} {name}" for name, row in beside.items() if row is not None)]
    text = f"the score {does} the miRNA against the site{how}: swap AUC {', '.join(told)}"
    return text, does != "reads" or how != ""


def _permutation_doubts(rows: dict) -> list[str]:
    """The highest AUC that remains when one strand is destroyed."""
    left = [rows["ranking", subject] for subject in PERMUTED.values() if ("ranking", subject) in rows]
    worst = max(left, key=lambda row: row.value, default=None)
    if worst is None or worst.value <= CHANCE or worst.low <= 0.5:
        return []
    return [f"AUC is still {_told(worst)} with {worst.subject}"]


def _leak_doubts(rows: dict) -> list[str]:
    """The surest fall of the AUC from rows that were seen in training to rows that were not."""
    falls = []
    for name in SEEN:
        seen, unseen = (rows.get(("seen_auroc", f"{name} {word}")) for word in ("seen", "not seen"))
        if seen is not None and unseen is not None and seen.value - unseen.value > 0.02 and seen.low > unseen.high:
            falls.append((seen.low - unseen.high, name, seen, unseen))
    if not falls:
        return []
    _, name, seen, unseen = max(falls)
    return [f"AUC is {_told(seen)} where the {name} was seen in training, {_told(unseen)} where it was not"]


def _calibration_doubts(rows: dict) -> list[str]:
    error = rows.get(("calibration", "expected calibration error"))
    if error is None or error.value <= CALIBRATED:
        return []
    return [f"as probabilities its scores are off by {error.value:.2f} on average"]


def _told(row) -> str:
    limits = "" if np.isnan(row.low) else f" ({row.low:.2f}-{row.high:.2f})"
    return f"{row.value:.2f}{limits}"
