"""Memory of each step from download to training on a made-up table as large as manakov2022, and on a tenth of it.

python benchmarks/large_table.py    writes docs/large_table.tsv, which fills docs/datasets.md; an hour and 3 GB of disk
"""

import os
import signal
import sys
import tempfile
import time
import traceback
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from deepmirnatar.common.files import write_tsv

# Rows of the files as miRBench publishes them.
ROWS = {"train": 2_524_246, "test": 337_106, "leftout": 28_232}
STANZA = {
    "orientation": "corrected",
    "duplicates": "drop",
    "conflicts": "drop",
    "false_negatives": "keep",
    "sample": None,
    "seed": 1,
}
STANZA |= {
    "mirbase": False,
    "without_targets": [],
    "apart_from": [],
    "negatives": {"strategy": "given"},
    "negatives_stay": True,
    "split": {"strategy": "given", "valid_from_train": 0.1},
}
MODEL = {"predictor": "interaction_map", "settings": {"epochs": 1}}
LONGEST = 600  # seconds that a step is watched; a training on the large table takes longer


def main() -> None:
    rows = []
    with tempfile.TemporaryDirectory() as place:
        for share in (0.1, 1.0):
            folder = Path(place, str(share))
            folder.mkdir()
            files = {split: make(folder, split, int(count * share)) for split, count in ROWS.items()}
            for step, job in steps(folder, files).items():
                megabytes, seconds, done = watched(job, LONGEST)
                pairs = sum(int(count * share) for count in ROWS.values())
                rows.append((step, pairs, round(megabytes), round(seconds), "yes" if done else "no"))
                print(*rows[-1], flush=True)
    write_tsv(pd.DataFrame(rows, columns=["step", "pairs", "mb", "seconds", "done"]), ROOT / "docs" / "large_table.tsv")


def make(folder: Path, split: str, count: int) -> Path:
    """A file in miRBench's form: 800 miRNAs, sites that are all different, three to a gene."""
    rng = np.random.default_rng(len(split))
    mirnas = np.random.default_rng(1).choice([*"ACGT"], (800, 22)).view("U22").ravel()
    path = folder / f"AGO2_eCLIP_Manakov2022_{split}.tsv"

    def blocks():
        for start in range(0, count, 100_000):
            size = min(100_000, count - start)
            mirna = rng.integers(0, 800, size)
            yield pd.DataFrame(
                {
                    "gene": rng.choice([*"ACGT"], (size, 50)).view("U50").ravel(),
                    "noncodingRNA": mirnas[mirna],
                    "noncodingRNA_name": [f"hsa-miR-{number}" for number in mirna],
                    "noncodingRNA_fam": [f"mir-{number // 3}" for number in mirna],
                    "feature": "exon",
                    "label": rng.integers(0, 2, size),
                    "gene_cluster_ID": rng.integers(0, count // 3, size),
                }
            )

    write_tsv(blocks(), path)
    return path


def steps(folder: Path, files: dict[str, Path]) -> dict:
    """Step -> a function that runs it, in the order in which they run."""
    from scripts import (
        audit_dataset,
        filter_pairs,
        generate_negatives,
        make_controls,
        merge_sources,
        parse_source,
        predict_pairs,
        split_dataset,
        train_model,
    )

    names = ("parsed", "merged", "kept", "dropped", "yes", "no", "pairs", "audit", "balance", "controls", "scores")
    path = {name: folder / f"{name}.tsv" for name in names}
    reports = [folder / f"report-{number}.tsv" for number in range(5)]
    filtered = {"kept": path["kept"], "dropped": path["dropped"], "report": reports[2]}
    seeds = {"predictor": "seed_match", "settings": {}}

    def train(model: dict, name: str) -> None:
        outputs = {each: str(folder / f"{name}.{each}") for each in ("model", "history", "settings")}
        train_model.main(path["pairs"], {}, model, "corrected", 1, "cpu", 1, folder / "checkpoints", outputs)

    def predict() -> None:
        model, settings = folder / "seeds.model", folder / "seeds.settings"
        predict_pairs.main(path["pairs"], {}, model, settings, "a:test", "corrected", "cpu", 1, path["scores"])

    return {
        "parse_source": lambda: parse_source.main(
            "manakov2022", files, [], ROOT / "resources/sources.tsv", {}, 1, path["parsed"], reports[0]
        ),
        "merge_sources": lambda: merge_sources.main([path["parsed"]], STANZA, path["merged"], reports[1]),
        "filter_pairs": lambda: filter_pairs.main(path["merged"], [], [], STANZA, filtered),
        "generate_negatives": lambda: generate_negatives.main(
            path["kept"], [], STANZA, 1, path["yes"], path["no"], reports[3]
        ),
        "split_dataset": lambda: split_dataset.main(path["yes"], path["no"], STANZA, path["pairs"], reports[4]),
        "audit_dataset": lambda: audit_dataset.main(path["pairs"], "corrected", path["audit"], path["balance"]),
        "make_controls": lambda: make_controls.main(path["pairs"], STANZA, path["controls"]),
        "train_model (seed match)": lambda: train(seeds, "seeds"),
        "predict_pairs (seed match)": predict,
        "train_model (DeepmiRNATar 2)": lambda: train(MODEL, "map"),
    }


def watched(job, longest: int) -> tuple[float, float, bool]:
    """MB of resident memory at the most, seconds, and whether the job was done before it was stopped after `longest`.

    The job is a process of its own. SystemExit where it fails or is killed by another.
    """
    start, process, stopped = time.monotonic(), os.fork(), False
    if not process:
        status = 1
        try:
            job()
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(status)
    while not (ended := os.wait4(process, os.WNOHANG))[0]:
        if not stopped and time.monotonic() - start > longest:
            os.kill(process, signal.SIGKILL)
            stopped = True
        time.sleep(0.2)
    _, status, usage = ended
    if status and not stopped:
        raise SystemExit(f"a step failed with status {status}")
    return usage.ru_maxrss / 1024, time.monotonic() - start, status == 0


if __name__ == "__main__":
    main()
