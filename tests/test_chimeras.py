"""Fragments of chimeric reads: found again on mRNAs, made into windows, miRNAs completed; what is lost is counted."""

import numpy as np
import pandas as pd
import pytest

from deepmirnatar.sources import parser
from deepmirnatar.sources.chimeras import read_mrnas, windows

LET7 = "UGAGGUAGUAGGUUGUAUAGUU"
MIR16 = "UAGCAGCACGUAAAUAUUGGCG"


@pytest.fixture
def mrnas(rna) -> pd.DataFrame:
    """Two of 300 nt, the second with 22 nt of the first, and one that is shorter than a window."""
    rng = np.random.default_rng(5)
    one, two, small = rna(rng, 300), rna(rng, 300), rna(rng, 40)
    two = two[:100] + one[60:82] + two[122:]
    return pd.DataFrame({"target": ["ONE", "TWO", "SMALL"], "sequence": [one, two, small]})


def test_a_fragment_lies_whole_in_its_window_of_the_place_with_the_longest_match(mrnas):
    one, two, small = mrnas["sequence"]
    changed = "".join("ACGU"["CGUA".index(letter)] for letter in one[150:152])
    fragments = pd.Series(
        {
            "whole": one[60:90],  # 22 nt of it are on TWO as well
            "ends": changed + one[152:180],  # its first two bases do not match
            "both": one[60:82],
            "short": one[200:219],
            "strange": "ACGU" * 8,
            "start": two[:25],
            "end": two[-25:],
            "long": one[200:275],
            "small": small[5:35],
        }
    )
    found, counts = windows(fragments, mrnas)
    assert found["target"].to_dict() == {"whole": "ONE", "ends": "ONE", "start": "TWO", "end": "TWO", "long": "ONE"}
    for _, row in found.iterrows():
        sequence = mrnas.set_index("target")["sequence"][row["target"]]
        assert row["target_sequence"] == sequence[row["window_start"] : row["window_start"] + 50]
    for name in ("whole", "start", "end"):
        assert fragments[name] in found["target_sequence"][name]
    assert 130 <= found["window_start"]["ends"] <= 150
    assert found["target_sequence"]["long"] in fragments["long"]
    assert found["window_start"]["end"] == 250
    assert counts == {
        "fragments of less than 20 nt, left out": 1,
        "fragments that share 20 nt with no mRNA, left out": 1,
        "fragments with several best places, left out": 1,
        "fragments on mRNAs of less than 50 nt, left out": 1,
        "windows with unknown bases, left out": 0,
        "fragments with one best place": 5,
    }


def test_the_place_of_a_fragment_in_its_window_is_random_and_the_same_each_time(rna):
    sequence = rna(np.random.default_rng(1), 4000)
    mrnas = pd.DataFrame({"target": ["ONE"], "sequence": [sequence]})
    starts = np.arange(100, 3900, 10)
    fragments = pd.Series([sequence[start : start + 20] for start in starts])
    found, _ = windows(fragments, mrnas)
    inside = starts - found["window_start"].to_numpy()
    assert set(inside) == set(range(31)) and abs(inside.mean() - 15) < 1.5
    assert found.equals(windows(fragments, mrnas)[0]) and not found.equals(windows(fragments, mrnas, seed=2)[0])


@pytest.fixture
def files(tmp_path, mrnas) -> dict:
    headers = {"ONE": "0100000,ACCNUM:NM_1,Gene_ID:1,Gene_Name:ONE", "TWO": "01,ACCNUM:NM_2,Gene_ID:2,Gene_Name:TWO"}
    rows = mrnas.set_index("target")["sequence"].str.replace("U", "T")
    text = "".join(f">{header}\n{rows[name]}\n" for name, header in headers.items())
    (tmp_path / "mrnas.fa").write_text(text)
    return {"mrnas": tmp_path / "mrnas.fa"}


@pytest.fixture
def reference() -> dict:
    names = ["hsa-let-7a-5p", "hsa-miR-16-5p"]
    return {"mirnas": pd.DataFrame({"name": names, "accession": ["M1", "M2"], "sequence": [LET7, MIR16]})}


def test_grosswendt2014_completes_mirnas_and_finds_its_fragments_again(tmp_path, mrnas, files, reference):
    one = mrnas["sequence"][0].replace("U", "T")
    header = "id,chromosome,start,end,strand,mirna_name,mirna_seq,target_seq,target_len,mirna_length,dataset\n"
    rows = [
        ("hsa-let-7a,hsa-let-7b", "TGAGGTAGTAGGTTGTXXX", one[100:130]),
        ("hsa-miR-16", MIR16.replace("U", "T") + "T", one[200:230]),  # a base longer than miRBase has it
        ("hsa-miR-9999", "GGGGGGGGGGGGGGGGGGGG", one[100:130]),
        ("hsa-miR-16", MIR16.replace("U", "T"), "ACGT" * 8),
    ]
    body = "".join(f'x,chr1,1,31,+,"{name}",{mirna},{site},30,22,grosswendt\n' for name, mirna, site in rows)
    path = tmp_path / "chimeras.csv"
    path.write_text(header + body)
    pairs, counts = parser("grosswendt2014")({**files, "chimeras": path}, reference)
    assert pairs[["mirna", "mirna_sequence", "target"]].values.tolist() == [
        ["hsa-let-7a-5p", LET7, "ONE"],
        ["hsa-miR-16-5p", MIR16, "ONE"],
    ]
    assert pairs["label"].eq(1).all() and pairs["target_sequence"].str.len().eq(50).all()
    assert counts["rows read"] == 4 and counts["rows of no human miRBase sequence, left out"] == 1
    assert counts["fragments that share 20 nt with no mRNA, left out"] == 1
    path.write_text("mirna_name,mirna_seq\n")
    with pytest.raises(ValueError, match=r"chimeras\.csv: column 'target_seq' is missing"):
        parser("grosswendt2014")({**files, "chimeras": path}, reference)


def test_mirtarclash_keeps_positives(tmp_path, mrnas, files, reference):
    two = mrnas["sequence"][1].replace("U", "T")
    rows = [
        ("hsa-let-7a-5p", "TWO", two[150:180], LET7, 1),
        ("hsa-let-7a-5p", "TWO", two[200:280], LET7, 1),
        ("hsa-miR-16-5p", "TWO", two[150:180], MIR16, 0),
        ("hsa-miR-16-5p", "TWO", two[150:168], MIR16, 1),
    ]
    columns = ["mirfirst", "UTR3", "targetseq", "maturemirnaseq", "label"]
    path = tmp_path / "MTI_siteLevel.csv"
    pd.DataFrame(rows, columns=columns).replace("U", "T", regex=True).to_csv(path, sep="\t", index=False)
    pairs, counts = parser("mirtarclash")({**files, "sites": path}, reference)
    assert pairs["mirna"].tolist() == ["hsa-let-7a-5p"] * 2 and set(pairs["mirna_sequence"]) == {LET7}
    assert pairs["target"].tolist() == ["TWO"] * 2 and pairs["target_sequence"].str.len().eq(50).all()
    assert counts["rows read"] == 4 and counts["negatives, left out"] == 1
    assert counts["fragments of less than 20 nt, left out"] == 1


def test_a_header_without_a_gene_is_named(tmp_path):
    (tmp_path / "mrnas.fa").write_text(">01,ACCNUM:NM_1\nACGT\n")
    with pytest.raises(ValueError, match=r"mrnas\.fa, line 1: header '01,ACCNUM:NM_1' has no Gene_Name"):
        read_mrnas(tmp_path / "mrnas.fa")
