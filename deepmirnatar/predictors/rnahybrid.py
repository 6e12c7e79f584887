"""RNAhybrid (Rehmsmeier et al. 2004): the energy of the most stable hybrid; the score is -mfe in kcal/mol.

The program (Debian package `rnahybrid`) is used where it is on PATH: `RNAhybrid -c -b 1 -s 3utr_human`, no helix
constraint, one process per miRNA. Elsewhere it is ViennaRNA's `duplexfold`, which has newer energy parameters
and another loop model: the two scores are related, not equal. Which one was used is saved with the model, and a saved
model goes on with it.

The program has no default cut; the default call here is mfe <= -20 kcal/mol, usual in studies that ran it.
"""

import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

from deepmirnatar.common.logs import progress
from deepmirnatar.common.settings import NoSettings
from deepmirnatar.predictors import base

PROGRAM, SUBSTITUTE = "RNAhybrid", "ViennaRNA duplexfold"


class Predictor(base.Predictor):
    Settings = NoSettings
    needs_5_to_3 = True
    probabilities = False
    threshold = 20.0

    def __init__(self, settings=None):
        super().__init__(settings)
        self.program = PROGRAM if shutil.which(PROGRAM) else SUBSTITUTE

    def predict(self, pairs, context) -> np.ndarray:
        if self.program == SUBSTITUTE:
            from deepmirnatar.rna.energies import duplex_energies

            return -duplex_energies(pairs["mirna_sequence"], pairs["target_sequence"], context.threads)
        if not shutil.which(PROGRAM):
            raise RuntimeError(
                f"this model was fitted with {PROGRAM}, which is not on PATH; install it (Debian: apt-get install "
                "rnahybrid) or fit the model again without it"
            )
        sites_of = pairs.groupby("mirna_sequence", sort=False)["target_sequence"].unique()
        # Threads do, for each only waits for its process.
        with ThreadPoolExecutor(max(1, context.threads)) as pool:
            done = pool.map(hybrid_energies, sites_of.index, sites_of)
            energies = list(progress(done, PROGRAM, total=len(sites_of), unit="miRNAs"))
        energy_of = {
            (mirna, site): energy
            for mirna, sites, found in zip(sites_of.index, sites_of, energies, strict=True)
            for site, energy in zip(sites, found, strict=True)
        }
        keys = pd.MultiIndex.from_frame(pairs[["mirna_sequence", "target_sequence"]])
        return -np.array([energy_of[key] for key in keys], dtype=float)

    def state(self):
        return {}, {"program": self.program}

    def restore(self, arrays, more):
        self.program = more["program"]


def hybrid_energies(mirna: str, sites: list[str]) -> list[float]:
    """RNAhybrid's mfe of one miRNA with each site; 0 where it finds no hybrid."""
    with TemporaryDirectory() as folder:
        targets, query = Path(folder, "targets.fa"), Path(folder, "query.fa")
        targets.write_text("".join(f">{number}\n{site}\n" for number, site in enumerate(sites)), encoding="utf-8")
        query.write_text(f">mirna\n{mirna}\n", encoding="utf-8")
        longest = max(map(len, sites))
        limits = ["-m", str(longest), "-n", str(len(mirna))]
        files = ["-t", str(targets), "-q", str(query)]
        command = [PROGRAM, "-c", "-b", "1", "-s", "3utr_human", *limits, *files]
        printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    # target:length:miRNA:length:mfe:p:...
    fields = [line.split(":") for line in printed.splitlines()]
    energies = {int(number): float(mfe) for number, _, _, _, mfe, *_ in fields}
    return [min(0.0, energies.get(number, 0.0)) for number in range(len(sites))]
