"""miRBase's mature.fa, and which rows of a dataset name one of its miRNAs."""

import pandas as pd
import pytest

from deepmirnatar.common.files import read_tsv
from deepmirnatar.datasets.mirbase_filter import filter_rows
from deepmirnatar.pairs import five_to_three
from deepmirnatar.sources.mirbase import read_mature

LET7 = "UGAGGUAGUAGGUUGUAUAGUU"
MIR16 = "UAGCAGCACGUAAAUAUUGGCG"
MIR320A = "AAAAGCUGGGUUGAGAGGGCGA"
MIR320B = "AAAAGCUGGGUUGAGAGGGCAA"

MATURE = pd.DataFrame(
    {
        "name": ["hsa-let-7a-5p", "hsa-miR-16-5p", "hsa-miR-320a-3p", "hsa-miR-twin-1", "hsa-miR-twin-2"],
        "sequence": [LET7, MIR16, MIR320A, "CCCCAAAACCCCAAAACCCC", "CCCCAAAACCCCAAAACCCC"],
    }
)


OUTPUTS = ["kept", "dropped", "report"]


def filtered(rows: list[tuple], mature: pd.DataFrame = MATURE) -> tuple:
    """Rows are (name, sequence) or (name, sequence, mock)."""
    table = pd.DataFrame([(*row, 0)[:3] for row in rows], columns=["mirna", "mirna_sequence", "mock"])
    kept, dropped, counts = filter_rows(table, mature, table["mirna_sequence"])
    assert len(kept) + len(dropped) == len(rows) == counts.sum()
    return kept, dropped


def test_mature_names_accessions_and_sequences_of_one_species(tmp_path):
    path = tmp_path / "mature.fa"
    path.write_text(
        f">mmu-let-7a-5p MIMAT0000521 Mus musculus let-7a-5p\n{LET7}\n"
        f">hsa-let-7a-5p MIMAT0000062 Homo sapiens let-7a-5p\n{LET7[:10]}\n{LET7[10:]}\n"
        f">hsa-miR-16-5p MIMAT0000069 Homo sapiens miR-16-5p\n{MIR16.replace('U', 'T')}\n"
    )
    assert read_mature(path).to_numpy().tolist() == [
        ["hsa-let-7a-5p", "MIMAT0000062", LET7],
        ["hsa-miR-16-5p", "MIMAT0000069", MIR16],
    ]
    with pytest.raises(ValueError, match=r"mature\.fa: holds no mature miRNA of species 'rno'"):
        read_mature(path, "rno")


def test_a_current_name_is_kept_whatever_its_sequence():
    kept, dropped = filtered([("hsa-let-7a-5p", LET7), ("hsa-miR-16-5p", "GGGGGGGGGGGGGGGGGGGG")])
    assert kept["mirna"].tolist() == ["hsa-let-7a-5p", "hsa-miR-16-5p"] and not len(dropped)
    assert kept["mirbase_note"].tolist() == [
        "kept: name and sequence are current",
        "kept: name is current, sequence differs from miRBase",
    ]


def test_a_current_sequence_takes_its_current_name():
    kept, dropped = filtered([("hsa-miR-320a", MIR320A), ("unnamed", MIR16)])
    assert kept["mirna"].tolist() == ["hsa-miR-320a-3p", "hsa-miR-16-5p"] and not len(dropped)
    assert set(kept["mirbase_note"]) == {"renamed: sequence is current under another name"}
    assert kept["mirna_sequence"].tolist() == [MIR320A, MIR16]


def test_the_first_of_several_names_stands_for_a_sequence():
    kept, _ = filtered([("hsa-miR-old", "CCCCAAAACCCCAAAACCCC")])
    assert kept["mirna"].tolist() == ["hsa-miR-twin-1"]


@pytest.mark.parametrize("written", [MIR16[:-1], MIR16[:-4], MIR16[:17], MIR16 + "U", MIR16 + "UUU"])
def test_a_length_that_differs_at_the_three_prime_end_is_the_same_mirna(written):
    kept, _ = filtered([("hsa-miR-16", written)])
    assert kept["mirna"].tolist() == ["hsa-miR-16-5p"] and kept["mirna_sequence"].tolist() == [written]
    assert kept["mirbase_note"].tolist() == ["renamed: sequence is current but for its 3' end"]


@pytest.mark.parametrize(
    "written", [MIR16[:16], MIR16[1:], "A" + MIR16, MIR16[:20] + "AA", "ACGUACGUACGUACGUACGU", MIR16[::-1]]
)
def test_what_miRBase_does_not_hold_is_dropped_with_a_reason(written):
    kept, dropped = filtered([("hsa-miR-9999", written), ("hsa-let-7a-5p", LET7)])
    assert kept["mirna"].tolist() == ["hsa-let-7a-5p"]
    assert dropped["mirna"].tolist() == ["hsa-miR-9999"]
    assert "neither the name nor the sequence is in miRBase" in dropped["reason"].iloc[0]


def test_a_start_that_two_mirnas_share_takes_the_first_of_them_too():
    mature = pd.DataFrame({"name": ["hsa-miR-320a-3p", "hsa-miR-320b"], "sequence": [MIR320A, MIR320B]})
    kept, _ = filtered([("hsa-miR-320", MIR320A[:18])], mature)
    assert kept["mirna"].tolist() == ["hsa-miR-320a-3p"]


def test_mock_mirnas_are_exempt_and_keep_their_names():
    kept, dropped = filtered([("mock-hsa-let-7a-5p", "AUUGGUAUGUUGGAUGAUGGAG", 1), ("mock-x", MIR16, 1)])
    assert kept["mirna"].tolist() == ["mock-hsa-let-7a-5p", "mock-x"] and not len(dropped)
    assert set(kept["mirbase_note"]) == {"kept: mock miRNA, exempt"}


STANZA = {"orientation": "as_released", "without_targets": [], "apart_from": []}


@pytest.fixture
def as_released(rows, tmp_path):
    """A merged table as_released: rows 1 and 3 are written 3'->5'; row 4 is in no miRBase."""
    rows["mirna_written"] = ["3to5", "5to3", "3to5", "5to3"]
    rows["mirna"] = ["old-let-7", "hsa-let-7a-5p", "old-16", "nothing"]
    turn = rows["mirna_written"] == "3to5"
    rows.loc[turn, "mirna_sequence"] = rows.loc[turn, "mirna_sequence"].map(lambda text: text[::-1])
    rows.to_csv(tmp_path / "merged.tsv", sep="\t", index=False)
    MATURE.to_csv(tmp_path / "mirnas.tsv", sep="\t", index=False)
    return rows


def test_the_filter_reads_five_to_three_where_the_dataset_keeps_the_releases_orientation(as_released, tmp_path, script):
    assert five_to_three(as_released, "as_released").tolist()[:3] == [LET7, LET7, MIR16]
    paths = [str(tmp_path / f"{name}.tsv") for name in ("merged", "mirnas", "kept", "dropped", "report")]
    script("filter_pairs").main(
        paths[0], paths[1:2], [], STANZA | {"mirbase": True}, dict(zip(OUTPUTS, paths[2:], strict=True))
    )
    kept, dropped = read_tsv(paths[2]), read_tsv(paths[3])
    assert kept["mirna"].tolist() == ["hsa-let-7a-5p", "hsa-let-7a-5p", "hsa-miR-16-5p"]
    # Names are made current, letters stay as the dataset writes them.
    assert kept["mirna_sequence"].tolist() == [LET7[::-1], LET7, MIR16[::-1]]
    assert dropped["mirna"].tolist() == ["nothing"] and dropped["reason"].notna().all()


def test_the_filter_can_be_switched_off(as_released, tmp_path, script):
    paths = [str(tmp_path / f"{name}.tsv") for name in ("merged", "mirnas", "kept", "dropped", "report")]
    script("filter_pairs").main(
        paths[0], [], [], STANZA | {"mirbase": False}, dict(zip(OUTPUTS, paths[2:], strict=True))
    )
    kept = read_tsv(paths[2])
    assert kept["mirna"].tolist() == as_released["mirna"].tolist()
    assert kept["mirna_sequence"].tolist() == as_released["mirna_sequence"].tolist()
    assert len(read_tsv(paths[3])) == 0 and read_tsv(paths[4])["rows"].iloc[0] == "off"
