"""Which miRNAs explain fold changes: readers, matching, regression, naming, lists, files."""

import gzip

import numpy as np
import pandas as pd
import pytest

from deepmirnatar.activity.changes import Changes, read_changes
from deepmirnatar.activity.covariates import basis, covariates
from deepmirnatar.activity.explain import explain_changes, explain_predicted
from deepmirnatar.activity.families import families, is_au_rich
from deepmirnatar.activity.matching import match
from deepmirnatar.activity.outputs import page, save, summary
from deepmirnatar.activity.permutation import ListRegression, drawn_lists
from deepmirnatar.activity.predictions import Predictions
from deepmirnatar.activity.regression import Regression, benjamini_hochberg, calibrated
from deepmirnatar.activity.seed_sites import BEST, best_sites
from deepmirnatar.activity.shown import shown_families
from deepmirnatar.activity.signal import signal
from deepmirnatar.activity.stepwise import explain, groups, shares_six
from deepmirnatar.study import activity as stanzas
from deepmirnatar.study.schema import ConfigError

GENES, FAMILIES = 1500, 320


@pytest.fixture(scope="module")
def predicted() -> Predictions:
    """1,500 random mRNAs, 320 random miRNAs, and weighted counts of sites for predictions."""
    rng = np.random.default_rng(7)
    draw = lambda length: "".join(rng.choice(list("ACGU"), length))  # noqa: E731
    orfs = [f"AUG{'GCA' * rng.integers(20, 60)}UAA" for _ in range(GENES)]
    utrs = [draw(rng.integers(300, 2500)) for _ in range(GENES)]
    mrnas = pd.DataFrame(
        {
            "target": [f"GENE{number}" for number in range(GENES)],
            "sequence": [orf + utr for orf, utr in zip(orfs, utrs, strict=True)],
            "cds_start": 0,
            "cds_end": [len(orf) for orf in orfs],
            "entrez": [str(10_000 + number) for number in range(GENES)],
            "refseq": [f"NM_{number:06d}.3" for number in range(GENES)],
            "ensembl": [f"ENSG{number:011d}" for number in range(GENES)],
        }
    )
    names = [f"hsa-miR-{number}-5p" for number in range(1, 2 * FAMILIES)]
    mirnas = pd.DataFrame({"mirna": names, "mirna_sequence": [draw(22) for _ in names]})
    table = families(mirnas.assign(conserved=np.arange(len(mirnas)) % 3 == 0)).head(FAMILIES).assign(decoy=False)
    best, count = best_sites(table["family"].tolist(), utrs)
    return Predictions(mrnas, table, count.astype(np.float16), best, {"OLDNAME": 3}, True, True)


@pytest.fixture(scope="module")
def planted(predicted) -> pd.DataFrame:
    """An edgeR table in which family 5 represses, family 40 is less active, and the rest is noise."""
    rng = np.random.default_rng(3)
    x = predicted.repression.astype(float)
    log2fc = -0.5 * x[:, 5] + 0.4 * x[:, 40] + rng.normal(0, 0.5, GENES)
    p = np.clip(np.exp(-((log2fc / 0.5) ** 2)), 1e-12, 1)
    return pd.DataFrame({"logFC": log2fc, "PValue": p, "FDR": p}, index=predicted.mrnas["target"])


def test_a_planted_family_and_a_lost_one_are_named(predicted, planted):
    found = explain_predicted(read_changes(planted), predicted)
    named = found.families.dropna(subset="step").set_index("step")
    seeds = predicted.families["family"]
    assert set(named["family"]) == {seeds[5], seeds[40]}
    directions = dict(zip(named["family"], named["direction"], strict=True))
    assert directions == {seeds[5]: "more active", seeds[40]: "less active"}
    assert seeds[5] in found.verdict and "2 of" not in found.verdict
    assert (found.families["rank"].diff().dropna() >= 0).all()
    top = found.families.iloc[0]
    assert top["mean_log2fc_targets"] < top["mean_log2fc_others"] or top["direction"] == "less active"


def test_the_direction_that_is_not_asked_for_is_not_named(predicted, planted):
    seeds = predicted.families["family"]
    more = explain_predicted(read_changes(planted), predicted, direction="more")
    less = explain_predicted(read_changes(planted), predicted, direction="less")
    assert [predicted.families["family"][step.family] for step in more.steps] == [seeds[5]]
    assert [predicted.families["family"][step.family] for step in less.steps] == [seeds[40]]
    assert more.families["family"].iloc[0] == seeds[5] and less.families["family"].iloc[0] == seeds[40]


def test_changes_without_a_mirna_name_nobody(predicted):
    for seed in range(5):
        noise = np.random.default_rng(seed).normal(0, 1, GENES)
        # Long and A-rich 3'UTRs rise: no miRNA.
        noise = noise + predicted.covariates[:, 1] + 10 * predicted.covariates[:, 3]
        table = pd.DataFrame({"logFC": noise}, index=predicted.mrnas["target"])
        found = explain_predicted(read_changes(table), predicted)
        assert found.steps == [] and found.verdict.startswith("No miRNA explains these changes")
        assert found.targets.empty and summary(found) == found.verdict


def test_z_is_the_t_of_a_regression_of_its_own(predicted):
    rng = np.random.default_rng(1)
    y, x = rng.normal(size=GENES), predicted.repression.astype(float)
    fixed = predicted.covariates
    regression = Regression(y, predicted.repression, basis(fixed))
    z = regression.z()
    for family in (0, 17, 200):
        assert z[family] == pytest.approx(_t(y, np.column_stack([fixed, x[:, family]])), rel=1e-3, abs=1e-3)
    assert regression.slopes()[17] == pytest.approx(
        np.linalg.lstsq(np.column_stack([fixed, x[:, 17]]), y, rcond=None)[0][-1], rel=1e-3
    )
    regression.remove(17)
    regression.remove(3)
    both = np.column_stack([fixed, x[:, [17, 3, 200]]])
    assert regression.z()[200] == pytest.approx(_t(y, both), rel=1e-3, abs=1e-3)
    assert regression.z()[17] == 0  # nothing of it is left


def _t(y: np.ndarray, columns: np.ndarray) -> float:
    """Of the last column, by the normal equations."""
    coefficients, *_ = np.linalg.lstsq(columns, y, rcond=None)
    residual = y - columns @ coefficients
    scaled = columns / np.linalg.norm(columns, axis=0)
    variance = residual @ residual / (len(y) - np.linalg.matrix_rank(scaled))
    inverse = np.linalg.pinv(scaled.T @ scaled)[-1, -1] / (columns[:, -1] @ columns[:, -1])
    return coefficients[-1] / np.sqrt(variance * inverse)


def test_z_of_permuted_genes_is_standard_normal(predicted):
    rng, kept = np.random.default_rng(2), basis(predicted.covariates)
    z = np.concatenate([Regression(rng.normal(size=GENES), predicted.repression, kept).z() for _ in range(20)])
    assert 0.04 < (np.abs(z) > 1.96).mean() < 0.06


def test_calibration_divides_by_the_spread_but_never_widens():
    z = np.random.default_rng(0).normal(1, 3, 4000)
    counted = np.ones(4000, dtype=bool)
    assert calibrated(z, counted).std() == pytest.approx(1, abs=0.05)
    narrow = z / 10
    assert np.allclose(calibrated(narrow, counted), narrow - np.median(narrow))
    counted[0] = False
    assert calibrated(z, counted)[0] == 0


def test_q_values_by_hand():
    assert benjamini_hochberg(np.array([0.04, 0.01, 0.02, 0.9])) == pytest.approx([0.16 / 3, 0.04, 0.04, 0.9])


def test_sites_of_a_hand_made_utr():
    # miR-124-3p, UAAGGCACGC...: the core opposite nt 2-7 is UGCCUU... of seed AAGGCAC: GUGCCUU.
    utrs = ["CCUGCCUUCC", "CCUGCCUUA", "GUGCCUUC", "GUGCCUUAG", "CCCC", "UGCCUU", "GUGCNUUA"]
    best, count = best_sites(["AAGGCAC", "AAGGCAG"], utrs)
    assert [BEST[each] for each in best[:, 0]] == ["6mer", "7mer-A1", "7mer-m8", "8mer", "none", "6mer", "none"]
    assert [BEST[each] for each in best[:, 1]] == ["7mer-m8", "8mer", "6mer", "7mer-A1", "none", "6mer", "none"]
    assert count[:4, 0] == pytest.approx([0.2, 0.5, 0.6, 1.0])


def test_families_take_the_member_of_the_lowest_number():
    sequences = ["UAAGGCACGCGGUGAAUGCC", "UAAGGCACCCUUCUGAGUAGA", "UGAGGUAGUAGGUUGUAUAGUU"]
    table = families(pd.DataFrame({"mirna": ["hsa-miR-506-3p", "hsa-miR-124-3p", "hsa-let-7a-5p"],
                                   "mirna_sequence": sequences, "conserved": [False, True, True]}))  # fmt: skip
    assert table["family"].tolist() == ["GAGGUAG", "AAGGCAC"]
    assert table["mirna"].tolist() == ["hsa-let-7a-5p", "hsa-miR-124-3p"]
    assert table["mirnas"][1] == "hsa-miR-124-3p,hsa-miR-506-3p" and table["conserved"].all()
    assert is_au_rich("AUUAUUA") and is_au_rich("AUUACUA") and not is_au_rich("AUGACUA")


def test_echoes_and_their_conserved_head():
    seeds = ["AAGGCAC", "AGGCACA", "CCCCCCC", "UAAGGCA", "GGGGGGG"]
    assert shares_six("AAGGCAC", "AGGCACA") and shares_six("AAGGCAC", "AAGGCAG") and not shares_six(*seeds[1:4:2])
    z = np.array([9.0, 10.0, 4.0, 5.0, -2.0])
    none = np.zeros(5, dtype=bool)
    assert groups(z, z, seeds, none).tolist() == [1, 1, 2, 3, 4]
    assert groups(z, z, seeds, np.arange(5) == 0).tolist() == [0, 0, 2, 3, 4]
    far = np.array([7.0, 10.0, 4.0, 5.0, -2.0])
    assert groups(far, far, seeds, np.arange(5) == 0).tolist() == [1, 1, 2, 3, 4]


def test_an_echo_of_a_named_family_is_not_named():
    rng = np.random.default_rng(4)
    x = rng.poisson(0.3, (2000, 60)).astype(float)
    x[:, 1] = x[:, 0] + rng.poisson(0.2, 2000)  # an echo with an effect of its own
    y = x[:, 0] + 0.5 * x[:, 1] + 0.6 * x[:, 2] + rng.normal(0, 1, 2000)
    seeds = ["AAGGCAC", "AGGCACA", "CCCCCCC", *(f"GGGGG{a}{b}" for a in "ACGU" for b in "ACGU")]
    seeds += ["".join(rng.choice(list("ACGU"), 7)) for _ in range(60 - len(seeds))]
    all_ = np.ones(60, dtype=bool)
    steps = explain(Regression(y, x, basis(np.ones((2000, 1)))), seeds, all_, all_, np.arange(60) == 0, "more")
    assert [step.family for step in steps] == [0, 2]


STYLES = {
    "DESeq2, CSV, quoted": (
        '"","baseMean","log2FoldChange","lfcSE","stat","pvalue","padj"\n{rows}',
        '"{gene}",10,{fc},0.1,{stat},{p},{p}\n',
    ),
    "edgeR, write.table": ("logFC\tlogCPM\tF\tPValue\tFDR\n{rows}", "{gene}\t{fc}\t5\t9\t{p}\t{p}\n"),
    "limma": ("ID\tlogFC\tAveExpr\tt\tP.Value\tadj.P.Val\tB\n{rows}", "{gene}\t{fc}\t5\t{stat}\t{p}\t{p}\t1\n"),
    "Seurat": (
        '"","p_val","avg_log2FC","pct.1","pct.2","p_val_adj","gene"\n{rows}',
        '"{gene}.1",{p},{fc},0.5,0.4,{p},"{gene}"\n',
    ),
}


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("kind", ["target", "entrez", "refseq", "ensembl"])
def test_tables_of_four_programs_and_four_kinds_of_names(tmp_path, predicted, style, kind):
    frame, line = STYLES[style]
    genes = predicted.mrnas[kind][:600].tolist()
    rows = "".join(line.format(gene=gene, fc=(number - 300) / 100, p=0.5, stat=1) for number, gene in enumerate(genes))
    path = tmp_path / "table.tsv.gz"
    with gzip.open(path, "wt") as out:
        out.write(frame.format(rows=rows))
    changes = read_changes(path)
    table = match(changes, predicted)
    assert table["row"].tolist() == list(range(600))
    assert table["log2fc"].iloc[[0, 599]].tolist() == [-3.0, 2.99] and (table["p"] == 0.5).all()
    assert changes.notes[0] == "600 of 600 genes are among the 1,500 mRNAs."


def test_signal_from_p_statistic_or_fold_change():
    table = pd.DataFrame({"log2fc": [-1.0, 1.0, -2.0, 0.5], "p": [0.05, 0.05, 0.3173, 1.0], "statistic": np.nan})
    assert signal(table) == pytest.approx([1.9465, -1.9012, 1.0, 0], abs=0.1)  # cut at 1 and 99 %
    table = table.assign(p=np.nan)
    assert np.array_equal(np.argsort(signal(table)), [1, 3, 0, 2])
    table = table.assign(statistic=[3.0, -1.0, 0.5, 2.0])
    assert np.array_equal(np.argsort(signal(table)), [0, 3, 2, 1])


def test_duplicates_keep_the_smallest_p_and_old_names_are_found(predicted):
    names = [*predicted.mrnas["target"][:600], "gene0", "OldName"]
    frame = pd.DataFrame({"gene": names, "logFC": 1.0, "pvalue": [0.5] * 600 + [0.01, 0.9]})
    frame.loc[600, "logFC"] = -2.0
    changes = read_changes(frame)
    table = match(changes, predicted)
    assert len(table) == 600 and table.loc[0, ["log2fc", "p"]].tolist() == [-2.0, 0.01]
    assert table.loc[3, "p"] == 0.5  # OLDNAME means GENE3
    assert changes.notes[1].startswith("2 rows of genes that occur more than once")


def test_adjusted_p_alone_is_not_used(predicted):
    frame = pd.DataFrame({"logFC": np.linspace(-1, 1, 600), "padj": 0.5}, index=predicted.mrnas["target"][:600])
    changes = read_changes(frame)
    assert changes.p is None and changes.statistic is None
    assert "padj is adjusted" in changes.notes[0]


def test_rows_without_a_p_value_are_left_out_and_counted(predicted):
    frame = pd.DataFrame({"gene": predicted.mrnas["target"][:600], "log2FoldChange": "0.5", "pvalue": "0.1"})
    frame.loc[:9, "pvalue"] = "NA"
    changes = read_changes(frame)
    assert len(changes.names) == 590 and changes.notes == ["10 rows without a fold change or a p value: left out."]


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"gene": ["A"], "pvalue": ["0.1"]}, "has no column of log2 fold changes; found gene, pvalue"),
        ({"logFC": ["1"], "pvalue": ["0.1"]}, "has no column of gene names; found logFC, pvalue"),
        ({"gene": ["A", "B"], "logFC": ["1", "1,5"]}, "line 3: logFC is '1,5'; write a number with a point"),
        ({"gene": ["A"], "logFC": ["1"], "pvalue": ["3"]}, "line 2: pvalue is 3, which is no p value"),
        ({"gene": ["A", "B"], "logFC": ["1", "2"], "cluster": ["0", "1"]}, "'cluster' holds several comparisons"),
        ({"gene": ["A", "B"], "logFC": ["1", "2"]}, "only 0 of 2 genes are among the 1,500 mRNAs, and 500 are"),
    ],
)
def test_tables_that_cannot_be_used(tmp_path, predicted, columns, said):
    path = tmp_path / "table.tsv"
    pd.DataFrame(columns).to_csv(path, sep="\t", index=False)
    with pytest.raises(ValueError, match=r"table\.tsv|only") as error:
        match(read_changes(path), predicted)
    assert said in str(error.value)


def test_a_list_names_the_family_whose_targets_it_holds(tmp_path, predicted):
    rng = np.random.default_rng(5)
    targets = np.flatnonzero(predicted.best[:, 11] >= 3)
    some = np.concatenate([rng.choice(targets, 60, replace=False), rng.choice(GENES, 60, replace=False)])
    path, background = tmp_path / "genes.txt", tmp_path / "background.txt"
    path.write_text("symbol\n" + "\n".join(predicted.mrnas["target"].iloc[some]) + "\n")
    background.write_text("\n".join(predicted.mrnas["target"].iloc[:1450]))
    found = explain_predicted(read_changes(path), predicted)
    assert [step.family for step in found.steps] == [11]
    assert any("No background is given" in note for note in found.notes)
    assert found.targets["gene"].isin(predicted.mrnas["target"].iloc[some]).all()
    assert found.families["genes_with_site"].max() <= 120 and found.families["effect"].isna().all()
    narrower = explain_predicted(read_changes(path), predicted, background=background)
    assert len(narrower.genes) >= 1450 and [step.family for step in narrower.steps] == [11]
    assert not any("No background" in note for note in narrower.notes)


def test_random_lists_have_a_standard_normal_z(predicted):
    kept, columns = basis(predicted.covariates), predicted.repression.astype(np.float32)
    length, gc = predicted.length_and_gc()
    z = []
    for seed in range(8):
        listed = np.zeros(GENES, dtype=bool)
        listed[np.random.default_rng(seed).permutation(GENES)[:100]] = True
        drawn = drawn_lists(listed, length, gc)
        assert (drawn.sum(axis=1) == 100).all()
        z.append(ListRegression(listed, drawn, columns, kept).z())
    z = np.concatenate(z)
    assert z.std() == pytest.approx(1, abs=0.06) and abs((z > 1.645).mean() - 0.05) < 0.015
    assert np.mean(z**3) == pytest.approx(0, abs=0.25)  # the skew of rare sites is taken out


def test_a_list_that_is_too_short(predicted):
    with pytest.raises(ValueError, match="only 3 of the list's 4 genes are among the mRNAs, and 10 are needed"):
        explain_predicted(Changes(pd.DataFrame({"name": ["GENE1", "GENE2", "GENE3", "X"]}), None), predicted)


def test_only_expressed_or_conserved_families_are_named(tmp_path, predicted, planted):
    path = tmp_path / "expressed.txt"
    own = predicted.families["mirna"][40]
    path.write_text(f"{own.removeprefix('hsa-').removesuffix('-5p')}\t12.5\nmiR-99999\n")
    notes: list[str] = []
    shown = shown_families(predicted, path, False, notes)
    assert np.flatnonzero(shown).tolist() == [40]
    assert notes == ["1 of 2 expressed miRNAs found; unknown: miR-99999. Only their families may be named."]
    found = explain_predicted(read_changes(planted), predicted, shown)
    assert [step.family for step in found.steps] == [40] and len(found.families) == 1
    conserved = shown_families(predicted, None, True, [])
    assert np.array_equal(conserved, predicted.families["conserved"])


def test_the_files_of_a_result(tmp_path, predicted, planted):
    found = explain_predicted(read_changes(planted), predicted)
    paths = save(found, tmp_path / "out", "a <table>")
    assert [path.name for path in paths] == ["families.tsv", "targets.tsv", "report.html"]
    written = pd.read_csv(paths[0], sep="\t", keep_default_na=False)
    assert len(written) == FAMILIES and written["step"].tolist().count("1") == 1
    targets = pd.read_csv(paths[1], sep="\t")
    assert (targets["predicted"] <= 0).all() and set(targets["best_site"]) <= set(BEST[1:])
    text = paths[2].read_text()
    assert "a &lt;table&gt;" in text and "http" not in text.replace("http-equiv", "") and text.count("<svg") == 3
    assert page(found, "a <table>") == text
    before = [path.read_bytes() for path in paths]
    save(explain_predicted(read_changes(planted), predicted), tmp_path / "out", "a <table>")
    assert [path.read_bytes() for path in paths] == before


def test_own_sequences_without_coding_parts_and_few_mirnas(tmp_path, monkeypatch, predicted):
    monkeypatch.setenv("DEEPMIRNATAR_CACHE", str(tmp_path / "cache"))
    utrs = [row.sequence[row.cds_end :] for row in predicted.mrnas.itertuples()]
    fasta = tmp_path / "utrs.fa"
    fasta.write_text("".join(f">G{number}\n{utr}\n" for number, utr in enumerate(utrs)))
    own = tmp_path / "mirnas.fa"
    chosen = predicted.families.iloc[[5, 40]]
    own.write_text("".join(f">{row.mirna}\n{row.mirna_sequence}\n" for row in chosen.itertuples()))
    change = -0.5 * predicted.repression[:, 5].astype(float) + np.random.default_rng(9).normal(0, 0.5, GENES)
    table = pd.DataFrame({"logFC": change}, index=[f"G{number}" for number in range(GENES)])
    found = explain_changes(table, mirnas=own, targets=fasta, quick=True)
    assert list(found.families["family"]) == predicted.families["family"][[5, 40]].tolist()
    assert found.predicted.families["decoy"].sum() == 500  # whose spread calibrates z
    assert [step.family for step in found.steps] == [0]
    assert covariates(found.predicted.mrnas).shape[1] == 18
    with pytest.raises(ValueError, match="give both --mirnas and --targets"):
        explain_changes(table, mirnas=own)


def test_stanzas(tmp_path):
    (tmp_path / "a.tsv").write_text("gene\tlogFC\n")
    done = {
        "one": stanzas.complete("one", {"table": "a.tsv"}, tmp_path),
        "two": stanzas.complete("two", {"table": "a.tsv", "direction": "less"}, tmp_path),
        "three": stanzas.complete("three", {"table": "a.tsv", "quick": True}, tmp_path),
    }
    assert stanzas.shared(done) == {"one": "one", "two": "one", "three": "three"}
    with pytest.raises(ConfigError, match=r"activity.four.table: there is no file 'b.tsv'"):
        stanzas.complete("four", {"table": "b.tsv"}, tmp_path)
