"""The explanatory figures show what is: shapes of the very network, pairs of the very duplex, places of the windows."""

import re

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import torch
from matplotlib.backends.backend_agg import FigureCanvasAgg

from deepmirnatar.datasets.negatives import rnacofold
from deepmirnatar.figures.explained import architecture, decoder, duplex, encoder, example, levels, windows
from deepmirnatar.figures.explained.diagrams import canvas
from deepmirnatar.figures.explained.network_trace import embedded_shape, trace, trace_model
from deepmirnatar.predictors.networks.papers_network import Network
from deepmirnatar.predictors.papers_network import Settings
from deepmirnatar.rna import duplex as duplex_layout
from deepmirnatar.rna.seeds import seed_sites
from deepmirnatar.rna.sequences import PAIRS, encode
from deepmirnatar.study.plan import Plan
from deepmirnatar.study.study import Study

LET7 = "UGAGGUAGUAGGUUGUAUAGUU"
# Its best site on HMGA2: an 8mer, a bulged nt, a loop of four against three, three G-U pairs.
HMGA2 = "AUGGGUGGGGGCGCCAACGUUCGAUUUCUACCUCAGCAGC"
SPACER = "GGAAGGAAGG" * 5


@pytest.fixture(autouse=True)
def no_open_figures():
    yield
    plt.close("all")


def example_pair(utr: str = SPACER + HMGA2 + SPACER) -> example.Example:
    return example.Example("hsa-let-7a-5p", LET7, "HMGA2", utr, seed_sites(LET7, utr))


def model(**settings) -> dict:
    """A model as `Plan.explained` gives it."""
    config = {
        "run": {"experiments": ["own"]},
        "datasets": {"hejret": {"sources": ["hejret2023"]}},
        "embeddings": {
            "words": {"kind": "word2vec", "strand": "mirna", "settings": {"size": 34}},
            "letters": {"kind": "onehot", "strand": "site", "settings": {"k": 2}},
        },
        "models": {
            "seed_match": {},
            "net": {
                "predictor": "papers_network",
                "label": "Net",
                "embeddings": {"mirna": "words", "site": "letters"},
                "settings": settings,
            },
        },
        "experiments": {"own": {"datasets": ["hejret"], "models": ["seed_match", "net"]}},
    }
    return Plan(Study(config)).explained


def texts(figure) -> list[str]:
    return [text.get_text() for axis in figure.axes for text in axis.texts]


def tables() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    mirnas = pd.DataFrame({"name": ["hsa-let-7a-5p", "hsa-miR-x"], "sequence": [LET7, "ACGUACGUACGUACGUACGUA"]})
    more = SPACER + "AUACCUCU" + SPACER
    utrs = {"NONE": SPACER * 2, "ONE": SPACER + HMGA2 + SPACER, "TWO": SPACER + HMGA2 + more, "WEAK": SPACER * 2 + more}
    utrs["TWO_N"] = utrs["TWO"] + "N"
    utrs["UNKNOWN"] = utrs["TWO"]
    utrs = pd.DataFrame({"gene": list(utrs), "sequence": list(utrs.values())})
    known = pd.DataFrame({"gene": ["TWO_N", "TWO", "ONE", "NONE", "WEAK"], "mirna": "hsa-let-7a-5p", "strong": 1})
    return mirnas, utrs, known


# --- the example ----------------------------------------------------------------------------------------------


def test_the_named_gene_is_taken_and_else_the_one_that_shows_most():
    assert example.choose(*tables(), "hsa-let-7a-5p", "ONE").gene == "ONE"
    # NONE has no site and ABSENT no 3'UTR; UNKNOWN is no known target; TWO_N has a base unknown.
    for gene in (None, "NONE", "ABSENT"):
        assert example.choose(*tables(), "hsa-let-7a-5p", gene).gene == "TWO"
    mirnas, utrs, known = tables()
    known.loc[known["gene"].str.startswith("TWO"), "strong"] = 0
    assert example.choose(mirnas, utrs, known, "hsa-let-7a-5p").gene == "ONE"
    with pytest.raises(ValueError, match="hsa-miR-x"):
        example.choose(*tables(), "hsa-miR-x")
    with pytest.raises(ValueError, match="miR-none"):
        example.choose(*tables(), "miR-none")


def test_the_site_is_the_first_of_the_strongest_class():
    utr = SPACER + "AUACCUCU" + SPACER + HMGA2 + SPACER + "CUACCUCA" + SPACER
    assert example_pair(utr).site["sequence"] == HMGA2


# --- the duplex -----------------------------------------------------------------------------------------------


def test_the_duplex_pairs_antiparallel_bases_that_can_pair():
    duplex = duplex_layout.fold(LET7, HMGA2)
    assert duplex.energy == pytest.approx(-17.3, abs=0.05)
    assert {(nt, 36 - nt) for nt in range(1, 9)} <= set(duplex.pairs)
    for mirna_nt, site_nt in duplex.pairs:
        assert PAIRS[encode(LET7[mirna_nt - 1]), encode(HMGA2[site_nt - 1])].all()
    mirna, site = zip(*duplex.pairs, strict=True)
    assert list(site) == sorted(site) and list(mirna) == sorted(mirna, reverse=True)


def test_every_letter_has_a_place_of_its_own_and_pairs_share_a_column():
    duplex = duplex_layout.fold(LET7, HMGA2)
    table = duplex_layout.layout(duplex)
    assert not table.duplicated(["strand", "column"]).any()
    mirna, site = (table[table["strand"] == strand].sort_values("column") for strand in ("mirna", "site"))
    assert "".join(mirna["letter"]) == LET7[::-1] and "".join(site["letter"]) == HMGA2
    column = table.set_index(["strand", "nt"])["column"]
    kind = table.set_index(["strand", "nt"])["pair"]
    for mirna_nt, site_nt in duplex.pairs:
        assert column["mirna", mirna_nt] == column["site", site_nt]
        wobble = {LET7[mirna_nt - 1], HMGA2[site_nt - 1]} == {"G", "U"}
        assert kind["mirna", mirna_nt] == kind["site", site_nt] == ("G-U" if wobble else "Watson-Crick")
    assert (table["pair"] == "").sum() == len(LET7) + len(HMGA2) - 2 * len(duplex.pairs)
    assert (kind["mirna"] == "G-U").sum() == 3


def test_seed_tiles_lie_on_nt_2_to_8_and_gu_pairs_have_a_mark_of_their_own():
    table = duplex_layout.layout(duplex_layout.fold(LET7, HMGA2))
    axis = canvas(plt.figure(), 7.2, 2.9)
    duplex.draw_duplex(axis, table, 838)
    tiles = [patch for patch in axis.patches if (patch.get_gid() or "").startswith("seed")]
    written = {}
    for text in axis.texts:
        written.setdefault(text.get_position(), text.get_text())
    found = {}
    for tile in tiles:
        centre = np.array([tile.get_x() + tile.get_width() / 2, tile.get_y() + tile.get_height() / 2])
        near = min(written, key=lambda place: np.abs(np.array(place) - centre).sum())
        assert np.allclose(near, centre, atol=1e-6)
        found[int(tile.get_gid().rsplit("-")[-1])] = written[near]
    assert found == {nt: LET7[nt - 1] for nt in range(2, 9)}
    marks = {line.get_gid(): line for line in axis.lines if line.get_gid()}
    assert sum(line.get_gid() == "pair-GU" for line in axis.lines) == 3
    assert sum(line.get_gid() == "pair-WC" for line in axis.lines) == 14
    assert marks["pair-GU"].get_marker() == "o" and marks["pair-WC"].get_linestyle() == "-"
    # Site positions are counted along the 3'UTR, from 1.
    assert {"839", "848", "878"} <= set(written.values())


# --- levels and windows ---------------------------------------------------------------------------------------


def test_sites_are_to_scale_in_the_row_of_their_class():
    drawing, shown = levels, example_pair(SPACER + HMGA2 + SPACER + "AUACCUCU" + SPACER)
    axis = canvas(plt.figure(), 7.2, 4.2)
    drawing.draw_gene(axis, shown)
    bars = {patch.get_gid(): patch for patch in axis.patches if (patch.get_gid() or "").startswith("site")}
    assert len(bars) == len(shown.sites) == 2
    scale = (drawing.RIGHT - drawing.LEFT) / len(shown.utr)
    heights = {}
    for site in shown.sites.itertuples():
        bar = bars[f"site-{site.start}"]
        assert bar.get_x() == pytest.approx(drawing.LEFT + scale * site.start)
        assert bar.get_width() == pytest.approx(40 * scale)
        heights[site.seed_type] = bar.get_y()
    assert heights["8mer"] > heights["6mer"]


def test_windows_step_along_the_utr_and_those_that_pass_the_rule_are_marked():
    drawing, settings = windows, rnacofold.Settings()
    shown = example_pair(SPACER * 3 + HMGA2 + SPACER * 3)
    table = drawing.windows(shown, settings)
    first, last = drawing.stretch(shown, settings)
    assert (table["start"].diff().dropna() == 5).all() and (table["end"] - table["start"] == 40).all()
    assert (table["start"] % 5 == 0).all() and first == table["start"].min() and table["end"].max() <= last
    assert first <= shown.site["start"] and shown.site["end"] <= last
    seed = LET7[:10]
    for row in table.itertuples():
        window = shown.utr[row.start : row.end]
        best = max(
            sum(PAIRS[encode(a), encode(b)].item() for a, b in zip(seed, window[at : at + 10][::-1], strict=True))
            for at in range(31)
        )
        assert row.passes == (best >= 6)
    assert table["passes"].nunique() == 2
    figure = plt.figure()
    drawing.draw_windows(figure, shown, settings)
    bars = {patch.get_gid(): patch for patch in figure.axes[0].patches if (patch.get_gid() or "").startswith("window")}
    # A bar reaches from the left of its first letter to the right of its last one.
    written = [text for text in figure.axes[0].texts if len(text.get_text()) == 1]
    letters = sorted((text.get_position()[0], text.get_text()) for text in written)
    places, sequence = zip(*letters, strict=True)
    assert "".join(sequence) == shown.utr[first:last]
    half = (places[1] - places[0]) / 2
    for row in table.itertuples():
        bar = bars[f"window-{row.start}"]
        assert bar.get_x() == pytest.approx(places[row.start - first] - half)
        assert bar.get_x() + bar.get_width() == pytest.approx(places[row.end - 1 - first] + half)
        assert (bar.get_hatch() is None) == row.passes


# --- the architecture -----------------------------------------------------------------------------------------


def test_the_trace_has_the_networks_own_shapes_and_counts():
    traced = trace({"hidden": 16, "filters": 8, "heads": 2, "decoder_modules": 3}, (1, 19, 34), (1, 37, 16))
    network = Network((34, 16), Settings(hidden=16, filters=8, heads=2, decoder_modules=3))
    assert traced[""].parameters == sum(each.numel() for each in network.parameters())
    assert traced["mirna"].output == (1, 19, 16) and traced["site"].output == (1, 37, 16)
    assert traced["site.textcnn.convolutions.2"].output == (1, 8, 37)
    assert traced["decoder.2.attention"].inputs[1] == (1, 37, 16)
    assert traced["head"].output == (1, 2) and "decoder.3" not in traced.parts


@pytest.mark.parametrize(
    ("kind", "settings", "expected"),
    [
        ("word2vec", {"size": 34}, (1, 37, 34)),
        ("word2vec", {"size": 100, "k": 3, "pool": 12}, (1, 12, 100)),
        ("onehot", {}, (1, 40, 4)),
        ("onehot", {"k": 2}, (1, 39, 16)),
        ("dnabert", {"size": 96}, (1, 37, 96)),
        ("dnabert", {"weights": "dnabert4"}, (1, 37, 768)),
        ("dnabert", {"weights": "dnabert4", "projection": "pca", "size": 50}, (1, 37, 50)),
    ],
)
def test_embedded_shapes_follow_the_stanza(kind, settings, expected):
    assert embedded_shape({"kind": kind, "settings": settings}, 40) == expected


def test_the_embedded_shape_is_what_the_embedder_gives():
    from deepmirnatar import embeddings

    features = embeddings.embed([HMGA2], "onehot", {"k": 3, "pool": 7}, None)
    shape = embedded_shape({"kind": "onehot", "settings": {"k": 3, "pool": 7}}, len(HMGA2))
    assert shape == (1, features.offsets[1], features.size)


def drawn(module, chosen: dict) -> str:
    traced = trace_model(chosen, LET7, HMGA2)
    return "\n".join(texts(module.draw(traced, example_pair(), chosen)))


def test_the_figures_change_with_the_settings():
    small = {"hidden": 16, "filters": 8, "heads": 2, "kernels": [1, 7]}
    whole = drawn(architecture, model(**small))
    assert "Net as built" in whole and "4 decoder modules" in whole and whole.count("BiLSTM") == 2
    assert "1 × 19 × 34" in whole and "1 × 39 × 16" in whole and whole.count("TextCNN") == 2
    own = sum(each.numel() for each in Network((34, 16), Settings(**small)).parameters())
    assert f"{own:,} parameters" in whole
    other = drawn(architecture, model(decoder_modules=2, rnn="gru", textcnn=False, spatial=False, **small))
    assert "2 decoder modules" in other and other.count("BiGRU") == 2
    assert not re.search("TextCNN|SpatialConv|BiLSTM", other)
    bare = drawn(architecture, model(decoder_modules=1, rnn="none", project_to=8, **small))
    assert not re.search("BiLSTM|BiGRU|modules|positions", bare) and "1 × 39 × 8" in bare

    text = drawn(encoder, model(**small))
    assert re.findall(r"Conv1d, width (\d)", text) == ["1", "7"]
    assert text.count("1 × 8 × 39") == 2 and "1 × 39 × 32" in text and "LSTM, backwards" in text
    plain = drawn(encoder, model(textcnn=False, rnn="positions"))
    assert not re.search("Conv1d|LSTM|GLU", plain) and "sinusoidal" in plain

    text = drawn(decoder, model(**small, feed_forward=24))
    assert "1 × 2 × 19 × 39" in text and "16 → 24 → 16" in text and "β" in text and "1 × 16 × 19" in text
    without = drawn(decoder, model(spatial=False, **small))
    assert not re.search("β|Conv1d", without)


def test_attention_weights_have_the_shape_that_is_drawn(monkeypatch):
    seen = []
    softmax = torch.Tensor.softmax
    monkeypatch.setattr(torch.Tensor, "softmax", lambda self, dim: seen.append(self.shape) or softmax(self, dim))
    traced = trace_model(model(heads=4), LET7, HMGA2)
    assert decoder.weights_shape(traced) == tuple(seen[0])


def test_an_experiment_without_the_network_has_no_architecture():
    config = {
        "run": {"experiments": ["own"]},
        "datasets": {"hejret": {"sources": ["hejret2023"]}},
        "embeddings": {},
        "models": {"seed_match": {}},
        "experiments": {"own": {"datasets": ["hejret"], "models": ["seed_match"]}},
    }
    assert Plan(Study(config)).explained == {}


# --- files ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["plot_example", "plot_network"])
def test_a_script_draws_from_the_reference_tables_and_nothing_leaves_the_page(name, script, tmp_path, monkeypatch):
    paths = []
    for table, stem in zip(tables(), ("mirnas", "utrs", "known"), strict=True):
        paths.append(str(tmp_path / f"{stem}.tsv"))
        table.to_csv(paths[-1], sep="\t", index=False)
    pair = str(tmp_path / "example.tsv")
    script("choose_example").main(*paths, "hsa-let-7a-5p", "ONE", pair)
    module = script(name)
    saved, save = [], module.save
    monkeypatch.setattr(module, "save", lambda figure, *outputs: saved.append(figure) or save(figure, *outputs))
    more = [model()] if name == "plot_network" else []
    module.main(pair, *more, {figure: [str(tmp_path / f"{figure}.svg")] for figure in module.FIGURES})
    assert len(saved) == 3
    for figure, file in zip(saved, module.FIGURES, strict=True):
        assert "</svg>" in (tmp_path / f"{file}.svg").read_text()
        page, renderer = figure.bbox, FigureCanvasAgg(figure).get_renderer()
        for text in figure.axes[0].texts:
            where = text.get_window_extent(renderer)
            assert text.get_fontsize() >= 7
            inside = where.x0 >= 0 and where.y0 >= 0 and where.x1 <= page.x1 and where.y1 <= page.y1
            assert inside, (file, text.get_text())


def test_masked_repeats_are_not_called_unknown_bases():
    words = texts(levels.draw(example_pair(SPACER + HMGA2 + SPACER + "N" * 30 + SPACER)))
    assert any("masked repeats" in text for text in words) and not any("unknown" in text for text in words)
    assert not any("repeats" in text for text in texts(levels.draw(example_pair())))
