"""Bring finished experiments into docs/ and fill the tables and numbers of the README and of the pages in docs/.

python docs/render.py                     fill them anew
python docs/render.py results fast        first take over results/tables/fast and results/figures/fast, and the
                                          audits and case studies that stand in results

What is filled stands between comments: `<!-- table: ... -->` to `<!-- end -->` is a table, `<!--= TABLE KEY=VALUE ...
COLUMN -->` to `<!--/-->` one number of a committed table, rounded to three digits.
"""

import re
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

import pandas as pd
import yaml

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from deepmirnatar.common.files import read_tsv, write_tsv  # noqa: E402
from deepmirnatar.tables.markdown import (  # noqa: E402
    audit_table,
    contestants_markdown,
    items_markdown,
    readme_table,
    transfer_markdown,
)

DOCS = ROOT / "docs"
RESULTS, AUDITS, MODEL_AUDITS = DOCS / "results.tsv", DOCS / "audits.tsv", DOCS / "model_audits.tsv"
CASE_STUDIES = DOCS / "case_studies.tsv"
PAGES = [ROOT / "README.md", DOCS / "what-the-score-means.md"]
BLOCK = re.compile(r"(<!-- (table|audits|contestants|transfer|items): ?(.*?) ?-->\n).*?(\n?<!-- end -->)", flags=re.S)
NUMBER = re.compile(r"(<!--= (\w+) (.*?) (\w+) -->).*?(<!--/-->)", flags=re.S)


def take_over(results: Path, experiment: str) -> None:
    """Replace the experiment's rows of docs/results.tsv, and its pictures and tables in docs/."""
    table = read_tsv(results / "tables" / experiment / "results.tsv")
    table.insert(0, "experiment", experiment)
    _replace(RESULTS, table, "experiment", [experiment])
    for kind, suffix in (("figures", "png"), ("tables", "tsv")):
        for path in sorted((results / kind / experiment).rglob(f"*.{suffix}")):
            # The scores stand in docs/results.tsv.
            if path.name not in ("results.tsv", "scores.tsv"):
                _copy(path, DOCS / kind / path.relative_to(results / kind))
    comparison = results / "experiments" / experiment / "comparison.tsv"
    if comparison.exists():
        _copy(comparison, DOCS / "tables" / experiment / comparison.name)
    for picture in [*(results / "figures").glob("*.png"), *(results / "figures" / "explained").glob("*.png")]:
        _copy(picture, DOCS / "figures" / picture.relative_to(results / "figures"))


def take_over_audits(results: Path) -> None:
    """Replace the rows of docs/audits.tsv and docs/model_audits.tsv of everything that has an audit here."""
    _replace_each(AUDITS, _named((results / "datasets").glob("*/audit.tsv")), "dataset")
    runs = sorted((results / "runs").glob("*/*/seed-*/audit.tsv"))
    tables = [
        read_tsv(path).assign(dataset=path.parts[-4], model=path.parts[-3], seed=int(path.parts[-2][5:]))
        for path in runs
    ]
    if tables:
        table = _first(pd.concat(tables, ignore_index=True), ["dataset", "model", "seed"])
        table.insert(0, "run", table[["dataset", "model", "seed"]].astype(str).agg("/".join, axis=1))
        _replace(MODEL_AUDITS, table, "run", list(table["run"].unique()))


def take_over_case_studies(results: Path) -> None:
    """Replace the rows of docs/case_studies.tsv, and the pictures, of every prediction that has a Figure 14."""
    found = _named((results / "predictions").glob("*/case_study.tsv"))
    for name in found:
        for picture in (results / "predictions" / name).glob("*.png"):
            _copy(picture, DOCS / "figures" / name / picture.name)
    _replace_each(CASE_STUDIES, found, "prediction")


def _named(paths: Iterable[Path]) -> dict[str, pd.DataFrame]:
    """Tables by the folder that they lie in."""
    return {path.parent.name: read_tsv(path) for path in sorted(paths)}


def _replace_each(path: Path, found: dict[str, pd.DataFrame], column: str) -> None:
    """Replace the rows of every table in `found`, whose name stands in `column`."""
    if found:
        table = pd.concat([table.assign(**{column: name}) for name, table in found.items()], ignore_index=True)
        _replace(path, _first(table, [column]), column, list(found))


def _replace(path: Path, table: pd.DataFrame, column: str, names: list[str]) -> None:
    if path.exists():
        before = read_tsv(path)
        table = pd.concat([before[~before[column].isin(names)], table], ignore_index=True)
    write_tsv(table, path)


def _copy(path: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(path, target)


def _first(table: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    return table[[*columns, *(name for name in table.columns if name not in columns)]]


def labels_of_models() -> dict[str, str]:
    """Every model's printed name, from all config files, swept points included."""
    from deepmirnatar.study.stanzas import resolve

    stanzas = {}
    for name in ("config", "fast"):
        for model, stanza in yaml.safe_load((ROOT / "config" / f"{name}.yaml").read_text())["models"].items():
            stanzas.setdefault(model, stanza)
    return {name: stanza.get("label", name) for name, stanza in resolve(stanzas, "models").items()}


def render(text: str) -> str:
    """Fill every block and every number of a page."""
    results, paper = read_tsv(RESULTS), read_tsv(ROOT / "resources" / "paper.tsv")
    labels = labels_of_models()
    more = {path.stem: read_tsv(path) for path in (AUDITS, MODEL_AUDITS, CASE_STUDIES) if path.exists()}
    tables = {"results": results, **more}

    def block(found: re.Match) -> str:
        start, kind, rest, end = found.groups()
        words = rest.split()
        if kind == "table":
            rows = results[results["experiment"] == words[0]]
            shown = {name: labels.get(name, name) for name in rows["model"].unique()}
            filled = readme_table(rows, shown, words[1], words[2] if words[2:] else None, paper)
        elif kind == "audits":
            filled = audit_table(tables["audits"], words)
        elif kind == "contestants":
            filled = contestants_markdown(read_tsv(DOCS / "tables" / words[0] / words[1] / "methods.tsv"))
        elif kind == "transfer":
            filled = transfer_markdown(read_tsv(DOCS / "tables" / words[0] / "transfer.tsv"))
        else:
            filled = items_markdown([read_tsv(DOCS / "tables" / name / "items.tsv") for name in words])
        return f"{start}{filled}\n{end.strip()}"

    def number(found: re.Match) -> str:
        start, name, query, column, end = found.groups()
        table = tables[name]
        for part in query.split("; "):
            key, _, value = part.partition("=")
            table = table[table[key].astype(str) == value]
        if len(table) != 1:
            raise ValueError(f"{start} names {len(table)} rows of {name}, not one")
        return f"{start}{table[column].iloc[0]:.3f}{end}"

    return NUMBER.sub(number, BLOCK.sub(block, text))


if __name__ == "__main__":
    if sys.argv[1:]:
        for name in sys.argv[2:]:
            take_over(Path(sys.argv[1]), name)
        take_over_audits(Path(sys.argv[1]))
        take_over_case_studies(Path(sys.argv[1]))
    for page in PAGES:
        page.write_text(render(page.read_text()))
