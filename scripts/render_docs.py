"""The README, the pages and the drawn pictures of docs/, from their templates and the committed tables.

Not a rule: Snakemake deletes a rule's outputs before it makes them anew, and these are tracked. `make docs` calls it;
`make docs RESULTS=results` first takes over the finished experiments that lie there.
"""

import re
import shutil
import sys
from functools import cache, reduce
from importlib import import_module
from pathlib import Path

import jinja2
import numpy as np
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
from deepmirnatar.tables import experiments
from deepmirnatar.tables import markdown as tables
from deepmirnatar.training.settings import TrainingSettings

ROOT = Path(__file__).parents[1]
CONFIGS = ("config/config.yaml", "config/fast.yaml")  # the models and experiments that pages name
PRINTED = ("paper", "mirbench")  # numbers that others printed
LARGEST = 100_000  # bytes of a committed picture
# What docs/results.tsv and docs/model_audits.tsv keep: what a page may read.
METRICS = "auroc|auprc|sensitivity|specificity|precision|f1|recall|swap_auroc_miraw"
CHECKS = "swap|swap_reference|swap_other_family|ranking|called|seen_auroc|calibration"
RUN = ["dataset", "model", "seed"]


def main(root: Path = ROOT, results: Path | None = None) -> None:
    """Write every page of `root`; with `results`, first bring its finished experiments into docs/."""
    if results:
        take_over(results, root / "docs", taken(root))
    for page, text in pages(root).items():
        page.write_text(text, encoding="utf-8")


def taken(root: Path) -> dict:
    """docs/pages/taken.yaml: committed tables and pictures -> the results that they are."""
    return yaml.safe_load((root / "docs/pages/taken.yaml").read_text(encoding="utf-8"))


def pages(root: Path = ROOT) -> dict[Path, str]:
    """File -> text, of every template in docs/pages; pictures go to docs/pictures."""
    own = {"README.md": root / "README.md", "config.md": root / "config/README.md"}
    folders = {".md": root / "docs", ".svg": root / "docs/pictures"}
    known = answers(root)
    return {
        own.get(each.stem, folders[Path(each.stem).suffix] / each.stem): render(each.read_text(encoding="utf-8"), known)
        for each in sorted((root / "docs/pages").glob("*.jinja"))
    }


def render(template: str, known: dict | None = None) -> str:
    """A page from its template and `answers`. ValueError for a number that the tables do not hold, or hold twice."""
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, keep_trailing_newline=True, trim_blocks=True)
    return environment.from_string(template).render(known or answers(ROOT))


def answers(root: Path) -> dict:
    """What a template may call: numbers and tables from the committed tables, and what the code says of itself."""
    return numbers(root) | {
        "version": __version__,
        "about": weights_about(),
        "sources": list(SOURCES),
        "keys": keys_table,
        "settings_of": lambda name, but=(): tables.settings_markdown(predictors.load_class(name).Settings, but),
        "predictor_settings": {name: tables.settings_line(predictors.load_class(name).Settings, TrainingSettings)
                               for name in predictors.names()},
        "predictor_about": {name: first_paragraph(f"{predictors.__name__}.{name}") for name in predictors.names()},
        "training_settings": list(TrainingSettings.__dataclass_fields__),
        "kinds": {name: tables.settings_line(embeddings.settings_class(name)) for name in embeddings.names()},
        "strategies": {name: tables.settings_line(negatives.load(name).Settings) for name in negatives.names()},
        "splits": {name: tables.settings_line(each) for name, each in STRATEGIES.items()},
        "training_table": lambda: tables.settings_markdown(TrainingSettings),
        "figure_kinds": {name: kinds.load_class(name) for name in kinds.names()},
        "rule_graph": (root / "docs/pages/rules.mmd").read_text(encoding="utf-8").rstrip(),
        "stages_table": lambda: stages_table(root / "Snakefile"),
    }  # fmt: skip


def numbers(root: Path) -> dict:
    configs = [yaml.safe_load((root / path).read_text(encoding="utf-8")) for path in CONFIGS]
    study = Study(reduce(merge_stanzas, configs), root)
    label = {name: stanza["label"] for name, stanza in study.models.items()}
    own_tables = taken(root)["tables"]

    @cache
    def table(name: str) -> pd.DataFrame:
        folder = "resources" if name in PRINTED else "docs/tables" if name in own_tables else "docs"
        rows = read_tsv(root / folder / f"{name}.tsv")
        return rows.fillna({"threshold": ""}) if "threshold" in rows else rows

    def chosen(name: str, **query: object) -> pd.DataFrame:
        rows = table(name)
        for key, value in query.items():
            rows = rows[rows[key].astype(str) == str(value)]
        return rows

    def number(name: str, column: str = "value", digits: int = 3, interval: bool = False, **query: object) -> str:
        """One cell, rounded, of the only row of a table that answers the query; with its interval in brackets."""
        rows = chosen(name, **query)
        if len(rows) != 1:
            asked = ", ".join(f"{key} {value}" for key, value in query.items())
            raise ValueError(f"{name}.tsv has {len(rows)} rows with {asked}, not one")
        value, *ends = (f"{rows[each].iloc[0]:.{digits}f}" for each in (column, *["low", "high"] * interval))
        return f"{value} ({' to '.join(ends)})" if interval else value

    def score(dataset: str, model: str, metric: str, test_set: str = "", threshold: str = "", seed=1, **shown) -> str:
        """A metric of the model trained on a dataset, on that dataset's own test split unless another is named."""
        query = {"dataset": dataset, "model": model, "seed": seed, "metric": metric, "threshold": threshold}
        return number("results", test_set=test_set or f"{dataset}:test", **query, **shown)

    def auc(dataset: str, model: str, test_set: str = "", **shown) -> str:
        return score(dataset, model, "auroc", test_set, **shown)

    def spread(model: str, dataset: str, metric: str = "auroc", test_set: str = "", threshold: str = "") -> str:
        """Likewise as mean and standard deviation over random seeds."""
        query = {"test_set": test_set or f"{dataset}:test", "metric": metric, "threshold": threshold}
        values = chosen("results", model=model, dataset=dataset, **query)["value"]
        return f"{values.mean():.4f} ± {values.std():.4f}"

    def best_valid(dataset: str, model: str, until: int) -> str:
        """The best validation AUC of a training up to an epoch."""
        rows = chosen("histories", dataset=dataset, model=model)
        return f"{rows.loc[rows['epoch'] <= until, 'valid_auroc'].max():.4f}"

    def model_audit(dataset: str, model: str, check: str, subject: str, interval: bool = False) -> str:
        query = {"dataset": dataset, "model": model, "seed": 1, "check": check, "subject": subject}
        return number("model_audits", interval=interval, **query)

    def side_by_side(models: list[str], columns: dict[str, tuple[str, str]]) -> list[dict]:
        """A row per model: `method`, then the AUC of each column, `title: (trained on, test set)`."""
        return [
            {"method": label[model]} | {title: auc(data, model, test) for title, (data, test) in columns.items()}
            for model in models
        ]

    def scores_table(experiment: str, dataset: str, recall_on: str | None = None) -> str:
        shown = {name: label[name] for name in study.experiments[experiment]["models"]}
        return tables.scores_markdown(table("results"), shown, dataset, recall_on)

    def items_table(*names: str) -> str:
        """The paper's items that these experiments make, each with our number from results.tsv."""
        found = []
        for name in names:
            stanza, rows = study.experiments[name], table("results")
            rows = rows[rows["dataset"].isin(stanza["datasets"]) & rows["model"].isin(stanza["models"])]
            found.append(experiments.items_table(name, stanza["figures"], rows, table("paper")))
        return tables.items_markdown(found)

    called = [
        number,
        score,
        auc,
        spread,
        best_valid,
        model_audit,
        side_by_side,
        scores_table,
        items_table,
    ]
    return {each.__name__: each for each in called} | {
        "effect": lambda z: f"{-1.4 * np.logaddexp(0, float(z)):.2f}",
        "binding_table": lambda: tables.binding_markdown(table("binding_tests")),
        "activity_table": lambda: tables.activity_markdown(table("activity_benchmark")),
        "audit": lambda dataset, check, subject: number("audits", dataset=dataset, check=check, subject=subject),
        "case_study": lambda name, score: number("case_studies", interval=True, prediction=name, score=score),
        "printed": lambda method, metric, digits=4: number("paper", method=method, metric=metric, digits=digits),
        "printed_name": lambda model: label[model],
        "rows_of": lambda name: table(name).to_dict("records"),
        "models_of": lambda name: list(table(name)["model"].unique()),
        "rows_table": lambda name: tables.markdown(table(name)),
        "grid": lambda rows: tables.markdown(pd.DataFrame(rows)),
        "audits_table": lambda *datasets: tables.audit_markdown(table("audits"), list(datasets)),
        "transfer_table": lambda name, *models: tables.transfer_markdown(
            table(name)[table(name)["model"].isin(models or table(name)["model"])]
        ),
    }


def keys_table(stanza: str) -> str:
    if stanza != "run":
        return tables.settings_markdown(STANZAS[stanza])
    machine = tables.settings_markdown(Machine).split("\n", 2)[2]
    return tables.settings_markdown(Run, prefix="run.") + "\n" + machine


def first_paragraph(module: str) -> str:
    """Of a module's docstring, on one line."""
    return " ".join(import_module(module).__doc__.split("\n\n")[0].split())


def weights_about() -> dict:
    """What the built-in model says of itself, and its bytes."""
    files = list(WEIGHTS.glob("*.safetensors"))
    return read_tensors(WEIGHTS / "sites.safetensors")[1] | {"bytes": sum(file.stat().st_size for file in files)}


def stages_table(snakefile: Path) -> str:
    """Rule files in the Snakefile's order: what each needs and makes by its first comment, its rules."""
    rows = []
    for file in re.findall(r'^include: "(.+)"', snakefile.read_text(encoding="utf-8"), flags=re.M):
        text = (snakefile.parent / file).read_text(encoding="utf-8")
        comment = re.sub(r"\n# ?", " ", re.match(r"(#.*\n)*", text)[0]).strip("# \n")
        if about := re.fullmatch(r"Needs: (.+?)\. Makes: (.+)", comment):
            rules = ", ".join(f"`{name}`" for name in re.findall(r"^rule (\w+):", text, flags=re.M))
            makes = about[2].split(". ")[0].rstrip(".")
            rows.append({"stage": f"`{Path(file).stem}`", "needs": about[1], "makes": makes, "rules": rules})
    return tables.markdown(pd.DataFrame(rows))


def take_over(results: Path, docs: Path, known: dict) -> None:
    """Replace in docs/ what `results` has anew, run by run and dataset by dataset."""
    scored = [read_tsv(path) for path in sorted((results / "tables").glob("*/results.tsv"))]
    _replace(docs / "results.tsv", [each[each["metric"].str.fullmatch(METRICS)] for each in scored], [*RUN, "test_set"])
    audits = [_of_run(path, 4) for path in sorted((results / "runs").glob("*/*/seed-*/audit.tsv"))]
    kept = [each[each["check"].str.fullmatch(CHECKS)].drop(columns="meaning") for each in audits]
    _replace(docs / "model_audits.tsv", kept, RUN)
    histories = [_of_run(path, 4) for path in sorted((results / "runs").glob("*/*/seed-*/history.tsv"))]
    _replace(docs / "histories.tsv", [each for each in histories if len(each)], RUN)
    for file, pattern, key in (
        ("audits", "datasets/*/audit.tsv", "dataset"),
        ("case_studies", "predictions/*/case_study.tsv", "prediction"),
    ):
        found = {path.parent.name: read_tsv(path) for path in sorted(results.glob(pattern))}
        parts = [table.assign(**{key: name})[[key, *table.columns]] for name, table in found.items()]
        _replace(docs / f"{file}.tsv", parts, [key])
    _keep_largest(docs / "resources.tsv", sorted((results / "benchmarks").rglob("*.tsv")), results / "benchmarks")
    for name, path in known["tables"].items():
        if (results / path).exists():
            shutil.copy(results / path, docs / "tables" / f"{name}.tsv")
    for name, path in known["pictures"].items():
        if (results / path).exists():
            shrink(results / path, docs / "pictures" / f"{name}.png")


def _keep_largest(path: Path, measured: list[Path], folder: Path) -> None:
    """What the largest job of each rule took: rule, mb (resident memory), seconds."""
    rows = [
        (file.relative_to(folder).parts[0].removesuffix(".tsv"), row.max_rss, row.s)
        for file in measured
        for row in read_tsv(file).itertuples()
    ]
    new = pd.DataFrame(rows, columns=["rule", "mb", "seconds"])
    new["mb"] = pd.to_numeric(new["mb"], errors="coerce")  # a short job has none
    if len(new):
        both = pd.concat([new, read_tsv(path)]).dropna()
        write_tsv(both.groupby("rule", as_index=False).max().round().astype({"mb": int, "seconds": int}), path)


def _of_run(path: Path, depth: int) -> pd.DataFrame:
    """A run's table with the columns dataset, model, seed in front."""
    dataset, model, seed = path.parts[-depth:-1]
    table = read_tsv(path)
    return table.assign(dataset=dataset, model=model, seed=int(seed.removeprefix("seed-")))[[*RUN, *table.columns]]


def _replace(path: Path, parts: list[pd.DataFrame], key: list[str]) -> None:
    """Replace the rows of a table that have the key of a new row; of several new ones, the newest measured stay."""
    if not parts:
        return
    new = pd.concat(parts, ignore_index=True)
    if "date" in new:
        new = new.sort_values("date", kind="stable").drop_duplicates([*key, "metric", "threshold"], keep="last")
    before = read_tsv(path) if path.exists() else new.iloc[:0]
    stale = pd.MultiIndex.from_frame(before[key]).isin(pd.MultiIndex.from_frame(new[key]))
    write_tsv(pd.concat([before[~stale], new], ignore_index=True)[list(before.columns)], path)


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
