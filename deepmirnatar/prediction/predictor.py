"""Which genes do these miRNAs target? Candidate sites found, scored and summed up.

    from deepmirnatar import Predictor
    result = Predictor.load().predict("mirnas.fa", "utrs.fa")
    result.genes, result.sites

3'UTRs go through in chunks, so that memory does not grow with their number. Everything is RNA, 5'->3'.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from deepmirnatar.annotation.annotated import placed
from deepmirnatar.common.did_you_mean import did_you_mean
from deepmirnatar.common.files import read_tensors, sha256
from deepmirnatar.prediction.inputs import no_site, read_inputs, rna_table
from deepmirnatar.prediction.repression import Repression
from deepmirnatar.prediction.scorers import WEIGHTS, load_scorer
from deepmirnatar.rna.seeds import AFTER_SEED, CANDIDATES, WINDOW
from deepmirnatar.rna.sequences import joined, padded
from deepmirnatar.rna.site_features import CLASSES, SeedIndex, find_sites

REPRESSION = "repression.safetensors"
CHUNK = 200_000  # nt of 3'UTRs that go through at once
ORDER = ["repression", "binding", "mirna", "target"]  # of genes: most repressed, then best bound, first
DECIMALS = 6  # of scores, so that tables hold what Python returns


@dataclass
class Prediction:
    """What a prediction gives.

    sites: mirna, target, start, end (0-based, half-open: the scored window), seed_start, seed_end (matched bases),
    seed_type, score (probability of binding), repression (log2 units that this site adds), mirna_sequence,
    site_sequence; of an annotation also chrom, strand, genome_start, genome_end, genome_blocks. genes: one row per
    (mirna, target) with a site, most repressed first: rank, mirna, target, repression (predicted log2 fold change,
    below zero: repressed), binding (probability that at least one site is bound; empty where scores are no
    probabilities), best_score, sites, utr_length, n_8mer, n_7mer, n_6mer. warnings: a sentence for each doubt about
    the input.
    """

    sites: pd.DataFrame
    genes: pd.DataFrame
    warnings: list[str] = field(default_factory=list)


class Predictor:
    """A scorer of sites and a model of repression, ready for sequences. `load` reads them."""

    def __init__(self, scorer, repression: Repression, about: dict):
        self.scorer, self.repression, self.about = scorer, repression, about

    @classmethod
    def load(cls, folder: str | Path | None = None, threads: int = 1, device: str = "auto") -> "Predictor":
        """The built-in weights, those of a folder, or a finished run (results/runs/DATASET/MODEL/seed-N).

        Repression is a model of its own, whatever scores the sites: `repression.safetensors` of the folder where there
        is one, otherwise the built-in one. Raises ValueError for a folder without weights.
        """
        scorer = load_scorer(folder or WEIGHTS, threads, device)
        effects = next(path / REPRESSION for path in (Path(folder or WEIGHTS), WEIGHTS) if (path / REPRESSION).exists())
        arrays, fitted = read_tensors(effects)
        name = "the built-in model" if effects.parent == WEIGHTS else str(effects)
        about = {
            "sites": scorer.about,
            "repression": fitted,
            "sha256": [*scorer.digests, sha256(effects)],
            "names": {"binding": scorer.name, "repression": name},
        }
        return cls(scorer, Repression.from_arrays(arrays), about)

    def predict(
        self,
        mirnas,
        targets=None,
        candidates: str = "seed_match",
        *,
        mirbase: str | Path | None = None,
        annotation: str | Path | None = None,
        genome: str | Path | None = None,
    ) -> Prediction:
        """Sites and ranked genes. miRNAs and targets are files or tables, as `inputs.read_inputs` takes them.

        `candidates` is a key of `seeds.CANDIDATES`. Without any candidate site the tables are empty, and a warning says
        so.
        """
        given = read_inputs(mirnas, targets, mirbase, annotation, genome)
        parts = list(self.scan(given.mirnas, chunks(given.targets), candidates))
        sites = pd.concat([part.sites for part in parts], ignore_index=True)
        doubts = [*given.warnings, *self.doubts(given.targets), *([] if len(sites) else [no_site(given, candidates)])]
        return Prediction(sites, ranked(pd.concat([part.genes for part in parts])), doubts)

    def doubts(self, targets: pd.DataFrame) -> list[str]:
        """What the scorer leaves out of these targets, and what its scores do not tell; one sentence each."""
        plain = f"The scores of {self.scorer.name} are no probabilities, so `binding` is empty."
        return [*self.scorer.unread(targets["sequence"]), *([] if self.scorer.probabilities else [plain])]

    def scan(
        self, mirnas: pd.DataFrame, parts: Iterable[pd.DataFrame], candidates: str = "seed_match"
    ) -> Iterator[Prediction]:
        """The same for `chunks` of targets, one result each; genes of a chunk are not ranked yet."""
        if candidates not in CANDIDATES:
            choices = ", ".join(CANDIDATES)
            raise ValueError(f"candidates {candidates!r}: choose from {choices}.{did_you_mean(candidates, CANDIDATES)}")
        codes = padded(mirnas["mirna_sequence"])
        index = SeedIndex(codes)
        wanted = np.isin(CLASSES, CANDIDATES[candidates])
        for chunk in parts:
            yield self._chunk(mirnas, codes, index, chunk, wanted)

    def score(self, pairs: pd.DataFrame) -> np.ndarray:
        """Score of each row, shape (rows,), a probability of binding; columns mirna_sequence, target_sequence.

        Both strands 5'->3', RNA or DNA letters or N. Raises ValueError for anything else, and for a site that a run's
        model does not read.
        """
        table = rna_table(pairs, ["mirna_sequence", "target_sequence"])
        return self.scorer.scores(table) if len(table) else np.empty(0)

    def _chunk(self, mirnas, codes, index: SeedIndex, chunk: pd.DataFrame, wanted: np.ndarray) -> Prediction:
        bases, ends = joined(chunk["sequence"])
        every = find_sites(bases, ends, codes, index)
        # Weaker sites add to the repression of a gene that has one of those that are wanted.
        repression = -self.repression.predict(every, len(mirnas), len(chunk))
        found = every.take(np.flatnonzero(wanted[every.seed_type]))
        lengths, texts = np.diff(ends), chunk["sequence"].to_numpy()
        start, end = scored_windows(found, lengths)
        sequences = pd.Series([texts[row][a:b] for row, a, b in zip(found.utr, start, end, strict=True)], dtype=str)
        if not (read := self.scorer.reads(sequences)).all():
            found, start, end, sequences = found.take(np.flatnonzero(read)), start[read], end[read], sequences[read]
        names, letters = mirnas["mirna"].to_numpy(), mirnas["mirna_sequence"].to_numpy()
        sites = pd.DataFrame(
            {
                "mirna": names[found.mirna],
                "target": chunk["target"].to_numpy()[found.utr],
                "start": start,
                "end": end,
                "seed_start": np.maximum(found.start, 0),
                "seed_end": np.minimum(found.end, lengths[found.utr]),
                "seed_type": np.array(CLASSES)[found.seed_type],
                "score": 0.0,
                "repression": -self.repression.site_effects(found.seed_type, found.features)
                .astype(float)
                .round(DECIMALS),
                "mirna_sequence": letters[found.mirna],
                "site_sequence": sequences.to_numpy(),
            }
        )
        if len(sites):
            pairs = sites.rename(columns={"site_sequence": "target_sequence"})
            sites["score"] = self.scorer.scores(pairs).round(DECIMALS)
        if "exons" in chunk:
            sites = placed(sites, chunk)
        genes = summarized(sites, dict(zip(chunk["target"], lengths, strict=True)))
        first = ~pd.Series(found.mirna.astype(np.int64) * len(chunk) + found.utr).duplicated().to_numpy()
        if not self.scorer.probabilities:
            genes["binding"] = np.nan
        genes["repression"] = repression[found.mirna[first], found.utr[first]].round(DECIMALS)
        return Prediction(sites, in_order(genes))


def scored_windows(found, lengths: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Start and end of what is scored of each site, 0-based and half-open; cut off by the ends of its 3'UTR."""
    last = found.window + 8 + AFTER_SEED
    return np.maximum(last - WINDOW, 0), np.minimum(last, lengths[found.utr])


def chunks(targets: pd.DataFrame, size: int = CHUNK) -> Iterator[pd.DataFrame]:
    """Rows in order, in parts of about `size` nt each."""
    number = targets["sequence"].str.len().cumsum().to_numpy() // size
    for _, part in targets.groupby(number, sort=False):
        yield part


def summarized(sites: pd.DataFrame, utr_lengths: dict[str, int]) -> pd.DataFrame:
    """One row per (mirna, target) with a site; columns as in `Prediction.genes` but for the rank."""
    counts = {f"n_{name}": sites["seed_type"].str.startswith(name) for name in ("8mer", "7mer", "6mer")}
    table = sites.assign(unbound=1 - sites["score"], **counts)
    genes = table.groupby(["mirna", "target"], sort=False).agg(
        repression=("repression", "sum"),
        binding=("unbound", "prod"),
        best_score=("score", "max"),
        sites=("score", "size"),
        **{name: (name, "sum") for name in counts},
    )
    genes = genes.reset_index()
    genes["binding"] = (1 - genes["binding"]).round(DECIMALS)
    genes.insert(6, "utr_length", genes["target"].map(utr_lengths))
    return genes


def in_order(genes: pd.DataFrame) -> pd.DataFrame:
    """Most repressed first; ties by binding and names."""
    return genes.sort_values(ORDER, ascending=[True, False, True, True], ignore_index=True)


def ranked(genes: pd.DataFrame) -> pd.DataFrame:
    """Most repressed first, with a column `rank` in front."""
    genes = in_order(genes)
    genes.insert(0, "rank", np.arange(1, len(genes) + 1))
    return genes
