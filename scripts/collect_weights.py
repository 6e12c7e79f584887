"""The weights that the package carries: a finished run's site predictor in half precision, digests
of the pairs that it was trained on, and the repression model.

Reads a run, the pairs it was trained on and the fitted repression; says in both files what made them.
"""

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np

from deepmirnatar import __version__
from deepmirnatar.common.files import atomic, read_tensors, sha256, write_tensors
from deepmirnatar.common.logs import log, log_to
from deepmirnatar.datasets.seen import pair_digests
from deepmirnatar.pairs import read_pairs

WHAT_MADE_THEM = ("seed", "rows", "pairs_sha256", "date", "epochs", "threshold_valid", "commit", "mirna_counts")


def main(model: str, settings: str, pairs: str, repression: str, outputs: dict[str, str]) -> None:
    about = json.loads(Path(settings).read_text())
    trained_on = read_pairs(pairs, ["train", "valid"])
    seen = trained_on.groupby("mirna")["label"].agg(["sum", "size"])
    # miRNA -> how many positives and how many negatives of it were seen in training.
    about["mirna_counts"] = {row.Index: [int(row.sum), int(row.size - row.sum)] for row in seen.itertuples()}
    about["commit"] = _commit()
    arrays, description = read_tensors(model)
    narrow = {name: array.astype(np.float16) if array.dtype == np.float32 else array for name, array in arrays.items()}
    kept = {key: about[key] for key in WHAT_MADE_THEM}
    description |= {**kept, "version": __version__, "from_sha256": sha256(model)}
    write_tensors(narrow, description, outputs["sites"])
    write_tensors(
        {"pairs": np.unique(pair_digests(trained_on))}, {"pairs_sha256": about["pairs_sha256"]}, outputs["seen"]
    )
    with atomic(outputs["repression"]) as part:
        shutil.copy(repression, part)
    for path in outputs.values():
        log.info("%s: %.0f KB", path, Path(path).stat().st_size / 1000)


def _commit() -> str | None:
    """Of the code that runs, where it is a git checkout."""
    command = ["git", "-C", str(Path(__file__).parent), "rev-parse", "HEAD"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return None


if __name__ == "__main__":
    log_to(snakemake.log[0])
    main(
        snakemake.input.model,
        snakemake.input.settings,
        snakemake.input.pairs,
        snakemake.input.repression,
        dict(snakemake.output.items()),
    )
