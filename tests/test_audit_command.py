"""`deepmirnatar audit`: a leak that is planted is named on the page, and a table without one is not called doubtful."""

import numpy as np
import pandas as pd
import pytest

from deepmirnatar.cli import main as command
from deepmirnatar.common.files import read_tsv


def pairs(rng, leak: bool) -> pd.DataFrame:
    """400 genes of one row each; with a leak, positives alone are of two of the eight miRNAs."""

    def rna(size: int) -> str:
        return "".join(rng.choice(list("ACGU"), size))

    mirnas, rows = [rna(22) for _ in range(8)], []
    for number in range(400):
        label = number % 2
        which = int(rng.integers(2) if label else rng.integers(2, 8)) if leak else int(rng.integers(8))
        rows.append((f"miR-{which}", mirnas[which], f"gene{number}", rna(40), label))
    return pd.DataFrame(rows, columns=["mirna", "mirna_sequence", "target", "target_sequence", "label"])


@pytest.mark.parametrize(("leak", "word"), [(True, "doubtful: miRNA alone"), (False, "no shortcut and no leak")])
def test_a_planted_leak_is_named(leak, word, tmp_path):
    table = tmp_path / "mine.tsv"
    pairs(np.random.default_rng(3), leak).to_csv(table, sep="\t", index=False)
    assert command(["audit", str(table), "--out", str(tmp_path / "out")]) == 0
    found = read_tsv(tmp_path / "out" / "audit.tsv")
    assert found["subject"].iloc[-1].startswith(word)
    page = (tmp_path / "out" / "audit.html").read_text(encoding="utf-8")
    assert word in page and "miRNA alone, by its string" in page
    alone = found.set_index("subject")["value"]["miRNA alone, by its string"]
    assert alone == 1.0 if leak else abs(alone - 0.5) < 0.15
    assert read_tsv(tmp_path / "out" / "mirna_balance.tsv")["rows"].sum() == 400


def test_a_tables_own_names_and_split_are_read(tmp_path, capsys):
    rows = pairs(np.random.default_rng(4), False).rename(columns={"label": "bound"})
    rows["split"] = np.where(np.arange(400) < 300, "train", "test")
    table = tmp_path / "mine.csv"
    rows.to_csv(table, index=False)
    assert command(["audit", str(table), "--out", str(tmp_path / "out")]) == 1
    assert "label" in capsys.readouterr().err and not (tmp_path / "out").exists()
    assert command(["audit", str(table), "--columns", "label=bound", "--out", str(tmp_path / "out")]) == 0
    found = read_tsv(tmp_path / "out" / "audit.tsv").set_index("subject")
    assert found.loc["positives in test", "n"] == 100


def test_a_split_that_is_not_there_is_refused(tmp_path, capsys):
    table = tmp_path / "mine.tsv"
    pairs(np.random.default_rng(5), False).to_csv(table, sep="\t", index=False)
    assert command(["audit", str(table), "--split", "given", "--out", str(tmp_path / "out")]) == 1
    assert "has no column 'split'" in capsys.readouterr().err
