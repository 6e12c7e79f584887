"""The README and the pages of docs/: filled from the committed results, linked to what exists, as GitHub shows them."""

import re
from pathlib import Path

import pytest

from docs import render

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "config/README.md", *sorted(ROOT.glob("docs/*.md"))]
FILLED = render.pages()


@pytest.mark.parametrize("page", FILLED, ids=lambda page: page.name)
def test_a_pages_tables_and_numbers_are_those_of_the_committed_results(page):
    assert page.read_text() == FILLED[page], f"{page} is not what its template gives; run `make docs`"


@pytest.mark.parametrize("call", ['auc("fast", "nobody", "released:test")', 'number("results", experiment="fast")'])
def test_a_number_that_the_tables_do_not_hold_or_hold_twice_is_an_error(call):
    with pytest.raises(ValueError, match="not one"):
        render.render("{{ " + call + " }}")


def test_the_readme_is_short_and_shows_the_first_command_early():
    lines = (ROOT / "README.md").read_text().splitlines()
    assert len(lines) <= 120
    assert any("deepmirnatar predict --mirnas" in line for line in lines[:25])


def anchors(page: Path) -> set[str]:
    """The anchors that GitHub gives to a page's headings."""
    found = set()
    for heading in re.findall(r"^#+ (.+)$", page.read_text(), flags=re.M):
        found.add(re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-"))
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_to_files_and_headings_that_exist(page):
    for target in re.findall(r"\]\((?!http)([^)]+)\)", page.read_text()):
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        assert file.exists(), (page, target)
        if anchor:
            assert anchor in anchors(file), (page, target, sorted(anchors(file)))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_comment_cuts_a_paragraph(page):
    """GitHub ends a paragraph where a line begins with an HTML comment."""
    assert not [line for line in page.read_text().splitlines() if line.lstrip().startswith("<!--")]


def test_every_committed_picture_is_shown_by_a_page_and_small():
    shown = {
        (page.parent / path).resolve()
        for page in PAGES
        for path in re.findall(r"!\[[^\]]*\]\((?!http)([^)]+)\)", page.read_text())
    }
    pictures = {path.resolve() for path in (ROOT / "docs").rglob("*.png")}
    assert pictures == {path for path in shown if path.suffix == ".png"}
    assert not [path for path in pictures if path.stat().st_size >= 100_000]


def test_commands_in_the_readme_exist():
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), flags=re.M)
    for target in re.findall(r"`make ([a-z]+)", (ROOT / "README.md").read_text()):
        assert target in targets
