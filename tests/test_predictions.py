"""Predictions for own sequences: where sites lie, what is combined and counted, what a case study leaves out."""

import numpy as np
import pandas as pd
import pytest

from deepmirnatar.common.fasta import read_fasta
from deepmirnatar.common.files import read_tsv, write_tsv
from deepmirnatar.datasets.gene_filter import check_genes, drop_targets
from deepmirnatar.prediction import study_sites, targets
from deepmirnatar.prediction.case_study import grouped, separation
from deepmirnatar.rna.near_identical import lie_on
from deepmirnatar.rna.sequences import PAIRS, encode
from deepmirnatar.study.schema import ConfigError
from deepmirnatar.study.study import Study

LET7 = "UGAGGUAGUAGGUUGUAUAGUU"
MIR16 = "UAGCAGCACGUAAAUAUUGGCG"
# An 8mer of let-7 at 50..57; nothing for miR-16.
UTR = "G" * 50 + "CUACCUCA" + "U" * 30
MIRNAS = pd.DataFrame({"mirna": ["let-7", "miR-16"], "mirna_sequence": [LET7, MIR16]})


def on(*utrs: str) -> pd.DataFrame:
    return pd.DataFrame({"target": [f"gene{n}" for n in range(len(utrs))], "sequence": utrs, "group": "target"})


def fasta(path, **entries):
    path.write_text("".join(f">{name} more words\n{sequence}\n" for name, sequence in entries.items()))
    return path


# --- candidate sites ------------------------------------------------------------------------------------------


def test_seed_candidates_stand_where_they_are_on_the_utr():
    sites = study_sites.find_sites(MIRNAS, on("A" * 100, UTR), "seed", 40, 5)
    assert sites[["mirna", "target", "start", "end", "seed_type"]].to_numpy().tolist() == [
        ["let-7", "gene1", 23, 63, "8mer"]
    ]
    assert sites["target_sequence"].item() == UTR[23:63]


def test_pairing_and_all_take_windows_a_step_apart(rna):
    utr = rna(np.random.default_rng(2), 103) + "A" * 100
    every = study_sites.find_sites(MIRNAS, on(utr), "all", 40, 5)
    assert every.groupby("mirna")["start"].agg(list).tolist() == [list(range(0, 164, 5))] * 2
    some = study_sites.find_sites(MIRNAS, on(utr), "pairing", 40, 5)
    can_pair = PAIRS[encode(LET7)[:10][::-1][:, None], encode(utr)]
    # nt 10 faces p, nt 9 faces p + 1, and so on.
    counts = [can_pair[np.arange(10), np.arange(p, p + 10)].sum() for p in range(len(utr) - 9)]
    expected = [start for start in range(0, 164, 5) if max(counts[start : start + 31]) >= 6]
    assert some.loc[some["mirna"] == "let-7", "start"].tolist() == expected
    assert 0 < len(some) < len(every)
    for row in every.itertuples():
        assert row.target_sequence == utr[row.start : row.end] and row.end - row.start == 40


def test_windows_with_unknown_bases_and_utrs_that_are_too_short_give_none():
    assert not len(study_sites.find_sites(MIRNAS, on("ACGU" * 5, "N" * 100), "all", 40, 5))


# --- what goes in ---------------------------------------------------------------------------------------------


def test_fasta_takes_dna_lower_case_and_gzip(tmp_path):
    import gzip

    path = fasta(tmp_path / "m.fa", **{"let-7": LET7.replace("U", "t").lower()})
    zipped = tmp_path / "m.fa.gz"
    zipped.write_bytes(gzip.compress(path.read_bytes()))
    for each in (path, zipped):
        assert study_sites.read_mirnas(None, each).to_numpy().tolist() == [["let-7", LET7]]


def test_entries_that_biomart_has_no_sequence_of_are_left_out_and_counted(tmp_path, caplog):
    (tmp_path / "utrs.fa").write_text(">A\nACGU\n>B\nSequence unavailable\n>C\nSequence unavailable\n")
    assert read_fasta(tmp_path / "utrs.fa", "ACGUN").to_dict() == {"A": "ACGU"}
    assert "2 entries read 'Sequence unavailable' and are left out" in caplog.text


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (">a\nACGUACGUACGUACGUXCGU\n", r"m\.fa, line 2: entry 'a' holds 'X' at nt 17"),
        (">a\nACGUACGUACGUACGUACGU\n>a x\nACGUACGUACGUACGUACGU\n", "'a' occurs twice"),
        (">a\n\n", "'a' is empty"),
        (">\nACGU\n", "entry 1 has no name"),
        ("mirna\tsequence\n", "holds no FASTA entry"),
        (f">pre\n{'ACGU' * 20}\n", "'pre' has 80 nt; a mature miRNA"),
    ],
)
def test_a_fault_in_a_fasta_names_file_and_entry(tmp_path, text, wanted):
    path = tmp_path / "m.fa"
    path.write_text(text)
    with pytest.raises(ValueError, match=wanted):
        study_sites.read_mirnas(None, path)


def test_an_unknown_name_is_met_with_the_nearest(tmp_path):
    utrs, mature = tmp_path / "utrs.tsv", tmp_path / "mirnas.tsv"
    write_tsv(pd.DataFrame({"gene": ["PTEN", "BCL2"], "entrez": ["1", "2"], "sequence": [UTR, "ACGU"]}), utrs)
    write_tsv(pd.DataFrame({"name": ["hsa-let-7a-5p"], "accession": ["M"], "sequence": [LET7]}), mature)
    assert study_sites.read_targets(["BCL2", "PTEN"], utrs)["sequence"].tolist() == ["ACGU", UTR]
    with pytest.raises(ValueError, match=r"gene 'PTNE' is not in the reference table. Did you mean 'PTEN'\?"):
        study_sites.read_targets(["PTNE"], utrs)
    with pytest.raises(ValueError, match=r"miRNA 'hsa-let-7a' is not .* 'hsa-let-7a-5p'"):
        study_sites.read_mirnas(["hsa-let-7a"], mature)


def test_random_targets_are_seeded_others_and_long_enough(tmp_path):
    utrs = tmp_path / "utrs.tsv"
    table = pd.DataFrame({"gene": [f"g{n}" for n in range(30)], "sequence": [UTR] * 29 + ["N" * 90]})
    write_tsv(table, utrs)
    drawn = [study_sites.random_targets(5, utrs, pd.Series(["g0", "g1"]), 40, seed)["target"] for seed in (1, 1, 2)]
    assert drawn[0].tolist() == drawn[1].tolist() != drawn[2].tolist()
    everything = study_sites.random_targets(27, utrs, pd.Series(["g0", "g1"]), 40, 1)
    assert set(everything["target"]) == {f"g{n}" for n in range(2, 29)} and set(everything["group"]) == {"random"}
    with pytest.raises(ValueError, match="28 genes are asked for, the reference has 27"):
        study_sites.random_targets(28, utrs, pd.Series(["g0", "g1"]), 40, 1)


# --- what comes out -------------------------------------------------------------------------------------------

SITES = pd.DataFrame(
    {
        "mirna": ["let-7", "let-7", "miR-16"],
        "target": ["A", "A", "B"],
        "start": [23, 0, 7],
        "end": [63, 40, 47],
        "seed_type": ["8mer", "offset 6mer", "none"],
        "score": [0.5, 0.2, 0.1],
        "called": [1, 0, 0],
        "called_valid": [0, 0, 0],
    }
)
TESTED = MIRNAS.merge(pd.DataFrame({"target": ["A", "B"], "group": "target", "utr_length": 88}), how="cross")


def test_a_pair_has_its_sites_combined_and_one_without_a_site_stays():
    table = targets.summarize(TESTED, SITES).set_index(["mirna", "target"])
    assert len(table) == 4
    row = table.loc["let-7", "A"]
    assert (row["sites"], row["best_score"], row["called"], row["called_valid"]) == (2, 0.5, 1, 0)
    assert row["any_site"] == pytest.approx(1 - 0.5 * 0.8)
    none = table.loc["let-7", "B"]
    assert none["sites"] == none["called"] == 0 and pd.isna(none["best_score"]) and pd.isna(none["any_site"])
    assert table.index[0] == ("let-7", "A")


def test_scores_that_are_no_probabilities_are_not_combined():
    table = targets.summarize(TESTED, SITES.assign(score=[-5.0, -12.0, -1.0]))
    assert "any_site" not in table and table["best_score"].max() == -1


def test_known_targets_are_strong_or_not():
    known = pd.DataFrame({"mirna": ["let-7", "miR-16"], "gene": ["A", "A"], "strong": [1, 0]})
    table = targets.add_known(targets.summarize(TESTED, SITES), known).set_index(["mirna", "target"])
    assert table["strong"].to_dict() == {p: int(p == ("let-7", "A")) for p in table.index}
    assert table["known"].to_dict() == {p: int(p[1] == "A") for p in table.index}


def test_training_rows_are_counted_by_name_sequence_and_place():
    training = pd.DataFrame(
        [
            ("let-7", LET7, "A", "ACGUACGUACGU", 1),
            ("let-7", LET7, "A", "CCCCCCCCCCCC", 0),
            ("another name", LET7, "placeholder", UTR[30:60], 1),  # let-7 by sequence, A by its 3'UTR
            ("miR-16", MIR16, "C", "CCCCCCCCCCCC", 0),
        ],
        columns=["mirna", "mirna_sequence", "target", "target_sequence", "label"],
    )
    utrs = pd.Series({"A": UTR, "B": "A" * 88})
    table = targets.add_training(targets.summarize(TESTED, SITES), training, utrs).set_index(["mirna", "target"])
    counts = table.filter(like="_in_training")
    assert counts.loc[("let-7", "A")].tolist() == [2, 1, 2, 1, 2, 1]
    assert counts.loc[("miR-16", "A")].tolist() == [0, 0, 2, 1, 0, 1]
    assert counts.loc[("let-7", "B")].tolist() == [0, 0, 0, 0, 2, 1]


def test_bed_is_sorted_and_its_coordinates_cut_the_site_out():
    sites = study_sites.find_sites(MIRNAS, on("A" * 40 + UTR, UTR), "seed", 40, 5).assign(score=[0.25, 1.0])
    table = targets.bed(sites)
    assert table.to_numpy().tolist() == [
        ["gene0", 63, 103, "let-7|8mer", 250, "+"],
        ["gene1", 23, 63, "let-7|8mer", 1000, "+"],
    ]
    for row, utr in zip(table.itertuples(), ("A" * 40 + UTR, UTR), strict=True):
        assert utr[row.start : row.end] == sites["target_sequence"].iloc[row.Index]
    stretched = targets.bed(SITES.assign(score=[-5.0, -15.0, -10.0]))
    assert stretched["bed_score"].tolist() == [0, 1000, 500]
    assert stretched["name"].tolist()[0] == "let-7|offset_6mer"


# --- the case study -------------------------------------------------------------------------------------------


def case() -> pd.DataFrame:
    """Two miRNAs; the second is liked, its pairs score higher throughout."""
    rows = [
        ("a", "T1", "target", 1, 1, 0.30), ("b", "T2", "target", 1, 1, 0.90), ("b", "T3", "target", 0, 1, 0.95),
        ("a", "R1", "random", 0, 0, 0.10), ("a", "R2", "random", 0, 0, 0.20), ("b", "R1", "random", 0, 0, 0.80),
        ("b", "R2", "random", 0, 0, np.nan), ("a", "R3", "random", 0, 1, 0.99), ("a", "T2", "target", 0, 0, np.nan),
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=["mirna", "target", "group", "strong", "known", "best_score"])
    table["sites"] = table["best_score"].notna().astype(int)
    seen = {"mirna_positives_in_training": 1, "mirna_negatives_in_training": (table["mirna"] == "a").astype(int)}
    return table.assign(utr_length=100, **seen)


def test_pairs_are_grouped_by_evidence():
    assert grouped(case()).tolist() == [
        "strong evidence", "strong evidence", "weaker evidence", "random genes", "random genes", "random genes",
        "random genes", "", "none known",
    ]  # fmt: skip


def test_separation_by_hand():
    found = separation(case()).set_index("score")
    # Strong .30 and .90 against random .10, .20, .80: five of six comparisons are won.
    assert found.loc["model, pairs with a site", "value"] == pytest.approx(5 / 6)
    assert found.loc["model, within each miRNA", "value"] == 1
    # Rates: a 1/2, b 1. (a against a, a, b: .5 .5 0; b against a, a, b: 1 1 .5)
    assert found.loc["miRNA alone (rate in training)", "value"] == pytest.approx(3.5 / 6)
    assert found.loc["model, all pairs", "value"] == pytest.approx(7 / 8)
    assert found.loc["number of sites alone", "value"] == pytest.approx((2 * (1 + 3 * 0.5)) / 8)
    assert found.loc["3'UTR length alone", "value"] == 0.5
    assert (found["low"] <= found["value"]).all() and (found["value"] <= found["high"]).all()


def test_where_no_pair_has_a_site_nothing_is_told_apart():
    found = separation(case().assign(best_score=np.nan, sites=0)).set_index("score")
    assert np.isnan(found.loc["model, pairs with a site", "value"])
    assert found.loc["model, all pairs", "value"] == 0.5


def test_stand_ins_are_left_out_of_one_row():
    table = case().assign(stand_in=0)
    assert separation(table).equals(separation(case()))
    table.loc[1, "stand_in"] = 1  # the pair of strong evidence that scores .90
    row = separation(table).set_index("score").loc["model, pairs with a site, without stand-ins"]
    # .30 against .10, .20, .80.
    assert row["value"] == pytest.approx(2 / 3) and row["positives"] == 1


def test_stand_ins_of_the_reference_are_marked_and_own_3utrs_are_not(script, tmp_path):
    utrs = {"A": "G" * 400 + "CUACCUCA" + "U" * 436, "B": UTR}
    write_tsv(pd.DataFrame({"gene": utrs.keys(), "sequence": utrs.values()}), tmp_path / "utrs.tsv")
    mirnas = fasta(tmp_path / "m.fa", a=LET7)
    out = [str(tmp_path / name) for name in ("candidates.tsv", "tested.tsv", "utrs.fa")]
    stanza = {"mirnas": "m.fa", "window": 40, "step": 5, "random_targets": 0, "candidates": "seed"}
    files = {"mirnas": mirnas, "targets": tmp_path / "utrs.tsv"}
    script("find_sites").main("mine", {**stanza, "targets": ["A", "B"]}, files, *out)
    assert read_tsv(out[1]).set_index("target")["stand_in"].to_dict() == {"A": 1, "B": 0}
    files["targets"] = fasta(tmp_path / "utrs.fa", **utrs)
    script("find_sites").main("mine", {**stanza, "targets": "utrs.fa"}, files, *out)
    assert "stand_in" not in read_tsv(out[1])


def test_sites_lie_on_utrs_by_a_shared_run_or_whole_if_short(rna):
    rng = np.random.default_rng(5)
    one, other = rna(rng, 200), rna(rng, 200)
    one = one[:100] + "N" + one[101:]
    other_base = "C" if one[39] == "A" else "A"
    sites = pd.Series([
        one[10:50], rna(rng, 10) + other[30:50] + rna(rng, 10), other[60:79], one[20:39] + other_base * 8,
        other[5:15] + "A" * 8,
    ])  # fmt: skip
    site, utr = lie_on(sites, pd.Series([one, other, one]))
    assert list(zip(site.tolist(), utr.tolist(), strict=True)) == [(0, 0), (0, 2), (1, 1), (2, 1)]
    assert [len(part) for part in lie_on(sites, pd.Series([], dtype=str))] == [0, 0]


def test_without_targets_drops_by_gene_and_by_site_and_says_why(rna):
    rng = np.random.default_rng(6)
    utrs = pd.DataFrame({"gene": ["GNG7", "PTEN"], "sequence": [rna(rng, 100), rna(rng, 100)]})
    table = pd.DataFrame(
        {
            "target": ["GNG7", "NOONE", "NOONE", "PTEN", "other"],
            "target_sequence": [rna(rng, 40), utrs["sequence"][0][20:60], utrs["sequence"][1][20:60], "ACGU", "ACGU"],
        }
    )
    kept, dropped = drop_targets(table, ["GNG7"], utrs)
    assert kept["target"].tolist() == ["NOONE", "PTEN", "other"]
    assert dropped["reason"].tolist() == [
        "gene GNG7 is in without_targets",
        "site lies on the 3'UTR of GNG7, in without_targets",
    ]
    assert drop_targets(table, ["other"], utrs)[1]["target"].tolist() == ["other"]
    with pytest.raises(ValueError, match=r"without_targets: 'PTNE' is no gene .* Did you mean 'PTEN'\?"):
        check_genes(["other", "PTNE"], {*table["target"], *utrs["gene"]})


def test_the_filter_reports_what_a_dataset_leaves_out(script, tmp_path, rows):
    write_tsv(rows, tmp_path / "pairs.tsv")
    write_tsv(
        pd.DataFrame({"gene": ["G"], "sequence": ["UU" + rows["target_sequence"][1] + "UU"]}), tmp_path / "utrs.tsv"
    )
    stanza = {"orientation": "corrected", "mirbase": False, "without_targets": ["LIN28B", "G"], "apart_from": []}
    paths = [str(tmp_path / f"{name}.tsv") for name in ("pairs", "utrs", "kept", "dropped", "report")]
    script("filter_pairs").main(
        paths[0], paths[1:2], [], stanza, dict(zip(["kept", "dropped", "report"], paths[2:], strict=True))
    )
    assert read_tsv(paths[2])["target"].tolist() == ["nan", "BCL2"]
    assert read_tsv(paths[3])["reason"].str.contains("without_targets").tolist() == [True, True]
    # What the filter would have dropped is no part of the report where it is off.
    assert read_tsv(paths[4])["item"].str.contains("filter|without_targets").all() and len(read_tsv(paths[4])) == 3


# --- the stanza -----------------------------------------------------------------------------------------------


def study(tmp_path, **over) -> Study:
    fasta(tmp_path / "m.fa", a=LET7)
    prediction = {"mirnas": "m.fa", "targets": "m.fa", "dataset": "d", "model": "seed_match", **over}
    config = {
        "run": {"experiments": []},
        "datasets": {"d": {"sources": ["hejret2023"]}},
        "embeddings": {},
        "models": {"seed_match": {}},
        "experiments": {},
        "predictions": {"mine": prediction, "more": {"extends": "mine", "random_targets": 3}},
    }
    return Study(config, tmp_path)


def test_a_stanza_is_completed_and_two_fasta_files_need_no_reference(tmp_path):
    found = study(tmp_path)
    assert found.predictions["mine"] == {
        "mirnas": "m.fa", "targets": "m.fa", "dataset": "d", "model": "seed_match", "seed": 1, "candidates": "seed",
        "window": 40, "step": 5, "random_targets": 0,
    }  # fmt: skip
    assert found.prediction_files("mine") == {"mirnas": "m.fa", "targets": "m.fa"}
    assert found.known_targets("mine") == [] and len(found.known_targets("more")) == 1
    assert found.case_studies() == ["more"]
    named = study(tmp_path, targets=["PTEN"])
    assert named.prediction_files("mine")["targets"] == "results/reference/utrs.tsv"
    assert len(named.known_targets("mine")) == 1


def test_embeddings_of_three_to_five_mirnas_do_not_go_to_a_prediction_that_turns_them(tmp_path):
    config = study(tmp_path).config
    config["datasets"]["d"] = {"sources": ["parclip48"], "orientation": "as_released"}
    config["embeddings"] = {name: {"kind": "onehot", "strand": name} for name in ("mirna", "site")}
    config["models"]["map"] = {"predictor": "interaction_map", "embeddings": {"mirna": "mirna", "site": "site"}}
    config["predictions"]["mine"]["model"] = "map"
    with pytest.raises(ConfigError, match=r"predictions\.mine: d keeps.*corrected"):
        Study(config, tmp_path)


@pytest.mark.parametrize(
    ("over", "wanted"),
    [
        ({"dataset": "dd"}, r"predictions.mine.dataset: 'dd' is not known. Did you mean 'd'"),
        ({"model": "seed_clas"}, "Did you mean 'seed_match'"),
        ({"candidates": "seeds"}, "Did you mean 'seed'"),
        ({"targets": "utrs.fa"}, r"predictions.mine.targets: there is no file 'utrs.fa' .*as a list"),
    ],
)
def test_a_mistake_in_a_stanza_names_its_place(tmp_path, over, wanted):
    with pytest.raises(ConfigError, match=wanted):
        study(tmp_path, **over)


def test_without_targets_and_negatives_from_any_utr_do_not_go_together():
    datasets = {"d": {"sources": ["miraw"], "without_targets": ["PTEN"], "negatives": {"strategy": "rnacofold"}}}
    datasets["d"]["split"] = {"strategy": "by_gene"}
    config = {"run": {"experiments": []}, "datasets": datasets, "embeddings": {}, "models": {}, "experiments": {}}
    with pytest.raises(ConfigError, match=r"d.without_targets: rnacofold negatives .* `matched`"):
        Study(config)
