"""The workflow as users run it: dry runs, what a change reruns, error messages, kill and resume."""

import ast
import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from packaging.requirements import Requirement
from small_study import ENVIRONMENT, copy_workflow, jobs

from deepmirnatar.common.files import read_tsv
from deepmirnatar.rna.sequences import reverse_complement

ROOT = Path(__file__).parents[1]


def snakemake(*arguments: str, where: Path = ROOT, **options) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "snakemake", "--cores", "1", *arguments]
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    return subprocess.run(command, cwd=where, env=ENVIRONMENT, **streams, **options)


@pytest.mark.parametrize("over", [[], *(["--configfile", f"config/{name}.yaml"] for name in ("quickstart", "fast"))])
def test_a_dry_run_of_every_config_plans_down_to_the_downloads(over, tmp_path):
    answer = snakemake("--dry-run", *over, where=copy_workflow(tmp_path))
    assert answer.returncode == 0, answer.stdout
    plan = jobs(answer.stdout)
    assert {"download_source", "split_dataset", "train_model", "plot_figure"} <= set(plan)


def test_the_graph_on_the_page_is_that_of_the_rules(tmp_path):
    answer = snakemake(
        "--rulegraph", "mermaid-js", "--", "results/experiments/published/metrics.tsv", where=copy_workflow(tmp_path)
    ).stdout
    edges = {line.strip() for line in answer.splitlines() if line.startswith("\t") and "style" not in line}
    graph = (ROOT / "docs/pages/rules.mmd").read_text()
    # The numbers of rules may differ between runs: compare the names at both ends.
    assert edges and named(edges) == named(graph.splitlines())


def named(lines) -> set[tuple[str, ...]]:
    """Names of the rules, and pairs of them that an arrow joins."""
    names = dict(re.fullmatch(r"(id\d+)\[(\w+)\]", line.strip()).groups() for line in lines if "[" in line)
    arrows = [line.strip().split(" --> ") for line in lines if "-->" in line]
    return {(name,) for name in names.values()} | {(names[one], names[other]) for one, other in arrows}


def test_a_run_that_many_figures_and_experiments_share_is_trained_once(tmp_path):
    folder = copy_workflow(tmp_path)
    more = {"run": {"experiments": ["published", "again"], "predictions": []}}
    more["experiments"] = {"again": {"datasets": ["released"], "models": ["papers_network.batch_size-32", "no_sca"]}}
    (folder / "more.yaml").write_text(yaml.safe_dump(more))
    plan = jobs(snakemake("--dry-run", "--configfile", "more.yaml", where=folder).stdout)
    # Six networks of figures 8 and 12, two more batch sizes, two more dropouts, five shortcuts: three seeds of each.
    # `again` asks for nothing new, as batch size 32 is the paper's.
    assert plan["train_model"] == 3 * (6 + 2 + 2 + 5)
    assert plan["pretrain_dnabert"] == 1


def test_a_run_whose_weights_another_starts_from_is_trained_first(tmp_path):
    table = "results/tables/fine_tuning/results.tsv"
    answer = snakemake("--dry-run", "--configfile", "config/fast.yaml", "--", table, where=copy_workflow(tmp_path))
    # Three seeds on hejret2023, and the run on the other experiments that all three start from.
    assert jobs(answer.stdout)["train_model"] == 3 + 1
    assert "Train interaction_map on before_hejret2023, seed 1" in answer.stdout


def test_a_misspelt_key_is_one_clear_error(tmp_path):
    folder = copy_workflow(tmp_path)
    cases = {
        "datasets: {released: {orientaton: corrected}}": "datasets.released: 'orientaton' is not known. Did you mean",
        "device: gpu": "device: 'gpu' is not known. Did you mean 'cpu'? Known: auto, cpu, cuda",
        "models: {papers_network: {settings: {droput: 0.2}}}": "Did you mean 'dropout'",
        "experiments: {published: {datasets: [relased], models: [papers_network]}}": "Did you mean 'released'",
        "experiments: {published: {figures: {ablatoin: [papers_network]}}}": "Did you mean 'ablation'",
        "datasets: {debiased: {negatives: {strategy: matchd}}}": "Did you mean 'matched'",
        "datasets: {mine: pairs.tsv}": "datasets.mine: 'pairs.tsv' should be a map of keys to values",
        '{\t"threads": 0}': "threads: 0 is below the smallest allowed, 1",  # JSON, which YAML with its tabs is not
        "models: {mitar_published: {settings: {weights: resources/downloads/mitar/typo.h5}}}": "is not a file that the "
        "workflow downloads",
    }
    for text, wanted in cases.items():
        (folder / "wrong.yaml").write_text(text)
        answer = snakemake("--dry-run", "--configfile", "wrong.yaml", where=folder)
        assert answer.returncode != 0
        assert wanted in answer.stdout
        assert "Traceback" not in answer.stdout
        assert len(answer.stdout.splitlines()) < 12


def test_download_brings_every_file_that_has_an_address(tmp_path):
    """Every address is replaced by a file here, since a test may not reach the address."""
    folder = copy_workflow(tmp_path)
    path = folder / "resources/sources.tsv"
    table = pd.read_csv(path, sep="\t", dtype=str, keep_default_na=False)
    for number, row in table.iterrows():
        file = tmp_path / "stub" / row["source"] / row["file"]
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{number}\n")
        if row["url"]:
            table.loc[number, "url"] = str(file)
        table.loc[number, "sha256"] = hashlib.sha256(file.read_bytes()).hexdigest()
    table.to_csv(path, sep="\t", index=False)
    answer = snakemake("--cores", "4", "download", where=folder)
    assert answer.returncode == 0, answer.stdout[-2000:]
    wanted = {f"{row.source}/{row.file}" for row in table.itertuples() if row.url}
    there = folder / "resources/downloads"
    assert {str(file.relative_to(there)) for file in there.rglob("*") if file.is_file()} == wanted
    assert sorted(table[table["url"] == ""]["file"]) == [
        "ensembl_utrs.fa", "r2_hek.tsv", "targetscan7_hek_predicted.tsv"
    ]  # fmt: skip
    # What has no address says so.
    answer = snakemake("resources/downloads/transfections/ensembl_utrs.fa", where=folder)
    assert "transfections/ensembl_utrs.fa has no public address. Place the file at" in answer.stdout


ELSEWHERE = """
run: {experiments: [mine], predictions: []}
datasets:
  mine: {table: own.tsv, mirbase: false, split: {strategy: by_gene}}
experiments:
  mine: {datasets: [mine], models: [seed_match, kmer_trees]}
"""
MODULE = """
configfile: "config.yaml"

module deepmirnatar:
    snakefile: "clone/Snakefile"
    config: config

use rule * from deepmirnatar
"""


def test_the_workflow_runs_from_another_folder(tmp_path):
    own_pairs().to_csv(tmp_path / "own.tsv", sep="\t", index=False)
    (tmp_path / "mine.yaml").write_text(ELSEWHERE)
    given = ["-s", ROOT / "Snakefile", "-d", tmp_path, "--configfile", tmp_path / "mine.yaml"]
    # Without `mirbase`, the audit of one's own table needs no download.
    answer = snakemake(*map(str, given), "--", "results/datasets/mine/audit.tsv", where=tmp_path.parent)
    assert answer.returncode == 0, answer.stdout[-2000:]
    assert not {"download_source", "parse_mirnas", "parse_reference"} & set(jobs(answer.stdout))
    assert read_tsv(tmp_path / "results/datasets/mine/audit.tsv")["check"].iloc[-1] == "verdict"
    (tmp_path / "mine.yaml").write_text(ELSEWHERE.replace("mirbase: false", "mirbase: true"))
    answer = snakemake(*map(str, given), "-n", "--", "results/datasets/mine/audit.tsv", where=tmp_path.parent)
    assert jobs(answer.stdout)["download_source"] == jobs(answer.stdout)["parse_mirnas"] == 1
    assert "parse_reference" not in jobs(answer.stdout)


def test_the_workflow_is_a_module_of_another(tmp_path):
    (tmp_path / "clone").mkdir()
    clone = copy_workflow(tmp_path / "clone")
    own_pairs().to_csv(tmp_path / "own.tsv", sep="\t", index=False)
    (tmp_path / "config.yaml").write_text(ELSEWHERE)
    (tmp_path / "Snakefile").write_text(MODULE)
    answer = snakemake("--dry-run", "results/tables/mine/scores.tsv", where=tmp_path)
    assert answer.returncode == 0, answer.stdout[-2000:]
    assert jobs(answer.stdout)["train_model"] == 2
    # With the clone's profile, a comment makes no rule run again.
    merged = ("results/datasets/mine/merged.tsv", "--workflow-profile", "clone/profiles/default")
    assert snakemake(*merged, where=tmp_path).returncode == 0
    script = clone / "scripts/merge_sources.py"
    script.write_text(script.read_text() + "# edited\n")
    assert not jobs(snakemake(*merged, "--dry-run", where=tmp_path).stdout)
    assert "merge_sources" in jobs(snakemake(merged[0], "--dry-run", where=tmp_path).stdout)


# --- a whole study of a user's own pairs, without any download ------------------------------------------------


def own_pairs(count: int = 240) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    mirnas = ["".join(rng.choice(list("ACGU"), 22)) for _ in range(12)]
    rows = []
    for number in range(count):
        which, label = int(rng.integers(12)), number % 2
        site = "".join(rng.choice(list("ACGU"), 30))
        if label:
            site = site[:15] + reverse_complement(mirnas[which][1:8]) + site[22:]
        rows.append((f"miR-{which}", mirnas[which], f"gene{number // 3}", site, label))
    return pd.DataFrame(rows, columns=["mirna", "mirna_sequence", "target", "target_sequence", "label"])


OWN = """
run: {experiments: [own], predictions: []}
device: cpu
datasets:
  own: {table: own.tsv, mirbase: false, split: {strategy: by_gene}}
embeddings:
  own_site: {kind: onehot, strand: site, settings: {k: 2}}
models:
  own_model:
    extends: papers_network
    embeddings: {site: own_site}
    settings:
      {epochs: 6, batch_size: 8, hidden: 16, filters: 8, decoder_modules: 1, heads: 2, checkpoint_minutes: 0.0001}
experiments:
  own:
    datasets: [own]
    figures:
      ablation: [own_model, seed_match]
      batch_size: [own_model]
      dropout: [own_model]
      curves: [own_model, mirna_only, seed_match]
      recurrent_layer: [own_model, seed_match]
      methods: &methods [own_model, mirna_only, seed_match]
      radar: *methods
      cost: *methods
      model_audit: [own_model, seed_match]
      transfer: [own_model]
predictions:
  mine: {mirnas: mirnas.fa, targets: utrs.fa, dataset: own, model: own_model, chunks: 2}
"""


@pytest.fixture(scope="module")
def own_study(tmp_path_factory) -> Path:
    """A copy of the workflow with a user's table, and stand-ins for the reference tables that need downloads."""
    folder = copy_workflow(tmp_path_factory.mktemp("own"))
    pairs = own_pairs()
    pairs.to_csv(folder / "own.tsv", sep="\t", index=False)
    (folder / "own.yaml").write_text(OWN)
    # Two miRNAs of the table; the first has a site on UTR-1 only, and UTR-3 is too short for any window.
    mirnas = pairs.drop_duplicates("mirna")[["mirna", "mirna_sequence"]][:2].to_numpy().tolist()
    utrs = [
        ("UTR-1", "GA" * 40 + reverse_complement(mirnas[0][1][1:8]) + "A" * 20),
        ("UTR-2", "GA" * 60),
        ("UTR-3", "GA"),
    ]
    for name, entries in (("mirnas", mirnas), ("utrs", utrs)):
        (folder / f"{name}.fa").write_text("".join(f">{entry}\n{sequence}\n" for entry, sequence in entries))
    reference = folder / "results" / "reference"
    reference.mkdir(parents=True)
    (reference / "mirnas.tsv").write_text("name\taccession\tsequence\nhsa-let-7a-5p\tM\tUGAGGUAGUAGGUUGUAUAGUU\n")
    (reference / "utrs.tsv").write_text(f"gene\tentrez\tsequence\nA\t1\t{'ACGU' * 20}CUACCUCA{'ACGU' * 20}\n")
    (reference / "known_targets.tsv").write_text("mirna\tgene\tentrez\tstrong\nhsa-let-7a-5p\tA\t1\t1\n")
    (reference / "refseq.tsv").write_text("refseq\tgene\nNM_1\tA\n")
    # The reference tables exist, so what they are made from need not.
    rules = folder / "workflow" / "rules" / "sources.smk"
    text = rules.read_text()
    start = text.index("rule parse_mirnas:")
    rules.write_text(text[:start] + text[text.index("rule parse_source:") :])
    return folder


def run_own(folder: Path, *arguments: str) -> subprocess.CompletedProcess:
    return snakemake(*arguments, "--configfile", "own.yaml", where=folder)


@pytest.fixture(scope="module")
def finished(own_study) -> Path:
    answer = run_own(own_study)
    assert answer.returncode == 0, answer.stdout[-3000:]
    return own_study


def test_a_users_table_goes_in_and_figures_come_out(finished):
    scores = read_tsv(finished / "results/tables/own/scores.tsv")
    assert set(scores["model"]) == {"own_model", "mirna_only", "seed_match"}
    own = scores[scores["test_set"] == "own:test"].set_index("model")
    assert own.loc["seed_match", "auroc"] > 0.9
    paper = ("ablation", "batch_size", "dropout", "curves", "recurrent_layer", "methods", "radar", "cost")
    names = [f"own/{name}" for name in paper] + ["transfer", "history", "datasets", "audit"]
    for name in names:
        drawn = (finished / f"results/figures/own/{name}.svg").read_text()
        assert "</svg>" in drawn
    assert not list((finished / "results").rglob("*.part"))


def test_the_audit_of_a_model_is_made_for_any_predictor(finished):
    figures = [f"results/figures/own/own/{model}/model_audit.svg" for model in ("own_model", "seed_match")]
    assert all("</svg>" in (finished / figure).read_text() for figure in figures)
    run = finished / "results/runs/own/seed_match/seed-1"
    audit = read_tsv(run / "audit.tsv")
    assert audit["check"].iloc[-1] == "verdict" and {"swap", "ranking", "called", "seen_rows"} <= set(audit["check"])
    metrics = read_tsv(run / "own-controls.metrics.tsv")
    columns = read_tsv(run / "own-test.metrics.tsv").columns
    assert metrics.columns.tolist() == columns.tolist()
    row = metrics.set_index("metric").loc["swap_auroc"]
    assert (row["dataset"], row["model"], row["test_set"]) == ("own", "seed_match", "own:controls")
    assert row["value"] > 0.9
    # The controls' own rows score as the test split does.
    scores = read_tsv(run / "own-controls.predictions.tsv").set_index("pair_id")["score"]
    test = read_tsv(run / "own-test.predictions.tsv").set_index("pair_id")["score"]
    pd.testing.assert_series_equal(scores[test.index], test)


def test_own_sequences_go_in_and_targets_come_out_without_the_reference(finished):
    # Nothing may read the reference tables: they are away.
    shutil.move(finished / "results/reference", finished / "away")
    answer = run_own(finished, "results/predictions/mine/genes.tsv", "--rerun-triggers", "mtime")
    shutil.move(finished / "away", finished / "results/reference")
    assert answer.returncode == 0, answer.stdout[-3000:]
    assert jobs(answer.stdout)["score_targets"] == 2 and "predict_targets" in jobs(answer.stdout)
    assert not {"filter_pairs", "train_model"} & set(jobs(answer.stdout))
    folder = finished / "results/predictions/mine"
    genes, sites = read_tsv(folder / "genes.tsv"), read_tsv(folder / "sites.tsv")
    assert (genes["target"] == "UTR-1").any() and "known" not in genes and len(sites) == genes["sites"].sum()
    assert sites["score"].between(0, 1).all() and (genes["repression"] < 0).all()
    page = (folder / "report.html").read_text()
    assert "own_model of own, seed 1" in page and "the built-in model" in page
    # The command gives the same by the run's folder.
    command = [sys.executable, "-m", "deepmirnatar", "predict", "--mirnas", "mirnas.fa", "--targets", "utrs.fa"]
    command += ["--weights", "results/runs/own/own_model/seed-1", "--out", "by_command"]
    subprocess.run(command, cwd=finished, check=True)
    pd.testing.assert_frame_equal(read_tsv(finished / "by_command/genes.tsv"), genes, rtol=1e-5)


def test_all_figures_are_drawn_again_from_finished_runs_without_training(finished, tmp_path):
    folder = tmp_path / "drawn"
    shutil.copytree(finished, folder, ignore=shutil.ignore_patterns(".snakemake"))
    shutil.rmtree(folder / "results/figures")
    plan = jobs(run_own(folder, "figures", "--dry-run", "--rerun-triggers", "mtime").stdout)
    drawn = len(list((finished / "results/figures/own").rglob("*.svg")))
    assert sum(count for rule, count in plan.items() if rule.startswith("plot_")) >= drawn > 10
    assert not {"train_model", "predict_pairs", "evaluate_predictions"} & set(plan)


def test_methods_and_the_costs_name_every_method(finished):
    table = read_tsv(finished / "results/tables/own/own/methods.tsv")
    assert table["model"].tolist() == ["own_model", "own_model", "mirna_only", "mirna_only", "seed_match", "seed_match"]
    assert table["auroc"].notna().all() and "paper_auroc" not in table  # the paper did not score these rows
    costs = read_tsv(finished / "results/tables/own/own/costs.tsv").set_index("model")
    assert (costs["scoring_pairs_per_s"] > 0).all()
    assert costs["training_pairs_per_s"].notna().to_dict() == {
        "own_model": True, "mirna_only": True, "seed_match": False
    }  # fmt: skip


def test_the_report_holds_the_figures(finished):
    answer = run_own(finished, "--report", "report.html")
    assert answer.returncode == 0, answer.stdout[-2000:]
    assert "curves" in (finished / "report.html").read_text()


def test_nothing_is_left_to_do_and_an_edit_reruns_its_dependants_alone(finished):
    assert not jobs(run_own(finished, "--dry-run").stdout)
    # File, a line of its logic and the edited line; a rule that must run again, and one that need not.
    cases = [
        ("predictors/networks/papers_network.py", "class Net", "A = 1\nclass Net", "train_model", "split_dataset"),
        ("evaluation/metrics.py", "RESAMPLES = 1000", "RESAMPLES = 1001", "evaluate_predictions", "train_model"),
        ("figures/charts.py", "dpi=200", "dpi=201", "plot_figure", "train_model"),
        ("datasets/splits.py", "default_rng(seed)", "default_rng(seed + 1)", "split_dataset", "merge_sources"),
        ("sources/user.py", "def parse", "LIMIT = 1\n\n\ndef parse", "parse_source", "download_source"),
        ("tables/experiments.py", "PAPERS_DATASET,", "PAPERS_DATASET as PAPERS_DATASET,", "", ""),
    ]  # fmt: skip
    for name, line, edited, again, untouched in cases:
        library = finished / "deepmirnatar" / name
        text = library.read_text()
        library.write_text(text.replace('"""', '"""Explained anew. ', 1) + "# edited\n")
        plan = jobs(run_own(finished, "--dry-run").stdout)
        library.write_text(text)
        assert not plan, (name, "a comment and a docstring")
        if not again:
            continue
        assert line in text, name
        library.write_text(text.replace(line, edited, 1))
        plan = jobs(run_own(finished, "--dry-run").stdout)
        library.write_text(text)
        assert again in plan and untouched not in plan, (name, plan)
    network = finished / "deepmirnatar/predictors/networks/papers_network.py"
    text = network.read_text()
    network.write_text(text + "\nLIMIT = 1\n")
    plan = jobs(run_own(finished, "--dry-run").stdout)
    network.write_text(text)
    # The network's model is trained again; the predictors without a network are not.
    assert plan["train_model"] == 1


def test_a_killed_training_resumes_to_the_same_metrics(finished, tmp_path):
    folder = tmp_path / "killed"
    shutil.copytree(finished, folder, ignore=shutil.ignore_patterns(".snakemake"))
    run = folder / "results/runs/own/own_model/seed-1"
    whole = {path.name: path.read_text() for path in run.glob("*-test.metrics.tsv")}
    history = read_tsv(run / "history.tsv").drop(columns="seconds")
    shutil.rmtree(run)
    target = str((run / "own-test.metrics.tsv").relative_to(folder))
    command = [sys.executable, "-m", "snakemake", target, "--cores", "1", "--configfile", "own.yaml"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(command, cwd=folder, env=ENVIRONMENT, start_new_session=True, **quiet)
    checkpoints = folder / "results" / "checkpoints"
    until = time.monotonic() + 120
    while not list(checkpoints.rglob("last.pt")) and time.monotonic() < until:
        time.sleep(0.02)
    # Everything at once, as at a power cut: Snakemake and the training process.
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert list(checkpoints.rglob("last.pt"))
    assert not (run / "model.safetensors").exists()
    subprocess.run([*command, "--unlock"], cwd=folder, env=ENVIRONMENT, check=True, capture_output=True)
    answer = run_own(folder, target)
    assert answer.returncode == 0, answer.stdout[-3000:]
    log = (folder / "logs/train_model/own/own_model/seed-1.log").read_text()
    assert "continuing from checkpoint" in log
    assert {path.name: path.read_text() for path in run.glob("*-test.metrics.tsv")} == whole
    pd.testing.assert_frame_equal(read_tsv(run / "history.tsv").drop(columns="seconds"), history)
    assert not list(checkpoints.rglob("last.pt"))


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        (lambda table: table.drop(columns="target_sequence"), "'target_sequence' is missing"),
        (lambda table: table.assign(target_sequence="ACGXACGU"), "target_sequence 'ACGXACGU' holds a letter"),
        (lambda table: table.assign(label=2), "label '2' is neither 0 nor 1"),
    ],
)
def test_a_fault_in_the_table_is_one_clear_error(finished, tmp_path, change, wanted):
    folder = tmp_path / "faulty"
    shutil.copytree(finished, folder, ignore=shutil.ignore_patterns(".snakemake", "results", "logs"))
    shutil.copytree(finished / "results" / "reference", folder / "results" / "reference")
    change(own_pairs()).to_csv(folder / "own.tsv", sep="\t", index=False)
    answer = run_own(folder, "results/sources/own.tsv")
    assert answer.returncode != 0
    log = folder / "logs/parse_source/own.log"
    said = log.read_text() if log.exists() else answer.stdout  # a missing column is reported before any job
    assert wanted in said and "own" in said
    assert not (folder / "results/sources/own.tsv").exists()


def test_a_corrupted_download_is_noticed_by_its_first_reader(finished, tmp_path):
    folder = copy_workflow(tmp_path)
    shutil.copytree(finished / "results" / "reference", folder / "results" / "reference")
    shutil.copy(finished / "workflow/rules/sources.smk", folder / "workflow/rules/sources.smk")
    file = folder / "resources/downloads/mitar/data_DeepMirTar_test.txt"
    file.parent.mkdir(parents=True)
    file.write_text("not what was registered\n")
    answer = snakemake("results/sources/parclip48.tsv", where=folder)
    assert answer.returncode != 0
    said = answer.stdout
    assert "has changed since it was downloaded" in said and "data_DeepMirTar_test.txt" in said


# --- things written twice -------------------------------------------------------------------------------------


def pins(lines: list[str]) -> dict[str, str]:
    found = (re.fullmatch(r"([A-Za-z0-9_.-]+)==?([\w.]+)", line.strip()) for line in lines)
    return {each[1].lower().replace("_", "-"): each[2] for each in found if each}


LOCK = pins((ROOT / "requirements.lock").read_text().splitlines())
CONDA_NAME = {"torch": "pytorch", "RNA": "viennarna", "sklearn": "scikit-learn", "Bio": "biopython", "yaml": "pyyaml"}


def test_the_lock_lies_in_the_ranges_of_pyproject():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for extra in (project["dependencies"], *project["optional-dependencies"].values()):
        for asked in map(Requirement, extra):
            assert asked.specifier.contains(LOCK[asked.name.lower()]), asked


def test_the_package_carries_every_file_that_lies_in_it():
    config = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"]
    for path in (ROOT / "deepmirnatar").rglob("*"):
        if path.is_dir() or path.suffix == ".py" or path.parent.name == "__pycache__":
            continue
        carried = [
            pattern
            for package, patterns in config.items()
            for pattern in patterns
            if path in (ROOT / package.replace(".", "/")).glob(pattern)
        ]
        assert carried, f"pyproject.toml: package-data leaves out {path.relative_to(ROOT)}"


@pytest.mark.parametrize("path", sorted((ROOT / "envs").glob("*.yaml")), ids=lambda path: path.stem)
def test_conda_environments_have_the_locks_pins(path):
    env = yaml.safe_load(path.read_text())
    assert env["channels"][:2] == ["conda-forge", "bioconda"]
    pinned = pins([each for each in env["dependencies"] if "=" in each])
    assert pinned.pop("python") == "3.11"
    names = {conda.lower(): name for name, conda in {"torch": "pytorch"}.items()}
    assert {names.get(name, name): version for name, version in pinned.items()}.items() <= LOCK.items()


def imports(path: Path, seen: set) -> set[str]:
    """Third-party modules that a file needs, its own library's modules followed, function bodies included."""
    if path in seen or not path.exists():
        return set()
    seen.add(path)
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        for name in names:
            if name == "deepmirnatar":
                continue  # the package itself loads a predictor when it is asked for one
            if name.startswith("deepmirnatar"):
                base = ROOT / Path(*name.split("."))
                found |= imports(base.with_suffix(".py"), seen) | imports(base / "__init__.py", seen)
            elif name.split(".")[0] not in sys.stdlib_module_names:
                found.add(name.split(".")[0])
    return found


def test_every_script_finds_what_it_imports_in_its_environment():
    rules = "\n".join(path.read_text() for path in (ROOT / "workflow/rules").glob("*.smk"))
    used = re.findall(r'envs/(\w+)\.yaml"(?:(?!^rule ).)*?scripts/(\w+)\.py"', rules, flags=re.M | re.S)
    assert len(used) >= 20
    for env, script in used:
        listed = yaml.safe_load((ROOT / f"envs/{env}.yaml").read_text())["dependencies"]
        listed = {each.split("=")[0] for each in listed}
        needed = {CONDA_NAME.get(name, name) for name in imports(ROOT / f"scripts/{script}.py", set())}
        if script in ("train_model", "predict_pairs", "embed_sequences"):
            continue  # these load predictors and embedders by name; `train.yaml` is checked against all below
        if script in ("generate_negatives", "parse_source"):
            needed |= {"viennarna"}
        assert needed <= listed, (script, env, needed - listed)
    everything = set()
    for path in [*ROOT.glob("deepmirnatar/predictors/*.py"), *ROOT.glob("deepmirnatar/embeddings/*.py")]:
        everything |= {CONDA_NAME.get(name, name) for name in imports(path, set())}
    train = {each.split("=")[0] for each in yaml.safe_load((ROOT / "envs/train.yaml").read_text())["dependencies"]}
    assert everything <= train, everything - train


def test_every_rule_has_a_script_of_its_own_name_and_the_other_way_round():
    rules = "\n".join(path.read_text() for path in (ROOT / "workflow/rules").glob("*.smk"))
    named = dict(re.findall(r'^rule (\w+):.*?script:\s+"../../scripts/(\w+)\.py"', rules, flags=re.M | re.S))
    for rule, script in re.findall(r'^rule (\w+):(?:(?!^rule ).)*?scripts/(\w+)\.py"', rules, flags=re.M | re.S):
        assert rule == script
    rule_names = set(re.findall(r"^rule (\w+):", rules, flags=re.M))
    assert {path.stem for path in (ROOT / "scripts").glob("*.py")} - rule_names == {"render_docs"}
    assert named
