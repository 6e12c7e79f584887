"""A table that is read and written in blocks gives the same files as one that is held whole."""

import socket
import subprocess

import numpy as np
import pandas as pd
import pytest

from deepmirnatar import pairs
from deepmirnatar.pairs import PairsError, pair_blocks, read_pairs, rearranged, write_pairs
from deepmirnatar.sources import parser

STEPS = ["parsed", "counts", "merged", "merge_report", "kept", "dropped", "report", "positives", "negatives"]
STEPS += ["negatives_report", "pairs", "split_report"]


@pytest.fixture
def block_size(monkeypatch):
    def set_size(rows: int) -> None:
        monkeypatch.setattr(pairs, "BLOCK", rows)

    return set_size


@pytest.fixture(scope="module")
def downloads(tmp_path_factory, rna) -> dict:
    """Two files as miRBench writes them: pairs that repeat, pairs with both labels, many sites of one gene."""
    rng, folder = np.random.default_rng(4), tmp_path_factory.mktemp("downloads")
    mirnas, sites = [rna(rng, 22) for _ in range(12)], [rna(rng, 50) for _ in range(60)]
    files = {}
    for split, count in (("train", 150), ("test", 40)):
        mirna, site = rng.integers(0, 12, count), rng.integers(0, 60, count)
        table = pd.DataFrame(
            {
                "gene": [sites[number] for number in site],
                "noncodingRNA": [mirnas[number] for number in mirna],
                "noncodingRNA_name": [f"hsa-miR-{number}" if number else "" for number in mirna],
                "noncodingRNA_fam": [f"mir-{number // 2}" for number in mirna],
                "feature": "exon",
                "label": rng.integers(0, 2, count),
                "gene_cluster_ID": site // 3,
            }
        )
        files[split] = folder / f"AGO2_CLASH_Hejret2023_{split}.tsv"
        table.to_csv(files[split], sep="\t", index=False)
    return files


def made(folder, script, downloads: dict, stanza: dict) -> dict[str, str]:
    """What each step writes, from the downloads to the split."""
    path = {name: folder / f"{name}.tsv" for name in [*STEPS, "mirnas", "utrs", "known_targets", "test"]}
    mature = pd.read_csv(downloads["train"], sep="\t").drop_duplicates("noncodingRNA").iloc[:9]
    names = [f"hsa-new-{number}" for number in range(9)]
    known = pd.DataFrame({"name": names, "accession": "M", "sequence": mature["noncodingRNA"]})
    known.to_csv(path["mirnas"], sep="\t", index=False)
    sites = pd.read_csv(downloads["train"], sep="\t")["gene"]
    path["utrs"].write_text(f"gene\tentrez\tsequence\nPTEN\t1\t{sites[5]}\n")
    path["known_targets"].write_text("mirna\tgene\tentrez\tstrong\nx\ty\t1\t0\n")
    test = {
        "mirna": "m",
        "mirna_sequence": mature["noncodingRNA"],
        "target": "g",
        "target_sequence": sites[9:18].to_numpy(),
    }
    test |= {"label": 1, "split": "test", "source": "other", "pair_id": [f"t{n}" for n in range(9)]}
    write_pairs(pd.DataFrame(test), path["test"])
    registry = "resources/sources.tsv"
    script("parse_source").main("hejret2023", downloads, [], registry, {}, 1, path["parsed"], path["counts"])
    script("merge_sources").main([path["parsed"]], stanza, path["merged"], path["merge_report"])
    outputs = {name: path[name] for name in ("kept", "dropped", "report")}
    tables = [*[path["mirnas"]] * stanza["mirbase"], path["utrs"]]
    script("filter_pairs").main(path["merged"], tables, [path["test"]], stanza, outputs)
    given = path["kept"], [path["known_targets"]], stanza, 1, path["positives"], path["negatives"]
    script("generate_negatives").main(*given, path["negatives_report"])
    script("split_dataset").main(path["positives"], path["negatives"], stanza, path["pairs"], path["split_report"])
    return {name: path[name].read_text() for name in STEPS}


@pytest.mark.parametrize(
    ("orientation", "negatives", "split"),
    [
        ("corrected", "given", {"strategy": "given", "valid_from_train": 0.2}),
        ("as_released", "given", {"strategy": "by_gene"}),
        ("corrected", "matched", {"strategy": "by_gene"}),
    ],
)
def test_every_step_writes_the_same_in_block_size_any_size(
    downloads, block_size, tmp_path, script, negatives, split, orientation
):
    stanza = {
        "orientation": orientation,
        "duplicates": "drop",
        "conflicts": "drop",
        "false_negatives": "keep",
        "sample": 140,
        "seed": 3,
    }
    stanza |= {"mirbase": True, "without_targets": ["PTEN", "cluster3"], "apart_from": ["other:test"]}
    stanza |= {"negatives": {"strategy": negatives}, "negatives_stay": negatives == "given", "split": split}
    found = []
    for size in (250_000, 6):
        block_size(size)
        (tmp_path / str(size)).mkdir()
        found.append(made(tmp_path / str(size), script, downloads, stanza))
    whole, *others = found
    reasons = ("gene cluster3", "lies on the 3'UTR of PTEN", "one of other:test", "neither the name nor the sequence")
    assert all(reason in whole["dropped"] for reason in reasons)
    assert whole["pairs"].count("\n") > 40 and whole["parsed"].count("\n") == 191
    for name in STEPS:
        for other in others:
            assert whole[name].splitlines() == other[name].splitlines(), name


def table(ids: list[str]) -> pd.DataFrame:
    rest = {"mirna": "m", "mirna_sequence": "ACGUACGU", "target": "g", "target_sequence": "ACGU"}
    return pd.DataFrame({"pair_id": ids, **rest, "label": 1, "split": "train", "source": "s"})


def test_an_id_that_comes_again_in_a_later_block_is_refused_by_its_line(block_size, tmp_path):
    path = tmp_path / "p.tsv"
    table([*"abcdefb"]).to_csv(path, sep="\t", index=False)
    block_size(3)
    with pytest.raises(PairsError, match="line 8: pair_id 'b' occurs twice"):
        read_pairs(path)
    with pytest.raises(PairsError, match="line 6: pair_id 'a' occurs twice"):
        write_pairs([table([*"abc"]), table([*"da"])], tmp_path / "out.tsv")
    assert not (tmp_path / "out.tsv").exists()


def test_a_fault_in_a_later_block_names_its_line(block_size, tmp_path):
    path = tmp_path / "p.tsv"
    table([*"abcdef"]).assign(label=[1, 1, 1, 1, 2, 1]).to_csv(path, sep="\t", index=False)
    block_size(2)
    with pytest.raises(PairsError, match="line 6: label '2'"):
        list(pair_blocks(path))


def test_rows_of_several_tables_in_another_order(block_size, tmp_path):
    block_size(2)
    write_pairs(table([*"abcde"]).assign(note=[*"vwxyz"]), tmp_path / "one.tsv")
    write_pairs(table([*"fgh"]), tmp_path / "two.tsv")
    wanted = pd.DataFrame({"split": ["test", "valid", "train", "test", "test"]}, index=[7, 0, 4, 5, 2])
    blocks = list(rearranged([tmp_path / "one.tsv", tmp_path / "two.tsv"], wanted, tmp_path / "out.tsv"))
    assert [len(block) for block in blocks] == [2, 2, 1]
    rows = pd.concat(blocks)
    assert rows["pair_id"].tolist() == [*"haefc"] and rows["split"].tolist() == wanted["split"].tolist()
    assert rows["note"].fillna("").tolist() == ["", "v", "z", "", "x"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one.tsv", "two.tsv"]
    assert next(rearranged([tmp_path / "one.tsv"], wanted.iloc[:0], tmp_path / "out.tsv")).columns.tolist() == [
        *pairs.COLUMNS,
        "note",
    ]


def test_the_columns_and_splits_asked_for_alone_are_read(block_size, tmp_path):
    write_pairs(table([*"abc"]).assign(split=["train", "test", "valid"]), tmp_path / "p.tsv")
    block_size(1)
    read = read_pairs(tmp_path / "p.tsv", ["train", "valid"], ["pair_id", "label"])
    assert read.to_dict("list") == {"pair_id": ["a", "c"], "label": [1, 1]}
    assert read_pairs(tmp_path / "p.tsv", []).empty


def test_parts_of_a_killed_step_are_removed_by_the_next(block_size, tmp_path):
    write_pairs(table([*"abc"]), tmp_path / "one.tsv")
    block_size(1)
    gone = subprocess.Popen(["true"])
    gone.wait()
    left = tmp_path / f"out.tsv.{socket.gethostname()}.{gone.pid}.parts"
    left.mkdir()
    (left / "0.0").write_bytes(b"rows")
    blocks = rearranged(
        [tmp_path / "one.tsv"], pd.DataFrame({"split": ["test"] * 2}, index=[2, 0]), tmp_path / "out.tsv"
    )
    assert next(blocks)["pair_id"].tolist() == ["c"]
    (own,) = tmp_path.glob("out.tsv.*")  # beside the output, on its disk
    assert own != left and sum(1 for _ in own.iterdir()) == 2
    assert next(blocks)["pair_id"].tolist() == ["a"] and next(blocks, None) is None and not own.exists()


def test_a_fault_in_a_later_block_of_a_download_names_its_file_and_line(downloads, block_size, tmp_path):
    files = {split: tmp_path / path.name for split, path in downloads.items()}
    for split, path in downloads.items():
        lines = path.read_text().splitlines()
        if split == "test":
            lines[9] = lines[9].replace("\texon\t1", "\texon\t7").replace("\texon\t0", "\texon\t7")
        files[split].write_text("\n".join(lines) + "\n")
    block_size(4)
    parsed, _ = parser("hejret2023")(files, {})
    with pytest.raises(PairsError, match=r"Hejret2023_test\.tsv, line 10: label '7'"):
        list(parsed)


def test_of_faults_in_a_full_block_the_number_is_a_lower_bound(block_size, tmp_path):
    path = tmp_path / "p.tsv"
    table([*"abcdef"]).assign(label=2).to_csv(path, sep="\t", index=False)
    with pytest.raises(PairsError, match=r"\(5 more rows like it\)"):
        read_pairs(path)
    block_size(4)
    with pytest.raises(PairsError, match=r"\(at least 3 more rows like it\)"):
        read_pairs(path)
