"""How often is the miRNA that was added the first of all families? On transfections, scrambled and permuted, and lists.

Sets of tables: over-expressions in HeLa (edgeR tables), copies of them in which a share of the genes is permuted, and
HeLa and HEK293FT transfections less each mRNA's mean over the miRNAs. Families: all human seeds of miRBase.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from deepmirnatar.activity.changes import read_changes
from deepmirnatar.activity.covariates import basis
from deepmirnatar.activity.matching import match
from deepmirnatar.activity.permutation import ListRegression, drawn_lists
from deepmirnatar.activity.predictions import Predictions
from deepmirnatar.activity.regression import Regression, calibrated
from deepmirnatar.activity.seed_sites import BEST, SEVEN
from deepmirnatar.activity.signal import signal
from deepmirnatar.activity.stepwise import explain, groups
from deepmirnatar.common.logs import progress
from deepmirnatar.evaluation.activity_rivals import FIRST, fisher, leading_words, wilcoxon

SHARES, SEEDS = (0.8, 0.9, 0.95), range(1, 5)
SHUFFLES = 2  # of the genes of each table
OURS, GROUPED, COUNT, PLAIN = "regression", "regression, echoes grouped", "regression on site counts", "no covariates"
LIST, PERMUTED, SCRAMBLED = f"regression, list of {FIRST}", "genes permuted", "scrambled"


@dataclass
class Case:
    """One table: rows of the mRNAs, their signal (higher, more repressed), and the family that was added."""

    set: str
    name: str
    family: str
    rows: np.ndarray
    signal: np.ndarray


def benchmark(cases: list[Case], predicted: Predictions, counts: np.ndarray) -> pd.DataFrame:
    """One row per table and method: set, table, family, method, rank, rank_conserved, named, true_named, beyond,
    seconds.

    `counts` (mRNAs, families): the weighted count of sites. `rank` among all families, `rank_conserved` among conserved
    ones (blank where the true one is not); `named`: families beyond the threshold, stepwise; `beyond`: fraction of
    uncalibrated z beyond 1.96.
    """
    rows = []
    for case in progress(cases, "explaining", len(cases), "tables"):
        for found in _methods(case, predicted, counts):
            rows.append({"set": case.set, "table": case.name, "family": case.family, **found})
    return pd.DataFrame(rows)


def summary(table: pd.DataFrame) -> pd.DataFrame:
    """Means over the tables of each set and method, in the order of `table`."""
    rows = []
    for (name, method), part in table.groupby(["set", "method"], sort=False):
        ranks, conserved = part["rank"], part["rank_conserved"].dropna()
        rows.append(
            {
                "set": name,
                "method": method,
                "tables": len(part),
                "first": (ranks == 1).mean(),
                "within 5": (ranks <= 5).mean(),
                "within 10": (ranks <= 10).mean(),
                "MRR": (1 / ranks).mean(),
                "conserved tables": len(conserved),
                "conserved first": (conserved == 1).mean(),
                "named": part["named"].mean(),
                "true named": part["true_named"].mean(),
                "none named": (part["named"] == 0).where(part["named"].notna()).mean(),
                "z beyond 1.96": part["beyond"].mean(),
                "seconds": part["seconds"].mean(),
            }
        )
    return pd.DataFrame(rows)


def cases_of_tables(tables: dict[str, str], predicted: Predictions) -> list[Case]:
    """From edgeR tables, path -> family."""
    cases = []
    for path, family in tables.items():
        found = match(read_changes(path), predicted)
        cases.append(Case("HeLa over-expression", str(path), family, found["row"].to_numpy(), signal(found)))
    return cases


def cases_of_series(name: str, change: np.ndarray, families: list[str], rows: np.ndarray) -> list[Case]:
    """From log fold changes (experiments, mRNAs), NaN where not measured, of the mRNAs in `rows`."""
    cases = []
    for number, family in enumerate(families):
        known = np.isfinite(change[number])
        table = pd.DataFrame({"log2fc": change[number, known], "p": np.nan, "statistic": np.nan})
        cases.append(Case(name, f"{name} {number + 1}", family, rows[known], signal(table)))
    return cases


def scrambled(cases: list[Case]) -> Iterator[Case]:
    """Copies in which a share of the genes have exchanged their signals."""
    for share in SHARES:
        for seed in SEEDS:
            for number, case in enumerate(cases):
                rng = np.random.default_rng([seed, number])
                chosen = np.flatnonzero(rng.random(len(case.rows)) < share)
                mixed = case.signal.copy()
                mixed[chosen] = case.signal[rng.permutation(chosen)]
                yield replace(
                    case, set=f"{case.set}, {share:.0%} {SCRAMBLED}", name=f"{case.name}, {seed}", signal=mixed
                )


def permuted(cases: list[Case]) -> Iterator[Case]:
    """Copies in which all genes have exchanged their signals: nothing is to be found."""
    for seed in range(SHUFFLES):
        for number, case in enumerate(cases):
            mixed = np.random.default_rng([seed, number]).permutation(case.signal)
            yield replace(case, set=PERMUTED, name=f"{case.name}, {seed}", signal=mixed)


def known(cases: list[Case], predicted: Predictions) -> list[Case]:
    """Those whose family is one of the human ones on mRNAs that are predicted for."""
    seeds = set(predicted.families["family"])
    return [case for case in cases if case.family in seeds]


def _methods(case: Case, predicted: Predictions, counts: np.ndarray) -> Iterator[dict]:
    best = predicted.best[case.rows]
    with_site, strong = best >= SEVEN, best >= BEST.index("7mer-m8")
    counted = with_site.sum(axis=0) >= 5
    started = time.perf_counter()
    columns, fixed = predicted.repression[case.rows].astype(np.float32), basis(predicted.covariates[case.rows])
    regression = Regression(case.signal, columns, fixed)
    raw = regression.z()
    z = calibrated(raw, counted)
    seeds, conserved = predicted.families["family"].tolist(), predicted.families["conserved"].to_numpy()
    steps = explain(regression, seeds, counted, counted, conserved, "more")
    seconds = time.perf_counter() - started
    true = seeds.index(case.family)
    named = {"named": len(steps), "true_named": float(true in [step.family for step in steps])}
    beyond = float((np.abs(raw[counted]) > 1.96).mean())
    yield {"method": OURS, **_ranks(z, true, conserved), **named, "beyond": beyond, "seconds": seconds}
    if case.set == PERMUTED:
        return
    heads = groups(z, z, seeds, conserved)
    top = np.array([z[heads == head].max() if head == row else -np.inf for row, head in enumerate(heads)])
    yield {
        "method": GROUPED,
        **_ranks(top, int(heads[true]), conserved),
        **dict.fromkeys(["named", "true_named", "beyond", "seconds"]),
    }
    simple = {
        COUNT: (counts[case.rows].astype(np.float32), fixed),
        PLAIN: (columns, basis(np.ones((len(case.rows), 1)))),
    }
    others = {name: lambda x=x: Regression(case.signal, *x).z() for name, x in simple.items()}
    others["Wilcoxon"] = lambda: wilcoxon(case.signal, strong)
    length, gc = (each[case.rows] for each in predicted.length_and_gc())
    slow = {
        LIST: lambda: _of_list(case.signal, columns, fixed, length, gc, counted),
        f"Fisher, first {FIRST}": lambda: fisher(case.signal, with_site),
        "leading words": lambda: leading_words(case.signal, strong, length),
    }
    for name, method in (others if SCRAMBLED in case.set else others | slow).items():
        started = time.perf_counter()
        score = method()
        seconds = time.perf_counter() - started
        yield {
            "method": name,
            **_ranks(score, true, conserved),
            "named": None,
            "true_named": None,
            "beyond": None,
            "seconds": seconds,
        }


def _of_list(signal, columns, fixed, length, gc, counted) -> np.ndarray:
    listed = np.zeros(len(signal), dtype=bool)
    listed[np.argsort(-signal, kind="stable")[:FIRST]] = True
    return calibrated(ListRegression(listed, drawn_lists(listed, length, gc), columns, fixed).z(), counted)


def _ranks(score: np.ndarray, true: int, conserved: np.ndarray) -> dict:
    """Of the true family among all, and among the conserved ones where it is one; ties count against it by half."""
    among = {"rank": np.ones(len(score), dtype=bool), "rank_conserved": conserved}
    return {
        name: 1 + (score[kept] > score[true]).sum() + ((score[kept] == score[true]).sum() - 1) // 2
        if kept[true]
        else None
        for name, kept in among.items()
    } | {"conserved": bool(conserved[true])}
