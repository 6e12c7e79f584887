"""What a prediction costs: CPU seconds and memory of whole commands, start included, beside RNAhybrid on the same rows.

CPU seconds are counted, not those of the clock, so that other work on the machine matters less; each is the better of
two runs. RNAhybrid (Debian's package `rnahybrid`) reads the first miRNAs and 3'UTRs of the same files, since it would
take hours for all; the unit that compares is a letter of a 3'UTR read for one miRNA, and both write every site.

python -m benchmarks.prediction_speed    writes docs/tables/prediction_speed.tsv; five minutes, human set fetched
"""

import os
import shutil
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
FOR_RNAHYBRID = (3, 60)  # miRNAs, 3'UTRs
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
    seconds, memory = [], 0
    for _ in range(REPEATS):
        pid = os.posix_spawnp(
            command[0],
            command,
            os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 1, str(folder / "stdout"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600),
                (os.POSIX_SPAWN_OPEN, 2, str(folder / "stderr"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600),
            ],
        )
        _, status, usage = os.wait4(pid, 0)
        if status:
            sys.exit((folder / "stderr").read_text())
        seconds.append(usage.ru_utime + usage.ru_stime)
        memory = max(memory, usage.ru_maxrss // 1024)
    log.info("%s: %.1f s, %d MB", " ".join(command[:5]), min(seconds), memory)
    return round(min(seconds), 1), memory


if __name__ == "__main__":
    main()
