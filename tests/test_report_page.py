"""The report of a prediction: the duplex drawing, and the page in a real browser."""

import re
import time
import xml.etree.ElementTree as ElementTree

import numpy as np
import pandas as pd
import pytest
from browser import CHROMIUM, MIRNAS, Browser, prediction

from deepmirnatar.prediction.duplex_svg import draw_svg, duplex, in_words
from deepmirnatar.prediction.report import report_page, verdict, write_report

LET7 = MIRNAS["hsa-let-7a-5p"]
HMGA2 = "GAACAUUCAACCUGUAUUACAUUCAACCACUACCUCAAGC"  # an 8mer site, and 3' pairing with one G-U pair


# --- the duplex -----------------------------------------------------------------------------------------------


def test_a_duplex_names_the_pair_of_every_base_and_marks_the_seed():
    found = duplex(LET7, HMGA2)
    bases = pd.DataFrame(found["bases"])
    assert bases.groupby("strand")["nt"].agg(sorted).to_dict() == {"mirna": [*range(1, 23)], "site": [*range(1, 41)]}
    assert sorted(bases.loc[bases["seed"], "nt"]) == [*range(2, 9)]
    assert set(bases.loc[bases["seed"], "strand"]) == {"mirna"} and set(bases.loc[bases["seed"], "pair"]) == {
        "Watson-Crick"
    }
    for strand in ("mirna", "site"):
        assert (bases[bases["strand"] == strand]["pair"] == "G-U").sum() == 1
    assert found["energy"] < -15
    assert in_words(found).startswith("18 Watson-Crick and 1 G-U pairs, 7 of them in the seed (nt 2 to 8). Energy −")


def test_the_drawing_holds_both_strands_pairs_and_bars():
    site, mirna = np.zeros(40), np.zeros(22)
    site[[30, 31]] = [-2, 1]  # the score falls without the first, and rises half as much without the second
    mirna[1] = -0.5
    match = HMGA2.index("CUACCUCA")
    drawn = draw_svg(duplex(LET7, HMGA2), {"site": site, "mirna": mirna}, (match, match + 8))
    root = ElementTree.fromstring(drawn)
    parts = {part.get("class"): part for part in root if part.get("class")}
    texts = {"".join(text.itertext()): text.get("x") for text in root.iter("{http://www.w3.org/2000/svg}text")}
    assert set(texts) == {LET7[::-1], HMGA2, "3′5′", "5′3′"}
    assert parts["pairs"].get("d").count("v10") == 18 and parts["pairs"].get("d").count("a3") == 2
    # Bars begin 4 to the left of their letter's middle and point away from the other strand.
    above, below = ([float(x) for x in texts[strand].split()] for strand in (LET7[::-1], HMGA2))
    bars = {kind: re.findall(r"M([\d.]+) \d+v(-?[\d.]+)h8", parts[kind].get("d")) for kind in ("less", "more")}
    bars = {kind: sorted((float(x) + 4, float(high)) for x, high in found) for kind, found in bars.items()}
    assert bars == {"less": sorted([(above[20], -6.5), (below[30], 26)]), "more": [(below[31], 13)]}
    left, right = map(float, re.fullmatch(r"M([\d.]+) 89H([\d.]+)", parts["match"].get("d")).groups())
    assert (left + 6, right - 6) == (below[match], below[match + 7])
    assert float(parts["seed"].get("x")) + 7 == above[14] and float(parts["seed"].get("width")) == 7 * 14
    assert len(drawn) < 3500


def test_a_duplex_without_a_pair_is_drawn_too():
    nothing = duplex("A" * 20, "A" * 40)
    assert {base["pair"] for base in nothing["bases"]} == {"unpaired"}
    assert "No base of the miRNA pairs" in draw_svg(nothing)


def test_importance_of_a_wrong_length_is_an_error():
    with pytest.raises(ValueError, match=r"importance of the site: \(39,\) numbers for 40 bases"):
        draw_svg(duplex(LET7, HMGA2), {"site": np.zeros(39), "mirna": np.zeros(22)})


# --- the page as text -----------------------------------------------------------------------------------------


def test_the_page_loads_nothing_and_keeps_hostile_names_as_text():
    genes, sites, lengths, about, _ = prediction(20)
    bad = "</script><img/src=x/onerror=alert(1)>"
    genes["target"], sites["target"] = genes["target"].replace("GENE1", bad), sites["target"].replace("GENE1", bad)
    lengths[bad] = lengths["GENE1"]
    about["warnings"] = [bad]
    page = report_page(genes, sites, lengths, about, {})
    assert "<img" not in page
    assert page.count("</script>") == 2
    assert not re.search(r"""(src|href)=["']?(https?:|//)|url\(|@import""", page)


def test_rows_and_sites_that_are_left_out_are_announced():
    genes, sites, lengths, about, explained = prediction(30)
    page = report_page(genes, sites, lengths, about, explained, most_rows=25)
    assert "This page shows the first 25 of 60 rows" in page
    assert page.count("svg class") <= 300


def test_the_verdict_is_plain():
    genes, *_ = prediction(30)
    first = genes.iloc[0]
    assert verdict(genes).startswith("54 of 60 pairs of a miRNA and a gene have a candidate site. First in the ranking")
    assert verdict(genes[genes["sites"] > 0]).startswith("54 pairs of a miRNA and a gene have a candidate site.")
    assert f"{first['target']} for {first['mirna']} (predicted log2 fold change −" in verdict(genes)
    assert "No candidate site was found" in verdict(genes.assign(sites=0))
    assert "There is nothing to rank" in verdict(genes.iloc[:0])


def test_a_table_without_any_site_makes_a_page():
    genes, sites, lengths, about, _ = prediction(12)
    assert "No candidate site" in report_page(genes.assign(sites=0), sites.iloc[:0], lengths, about)
    assert "nothing to rank" in report_page(genes.iloc[:0], sites.iloc[:0], lengths, {})


def test_numbers_stay_numbers_in_tables_of_objects():
    """A table put together from mixed rows has columns of objects."""
    genes, sites, lengths, about, explained = prediction(12)
    one = report_page(genes, sites, lengths, about, explained)
    assert report_page(genes.astype(object), sites.astype(object), lengths, about, explained) == one


# --- the page in a browser ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    if not CHROMIUM:
        pytest.skip("Chromium is not installed (Debian: apt-get install chromium)")
    found = Browser(tmp_path_factory.mktemp("browser"))
    yield found
    found.close()


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """A report of 5,000 rows."""
    path = tmp_path_factory.mktemp("report") / "report.html"
    tables = prediction(2500)
    write_report(path, *tables)
    return path, tables


COUNT = "document.getElementById('count').textContent"


def genes_on_page(browser: Browser) -> list[str]:
    return browser.run("[...document.querySelectorAll('tr.gene button')].map(each => each.textContent)")


def put(browser: Browser, name: str, value: object) -> None:
    browser.run(
        f"{{const field = document.getElementById('{name}'); field.value = {value!r};"
        "field.dispatchEvent(new Event('input', {bubbles: true}))}"
    )


def sort_by(browser: Browser, key: str) -> str:
    browser.run(f"document.querySelector('th[data-key={key}] button').click()")
    return browser.run(f"document.querySelector('th[data-key={key}]').ariaSort")


@pytest.fixture
def page(browser, large):
    browser.errors.clear()
    browser.requested.clear()
    browser.open(large[0].as_uri())
    yield browser
    assert not browser.errors


def test_five_thousand_rows_open_in_time_and_stay_small(browser, large):
    path, _ = large
    assert path.stat().st_size < 6e6
    browser.requested.clear()
    start = time.monotonic()
    browser.open(path.as_uri())
    assert browser.run(COUNT) == "5,000 rows"
    assert time.monotonic() - start < 5
    assert browser.run("document.querySelectorAll('*').length") < 2500
    assert set(browser.requested) <= {path.as_uri(), "data:,"}
    assert "GENE10 is shorter" in browser.run("document.querySelector('.warnings').textContent")
    browser.screenshot("report")


def test_search_filters_and_sorting(page, large):
    genes, sites = large[1][:2]
    assert genes_on_page(page) == genes["target"].head(50).tolist()

    assert sort_by(page, "binding") == "descending"
    wanted = genes.sort_values("binding", ascending=False, kind="stable")
    assert genes_on_page(page)[:5] == wanted["target"].head(5).tolist()
    assert sort_by(page, "binding") == "ascending"
    assert set(genes_on_page(page)) <= set(genes.loc[genes["binding"] == 0, "target"])

    put(page, "text", "gene12 MIR-122")
    wanted = genes[genes["target"].str.startswith("GENE12") & (genes["mirna"] == "hsa-miR-122-5p")]
    assert page.run(COUNT) == f"{len(wanted)} of 5,000 rows"
    put(page, "text", "")
    put(page, "repression", "-0.3")
    assert page.run(COUNT) == f"{(genes['repression'] <= -0.3).sum():,} of 5,000 rows"
    put(page, "mirna", "hsa-let-7a-5p")
    high = genes[(genes["repression"] <= -0.3) & (genes["mirna"] == "hsa-let-7a-5p")]
    assert page.run(COUNT) == f"{len(high):,} of 5,000 rows"
    put(page, "type", "5")
    eight = set(sites.loc[(sites["seed_type"] == "8mer") & (sites["mirna"] == "hsa-let-7a-5p"), "target"])
    assert page.run(COUNT) == f"{high['target'].isin(eight).sum():,} of 5,000 rows"
    put(page, "text", "nothing of that name")
    assert "No gene matches" in page.run("document.getElementById('rows').textContent")
    page.run("document.querySelector('[type=reset]').click()")
    page.wait(f"{COUNT} === '5,000 rows'")


def test_pages_turn(page, large):
    genes = large[1][0]
    page.run("document.getElementById('next').click()")
    assert genes_on_page(page) == genes["target"].iloc[50:100].tolist()
    assert page.run("document.getElementById('page').textContent") == "Page 2 of 100"


def test_the_keyboard_opens_a_gene_with_its_track_and_duplexes(page, large):
    genes, sites, mrnas, *_ = large[1]
    page.run("document.querySelector('tr.gene button').focus()")
    page.press("Enter")
    first = genes.iloc[0]
    own = sites[(sites["mirna"] == first["mirna"]) & (sites["target"] == first["target"])]
    own = own.sort_values("repression")
    assert page.run("document.querySelector('tr.gene button').ariaExpanded") == "true"
    text = page.run("document.getElementById('detail').textContent")
    assert f"{first['target']} and {first['mirna']}" in text and f"3′UTR of {first['utr_length']:,} nt" in text
    assert page.run("document.querySelectorAll('.track a').length") == len(own)
    # The best site's place on the track, as a share of the 3'UTR.
    share = page.run(
        "{const bar = document.querySelector('.track .utr'), site = document.querySelector('.track a rect');"
        "(site.x.baseVal.value - bar.x.baseVal.value) / bar.width.baseVal.value}"
    )
    assert share == pytest.approx(own["start"].iloc[0] / mrnas[first["target"]][0], abs=0.01)
    labels = page.run("document.querySelector('.track a').getAttribute('aria-label')")
    assert labels.startswith(f"Site 1, nt {own['start'].iloc[0] + 1:,}–{own['end'].iloc[0]:,}")
    assert page.run("document.querySelectorAll('#detail .site svg.duplex .less').length") > 0
    page.screenshot("report-gene", height=1200)
    page.screenshot("report-gene-dark", dark=True, height=1200)
    page.run("document.querySelector('#detail').scrollIntoView()")
    page.screenshot("report-gene-narrow", width=480)
    page.run("document.querySelector('dl').scrollIntoView({block: 'end'})")
    page.screenshot("report-end")
    page.press("Escape")
    assert page.run("document.getElementById('detail')") is None
    assert page.run("document.activeElement === document.querySelector('tr.gene button')")


def test_a_gene_of_many_sites_shows_the_best_first_and_one_gene_is_open_at_a_time(browser, tmp_path):
    genes, sites, lengths, about, _ = prediction(10, {"hsa-miR-122-5p": MIRNAS["hsa-miR-122-5p"]})
    write_report(tmp_path / "report.html", genes, sites, lengths, about, most_sites=6)
    browser.open((tmp_path / "report.html").as_uri())
    shown = "[...document.querySelectorAll('.site')].filter(card => !card.hidden).length"
    browser.run(f"document.querySelectorAll('tr.gene')[{genes.index[genes['sites'] == 8][0]}].click()")
    said = browser.run("document.querySelector('#detail p').textContent")
    assert "8 sites. The best 6 are listed here; the table of sites holds all of them." in said
    assert browser.run("document.querySelectorAll('.track a').length") == 6 and browser.run(shown) == 5
    # The track leads to a site that is not shown yet.
    browser.run("document.querySelectorAll('.track a')[5].dispatchEvent(new MouseEvent('click', {bubbles: true}))")
    assert browser.run("document.activeElement.id") == "site-6" and browser.run(shown) == 6

    browser.run(f"document.querySelectorAll('tr.gene')[{genes.index[genes['sites'] == 7][0]}].click()")
    assert browser.run("document.querySelectorAll('[aria-expanded=true], tr.open, tr.detail').length") == 3
    assert browser.run(shown) == 5
    browser.run("[...document.querySelectorAll('#detail button')].at(-1).click()")
    assert browser.run(shown) == 6
    browser.run("document.querySelector('tr.open').click()")
    assert browser.run("document.querySelectorAll('[aria-expanded=true], tr.open, tr.detail').length") == 0


def test_a_site_beyond_the_drawings_shows_its_letters_with_the_seed_match(browser, tmp_path):
    genes, sites, lengths, about, _ = prediction(10)
    write_report(tmp_path / "report.html", genes, sites, lengths, about, drawings=0)
    browser.open((tmp_path / "report.html").as_uri())
    put(browser, "text", "GENE1 miR-122")
    browser.run("document.querySelector('tr.gene').click()")
    assert browser.run("document.querySelector('.site mark').textContent") == "ACACUCCA"
    assert MIRNAS["hsa-miR-122-5p"] in browser.run("document.querySelector('.letters').textContent")


def test_the_visible_rows_download_as_a_table(page, large):
    genes = large[1][0]
    put(page, "text", "GENE77")
    sort_by(page, "sites")
    page.run("document.getElementById('download').click()")
    table = pd.read_csv(page.downloaded("genes.tsv"), sep="\t")
    wanted = genes[genes["target"].str.startswith("GENE77")].sort_values("sites", ascending=False, kind="stable")
    assert table["target"].tolist() == wanted["target"].tolist()
    assert table["binding"].to_numpy() == pytest.approx(wanted["binding"].to_numpy(), abs=1e-4, nan_ok=True)
    assert {"rank", "known", "strong", "n_7mer"} <= set(table)
