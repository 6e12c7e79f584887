"""How many pairs a second does a predictor train on and score, on one CPU thread?

Random sequences of the released data's usual lengths, since nothing of a pair but its length costs time. CPU seconds
are counted, not those of the clock, so that other work on the machine matters less; each figure is the best of
`repeats`. The paper's own code gave 222 to 251 pairs a second in training and 900 to 1,010 in scoring, on another core.

python benchmarks/speed.py    writes docs/tables/speed.tsv; a quarter of an hour
"""

import os

os.environ["OMP_NUM_THREADS"] = "1"

import platform
import sys
import time
from datetime import UTC, datetime
from functools import reduce
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
import yaml

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from deepmirnatar import predictors
from deepmirnatar.common.files import write_tsv
from deepmirnatar.common.logs import log
from deepmirnatar.embeddings.vectors import Features
from deepmirnatar.predictors.base import Context
from deepmirnatar.study.stanzas import merge_stanzas
from deepmirnatar.study.study import Study

# The paper's network and ours, as a CPU trains them.
MODELS = ("papers_network", "papers_network_3_epochs", "interaction_map")
MIRNA_NT, SITE_NT, K = 22, 40, 4
VALID = 64  # rows: a fit must have some
PAPERS_CODE = {"training": 222, "scoring": 900}  # pairs per second, the lower end of what was measured


def main() -> None:
    configs = [yaml.safe_load((ROOT / "config" / name).read_text()) for name in ("config.yaml", "fast.yaml")]
    study = Study(reduce(merge_stanzas, configs), ROOT)
    table = measure_speed({name: study.models[name] for name in MODELS})
    machine = platform.processor() or platform.machine()
    today = datetime.now(UTC).date().isoformat()
    write_tsv(table.assign(machine=machine, date=today), ROOT / "docs/tables/speed.tsv")


def measure_speed(models: dict[str, dict], rows: int = 3072, repeats: int = 3, seed: int = 1) -> pd.DataFrame:
    """Columns model, task (training, scoring), pairs_per_second, times_papers_code, rows.

    `models`: name -> complete stanza (predictor, settings, embeddings). Each trains one epoch on `rows` rows with the
    stanza's batch size, and scores as many.
    """
    rng = np.random.default_rng(seed)
    pairs = pd.DataFrame(
        {
            "mirna_sequence": _draw(rng, rows + VALID, MIRNA_NT),
            "target_sequence": _draw(rng, rows + VALID, SITE_NT),
            "label": np.arange(rows + VALID) % 2,
        }
    )
    train, valid = pairs.iloc[:rows], pairs.iloc[rows:].reset_index(drop=True)
    columns = {"mirna": ("mirna_sequence", 34), "site": ("target_sequence", 96)}
    found = []
    for name, stanza in models.items():
        used = {strand: columns[strand] for strand in stanza["embeddings"]}
        features = {strand: _vectors(rng, pairs[column], size) for strand, (column, size) in used.items()}
        best = {"training": np.inf, "scoring": np.inf}
        for _ in range(repeats):
            with TemporaryDirectory() as folder:
                context = Context(seed, 1, "cpu", Path(folder), features)
                predictor = predictors.load_class(stanza["predictor"])({**stanza["settings"], "epochs": 1})
                for task, run in {"training": predictor.fit, "scoring": predictor.predict}.items():
                    started = time.process_time()
                    run(*((train, valid) if task == "training" else (train,)), context)
                    best[task] = min(best[task], time.process_time() - started)
        for task, seconds in best.items():
            speed = rows / seconds
            found.append((name, task, round(speed), round(speed / PAPERS_CODE[task], 2), rows))
            log.info("%s: %s %.0f pairs/s, %.1f times the paper's own code", name, task, *found[-1][2:4])
    return pd.DataFrame(found, columns=["model", "task", "pairs_per_second", "times_papers_code", "rows"])


def _draw(rng: np.random.Generator, rows: int, length: int) -> list[str]:
    return ["".join(row) for row in rng.choice(list("ACGU"), (rows, length))]


def _vectors(rng: np.random.Generator, sequences: pd.Series, size: int) -> Features:
    """A vector per 4-mer of each sequence, at random."""
    distinct = pd.Index(sequences.unique())
    offsets = np.cumsum([0, *(distinct.str.len() - K + 1)]).astype(np.int64)
    table = rng.normal(size=(1000, size)).astype(np.float16)
    return Features(table, rng.integers(0, 1000, offsets[-1]), offsets, distinct)


if __name__ == "__main__":
    main()
