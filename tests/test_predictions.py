"""Predictions for own sequences: where sites lie, what is combined and counted, what a case study leaves out."""

import numpy as np
import pandas as pd
import pytest

from deepmirnatar.common.fasta import read_fasta
from deepmirnatar.common.files import read_tsv, write_tsv
from deepmirnatar.datasets.gene_filter import check_genes, drop_targets
from deepmirnatar.evaluation.case_study import add_training, all_pairs, grouped, separation
from deepmirnatar.prediction.outputs import bed
from deepmirnatar.prediction.reference_targets import reference_targets
from deepmirnatar.rna.near_identical import lie_on
from deepmirnatar.study.schema import ConfigError
from deepmirnatar.study.study import Study

LET7 = "UGAGGUAGUAGGUUGUAUAGUU"
MIR16 = "UAGCAGCACGUAAAUAUUGGCG"
# An 8mer of let-7 at 50..57; nothing for miR-16.
UTR = "G" * 50 + "CUACCUCA" + "U" * 30
MIRNAS = pd.DataFrame({"mirna": ["let-7", "miR-16"], "mirna_sequence": [LET7, MIR16]})


def fasta(path, **entries):
    path.write_text("".join(f">{name} more words\n{sequence}\n" for name, sequence in entries.items()))
    return path


# --- what goes in ---------------------------------------------------------------------------------------------


def test_entries_that_biomart_has_no_sequence_of_are_left_out_and_counted(tmp_path, caplog):
    (tmp_path / "utrs.fa").write_text(">A\nACGU\n>B\nSequence unavailable\n>C\nSequence unavailable\n")
    assert read_fasta(tmp_path / "utrs.fa", "ACGUN").to_dict() == {"A": "ACGU"}
    assert "2 entries read 'Sequence unavailable'; left out" in caplog.text


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (">a\nACGUACGUACGUACGUXCGU\n", r"m\.fa, line 2: entry 'a' holds 'X' at nt 17"),
        (">a\nACGUACGUACGUACGUACGU\n>a x\nACGUACGUACGUACGUACGU\n", "'a' occurs twice"),
        (">a\n\n", "'a' is empty"),
        (">\nACGU\n", "entry 1 has no name"),
        ("mirna\tsequence\n", "holds no FASTA entry"),
    ],
)
def test_a_fault_in_a_fasta_names_file_and_entry(tmp_path, text, wanted):
    path = tmp_path / "m.fa"
    path.write_text(text)
    with pytest.raises(ValueError, match=wanted):
        read_fasta(path, "ACGU")


def utrs(folder, **genes) -> str:
    """A reference table of 3'UTRs."""
    write_tsv(pd.DataFrame({"gene": genes.keys(), "sequence": genes.values()}), folder / "utrs.tsv")
    return str(folder / "utrs.tsv")


def test_genes_come_by_name_and_an_unknown_one_is_met_with_the_nearest(tmp_path):
    table = utrs(tmp_path, PTEN=UTR, BCL2="ACGU")
    assert reference_targets(["BCL2", "PTEN"], None, table, 0, 1)["sequence"].tolist() == ["ACGU", UTR]
    with pytest.raises(ValueError, match=r"gene 'PTNE' is not in the reference table. Did you mean 'PTEN'\?"):
        reference_targets(["PTNE"], None, table, 0, 1)


def test_random_targets_are_seeded_others_and_long_enough(tmp_path):
    table = utrs(tmp_path, **{f"g{n}": UTR for n in range(29)}, g29="N" * 90)
    found = [reference_targets(["g0", "g1"], None, table, 5, seed) for seed in (1, 1, 2)]
    drawn = [each.loc[each["group"] == "random", "target"].tolist() for each in found]
    assert drawn[0] == drawn[1] != drawn[2] and len(drawn[0]) == 5
    everything = reference_targets(["g0", "g1"], None, table, 27, 1)
    assert everything["target"].tolist()[:2] == ["g0", "g1"]
    assert set(everything["target"][2:]) == {f"g{n}" for n in range(2, 29)}
    with pytest.raises(ValueError, match="28 genes are asked for, the reference has 27"):
        reference_targets(["g0", "g1"], None, table, 28, 1)


def test_stand_ins_of_the_reference_are_marked_and_own_3utrs_are_not(script, tmp_path):
    genes = {"A": "G" * 400 + "CUACCUCA" + "U" * 436, "B": UTR}
    table, own = utrs(tmp_path, **genes), str(fasta(tmp_path / "own.fa", C=genes["A"]))
    out = [str(tmp_path / name) for name in ("targets.fa", "targets.tsv")]
    script("write_targets").main(["A", "B"], [], table, 0, 1, *out)
    assert read_tsv(out[1]).set_index("target")["stand_in"].to_dict() == {"A": 1, "B": 0}
    assert read_fasta(out[0], "ACGU").to_dict() == genes
    script("write_targets").main(None, [own], table, 2, 1, *out)
    assert read_tsv(out[1])[["target", "group", "utr_length", "stand_in"]].to_numpy().tolist() == [
        ["C", "target", 844, 0], ["A", "random", 844, 1], ["B", "random", 88, 0]
    ]  # fmt: skip


# --- what comes out -------------------------------------------------------------------------------------------

GENES = pd.DataFrame(
    {"mirna": ["let-7", "miR-16"], "target": ["A", "B"], "sites": [2, 1], "best_score": [0.5, 0.1], "repression": -0.5}
)
TARGETS = pd.DataFrame({"target": ["A", "B"], "group": "target", "utr_length": 88, "stand_in": 0})
KNOWN = pd.DataFrame({"mirna": ["let-7", "miR-16"], "gene": ["A", "A"], "strong": [1, 0]})


def test_a_pair_without_a_site_stays_in_the_case_study():
    table = all_pairs(MIRNAS, TARGETS, GENES, KNOWN).set_index(["mirna", "target"])
    assert len(table) == 4 and table.index[0] == ("let-7", "A")
    assert table.loc[("let-7", "A"), ["sites", "best_score", "repression"]].tolist() == [2, 0.5, -0.5]
    assert table.loc[("let-7", "B"), "sites"] == 0 and pd.isna(table.loc[("let-7", "B"), "best_score"])


def test_known_targets_are_strong_or_not():
    table = all_pairs(MIRNAS, TARGETS, GENES, KNOWN).set_index(["mirna", "target"])
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
    table = add_training(all_pairs(MIRNAS, TARGETS, GENES, KNOWN), training, utrs).set_index(["mirna", "target"])
    counts = table.filter(like="_in_training")
    assert counts.loc[("let-7", "A")].tolist() == [2, 1, 2, 1, 2, 1]
    assert counts.loc[("miR-16", "A")].tolist() == [0, 0, 2, 1, 0, 1]
    assert counts.loc[("let-7", "B")].tolist() == [0, 0, 0, 0, 2, 1]


def test_bed_is_sorted_and_its_score_is_from_0_to_1000():
    sites = pd.DataFrame({"mirna": "let-7", "target": ["B", "A", "A"], "start": [7, 23, 0], "end": [47, 63, 40]})
    sites = sites.assign(seed_type=["6mer", "8mer", "offset 6mer"], repression=[-0.25, -1.5, 0.0])
    assert bed(sites).to_numpy().tolist() == [
        ["A", 0, 40, "let-7|offset_6mer", 0, "+"],
        ["A", 23, 63, "let-7|8mer", 1000, "+"],
        ["B", 7, 47, "let-7|6mer", 250, "+"],
    ]


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
    return table.assign(utr_length=100, stand_in=0, **seen)


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
    table = case()
    assert not separation(table)["score"].str.contains("stand-ins").any()
    table.loc[1, "stand_in"] = 1  # the pair of strong evidence that scores .90
    row = separation(table).set_index("score").loc["model, pairs with a site, without stand-ins"]
    # .30 against .10, .20, .80.
    assert row["value"] == pytest.approx(2 / 3) and row["positives"] == 1


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
    with pytest.raises(ValueError, match=r"without_targets: 'PTNE' is not a gene .* Did you mean 'PTEN'\?"):
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
        "mirnas": "m.fa", "targets": "m.fa", "dataset": "d", "model": "seed_match", "seed": 1, "known": None,
        "candidates": "seed_match", "chunks": 1, "random_targets": 0,
    }  # fmt: skip
    assert found.prediction_files("mine") == {"mirnas": "m.fa", "targets": "m.fa"}
    run = "results/runs/d/seed_match/seed-1"
    assert found.prediction_run("mine") == [f"{run}/model.safetensors", f"{run}/settings.json"]
    assert found.case_studies() == ["more"] == found.reference_predictions()
    named = study(tmp_path, targets=["PTEN"])
    assert named.prediction_files("mine")["targets"] == "results/predictions/mine/targets.fa"
    assert named.predictions["mine"]["known"] == "results/reference/known_targets.tsv"


def test_the_embedders_of_a_run_are_read_with_its_model(tmp_path):
    config = study(tmp_path).config
    config["embeddings"] = {
        "words": {"kind": "word2vec", "strand": "mirna"}, "letters": {"kind": "onehot", "strand": "site"}
    }  # fmt: skip
    config["models"]["map"] = {
        "predictor": "interaction_map", "embeddings": {"mirna": "words", "site": "letters"}
    }  # fmt: skip
    config["predictions"]["mine"]["model"] = "map"
    assert Study(config, tmp_path).prediction_run("mine")[2:] == ["results/embeddings/d/words/embedder.safetensors"]


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
        ({"candidates": "offsets"}, "Did you mean 'offset'"),
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
