"""Which seed matches were seen as AGO chimeras of their miRNA, and which on the same mRNAs were not?

Three sources, each of a protocol of its own: CLASH (Helwak et al. 2013, Cell 153:654), ligation in PAR-CLIP and similar
reads (Grosswendt et al. 2014, Mol Cell 54:1042), CLASH again (Hejret et al. 2023, Sci Rep 13:22895; as in miRBench,
its training part alone). A negative is a seed match that nobody saw: it may be bound all the same.

Fragments lie on mRNAs by exact matches (`sources.chimeras`). Places are 0-based, half-open, on the mRNA.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from deepmirnatar.common.logs import log
from deepmirnatar.common.tables import read_table
from deepmirnatar.rna.sequences import family, padded, to_rna
from deepmirnatar.rna.sites import CANONICAL, SeedIndex, Sites, Targets, find_sites
from deepmirnatar.sources.chimeras import SEED_RUN, exact_matches, one_best
from deepmirnatar.sources.mirbase import complete


class Source(NamedTuple):
    """Columns of a file, and how many positives of a miRNA are enough to count it."""

    mirna: str
    fragment: str
    label: str = ""  # where the file has negatives
    least: int = 30


SOURCES = {
    "helwak2013": Source("miRNA", "gene", "label"),
    "grosswendt2014": Source("mirna_seq", "target_seq"),
    "hejret2023": Source("noncodingRNA", "gene", "label", least=10),
}
AROUND = 10  # nt around a fragment in which its seed match may lie
APART = 30  # nt: a negative is further than this from every fragment of its family
CANONICAL_TYPES = len(CANONICAL)  # the first of SEED_TYPES


def read_chimeras(files: dict[str, str | Path], mature: pd.DataFrame, mrnas: pd.DataFrame) -> pd.DataFrame:
    """Chimeras that lie on one place of one mRNA: columns source, mirna_sequence, family, target, start, end.

    `files`: path of each key of SOURCES; `mature`: from `sources.mirbase.read_mature`; `mrnas`: column sequence, and
    `target` is a row of it. What is left out is logged.
    """
    parts = []
    for name, path in files.items():
        source = SOURCES[name]
        rows = read_table(path, [source.mirna, source.fragment])
        if missing := [column for column in source[:3] if column and column not in rows]:
            raise ValueError(f"{path}: column {missing[0]!r} is missing; found {', '.join(rows.columns)}")
        rows = rows[rows[source.label] == "1"] if source.label else rows
        mirnas, _ = complete(to_rna(rows[source.mirna]).str.rstrip("X"), mature)
        found = mirnas[["mirna_sequence"]].assign(source=name, fragment=to_rna(rows[source.fragment]))
        log.info("%s: of %d chimeras %d have a miRNA of miRBase", name, len(rows), len(found))
        parts.append(found)
    every = pd.concat(parts, ignore_index=True)
    every = every.join(place(every["fragment"], mrnas), how="inner")
    every["family"] = every["mirna_sequence"].map(family)
    for name, count in every["source"].value_counts(sort=False).items():
        log.info("%s: %d of these lie on one place of one mRNA", name, count)
    return every[["source", "mirna_sequence", "family", "target", "start", "end"]].reset_index(drop=True)


def place(fragments: pd.Series, mrnas: pd.DataFrame) -> pd.DataFrame:
    """Columns target, start, end of those fragments whose longest exact match is in one place; their index."""
    best = one_best(exact_matches(fragments.to_numpy(), mrnas["sequence"].to_numpy()))
    row, start = best["fragment"].to_numpy(), best["start"].to_numpy()
    end = start + fragments.str.len().to_numpy()[row]
    return pd.DataFrame({"target": best["mrna"].to_numpy(), "start": start, "end": end}, fragments.index[row])


@dataclass
class Matches:
    """Seed matches of one source's miRNAs on the mRNAs that have any chimera in it.

    `mirnas`: those with enough positives (see `Source`), `sites.mirna` counts in them; `sites.target` is a row of the
    mRNAs. `seen`: the best seed match of a fragment of this miRNA. `near`: no further than APART nt from a fragment of
    its family, in any source. Both bool (sites,).
    """

    source: str
    mirnas: list[str]
    sites: Sites
    seen: np.ndarray
    near: np.ndarray

    def take(self, rows: np.ndarray) -> "Matches":
        """Only these sites."""
        return Matches(self.source, self.mirnas, self.sites.take(rows), self.seen[rows], self.near[rows])


def seed_matches(source: str, chimeras: pd.DataFrame, mrnas: pd.DataFrame) -> Matches:
    """The `Matches` of one source; `chimeras`: from `read_chimeras`, of all sources."""
    own, least = chimeras[chimeras["source"] == source], SOURCES[source].least
    counts = own["mirna_sequence"].value_counts()
    mirnas = sorted(counts.index[counts >= least])
    rows = np.unique(own["target"])
    sites = find_sites(Targets.of(mrnas.iloc[rows]), SeedIndex(padded(mirnas, 8)))
    sites.target = rows[sites.target].astype(np.int32)
    table = pd.DataFrame({"site": np.arange(len(sites)), "target": sites.target, "type": sites.seed_type})
    table = table.assign(first=sites.start, last=sites.end, mirna_sequence=np.array(mirnas)[sites.mirna])
    table["family"] = np.array([family(name) for name in mirnas])[sites.mirna]
    seen, near = np.zeros((2, len(sites)), dtype=bool)
    seen[_best(table, own)] = True
    near[_near(table, chimeras)] = True
    found = Matches(source, mirnas, sites, seen, near)
    enough = np.bincount(sites.mirna[seen & (sites.seed_type < CANONICAL_TYPES)], minlength=len(mirnas)) >= least
    found = found.take(np.flatnonzero(enough[sites.mirna]))
    found.sites.mirna = (np.cumsum(enough) - 1)[found.sites.mirna].astype(np.int32)
    found.mirnas = [name for name, keep in zip(mirnas, enough, strict=True) if keep]
    return found


def _best(sites: pd.DataFrame, chimeras: pd.DataFrame) -> np.ndarray:
    """The site of each fragment: of its miRNA, within AROUND nt of it; the strongest, of these the most central."""
    chimeras = chimeras.assign(chimera=np.arange(len(chimeras)))
    both = sites.merge(chimeras, on=["mirna_sequence", "target"])
    both = both[(both["first"] >= both["start"] - AROUND) & (both["last"] <= both["end"] + AROUND)]
    off = (both["first"] + both["last"] - both["start"] - both["end"]).abs()
    both = both.assign(off=off).sort_values(["chimera", "type", "off", "site"])
    return both.drop_duplicates("chimera")["site"].to_numpy()


def _near(sites: pd.DataFrame, chimeras: pd.DataFrame) -> np.ndarray:
    """Sites no further than APART nt from a fragment of their family."""
    both = sites.merge(chimeras[["family", "target", "start", "end"]], on=["family", "target"])
    both = both[(both["first"] <= both["end"] + APART) & (both["last"] >= both["start"] - APART)]
    return both["site"].unique()


def same_mrnas(matches: Matches, mrnas: pd.DataFrame) -> Matches:
    """Positives (`seen`) and negatives on the same mRNAs: canonical seed matches of a miRNA where it has a positive.

    A negative is not `near`. The SEED_RUN nt around a seed match must be on no other place of all mRNAs, as fragments
    that fit two places were left out.
    """
    sites = matches.sites
    pair = sites.mirna.astype(np.int64) * len(mrnas) + sites.target
    canonical = sites.seed_type < CANONICAL_TYPES
    positive = matches.seen & canonical
    kept = np.flatnonzero(canonical & (positive | ~matches.near) & np.isin(pair, pair[positive]))
    kept = kept[_unique(sites.take(kept), mrnas["sequence"])]
    pair, seen = pair[kept], matches.seen[kept]
    return matches.take(kept[np.isin(pair, pair[seen])])


def _unique(sites: Sites, sequences: pd.Series) -> np.ndarray:
    """Are the SEED_RUN nt around each site on one place only?"""
    texts = sequences.to_numpy()
    starts = np.maximum(sites.window + 4 - SEED_RUN // 2, 0)
    around = [texts[row][at : at + SEED_RUN] for row, at in zip(sites.target, starts, strict=True)]
    places = exact_matches(around, texts)
    return np.bincount(places["fragment"], minlength=len(sites)) == 1
