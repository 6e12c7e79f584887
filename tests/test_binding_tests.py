"""Binding tests: which rows each test has, the swap of each source, the cut for positives alone, the script's table."""

import numpy as np
import pandas as pd
import pytest
import torch

from deepmirnatar.evaluation.binding_tests import COLUMNS, load_model, measure, swaps
from deepmirnatar.pairs import write_pairs
from deepmirnatar.predictors import load_class
from deepmirnatar.predictors.base import Context


class Known:
    """Scores are the number behind the dot of a row's gene; what else may be read, its label above all, is not."""

    def predict(self, pairs, context):
        assert not pairs["label"].any()
        return pairs["target"].str.partition(".")[2].astype(float).to_numpy() / 100


def rows(scores: list[int], labels: list[int], **columns) -> pd.DataFrame:
    count = len(scores)
    table = {
        "pair_id": [f"p{number}" for number in range(count)], "mirna": "m", "mirna_sequence": "UGAGGUAGUAGGUUGUAUAGUU",
        "target": [f"g{number}.{score}" for number, score in enumerate(scores)], "target_sequence": "ACGUACGU",
        "label": labels, "split": "test", "source": "x",
    }  # fmt: skip
    return pd.DataFrame({**table, **columns})


def test_rankings_and_the_recall_at_a_specificity():
    """Of 100 negatives, scores 0 to 99, seven lie above the cut, 93: of positives 90, 93, 94 and 99 two do."""
    both = rows([*range(100), 50, 150], [0] * 100 + [1, 1])
    alone = rows([90, 93, 94, 99], [1] * 4)
    found = measure(Known(), {"both": both, "alone": alone}, {}, "both", Context())
    values = found.set_index(["test", "metric"])["value"]
    assert list(found.columns) == COLUMNS and len(found) == 3
    assert values["alone", "recall at specificity 0.93"] == 0.5
    # 50.5 of 100 negatives lie below the positive of score 50, ties counted half; all below the other.
    assert values["both", "AUROC"] == pytest.approx((0.505 + 1) / 2)
    # The first positive comes first, the second behind it and 50 negatives, with its tie.
    assert values["both", "average precision"] == pytest.approx((1 + 2 / 52) / 2)
    assert (found["low"] <= found["value"]).all() and (found["value"] <= found["high"]).all()
    assert found["rows"].tolist() == [102, 102, 4]


def test_the_swap_of_each_source_stands_its_positives_against_swapped_rows():
    real = rows([80, 60, 10, 30], [1, 1, 0, 1], control="real", source=["a", "a", "a", "b"])
    real["real_id"] = real["pair_id"]
    swapped = real.iloc[[0, 1, 3]].assign(control="swapped_mirna", label=0, target=["g.70", "g.50", "g.40"])
    swapped["pair_id"] = swapped["real_id"] + ".swapped"
    other = real.assign(control="permuted_site", pair_id=real["real_id"] + ".other")
    found = swaps(pd.concat([real, swapped, other], ignore_index=True))
    assert {source: part["label"].tolist() for source, part in found.items()} == {"a": [1, 1, 0, 0], "b": [1, 0]}
    assert found["a"]["pair"].nunique() == 2
    controls = {"set": pd.concat([real, swapped, other], ignore_index=True)}
    table = measure(Known(), {"t": rows([1, 2], [0, 1])}, controls, "t", Context())
    values = table.set_index(["test", "metric"])["value"]
    # 80 against 70 and 50, 60 against 70 and 50: three of four pairs are in order.
    assert values["set, a", "swap AUROC"] == 0.75 and values["set, b", "swap AUROC"] == 0


def test_the_script_writes_a_row_for_each_model_and_test(tmp_path, script, rna):
    rng, outputs = np.random.default_rng(2), tmp_path / "tests.tsv"
    many = rows([0] * 40, [0, 1] * 20, target_sequence=[rna(rng, 30) for _ in range(40)])
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        write_pairs(many.assign(label=1) if name == "two" else many, tmp_path / name / "pairs.tsv")
    model = load_class("interaction_map")({"channels": 4, "hidden": 8, "bfloat16": False})
    torch.manual_seed(0)
    model.network = model.build_trained(Context(device="cpu"))
    model.save(tmp_path / "model.safetensors", {"predictor": "interaction_map", "seed": 7})
    files = [str(tmp_path / name / "pairs.tsv") for name in ("one", "two")]
    models = [("mine", str(tmp_path / "model.safetensors"))]
    script("measure_binding").main(models, files, [], "one", 1, str(outputs))
    table = pd.read_csv(outputs, sep="\t")
    assert table[["test", "rows", "metric"]].values.tolist() == [
        ["one", 40, "average precision"], ["one", 40, "AUROC"], ["two", 40, "recall at specificity 0.93"]
    ]  # fmt: skip
    assert set(table["model"]) == {"mine"} and set(table["seed"]) == {7} and table["date"].str.len().eq(10).all()


def test_a_file_that_names_no_predictor_is_refused(tmp_path):
    from deepmirnatar.common.files import write_tensors

    write_tensors({"a": np.zeros(1)}, {}, tmp_path / "other.safetensors")
    with pytest.raises(ValueError, match=r"other\.safetensors: does not say which predictor"):
        load_model(tmp_path / "other.safetensors")
