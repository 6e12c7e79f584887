"""Binding: which seed matches are positives and negatives, shares, slope and measures, all by hand."""

import numpy as np
import pandas as pd
import pytest

from deepmirnatar.binding import chimeras, fit
from deepmirnatar.binding.chimeras import Matches, Source, read_chimeras, same_mrnas, seed_matches
from deepmirnatar.binding.fit import Scored
from deepmirnatar.binding.model import REGIONS, Binding
from deepmirnatar.evaluation import binding_within_type
from deepmirnatar.rna.seeds import SEED_TYPES
from deepmirnatar.rna.sites import Sites

LET7A, LET7B = "UGAGGUAGUAGGUUGUAUAGUU", "UGAGGUAGUAGGUUGUGUGGUU"
SITE = "CUACCUCA"  # 8mer of both
NAMES = {"target": "ONE", "cds_start": 0, "cds_end": 0}


@pytest.fixture(autouse=True)
def few_are_enough(monkeypatch):
    for name, source in chimeras.SOURCES.items():
        monkeypatch.setitem(chimeras.SOURCES, name, source._replace(least=1))


def between(seed: int, nt: int) -> str:
    """Of C and G alone, so that no miRNA here matches."""
    return "".join(np.random.default_rng(seed).choice(["C", "G"], nt))


def mrna(*parts) -> pd.DataFrame:
    return pd.DataFrame([{**NAMES, "sequence": "".join(parts)}])


def table(*rows) -> pd.DataFrame:
    columns = ["source", "mirna_sequence", "target", "start", "end"]
    found = pd.DataFrame(rows, columns=columns)
    return found.assign(family=found["mirna_sequence"].str[1:8])


# Three 8mers, at 40, 108 and 176, and a 6mer-A1 at 246 (window 244).
THREE = [between(1, 40), SITE, between(2, 60), SITE, between(3, 60), SITE, between(4, 62), "ACCUCA", between(5, 60)]


@pytest.mark.parametrize(("gap", "negatives"), [(30, [108]), (31, [108, 176])])
def test_a_positive_is_seen_and_a_negative_is_far_from_every_fragment_of_the_family(gap, negatives):
    mrnas = mrna(*THREE)
    seen = table(
        ("helwak2013", LET7A, 0, 30, 60),
        ("helwak2013", LET7A, 0, 28, 58),  # the same site once more
        ("grosswendt2014", LET7B, 0, 184 + gap, 184 + gap + 12),
    )
    found = seed_matches("helwak2013", seen, mrnas)
    assert found.mirnas == [LET7A] and found.sites.start.tolist() == [40, 108, 176, 246]
    assert found.seen.tolist() == [True, False, False, False]
    pairs = same_mrnas(found, mrnas)  # the 6mer-A1 is no canonical site
    assert pairs.sites.start[pairs.seen].tolist() == [40]
    assert pairs.sites.start[~pairs.seen].tolist() == negatives


def test_of_several_matches_in_a_fragment_the_strongest_and_then_the_most_central_is_seen():
    mrnas = mrna(between(1, 40), "GUACCUCG", between(2, 20), SITE, between(3, 20), SITE, between(4, 60))
    assert seed_matches("helwak2013", table(("helwak2013", LET7A, 0, 38, 76)), mrnas).seen.tolist() == [0, 1, 0]
    assert seed_matches("helwak2013", table(("helwak2013", LET7A, 0, 66, 110)), mrnas).seen.tolist() == [0, 0, 1]
    # A match up to 10 nt outside of the fragment is its match, one further off is not.
    for end, seen in ((37, 1), (36, 0)):  # the 6mer ends at 47
        assert seed_matches("helwak2013", table(("helwak2013", LET7A, 0, 10, end)), mrnas).seen.sum() == seen


def test_a_seed_match_whose_surroundings_are_on_another_place_is_neither():
    mrnas = mrna(*THREE)
    again = mrnas["sequence"][0][95:130]  # around the site at 108
    mrnas = pd.concat([mrnas, mrna(between(7, 50), again, between(8, 50)).assign(target="TWO")], ignore_index=True)
    found = seed_matches("helwak2013", table(("helwak2013", LET7A, 0, 30, 60)), mrnas)
    pairs = same_mrnas(found, mrnas)
    assert pairs.sites.start.tolist() == [40, 176] and pairs.seen.tolist() == [True, False]


def test_mrnas_without_a_positive_of_the_mirna_and_rare_mirnas_are_left_out(monkeypatch):
    one, two = mrna(*THREE), mrna(between(11, 40), SITE, between(12, 60)).assign(target="TWO")
    mrnas = pd.concat([one, two], ignore_index=True)
    seen = table(("helwak2013", LET7A, 0, 30, 60), ("helwak2013", LET7A, 1, 60, 90), ("helwak2013", LET7B, 1, 30, 60))
    found = seed_matches("helwak2013", seen, mrnas)
    assert found.mirnas == [LET7A, LET7B] and set(found.sites.target) == {0, 1}
    pairs = same_mrnas(found, mrnas)
    kept = list(zip(pairs.sites.mirna, pairs.sites.target, pairs.seen, strict=True))
    assert sorted(kept) == [(0, 0, False), (0, 0, False), (0, 0, True), (1, 1, True)]
    monkeypatch.setitem(chimeras.SOURCES, "helwak2013", Source("miRNA", "gene", "label", least=2))
    assert seed_matches("helwak2013", seen, mrnas).mirnas == []


def test_chimeras_are_read_from_their_files(tmp_path):
    mrnas = mrna(*THREE)
    fragment = mrnas["sequence"][0][30:60].replace("U", "T")
    helwak, grosswendt = tmp_path / "h.tsv", tmp_path / "g.csv"
    rows = [(LET7A[:20], fragment, 1), (LET7A[:20], fragment, 0), ("G" * 20, fragment, 1), (LET7A[:20], "A" * 30, 1)]
    lines = [f"{mirna.replace('U', 'T')}\t{site}\t{label}" for mirna, site, label in rows]
    helwak.write_text("\n".join(["miRNA\tgene\tlabel", *lines]) + "\n")
    grosswendt.write_text(f"mirna_seq,target_seq\n{LET7B.replace('U', 'T')[:19]}XXX,{fragment[5:]}\n")
    mature = pd.DataFrame({"name": ["hsa-let-7a-5p", "hsa-let-7b-5p"], "sequence": [LET7A, LET7B]})
    found = read_chimeras({"helwak2013": helwak, "grosswendt2014": grosswendt}, mature, mrnas)
    assert found.drop(columns="family").values.tolist() == [
        ["helwak2013", LET7A, 0, 30, 60],
        ["grosswendt2014", LET7B, 0, 35, 60],
    ]
    grosswendt.write_text("mirna_seq,target\nTGAGG,ACGT\n")
    with pytest.raises(ValueError, match=r"g\.csv: column 'target_seq' is missing"):
        read_chimeras({"grosswendt2014": grosswendt}, mature, mrnas)


def sites(kinds, orf=None, mirna=None, target=None) -> Sites:
    zeros = np.zeros(len(kinds), dtype=np.int32)
    in_orf = np.zeros(len(kinds), dtype=bool) if orf is None else np.array(orf, dtype=bool)
    mirna, target = (zeros if each is None else np.array(each) for each in (mirna, target))
    return Sites(mirna, target, np.arange(len(kinds), dtype=np.int32), np.array(kinds, dtype=np.int8), in_orf)


def matches(seen, kinds, source="helwak2013", **more) -> Matches:
    found = sites(kinds, **more)
    seen = np.array(seen, dtype=bool)
    return Matches(source, ["x"] * (int(found.mirna.max()) + 1), found, seen, np.zeros_like(seen))


def test_shares_count_seen_seed_matches_by_type_and_region():
    found = fit.shares([matches([1, 0, 0, 1, 0], [0, 0, 0, 0, 3], orf=[0, 0, 0, 1, 1])])
    rows = found.set_index(["seed_type", "region"])
    assert rows.loc[("8mer", "3'UTR"), ["sites", "seen"]].tolist() == [3, 1]
    assert rows.loc[("8mer", "3'UTR"), "share"] == pytest.approx(1 / 3)
    assert rows.loc[("8mer", "ORF"), "share"] == 1 and rows.loc[("6mer", "ORF"), "share"] == 0
    assert len(found) == 12 and found["sites"].sum() == 5


def test_sources_are_combined_at_the_level_of_the_deepest():
    """One source sees twice the odds of the other for all types, but for 6mers, which are as frequent in both."""
    cells = [(kind, region) for kind in SEED_TYPES for region in REGIONS]
    odds = {"a": [0.2] * 6 + [0.02] * 6, "b": [0.1] * 6 + [0.02] * 6}
    rows = []
    for source, each in odds.items():
        for (kind, region), odd in zip(cells, each, strict=True):
            seen = round(1e6 * odd / (1 + odd))
            rows.append((source, kind, region, 1_000_000, seen, seen / 1e6))
    found = fit.combined(pd.DataFrame(rows, columns=["source", "seed_type", "region", "sites", "seen", "share"]))
    assert np.exp(found[:3]) == pytest.approx(0.2, rel=1e-3)
    # 0.02 and, at the level of the deeper source, 0.04: their geometric mean.
    assert np.exp(found[3:]) == pytest.approx(0.02 * 2**0.5, rel=1e-3)


def test_pairs_won_and_precision_within_a_stratum():
    score = np.array([3.0, 1.0, 2.0, 3.0, 9.0, 0.0])
    seen = np.array([1, 1, 0, 0, 0, 1], dtype=bool)
    found = binding_within_type.within(score, seen, np.array([0, 0, 0, 0, 1, 2])).set_index("row")
    assert found.index.tolist() == [0, 1]  # the last positive has no negative
    assert found["pairs"].tolist() == [2, 2] and found["won"].tolist() == [1.5, 0.0]
    # Row 0: half of the positives and half of the negatives score 3 or more. Row 1: all do.
    assert found["precision"].tolist() == [0.5, 0.5]


def test_measure_is_a_mean_over_mirnas_and_compares_no_types():
    # miRNA 0: one pair of 8mers, won; its 6mer positive has no 6mer negative. miRNA 1: one won, three lost.
    found = matches(
        [1, 0, 1, 1, 1, 0, 0], [0, 0, 3, 1, 1, 1, 1], mirna=[0, 0, 0, 1, 1, 1, 1], target=[0, 0, 0, 1, 2, 1, 1]
    )
    score = np.array([2.0, 1.0, 0.0, 5.0, 1.0, 4.0, 6.0])
    values = binding_within_type.measure(score, found)
    assert values["auroc"] == pytest.approx((1 + 1 / 4) / 2)
    assert (values["mirnas"], values["positives"], values["negatives"]) == (2, 4, 3)
    # On one mRNA: miRNA 0 wins its pair; miRNA 1 wins one of two on mRNA 1.
    assert values["same_mrna_pairs"] == 3 and values["same_mrna_concordance"] == pytest.approx(2 / 3)
    assert values["low"] >= 0.25 and values["high"] <= 1


def made_up(slope: float, seed: int) -> Scored:
    """8mers in 3'UTRs with seen ~ odds exp(slope * z - 1)."""
    rng = np.random.default_rng(seed)
    z = rng.normal(-3, 1, 3000)
    seen = rng.random(3000) < 1 / (1 + np.exp(1 - slope * (z + 3)))
    return Scored(matches(seen, np.zeros(3000, dtype=int)), z)


def test_the_slope_is_found_again_and_is_never_below_zero():
    assert fit.fit_slope([made_up(1.2, 1)]) == pytest.approx(1.2, abs=0.15)
    assert fit.fit_slope([made_up(-1, 1)]) == pytest.approx(0, abs=1e-3)


def test_the_mean_chance_is_the_share_and_the_chance_rises_with_z():
    part = made_up(1.2, 2)
    model = fit.fit([part], [part])
    kind, orf = part.matches.sites.seed_type, part.matches.sites.in_orf
    chance = model.chance(part.z, kind, orf)
    assert chance.mean() == pytest.approx(part.matches.seen.mean(), rel=2e-3)
    assert (np.diff(chance[np.argsort(part.z)]) >= 0).all() and chance.max() > 10 * chance.min()


def test_the_shipped_shares_fall_from_8mer_to_6mer():
    model = Binding.load()
    assert (np.diff(model.share[[0, 1, 3]], axis=0) < 0).all() and model.slope > 0
