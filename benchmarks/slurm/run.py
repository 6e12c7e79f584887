"""The smallest study through profiles/slurm on a real Slurm: one training is cancelled, results equal a local run's.

python benchmarks/slurm/run.py [--write]    needs root and Debian's packages, else says why it is skipped;
--write notes what was seen in docs/faults.tsv, which fills docs/reliability.md
"""

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parents[1]), str(HERE.parents[1] / "tests")]
import small_study

TARGETS = ["results/tables/small/results.tsv"]
SLURM = ["--workflow-profile", "profiles/slurm", "--slurm-init-seconds-before-status-checks", "1"]
NOT_HERE = (3, 4)  # what up.sh answers where Slurm cannot be had


def on_slurm(check: Callable[[Path], None]) -> int:
    """Run `check` in an empty folder on a Slurm of one node and print the record of its jobs; 0 also where skipped."""
    with tempfile.TemporaryDirectory() as place:
        slurm = Path(place, "slurm")
        up = subprocess.run(["bash", HERE / "up.sh", slurm], text=True, stderr=subprocess.PIPE)
        if up.returncode in NOT_HERE:
            print(f"SKIPPED: {up.stderr.strip()}")
            return 0
        try:
            assert up.returncode == 0, up.stderr
            small_study.ENVIRONMENT["SLURM_CONF"] = os.environ["SLURM_CONF"] = str(slurm / "slurm.conf")
            check(Path(place))
            print(accounting(slurm))
        finally:
            subprocess.run(["bash", HERE / "down.sh", slurm], check=True)
    return 0


def check(place: Path) -> None:
    local, cluster = (Path(place, name) for name in ("local", "cluster"))
    for folder in (local, cluster):
        folder.mkdir()
        small_study.make(folder)
    refused(cluster)
    started = time.monotonic()
    # Both at once: the one is waiting for the queue most of the time.
    alone = small_study.start(local, "--cores", "1", *TARGETS)
    through = small_study.start(cluster, *TARGETS, *SLURM)
    cancelled = cancel_training(cluster, through)
    code = through.wait()
    minutes = (time.monotonic() - started) / 60
    assert alone.wait() == 0, (local / "said.log").read_text(encoding="utf-8")
    text = (cluster / "said.log").read_text(encoding="utf-8")
    assert code == 0, text
    log = (cluster / "logs/train_model/small/small_model/seed-1.log").read_text(encoding="utf-8")
    assert "continuing from checkpoint" in log, log
    wanted, found = small_study.results(local), small_study.results(cluster)
    assert found == wanted, [name for name in {*found, *wanted} if found.get(name) != wanted.get(name)]
    sent = len(re.findall(r"has been submitted with SLURM jobid", text))
    if "--write" in sys.argv:
        seen = {
            "jobs": sent,
            "minutes": round(minutes, 1),
            "results compared": len(wanted),
            "results equal": len(found),
        }
        small_study.note("slurm", seen)
    print(
        f"{sent} Slurm jobs in {minutes:.1f} minutes; job {cancelled} was cancelled in training, the next went on from "
        f"its checkpoint; {len(found)} results equal those of the local run."
    )


def refused(folder: Path) -> None:
    """What no partition can run is said before any job is sent."""
    for more, wanted in (
        (["--default-resources", "slurm_partition=short"], "set slurm_partition to cpu"),
        (["--set-resources", "train_model:runtime=200"], "asks partition cpu for 200 minutes and it offers 120"),
        (["--config", "device=auto"], "no partition has a GPU, so set `device: cpu`"),
    ):
        answer = small_study.run(folder, *TARGETS, *SLURM, *more)
        assert answer.returncode and wanted in answer.stdout, answer.stdout
        assert not (folder / "results").exists()
        print(next(line for line in answer.stdout.splitlines() if wanted in line))


def cancel_training(folder: Path, process: subprocess.Popen) -> str:
    """`scancel` the network's training as soon as it has a checkpoint; return its Slurm id."""
    while process.poll() is None:
        if (folder / "logs/train_model/small/small_model/seed-1.log").exists() and list(
            (folder / "results/checkpoints").rglob("last.pt")
        ):
            queue = subprocess.run(["squeue", "-h", "-o", "%i %k"], capture_output=True, text=True).stdout
            found = re.search(r"^(\d+) .*train_model.*small_model", queue, flags=re.M)
            if found:
                subprocess.run(["scancel", found[1]], check=True)
                return found[1]
        time.sleep(0.02)
    raise AssertionError((folder / "said.log").read_text(encoding="utf-8"))


def accounting(slurm: Path) -> str:
    """Slurm's own record of each job: it has no database here, so of its log of finished jobs."""
    lines = []
    for line in (slurm / "jobs.log").read_text(encoding="utf-8").splitlines():
        told = dict(re.findall(r"(\w+)=(\S*)", line))
        job = subprocess.run(["scontrol", "-o", "show", "job", told["JobId"]], capture_output=True, text=True).stdout
        more = dict(re.findall(r"(\w+)=(\S*)", job))
        keys = ("JobId", "Partition", "JobState", "TimeLimit", "StartTime", "EndTime", "ProcCnt")
        asked = f"mem={more.get('MinMemoryNode', '')} {more.get('Comment', '')}"
        lines.append(" ".join(f"{key}={told.get(key, '')}" for key in keys) + f" {asked}")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(on_slurm(check))
