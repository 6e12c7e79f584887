"""Bring finished experiments into docs/ and render the README's tables from docs/results.tsv and docs/audits.tsv.

python docs/render.py                     render the tables anew
python docs/render.py results fast        first take over results/tables/fast and results/figures/fast, and the
                                          audits of all datasets that stand in results/datasets
"""

import re
import shutil
import sys
from pathlib import Path

import pandas as pd
import yaml

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from deepmirnatar.files import read_tsv, write_tsv  # noqa: E402
from deepmirnatar.tables import audit_table, readme_table  # noqa: E402

RESULTS = ROOT / "docs" / "results.tsv"
AUDITS = ROOT / "docs" / "audits.tsv"
AUDIT_BLOCK = re.compile(r"(<!-- audits: ([\w ]+) -->\n).*?(\n?<!-- end -->)", flags=re.S)
BLOCK = re.compile(r"(<!-- table: (\w+) (\w+) ?(\S*) -->\n).*?(\n?<!-- end -->)", flags=re.S)


def take_over(results: Path, experiment: str) -> None:
    """Replace the experiment's rows of docs/results.tsv and its pictures in docs/figures."""
    table = read_tsv(results / "tables" / experiment / "results.tsv")
    table.insert(0, "experiment", experiment)
    if RESULTS.exists():
        before = read_tsv(RESULTS)
        table = pd.concat([before[before["experiment"] != experiment], table], ignore_index=True)
    write_tsv(table, RESULTS)
    target = ROOT / "docs" / "figures" / experiment
    target.mkdir(parents=True, exist_ok=True)
    for picture in (results / "figures" / experiment).glob("*.png"):
        shutil.copy(picture, target)
    shutil.copy(results / "figures" / "rulegraph.png", target.parent)


def take_over_audits(results: Path) -> None:
    """Replace the rows of docs/audits.tsv of every dataset that has an audit here."""
    found = {path.parent.name: read_tsv(path) for path in sorted((results / "datasets").glob("*/audit.tsv"))}
    tables = [table.assign(dataset=name) for name, table in found.items()]
    if AUDITS.exists():
        before = read_tsv(AUDITS)
        tables.insert(0, before[~before["dataset"].isin(found)])
    if tables:
        table = pd.concat(tables, ignore_index=True)
        write_tsv(table[["dataset", *(name for name in table.columns if name != "dataset")]], AUDITS)


def render(text: str) -> str:
    """Fill every `<!-- table: EXPERIMENT DATASET RECALL_ON -->` block."""
    results, paper = read_tsv(RESULTS), read_tsv(ROOT / "resources" / "paper.tsv")
    models = yaml.safe_load((ROOT / "config" / "config.yaml").read_text())["models"]
    labels = {name: stanza.get("label", name) for name, stanza in models.items()}

    def fill(block: re.Match) -> str:
        start, experiment, dataset, recall_on, end = block.groups()
        rows = results[results["experiment"] == experiment]
        shown = {name: labels.get(name, name) for name in rows["model"].unique()}
        return start + readme_table(rows, shown, dataset, recall_on or None, paper) + end

    text = BLOCK.sub(fill, text)
    audits = AUDIT_BLOCK.search(text)
    if not audits:
        return text
    table = audit_table(read_tsv(AUDITS), audits[2].split())
    return text[: audits.start()] + audits[1] + table + audits[3] + text[audits.end() :]


if __name__ == "__main__":
    if sys.argv[1:]:
        for name in sys.argv[2:]:
            take_over(Path(sys.argv[1]), name)
        take_over_audits(Path(sys.argv[1]))
    readme = ROOT / "README.md"
    readme.write_text(render(readme.read_text()))
