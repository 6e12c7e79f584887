"""What goes wrong around a study (kills, full disks, damaged files, missing GPUs, small clusters) loses nothing."""

import copy
import logging
import os
import re
import resource
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import kill_sweep
import numpy as np
import pandas as pd
import pytest
import small_study
import torch
import whole_study
import yaml
from snakemake.exceptions import WorkflowError

from deepmirnatar.common.files import WriteError, atomic, read_tsv, write_json, write_tensors, write_tsv
from deepmirnatar.predictors.score_rows import score
from deepmirnatar.training.checkpoint import Checkpoint
from workflow import cluster

ROOT = Path(__file__).parents[1]
# Without the prediction, which the sweep of kills makes, too.
TARGETS = small_study.TARGETS[:2]


@pytest.fixture(scope="module")
def finished(tmp_path_factory) -> Path:
    """The smallest study, run to its end; tests that change it take a copy."""
    folder = small_study.make(tmp_path_factory.mktemp("finished"))
    answer = small_study.run(folder, *TARGETS)
    assert answer.returncode == 0, answer.stdout[-3000:]
    (folder / "run.log").write_text(answer.stdout)
    return folder


@pytest.fixture(scope="module")
def whole(finished) -> dict[str, bytes]:
    return small_study.results(finished)


def sentence(error) -> str:
    """The message, which must be short and of one line."""
    text = str(error.value if hasattr(error, "value") else error)
    assert "\n" not in text and len(text) < 400 and text.endswith(".")
    return text


# --- finished work ---------------------------------------------------------------------------------------------


def test_the_time_of_each_rule_is_read_from_a_runs_log(finished):
    log = (finished / "run.log").read_text()
    times, jobs = whole_study.by_rule(log), small_study.jobs(log)
    assert times.loc[0, ["rule", "jobs"]].tolist() == ["whole run", jobs.pop("total")]
    rules = times[1:]
    assert dict(zip(rules["rule"], rules["jobs"], strict=True)) == jobs
    assert 0 < rules["minutes"].sum() <= times.loc[0, "minutes"] + 0.1 * len(rules)  # one core, rounded
    # Where no target is named, `all` ends without a line of its start.
    assert whole_study.by_rule(f"{log}\nFinished jobid: 999 (Rule: all)").loc[0, "jobs"] == times.loc[0, "jobs"] + 1


def test_settings_of_the_machine_make_nothing_stale(finished):
    profile = ("--workflow-profile", "profiles/slurm")
    other = ("--config", "device=cuda", "threads=3", "mirror=elsewhere")
    for change in (profile, (*profile, *other)):
        answer = small_study.run(finished, "--dry-run", *TARGETS, *change)
        assert answer.returncode == 0, answer.stdout
        assert not small_study.jobs(answer.stdout), (change, answer.stdout)


def test_no_profile_has_a_config_that_the_command_line_would_drop():
    for path in (ROOT / "profiles").glob("*/config.yaml"):
        assert "config" not in yaml.safe_load(path.read_text()), path


@pytest.mark.skipif(torch.cuda.is_available(), reason="needs a machine without a GPU")
def test_what_cannot_run_is_refused_before_anything_is_touched(finished, whole):
    config = finished / "small.yaml"
    written = config.read_text()
    for before, after, wanted in (
        ("device: cpu", "device: cuda", "torch sees no GPU here; set `device: auto` or `cpu`."),
        ("epochs: 8", "epochs: 0", "models.small_model.settings.epochs: 0"),
    ):
        config.write_text(written.replace(before, after))
        answer = small_study.run(finished, *TARGETS, "--forcerun", "train_model")
        config.write_text(written)
        assert answer.returncode != 0 and wanted in answer.stdout, answer.stdout
        assert "Traceback" not in answer.stdout and "Job 1:" not in answer.stdout, answer.stdout
        assert small_study.results(finished) == whole


def test_a_failed_training_leaves_the_finished_one(finished, whole, tmp_path):
    folder = shutil.copytree(finished, tmp_path / "failing")
    script = folder / "scripts" / "train_model.py"
    script.write_text(
        script.read_text().replace("write_json(", "raise OSError('as if the machine broke')\n    write_json(")
    )
    target = "results/runs/small/small_model/seed-1/settings.json"
    answer = small_study.run(folder, target, "--retries", "0")
    assert answer.returncode != 0 and "as if the machine broke" in answer.stdout
    assert small_study.results(folder) == whole


def test_killed_at_random_moments_it_ends_as_if_undisturbed(finished, whole, tmp_path):
    folder = shutil.copytree(finished, tmp_path / "killed")
    # With what follows from them, or Snakemake might need no file that a kill in its making has left out.
    for name in ("embeddings", "runs", "figures", "experiments", "tables"):
        shutil.rmtree(folder / "results" / name)
    kill_sweep.sweep(folder, ["pretrain_dnabert", "train_model", "train_model"], np.random.default_rng(), TARGETS)
    # As a disk may leave the checkpoint of the last kill, if that was one in training.
    damaged = list((folder / "results" / "checkpoints").rglob("last.pt"))
    for path in damaged:
        path.write_bytes(path.read_bytes()[:1000])
    answer = small_study.run(folder, *TARGETS)
    assert answer.returncode == 0, answer.stdout[-3000:]
    assert answer.stdout.count("this checkpoint cannot be used") == len(damaged)
    assert kill_sweep.compare(folder, whole) == []


def test_a_second_run_in_the_same_folder_is_refused(finished, whole):
    locks = finished / ".snakemake" / "locks"
    locks.mkdir(exist_ok=True)
    # What a running Snakemake holds: the outputs that it is going to write.
    (locks / "0.output.lock").write_text("\n".join(TARGETS) + "\n")
    try:
        answer = small_study.run(finished, *TARGETS, "--forcerun", "plot_dataset_figure")
        assert answer.returncode != 0 and "Directory cannot be locked" in answer.stdout, answer.stdout
    finally:
        shutil.rmtree(locks, ignore_errors=True)
    assert small_study.results(finished) == whole


# --- checkpoints -----------------------------------------------------------------------------------------------


def trained_a_little(width: int = 4) -> dict:
    torch.manual_seed(1)
    network = torch.nn.Linear(width, 2)
    optimizer = torch.optim.Adam(network.parameters())
    network(torch.randn(3, width)).sum().backward()
    optimizer.step()
    return {"network": network, "optimizer": optimizer}


@pytest.mark.parametrize("damage", ["cut short", "nonsense", "empty", "unsafe", "another network's", "another run's"])
def test_a_checkpoint_that_cannot_be_used_is_warned_of_in_one_sentence(tmp_path, caplog, damage):
    checkpoint = Checkpoint(tmp_path / "run")
    checkpoint.save(trained_a_little(), {"epoch": 1})
    content = checkpoint.path.read_bytes()
    if damage == "cut short":
        checkpoint.path.write_bytes(content[: len(content) // 2])
    elif damage == "nonsense":
        checkpoint.path.write_bytes(b"no checkpoint at all")
    elif damage == "empty":
        checkpoint.path.write_bytes(b"")
    elif damage == "unsafe":
        torch.save({"run": "run", "parts": Path("x")}, checkpoint.path)
    elif damage == "another network's":
        checkpoint.save(trained_a_little(width=5), {"epoch": 1})
    else:
        other = Checkpoint(tmp_path / "other")
        other.save(trained_a_little(), {"epoch": 7})
        shutil.copy(other.path, checkpoint.path)
    parts = trained_a_little()
    before = {name: copy.deepcopy(part.state_dict()) for name, part in parts.items()}
    chance = torch.get_rng_state()
    with caplog.at_level(logging.WARNING, "deepmirnatar"):
        assert checkpoint.load(parts, torch.device("cpu")) is None
    (record,) = caplog.records
    text = record.getMessage()
    assert str(checkpoint.path) in text and text.endswith("training starts anew") and "\n" not in text
    assert len(text) < 400 and "weights_only" not in text
    # What was loaded before the fault showed is undone, and chance goes on as without a checkpoint.
    torch.testing.assert_close(parts["network"].state_dict(), before["network"], rtol=0, atol=0)
    assert str(parts["optimizer"].state_dict()) == str(before["optimizer"])
    assert torch.equal(torch.get_rng_state(), chance)


# --- weights ---------------------------------------------------------------------------------------------------


def scored(finished: Path, run: Path) -> pd.DataFrame:
    table = read_tsv(finished / "results/datasets/small/pairs.tsv").head(4)
    embedded = finished / "results/embeddings/small"
    features = {
        "mirna": str(embedded / "mirna_word2vec/small.safetensors"),
        "site": str(embedded / "small_dnabert/small.safetensors"),
    }
    return score(table, features, run / "model.safetensors", run / "settings.json", "corrected", "cpu", 1)


def test_weights_that_are_damaged_or_foreign_are_named_with_the_remedy(finished, tmp_path):
    run = shutil.copytree(finished / "results/runs/small/small_model/seed-1", tmp_path / "run")
    model = run / "model.safetensors"
    assert scored(finished, run)["score"].between(0, 1).all()
    content = model.read_bytes()

    def failing(without_digest: bool) -> str:
        if without_digest:  # as settings of earlier versions are
            text = (run / "settings.json").read_text()
            (run / "settings.json").write_text(re.sub(r'"model_sha256": "\w+",\s*', "", text))
        with pytest.raises(ValueError) as error:
            scored(finished, run)
        assert str(model) in str(error.value)
        return sentence(error)

    # Weights of another run, one number apart; cut short; of another network.
    model.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    assert "are not the weights that" in failing(False)
    model.write_bytes(content[: len(content) // 2])
    assert "is damaged or cut short" in failing(True) and "delete it and run again" in failing(True)
    state = {"settings": {"hidden": 8, "filters": 8, "heads": 2}, "state": {}}
    write_tensors({"layer.weight": np.zeros((2, 2))}, state, model)
    assert "of another network" in failing(True)


def test_weights_of_another_run_stop_the_scoring_and_a_deletion_mends_it(finished, whole, tmp_path):
    folder = shutil.copytree(finished, tmp_path / "foreign")
    run = folder / "results/runs/small/small_model/seed-1"
    content = run.joinpath("model.safetensors").read_bytes()
    run.joinpath("model.safetensors").write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    target = str((run / "small-test.predictions.tsv").relative_to(folder))
    answer = small_study.run(folder, target, "--forcerun", "predict_pairs")
    assert answer.returncode != 0 and "delete the file and run again." in answer.stdout
    run.joinpath("model.safetensors").unlink()
    answer = small_study.run(folder, target)
    assert answer.returncode == 0, answer.stdout[-3000:]
    assert small_study.results(folder) == whole


# --- disks -----------------------------------------------------------------------------------------------------


@pytest.fixture
def small_disk(tmp_path):
    """small_disk(*options) mounts a disk of 128 KiB at a fresh folder; needs the right to mount."""
    mounted = []

    def mount(*options: str) -> Path:
        folder = tmp_path / f"disk-{len(mounted)}"
        folder.mkdir()
        call = ["mount", "-t", "tmpfs", "-o", ",".join(["size=128k", *options]), "none", str(folder)]
        if subprocess.run(call, capture_output=True).returncode:
            pytest.skip("needs the right to mount a small disk")
        mounted.append(folder)
        return folder

    yield mount
    for folder in mounted:
        subprocess.run(["umount", str(folder)], check=True)


WRITERS = {
    "table.tsv": lambda path: write_tsv(pd.DataFrame({"a": np.arange(100_000)}), path),
    "settings.json": lambda path: write_json(["x" * 100] * 10_000, path),
    "model.safetensors": lambda path: write_tensors({"a": np.zeros(100_000)}, {}, path),
    "last.pt": lambda path: Checkpoint(path.parent).save({}, {"a": torch.zeros(100_000)}),
}


@pytest.mark.parametrize("name", WRITERS)
def test_a_full_disk_is_said_in_one_sentence_and_the_old_file_stays(small_disk, name):
    path = small_disk() / "results" / name
    path.parent.mkdir()
    path.write_text("earlier")
    with pytest.raises(WriteError) as error:
        WRITERS[name](path)
    assert sentence(error).startswith(f"{path} could not be written: the disk is full; make room and run again.")
    assert path.read_text() == "earlier" and [each.name for each in path.parent.iterdir()] == [name]


def test_a_read_only_folder_is_said_in_one_sentence(small_disk):
    folder = small_disk()
    (folder / "table.tsv").write_text("earlier")
    subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
    for path in (folder / "table.tsv", folder / "deeper" / "table.tsv"):
        with pytest.raises(WriteError, match="the folder is read-only"):
            WRITERS["table.tsv"](path)
    assert (folder / "table.tsv").read_text() == "earlier"


@pytest.mark.parametrize("name", WRITERS)
def test_a_limit_on_the_size_of_files_is_said_in_one_sentence(tmp_path, name):
    path = tmp_path / name
    path.write_text("earlier")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 16, before[1]))
    try:
        with pytest.raises(WriteError, match="could not be written"):
            WRITERS[name](path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert path.read_text() == "earlier" and len(list(tmp_path.iterdir())) == 1


def test_a_file_that_the_block_cannot_read_is_no_fault_of_the_folder(tmp_path):
    with pytest.raises(PermissionError) as error, atomic(tmp_path / "copy"):
        raise PermissionError(13, "Permission denied", "/elsewhere/secret")
    assert not isinstance(error.value, WriteError)


def test_what_a_killed_writer_left_is_removed_by_the_next(tmp_path):
    ended = subprocess.Popen(["true"])
    ended.wait()
    with atomic(tmp_path / "table.tsv") as part:
        pass_on = part.name.replace(str(os.getpid()), str(ended.pid))
        part.write_text("whole")
    for name in (pass_on, f"{pass_on}.unpacked", "table.tsv.elsewhere.1.part", "other.tsv"):
        (tmp_path / name).write_text("half")
    WRITERS["table.tsv"](tmp_path / "table.tsv")
    # Of another machine's process nothing is known here.
    assert {path.name for path in tmp_path.iterdir()} == {"table.tsv", "table.tsv.elsewhere.1.part", "other.tsv"}


# --- clusters --------------------------------------------------------------------------------------------------

SINFO = "short*|30:00|16+|64000|(null)\nlong|7-00:00:00|64|256000|(null)\ngpu|2:00:00|32|128000|gpu:a100:4(S:0-1)\n"


@pytest.fixture
def partitions() -> list:
    return [cluster.Partition.read(line) for line in SINFO.splitlines()]


def test_what_sinfo_says_is_read(partitions):
    short, long, gpu = partitions
    assert (short.name, short.default, short.runtime, short.threads, short.gpu) == ("short", True, 30, 16, 0)
    assert (long.default, long.runtime, gpu.gpu, gpu.mem_mb) == (False, 7 * 1440, 4, 128000)
    assert [cluster.to_minutes(text) for text in ("infinite", "1-12", "1-02:30:00", "5:00")] == [None, 2160, 1590, 5]


@pytest.mark.parametrize(
    ("job", "wanted"),
    [
        (
            {"runtime": 31},
            "train_model asks partition short for 31 minutes and it offers 30; set slurm_partition to long",
        ),
        ({"gpu": 1}, "for 1 GPU and it offers none; set slurm_partition to gpu."),
        ({"gpu": 1, "runtime": 500}, "for 500 minutes and it offers 30; no partition has more"),
        (
            {"gpu": 1, "runtime": 500, "slurm_partition": "gpu"},
            "for 500 minutes and it offers 120; no partition has more",
        ),
        ({"threads": 65, "slurm_partition": "long"}, "for 65 threads and it offers 64; no partition has as many"),
        ({"mem_mb": 300_000}, "300000 MB of memory"),
        (
            {"slurm_partition": "lon"},
            "there is no partition 'lon'; set slurm_partition in the profile to one of: short",
        ),
    ],
)
def test_a_job_that_its_partition_can_never_run_is_refused(partitions, job, wanted):
    with pytest.raises(WorkflowError) as error:
        cluster.check_partitions([("split_dataset", {"runtime": 5}), ("train_model", job)], partitions)
    assert wanted in sentence(error)


def test_without_a_gpu_anywhere_the_remedy_is_the_cpu(partitions):
    with pytest.raises(WorkflowError, match="no partition has a GPU, so set `device: cpu`"):
        cluster.check_partitions([("train_model", {"gpu": 1})], partitions[:2])


@dataclass
class Job:
    rule: SimpleNamespace
    resources: dict
    threads: int = 1


def job(rule: str, **resources) -> Job:
    return Job(SimpleNamespace(name=rule), resources)


def test_a_group_is_asked_for_as_the_cluster_gets_it(partitions):
    """Times of its steps add up, and so does the memory of jobs that run side by side."""
    audit, controls = job("audit", runtime=20, mem_mb=700), job("controls", runtime=10, mem_mb=600, gpu=1)
    names, asked = cluster.asked_by([[job("negatives", runtime=60, mem_mb=1000)], [audit, controls]])
    assert names == "negatives and audit and controls"
    assert asked == {"slurm_partition": None, "runtime": 80, "mem_mb": 1300, "threads": 2, "gpu": 1}
    with pytest.raises(WorkflowError, match="asks partition short for 80 minutes and it offers 30"):
        cluster.check_partitions([(names, {**asked, "gpu": 0})], partitions)


def test_a_group_of_two_partitions_is_refused():
    steps = [[job("predict_pairs", slurm_partition="gpu")], [job("evaluate_predictions", slurm_partition="cpu")]]
    with pytest.raises(WorkflowError, match=r"predict_pairs and evaluate_predictions are sent as one job.*gpu, cpu"):
        cluster.asked_by(steps)


def test_jobs_of_a_group_share_the_partitions_limit(monkeypatch):
    monkeypatch.setattr(cluster, "LIMITS", {"runtime": 120})
    asked = [cluster.minutes(first, of=90) for first in (60, 10, 20)]
    assert [sum(each(None, attempt) for each in asked) for attempt in (1, 2, 3)] == [90, 119, 119]


def test_jobs_ask_for_more_with_each_attempt_but_not_for_more_than_there_is(partitions, monkeypatch):
    used = [("a", {"runtime": 20}), ("b", {"runtime": 60, "slurm_partition": "gpu"})]
    found = cluster.check_partitions(used, partitions)
    assert found == {"runtime": 30, "mem_mb": 64000}
    assert [cluster.minutes(20)(None, attempt) for attempt in (1, 2, 3)] == [20, 40, 80]
    monkeypatch.setattr(cluster, "LIMITS", found)
    assert [cluster.minutes(20)(None, attempt) for attempt in (1, 2, 3)] == [20, 30, 30]
    assert [cluster.minutes(60)(None, attempt) for attempt in (1, 2)] == [60, 60]
    assert [cluster.memory(20_000)(None, attempt) for attempt in (1, 2, 3)] == [20_000, 40_000, 64_000]


def rule_blocks() -> dict[str, str]:
    """Text of each rule that runs a script."""
    text = "\n".join(path.read_text() for path in sorted((ROOT / "workflow" / "rules").glob("*.smk")))
    blocks = re.findall(r"^rule (\w+):\n(.*?)(?=^\S|\Z)", text, flags=re.M | re.S)
    return {name: block for name, block in blocks if "script:" in block}


def test_every_rule_says_what_it_does_and_what_it_takes():
    rules = rule_blocks()
    assert len(rules) > 30
    for name, block in rules.items():
        message = re.search(r'^    message:\n        "(.+)"\n', block, flags=re.M)
        assert message and len(message[1]) < 100, f"{name}: needs a message, one short line"
        # The cluster adds up the times of a group, so its rules say what that is.
        times = r"runtime=minutes\(\d+, of=\d+\)" if "    group:" in block else r"runtime=minutes\(\d+\)"
        for need in (r"mem_mb=memory\(\d+\)", times):
            assert re.search(need, block), f"{name}: needs {need}"


def test_rules_ask_for_more_than_was_measured():
    measured = read_tsv(ROOT / "docs" / "resources.tsv").set_index("rule")
    rules = rule_blocks()
    assert set(measured.index) <= set(rules)
    for rule, row in measured.iterrows():
        memory, minutes = (int(re.search(rf"{word}\((\d+)", rules[rule])[1]) for word in ("memory", "minutes"))
        assert memory >= 1.25 * row["mb"] and 60 * minutes >= 2 * row["seconds"], rule
    heavy = {"train_model", "pretrain_dnabert", "embed_sequences", "predict_pairs", "generate_negatives"}
    assert heavy <= set(measured.index)


# --- containers ------------------------------------------------------------------------------------------------


def test_the_container_has_the_locks_packages_and_no_other():
    text = (ROOT / "envs" / "deepmirnatar.def").read_text()
    installs = re.findall(r"pip install (.+)", text)
    assert installs == ["--no-cache-dir -r /opt/requirements.lock"]
    assert re.search(r"^    requirements\.lock /opt/requirements\.lock$", text, flags=re.M)
    assert not re.search(r"\b(apt|apt-get|conda|wget|curl)\b", text.partition("%post")[2])
    version = re.search(r"^From: python:(\d+\.\d+)-slim", text, flags=re.M)[1]
    data = yaml.safe_load((ROOT / "envs" / "data.yaml").read_text())
    assert f"python={version}" in data["dependencies"]
