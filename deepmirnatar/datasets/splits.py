"""Train, valid and test: which rows are kept together on one side."""

from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from deepmirnatar.common.logs import log
from deepmirnatar.common.settings import setting
from deepmirnatar.pairs import SPLITS, key_of
from deepmirnatar.rna.near_identical import SHARED, cluster_sites, link, shared_runs, shares_run
from deepmirnatar.rna.sequences import family

FRACTIONS = {"train": 0.6, "valid": 0.2, "test": 0.2}


@dataclass
class Given:
    valid_from_train: float = setting(
        0.0, "fraction of the training rows, by whole targets, that becomes valid", least=0, below=1
    )


@dataclass
class Random:
    fractions: dict[str, float] = setting(
        FRACTIONS, "fraction of the rows in each split", above=0, below=1, keys=SPLITS
    )

    def check(self) -> None:
        """ValueError where the fractions are not those of a whole."""
        total = sum(self.fractions.values())
        if abs(total - 1) > 1e-6:
            raise ValueError(f"fractions: add up to {total:g}, not to 1")


@dataclass
class Grouped(Random):
    shared_nt: int = setting(SHARED, "nt in common that make two sites nearly identical", least=8, most=31)
    max_group: float = setting(
        0.25, "if similar sites chain more than this fraction of rows, the key alone is kept together", above=0, most=1
    )


# Strategy -> the keys that the stanza's `split` may have in addition to it.
STRATEGIES = {"given": Given, "random": Random, "by_pair": Grouped, "by_mirna_family": Grouped, "by_gene": Grouped}


def reads(strategy: str) -> list[str]:
    """Columns of the pairs table that a split looks at."""
    sequences = ["mirna", "mirna_sequence", "target_sequence"] if STRATEGIES.get(strategy) is Grouped else []
    return ["target", "label", "split", *sequences]


def split_rows(
    table: pd.DataFrame,
    strategy: str,
    fractions: dict[str, float] | None = None,
    seed: int = 1,
    shared_nt: int = SHARED,
    max_group: float = 0.25,
    valid_from_train: float = 0.0,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Assign `split` (and, where grouped, `site_cluster`); return (rows, report).

    strategy `given` keeps the column as it is, and with `valid_from_train` moves that fraction of the training
    rows, by whole targets, to valid; `random` ignores all relations. The grouped strategies keep a key on one
    side: `by_pair` the (miRNA, gene) pair by their names, `by_mirna_family` nt 2-8, `by_gene` the gene; and
    near-identical sites (a shared run of `shared_nt` nt) with it. Where that chains more than the fraction `max_group`
    of all rows into one group (Alu repeats do), only the key is kept together, and the rows of train and valid that
    share a run with a test site (then those of train that share one with a valid site) are dropped and counted. So are,
    `by_pair`, rows whose pair is on the other side under another name of the same miRNA.
    """
    fractions = fractions or FRACTIONS
    rng = np.random.default_rng(seed)
    if strategy == "given":
        if valid_from_train:
            train = np.flatnonzero(table["split"] == "train")
            if not len(train):
                raise ValueError(
                    "split.valid_from_train: no row is in train; fill the column `split`, or remove the key"
                )
            part = table.iloc[train]
            shares = {"train": 1 - valid_from_train, "valid": valid_from_train}
            sides = _assign(pd.factorize(part["target"].str.strip())[0], part["label"], shares, rng)
            table = table.assign(split=pd.Series(sides, part.index).reindex(table.index).fillna(table["split"]))
        return table, _report(table, [])
    if strategy == "random":
        table = table.assign(split=_assign(np.arange(len(table)), table["label"], fractions, rng))
        _warn_of_empty(table, strategy, fractions, len(table))
        return table, _report(table, [])
    if strategy not in STRATEGIES:
        raise ValueError(f"unknown split strategy {strategy!r}; choose from {', '.join(STRATEGIES)}")

    notes = []
    key = pd.factorize(_key(table, strategy))[0]
    rows = np.arange(len(table))
    site, unique = pd.factorize(table["target_sequence"])
    runs_of, runs = shared_runs(pd.Series(unique), shared_nt)
    # Rows -> their site -> its runs, without repeating the runs for every row.
    cluster = link(len(unique), (runs_of, runs))[site]
    groups = link(len(table), (rows, key), (rows, cluster))
    share = np.bincount(groups).max() / len(groups)
    notes.append(("largest group of key and sites", f"{share:.4f}", "fraction of rows"))
    chained = share > max(max_group, np.bincount(key).max() / len(key))  # a large gene alone chains nothing
    if chained:
        log.warning(
            "split %s: similar sites chain %.0f %% of the rows into one group; the key alone is kept "
            "together and near-identical sites are dropped from train and valid instead",
            strategy,
            100 * share,
        )
        groups = key
    table = table.assign(split=_assign(groups, table["label"], fractions, rng))
    _warn_of_empty(table, strategy, fractions, groups.max() + 1)
    drops = {"site nearly equals one of": partial(_near, shared_nt=shared_nt)} if chained else {}
    drops |= {"miRNA sequence and gene are those of one of": _same_pair} if strategy == "by_pair" else {}
    for side, other in (("valid", "test"), ("train", "test"), ("train", "valid")):
        for why, is_leak in drops.items():
            mine = table["split"] == side
            leaks = mine.to_numpy(copy=True)
            leaks[leaks] = is_leak(table[mine], table[table["split"] == other])
            if leaks.any():
                notes.append((f"dropped from {side}: {why} {other}", int(leaks.sum()), "rows"))
                log.info("split %s: %d rows dropped from %s: %s %s", strategy, leaks.sum(), side, why, other)
                table = table[~leaks].reset_index(drop=True)
    table = table.assign(site_cluster=cluster_sites(table["target_sequence"], shared_nt))
    return table, _report(table, notes)


def _warn_of_empty(table: pd.DataFrame, strategy: str, fractions: dict, groups: int) -> None:
    if absent := [name for name in SPLITS if fractions.get(name, 0) > 0 and name not in set(table["split"])]:
        log.warning(
            "split %s: no row is left for %s, since the table has %d groups that must stay whole; take more rows, or "
            "another split.strategy",
            strategy,
            " and ".join(absent),
            groups,
        )


def _key(table: pd.DataFrame, strategy: str) -> pd.Series:
    if strategy == "by_mirna_family":
        return table["mirna_sequence"].map(family)
    # Blanks around a name do not make it another gene.
    target = table["target"].str.strip()
    return target if strategy == "by_gene" else table["mirna"].str.strip() + "\t" + target


def _near(rows: pd.DataFrame, others: pd.DataFrame, shared_nt: int) -> np.ndarray:
    return shares_run(rows["target_sequence"], others["target_sequence"], shared_nt)


def _same_pair(rows: pd.DataFrame, others: pd.DataFrame) -> np.ndarray:
    return key_of(rows).isin(key_of(others)).to_numpy()


def _assign(groups: np.ndarray, label: pd.Series, fractions: dict, rng: np.random.Generator) -> np.ndarray:
    """Whole groups to splits, in random order, each to the split that lacks most of its labels' rows."""
    count = groups.max() + 1
    size = np.zeros((count, 2))
    np.add.at(size, (groups, label.to_numpy()), 1)
    names = [name for name in SPLITS if fractions.get(name, 0) > 0]
    want = np.array([fractions[name] for name in names])[:, None] * size.sum(axis=0)
    # Large groups first, while there is room everywhere; equal sizes in random order.
    order = rng.permutation(count)
    order = order[np.argsort(-size[order].sum(axis=1), kind="stable")]
    have, side = np.zeros_like(want), np.zeros(count, dtype=int)
    room = want.sum(axis=1)
    for group in order:
        lack = (want - have) @ size[group] / np.maximum(room, 1)
        # A group that would fill half of a small split belongs into the largest.
        large = 1 < size[group].sum() > 0.5 * room.min()
        side[group] = int(room.argmax() if large else lack.argmax())
        have[side[group]] += size[group]
    return np.array(names, dtype=object)[side[groups]]


def _report(table: pd.DataFrame, notes: list[tuple]) -> pd.DataFrame:
    counts = table.groupby(["split", "label"]).size()
    rows = [(f"{split}: label {label}", int(n), "rows") for (split, label), n in counts.items()]
    return pd.DataFrame(rows + notes, columns=["item", "value", "unit"])
