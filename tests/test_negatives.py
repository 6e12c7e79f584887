"""Negatives of every strategy, against what each promises and against slow plain computations."""

from collections import Counter
from importlib import import_module
from itertools import product

import numpy as np
import pandas as pd
import pytest

from deepmirnatar.common.files import read_tsv
from deepmirnatar.datasets.negatives import generate
from deepmirnatar.datasets.negatives.rnacofold import Settings, candidate_windows
from deepmirnatar.datasets.negatives.shuffled import mock_mirna
from deepmirnatar.pairs import check_pairs, read_pairs, write_pairs
from deepmirnatar.rna.energies import binding_energies, binding_energy
from deepmirnatar.rna.near_identical import cluster_sites
from deepmirnatar.rna.sequences import encode, family, reverse_complement

LET7 = "UGAGGUAGUAGGUUGUAUAGUU"
CAN_PAIR = {"AU", "UA", "GC", "CG", "GU", "UG"}


def pairs(mirnas: list[str], sites: list[str], targets: list[str] | None = None, names: list[str] | None = None):
    number = range(len(mirnas))
    return pd.DataFrame(
        {
            "pair_id": [f"p{n}" for n in number],
            "mirna": names or [f"miR-{mirna[1:8]}" for mirna in mirnas],
            "mirna_sequence": mirnas,
            "target": targets or [f"G{n}" for n in number],
            "target_sequence": sites,
            "label": 1,
            "split": "train",
            "source": "mine",
            "mirna_written": "5to3",
            "mock": 0,
        }
    )


def test_given_keeps_both_classes_as_they_are(rna, tmp_path, script):
    rng = np.random.default_rng(1)
    table = pairs([LET7] * 6, [rna(rng, 30) for _ in range(6)]).assign(label=[1, 0, 1, 1, 0, 0], split="train")
    kept, positives, negatives, report = (tmp_path / f"{name}.tsv" for name in ("kept", "yes", "no", "report"))
    write_pairs(table, kept)
    stanza = {"negatives": {"strategy": "given"}, "split": {"strategy": "given"}, "seed": 1}
    script("generate_negatives").main(kept, [], stanza, 1, positives, negatives, report)
    assert read_pairs(positives)["pair_id"].tolist() == ["p0", "p2", "p3"]
    assert read_pairs(negatives)["pair_id"].tolist() == ["p1", "p4", "p5"]
    assert report.read_text() == "item\tcount\nnegatives given\t3\n"


def test_an_unknown_strategy_is_named_with_the_known_ones(rna):
    with pytest.raises(ValueError, match="no negative strategy 'rnafold': there is no file"):
        generate(pairs([LET7], ["ACGUACGU"]), {}, "rnafold", {})


# --- shuffled


def test_a_mock_mirna_keeps_composition_and_has_no_real_seed(rna):
    rng = np.random.default_rng(2)
    # A short alphabet of real seeds, so that most permutations have to be refused.
    real = ["U" + "".join(letters) + rna(rng, 15) for letters in product("AG", repeat=6)]
    real += ["UG" + "".join(letters) + rna(rng, 14) for letters in product("GU", repeat=6)]
    table = pairs([LET7] * 40 + real[:40], [rna(rng, 30) for _ in range(80)])
    table = pd.concat([table, table.iloc[:7].assign(label=0, pair_id=[f"n{n}" for n in range(7)])], ignore_index=True)
    positives, negatives, counts = generate(table, {"mirnas": pd.DataFrame({"sequence": real})}, "shuffled", {}, seed=3)
    assert len(positives) == len(negatives) == 80
    assert counts == {"negatives given, set aside": 7, "mock miRNAs made": 80}
    seeds_2_7, seeds_3_8 = ({mirna[start : start + 6] for mirna in [*real, LET7]} for start in (1, 2))
    for before, after in zip(positives["mirna_sequence"], negatives["mirna_sequence"], strict=True):
        assert Counter(before) == Counter(after)
        assert after[1:7] not in seeds_2_7 and after[2:8] not in seeds_3_8
    assert negatives["target_sequence"].tolist() == positives["target_sequence"].tolist()
    assert (negatives["mirna"] == "mock-" + positives["mirna"]).all()
    assert set(negatives["mock"]) == {1} and set(negatives["label"]) == {0} and set(positives["label"]) == {1}
    check_pairs(pd.concat([positives, negatives], ignore_index=True), "shuffled")
    again = generate(table, {"mirnas": pd.DataFrame({"sequence": real})}, "shuffled", {}, seed=3)[1]
    pd.testing.assert_frame_equal(negatives, again)


def test_a_mirna_whose_every_permutation_is_real_is_an_error():
    with pytest.raises(ValueError, match="AAAAAAAAAA: no permutation out of 50"):
        mock_mirna("AAAAAAAAAA", ({"AAAAAA"}, set()), np.random.default_rng(1), tries=50)


# --- matched


@pytest.fixture
def many(rna) -> pd.DataFrame:
    """200 positives of 10 families of two miRNAs each; sites overlap and recur."""
    rng = np.random.default_rng(5)
    members = [[rna(rng, 1) + seed + rna(rng, 14) for _ in range(2)] for seed in (rna(rng, 7) for _ in range(10))]
    mirnas, sites, targets = [], [], []
    for gene in range(100):
        utr = rna(rng, 60)
        for start in (0, 5):
            mirnas.append(members[int(rng.integers(10))][int(rng.integers(2))])
            sites.append(utr[start : start + 40])
            targets.append(f"G{gene}")
    # Ten sites are positives twice, of two miRNAs.
    mirnas += [members[int(rng.integers(10))][0] for _ in range(10)]
    sites, targets = sites + sites[:10], targets + targets[:10]
    return pairs(mirnas, sites, targets)


def families(table: pd.DataFrame) -> pd.Series:
    return table["mirna_sequence"].map(family)


def check_sites(positives: pd.DataFrame, negatives: pd.DataFrame) -> None:
    """Families and sites as often in one class as in the other."""
    assert sorted(positives["mirna_sequence"]) == sorted(negatives["mirna_sequence"])
    assert Counter(families(positives)) == Counter(families(negatives))
    assert Counter(positives["target_sequence"]) == Counter(negatives["target_sequence"])


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_matched_uses_no_cluster_of_a_familys_positives_and_none_twice(many, seed):
    positives, negatives, counts = generate(many, {}, "matched", {}, seed=seed)
    assert len(positives) == len(negatives) == counts["matched negatives"] >= 200
    gene = dict(zip(many["target_sequence"], many["target"], strict=True))
    assert negatives["target"].tolist() == negatives["target_sequence"].map(gene).tolist()
    together = pd.concat([many, negatives], ignore_index=True)
    together["cluster"] = cluster_sites(together["target_sequence"])
    for name, rows in together.groupby(families(together)):
        used = rows.loc[rows["label"] == 0, "cluster"]
        assert used.is_unique, f"family {name} uses a site cluster twice"
        assert set(used).isdisjoint(rows.loc[rows["label"] == 1, "cluster"]), f"family {name} has its own site"


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_matched_balances_families_and_sites(many, seed):
    positives, negatives, counts = generate(many, {}, "matched", {}, seed=seed)
    # A partner can be found for all but a few at the end.
    assert counts["positives without a matched negative, left out"] == 210 - len(positives) <= 10
    check_sites(positives, negatives)
    check_pairs(pd.concat([positives, negatives], ignore_index=True), "matched")


def test_matched_follows_the_seed(many):
    first, again, other = (generate(many, {}, "matched", {}, seed=seed)[1] for seed in (1, 1, 2))
    assert first.equals(again) and not first.equals(other)


def test_matched_keeps_both_classes_equal_where_a_family_is_too_large(rna):
    """Two thirds of the positives are of one family, which can be given the sites of the others alone."""
    rng = np.random.default_rng(6)
    mirnas = [rna(rng, 22) for _ in range(6)]
    table = pairs([mirnas[0] if n < 80 else mirnas[1 + n % 5] for n in range(120)], [rna(rng, 40) for _ in range(120)])
    positives, negatives, counts = generate(table, {}, "matched", {}, seed=1)
    assert counts["positives without a matched negative, left out"] == 120 - len(positives) > 0
    assert len(positives) == len(negatives) > 0
    check_sites(positives, negatives)


def test_matched_drops_what_belongs_to_the_positives_site(many):
    many = many.assign(seed_type="8mer", utr_start=7, refseq="NM_1", site_cluster=many["target_sequence"].str[:9])
    _, negatives, _ = generate(many, {}, "matched", {})
    assert {"seed_type", "utr_start", "refseq"}.isdisjoint(negatives.columns)
    assert negatives["site_cluster"].tolist() == negatives["target_sequence"].str[:9].tolist()


def test_the_report_of_matched_negatives_tells_what_the_split_dropped(many, tmp_path, script):
    """A repeat chains half of the sites, so that rows near test sites go."""
    repeat = "ACGUUGCAAGCUUACGGAUCCGUA"
    sites = [repeat + site[:16] if n % 2 else site for n, site in enumerate(many["target_sequence"])]
    many["target_sequence"] = sites
    write_pairs(many, tmp_path / "kept.tsv")
    stanza = {"negatives": {"strategy": "matched"}, "split": {"strategy": "by_mirna_family"}, "seed": 1}
    paths = [str(tmp_path / f"{name}.tsv") for name in ("positives", "negatives", "report")]
    script("generate_negatives").main(str(tmp_path / "kept.tsv"), [], stanza, 1, *paths)
    report = read_tsv(paths[2]).set_index("item")["count"]
    dropped = report[report.index.str.contains("dropped from")]
    assert len(dropped) == 3 and dropped.sum() > 0
    left = report["positives without a matched negative, left out"]
    assert len(many) == report["matched negatives"] + left + dropped.sum()


# --- rnacofold


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"min_base_pairs": 4},
        {"min_base_pairs": 8},
        {"pair_from": 2, "pair_to": 8, "min_base_pairs": 5},
        {"pair_from": 2, "pair_to": 7, "min_base_pairs": 6},
        {"window": 30, "step": 3},
        {"window": 17, "step": 1, "pair_from": 1, "pair_to": 17, "min_base_pairs": 9},
    ],
)
def test_the_pair_rule_equals_a_slow_plain_computation(rna, settings):
    chosen, rng, passed, total = Settings(**settings), np.random.default_rng(9), 0, 0
    for length in (0, 10, chosen.window - 1, chosen.window, chosen.window + 1, 200, 203):
        for unknown in (0, 2):
            mirna, utr = rna(rng, 22), list(rna(rng, length))
            for place in rng.integers(0, max(length, 1), unknown):
                if length:
                    utr[place] = "N"
            utr, expected = "".join(utr), []
            for start in range(0, length - chosen.window + 1, chosen.step):
                window = utr[start : start + chosen.window]
                stretch = mirna[chosen.pair_from - 1 : chosen.pair_to]
                # Antiparallel: the stretch read backwards runs along the window.
                most = max(
                    sum(a + b in CAN_PAIR for a, b in zip(stretch[::-1], window[at:], strict=False))
                    for at in range(chosen.window - len(stretch) + 1)
                )
                if most >= chosen.min_base_pairs and "N" not in window:
                    expected.append(start)
                total += 1
            assert candidate_windows(encode(mirna), encode(utr), chosen).tolist() == expected
            passed += len(expected)
    assert 0 < passed < total


def ensemble(*strands: str) -> float:
    """Free energy of all structures, listed one by one; of two strands, those with a pair between them."""
    import RNA

    model = RNA.md()
    model.uniq_ML = 1
    weight, heat = 0.0, (37 + 273.15) * 1.98717e-3
    for found in RNA.fold_compound("&".join(strands), model).subopt(6000):
        first = found.structure.split("&")[0]
        if len(strands) == 1 or first.count("(") != first.count(")"):
            weight += np.exp(-found.energy / heat)
    return -heat * np.log(weight)


@pytest.mark.parametrize(
    ("mirna", "site"), [("UGAGGUAG", "CUACCUCA"), ("GGCAUC", "GAUGCCAA"), ("ACGUAGCA", "UUGCUAGGU")]
)
def test_binding_energy_equals_the_sum_over_all_structures(mirna, site):
    expected = ensemble(mirna, site) - ensemble(mirna) - ensemble(site)
    assert binding_energy((mirna, site)) == pytest.approx(expected, abs=1e-3)


def test_binding_energy_of_a_long_and_stable_site_is_a_number():
    """The sum over its structures is larger than any number, unless the energies are scaled."""
    folded, open_site = "G" * 150 + "AAAA" + "C" * 150, "A" * 120 + "GGCGCCGCAUCCGGCGCCGGCC" + "A" * 120
    mirna = "GGCCGGCGCCGGAUGCGGCGCC"
    assert 0 < binding_energy((mirna, folded)) < 10 and binding_energy((mirna, open_site)) < -20


def plain_binding(mirna: str, site: str) -> float:
    """dG_bind by way of the strands' own ensembles and that of all states of the two together."""
    import RNA

    heat = (37 + 273.15) * 1.98717e-3
    alone = sum(RNA.fold_compound(strand).pf()[1] for strand in (mirna, site))
    both = RNA.fold_compound(f"{mirna}&{site}").pf_dimer()[4]
    return -heat * np.log(np.exp(-(both - alone) / heat) - 1)


def test_energies_come_back_row_by_row_and_the_same_from_several_processes(rna):
    rng = np.random.default_rng(4)
    mirnas = [LET7, LET7, rna(rng, 22), LET7] * 60
    sites = [rna(rng, 24) if n % 4 else "GGAACUAUACAACCUACUACCUCA" for n in range(240)]
    alone, together = (binding_energies(mirnas, sites, processes) for processes in (1, 2))
    np.testing.assert_array_equal(alone, together)
    for row in (0, 1, 7, 202, 239):
        assert alone[row] == binding_energy((mirnas[row], sites[row]))
    assert alone[0] == alone[4] < -20
    assert binding_energies([], []).shape == (0,)


@pytest.fixture
def utrs(rna) -> pd.DataFrame:
    rng = np.random.default_rng(21)
    sequences = [rna(rng, int(rng.integers(100, 250))) for _ in range(120)]
    # Every third 3'UTR has unknown bases; one is shorter than a window.
    sequences = [s[:60] + "NNN" + s[63:] if n % 3 == 0 else s for n, s in enumerate(sequences)] + [rna(rng, 30)]
    genes = [f"U{n}" for n in range(len(sequences))]
    return pd.DataFrame({"gene": genes, "entrez": genes, "sequence": sequences})


def reference_of(utrs: pd.DataFrame, known: pd.DataFrame | None = None, mirnas: dict[str, str] | None = None) -> dict:
    """Reference tables; `known` targets none of these miRNAs unless given, `mirnas` are name -> sequence."""
    nothing = pd.DataFrame({"mirna": ["x"], "gene": ["y"], "strong": [1]})
    names = pd.DataFrame({"name": list(mirnas or {}), "sequence": list((mirnas or {}).values())}, dtype=str)
    return {"utrs": utrs, "known_targets": nothing if known is None else known, "mirnas": names}


def test_rnacofold_negatives_keep_every_promise(rna, utrs):
    rng = np.random.default_rng(22)
    mirnas = [rna(rng, 22) for _ in range(3)]
    positives = pairs([mirna for mirna in mirnas for _ in range(5)], [rna(rng, 40) for _ in range(15)])
    positives["target"] = ["U1", "U2", *positives["target"][2:]]
    # What the strategy must not take however well it binds: known targets (from the table and from the positives
    # themselves), and other genes' windows that overlap a positive site.
    perfect = "ACGA".join([reverse_complement(mirnas[0])] * 6)
    copied = positives["target_sequence"][0]
    utrs.loc[1:3, "sequence"] = perfect
    more = [("K4", perfect), *((f"C{n}", rna(rng, 5) + copied + rna(rng, 5)) for n in range(200))]
    utrs = pd.concat([utrs, pd.DataFrame(more, columns=["gene", "sequence"])], ignore_index=True)
    name = positives["mirna"][0]
    known = pd.DataFrame({"mirna": [name, name], "gene": ["U3", "K4"], "strong": [0, 1]})
    reference = reference_of(utrs, known)
    settings = {"energy": -6.0, "per_mirna_gene": 2}

    kept, negatives, counts = generate(positives, reference, "rnacofold", settings, seed=7)
    pd.testing.assert_frame_equal(kept, positives)
    assert Counter(negatives["mirna_sequence"]) == Counter(positives["mirna_sequence"])
    assert counts["negatives that could not be made"] == 0 and set(negatives["label"]) == {0}
    assert negatives.groupby(["mirna", "target"]).size().max() <= 2
    assert not negatives.duplicated(["mirna_sequence", "target_sequence"]).any()
    sequence = utrs.set_index("gene")["sequence"]
    runs = {copied[at : at + 20] for at in range(21)}
    for row in negatives.itertuples():
        start = int(row.utr_start)
        assert sequence[row.target][start : start + 40] == row.target_sequence and start % 5 == 0
        assert "N" not in row.target_sequence and len(row.target_sequence) == 40
        assert candidate_windows(encode(row.mirna_sequence), encode(row.target_sequence), Settings()).tolist() == [0]
        assert row.energy <= -6.0
        assert row.energy == pytest.approx(plain_binding(row.mirna_sequence, row.target_sequence), abs=0.01)
        if row.mirna == name:
            assert row.target not in ("U1", "U2", "U3", "K4")
            assert not any(row.target_sequence[at : at + 20] in runs for at in range(21))
    # The very good windows are open to the other miRNAs: it is the targets that are closed, not the genes.
    check_pairs(pd.concat([kept, negatives], ignore_index=True), "rnacofold")
    again, other = (generate(positives, reference, "rnacofold", settings, seed=seed)[1] for seed in (7, 8))
    pd.testing.assert_frame_equal(negatives, again)
    # Genes are drawn, not taken from the top of the table.
    assert len(set(negatives["target"]) - set(other["target"])) > 5


def test_windows_of_known_targets_are_taken_where_nothing_is_known(rna):
    """The counterpart of the test above: the closed genes are the ones that would be taken."""
    mirna = LET7
    perfect = "ACGA".join([reverse_complement(mirna)] * 6)
    utrs = pd.DataFrame({"gene": ["U1", "U2", "U3"], "sequence": [perfect, perfect[1:], perfect[2:]]})
    positives = pairs([mirna] * 3, ["GGGGGCCCCCAAAAACCCCC"] * 3)
    _, negatives, _ = generate(positives, reference_of(utrs), "rnacofold", {}, seed=1)
    assert len(negatives) == 3
    # Known under its own name, or under another name of the same sequence.
    for name in (positives["mirna"][0], "another-name"):
        known = pd.DataFrame({"mirna": name, "gene": ["U1", "U2", "U3"], "strong": 0})
        with pytest.raises(ValueError, match="relax `energy` or `min_base_pairs`"):
            generate(positives, reference_of(utrs, known, {"another-name": mirna}), "rnacofold", {}, seed=1)


def test_ratio_and_what_could_not_be_made(rna, utrs):
    rng = np.random.default_rng(23)
    mirnas = [rna(rng, 22), rna(rng, 22)]
    positives = pairs([mirnas[0]] * 10 + [mirnas[1]] * 4, [rna(rng, 40) for _ in range(14)])
    reference = reference_of(utrs)
    _, negatives, counts = generate(positives, reference, "rnacofold", {"ratio": 0.5, "energy": -3.0})
    assert Counter(negatives["mirna_sequence"]) == {mirnas[0]: 5, mirnas[1]: 2}
    few = reference | {"utrs": utrs.iloc[1:3]}
    _, negatives, counts = generate(positives, few, "rnacofold", {"energy": -3.0, "per_mirna_gene": 1})
    assert len(negatives) <= 4 and counts["negatives that could not be made"] == 14 - len(negatives)


def test_a_3utr_that_several_genes_share_gives_each_negative_once(rna):
    rng = np.random.default_rng(24)
    utr = rna(rng, 60)
    utrs = pd.DataFrame({"gene": [f"U{n}" for n in range(200)], "sequence": utr})
    reference = reference_of(utrs)
    positives = pairs([LET7] * 12, [rna(rng, 40) for _ in range(12)])
    _, negatives, _ = generate(positives, reference, "rnacofold", {"energy": -0.5, "min_base_pairs": 4}, seed=1)
    assert not negatives.duplicated(["mirna_sequence", "target_sequence"]).any()


def test_the_cap_holds_for_a_name_that_is_written_with_two_sequences(rna, utrs):
    """A trimmed and a full sequence under one name are one miRNA for the cap on (miRNA, gene)."""
    rng = np.random.default_rng(25)
    positives = pairs([LET7] * 30 + [LET7[:-1]] * 30, [rna(rng, 40) for _ in range(60)], names=["let-7a"] * 60)
    reference = reference_of(utrs.iloc[:40])
    _, negatives, _ = generate(
        positives, reference, "rnacofold", {"energy": -3.0, "per_mirna_gene": 1, "min_base_pairs": 5}
    )
    assert negatives.groupby(["mirna", "target"]).size().max() == 1


def test_matched_gives_no_site_of_a_gene_that_the_family_targets(many):
    """Neither of one in the table nor of one that miRTarBase names."""
    names = many["mirna"].unique()
    genes = many["target"].unique()
    known = pd.DataFrame({"mirna": names[0], "gene": genes[: len(genes) // 2], "strong": 0})
    positives, negatives, _ = generate(many, {"known_targets": known}, "matched", {}, seed=1)
    by_family = many.groupby(families(many))["target"].agg(set)
    other = many.loc[many["mirna"] == names[0], "mirna_sequence"].iloc[0]
    for name, rows in negatives.groupby(families(negatives)):
        assert by_family[name].isdisjoint(rows["target"])
        if name == family(other):
            assert set(known["gene"]).isdisjoint(rows["target"])
    check_sites(positives, negatives)


def test_matched_spares_the_known_targets_of_each_family_that_a_name_stands_for(many):
    """A release may give one name to miRNAs of several families."""
    shared = sorted(set(families(many)))[:2]
    table = many.assign(mirna=many["mirna"].where(~families(many).isin(shared), "hsa-x"))
    genes = many["target"].unique()[:40]
    known = pd.DataFrame({"mirna": "hsa-x", "gene": genes, "strong": 0})
    _, negatives, _ = generate(table, {"known_targets": known}, "matched", {}, seed=1)
    for name in shared:
        assert set(genes).isdisjoint(negatives.loc[families(negatives) == name, "target"])


def test_matched_negatives_stay_within_their_split_and_source(rna):
    """Neither a miRNA's nor a site's rate in train can tell its class in test, nor can the origin of its site."""
    rng = np.random.default_rng(3)
    mirnas = [rna(rng, 22) for _ in range(8)]
    rows = []
    for number in range(240):
        which = int(rng.integers(8))
        rows.append((f"m{which}", mirnas[which], f"g{number}", rna(rng, 40), ["train", "valid", "test"][number % 3],
                     "one" if number % 2 else "two"))  # fmt: skip
    columns = ["mirna", "mirna_sequence", "target", "target_sequence", "split", "source"]
    positives = pd.DataFrame(rows, columns=columns).assign(label=1, pair_id=[f"p{n}" for n in range(240)])
    stay, negatives, _ = import_module("deepmirnatar.datasets.negatives.matched").make(positives, {}, {}, 1, 1)
    own = positives.set_index("target_sequence")
    assert len(stay) == len(negatives) == 240
    assert (own.loc[negatives["target_sequence"], "split"].to_numpy() == negatives["split"].to_numpy()).all()
    assert (own.loc[negatives["target_sequence"], "source"].to_numpy() == negatives["source"].to_numpy()).all()
    for column in ("mirna", "target_sequence"):
        both = pd.concat([stay, negatives.assign(label=0)])
        assert both.groupby([column, "split"])["label"].mean().eq(0.5).all()


def test_a_matched_negative_stands_in_one_split(rna):
    """Genes with sites in every split, as `by_pair` leaves them: a pair seen in train must not tell that it is none."""
    rng = np.random.default_rng(4)
    mirnas = [rna(rng, 22) for _ in range(12)]
    number = np.arange(360)
    positives = pd.DataFrame({
        "mirna_sequence": [mirnas[each] for each in rng.integers(0, 12, 360)],
        "target": [f"g{each}" for each in number % 40],
        "target_sequence": [rna(rng, 40) for _ in number],
        "split": [["train", "valid", "test"][each] for each in rng.integers(0, 3, 360)],
    }).assign(mirna=lambda table: table["mirna_sequence"], label=1, source="one")  # fmt: skip
    _, negatives, _ = import_module("deepmirnatar.datasets.negatives.matched").make(positives, {}, {}, 1, 1)
    assert len(negatives) > 100
    assert negatives.groupby(["mirna_sequence", "target"])["split"].nunique().max() == 1


def test_rows_near_another_datasets_test_sites_are_dropped_with_the_reason(rna):
    from deepmirnatar.datasets.leak_filter import drop_near

    rng = np.random.default_rng(4)
    sites = [rna(rng, 40) for _ in range(3)]
    table = pd.DataFrame({"target_sequence": [sites[0], sites[1][12:] + rna(rng, 12), sites[2][25:] + rna(rng, 25)]})
    kept, dropped = drop_near(table, {"a:test": pd.DataFrame({"target_sequence": sites})})
    assert kept["target_sequence"].tolist() == table["target_sequence"][2:].tolist()
    assert dropped["reason"].str.contains("a:test").all() and len(dropped) == 2
