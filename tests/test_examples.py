"""Every example of the pages runs as printed, on small inputs; those that cannot are listed with their reason."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from deepmirnatar import cli
from deepmirnatar.prediction import predictor, scorers
from deepmirnatar.study.stanzas import merge_stanzas
from deepmirnatar.study.study import Study

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "config/README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCKS = [
    (page, kind, text)
    for page in PAGES
    for kind, text in re.findall(r"^```(\w+)\n(.*?)^```", page.read_text(), flags=re.M | re.S)
]
# How a command or block begins that is not run, and why.
NOT_RUN = {
    "pip install .": "installs; CI does it",
    "deepmirnatar serve": "waits for a browser; test_serve.py asks it",
    "make quickstart": "ten minutes and downloads; a dry run is in test_workflow.py",
    "snakemake --workflow-profile profiles/slurm": "needs a Slurm; make test-slurm runs one",
    "snakemake -s path/to": "paths of the reader; test_workflow.py runs the workflow from another folder",
    "snakemake --cores 2 --workflow-profile path/to": "a profile of the reader's clone; for a module, as below",
    'configfile: "config.yaml"': "a Snakefile with a path of the reader; test_workflow.py runs such a module",
}


def blocks(*kinds: str):
    found = [(page, text) for page, kind, text in BLOCKS if kind in kinds]
    return pytest.mark.parametrize(
        ("page", "text"), found, ids=[f"{page.name}-{n}" for n, (page, _) in enumerate(found)]
    )


@pytest.fixture
def folder(tmp_path, rna, monkeypatch, cache):
    """The files that the examples name."""
    rng = np.random.default_rng(0)
    (tmp_path / "mirnas.fa").write_text(">hsa-let-7a-5p\nUGAGGUAGUAGGUUGUAUAGUU\n")
    utrs = [rna(rng, 100) + "ACACUCCA" + rna(rng, 92) + "CUACCUCA" + rna(rng, 100) for _ in range(3)]
    (tmp_path / "utrs.fa").write_text("".join(f">GENE{n}\n{utr}\n" for n, utr in enumerate(utrs)))
    (tmp_path / "mature.fa").write_text(
        ">hsa-let-7a-5p M x\nUGAGGUAGUAGGUUGUAUAGUU\n>hsa-miR-16-5p M x\nUAGCAGCACGUAAAUAUUGGCG\n"
    )
    (tmp_path / "genome.fa").write_text(f">chr1\n{utrs[0]}\n")
    about = 'gene_id "G"; transcript_id "T";'
    rows = [("exon", 1, len(utrs[0])), ("CDS", 1, 30)]
    (tmp_path / "genes.gtf").write_text(
        "".join(f"chr1\tx\t{kind}\t{first}\t{last}\t.\t+\t.\t{about}\n" for kind, first, last in rows)
    )
    pairs = pd.DataFrame({"mirna": "a", "mirna_sequence": "UGAGGUAGUAGGUUGUAUAGUU", "target": ["B", "C"]})
    pairs = pairs.assign(target_sequence=[utr[180:220] for utr in utrs[:2]], label=[0, 1])
    (tmp_path / "data").mkdir()
    for path in ("mine.tsv", "pairs.tsv", "data/mine.tsv"):
        pairs.to_csv(tmp_path / path, sep="\t", index=False)
    names = ["PTEN", "PDCD4", *(f"GENE{number}" for number in range(598))]
    change = np.where(np.arange(600) % 3 == 0, -1.0, 0.0) + rng.normal(0, 0.3, 600)
    changes = pd.DataFrame({"gene": names, "log2FoldChange": change, "pvalue": np.exp(-10 * np.abs(change))})
    changes.to_csv(tmp_path / "fold_changes.tsv", sep="\t", index=False)
    shutil.copytree(cache, tmp_path / "cache")  # a command may write to it
    monkeypatch.setenv("DEEPMIRNATAR_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def small_weights(weights, monkeypatch):
    """The tests' weights instead of those in the package."""
    monkeypatch.setattr(predictor, "WEIGHTS", weights)
    monkeypatch.setattr(scorers, "WEIGHTS", weights)


def snakemake(folder: Path, *arguments: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "snakemake", "-s", str(ROOT / "Snakefile"), *arguments]
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)


def laid_over(page: Path, text: str) -> str:
    """A page's YAML up to a block, as one file: later blocks build on earlier ones."""
    done = {}
    for other, kind, block in BLOCKS:
        if other == page and kind == "yaml":
            done = merge_stanzas(done, yaml.safe_load(block))
            if block == text:
                break
    return yaml.safe_dump(done)


def test_every_block_is_of_a_kind_that_is_tested():
    assert {kind for _, kind, _ in BLOCKS} <= {"sh", "yaml", "python", "mermaid"}
    everything = "\n".join(text for _, _, text in BLOCKS)
    assert all(start in everything for start in NOT_RUN), "a reason for what no page shows"


@blocks("sh")
def test_commands_run(page, text, folder, small_weights):
    for line in text.splitlines():
        if any(line.startswith(start) for start in NOT_RUN):
            continue
        words = shlex.split(line, comments=True)
        if words[0] == "deepmirnatar":
            assert cli.main(words[1:]) == 0, line
        else:
            assert words[0] == "snakemake", f"{page.name}: run {line!r}, or say in NOT_RUN why not"
            yamls = [block for other, kind, block in BLOCKS if other == page and kind == "yaml"]
            (folder / "mine.yaml").write_text(laid_over(page, yamls[-1]))
            answer = snakemake(folder, "--dry-run", *words[1:])
            assert answer.returncode == 0, answer.stdout + answer.stderr


@blocks("yaml")
def test_stanzas_are_read(page, text, folder):
    config = merge_stanzas(
        yaml.safe_load((ROOT / "config/config.yaml").read_text()), yaml.safe_load(laid_over(page, text))
    )
    Study(config, folder)


@blocks("python")
def test_code_runs(page, text, folder, small_weights):
    if "atlas_file()" in text:
        cli.main(["atlas"])
    if not any(text.startswith(start) for start in NOT_RUN):
        exec(compile(text, page.name, "exec"), {})


def test_the_prediction_of_the_config_page_runs_as_printed(folder):
    page = ROOT / "config/README.md"
    text = re.search(r"^## `predictions`.*?^```yaml\n(.*?)^```", page.read_text(), flags=re.M | re.S)[1]
    (folder / "mine.yaml").write_text(text)
    (command,) = re.findall(r"Then run `snakemake ([^`]*-- predictions)`", page.read_text())
    answer = snakemake(folder, *shlex.split(command))
    assert answer.returncode == 0, answer.stdout + answer.stderr
    genes = pd.read_csv(folder / "results/predictions/mine/genes.tsv", sep="\t")
    assert sorted(genes["target"]) == ["GENE0", "GENE1", "GENE2"]
    assert "<html" in (folder / "results/predictions/mine/report.html").read_text()


def test_the_notebook_runs_from_sequences_to_a_figure(folder, small_weights):
    import matplotlib

    matplotlib.use("Agg")
    book = json.loads((ROOT / "docs/predict.ipynb").read_text())
    names = {}
    for cell in book["cells"]:
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]), names)
    assert len(names["result"].genes) > 10 and (folder / "deepmirnatar-example/genes.png").stat().st_size > 5000
