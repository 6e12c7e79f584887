"""Repression: sites, features by hand, the sum of effects, the fit and its gradient."""

import logging
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from deepmirnatar.repression import experiments, fit, model, network, network_fit
from deepmirnatar.repression.experiments import Series
from deepmirnatar.repression.features import CLASSES, DENSE, count_7mers, describe_sites, target_abundance
from deepmirnatar.repression.foreign import spreadsheet_rows
from deepmirnatar.rna.seeds import SEED_TYPES
from deepmirnatar.rna.sequences import padded, reverse_complement
from deepmirnatar.rna.sites import SeedIndex, Targets, find, find_sites

LET7 = "UGAGGUAGUAGGUUGUAUAGUU"
NUMBER = {each.name: place for place, each in enumerate(DENSE)}
EMPTY = np.zeros(4**7, dtype=np.int32)


def table(*rows):
    return pd.DataFrame(rows, columns=["sequence", "cds_start", "cds_end"])


def features(sequence, mirna=LET7, cds=(0, 0), counts=EMPTY):
    targets, bases = Targets.of(table((sequence, *cds))), padded([mirna])
    sites = find_sites(targets, SeedIndex(bases))
    return sites, describe_sites(sites, targets, bases, counts)


@pytest.mark.parametrize(
    ("site", "seed_type", "start", "end"),
    [
        ("CUACCUCA", "8mer", 0, 8),
        ("CUACCUCG", "7mer-m8", 0, 7),
        ("GUACCUCA", "7mer-A1", 1, 8),
        ("GUACCUCG", "6mer", 1, 7),
        ("CUACCUGA", "offset 6mer", 0, 6),
        ("GGACCUCA", "6mer-A1", 2, 8),
    ],
)
def test_each_type_of_site_is_found_where_it_is(site, seed_type, start, end):
    found = find([LET7], table(("G" * 20 + site + "G" * 20, 0, 0)))
    assert [SEED_TYPES[each] for each in found.seed_type] == [seed_type]
    assert found.start.tolist() == [20 + start] and found.end.tolist() == [20 + end]
    assert found.region.tolist() == ["3'UTR"]


def test_only_the_wanted_types_are_found():
    targets = table(("GGCUACCUCGGGGGGGGGGGUACCUCA", 0, 0))
    assert find([LET7], targets, ["8mer", "7mer-A1"]).seed_type.tolist() == [2]


def test_overlapping_matches_are_one_site():
    """UA repeats match every 2 nt; windows 8 nt apart do not overlap."""
    found = find(["UAUAUAUAUAUAUAUAUAUAUA"], table(("G" * 10 + "UA" * 12 + "G" * 10, 0, 0)))
    assert (np.diff(found.window) >= 8).all() and len(found) == 3
    # The strongest stays though a weaker one comes first: an offset 6mer 4 nt before an 8mer.
    mirna = "UCUACUACUGGGGGGGGGGGGG"
    found = find([mirna], table(("GG" + "AGUAGUAGUAGA" + "GG", 0, 0)))
    assert [SEED_TYPES[each] for each in found.seed_type] == ["8mer"]


def test_a_site_just_past_the_stop_codon_is_in_the_orf_and_none_is_before_the_start():
    site, orf = "CUACCUCA", "AUG" + "GGG" * 10 + "UAA"
    before = "GG" + site + "GG"
    start, stop = len(before), len(before) + len(orf)
    for gap, region in ((14, "ORF"), (15, "3'UTR")):
        found = find([LET7], table((before + orf + "G" * gap + site + "GGG", start, stop)))
        assert found.start.tolist() == [stop + gap] and found.region.tolist() == [region]


def test_a_coding_sequence_beyond_the_sequence_is_refused():
    with pytest.raises(ValueError, match=r"target 2: .* 0\.\.9 of 8 nt"):
        Targets.of(table(("A" * 9, 0, 9), ("A" * 8, 0, 9)))


def test_features_by_hand():
    orf = "AUGGGGGGGUAA"
    utr = "GG" + "AAUAAA" + "G" * 16 + "U" * 30 + "GC" + "CUACCUCA" + "AC" + "G" * 40
    sites, found = features("CC" + orf + utr, cds=(2, 14))
    window = 14 + 2 + 6 + 16 + 30 + 2
    assert sites.window.tolist() == [window]
    row = dict(zip(NUMBER, found.dense[0].tolist(), strict=True))
    assert row["3'UTR length"] == pytest.approx(math.log10(1 + len(utr)))
    assert row["ORF length"] == pytest.approx(math.log10(13))
    assert row["stop distance"] == pytest.approx(math.log10(1 + window - 14))
    assert row["nearer end"] == pytest.approx(math.log10(1 + 42))
    # 28 U upstream at weights 1/3 .. 1/30; downstream, where weights start at 1/2, only the A next to the site.
    up, down = [1 / k for k in range(1, 31)], [1 / k for k in range(2, 32)]
    assert row["local A/U"] == pytest.approx((sum(up[2:]) + down[0]) / (sum(up) + sum(down)))
    # As many of the 75 nt on either side as there are.
    before, after = ("CC" + orf + utr)[max(0, window - 75) : window], ("CC" + orf + utr)[window + 8 :][:75]
    rich = sum(each in "AU" for each in before + after)
    assert row["wide A/U"] == pytest.approx(rich / len(before + after))
    assert row["poly(A) AAUAAA, AUUAAA"] == row["poly(A) AAUAAA"] == pytest.approx(math.log(2))
    assert row["poly(A) variants"] == 0 and row["poly(A) before G/U"] == pytest.approx(math.log(2))
    # GAGGUAG on CUACCUC: GA:UC GC.. stacks of Turner 2004, no A-U end (both ends are G-C).
    assert row["SPS"] == pytest.approx(-2.35 - 2.08 - 3.26 - 2.24 - 1.33 - 2.08)
    assert row["pair of nt 9"] == 0 and row["TA"] == 0
    levels = {name: CLASSES[name][level] for name, level in zip(CLASSES, found.classes[0], strict=True) if level >= 0}
    assert levels == {"type": "8mer, 3'UTR", "before window": "GC", "after window": "AC"}
    assert found.group.tolist() == [0]


def test_pairing_beyond_the_seed():
    """let-7a's nt 13-16, UUGU, pair with ACAA 4 nt upstream of the window: four pairs, no offset."""
    paired = "G" * 20 + "ACAA" + "GGGG" + "CUACCUCG" + "G" * 20
    assert features(paired)[1].dense[0, NUMBER["3' pairing"]] == 4
    # Four nt further away the loops differ by 4: 2 too many, half a point each.
    paired = "G" * 20 + "ACAA" + "GGGGGGGG" + "CUACCUCG" + "G" * 20
    assert features(paired)[1].dense[0, NUMBER["3' pairing"]] == 3


def test_what_is_opposite_nt_1_and_8_counts_where_nothing_pairs_there():
    def levels(site):
        found = features("G" * 20 + site + "G" * 20)[1].classes[0]
        named = dict(zip(CLASSES, found, strict=True))
        return [CLASSES[name][named[name]] if named[name] >= 0 else None for name in ("opposite nt 8", "opposite nt 1")]

    assert levels("CUACCUCA") == [None, None]
    assert levels("CUACCUCG") == [None, "G"]
    assert levels("AUACCUCA") == ["A", None]
    assert levels("AUACCUCU") == ["A", "U"]


def test_target_abundance_counts_7mers_of_3utrs():
    counts = count_7mers(Targets.of(table(("CUACCUCA" + "CUACCUCG", 0, 8), ("GUACCUCAN" * 3, 0, 0))))
    assert target_abundance(padded([LET7]), counts)[0] == pytest.approx(math.log10(1 + 1 + 3))


def toy(seed=0, centred=True):
    """Three miRNAs on twenty random mRNAs, with a response that depends on the sites."""
    rng = np.random.default_rng(seed)
    mirnas = ["".join(rng.choice(list("ACGU"), 22)) for _ in range(3)]
    rows = []
    for number in range(20):
        sites = [reverse_complement(mirnas[number % 3][1:8]) + "A", reverse_complement(mirnas[number % 2][1:7])]
        parts = ["".join(rng.choice(list("ACGU"), 150)) for _ in range(3)]
        rows.append((parts[0] + sites[0] + parts[1] + sites[1] + parts[2], 0, 150))
    change = rng.normal(0, 0.2, (3, 20)) - 0.5 * (np.arange(20) % 3 == np.arange(3)[:, None])
    change[0, 4] = np.nan
    about = pd.DataFrame({"experiment": list("abc"), "mirna": list("abc"), "mirna_sequence": mirnas})
    about["family"] = about["mirna_sequence"].str[1:8]
    series = Series("toy", about, change.astype(np.float32), centred, np.arange(20))
    return fit.Data.of(series, table(*rows), EMPTY)


@pytest.mark.parametrize("centred", [True, False])
def test_the_gradient_is_that_of_the_loss(centred):
    data = toy(centred=centred)
    objective = fit.Objective([fit.Part(data, np.arange(3)), fit.Part(data, np.array([1]))])
    rng = np.random.default_rng(1)
    place = objective.start + 0.1 * rng.normal(size=len(objective.start)) * objective.free
    _, gradient = objective(place)
    step = 1e-5
    for which in np.flatnonzero(objective.free):
        moved = np.zeros(len(place))
        moved[which] = step
        slope = (objective(place + moved)[0] - objective(place - moved)[0]) / (2 * step)
        assert gradient[which] == pytest.approx(slope, abs=2e-6)


def test_a_fit_is_the_same_every_time_and_lowers_the_loss():
    data = toy()
    first, again = (fit.fit_terms([fit.Part(data, np.arange(3))], 30)[0] for _ in range(2))
    np.testing.assert_array_equal(first.levels, again.levels)
    np.testing.assert_array_equal(first.dense, again.dense)
    assert fit.agreement(data.series, fit.effects(first, data))[:, 0].mean() > 0.5


def test_a_network_is_what_it_says():
    """Two members, three units, against the same sums with numpy."""
    rng, hidden = np.random.default_rng(5), 3
    shapes = {"table": (int(network.OFFSETS[-1]), hidden), "dense": (len(DENSE), hidden), "bias": (hidden,)}
    shapes |= {"middle": (hidden, hidden), "middle_bias": (hidden,), "out": (hidden,), "out_bias": ()}
    arrays = {name: rng.normal(size=(2, *shape)).astype(np.float32) for name, shape in shapes.items()}
    _, found = features("G" * 20 + "CUACCUCA" + "G" * 30 + "GUACCUCC" + "A" * 20)
    x, coded = found.standard(), network.codes(found)
    places = list(CLASSES)
    assert coded.shape == (2, 15) and (coded >= 0).all()
    assert coded[0, 0] == found.classes[0, places.index("type")] and coded[1, 1] == 12 + CLASSES["before window"].index(
        "GG"
    )
    # nt 10, 9, 8, 7 of let-7a are A, U, G, A, opposite G, G, C, U; the codes of A, C, G, U are 0, 1, 2, 3.
    pairs = np.array([5 * 0 + 2, 5 * 3 + 2, 5 * 2 + 1, 5 * 0 + 3])
    assert (coded[0, 3:7] - network.OFFSETS[3:7]).tolist() == pairs.tolist()
    expected = np.zeros(2)
    for member in range(2):
        a = {name: array[member] for name, array in arrays.items()}
        unit = np.maximum(a["bias"] + a["table"][coded].sum(axis=1) + x @ a["dense"], 0)
        unit = unit + np.maximum(unit @ a["middle"] + a["middle_bias"], 0)
        expected += (unit @ a["out"] + a["out_bias"]) / 2
    np.testing.assert_allclose(network.apply(arrays, x, coded), expected, rtol=1e-4)


def test_a_network_is_trained_the_same_every_time_and_lowers_the_loss(monkeypatch):
    pytest.importorskip("torch", reason="the package is tested alone, without PyTorch")
    for name, value in {"HIDDEN": 4, "MEMBERS": 2, "STEPS": 60, "DROPOUT": 0.0, "RATE": 0.02}.items():
        monkeypatch.setattr(network_fit, name, value)
    data = toy()
    part, size = fit.Part(data, np.arange(3)), len(DENSE)
    plain = model.Terms(*[np.zeros(size)] * 3, fit.Objective([part]).start[3 * size : 3 * size + fit.OFFSETS[-1]])
    first, again = (network_fit.train([part], [plain.sums(part.features)], np.zeros(3)) for _ in range(2))
    for name in network.NAMES:
        np.testing.assert_array_equal(first[name], again[name])
    trained = model.Terms(plain.dense, plain.weak, plain.orf, plain.levels, first)
    r2 = [fit.agreement(data.series, fit.effects(terms, data))[:, 0].mean() for terms in (plain, trained)]
    assert r2[1] > r2[0] + 0.1


def test_prediction_needs_no_torch():
    code = "import sys, deepmirnatar.repression.model as m; m.Repression.load(); sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_family_is_in_one_fold():
    one, other = toy(), toy()
    for each in fit.folds([one, other], count=3):
        assert sorted(each) == [0, 1, 2]
    assert (fit.folds([one], 3)[0] == fit.folds([one, other], 3)[1]).all()


def test_centring_goes_over_the_experiments_that_know_the_mrna():
    change = np.array([[1.0, 3.0, np.nan], [2.0, 5.0, 4.0]], dtype=np.float32)
    series = Series("x", pd.DataFrame(), change, True, np.arange(3))
    np.testing.assert_allclose(series.normalised(change), [[-0.5, -1, np.nan], [0.5, 1, 0]])
    np.testing.assert_allclose(series.normalised(np.ones((2, 3))), [[0, 0, np.nan], [0, 0, 0]])
    series.centred = False
    np.testing.assert_allclose(series.normalised(change), change)


@pytest.fixture(scope="module")
def shipped():
    return model.Repression.load()


def test_effects_add_up_and_are_never_above_zero(shipped, rna):
    rng = np.random.default_rng(3)
    mirnas = pd.DataFrame({"mirna_sequence": [LET7, "UAAGGCACGCGGUGAAUGCCAA"]})
    mrnas = table(*[(rna(rng, 3000), 300, 1200) for _ in range(30)])
    matrix = model.repression_matrix(mirnas, mrnas, shipped)
    assert matrix.shape == (30, 2) and matrix.dtype == np.float32 and (matrix <= 0).all() and (matrix < 0).any()
    targets, bases = Targets.of(mrnas), padded(mirnas["mirna_sequence"])
    sites = find_sites(targets, SeedIndex(bases))
    effects = shipped.site_effects(shipped.describe(sites, targets, bases))
    assert (effects <= 0).all()
    one = (sites.mirna == 1) & (sites.target == 7)
    assert matrix[7, 1] == pytest.approx(effects[one].sum(), rel=1e-5)
    np.testing.assert_allclose(model.gene_effects(sites, effects, 2, 30).T, matrix, rtol=1e-6)


def test_chunks_change_nothing(shipped, rna, monkeypatch):
    rng = np.random.default_rng(4)
    mirnas, mrnas = pd.DataFrame({"mirna_sequence": [LET7]}), table(*[(rna(rng, 2000), 0, 900) for _ in range(12)])
    whole = model.repression_matrix(mirnas, mrnas, shipped)
    monkeypatch.setattr(model, "SITES_AT_ONCE", 3)
    np.testing.assert_array_equal(model.repression_matrix(mirnas, mrnas, shipped), whole)


def test_stronger_sites_repress_more_and_a_3utr_alone_will_do(shipped):
    flank = "AUCGAUUACGUAAGCUUAGACUAUGCAUAGCUAACGUAUUCGA" * 4
    strength = []
    for site in ("CUACCUCA", "CUACCUCG", "GUACCUCG", "CUACCUGG"):
        mrnas = table((flank + site + flank, 0, 0))
        strength.append(model.repression_matrix(pd.DataFrame({"mirna_sequence": [LET7]}), mrnas, shipped)[0, 0])
    assert strength == sorted(strength) and strength[0] < -0.15


def test_what_is_outside_of_the_fit_is_marked(shipped):
    _, found = features("G" * 60_000 + "CUACCUCA" + "G" * 20)
    assert shipped.site_outside(found).tolist() == [True]
    assert shipped.gene_outside(np.array([-0.3, -1e6])).tolist() == [False, True]


def test_saved_and_loaded_it_is_the_same_and_names_its_numbers(shipped, tmp_path):
    shipped.save(tmp_path / "model.safetensors", experiments=[])
    again = model.Repression.load(tmp_path / "model.safetensors")
    pd.testing.assert_frame_equal(again.table(), shipped.table())
    named = shipped.table().set_index(["term", "where"])["value"]
    assert named.index.is_unique
    assert named["type", "8mer, 3'UTR"] > named["type", "6mer, 3'UTR"] > named["type", "6mer, ORF"]


def test_measured_mrnas_are_matched_by_one_identifier_after_another(caplog):
    mrnas = pd.DataFrame({"target": ["A", "B", "C"], "refseq": ["N1", "N2", "N3"], "entrez": ["1", "2", "3"]})
    with caplog.at_level(logging.INFO, logger="deepmirnatar"):
        rows = experiments.match(mrnas, "x", refseq=["N2", "N9", "N8", "N7"], entrez=["9", "3", "", "2"])
    assert rows.tolist() == [1, 2, -1, -1]
    assert "of 4 mRNAs 1 by refseq, 1 by entrez; left out: 1 unknown, 1 that share" in caplog.text


def test_a_workbook_that_is_none_is_refused(tmp_path):
    (tmp_path / "a.xlsx").write_text("no workbook")
    with pytest.raises(ValueError, match=r"a\.xlsx: cannot be read as an \.xlsx workbook"):
        spreadsheet_rows(tmp_path / "a.xlsx")


MIRROR = Path(__file__).parents[2] / "shared" / "data"


@pytest.mark.skipif(not (MIRROR / "agarwal2015").is_dir(), reason="the published files are not beside the clone")
def test_published_files_are_read(monkeypatch):
    monkeypatch.setattr(experiments, "read_refseq_entrez", lambda wheel: pd.Series(dtype=str))
    changes = pd.read_csv(MIRROR / "agarwal2015" / "repress_3947x74.tsv", sep="\t", index_col=0)
    accessions = changes.index[::-1]
    mrnas = pd.DataFrame({"target": accessions, "refseq": accessions, "entrez": "0"})
    files = [MIRROR / "agarwal2015" / name for name in ("repress.mat", "miRs_training.mat")]
    series = experiments.read_srna74(*files, "", mrnas)
    assert series.experiments["experiment"].tolist() == changes.columns.tolist() and not series.centred
    guides = pd.read_csv(MIRROR / "agarwal2015" / "srnas_74.tsv", sep="\t").set_index("srna")["sequence"]
    assert series.experiments.set_index("experiment")["mirna_sequence"].to_dict() == guides.to_dict()
    expected = (changes - changes.median()).to_numpy()[::-1].T
    np.testing.assert_allclose(series.change, expected, atol=1e-5)

    folder = MIRROR / "mcgeary2019"
    table = folder / "GSE140217_HeLa_transfection_logtpm_batchnormalized.txt"
    accessions = pd.read_csv(table, sep="\t", index_col=0).index.str.split(".").str[0]
    mrnas = pd.DataFrame({"target": accessions, "refseq": accessions, "entrez": "0"})
    series = experiments.read_hela17(table, folder / "aav1741_DataS1.xlsx", "", mrnas)
    sequences = series.experiments.set_index("mirna")["mirna_sequence"]
    assert series.change.shape == (17, 4279) and series.centred
    assert sequences["hsa-let-7a"] == LET7 and sequences["hsa-miR-124-3p"] == "UAAGGCACGCGGUGAAUGCCAA"
    assert sequences["cel-lsy-6"].startswith("UUUUGUAUG") and sequences["hsa-miR-7-5p"].startswith("UGGAAGACU")
