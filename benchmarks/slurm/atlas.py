"""The atlas through profiles/slurm on a real Slurm of one node: its sha256 equals that of a single run.

python benchmarks/slurm/atlas.py [SPECIES]    of a made-up species by default; needs what run.py needs
"""

import os
import re
import sys
import time
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parents[1]), str(HERE.parents[1] / "tests")]
import small_study
from run import SLURM, on_slurm

from deepmirnatar.atlas.compute import compute_atlas
from deepmirnatar.common.files import sha256
from deepmirnatar.species.file import PLACE, Species, cache_folder, species_file, write_species
from deepmirnatar.species.store import load_species


def check(place: Path, name: str) -> None:
    cache = cache_folder() if name else place / "cache"
    small_study.ENVIRONMENT[PLACE] = os.environ[PLACE] = str(cache)
    if not name:
        name = "made-up"
        write_species(made_up(name), species_file(name))
    cluster = place / "cluster"
    cluster.mkdir()
    small_study.make(cluster)
    started, wanted = time.monotonic(), f"results/atlas/{name}.sqlite"
    code = small_study.start(cluster, wanted, *SLURM).wait()
    minutes = (time.monotonic() - started) / 60
    said = (cluster / "said.log").read_text(encoding="utf-8")
    assert code == 0, said
    single = compute_atlas(load_species(name), place / "single.sqlite")
    assert sha256(cluster / wanted) == sha256(single)
    sent = len(re.findall(r"has been submitted with SLURM jobid", said))
    print(f"{sent} Slurm jobs in {minutes:.1f} minutes; sha256 of both: {sha256(single)}")


def made_up(name: str) -> Species:
    """Random sequences: a chunk for each part."""
    rng = np.random.default_rng(0)
    letters = "".join(rng.choice(list("ACGU"), 100_000))

    def draw(length: int) -> str:
        start = int(rng.integers(len(letters) - length))
        return letters[start : start + length]

    mrnas = pd.DataFrame({"target": [f"GENE{number}" for number in range(2000)]})
    mrnas = mrnas.assign(
        sequence=[draw(3000) for _ in range(2000)], cds_start=0, cds_end=900, refseq="", entrez="", ensembl=""
    )
    mirnas = pd.DataFrame(
        {"mirna": [f"mir-{number}" for number in range(40)], "mirna_sequence": [draw(22) for _ in range(40)]}
    )
    names = pd.DataFrame(columns=["name", "row", "kind"])
    return Species(name, mrnas, mirnas.assign(accession="", conserved=False), names)


if __name__ == "__main__":
    sys.exit(on_slurm(partial(check, name=sys.argv[1] if len(sys.argv) > 1 else "")))
