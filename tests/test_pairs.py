"""Reading checks the pairs table: every fault names file, line, column and value."""

import pandas as pd
import pytest

from deepmirnatar.pairs import COLUMNS, PairsError, check_pairs, read_pairs, write_pairs


def written(table: pd.DataFrame, folder) -> str:
    path = folder / "some pairs.tsv"
    table.to_csv(path, sep="\t", index=False)
    return path


def test_a_valid_table_comes_back_as_it_was_written(rows, tmp_path):
    rows["note"] = ["a", "b", "c", "d"]
    write_pairs(rows[["note", *reversed(COLUMNS)]], tmp_path / "p.tsv")
    assert (tmp_path / "p.tsv").read_text().splitlines()[0].split("\t") == [*COLUMNS, "note"]
    back = read_pairs(tmp_path / "p.tsv")
    assert back["label"].tolist() == [1, 0, 1, 0]
    for column in [*COLUMNS, "note"]:
        assert back[column].astype(str).tolist() == rows[column].tolist()


def test_names_made_of_digits_stay_as_they_are_written(rows, tmp_path):
    rows["target"], rows["mirna"] = ["0123", "7", "7.0", "1e5"], ["01", "2", "3", "4"]
    rows["pair_id"] = ["001", "002", "010", "1e3"]
    rows["note"] = ["1234567891", "001", "1.10", "x"]
    back = read_pairs(written(rows, tmp_path))
    for column in ("target", "mirna", "pair_id", "note"):
        assert back[column].tolist() == rows[column].tolist(), column


def test_only_the_splits_asked_for(rows, tmp_path):
    path = written(rows, tmp_path)
    assert read_pairs(path, ["train", "valid"])["pair_id"].tolist() == ["p-1", "p-2", "p-4"]
    found = read_pairs(path, ["test"])
    assert found["pair_id"].tolist() == ["p-3"] and found.index.tolist() == [0]


@pytest.mark.parametrize(
    ("row", "column", "value"),
    [
        (1, "mirna_sequence", "UGAGGNAG"),
        (0, "target_sequence", "ACCTACC"),
        (3, "target_sequence", "accu"),
        (2, "mirna_sequence", "UAGC AGC"),
        (2, "target_sequence", "ACG"),
        (0, "label", "2"),
        (3, "label", "1.0"),
        (1, "label", "yes"),
        (2, "split", "dev"),
        (3, "split", "Test"),
        (3, "pair_id", "p-2"),
    ],
)
def test_a_fault_names_file_line_column_and_value(rows, tmp_path, row, column, value):
    rows.loc[row, column] = value
    path = written(rows, tmp_path)
    with pytest.raises(PairsError) as error:
        read_pairs(path)
    message = str(error.value)
    # Line 1 is the header, so the first row is in line 2.
    assert f"{path}, line {row + 2}:" in message and column in message and repr(value) in message


@pytest.mark.parametrize("column", COLUMNS)
def test_an_empty_field_names_file_line_and_column(rows, tmp_path, column):
    rows.loc[2, column] = None
    path = written(rows, tmp_path)
    with pytest.raises(PairsError, match="is empty") as error:
        read_pairs(path)
    assert f"{path}, line 4: {column}" in str(error.value)


def test_an_empty_string_counts_as_empty(rows):
    rows.loc[1, "target"] = ""
    with pytest.raises(PairsError, match="line 3: target '' is empty"):
        check_pairs(rows, "a table")


def test_missing_columns_are_named_with_what_was_found(rows, tmp_path):
    path = written(rows.drop(columns=["label", "split"]).rename(columns={"target": "gene"}), tmp_path)
    with pytest.raises(PairsError) as error:
        read_pairs(path)
    message = str(error.value)
    for text in (str(path), "'label'", "'split'", "'target'", "gene"):
        assert text in message


def test_further_faults_of_the_kind_are_counted(rows):
    rows["split"] = ["train", "dev", "dev", "dev"]
    with pytest.raises(PairsError, match=r"line 3: split 'dev'.*\(2 more rows like it\)"):
        check_pairs(rows, "a table")


def test_a_faulty_table_is_not_written(rows, tmp_path):
    rows.loc[0, "target_sequence"] = "ACGT"
    with pytest.raises(PairsError):
        write_pairs(rows, tmp_path / "p.tsv")
    assert list(tmp_path.iterdir()) == []
