"""The benchmark of explained fold changes: rivals against scipy, ranks and means by hand."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import fisher_exact, mannwhitneyu

from deepmirnatar.activity.predictions import Predictions
from deepmirnatar.activity.seed_sites import best_sites
from deepmirnatar.evaluation.activity_benchmark import (
    LIST,
    OURS,
    Case,
    benchmark,
    cases_of_series,
    known,
    permuted,
    scrambled,
    summary,
)
from deepmirnatar.evaluation.activity_rivals import fisher, leading_words, wilcoxon


@pytest.fixture(scope="module")
def signal_and_sites():
    rng = np.random.default_rng(1)
    with_site = rng.random((900, 40)) < rng.uniform(0.05, 0.4, 40)
    return rng.normal(size=900).round(1) + 0.8 * with_site[:, 7], with_site


def test_rivals_are_what_scipy_says(signal_and_sites):
    signal, with_site = signal_and_sites
    for family in (3, 7):
        site = with_site[:, family]
        p = mannwhitneyu(signal[site], signal[~site], alternative="greater", use_continuity=False).pvalue
        from scipy.stats import norm

        assert norm.sf(wilcoxon(signal, with_site)[family]) == pytest.approx(p, rel=0.05)
        first = np.zeros(900, dtype=bool)
        first[np.argsort(-signal, kind="stable")[:300]] = True
        table = [[(site & first).sum(), (~site & first).sum()], [(site & ~first).sum(), (~site & ~first).sum()]]
        assert np.exp(-fisher(signal, with_site)[family]) == pytest.approx(fisher_exact(table, "greater").pvalue)
    assert np.argmax(leading_words(signal, with_site, np.ones(900))) == 7


def test_a_planted_family_is_first_and_scrambling_costs(rna):
    rng = np.random.default_rng(2)
    utrs = [rna(rng, 800) for _ in range(1200)]
    seeds = list(dict.fromkeys(rna(rng, 7) for _ in range(330)))
    best, count = best_sites(seeds, utrs)
    families = pd.DataFrame({"family": seeds, "conserved": np.arange(len(seeds)) % 2 == 0})
    mrnas = pd.DataFrame({"sequence": utrs, "cds_start": 0, "cds_end": 0})
    predicted = Predictions(mrnas, families, count.astype(np.float16), best)
    change = -count[:, [4, 5]].T.astype(float) + rng.normal(0, 0.5, (2, 1200))
    change[0, :100] = np.nan
    cases = cases_of_series("made up", change, [seeds[4], "NNNNNNN"], np.arange(1200))
    assert len(cases[0].rows) == 1100
    cases = known(cases, predicted)
    assert [case.family for case in cases] == [seeds[4]]
    found = benchmark([*cases, *permuted(cases)], predicted, count)
    ours = found[found["method"] == OURS].set_index("set")
    assert ours.loc["made up", ["rank", "rank_conserved", "true_named"]].tolist() == [1, 1, 1]
    assert (ours.loc["genes permuted", "named"] == 0).all()
    assert found[found["method"] == LIST]["rank"].tolist() == [1]
    copies = list(scrambled(cases))
    assert list(dict.fromkeys(copy.set for copy in copies)) == [
        f"made up, {share} scrambled" for share in ("80%", "90%", "95%")
    ]
    assert all(sorted(copy.signal) == sorted(cases[0].signal) for copy in copies)
    moved = (copies[0].signal != cases[0].signal).mean()
    assert 0.7 < moved <= 0.85


def test_means_by_hand():
    rows = {"set": "a", "method": ["x", "x", "y"], "rank": [1, 4, 20], "rank_conserved": [1, None, None]}
    more = {"named": [2, 0, None], "true_named": [1, 0, None], "beyond": [0.1, 0.3, None], "seconds": 1.0}
    x, y = summary(pd.DataFrame({**rows, **more})).to_dict("records")
    assert (x["first"], x["within 5"], x["MRR"], x["conserved tables"]) == (0.5, 1.0, 0.625, 1)
    assert (x["named"], x["none named"], x["z beyond 1.96"]) == (1, 0.5, 0.2)
    assert (y["first"], y["within 10"], y["MRR"]) == (0, 0, 0.05) and np.isnan(y["none named"])


def test_a_case_is_its_own_copy():
    case = Case("a", "b", "AAGGCAC", np.arange(50), np.arange(50.0))
    list(permuted([case]))
    assert case.signal.tolist() == list(range(50))
