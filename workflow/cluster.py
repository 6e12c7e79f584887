"""What jobs ask of a machine or cluster, and whether it can give it: checked before the first job starts.

A rule asks for what its largest measured job took, with a margin, and for twice as much with each further attempt;
trainings go on from their checkpoint, so a small first request loses nothing.
"""

import re
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from snakemake.exceptions import WorkflowError

# Most that a job may ask for when it grows, by resource; read from the partitions in use when a run starts.
LIMITS: dict[str, int] = {}
GPU_DRIVERS = ("/dev/nvidiactl", "/dev/kfd", "/dev/dxg")  # NVIDIA's, AMD's, either's under Windows


def memory(mb: int) -> Callable:
    """For `mem_mb`: MB in the first attempt, twice as much in each further one, up to what the partitions offer."""
    return _growing("mem_mb", mb)


def minutes(first: int, of: int | None = None) -> Callable:
    """For `runtime`: minutes in the first attempt, twice as many in each further one, up to the partitions' limit.

    `of`: what the jobs of a group, whose times the cluster adds up, ask for together in the first attempt.
    """
    return _growing("runtime", first, of)


def _growing(name: str, first: int, of: int | None = None) -> Callable:
    def asked(wildcards, attempt: int) -> int:
        most = LIMITS.get(name, 2**31) * first // (of or first)
        return min(first * 2 ** (attempt - 1), max(first, most))

    return asked


@dataclass(frozen=True)
class Partition:
    """What one kind of node of a Slurm partition offers; `runtime` in minutes, None where there is no limit."""

    name: str
    default: bool
    runtime: int | None
    threads: int
    mem_mb: int
    gpu: int

    @classmethod
    def read(cls, line: str) -> "Partition":
        """From a line of `sinfo -h -o '%P|%l|%c|%m|%G'`."""
        name, limit, cpus, mem, gres = line.strip().split("|")
        gpus = re.findall(r"gpu(?::[^:,()]+)?:(\d+)", gres)
        # "32+": some of these nodes have more.
        whole = [int(text.rstrip("+")) for text in (cpus, mem)]
        return cls(name.rstrip("*"), name.endswith("*"), to_minutes(limit), *whole, sum(map(int, gpus)))

    def lacks(self, job: dict) -> str:
        """The first thing that a job, a dict of resources, asks for and this partition does not have; or ''."""
        for name, unit in (("runtime", "minutes"), ("mem_mb", "MB of memory"), ("threads", "threads"), ("gpu", "GPU")):
            offered = getattr(self, name)
            if offered is not None and (job.get(name) or 0) > offered:
                return f"{job[name]} {unit} and it offers {offered or 'none'}"
        return ""


def to_minutes(limit: str) -> int | None:
    """Slurm's days-hours:minutes:seconds in whole minutes; None for no limit."""
    if not re.search(r"\d", limit):
        return None
    days, _, clock = limit.rpartition("-")
    parts = [int(part) for part in clock.split(":")]
    missing = [0] * (3 - len(parts))
    hours, mins, _ = parts + missing if days else missing + parts
    return int(days or 0) * 1440 + hours * 60 + mins


def check_partitions(jobs: Iterable[tuple[str, dict]], partitions: list[Partition]) -> dict[str, int]:
    """The largest `runtime` and `mem_mb` that every partition in use offers.

    Jobs: (rule, resources with `slurm_partition` where it is set). WorkflowError for the first job that its partition
    can never run.
    """
    default = next((each.name for each in partitions if each.default), None)
    used = set()
    for rule, job in jobs:
        wanted = job.get("slurm_partition") or default
        mine = [each for name in (wanted or "").split(",") for each in partitions if each.name == name]
        if not mine:
            known = ", ".join(dict.fromkeys(each.name for each in partitions)) or "none"
            said = f"there is no partition {wanted!r}" if wanted else "this Slurm has no default partition"
            raise WorkflowError(f"{said}; set slurm_partition in the profile to one of: {known}.")
        if all(each.lacks(job) for each in mine):
            others = dict.fromkeys(each.name for each in partitions if not each.lacks(job))
            remedy = f"set slurm_partition to {' or '.join(others)}" if others else _less(job, partitions)
            raise WorkflowError(f"{rule} asks partition {wanted} for {mine[0].lacks(job)}; {remedy}.")
        used |= {each for each in mine if not each.lacks(job)}
    return {
        name: min(offered)
        for name in ("runtime", "mem_mb")
        if (offered := [getattr(each, name) for each in used if getattr(each, name) is not None])
    }


def _less(job: dict, partitions: list[Partition]) -> str:
    """What to do where no partition can run a job."""
    if all(each.lacks({"gpu": job.get("gpu")}) for each in partitions):
        return "no partition has a GPU, so set `device: cpu`"
    if all(each.lacks({"threads": job.get("threads")}) for each in partitions):
        return "no partition has as many, so set `threads` lower"
    return "no partition has more, so ask for less under set-resources in the profile"


def check_start(workflow) -> None:
    """Refuse what cannot run here, before anything is touched. For Snakemake's `onstart`.

    Ends the program with the sentence alone; Snakemake would put its own call stack behind it.
    """
    if workflow.is_main_process:
        try:
            _check_start(workflow)
        except WorkflowError as error:
            sys.exit(f"\n{error}")


def _check_start(workflow) -> None:
    jobs = [job for job in workflow.dag.needrun_jobs() if not job.is_norun]
    if workflow.local_exec:
        if any(job.resources.get("device") == "cuda" for job in jobs):
            _need_gpu()
        return
    sent = [job for job in jobs if not job.is_local]
    if sent and (partitions := slurm_partitions()):
        group_of = {job: workflow.dag.get_job_group(job) for job in sent}
        steps = [[[job]] for job, group in group_of.items() if group is None]
        steps += [group.toposorted for group in set(group_of.values()) - {None}]
        asked = [asked_by(each) for each in steps]
        LIMITS.update(check_partitions(sorted(asked, key=lambda job: job[0]), partitions))


def asked_by(steps: list[list]) -> tuple[str, dict]:
    """Names of the rules, and the resources, of one job on the cluster: a job of the workflow, or a group's steps.

    Steps follow each other, the jobs of a step run in parallel. WorkflowError where they are of several partitions.
    """
    jobs = [job for step in steps for job in step]
    names = " and ".join(dict.fromkeys(job.rule.name for job in jobs))
    places = dict.fromkeys(job.resources.get("slurm_partition") for job in jobs)
    if len(places) > 1:
        raise WorkflowError(
            f"{names} are sent as one job, and the profile gives them the partitions "
            f"{', '.join(name or 'the default one' for name in places)}; give them one under set-resources."
        )

    def together(name: str, over_steps: Callable, over_jobs: Callable) -> int:
        return over_steps(over_jobs(_resource(job, name) for job in step) for step in steps)

    asked = {name: together(name, max, sum) for name in ("mem_mb", "threads", "gpu")}
    return names, {"slurm_partition": next(iter(places)), "runtime": together("runtime", sum, max), **asked}


def _resource(job, name: str) -> int:
    return job.threads if name == "threads" else job.resources.get(name) or 0


def has_gpu() -> bool:
    """Whether this machine has a GPU's driver; torch, which knows whether it can be used, would take seconds to say."""
    return any(Path(file).exists() for file in GPU_DRIVERS)


def _need_gpu() -> None:
    import torch

    if not torch.cuda.is_available():
        raise WorkflowError("device: cuda was asked for, but torch sees no GPU here; set `device: auto` or `cpu`.")


def slurm_partitions() -> list[Partition]:
    """What `sinfo` says; empty where there is no Slurm, or it does not answer."""
    command = ["sinfo", "--noheader", "--format", "%P|%l|%c|%m|%G"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    except (OSError, subprocess.SubprocessError):
        return []
    return [Partition.read(line) for line in answer.stdout.splitlines() if line.count("|") == 4]
