"""One pair's sites, computed when it is opened."""

import pandas as pd

from deepmirnatar import __version__
from deepmirnatar.prediction.predict import mrnas
from deepmirnatar.prediction.predictor import Predictor
from deepmirnatar.rna.seeds import CANDIDATES
from deepmirnatar.species.file import Species


class Pairs:
    """Predicts pairs of a miRNA and a gene of a species, a few hundredths of a second each."""

    def __init__(self, species: Species, predictor: Predictor | None = None):
        self.predictor = predictor or Predictor.load()
        self.mirnas = species.mirnas.set_index("mirna", drop=False)
        self.mrnas = species.mrnas.set_index("target", drop=False)
        self.source = str(species.about.get("mrnas", species.name))

    def __call__(self, mirna: str, gene: str) -> tuple:
        """Genes, sites, mRNAs and about, as `report.report_page` takes them. ValueError where there is no site to show.

        Offset 6mers are shown where there is nothing better.
        """
        mirnas = self.mirnas.loc[[mirna], ["mirna", "mirna_sequence"]]
        targets = self.mrnas.loc[[gene], ["target", "sequence", "cds_start", "cds_end"]].reset_index(drop=True)
        for candidates in CANDIDATES:
            found = self.predictor.predict(mirnas, targets, candidates)
            if len(found.genes):
                return found.genes, found.sites, mrnas(targets), self._about(targets, candidates, found.warnings)
        raise ValueError(
            f"{gene} has no site of {mirna} to show: neither a 6mer or better nor an offset 6mer. Weaker matches may "
            "add up to a small repression."
        )

    def _about(self, targets: pd.DataFrame, candidates: str, warnings: list[str]) -> dict:
        repression, binding = (sha[:12] for sha in self.predictor.digests)
        return {
            "version": __version__,
            "repression": f"the built-in model ({repression})",
            "binding": f"the built-in model ({binding})",
            "mRNA": f"{len(targets['sequence'][0]):,} nt, of {self.source}",
            "candidates": candidates,
            "warnings": warnings,
        }
