"""What a prediction costs: CPU seconds and memory of whole commands, start included, beside RNAhybrid on the same rows.

CPU seconds are counted, not those of the clock, so that other work on the machine matters less; each is the better of
two runs. RNAhybrid (Debian's package `rnahybrid`) reads the first miRNAs and 3'UTRs of the same files, since it would
take hours for all; the unit that compares is a letter of a 3'UTR read for one miRNA, and both write every site.

python -m benchmarks.prediction_speed    writes docs/tables/prediction_speed.tsv; five minutes, human set fetched
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pandas as pd

from deepmirnatar.common.files import write_tsv
from deepmirnatar.common.logs import log, log_to
from deepmirnatar.species.store import load_species

ROOT = Path(__file__).parents[1]
MIRNAS = 27
REPEATS = 2
FOR_RNAHYBRID = (3, 300)  # miRNAs, 3'UTRs
MEASURE = """
import json, resource, subprocess, sys
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([used.ru_utime + used.ru_stime, used.ru_maxrss // 1024]))
"""
COMMAND = [sys.executable, "-m", "deepmirnatar"]


def main() -> None:
    log_to(None)
    human = load_species("human")
    names = [name for name in human.mirnas["mirna"] if name.startswith("hsa-")][:: len(human.mirnas) // MIRNAS][:MIRNAS]
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        mirnas, utrs, few = place / "mirnas.fa", place / "utrs.fa", place / "few.fa"
        sequences = human.mirnas.set_index("mirna")["mirna_sequence"]
        mirnas.write_text("".join(f">{name}\n{sequences[name]}\n" for name in names))
        tails = [(row.target, row.sequence[row.cds_end :]) for row in human.mrnas.itertuples()]
        tails = [(name, tail) for name, tail in tails if tail]
        utrs.write_text("".join(f">{name}\n{tail}\n" for name, tail in tails))
        few.write_text("".join(f">{name}\n{tail}\n" for name, tail in tails[: FOR_RNAHYBRID[1]]))
        letters = sum(len(tail) for _, tail in tails)

        def ours(task: str, count: int, size: int, *arguments: str) -> None:
            out = ["--out", str(place / "out")]
            rows.append(("DeepmiRNATar", task, count, size, *cost([*COMMAND, "predict", *arguments, *out], place)))

        ours("all human mRNAs", 1, human.mrnas["sequence"].str.len().sum(), "--mirnas", names[0])
        ours("all human mRNAs", MIRNAS, human.mrnas["sequence"].str.len().sum(), "--mirnas", str(mirnas))
        ours("all human 3'UTRs", MIRNAS, letters, "--mirnas", str(mirnas), "--targets", str(utrs))
        if not shutil.which("RNAhybrid"):
            sys.exit("RNAhybrid is missing; apt-get install rnahybrid")
        some = place / "some.fa"
        some.write_text("".join(f">{name}\n{sequences[name]}\n" for name in names[: FOR_RNAHYBRID[0]]))
        size = sum(len(tail) for _, tail in tails[: FOR_RNAHYBRID[1]])
        command = ["RNAhybrid", "-s", "3utr_human", "-m", "200000", "-q", str(some), "-t", str(few)]
        rows.append(("RNAhybrid", "some human 3'UTRs", FOR_RNAHYBRID[0], size, *cost(command, place)))

    table = pd.DataFrame(rows, columns=["program", "task", "mirnas", "letters", "cpu_seconds", "mb"])
    table["letters_per_second"] = (table["mirnas"] * table["letters"] / table["cpu_seconds"]).round(-3).astype(int)
    rival = table.loc[table["program"].eq("RNAhybrid"), "letters_per_second"].iloc[0]
    table["times_rnahybrid"] = (table["letters_per_second"] / rival).round(1)
    print(table.to_string(index=False))
    write_tsv(table, ROOT / "docs/tables/prediction_speed.tsv")


def cost(command: list[str], folder: Path) -> tuple[float, int]:
    """CPU seconds of the better run, and the most MB of memory of a run."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    runs = []
    for _ in range(REPEATS):
        # A small program in between: the memory of a process counts from that of the one that began it.
        answer = subprocess.run(
            [sys.executable, "-S", "-c", MEASURE, *command], env=environment, cwd=folder, capture_output=True, text=True
        )
        if answer.returncode:
            sys.exit(answer.stderr)
        runs.append(json.loads(answer.stdout))
    seconds, memory = min(run[0] for run in runs), max(run[1] for run in runs)
    log.info("%s: %.1f s, %d MB", " ".join(command[:5]), seconds, memory)
    return round(seconds, 1), memory


if __name__ == "__main__":
    main()
