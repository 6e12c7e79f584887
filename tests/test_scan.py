"""Seed classes by hand (TargetScan's), and the geometry of candidate windows on a 3'UTR."""

import re

import numpy as np
import pytest

from deepmirnatar.rna.seeds import SEED_RANKS, seed_sites, seed_type

# nt 2-7 GAGGUA face UACCUC, nt 8 G faces C, nt 3-8 AGGUAG face CUACCU.
LET7 = "UGAGGUAGUAGGUUGUAUAGUU"


@pytest.mark.parametrize(
    ("site", "expected"),
    [
        ("GGGCUACCUCAGGG", "8mer"),
        ("GGGCUACCUCGGGG", "7mer-m8"),
        ("GGGCUACCUC", "7mer-m8"),
        ("GGGAUACCUCAGGG", "7mer-A1"),
        ("UACCUCA", "7mer-A1"),
        ("GGGAUACCUCUGGG", "6mer"),
        ("UACCUC", "6mer"),
        ("GGGCUACCUGGGGG", "offset 6mer"),
        ("CUACCU", "offset 6mer"),
        ("GGGAUACCUGAGGG", "none"),
        ("GGGACCUCAGGGGG", "none"),
        # The seed itself, or its plain complement, is no site.
        ("GGGGAGGUAGGGG", "none"),
        ("GGGACUCCAUCGGG", "none"),
        # G-U pairs do not make a seed match.
        ("GGGUUACCUCAGGG".replace("UACCUC", "UGCCUC"), "none"),
    ],
)
def test_every_seed_type(site, expected):
    assert seed_type(LET7, site) == expected


def test_the_strongest_class_in_a_site_counts_and_the_order_is_fixed():
    weak_to_strong = ["GGAUACCUGAGG", "GGCUACCUGGG", "GGAUACCUCUGG", "GGAUACCUCAGG", "GGCUACCUCGGG", "GGCUACCUCAGG"]
    assert [seed_type(LET7, site) for site in weak_to_strong] == SEED_RANKS
    for rank, site in enumerate(weak_to_strong):
        for weaker in weak_to_strong[: rank + 1]:
            assert seed_type(LET7, site + "GGG" + weaker) == SEED_RANKS[rank]
            assert seed_type(LET7, weaker + "GGG" + site) == SEED_RANKS[rank]


def test_a_window_ends_five_nt_beyond_the_base_opposite_nt_1():
    utr = "G" * 50 + "CUACCUCA" + "U" * 30
    sites = seed_sites(LET7, utr)
    assert len(sites) == 1
    start, end, name, window = sites.iloc[0]
    # The 8mer fills 50..57; its A (57) lies opposite nt 1; five more end the window before 63.
    assert (start, end, name) == (23, 63, "8mer")
    assert window == utr[23:63] == "G" * 27 + "CUACCUCA" + "UUUUU"


def test_length_and_what_follows_the_seed_are_settings():
    utr = "G" * 50 + "CUACCUCA" + "U" * 30
    sites = seed_sites(LET7, utr, length=22, after_seed=0)
    assert sites[["start", "end", "sequence"]].to_numpy().tolist() == [[36, 58, "G" * 14 + "CUACCUCA"]]


@pytest.mark.parametrize(("left", "right", "found"), [(34, 5, 0), (35, 5, 1), (60, 4, 0), (60, 5, 1)])
def test_a_window_that_an_end_would_cut_is_left_out(left, right, found):
    # 40 nt = 27 before the 8mer + 8 + 5; `left` counts up to its core's last base but A.
    utr = "G" * (left - 8) + "CUACCUC" + "A" + "U" * right
    assert len(seed_sites(LET7, utr)) == found


def test_a_window_with_an_unknown_base_is_left_out_and_one_beside_it_is_not():
    clean = "G" * 40 + "CUACCUCA" + "U" * 10
    for place, found in ((12, 1), (13, 0), (45, 0), (52, 0), (53, 1)):
        assert len(seed_sites(LET7, clean[:place] + "N" + clean[place + 1 :])) == found, place


def test_each_site_has_the_class_of_its_own_place():
    spacer = "GGAAGGAAGG" * 4
    utr = spacer + "AUACCUCU" + spacer + "CUACCUCA" + "GGAAG" + "AUACCUCA" + "GGAAGG" + "CUACCUGA" + spacer
    sites = seed_sites(LET7, utr)
    assert sites["seed_type"].tolist() == ["6mer", "8mer", "7mer-A1"]
    for row in sites.itertuples():
        assert row.sequence == utr[row.start : row.end] and len(row.sequence) == 40


def test_overlapping_seed_matches_are_all_found(rna):
    """Against a plain search at every position, on a miRNA whose core overlaps itself."""
    rng = np.random.default_rng(4)
    mirna = "UGAGAGAGAGGUUGUAUAGUU"
    utr = "".join(rng.choice(["CU", "UC", "A", "G"], 300, p=[0.4, 0.4, 0.1, 0.1]))
    core = "UCUCUC"
    expected = []
    for at in range(len(utr)):
        window = utr[max(0, at - 28) : at + 12]
        if utr[at : at + 6] == core and at >= 28 and len(window) == 40:
            expected.append(at - 28)
    assert seed_sites(mirna, utr)["start"].tolist() == expected
    assert len(expected) > len(re.findall(core, utr))


def test_no_site_is_an_empty_table():
    assert seed_sites(LET7, "G" * 100).columns.tolist() == ["start", "end", "seed_type", "sequence"]
    assert len(seed_sites(LET7, "G" * 100)) == len(seed_sites(LET7, "")) == 0
