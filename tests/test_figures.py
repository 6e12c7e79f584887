"""Kinds of figures: each says what it reads, and what it draws is what the tables hold."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from deepmirnatar.figures import base, charts, colours, kinds
from deepmirnatar.figures.four_scores import told_apart
from deepmirnatar.figures.kinds.audit import scored

COLUMNS = ["dataset", "model", "seed", "test_set", "metric", "threshold", "value", "low", "high", "n"]


@pytest.fixture(autouse=True)
def no_open_figures():
    yield
    charts.pyplot().close("all")


def stanza(predictor: str, label: str = "", **settings) -> dict:
    return {"predictor": predictor, "label": label or predictor, "settings": settings}


def metrics(*rows: tuple) -> pd.DataFrame:
    """(model, metric, value) on the test split of d."""
    full = [("d", model, 1, "d:test", metric, np.nan, value, value - 0.1, value, 50) for model, metric, value in rows]
    return pd.DataFrame(full, columns=COLUMNS)


def legend_of(axis) -> dict[str, tuple]:
    """Label -> (colour, dash) of the lines that a legend names."""
    handles, labels = axis.get_legend_handles_labels()
    return {name: (line.get_color(), line.get_linestyle()) for line, name in zip(handles, labels, strict=True)}


@pytest.mark.parametrize("name", kinds.names())
def test_every_kind_says_what_it_is(name):
    figure = kinds.load_class(name)
    assert figure.title and figure.caption and figure.draw is not base.Figure.draw
    assert figure.__doc__ is not None or sys.modules[figure.__module__].__doc__


def test_planning_loads_no_matplotlib(root):
    code = "import sys; from deepmirnatar.figures import kinds; [kinds.load_class(name) for name in kinds.names()]; "
    code += "print([name for name in ('matplotlib', 'sklearn', 'torch') if name in sys.modules])"
    answer = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"


def test_a_kind_that_reads_what_there_is_not_is_refused(tmp_path, monkeypatch):
    head = "from deepmirnatar.figures import base\nclass Figure(base.Figure):\n    "
    for name, line in (("odd_reads", "reads = ('metric',)"), ("odd_per", "per = 'seed'")):
        (tmp_path / f"{name}.py").write_text(head + line)
    monkeypatch.setattr(kinds, "__path__", [*kinds.__path__, str(tmp_path)])
    with pytest.raises(ValueError, match="`reads` has 'metric'; known are metrics,"):
        kinds.load_class("odd_reads")
    with pytest.raises(ValueError, match="`per` has 'seed'"):
        kinds.load_class("odd_per")
    with pytest.raises(ValueError, match="no figure 'nothing'"):
        kinds.load_class("nothing")


def test_a_known_method_keeps_its_colour_whatever_its_name_and_its_company():
    alone = colours.method_styles({"papers_network_quickstart": stanza("papers_network")})
    many = colours.method_styles(
        {
            "seed_match": stanza("seed_match"),
            "mirna_only": stanza("rate_table"),
            "papers_network_14_epochs": stanza("papers_network"),
            "no_sca": stanza("papers_network"),
            "own_method": stanza("own_method"),
        }
    )
    assert alone["papers_network_quickstart"] == many["papers_network_14_epochs"] == colours.METHODS["papers_network"]
    assert many["mirna_only"] == colours.METHODS["mirna_only"] and len(set(many.values())) == 5


def test_no_two_models_of_a_figure_look_alike():
    names = [*colours.METHODS, *(f"variant_{number}" for number in range(10))]
    styles = colours.method_styles({name: stanza(name) for name in names})
    assert len(set(styles.values())) == len(names)


def test_the_audit_shows_each_shortcut_once():
    audit = pd.DataFrame(
        [
            ("shortcut", "miRNA alone, by its string", 0.6, 50),
            ("shortcut", "miRNA alone, by its 3-mers", 0.62, 50),
            ("signal", "seed match", 0.8, 50),
        ],
        columns=["check", "subject", "value", "n"],
    )
    models = {
        "papers_network": stanza("papers_network", "Ours", dropout=0.1),
        "mirna_only": stanza("rate_table", "miRNA alone", columns=["mirna_sequence"]),
        "seed_match": stanza("seed_match", "seed match"),
    }
    table = metrics(("papers_network", "auroc", 0.9), ("mirna_only", "auroc", 0.58), ("seed_match", "auroc", 0.8))
    shown = scored(base.Data({"metrics": table}, models), "d", audit)
    assert shown[["label", "value", "role"]].to_numpy().tolist() == [
        ["Ours", 0.9, "model"],
        ["miRNA alone", 0.58, "shortcut"],
        ["miRNA alone, by its 3-mers", 0.62, "shortcut"],
        ["seed match", 0.8, "signal"],
    ]
    # Where the experiment has no such model, the audit's own rows are used.
    few = base.Data({"metrics": table}, {"papers_network": models["papers_network"]})
    assert scored(few, "d", audit)["label"].tolist()[1:] == audit["subject"].tolist()


def test_the_radar_leaves_a_gap_where_the_paper_prints_nothing():
    row = {"model": "pita", "method": "PITA", "threshold": "default", "n": 50}
    row |= dict.fromkeys(("auroc", "auprc", "sensitivity", "precision", "f1", "accuracy"), 0.8)
    row |= {f"paper_{name}": 0.5 for name in ("auroc", "auprc", "sensitivity", "f1", "accuracy")}
    data = base.Data({"methods": pd.DataFrame([row])}, {"pita": stanza("pita")}, dataset="released")
    axis = kinds.load_class("radar")().draw(data).axes[0]
    ours, printed = (line.get_ydata() for line in axis.lines)
    assert list(ours) == [0.8] * 7
    assert [bool(np.isnan(value)) for value in printed] == [False, False, False, True, False, False, False]


def test_methods_are_sorted_by_their_auc():
    rows = [{"model": name, "method": name, "threshold": "default", "auroc": value, "low": value, "high": value,
             "auprc": 0.5, "sensitivity": 0.5, "precision": 0.5, "n": 9}
            for name, value in (("pita", 0.5), ("mitar", 0.9), ("miraw", 0.7))]  # fmt: skip
    models = {row["model"]: stanza(row["model"]) for row in rows}
    figure = kinds.load_class("methods")().draw(base.Data({"methods": pd.DataFrame(rows)}, models, dataset="d"))
    # From the bottom upwards.
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == ["pita", "miraw", "mitar"]


def test_cost_tells_what_learns_nothing_from_what_was_not_measured():
    models = {name: stanza("pita") for name in "abc"}
    rows = {"model": list("abc"), "auroc": [0.9, 0.8, 0.7], "training_pairs_per_s": [100, np.nan, 300]}
    table = pd.DataFrame(
        {**rows, "scoring_pairs_per_s": [200, np.nan, 400], "training_memory_mb": [np.nan, np.nan, 500]}
    )
    axes = kinds.load_class("cost")().draw(base.Data({"costs": table}, models, dataset="d")).axes
    assert [[text.get_text().strip() for text in axis.texts] for axis in axes] == [
        ["0.700", "0.800", "0.900"],
        ["300", "does not learn", "100"],
        ["400", "not measured", "200"],
        ["500", "does not learn", "not measured"],
    ]


def test_the_history_names_each_model_once_and_outside_the_panels():
    models = {f"model_{number}": stanza("mitar", f"Model {number}") for number in range(15)}
    rows = [("d", name, seed, epoch, 1 / epoch, 2 / epoch, 0.5)
            for name in models for seed in (1, 2) for epoch in (1, 2, 3)]  # fmt: skip
    table = pd.DataFrame(rows, columns=["dataset", "model", "seed", "epoch", "train_loss", "valid_loss", "valid_auroc"])
    figure = kinds.load_class("history")().draw(base.Data({"histories": table}, models, "own"))
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == [f"Model {number}" for number in range(15)]
    assert not any(axis.get_legend() for axis in figure.axes)
    figure.canvas.draw()
    assert all(axis.get_window_extent().height > 130 for axis in figure.axes)
    assert legend.get_window_extent().y1 <= min(axis.get_window_extent().y0 for axis in figure.axes)


def test_curves_draw_each_model_in_its_own_style_with_the_metrics_value():
    rows = pd.DataFrame({"label": [0, 1] * 20, "score": np.linspace(0, 1, 40), "test_set": "d:test", "seed": 1})
    predictions = pd.concat([rows.assign(model=name) for name in ("mitar", "seed_match")])
    positives = rows[rows["label"] == 1].assign(test_set="p:test", model="mitar")
    table = metrics(*[(name, metric, 0.123) for name in ("mitar", "seed_match") for metric in ("auroc", "auprc")])
    models = {name: stanza(name) for name in ("mitar", "seed_match")}
    tables = {"predictions": pd.concat([predictions, positives]), "metrics": table}
    figure = kinds.load_class("curves")().draw(base.Data(tables, models, dataset="d"))
    # One test set with both labels: its ROC and its precision-recall curve.
    roc, pr = figure.axes
    styles = colours.METHODS
    assert legend_of(roc) == {"mitar: AUC 0.123": styles["mitar"], "seed_match: AUC 0.123": styles["seed_match"]}
    assert set(legend_of(pr)) == {"mitar: AP 0.123", "seed_match: AP 0.123"}


def test_models_are_told_apart_by_the_setting_that_was_swept():
    models = {
        "a": stanza("papers_network", "Ours", batch_size=32, dropout=0.1),
        "a.batch_size-64": stanza("papers_network", "Ours, batch size 64", batch_size=64, dropout=0.1),
        "b": stanza("papers_network", "Other", batch_size=16, dropout=0.1),
    }
    assert list(told_apart(models).values()) == ["Ours, batch size 32", "Ours, batch size 64", "Other"]


def test_a_note_stands_below_the_title_of_any_figure():
    figure, _ = charts.panels(1)
    charts.add_note(figure, "")
    assert figure.get_suptitle() == ""
    charts.add_note(figure, "too small")
    assert figure.get_suptitle() == "too small"
    titled, _ = charts.panels(1)
    titled.suptitle("title", x=0.01, ha="left")
    charts.add_note(titled, "too small")
    assert titled.get_suptitle() == "title\ntoo small"


def test_probabilities_near_one_are_told_apart():
    assert [charts.probability(value) for value in (0.5, 0.53, 0.998, 0.99991)] == ["0.50", "0.53", "0.9980", "0.99991"]
    _, (axis,) = charts.panels(1)
    charts.heat_map(axis, pd.DataFrame([[0.9, 0.999], [0.5, np.nan]]))
    shown = axis.images[0].get_array()
    assert shown[0][1] - shown[0][0] > shown[0][0] - shown[1][0] > 0
    words = {text.get_text() for text in axis.texts}
    assert {"0.90", "0.9990", "0.50"} == words
