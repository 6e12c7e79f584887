"""The README, the pages and the drawn pictures of docs/, from their templates and the committed tables.

Not a rule: Snakemake deletes a rule's outputs before it makes them anew, and these are tracked. `make docs` calls it;
`make docs RESULTS=results` first takes over the finished experiments that lie there.
"""

import re
import shutil
import sys
from collections.abc import Iterable
from functools import cache, reduce
from importlib import import_module
from pathlib import Path

import jinja2
import pandas as pd
import yaml

from deepmirnatar import __version__, embeddings, predictors
from deepmirnatar.common.files import read_tensors, read_tsv, write_tsv
from deepmirnatar.datasets import negatives
from deepmirnatar.datasets.splits import STRATEGIES
from deepmirnatar.figures import kinds
from deepmirnatar.prediction.predictor import WEIGHTS
from deepmirnatar.sources import SOURCES
from deepmirnatar.study.keys import STANZAS, Machine, Run
from deepmirnatar.study.stanzas import merge_stanzas
from deepmirnatar.study.study import Study
from deepmirnatar.tables import experiments as study_tables
from deepmirnatar.tables import markdown as tables
from deepmirnatar.training.settings import TrainingSettings

ROOT = Path(__file__).parents[1]
PRINTED = ("paper", "mirbench")  # numbers that others printed
LARGEST = 100_000  # bytes of a committed picture


def main(root: Path = ROOT, results: Path | None = None) -> None:
    """Write every page of `root`; with `results`, first bring its finished experiments into docs/."""
    if results:
        take_over(results, root / "docs", names(root))
    for page, text in pages(root).items():
        page.write_text(text)


def names(root: Path) -> dict:
    """docs/pages/names.yaml: the only place that spells models, experiments and result files for the pages."""
    return yaml.safe_load((root / "docs/pages/names.yaml").read_text())


def pages(root: Path = ROOT) -> dict[Path, str]:
    """File -> text, of every template in docs/pages; pictures go to docs/pictures."""
    own = {"README.md": root / "README.md", "config.md": root / "config/README.md"}
    folders = {".md": root / "docs", ".svg": root / "docs/pictures"}
    files, known = {}, answers(root)
    for template in sorted((root / "docs/pages").glob("*.jinja")):
        page = own.get(template.stem, folders[Path(template.stem).suffix] / template.stem)
        files[page] = render(template.read_text(), known)
    return files


def render(template: str, known: dict | None = None) -> str:
    """A page from its template and `answers`. ValueError for a number that the tables do not hold, or hold twice."""
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, keep_trailing_newline=True, trim_blocks=True)
    return environment.from_string(template).render(known or answers(ROOT))


def answers(root: Path) -> dict:
    """What a template may name: the words of names.yaml, and functions that answer from the committed tables."""
    known = names(root)
    configs = [yaml.safe_load((root / path).read_text()) for path in known["configs"]]
    study = Study(reduce(merge_stanzas, configs), root)
    label = {name: stanza["label"] for name, stanza in study.models.items()}

    @cache
    def table(name: str) -> pd.DataFrame:
        folder = "tables/" if name in known["tables"] else ""
        rows = read_tsv(root / (f"resources/{name}.tsv" if name in PRINTED else f"docs/{folder}{name}.tsv"))
        return rows.fillna({"threshold": ""}) if "threshold" in rows else rows

    def chosen(name: str, **query: str) -> pd.DataFrame:
        rows = table(name)
        for key, value in query.items():
            rows = rows[rows[key].astype(str) == value]
        return rows

    def number(name: str, column: str = "value", digits: int = 3, **query: str) -> str:
        """One cell, rounded, of the only row of a table that answers the query."""
        rows = chosen(name, **query)
        if len(rows) != 1:
            asked = ", ".join(f"{key} {value}" for key, value in query.items())
            raise ValueError(f"{name}.tsv has {len(rows)} rows with {asked}, not one")
        return f"{rows[column].iloc[0]:.{digits}f}"

    def with_interval(name: str, interval: bool, digits: int = 3, **query: str) -> str:
        value, *ends = (number(name, column, digits, **query) for column in ("value", *("low", "high") * interval))
        return f"{value} ({' to '.join(ends)})" if interval else value

    def auc(experiment: str, model: str, test_set: str, trained_on: str | None = None, interval: bool = False) -> str:
        query = {"experiment": experiment, "model": model, "test_set": test_set, "metric": "auroc"}
        return with_interval("results", interval, **query, **({"dataset": trained_on} if trained_on else {}))

    def score(
        experiment: str,
        model: str,
        test_set: str,
        metric: str,
        trained_on: str,
        threshold: str = "",
        interval: bool = False,
        digits: int = 3,
    ) -> str:
        query = {
            "experiment": experiment,
            "model": model,
            "test_set": test_set,
            "metric": metric,
            "dataset": trained_on,
        }
        query["threshold"] = threshold
        return with_interval("results", interval, digits=digits, **query)

    def spread(model: str, dataset: str, metric: str = "auroc", test_set: str = "", threshold: str = "") -> str:
        """A metric, on the dataset's own test split unless told, as mean and standard deviation over random seeds."""
        query = {"test_set": test_set or f"{dataset}:test", "metric": metric, "threshold": threshold}
        rows = chosen("results", model=model, dataset=dataset, **query)
        values = rows.drop_duplicates("seed")["value"]  # a run may be part of several experiments
        return f"{values.mean():.4f} ± {values.std():.4f}"

    def best_valid(dataset: str, model: str, until: int) -> str:
        """The best validation AUC of a training up to an epoch."""
        rows = chosen("histories", dataset=dataset, model=model)
        return f"{rows.loc[rows['epoch'] <= until, 'valid_auroc'].max():.4f}"

    def audit(dataset: str, check: str, subject: str) -> str:
        return number("audits", dataset=dataset, check=check, subject=subject)

    def model_audit(dataset: str, model: str, check: str, subject: str, interval: bool = False) -> str:
        return with_interval("model_audits", interval, dataset=dataset, model=model, check=check, subject=subject)

    def case_study(prediction: str, score: str, interval: bool = True) -> str:
        return with_interval("case_studies", interval, prediction=prediction, score=score)

    def printed(method: str, metric: str, digits: int = 4) -> str:
        return number("paper", method=method, metric=metric, digits=digits)

    def side_by_side(experiments: dict[str, str], models: list[str], columns: dict[str, tuple[str, str]]) -> list[dict]:
        """A row per model: `method`, then the AUC of each column, `title: (trained on, test set)`.

        `experiments`: training dataset -> the experiment that has it.
        """
        return [
            {"method": label[model]}
            | {title: auc(experiments[data], model, test, trained_on=data) for title, (data, test) in columns.items()}
            for model in models
        ]

    def scores_table(experiment: str, dataset: str, recall_on: str | None = None) -> str:
        rows = table("results")[table("results")["experiment"] == experiment]
        shown = {name: label[name] for name in rows["model"].unique()}
        return tables.readme_table(rows, shown, dataset, recall_on, table("paper"))

    def methods_table(name: str, dataset: str) -> str:
        """Table 3 with the swap AUC of every method that was audited, by whichever experiment."""
        swap = chosen("model_audits", dataset=dataset, check="swap", subject="all").groupby("model")["value"].mean()
        return tables.contestants_markdown(table(name).assign(swap_auroc=lambda made: made["model"].map(swap)))

    def items_table(*experiments: str) -> str:
        """The paper's items that these experiments make, each with our number from results.tsv."""
        found = [
            study_tables.items_table(
                name, study.experiments[name]["figures"], chosen("results", experiment=name), table("paper")
            )
            for name in experiments
        ]
        return tables.items_markdown(found)

    def drawn_as(picture: str) -> str:
        return known["pictures"][picture].replace(".png", ".svg")

    def keys(stanza: str) -> str:
        if stanza == "run":
            machine = tables.settings_markdown(Machine).split("\n", 2)[2]
            return tables.settings_markdown(Run, prefix="run.") + "\n" + machine
        return tables.settings_markdown(STANZAS[stanza])

    functions = [
        keys,
        number,
        auc,
        score,
        spread,
        best_valid,
        audit,
        model_audit,
        case_study,
        printed,
        side_by_side,
        scores_table,
        drawn_as,
    ]
    return {"version": __version__} | known["words"] | {each.__name__: each for each in functions} | {
        "about": weights_about(),
        "sources": list(SOURCES),
        "settings_of": lambda name, but=(): tables.settings_markdown(predictors.load_class(name).Settings, but),
        "predictor_settings": {name: tables.settings_line(predictors.load_class(name).Settings)
                               for name in predictors.names()},
        "predictor_about": {name: first_paragraph(f"{predictors.__name__}.{name}") for name in predictors.names()},
        "models": {name: study.models[name] for name in configs[0]["models"]},
        "training_settings": list(TrainingSettings.__dataclass_fields__),
        "kinds": {name: tables.settings_line(embeddings.settings_class(name)) for name in embeddings.names()},
        "strategies": {name: tables.settings_line(negatives.load(name).Settings) for name in negatives.names()},
        "splits": {name: tables.settings_line(each) for name, each in STRATEGIES.items()},
        "training_table": lambda: tables.settings_markdown(TrainingSettings),
        "figure_kinds": {name: kinds.load_class(name) for name in kinds.names()},
        "printed_name": lambda model: label[model],
        "rows_of": lambda name: table(name).to_dict("records"),
        "models_of": lambda name: list(table(name)["model"].unique()),
        "rows_table": lambda name: tables.markdown(table(name)),
        "differences_table": lambda name: tables.markdown(
            table(name).replace({"model": label, "reference": label}), digits=4
        ),
        "extreme": lambda name, column, which, **query: f"{chosen(name, **query)[column].agg(which):.2f}",
        "mean_of": lambda name, column, **query: f"{chosen(name, **query)[column].mean():.3f}",
        "means_table": lambda name, by: tables.markdown(
            table(name).groupby(by, sort=False).mean(numeric_only=True).reset_index()
        ),
        "trainings_table": lambda: tables.trainings_markdown(table("histories"), label),
        "grid": lambda rows: tables.markdown(pd.DataFrame(rows)),
        "audits_table": lambda *datasets: tables.audit_table(table("audits"), list(datasets)),
        "methods_table": methods_table,
        "transfer_table": lambda name, *models: tables.transfer_markdown(
            table(name)[table(name)["model"].isin(models)] if models else table(name)
        ),
        "items_table": items_table,
        "stages_table": lambda: stages_table(root / "Snakefile"),
        "first_rows": lambda name, count=5: first_rows(root / "docs" / name, count),
    }  # fmt: skip


def first_paragraph(module: str) -> str:
    """Of a module's docstring, on one line."""
    return " ".join(import_module(module).__doc__.split("\n\n")[0].split())


def weights_about() -> dict:
    """What the shipped weights say of themselves, and their bytes."""
    files = list(WEIGHTS.glob("*.safetensors"))
    return read_tensors(WEIGHTS / "sites.safetensors")[1] | {"bytes": sum(file.stat().st_size for file in files)}


def stages_table(snakefile: Path) -> str:
    """Markdown of rule files in the Snakefile's order: what each needs and makes by its first comment, its rules."""
    rows = []
    for file in re.findall(r'^include: "(.+)"', snakefile.read_text(), flags=re.M):
        text = (snakefile.parent / file).read_text()
        comment = re.sub(r"\n# ?", " ", re.match(r"(#.*\n)*", text)[0]).strip("# \n")
        if about := re.fullmatch(r"Needs: (.+?)\. Makes: (.+)", comment):
            rules = ", ".join(f"`{name}`" for name in re.findall(r"^rule (\w+):", text, flags=re.M))
            rows.append(
                {
                    "stage": f"`{Path(file).stem}`",
                    "needs": about[1],
                    "makes": about[2].split(". ")[0].rstrip("."),
                    "rules": rules,
                }
            )
    return tables.markdown(pd.DataFrame(rows))


def first_rows(path: Path, count: int) -> str:
    """The first rows of a result as Markdown; nothing while the file is not committed."""
    return tables.markdown(read_tsv(path).head(count)) if path.exists() else ""


def take_over(results: Path, docs: Path, known: dict) -> None:
    """Replace in docs/ what finished experiments, audits and case studies in `results` have anew."""
    for experiment in known["experiments"]:
        path = results / "tables" / experiment / "results.tsv"
        if path.exists():
            _replace(docs / "results.tsv", {experiment: read_tsv(path)}, "experiment")
    audits = {path.parent.name: read_tsv(path) for path in sorted((results / "datasets").glob("*/audit.tsv"))}
    _replace(docs / "audits.tsv", audits, "dataset")
    _replace(docs / "model_audits.tsv", _by_run((results / "runs").glob("*/*/seed-*/audit.tsv")), "run")
    histories = _by_run((results / "runs").glob("*/*/seed-*/history.tsv"))
    _replace(docs / "histories.tsv", {run: table for run, table in histories.items() if len(table)}, "run")
    cases = sorted((results / "predictions").glob("*/case_study.tsv"))
    _replace(docs / "case_studies.tsv", {path.parent.name: read_tsv(path) for path in cases}, "prediction")
    _keep_largest(docs / "resources.tsv", resources(results / "benchmarks"))
    for name, path in known["tables"].items():
        if (results / path).exists():
            shutil.copy(results / path, docs / "tables" / f"{name}.tsv")
    for name, path in known["pictures"].items():
        if (results / path).exists():
            shrink(results / path, docs / "pictures" / f"{name}.png")


def resources(benchmarks: Path) -> pd.DataFrame:
    """What the largest job of each rule took: rule, mb (resident memory), seconds."""
    measured = [
        (path.relative_to(benchmarks).parts[0].removesuffix(".tsv"), row.max_rss, row.s)
        for path in benchmarks.rglob("*.tsv")
        for row in read_tsv(path).itertuples()
    ]
    table = pd.DataFrame(measured, columns=["rule", "mb", "seconds"])
    return table.assign(mb=pd.to_numeric(table["mb"], errors="coerce")).dropna()


def _keep_largest(path: Path, new: pd.DataFrame) -> None:
    """Add measurements to a table of them, which keeps each rule's largest."""
    if len(new):
        both = pd.concat([new, read_tsv(path)]) if path.exists() else new
        write_tsv(both.groupby("rule", as_index=False).max().round().astype({"mb": int, "seconds": int}), path)


def _by_run(paths: Iterable[Path]) -> dict[str, pd.DataFrame]:
    """Run -> its table, an audit or a history, with the columns dataset, model, seed in front."""
    tables = {}
    for path in sorted(paths):
        dataset, model, seed = *path.parts[-4:-2], int(path.parts[-2].removeprefix("seed-"))
        table = read_tsv(path)
        for place, (column, value) in enumerate([("dataset", dataset), ("model", model), ("seed", seed)]):
            table.insert(place, column, value)
        tables[f"{dataset}/{model}/{seed}"] = table
    return tables


def _replace(path: Path, new: dict[str, pd.DataFrame], column: str) -> None:
    """Replace the rows of a table whose first column names a key of `new`, by that key's rows."""
    if not new:
        return
    before = [read_tsv(path)] if path.exists() else []
    rows = [table.drop(columns=column, errors="ignore") for table in new.values()]
    for name, table in zip(new, rows, strict=True):
        table.insert(0, column, name)
    kept = [table[~table[column].isin(new)] for table in before]
    write_tsv(pd.concat([*kept, *rows], ignore_index=True), path)


def shrink(path: Path, target: Path, width: int = 1400) -> None:
    """A picture for a page: at most `width` pixels wide, in 64 colours, below `LARGEST` bytes."""
    from PIL import Image

    image = Image.open(path).convert("RGB")
    while True:
        if image.width > width:
            image = image.resize((width, round(image.height * width / image.width)), Image.Resampling.LANCZOS)
        # An octree keeps the hues of thin lines, which a median cut gives away to the grey of their edges.
        image.quantize(64, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(target, optimize=True)
        if target.stat().st_size < LARGEST:
            return
        width = int(width * 0.9)


if __name__ == "__main__":
    main(results=Path(sys.argv[1]) if sys.argv[1:] else None)
