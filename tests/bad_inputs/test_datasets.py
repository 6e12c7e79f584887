"""Tables that can be read, and that a later step cannot use or would use wrongly."""

import logging

import numpy as np
import pandas as pd
import pytest

from deepmirnatar.common.files import write_tsv
from deepmirnatar.common.logs import log
from deepmirnatar.datasets.merging import merge
from deepmirnatar.datasets.negatives import generate
from deepmirnatar.datasets.splits import split_rows
from deepmirnatar.embeddings import longest
from deepmirnatar.evaluation.dataset_audit import audit
from deepmirnatar.pairs import write_pairs
from deepmirnatar.sources import user


@pytest.fixture
def warnings():
    """What is warned of meanwhile."""
    said = []
    handler = logging.Handler(logging.WARNING)
    handler.emit = lambda record: said.append(record.getMessage())
    log.addHandler(handler)
    yield said
    log.removeHandler(handler)


@pytest.fixture
def own(rna, tmp_path):
    """own(genes) reads a user's table with these genes, one row each; four miRNAs by turns, labels too."""

    def make(genes: list[str]) -> pd.DataFrame:
        rng = np.random.default_rng(5)
        mirnas = [rna(rng, 22) for _ in range(4)]
        rows = [(f"m{n % 4}", mirnas[n % 4], gene, rna(rng, 30), n % 2) for n, gene in enumerate(genes)]
        write_tsv(pd.DataFrame(rows, columns=user.REQUIRED), tmp_path / "own.tsv")
        return user.parse({"pairs": tmp_path / "own.tsv"}, {}, "own")[0]

    return make


def test_a_gene_with_blanks_around_its_name_stands_on_one_side(own):
    genes = [f"{blank}gene{n // 5}{blank}" for n in range(300) for blank in ("", " ", "\u00a0")[n % 3 :][:1]]
    table = own(genes)
    assert set(table["target"]) == {f"gene{n}" for n in range(60)}
    # Also where a registered source brings the blanks.
    table["target"] += [" " * (n % 2) for n in range(len(table))]
    rows, _ = split_rows(table, "by_gene")
    assert rows["split"].nunique() == 3
    assert (rows["split"].groupby(rows["target"].str.strip()).nunique() == 1).all()


def test_an_audit_sees_a_gene_behind_its_blanks(own):
    table = own([f"gene{n % 20}" for n in range(80)])
    table["split"] = ["train", "test"] * 40
    table["target"] += np.where(table["split"] == "test", " ", "")
    table.loc[0, "mirna_sequence"] = "ACGU" * 50
    found, _ = audit(lambda: [table], trees=2)
    values = found.set_index(["check", "subject"])["value"]
    assert values["overlap", "gene"] == (table["target"].str.strip()[1::2].isin(table["target"][::2])).mean()
    text = found["subject"].iloc[-1]
    assert "miRNAs of more than 30 nt: 1" in text


def test_too_few_groups_for_a_split_are_warned_of(own, warnings):
    split_rows(own(["PTEN", "BCL2"]), "by_gene")
    assert "split by_gene: no row is left for" in warnings[-1] and "another split.strategy" in warnings[-1]


def test_negatives_that_cannot_be_made_say_why(own):
    table = own(["PTEN", "BCL2", "TP53", "MYC"])
    with pytest.raises(ValueError, match="makes negatives from positives, and the sources hold none"):
        merge(lambda: [table.assign(label=0)], positives_only=True)
    one = table.assign(label=1, mirna_sequence=table["mirna_sequence"].iloc[0])
    reference = {"known_targets": pd.DataFrame(columns=["mirna", "gene"])}
    with pytest.raises(ValueError, match=r"matched gives each miRNA a site of another family, .*take `shuffled`"):
        generate(one, reference, "matched", {})


def test_an_emptied_table_says_which_filter_emptied_it(own, tmp_path, script):
    write_pairs(own(["PTEN", "PTEN"]).assign(mirna="hsa-let-7a-5p"), tmp_path / "merged.tsv")
    (tmp_path / "mirnas.tsv").write_text("name\taccession\tsequence\nhsa-let-7a-5p\tM\tUGAGGUAGUAGGUUGUAUAGUU\n")
    (tmp_path / "utrs.tsv").write_text(f"gene\tentrez\tsequence\nPTEN\t1\t{'ACGU' * 10}\n")
    files = [str(tmp_path / f"{name}.tsv") for name in ("merged", "mirnas", "utrs")]
    stanza = {"orientation": "corrected", "mirbase": True, "without_targets": ["PTEN"], "apart_from": []}
    with pytest.raises(
        ValueError, match=r"no row is left of 2, most because: gene PTEN is in without_targets; take more rows"
    ):
        script("filter_pairs").main(files[0], files[1:], [], stanza, {"kept": tmp_path / "kept.tsv"})
    assert not (tmp_path / "kept.tsv").exists()


def test_dnabert_says_the_longest_site_that_it_reads(tmp_path):
    from deepmirnatar.embeddings import dnabert

    assert longest("dnabert", {"k": 4}) == 513 and longest("onehot", {"k": 4}) is None
    with pytest.raises(ValueError, match="a sequence of 1,600 nt is longer than DNABERT reads, 513"):
        dnabert.embed(["ACGU" * 400, "ACGU" * 4], dnabert.Settings(), tmp_path / "none.safetensors")
