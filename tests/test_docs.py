"""The README and docs/: filled from the committed results, linked to what exists, readable as GitHub shows them."""

import re
import tomllib
from pathlib import Path

import pandas as pd
import pytest
import yaml
from PIL import Image

from deepmirnatar import __version__
from scripts import render_docs

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "config/README.md", *sorted(ROOT.glob("docs/*.md"))]
RENDERED = render_docs.pages(ROOT)
TAKEN = render_docs.taken(ROOT)
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


def prose(page: Path) -> str:
    """A page without its code."""
    return re.sub(r"^```.*?^```|`[^`\n]*`", "", page.read_text(), flags=re.M | re.S)


@pytest.mark.parametrize("page", RENDERED, ids=name_of)
def test_a_committed_page_is_what_its_template_gives(page):
    assert page.read_text() == RENDERED[page], f"run `make docs` and commit {page.name}"


@pytest.mark.parametrize(
    "call",
    ['auc("released", "nobody")', 'number("results", dataset="released")', 'auc("released", "pair_lookup", "x:test")'],
)
def test_a_number_that_the_tables_do_not_hold_or_hold_twice_is_an_error(call):
    with pytest.raises(ValueError, match="not one"):
        render_docs.render("{{ " + call + " }}")


def test_a_number_is_that_of_the_table():
    table = pd.read_csv(ROOT / "docs/audits.tsv", sep="\t")
    row = table[(table["dataset"] == "released") & (table["subject"] == "seed match") & (table["check"] == "signal")]
    assert render_docs.render('{{ audit("released", "signal", "seed match") }}') == f"{row['value'].iloc[0]:.3f}"


def test_the_readme_is_short_and_its_first_command_early():
    lines = (ROOT / "README.md").read_text().splitlines()
    assert len(lines) <= 120
    assert any("deepmirnatar predict --mirnas" in line for line in lines[:20])


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_no_html_comment_cuts_a_paragraph(page):
    """GitHub shows what follows a comment at the beginning of a line as plain text."""
    assert not re.findall(r"^\s*<!--.*", prose(page), flags=re.M)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_blocks_are_apart_so_that_github_sees_them(page):
    """A heading, a list, a table and a picture begin after an empty line, and a table ends before one."""
    lines = re.sub(r"^ *```.*?^ *```$", "```", page.read_text(), flags=re.M | re.S).splitlines()
    for before, line in zip(lines, lines[1:], strict=False):
        for start in ("#", "|", "- ", "1. ", "!["):
            same = before.startswith(start) or (before.startswith("  ") and start in ("- ", "1. "))
            assert not line.startswith(start) or not before or same, line
        assert not before.startswith("|") or not before.endswith("|") or not line or line.startswith("|"), line


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_row_of_a_table_has_all_its_cells(page):
    for block in re.findall(r"(?:^\|.*\|$\n?)+", page.read_text(), flags=re.M):
        cells = {line.replace(r"\|", "").count("|") for line in block.splitlines()}
        assert len(cells) == 1, block[:200]


def anchors(page: Path) -> set[str]:
    """The anchors that GitHub gives to a page's headings."""
    headings = re.findall(r"^#+ (.+)$", re.sub(r"^```.*?^```", "", page.read_text(), flags=re.M | re.S), flags=re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_to_files_and_headings_that_exist(page):
    for target in re.findall(r"\]\((?!http)([^)]+)\)", prose(page)):
        path, _, anchor = target.partition("#")
        file = page.parent / path if path else page
        assert file.exists(), target
        assert not anchor or anchor in anchors(file), target


def test_every_committed_picture_is_shown_by_a_page_and_small():
    shown = {
        (page.parent / path).resolve() for page in PAGES for path in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", prose(page))
    }
    pictures = {path.resolve() for kind in ("png", "svg", "jpg") for path in (ROOT / "docs").rglob(f"*.{kind}")}
    assert not pictures - shown, "shown by no page"
    assert {path.stem for path in pictures if path.suffix == ".png"} == set(TAKEN["pictures"])
    assert not [path for path in pictures if path.stat().st_size >= render_docs.LARGEST]


def test_every_committed_table_fills_a_page_or_is_linked_from_one():
    templates = "\n".join(path.read_text() for path in (ROOT / "docs/pages").glob("*.jinja"))
    tables = {path.stem for path in (ROOT / "docs/tables").rglob("*.tsv")}
    used = {name for name in TAKEN["tables"] if f'"{name}"' in templates or f"(tables/{name}.tsv)" in templates}
    assert tables == set(TAKEN["tables"]) == used


def test_a_picture_is_shrunk_until_it_is_small(tmp_path):
    noise = Image.effect_noise((1600, 1200), 100).convert("RGB")
    noise.save(tmp_path / "large.png")
    render_docs.shrink(tmp_path / "large.png", tmp_path / "small.png")
    assert (tmp_path / "small.png").stat().st_size < render_docs.LARGEST < (tmp_path / "large.png").stat().st_size


def test_every_value_of_a_run_is_there_once():
    rows = pd.read_csv(ROOT / "docs/results.tsv", sep="\t")
    assert not rows.duplicated(["dataset", "model", "seed", "test_set", "metric", "threshold"]).any()
    assert rows["metric"].str.fullmatch(render_docs.METRICS).all()


def test_taking_results_over_replaces_their_rows_and_leaves_the_others(tmp_path):
    docs, results = tmp_path / "docs", tmp_path / "results"
    for folder in (docs / "tables", docs / "pictures", results / "tables/one", results / "tables/two",
                   results / "datasets/a"):  # fmt: skip
        folder.mkdir(parents=True)
    write = {"sep": "\t", "index": False}

    def scores(*rows: tuple) -> pd.DataFrame:
        table = pd.DataFrame(rows, columns=["model", "value", "metric", "date"])
        return table.assign(dataset="d", seed=1, test_set="d:test", threshold="")

    scores(("old", 1.0, "auroc", "2026-01-01"), ("new", 2.0, "auroc", "2026-01-01")).to_csv(
        docs / "results.tsv", **write
    )
    # The newest measured of two stays, and of no page's metrics nothing.
    scores(("new", 4.0, "auroc", "2026-01-03"), ("new", 9.0, "brier", "2026-01-03")).to_csv(
        results / "tables/one/results.tsv", **write
    )
    scores(("new", 3.0, "auroc", "2026-01-02")).to_csv(results / "tables/two/results.tsv", **write)
    pd.DataFrame({"dataset": ["a", "b"], "value": [1.0, 2.0]}).to_csv(docs / "audits.tsv", **write)
    pd.DataFrame({"value": [5.0]}).to_csv(results / "datasets/a/audit.tsv", **write)
    pd.DataFrame({"x": [7]}).to_csv(results / "tables/one/items.tsv", **write)
    Image.new("RGB", (20, 10)).save(results / "tables/one/one.png")
    for model, epochs in (("net", [1, 2]), ("lookup", [])):
        (results / f"runs/a/{model}/seed-3").mkdir(parents=True)
        pd.DataFrame({"epoch": epochs}).to_csv(results / f"runs/a/{model}/seed-3/history.tsv", **write)
    known = {"tables": {"items": "tables/one/items.tsv", "absent": "tables/no/items.tsv"},
             "pictures": {"one": "tables/one/one.png"}}  # fmt: skip
    render_docs.take_over(results, docs, known)
    taken = pd.read_csv(docs / "results.tsv", sep="\t")
    assert taken[["model", "value"]].to_numpy().tolist() == [["old", 1.0], ["new", 4.0]]
    assert pd.read_csv(docs / "audits.tsv", sep="\t").to_dict("list") == {"dataset": ["b", "a"], "value": [2.0, 5.0]}
    histories = pd.read_csv(docs / "histories.tsv", sep="\t")
    assert histories.loc[1].to_dict() == {"dataset": "a", "model": "net", "seed": 3, "epoch": 2} and len(histories) == 2
    assert [path.name for path in (docs / "tables").iterdir()] == ["items.tsv"]
    assert [path.name for path in (docs / "pictures").iterdir()] == ["one.png"]


def test_commands_in_the_readme_exist():
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), flags=re.M)
    named = re.findall(r"(?:`|^)make ([a-z]+)", (ROOT / "README.md").read_text(), flags=re.M)
    assert named and set(named) <= set(targets)


def test_badges_and_versions_are_true():
    readme = (ROOT / "README.md").read_text()
    asked = re.search(r'min_version\("([\d.]+)"\)', (ROOT / "Snakefile").read_text())[1]
    assert f"Snakemake ≥ {asked}]" in readme and f"snakemake-%E2%89%A5{asked}-" in readme
    python = PROJECT["requires-python"].removeprefix(">=")
    assert f"Python ≥ {python}]" in readme and f"python-%E2%89%A5{python}-" in readme
    assert "MIT License" in (ROOT / "LICENSE").read_text()
    assert re.search(r"^## ([\d.]+)", (ROOT / "CHANGELOG.md").read_text(), flags=re.M)[1] == __version__


def test_the_hooks_and_the_ci_take_the_pinned_versions():
    pins = dict(pin.split("==") for pin in PROJECT["optional-dependencies"]["dev"] if "==" in pin)
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"][0]["hooks"]
    asked = {pin for hook in hooks for pin in hook["additional_dependencies"]}
    assert asked == {f"{name}=={pins[name]}" for name in ("ruff", "snakefmt")}
    steps = yaml.safe_load((ROOT / ".github/workflows/ci.yaml").read_text())["jobs"]["locked"]["steps"]
    assert {"run": ".ci/run"} in steps
    assert {"python-version": PROJECT["requires-python"].removeprefix(">=")} in [step.get("with") for step in steps]
