"""Kill -9 at random moments over all stages of the smallest study, run again, compare with an undisturbed run.

python benchmarks/kill_sweep.py [KILLS] [SEED]    writes docs/kills.tsv and docs/faults.tsv,
which fill docs/reliability.md
"""

import os
import signal
import sys
import tempfile
import time
from contextlib import suppress
from itertools import cycle
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
import small_study
from small_study import TARGETS

from deepmirnatar.common.files import write_tsv

# Stage -> seconds that its job takes at most, of which one is drawn.
STAGES = {
    "download_source": 0.3,
    "parse_reference": 1,
    "generate_negatives": 1.5,
    "pretrain_dnabert": 5,
    "embed_sequences": 2,
    "train_model": 8,
    "predict_pairs": 3,
    "score_targets": 2,
    "plot_figure": 2,
}


def main(kills: int = 20, seed: int = 1) -> int:
    with tempfile.TemporaryDirectory() as place:
        undisturbed, killed = (Path(place, name) for name in ("undisturbed", "killed"))
        for folder in (undisturbed, killed):
            folder.mkdir()
            small_study.make(folder)
        other = small_study.start(undisturbed, "--cores", "1", *TARGETS)
        stages = sorted((stage for stage, _ in zip(cycle(STAGES), range(kills))), key=list(STAGES).index)
        rows = sweep(killed, stages, np.random.default_rng(seed))
        answer = small_study.run(killed, *TARGETS)
        assert answer.returncode == 0, answer.stdout
        assert other.wait() == 0, (undisturbed / "said.log").read_text(encoding="utf-8")
        whole = small_study.results(undisturbed)
        lost = compare(killed, whole)
    table = pd.DataFrame(rows, columns=["stage", "seconds_into_it", "running_when_killed"])
    write_tsv(table, small_study.ROOT / "docs" / "kills.tsv")
    small_study.note("kills", {"moments tried": len(table), "files compared": len(whole), "files lost": len(lost)})
    print(table.to_string())
    print(f"moments tried: {len(table)}, files lost or different: {len(lost)}")
    print("\n".join(lost))
    return len(lost)


def sweep(folder: Path, stages: list[str], rng: np.random.Generator, targets: tuple = TARGETS) -> list[tuple]:
    """Kill once in each of the stages, in their order; each next start goes on where the last one was killed."""
    rows = []
    for stage in stages:
        after = round(float(rng.uniform(0, STAGES[stage])), 2)
        rows.append((stage, after, kill(folder, stage, after, targets)))
    return rows


def kill(folder: Path, stage: str, after: float, targets: tuple = TARGETS) -> str:
    """Start the study, kill it and all its jobs `after` seconds into the stage; unlock, and say which rule it hit.

    Where the last kill came too late for this stage to be left, into the next one that is.
    """
    started = time.time()
    stages = list(STAGES)[list(STAGES).index(stage) :]
    process = small_study.start(folder, "--cores", "1", *targets, start_new_session=True)
    while process.poll() is None and not _logs(folder, started, stages):
        time.sleep(0.01)
    time.sleep(after)
    hit = max(_logs(folder, started))[1] if process.poll() is None else "none: finished"
    # Everything at once, as at a power cut: Snakemake and its jobs.
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    answer = small_study.run(folder, "--unlock")
    assert answer.returncode == 0, answer.stdout
    return hit


def _logs(folder: Path, since: float, rules: list[str] | None = None) -> list[tuple[float, str]]:
    """(time, rule) of the logs that jobs, of these rules or of any, have begun since then."""
    found = []
    for path in (folder / "logs").rglob("*.log"):
        rule = path.relative_to(folder / "logs").parts[0].removesuffix(".log")
        try:
            if (rules is None or rule in rules) and (written := path.stat().st_mtime) > since:
                found.append((written, rule))
        except FileNotFoundError:  # removed before its job begins again
            continue
    return found


def compare(folder: Path, wanted: dict[str, bytes]) -> list[str]:
    """What differs from an undisturbed run: results, and files that were left half-written."""
    found = small_study.results(folder)
    wrong = [name for name in sorted({*found, *wanted}) if found.get(name) != wanted.get(name)]
    left = [str(path) for place in ("results", "resources") for path in (folder / place).rglob("*.part*")]
    return wrong + left + [str(path) for path in (folder / "results" / "checkpoints").rglob("last.pt")]


if __name__ == "__main__":
    sys.exit(bool(main(*map(int, sys.argv[1:]))))
