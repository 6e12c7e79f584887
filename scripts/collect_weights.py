"""The weights that the package carries: a finished run's site predictor in half precision, and the repression model.

Reads a run and the fitted repression; says in both files what made them.
"""

import json
import shutil
from pathlib import Path

import numpy as np

from deepmirnatar import __version__
from deepmirnatar.common.files import atomic, read_tensors, sha256, write_tensors
from deepmirnatar.common.logs import log, log_to


def main(model: str, settings: str, repression: str, outputs: dict[str, str]) -> None:
    about = json.loads(Path(settings).read_text())
    arrays, description = read_tensors(model)
    narrow = {name: array.astype(np.float16) if array.dtype == np.float32 else array for name, array in arrays.items()}
    kept = {key: about[key] for key in ("seed", "rows", "pairs_sha256", "date", "epochs", "threshold_valid")}
    write_tensors(
        narrow, {**description, **kept, "version": __version__, "from_sha256": sha256(model)}, outputs["sites"]
    )
    with atomic(outputs["repression"]) as part:
        shutil.copy(repression, part)
    for path in outputs.values():
        log.info("%s: %.0f KB", path, Path(path).stat().st_size / 1000)


if __name__ == "__main__":
    log_to(snakemake.log[0])
    main(
        snakemake.input.model,
        snakemake.input.settings,
        snakemake.input.repression,
        dict(snakemake.output.items()),
    )
