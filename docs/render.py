"""Bring finished experiments into docs/ and write the README and the pages of docs/ from their templates.

python -m docs.render                     write them anew
python -m docs.render results fast        first take over results/tables/fast, audits and case studies

Templates are in docs/pages. Each number and table in them is a call, such as `{{ auc("fast", "seed_class",
"released:test") }}`, answered from a committed table.
"""

import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

import jinja2
import pandas as pd
import yaml

from deepmirnatar.common.files import read_tsv, write_tsv
from deepmirnatar.tables.markdown import (
    audit_table,
    contestants_markdown,
    items_markdown,
    markdown,
    readme_table,
    transfer_markdown,
)

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
RESULTS, AUDITS, MODEL_AUDITS = DOCS / "results.tsv", DOCS / "audits.tsv", DOCS / "model_audits.tsv"
CASE_STUDIES = DOCS / "case_studies.tsv"
# Tables of an experiment that pages are filled from.
FILLED_FROM = ["items.tsv", "methods.tsv", "transfer.tsv"]


def take_over(results: Path, experiment: str) -> None:
    """Replace the experiment's rows of docs/results.tsv, and the tables that pages are filled from."""
    table = read_tsv(results / "tables" / experiment / "results.tsv")
    table.insert(0, "experiment", experiment)
    _replace(RESULTS, table, "experiment", [experiment])
    for path in sorted((results / "tables" / experiment).rglob("*.tsv")):
        if path.name in FILLED_FROM:
            _copy(path, DOCS / "tables" / path.relative_to(results / "tables"))
    picture = results / "figures" / experiment
    for path in sorted(picture.rglob("*.png")):
        name = "-".join([experiment, *path.relative_to(picture).with_suffix("").parts])
        if (DOCS / "pictures" / f"{name}.png").exists():  # those that a page shows
            shrink(path, DOCS / "pictures" / f"{name}.png")


def shrink(path: Path, target: Path, width: int = 1400, colours: int = 64) -> None:
    """A picture for a page: at most `width` pixels wide, few colours, below 100 KB."""
    from PIL import Image

    image = Image.open(path).convert("RGB")
    while True:
        if image.width > width:
            image = image.resize((width, round(image.height * width / image.width)), Image.Resampling.LANCZOS)
        image.quantize(colours, method=Image.Quantize.MEDIANCUT).save(target, optimize=True)
        if target.stat().st_size < 100_000:
            return
        width, colours = int(width * 0.9), max(16, colours // 2)


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
            if (shown := DOCS / "pictures" / f"{name}-{picture.name}").exists():
                shrink(picture, shown)
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


def render(template: str) -> str:
    """A page from its template: every `{{ ... }}` is a table or a number of the committed results."""
    results, paper = read_tsv(RESULTS), read_tsv(ROOT / "resources" / "paper.tsv")
    labels = labels_of_models()
    tables = {path.stem: read_tsv(path) for path in (RESULTS, AUDITS, MODEL_AUDITS, CASE_STUDIES)}

    def number(table: str, column: str = "value", digits: int = 3, **query: str) -> str:
        rows = tables[table]
        for key, value in query.items():
            rows = rows[rows[key].astype(str) == value]
        if len(rows) != 1:
            asked = ", ".join(f"{key} {value}" for key, value in query.items())
            raise ValueError(f"{table} has {len(rows)} rows with {asked}, not one")
        return f"{rows[column].iloc[0]:.{digits}f}"

    def auc(experiment: str, model: str, test_set: str, column: str = "value", trained_on: str | None = None) -> str:
        more = {"dataset": trained_on} if trained_on else {}
        return number("results", column, experiment=experiment, model=model, test_set=test_set, metric="auroc", **more)

    def model_audit(dataset: str, model: str, check: str, subject: str, column: str = "value") -> str:
        return number("model_audits", column, dataset=dataset, model=model, check=check, subject=subject)

    def audit(dataset: str, check: str, subject: str) -> str:
        return number("audits", dataset=dataset, check=check, subject=subject)

    def case_study(prediction: str, score: str, column: str = "value") -> str:
        return number("case_studies", column, prediction=prediction, score=score)

    def scores(experiment: str, dataset: str, recall_on: str | None = None) -> str:
        rows = results[results["experiment"] == experiment]
        shown = {name: labels.get(name, name) for name in rows["model"].unique()}
        return readme_table(rows, shown, dataset, recall_on, paper)

    def audits(*datasets: str) -> str:
        return audit_table(tables["audits"], list(datasets))

    def methods(experiment: str, dataset: str) -> str:
        return contestants_markdown(read_tsv(DOCS / "tables" / experiment / dataset / "methods.tsv"))

    def transfer(experiment: str) -> str:
        return transfer_markdown(read_tsv(DOCS / "tables" / experiment / "transfer.tsv"))

    def items(*experiments: str) -> str:
        return items_markdown([read_tsv(DOCS / "tables" / name / "items.tsv") for name in experiments])

    def side_by_side(experiment: str, models: list[str], columns: dict[str, tuple[str, str]]) -> str:
        rows = []
        for model in models:
            row = {"method": labels.get(model, model)}
            for title, (trained_on, test_set) in columns.items():
                row[title] = auc(experiment, model, test_set, trained_on=trained_on)
            rows.append(row)
        return markdown(pd.DataFrame(rows))

    names = {each.__name__: each for each in (number, auc, model_audit, audit, case_study, scores, audits, methods,
                                              transfer, items, side_by_side)}  # fmt: skip
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, keep_trailing_newline=True)
    return environment.from_string(template).render(names)


def pages() -> dict[Path, str]:
    """Every page that has a template in docs/pages -> its text. README.md is one of them."""
    made = {}
    for template in sorted((DOCS / "pages").glob("*.md.jinja")):
        name = template.name.removesuffix(".jinja")
        made[ROOT / name if name == "README.md" else DOCS / name] = render(template.read_text())
    return made


if __name__ == "__main__":
    if sys.argv[1:]:
        for name in sys.argv[2:]:
            take_over(Path(sys.argv[1]), name)
        take_over_audits(Path(sys.argv[1]))
        take_over_case_studies(Path(sys.argv[1]))
    for page, text in pages().items():
        page.write_text(text)
