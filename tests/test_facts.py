"""What was measured on the real files holds: counts, repairs and orientation of the released data and benchmarks."""

import pandas as pd
import pytest

from deepmirnatar.datasets.merging import merge
from deepmirnatar.datasets.mirbase_filter import filter_rows
from deepmirnatar.pairs import five_to_three
from deepmirnatar.sources import SOURCES, parser
from deepmirnatar.sources.mirbase import read_mature


@pytest.fixture(scope="module")
def reference(mirror) -> dict:
    # Gene names come from a package that is not on the mirror; without it every RefSeq id is kept.
    return {
        "mirnas": read_mature(mirror / "mirbase" / "mature.fa"),
        "refseq": pd.DataFrame({"refseq": ["none"], "gene": ["none"]}),
    }


@pytest.fixture(scope="module")
def parsed(mirror, reference):
    """parsed("miraw") is (pairs, counts), read once."""
    done = {}

    def parse(source: str):
        if source not in done:
            files = {name: mirror / path for name, path in SOURCES[source].files.items()}
            declared = {name: reference[name] for name in SOURCES[source].reference}
            pairs, counts = parser(source)(files, declared)
            done[source] = (pairs if isinstance(pairs, pd.DataFrame) else pd.concat(pairs, ignore_index=True)), counts
        return done[source]

    return parse


@pytest.fixture(scope="module")
def human(reference) -> set:
    return set(reference["mirnas"]["sequence"])


def test_released_rows_and_splits(parsed):
    pairs, _ = parsed("deepmirnatar_released")
    assert pairs["split"].value_counts().to_dict() == {"train": 41_792, "valid": 13_930, "test": 13_932}
    assert pairs["source"].value_counts().to_dict() == {"miraw": 61_920, "deepmirtar": 7_734}


def test_released_repairs(parsed):
    pairs, counts = parsed("deepmirnatar_released")
    assert counts["gene symbols that were dates, repaired"] == 174
    assert counts["empty miRNA names"] == 50
    assert not pairs["target"].str.contains(r"^\d+-[A-Z][a-z]{2}$").any()
    assert not (pairs["mirna"] == "").any()


def test_released_orientation(parsed, human):
    pairs, counts = parsed("deepmirnatar_released")
    turned = pairs["mirna_written"] == "3to5"
    assert counts["miRNAs written 3'->5', turned"] == turned.sum() == 7_734
    positives = turned & (pairs["label"] == 1)
    assert positives.sum() == 3_829
    assert pairs.loc[positives, "mirna_sequence"].isin(human).sum() == 3_654
    # As written, none is one. The others are as they should be without turning.
    assert pairs.loc[positives, "mirna_sequence"].str[::-1].isin(human).sum() == 0
    assert pairs.loc[~turned, "mirna_sequence"].isin(human).mean() > 0.97


def test_the_dataset_as_released_has_the_letters_of_the_files(parsed, mirror):
    blocks, _ = merge(lambda: [parsed("deepmirnatar_released")[0]], "as_released", "keep", "keep")
    merged = pd.concat(blocks)
    files = [
        pd.read_csv(mirror / "deepmirnatar_released" / f"{split}.csv", encoding="utf-8-sig", dtype=str)
        for split in ("train", "valid", "test")
    ]
    raw = pd.concat(files, ignore_index=True)
    assert merged["mirna_sequence"].tolist() == raw["miRNA_sequence"].str.upper().str.replace("T", "U").tolist()
    assert merged["target_sequence"].tolist() == raw["gene_sequence"].str.upper().str.replace("T", "U").tolist()
    assert merged["label"].astype(str).tolist() == raw["interaction"].tolist()


def test_few_released_rows_are_no_mirna_of_today(parsed, reference):
    """By name alone 735 rows would go; most of them carry a current sequence under an older name."""
    pairs, _ = parsed("deepmirnatar_released")
    named = pairs[pairs["source"] == "miraw"].reset_index(drop=True)
    current = named["mirna"].isin(reference["mirnas"]["name"])
    kept, dropped, _ = filter_rows(named, reference["mirnas"], five_to_three(named, "corrected"))
    assert len(dropped) < 0.1 * (~current).sum()
    assert kept["mirna"].isin(reference["mirnas"]["name"]).all()


def test_mitar_files_carry_the_same_deepmirtar_rows(parsed, human):
    pairs, counts = parsed("deepmirtar")
    assert len(pairs) == 7_758 and counts["mock miRNAs"] == (pairs["label"] == 0).sum()
    positives = pairs[pairs["label"] == 1]
    assert positives["mirna_sequence"].isin(human).mean() > 0.95
    assert positives["mirna_sequence"].str[::-1].isin(human).sum() == 0
    released, _ = parsed("deepmirnatar_released")
    key = ["mirna_sequence", "target_sequence", "label"]
    rebuilt = released.merge(pd.concat([pairs, parsed("miraw")[0]])[key].drop_duplicates(), on=key)
    assert len(rebuilt) / len(released) == pytest.approx(0.9975, abs=0.0005)


def test_parclip_sites_are_48_positives(parsed, human):
    pairs, _ = parsed("parclip48")
    assert len(pairs) == pairs["label"].sum() == 48 and set(pairs["split"]) == {"test"}
    assert pairs["mirna_sequence"].isin(human).mean() > 0.9


def test_hejret2023_has_conflicting_pairs(parsed):
    pairs, _ = parsed("hejret2023")
    assert pairs["split"].value_counts().to_dict() == {"train": 8_193, "test": 965}
    site = ["split", "mirna_sequence", "target_sequence"]
    both = pairs[pairs.groupby(site)["label"].transform("nunique") > 1]
    assert both["split"].value_counts().to_dict() == {"train": 150, "test": 18}
    assert both.drop_duplicates(site)["split"].value_counts().to_dict() == {"train": 75, "test": 9}
    blocks, report = merge(lambda: [pairs], conflicts="drop", duplicates="keep")
    kept = pd.concat(blocks)
    counts = dict(zip(report["item"], report["rows"], strict=True))
    assert counts["rows of a pair with both labels, dropped"] == 168 == len(pairs) - len(kept)
    assert (counts["  of these in train, as read"], counts["  of these in test, as read"]) == (150, 18)
