"""Which genes do these miRNAs target? Sites found, their effects added up, genes ranked.

    from deepmirnatar import Predictor
    result = Predictor.load().predict("hsa-miR-21-5p")
    result.genes, result.sites

Targets go through in chunks, so that memory does not grow with their number. Everything is RNA, 5'->3'.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from deepmirnatar.annotation.annotated import placed
from deepmirnatar.annotation.circular import counted_once, rounds
from deepmirnatar.annotation.regions import with_regions
from deepmirnatar.binding.model import WEIGHTS as BINDING
from deepmirnatar.binding.model import Binding
from deepmirnatar.common.did_you_mean import did_you_mean
from deepmirnatar.common.files import sha256
from deepmirnatar.prediction.inputs import no_site, read_inputs, rna_table
from deepmirnatar.prediction.scorers import WEIGHTS, load_scorer
from deepmirnatar.repression.model import WEIGHTS as REPRESSION
from deepmirnatar.repression.model import Repression, gene_effects
from deepmirnatar.rna.complementary import MARK, fully_complementary
from deepmirnatar.rna.seeds import AFTER_SEED, CANDIDATES, SEED_TYPES, WINDOW
from deepmirnatar.rna.sequences import padded
from deepmirnatar.rna.sites import SeedIndex, Sites, Targets, find_sites

OWN = "repression.safetensors"  # of a folder of weights, instead of the built-in model of repression
CHUNK_SITES = 60_000  # that a chunk of targets has, about
SITES_PER_NT = 7e-4  # of one miRNA
LEAST_NT, MOST_NT = 50_000, 20_000_000  # of a chunk
# Genes: those with a fully complementary site first, then most repressed, then best bound.
ORDER = ["fully_complementary", "repression", "binding", "mirna", "target"]
UP = [False, True, False, True, True]
BEYOND = "beyond the fit"
DECIMALS = 6  # of scores, so that tables hold what Python returns


@dataclass
class Prediction:
    """What a prediction gives.

    sites: mirna, target, region (3'UTR or ORF), start, end (0-based, half-open, on the target's sequence: the site's
    window), seed_start, seed_end (matched bases), seed_type, repression (log2 units that this site adds), binding (the
    share of such seed matches that are seen bound), mirna_sequence, site_sequence; score (of the network) where it was
    asked for; of an annotation also chrom, strand, genome_start, genome_end, genome_blocks.

    genes: one row per (mirna, target) with a site, most repressed first: rank, mirna, target, repression (predicted
    log2 fold change of the mRNA, below zero: repressed), binding (chance that at least one site is bound), sites,
    orf_sites, n_8mer, n_7mer, n_6mer, utr_length, cds_length, fully_complementary (1: a site pairs with the whole
    miRNA), note; best_score (of the network) where it was asked for; where genes have several isoforms also gene,
    gene_strongest, gene_weakest.

    warnings: a sentence for each doubt about the input.
    """

    sites: pd.DataFrame
    genes: pd.DataFrame
    warnings: list[str] = field(default_factory=list)


class Predictor:
    """The models of repression and binding, and a network that scores pairs. `load` reads them."""

    def __init__(self, folder: Path, repression: Path, threads: int, device: str, scored: bool):
        self.folder, self.threads, self.device, self.scored = folder, threads, device, scored
        self.repression, self.binding = Repression.load(repression), Binding.load()
        self.names = {"repression": "the built-in model" if repression == REPRESSION else str(repression)}
        self.digests = [sha256(path) for path in (repression, BINDING)]

    @classmethod
    def load(
        cls, folder: str | Path | None = None, threads: int = 1, device: str = "auto", scored: bool | None = None
    ) -> "Predictor":
        """Read the models.

        Parameters
        ----------
        folder : weights of your own instead of the built-in network's: a folder with sites.safetensors, or a finished
            run of the study (results/runs/DATASET/MODEL/seed-N). A `repression.safetensors` in it replaces the
            built-in model of repression.
        threads : of a network that needs PyTorch.
        device : cpu, cuda or auto, likewise.
        scored : True scores every site of a prediction with the network, as it does where `folder` is given.

        Raises ValueError for a folder without weights.
        """
        place = Path(folder or WEIGHTS)
        repression = place / OWN if (place / OWN).exists() else REPRESSION
        found = cls(place, repression, threads, device, folder is not None if scored is None else scored)
        if folder is not None:
            found.scorer  # noqa: B018 - a folder without weights is refused here
        return found

    @cached_property
    def scorer(self):
        """The network, read when it is first needed."""
        return load_scorer(self.folder, self.threads, self.device)

    def predict(
        self,
        mirnas: str | Path | list[str] | pd.DataFrame | None = None,
        targets: str | Path | pd.DataFrame | None = None,
        candidates: str = "seed_match",
        **given,
    ) -> Prediction:
        """Sites and ranked genes.

        Parameters
        ----------
        mirnas, targets, **given : as `inputs.read_inputs` takes them (genes, species, annotation, genome, ...).
        candidates : a key of `seeds.CANDIDATES`: which seed types count as sites of the tables. Weaker ones add to the
            repression of a gene that has one of those.

        Returns a `Prediction`. Without any candidate site its tables are empty, and a warning says so. Raises
        ValueError with one sentence for input that cannot be used.
        """
        read = read_inputs(mirnas, targets, **given)
        parts = list(self.scan(read.mirnas, chunks(read.targets, len(read.mirnas)), candidates))
        sites = pd.concat([part.sites for part in parts], ignore_index=True)
        doubts = [*read.warnings, *self.doubts(read.targets), *([] if len(sites) else [no_site(read, candidates)])]
        return Prediction(sites, ranked(pd.concat([part.genes for part in parts])), doubts)

    def doubts(self, targets: pd.DataFrame) -> list[str]:
        """What the network leaves out of these targets, and what its scores do not tell; one sentence each."""
        if not self.scored:
            return []
        plain = f"The scores of {self.scorer.name} are no probabilities."
        return [*self.scorer.unread(targets["sequence"]), *([] if self.scorer.probabilities else [plain])]

    def scan(
        self, mirnas: pd.DataFrame, parts: Iterable[pd.DataFrame], candidates: str = "seed_match"
    ) -> Iterator[Prediction]:
        """The same for `chunks` of targets, one result each; genes of a chunk are in order and have no rank yet."""
        if candidates not in CANDIDATES:
            choices = ", ".join(CANDIDATES)
            raise ValueError(f"candidates {candidates!r}: choose from {choices}.{did_you_mean(candidates, CANDIDATES)}")
        codes = padded(mirnas["mirna_sequence"], 8)
        index = SeedIndex(codes)
        wanted = np.isin(SEED_TYPES, CANDIDATES[candidates])
        for chunk in parts:
            yield self._chunk(mirnas, codes, index, with_regions(chunk), wanted)

    def score(self, pairs: pd.DataFrame) -> np.ndarray:
        """The network's score of each row, shape (rows,), a probability of binding; columns mirna_sequence,
        target_sequence.

        Both strands 5'->3', RNA or DNA letters or N. Raises ValueError for anything else, and for a site that a run's
        model does not read.
        """
        table = rna_table(pairs, ["mirna_sequence", "target_sequence"])
        return self.scorer.scores(table) if len(table) else np.empty(0)

    def _chunk(self, mirnas, codes, index: SeedIndex, chunk: pd.DataFrame, wanted: np.ndarray) -> Prediction:
        targets = Targets.of(chunk)
        every = find_sites(targets, index)
        circle = chunk["circle"].to_numpy() if "circle" in chunk else np.zeros(len(chunk), dtype=int)
        if circle.any():
            every = every.take(np.flatnonzero(counted_once(every.window, circle[every.target])))
        features = self.repression.describe(every, targets, codes)
        z = self.repression.terms.sums(features)
        effects = self.repression.effects(z)
        total = gene_effects(every, effects, len(mirnas), len(chunk))
        listed = np.flatnonzero(wanted[every.seed_type])
        found = every.take(listed)
        sites = self._sites(mirnas, chunk, found, np.where(circle > 0, circle, np.diff(targets.ends)))
        sites["repression"] = effects[listed].astype(float).round(DECIMALS)
        sites["binding"] = self.binding.chance(z[listed], found.seed_type, found.in_orf).astype(float).round(DECIMALS)
        if self.scored:
            sites["score"] = self._scores(sites)
        full = fully_complementary(sites["mirna_sequence"], sites["site_sequence"])
        beyond = self.repression.site_outside(features.take(listed)) if len(listed) else np.zeros(0, dtype=bool)
        genes = self._genes(mirnas, chunk, found, sites, total, full, beyond)
        sites = sites[[name for name in SITE_COLUMNS if name in sites]]
        return Prediction(placed(sites, chunk) if "exons" in chunk else sites, in_order(genes))

    def _sites(self, mirnas, chunk: pd.DataFrame, found: Sites, lengths: np.ndarray) -> pd.DataFrame:
        texts, last = chunk["sequence"].to_numpy(), found.window + 8 + AFTER_SEED
        whole = chunk["sequence"].str.len().to_numpy()[found.target]
        start, end = np.maximum(last - WINDOW, 0), np.minimum(last, whole)
        places = {"start": start, "end": end, "seed_start": np.maximum(found.start, 0)}
        places["seed_end"] = np.minimum(found.end, whole)
        sequences = [texts[row][a:b] for row, a, b in zip(found.target, start, end, strict=True)]
        if "circle" in chunk:
            before = rounds(start, chunk["circle"].to_numpy()[found.target])
            places = {name: place - before for name, place in places.items()}
        return pd.DataFrame(
            {
                "mirna": mirnas["mirna"].to_numpy()[found.mirna],
                "target": chunk["target"].to_numpy()[found.target],
                "region": found.region,
                **places,
                "seed_type": np.array(SEED_TYPES)[found.seed_type],
                "mirna_sequence": mirnas["mirna_sequence"].to_numpy()[found.mirna],
                "site_sequence": pd.Series(sequences, dtype=object),
            }
        )

    def _scores(self, sites: pd.DataFrame) -> np.ndarray:
        """The network's, NaN where it cannot read a site."""
        scores = np.full(len(sites), np.nan)
        read = np.flatnonzero(self.scorer.reads(sites["site_sequence"]))
        if len(read):
            pairs = sites.iloc[read].rename(columns={"site_sequence": "target_sequence"})
            scores[read] = self.scorer.scores(pairs)
        return scores.round(DECIMALS)

    def _genes(self, mirnas, chunk, found: Sites, sites, total, full, beyond) -> pd.DataFrame:
        """One row per (mirna, target) with a listed site. `total` (miRNAs, targets); `full`, `beyond` (sites,)."""
        keys, row = np.unique(found.mirna.astype(np.int64) * len(chunk) + found.target, return_inverse=True)
        mirna, target = np.divmod(keys, len(chunk))

        def count(which: np.ndarray) -> np.ndarray:
            return np.bincount(row, which, len(keys)).astype(int)

        types = sites["seed_type"].str[0].to_numpy(dtype=str)
        unbound = np.bincount(row, np.log1p(-np.minimum(sites["binding"].to_numpy(), 1 - 1e-9)), len(keys))
        effects = total[mirna, target].astype(float)
        outside = (count(beyond) > 0) | self.repression.gene_outside(effects)
        perfect = count(full) > 0
        lengths = chunk["sequence"].str.len() - chunk["cds_end"]
        lengths = chunk["circle"].where(chunk["circle"] > 0, lengths) if "circle" in chunk else lengths
        genes = pd.DataFrame(
            {
                "mirna": mirnas["mirna"].to_numpy()[mirna],
                "target": chunk["target"].to_numpy()[target],
                "repression": effects.round(DECIMALS),
                "binding": (1 - np.exp(unbound)).round(DECIMALS),
                "sites": np.bincount(row, minlength=len(keys)),
                "orf_sites": count(found.in_orf),
                **{f"n_{name}mer": count(types == name) for name in "876"},
                "utr_length": lengths.to_numpy()[target],
                "cds_length": (chunk["cds_end"] - chunk["cds_start"]).to_numpy()[target],
                "fully_complementary": perfect.astype(int),
                "note": np.where(perfect, MARK, ""),
            }
        )
        genes.loc[outside, "note"] = (genes["note"] + "; " + BEYOND).str.removeprefix("; ")[outside]
        if "score" in sites:
            best = pd.Series(sites["score"].to_numpy()).groupby(row).max()
            genes.insert(4, "best_score", best.reindex(range(len(keys))).to_numpy())
        if "gene" in chunk and chunk["gene"].duplicated().any():
            genes = genes.assign(**_ranges(chunk["gene"].to_numpy(), total, mirna, target))
        return genes


SITE_COLUMNS = [
    *("mirna", "target", "region", "start", "end", "seed_start", "seed_end", "seed_type", "repression", "binding"),
    *("score", "mirna_sequence", "site_sequence"),
]


def _ranges(gene: np.ndarray, total: np.ndarray, mirna: np.ndarray, target: np.ndarray) -> dict[str, np.ndarray]:
    """Of each row's gene: its name, and the repression of its most and least repressed isoform."""
    names, of_target = np.unique(gene, return_inverse=True)
    low, high = np.full((2, len(total), len(names)), [[[np.inf]], [[-np.inf]]])
    np.minimum.at(low.T, of_target, total.T)
    np.maximum.at(high.T, of_target, total.T)
    place = mirna, of_target[target]
    return {
        "gene": gene[target],
        "gene_strongest": low[place].round(DECIMALS),
        "gene_weakest": high[place].round(DECIMALS),
    }


def chunks(targets: pd.DataFrame, mirnas: int) -> Iterator[pd.DataFrame]:
    """Rows in order, in parts that have about CHUNK_SITES sites of so many miRNAs. Isoforms of a gene stay together."""
    size = min(MOST_NT, max(LEAST_NT, int(CHUNK_SITES / (SITES_PER_NT * max(mirnas, 1)))))
    number = targets["sequence"].str.len().cumsum() // size
    if "gene" in targets:
        number = number.groupby(targets["gene"]).transform("first")
    for _, part in targets.groupby(number.to_numpy(), sort=False):
        yield part


def in_order(genes: pd.DataFrame) -> pd.DataFrame:
    """Fully complementary first, then most repressed first; ties by binding and names."""
    return genes.sort_values(ORDER, ascending=UP, ignore_index=True)


def ranked(genes: pd.DataFrame) -> pd.DataFrame:
    """In order, with a column `rank` in front."""
    genes = in_order(genes)
    genes.insert(0, "rank", np.arange(1, len(genes) + 1))
    return genes
