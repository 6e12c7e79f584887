"""How long the study of config/fast.yaml takes in one go, from the downloads to the last figure, rule by rule.

python benchmarks/whole_study.py [CORES] [key=value ...]    in a fresh clone; writes docs/whole_study.tsv, which
fills the README and docs/reproduce.md; hours. `key=value` go to Snakemake's --config.
"""

import re
import subprocess
import sys
import tempfile
from datetime import datetime
from pathlib import Path

import pandas as pd
import torch

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from deepmirnatar.common.files import write_tsv

TIME = re.compile(r"\[(\w{3} \w{3} +\d+ [\d:]{8} \d{4})\]")
STARTED, FINISHED = re.compile(r"Job (\d+): "), re.compile(r"Finished jobid: (\d+) \(Rule: (\w+)\)")


def main(cores: str = "2", *config: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["git", "clone", "--quiet", ROOT, folder], check=True)
        command = [sys.executable, "-m", "snakemake", "--cores", cores, "--configfile", "config/fast.yaml"]
        command += ["--config", *config] if config else []
        file = Path(folder, "run.log")
        print(f"Follow it with: tail -f {file}", flush=True)
        with file.open("w", encoding="utf-8") as log:
            done = subprocess.run(command, cwd=folder, stdout=log, stderr=subprocess.STDOUT)
        log = file.read_text(errors="replace", encoding="utf-8")
    if done.returncode:
        sys.exit(f"{log[-3000:]}\nThe run failed, so nothing is written.")
    write_tsv(by_rule(log).assign(cores=cores, **machine()), ROOT / "docs" / "whole_study.tsv")


def by_rule(log: str) -> pd.DataFrame:
    """Rule, jobs, minutes (of all its jobs, their start included) and longest; first the whole run by the clock."""
    now, started, jobs, times = None, {}, [], []
    for line in log.splitlines():
        if found := TIME.match(line):
            now = datetime.strptime(found[1], "%a %b %d %H:%M:%S %Y")
            times.append(now)
        elif found := STARTED.match(line):
            started[found[1]] = now
        elif found := FINISHED.match(line):
            # `all` ends without a line of its start.
            jobs.append((found[2], (now - started.get(found[1], now)).total_seconds() / 60))
    minutes = pd.DataFrame(jobs, columns=["rule", "minutes"]).groupby("rule")["minutes"]
    rules = minutes.agg(jobs="count", minutes="sum", longest="max").sort_values("minutes", ascending=False)
    clock = (times[-1] - times[0]).total_seconds() / 60
    whole = pd.DataFrame([("whole run", len(jobs), clock, rules["longest"].max())], columns=["rule", *rules.columns])
    return pd.concat([whole, rules.reset_index()], ignore_index=True).round({"minutes": 1, "longest": 1})


def machine() -> dict[str, str]:
    """Columns that say on what machine and when."""
    known = dict(
        re.findall(r"^(model name)\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(encoding="utf-8"), re.MULTILINE)
    )
    bfloat16 = "yes" if torch.cpu._is_avx512_bf16_supported() else "no"
    return {"machine": known["model name"], "bfloat16": bfloat16, "date": datetime.now().date().isoformat()}


if __name__ == "__main__":
    main(*sys.argv[1:])
