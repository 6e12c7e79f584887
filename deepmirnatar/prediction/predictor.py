"""Which genes do these miRNAs target? Candidate sites found, scored and summed up, by weights in the package.

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

from deepmirnatar.common.did_you_mean import did_you_mean
from deepmirnatar.common.files import read_tensors, sha256
from deepmirnatar.common.text import missing_file
from deepmirnatar.prediction.annotation import placed
from deepmirnatar.prediction.circular import counted_once, rounds
from deepmirnatar.prediction.inputs import no_site, read_inputs, rna_table
from deepmirnatar.prediction.regions import utrs
from deepmirnatar.prediction.repression import Repression
from deepmirnatar.rna.seeds import AFTER_SEED, WINDOW
from deepmirnatar.rna.sequences import joined, padded
from deepmirnatar.rna.site_features import CLASSES, SeedIndex, find_sites
from deepmirnatar.rna.site_kernels import CANONICAL
from deepmirnatar.training.settings import SCORED_AT_ONCE

WEIGHTS = Path(__file__).parent / "weights"
# Which seed types are scored: seed matches of 6mer and better, and what else may bind.
CANDIDATES = {
    "seed_match": ["8mer", "7mer-m8", "7mer-A1", "6mer"],
    "offset": CLASSES[:CANONICAL],
    "all": CLASSES,
}
CHUNK = 200_000  # nt of 3'UTRs that go through at once
LONG_SITE = 200  # nt; with a longer one among them, batches are not filled up
ORDER = ["repression", "binding", "mirna", "target"]  # of genes: most repressed, then best bound, first
DECIMALS = 6  # of scores, so that tables hold what Python returns


@dataclass
class Prediction:
    """What a prediction gives.

    sites: mirna, target, start, end (0-based, half-open: the scored window), seed_start, seed_end (matched bases),
    seed_type, score (probability of binding), repression (log2 units that this site adds), mirna_sequence,
    site_sequence; of an annotation also chrom, strand, genome_start, genome_end, genome_blocks. genes: one row per
    (mirna, target) with a site, most repressed first: rank, mirna, target, repression (predicted log2 fold change,
    below zero: repressed), binding (probability that at least one site is bound), best_score, sites, utr_length,
    n_8mer, n_7mer, n_6mer. warnings: a sentence for each doubt about the input.
    """

    sites: pd.DataFrame
    genes: pd.DataFrame
    warnings: list[str] = field(default_factory=list)


class Predictor:
    """A trained site predictor and a model of repression, ready for sequences. `load` reads the shipped ones."""

    def __init__(self, model, repression: Repression, about: dict, threads: int = 1):
        self.model, self.repression, self.about, self.threads = model, repression, about, threads

    @classmethod
    def load(cls, folder: str | Path | None = None, threads: int = 1) -> "Predictor":
        """Read `sites.safetensors` and `repression.safetensors` from a folder; by default those of the package."""
        from deepmirnatar.predictors import load_class

        folder = Path(folder or WEIGHTS)
        path, effects = folder / "sites.safetensors", folder / "repression.safetensors"
        if wrong := missing_file(path) or missing_file(effects):
            raise ValueError(f"{wrong}; weights are a folder with {path.name} and {effects.name}")
        _, description = read_tensors(path)
        arrays, fitted = read_tensors(effects)
        about = {"sites": description, "repression": fitted, "sha256": [sha256(path), sha256(effects)]}
        model = load_class(description["predictor"]).load(path)
        return cls(model, Repression.from_arrays(arrays), about, threads)

    def predict(self, mirnas, targets=None, candidates: str = "seed_match", **sources) -> Prediction:
        """Sites and ranked genes. `mirnas`, `targets`, `sources`: files or tables, as `inputs.read_inputs` takes them.

        `candidates` is a key of `CANDIDATES`. Without any candidate site the tables are empty, and a warning says so.
        """
        given = read_inputs(mirnas, targets, **sources)
        parts = list(self.scan(given.mirnas, chunks(given.targets), candidates))
        sites = pd.concat([part.sites for part in parts], ignore_index=True)
        doubts = [*given.warnings, *([] if len(sites) else [no_site(given, candidates)])]
        return Prediction(sites, ranked(pd.concat([part.genes for part in parts])), doubts)

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
        """Probability of binding of each row, shape (rows,); columns mirna_sequence, target_sequence.

        Both strands 5'->3', RNA or DNA letters or N. Raises ValueError for anything else.
        """
        return self._score(rna_table(pairs, ["mirna_sequence", "target_sequence"]))

    def _score(self, pairs: pd.DataFrame) -> np.ndarray:
        from deepmirnatar.predictors.base import Context

        if not len(pairs):
            return np.empty(0)
        # Batches of one size: for each other one, oneDNN would build and keep another set of kernels. Long sites cost
        # more than that.
        longest = pairs["target_sequence"].str.len().max()
        full = -(-len(pairs) // SCORED_AT_ONCE) * SCORED_AT_ONCE
        rows = np.arange(full if longest <= LONG_SITE else len(pairs)) % len(pairs)
        table = pairs[["mirna_sequence", "target_sequence"]].assign(label=0).iloc[rows]
        return self.model.predict(table, Context(threads=self.threads, device="auto"))[: len(pairs)]

    def _chunk(self, mirnas, codes, index: SeedIndex, chunk: pd.DataFrame, wanted: np.ndarray) -> Prediction:
        texts = utrs(chunk).to_numpy()
        bases, ends = joined(texts)
        every = find_sites(bases, ends, codes, index)
        lengths = np.diff(ends)
        circles = chunk["circle"].to_numpy() if "circle" in chunk else None
        if circles is not None:
            every = every.take(np.flatnonzero(counted_once(every.window, circles[every.utr])))
        # Weaker sites add to the repression of a gene that has one of those that are wanted.
        repression = -self.repression.predict(every, len(mirnas), len(chunk))
        found = every.take(np.flatnonzero(wanted[every.seed_type]))
        last = found.window + 8 + AFTER_SEED
        start = np.maximum(last - WINDOW, 0)
        end = np.minimum(last, lengths[found.utr])
        sequences = [texts[row][a:b] for row, a, b in zip(found.utr, start, end, strict=True)]
        before = chunk["cds_end"].to_numpy()[found.utr] if "cds_end" in chunk else 0
        if circles is not None:
            before = before - rounds(start, circles[found.utr])
            lengths = circles
        names, letters = mirnas["mirna"].to_numpy(), mirnas["mirna_sequence"].to_numpy()
        sites = pd.DataFrame(
            {
                "mirna": names[found.mirna],
                "target": chunk["target"].to_numpy()[found.utr],
                "start": start + before,
                "end": end + before,
                "seed_start": np.maximum(found.start, 0) + before,
                "seed_end": np.minimum(found.end, np.diff(ends)[found.utr]) + before,
                "seed_type": np.array(CLASSES)[found.seed_type],
                "score": 0.0,
                "repression": -self.repression.site_effects(found.seed_type, found.features)
                .astype(float)
                .round(DECIMALS),
                "mirna_sequence": letters[found.mirna],
                "site_sequence": sequences,
            }
        )
        if len(sites):
            sites["score"] = self._score(sites.rename(columns={"site_sequence": "target_sequence"})).round(DECIMALS)
        if "exons" in chunk:
            sites = placed(sites, chunk)
        genes = summarized(sites, dict(zip(chunk["target"], lengths, strict=True)))
        first = ~pd.Series(found.mirna.astype(np.int64) * len(chunk) + found.utr).duplicated().to_numpy()
        genes["repression"] = repression[found.mirna[first], found.utr[first]].round(DECIMALS)
        return Prediction(sites, in_order(genes))


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
