"""Splits: no key and no near-identical site on two sides; clusters against a slow pairwise computation."""

from itertools import combinations, pairwise

import numpy as np
import pandas as pd
import pytest

from deepmirnatar.datasets.splits import split_rows
from deepmirnatar.pairs import SPLITS
from deepmirnatar.rna.near_identical import cluster_sites, link, shares_run

LET7 = "UGAGGUAGUAGGUUGUAUAGUU"
GROUPED = ["by_pair", "by_mirna_family", "by_gene"]


def runs(site: str, k: int = 20) -> set:
    """All runs of k nt of a site; a shorter one counts whole."""
    return {site[at : at + k] for at in range(len(site) - k + 1)} or {site}


def slow_clusters(sites: list[str], k: int) -> list[int]:
    """Single linkage, pair by pair."""
    group, found = list(range(len(sites))), [runs(site, k) for site in sites]
    for one, other in combinations(range(len(sites)), 2):
        if group[one] != group[other] and not found[one].isdisjoint(found[other]):
            old, new = group[other], group[one]
            group = [new if each == old else each for each in group]
    return group


def same_partition(one, other) -> bool:
    seen = set(zip(one, other, strict=True))
    return len(seen) == len(set(one)) == len(set(other))


@pytest.fixture
def table(rna) -> pd.DataFrame:
    """Two times 20 miRNA families of three miRNAs each.

    60 genes have ten windows of 40 nt that overlap, for miRNAs of one family. 60 more have windows apart, so that the
    key alone holds them together: two for one miRNA of a family and two for another.
    """
    rng = np.random.default_rng(11)
    seeds = [f"{rna(rng, 7)}" for _ in range(40)]
    mirnas = [[rna(rng, 1) + seed + rna(rng, 14) for _ in range(3)] for seed in seeds]
    rows = []

    def add(gene: int, family: int, member: int, site: str) -> None:
        name, sequence = f"miR-{family}-{member}", mirnas[family][member]
        label = int(rng.integers(2))
        rows.append((name, sequence, f"G{gene}", site, label))

    for gene in range(60):
        utr = rna(rng, 150)
        for start in rng.choice(np.arange(0, 111, 5), 10, replace=False):
            add(gene, gene % 20, int(rng.integers(3)), utr[start : start + 40])
    for gene in range(60, 120):
        for member in (0, 0, 1, 1):
            add(gene, 20 + gene % 20, member, rna(rng, 40))
    table = pd.DataFrame(rows, columns=["mirna", "mirna_sequence", "target", "target_sequence", "label"])
    table = table.sample(frac=1, random_state=1, ignore_index=True)
    table["pair_id"] = [f"p{number}" for number in range(len(table))]
    return table


@pytest.fixture
def chained(table, rna) -> pd.DataFrame:
    """The same with a repeat in every gene, each row another window of it, and 30 repeats in four genes each."""
    rng = np.random.default_rng(12)
    everywhere, more = rna(rng, 60), []
    repeats = [rna(rng, 60) for _ in range(30)]
    for number, (gene, rows) in enumerate(table.groupby("target")):
        for name, repeat in (("all", everywhere), ("all", everywhere), ("few", repeats[number % 30])):
            start = int(rng.integers(21))
            identity = f"{gene}-{name}-{len(more)}"
            more.append({**rows.iloc[0], "target_sequence": repeat[start : start + 40], "pair_id": identity})
    return pd.concat([table, pd.DataFrame(more)], ignore_index=True).sample(frac=1, random_state=2, ignore_index=True)


def table_ids(chained: pd.DataFrame) -> list:
    """The rows that are no repeats'."""
    return [name for name in chained["pair_id"] if name.startswith("p")]


def key_of(table: pd.DataFrame, strategy: str) -> list:
    return {
        "by_pair": lambda: list(zip(table["mirna"], table["target"], strict=True)),
        "by_mirna_family": lambda: [sequence[1:8] for sequence in table["mirna_sequence"]],
        "by_gene": lambda: list(table["target"]),
    }[strategy]()


def on_two_sides(values: list, split: pd.Series) -> int:
    sides = pd.Series(list(split)).groupby(pd.Series(values).astype(str)).nunique()
    return int((sides > 1).sum())


def runs_by_side(table: pd.DataFrame) -> dict[str, set]:
    return {name: set().union(*map(runs, part["target_sequence"])) for name, part in table.groupby("split")}


@pytest.mark.parametrize("strategy", GROUPED)
def test_no_key_and_no_site_cluster_stands_on_two_sides(table, strategy):
    split, report = split_rows(table, strategy, seed=5)
    assert len(split) == len(table) and "dropped" not in " ".join(report["item"])
    assert on_two_sides(key_of(split, strategy), split["split"]) == 0
    clusters = slow_clusters(list(split["target_sequence"]), 20)
    assert on_two_sides(clusters, split["split"]) == 0
    assert same_partition(clusters, split["site_cluster"])
    sides = runs_by_side(split)
    assert not any(sides[one] & sides[other] for one, other in combinations(SPLITS, 2))


def test_a_random_split_of_that_table_breaks_all_of_it(table):
    """The table is one on which a careless split shows."""
    split, _ = split_rows(table, "random", seed=5)
    for strategy in GROUPED:
        assert on_two_sides(key_of(split, strategy), split["split"]) > 10
    sides = runs_by_side(split)
    assert all(sides[one] & sides[other] for one, other in combinations(SPLITS, 2))


@pytest.mark.parametrize("rows", [8, 9])
def test_a_random_split_of_few_rows_leaves_no_side_empty(table, rows):
    split, _ = split_rows(table.iloc[:rows], "random", seed=1)
    assert set(split["split"]) == set(SPLITS)


def test_a_split_without_rows_is_warned_of(table, caplog):
    split_rows(table.iloc[:2], "random", seed=1)
    assert "no row is left for" in caplog.text


@pytest.mark.parametrize("strategy", [*GROUPED, "random"])
def test_fractions_are_met_in_rows_and_in_both_labels(table, strategy):
    for fractions in (None, {"train": 0.5, "valid": 0.1, "test": 0.4}, {"train": 0.8, "test": 0.2}):
        split, report = split_rows(table, strategy, fractions, seed=2)
        wanted = fractions or {"train": 0.6, "valid": 0.2, "test": 0.2}
        for label in (0, 1):
            found = split.loc[split["label"] == label, "split"].value_counts(normalize=True)
            assert set(found.index) == set(wanted)
            for name, share in wanted.items():
                assert found[name] == pytest.approx(share, abs=0.04)
        counts = dict(zip(report["item"], report["value"], strict=True))
        for (name, label), part in split.groupby(["split", "label"]):
            assert counts[f"{name}: label {label}"] == len(part)


@pytest.mark.parametrize("strategy", [*GROUPED, "random"])
def test_the_seed_decides(table, strategy):
    first, again, other = (split_rows(table, strategy, seed=seed)[0]["split"] for seed in (3, 3, 4))
    assert first.tolist() == again.tolist() != other.tolist()


@pytest.mark.parametrize("strategy", ["by_pair", "by_gene"])
def test_a_chaining_repeat_makes_the_key_stand_alone_and_near_sites_go(chained, strategy):
    split, report = split_rows(chained, strategy, seed=5)
    assert on_two_sides(key_of(split, strategy), split["split"]) == 0
    sides = runs_by_side(split)
    assert not any(sides[one] & sides[other] for one, other in combinations(SPLITS, 2))
    dropped = chained[~chained["pair_id"].isin(split["pair_id"])]
    counted = report.loc[report["item"].str.startswith("dropped"), "value"].astype(int)
    assert len(dropped) == counted.sum() and len(counted) == 3 and (counted > 0).all()
    # Only rows go that share a run with a site that stays in valid or test.
    kept = sides["valid"] | sides["test"]
    assert all(runs(site) & kept for site in dropped["target_sequence"])
    if strategy == "by_gene":
        # Windows of one gene stand together, so that only the repeats' own rows can be near a site elsewhere.
        assert not dropped["pair_id"].isin(table_ids(chained)).any()
    share = float(report.set_index("item")["value"]["largest group of key and sites"])
    assert share > 0.85


def test_a_large_gene_is_no_chain_of_sites(table):
    """More rows in one gene than `max_group`: two genes that share sites still come to one side, and no row goes."""
    many = table.assign(target=table["target"].replace({f"G{number}": "large" for number in range(30)}))
    copies = many[many["target"].isin([f"G{number}" for number in range(60, 90)])]
    many = pd.concat([many, copies.assign(target=copies["target"] + "-copy", pair_id=copies["pair_id"] + "-copy")])
    many = many.reset_index(drop=True)
    split, report = split_rows(many, "by_gene", seed=5)
    assert float(report.set_index("item")["value"]["largest group of key and sites"]) > 0.25
    assert not report["item"].str.startswith("dropped").any() and on_two_sides(split["target"], split["split"]) == 0


def test_a_pair_of_two_names_of_one_mirna_is_not_trained_on_and_tested(rna):
    """40 pairs stand under two names each, with sites that have nothing in common."""
    rng = np.random.default_rng(3)
    genes = [f"G{n}" for n in range(40)] * 2
    sites = [rna(rng, 40) for _ in genes]
    one = {"mirna_sequence": LET7, "target": genes, "target_sequence": sites, "label": 1, "source": "s"}
    table = pd.DataFrame({"pair_id": [f"p{n}" for n in range(80)], "mirna": ["a"] * 40 + ["b"] * 40, **one})
    split, report = split_rows(table, "by_pair", seed=5)
    assert on_two_sides(list(split["target"]), split["split"]) == 0
    counted = report.loc[report["item"].str.startswith("dropped"), "value"].astype(int)
    assert 0 < counted.sum() == 80 - len(split)


def test_the_test_split_loses_no_row_to_the_fall_back(chained):
    split, report = split_rows(chained, "by_gene", seed=5)
    genes = set(split.loc[split["split"] == "test", "target"])
    assert (split["split"] == "test").sum() == chained["target"].isin(genes).sum()
    assert not report["item"].str.contains("dropped from test").any()


def test_largest_sets_where_the_fall_back_begins(chained):
    split, report = split_rows(chained, "by_gene", max_group=1.0, seed=5)
    assert len(split) == len(chained) and split["split"].nunique() == 1
    assert not report["item"].str.contains("dropped").any()


def test_shared_sets_what_counts_as_near(rna):
    """15 times two genes whose sites have 12 nt in common and differ right before and after them."""
    rng, sites = np.random.default_rng(2), []
    for _ in range(15):
        common = rna(rng, 12)
        sites += [rna(rng, 13) + f"A{common}G" + rna(rng, 13), rna(rng, 13) + f"C{common}U" + rna(rng, 13)]
    genes = [f"G{number}" for number in range(30)]
    table = pd.DataFrame({"mirna": "m", "mirna_sequence": LET7, "target": genes, "target_sequence": sites})
    table["label"] = [0, 1] * 15
    apart, _ = split_rows(table, "by_gene", shared_nt=13)
    together, _ = split_rows(table, "by_gene", shared_nt=12)
    assert len(apart) == len(together) == 30
    assert apart["site_cluster"].nunique() == 30
    assert together["site_cluster"].tolist() == [number // 2 for number in range(30)]
    assert on_two_sides(list(together["site_cluster"]), together["split"]) == 0


def test_given_keeps_the_column(table):
    table["split"] = ["train", "valid", "test"] * 280
    split, _ = split_rows(table, "given")
    pd.testing.assert_frame_equal(split, table)


def test_valid_from_train_moves_whole_targets_of_train_alone(table):
    table["split"] = np.where(table["target"].isin([f"G{n}" for n in range(15)]), "test", "train")
    split, report = split_rows(table, "given", valid_from_train=0.2, seed=6)
    assert split["pair_id"].tolist() == table["pair_id"].tolist()
    before, after = table["split"], split["split"]
    assert ((before == "test") == (after == "test")).all()
    assert (after == "valid").sum() == pytest.approx(0.2 * (before == "train").sum(), rel=0.15)
    assert on_two_sides(list(split["target"]), after) == 0
    assert set(report["item"]) == {f"{name}: label {label}" for name in SPLITS for label in (0, 1)}
    assert after.tolist() == split_rows(table, "given", valid_from_train=0.2, seed=6)[0]["split"].tolist()


def test_valid_from_train_needs_rows_of_train(table):
    with pytest.raises(ValueError, match="no row is in train"):
        split_rows(table.assign(split="test"), "given", valid_from_train=0.2)


def test_an_unknown_strategy_is_named_with_the_known_ones(table):
    with pytest.raises(ValueError, match="'by_gen'; choose from given, random, by_pair"):
        split_rows(table, "by_gen")


# --- clusters


@pytest.mark.parametrize("k", [6, 20, 29])
def test_clusters_equal_a_pairwise_computation(rna, k):
    """Overlapping windows, windows of k nt, exact duplicates, and sites shorter than k."""
    rng = np.random.default_rng(k)
    text = rna(rng, 400)
    sites = [text[at : at + 30] for at in rng.integers(0, 370, 25)] + [text[at : at + k] for at in (3, 4, 200)]
    short = rna(rng, k - 1)
    sites += [short, short, rna(rng, k - 1), short[1:], short[:4], short[:4], text[5 : 5 + k - 1], sites[0]]
    assert same_partition(cluster_sites(pd.Series(sites), k), slow_clusters(sites, k))


@pytest.mark.parametrize("k", [6, 20])
def test_shared_runs_equal_a_pairwise_computation(rna, k):
    rng = np.random.default_rng(k)
    text = rna(rng, 300)
    sites = [text[at : at + 30] for at in rng.integers(0, 270, 20)] + ["ACGU", "ACGUA"]
    others = [text[at : at + 30] for at in rng.integers(0, 270, 6)] + ["ACGU"]
    expected = [any(runs(site, k) & runs(other, k) for other in others) for site in sites]
    assert shares_run(pd.Series(sites), pd.Series(others), k).tolist() == expected
    assert 0 < sum(expected) < len(sites)
    assert shares_run(pd.Series(sites), pd.Series([], dtype=str), k).tolist() == [False] * len(sites)


def test_link_joins_over_any_list_of_members():
    # 0-1 by the first list, 1-2 by the second, 3 and 4 by neither; equal codes of two lists are not the same.
    first = (np.array([0, 1, 3, 4]), np.array([7, 7, 8, 9]))
    second = (np.array([1, 2, 3, 4]), np.array([8, 8, 9, 7]))
    assert link(5, first, second).tolist() == [0, 0, 0, 1, 2]
    assert all(a <= b for a, b in pairwise(link(5, first, second)))
