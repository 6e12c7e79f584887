"""The context++ score of TargetScan 7 (Agarwal et al. 2015, eLife 4:e05005), without conservation and accessibility.

A site's score is an intercept plus 18 features, each times a coefficient of its type (8mer, 7mer-m8, 7mer-A1, 6mer);
the scores of a gene's sites add up. Coefficients and ranges: the published Agarwal_2015_parameters.txt; TA (how many
sites all 3'UTRs have) and SPS (energy of the seed pairs): the published TA_SPS_by_seed_region.txt.

Left out: PCT, which needs an alignment of 84 genomes; SA, which needs every 3'UTR folded; isoforms: the whole
3'UTR counts. Offset 6mers are counted; the released program counts them as 0 or 1.
"""

from dataclasses import dataclass
from pathlib import Path

import numba
import numpy as np
import pandas as pd

from deepmirnatar.rna.sequences import ALPHABET, joined, padded

TYPES = ["8mer", "7mer-m8", "7mer-A1", "6mer"]
CEILING = np.array([-0.03, -0.02, -0.01, 0.0])  # of a site's score
FEATURES = [
    "3P_score",
    "Len_3UTR",
    "Len_ORF",
    "Local_AU",
    "Min_dist",
    "Off6m",
    "ORF8m",
    *(f"{name}{base}" for name in ("Site8", "sRNA1", "sRNA8") for base in "ACG"),
    "SPS",
    "TA_3UTR",
]
SCALED = ["3P_score", "Len_3UTR", "Len_ORF", "Local_AU", "Min_dist", "SPS", "TA_3UTR"]
NEAR_STOP = 15  # a site that starts before this place (1-based) is left out
UPSTREAM, FLANK = 15, 30
# Matched bases of each type within the 8 nt opposite nt 8..1 (0-based, half-open).
MATCHED = np.array([[0, 8], [0, 7], [1, 8], [1, 7]])


@dataclass
class Parameters:
    """What is published."""

    intercept: np.ndarray  # (types,)
    coefficient: np.ndarray  # (types, features)
    low: np.ndarray  # (types, features), what is taken off a feature
    span: np.ndarray  # (types, features), what it is then divided by
    seeds: pd.DataFrame  # by nt 2-8: TA; SPS of 8mer and 7mer-m8; SPS of 7mer-A1 and 6mer

    @classmethod
    def read(cls, parameters: str | Path, seeds: str | Path) -> "Parameters":
        """From the two published files. ValueError where a column or row is missing."""
        table = pd.read_csv(parameters, sep="\t", index_col="Feature")
        try:
            each = {what: table[[f"{name} {what}" for name in TYPES]] for what in ("coeff", "min", "max")}
            low, high = (each[what].loc[FEATURES].to_numpy().T.copy() for what in ("min", "max"))
            coefficient, intercept = each["coeff"].loc[FEATURES].fillna(0), each["coeff"].loc["Intercept"]
        except KeyError as error:
            raise ValueError(f"{parameters}: has no {error}; fetch Agarwal_2015_parameters.txt again") from error
        plain = ~np.isin(FEATURES, SCALED)
        low[:, plain], high[:, plain] = 0, 1
        by_seed = pd.read_csv(seeds, sep="\t", index_col=0)
        by_seed.columns = ["SPS of nt 8", "SPS of nt 7", "TA"]
        by_seed.index = by_seed.index.str.replace("T", "U")
        return cls(intercept.to_numpy(), coefficient.to_numpy().T, low, high - low, by_seed)


@dataclass
class Sites:
    """Scored sites of one miRNA in order of 3'UTR and place."""

    utr: np.ndarray  # (sites,) row
    window: np.ndarray  # (sites,) 0-based start of the 8 nt opposite nt 8..1
    site_type: np.ndarray  # (sites,) index into TYPES
    contributions: np.ndarray  # (sites, features) in the order of FEATURES
    score: np.ndarray  # (sites,) <= 0


def scores(parameters: Parameters, mirnas: list[str], utrs: list[str], orfs: list[str]) -> np.ndarray:
    """Scores of genes, log2 fold changes <= 0, shape (miRNAs, genes); all RNA, 5'->3', `orfs` with stop codon."""
    utrs, orfs = joined(utrs), joined(orfs)
    genes = len(utrs[1]) - 1
    found = np.zeros((len(mirnas), genes))
    for row, mirna in enumerate(mirnas):
        sites = find(parameters, mirna, utrs, orfs)
        found[row] = np.bincount(sites.utr, sites.score, genes)
    return found


def find(parameters: Parameters, mirna: str, utrs: tuple, orfs: tuple) -> Sites:
    """All sites of one miRNA that count; `utrs` and `orfs` as from `sequences.joined`."""
    bases = padded([mirna])[0]
    seed = mirna[1:8]
    if seed not in parameters.seeds.index:
        raise ValueError(f"miRNA {mirna!r}: its nt 2-8 are not in the table of TA and SPS; they must be ACGU")
    sites, raw = _describe(*utrs, bases)
    utr, window, site_type = sites.T
    lengths, orf_lengths = np.diff(utrs[1]), np.diff(orfs[1])
    value = dict(zip(("3P_score", "Local_AU", "Min_dist"), raw.T[:3], strict=True))
    value["Len_3UTR"] = _log10(lengths[utr])
    value["Len_ORF"] = _log10(orf_lengths[utr])
    value["Off6m"] = count_types(*utrs, bases)[utr, 4]
    value["ORF8m"] = count_types(*orfs, bases)[utr, 0]
    value["SPS"] = parameters.seeds.loc[seed].to_numpy()[:2][site_type // 2]
    value["TA_3UTR"] = parameters.seeds.loc[seed, "TA"]
    for code, base in enumerate(ALPHABET[:3]):
        value[f"Site8{base}"] = raw[:, 3] == code
        value[f"sRNA1{base}"], value[f"sRNA8{base}"] = mirna[0] == base, mirna[7] == base
    table = np.column_stack([np.broadcast_to(value[name], len(sites)) for name in FEATURES]).astype(float)
    scaled = (table - parameters.low[site_type]) / parameters.span[site_type]
    contributions = parameters.coefficient[site_type] * scaled
    score = np.minimum(parameters.intercept[site_type] + contributions.sum(axis=1), CEILING[site_type])
    return Sites(utr, window, site_type, contributions, score)


def _log10(lengths: np.ndarray) -> np.ndarray:
    """0 where there is nothing, as in the released program."""
    return np.log10(np.maximum(lengths, 1))


@numba.njit(cache=True)
def _base(codes, first, last, place):
    return codes[place] if first <= place < last else 4


@numba.njit(cache=True)
def _site_type(codes, first, last, window, bases):
    """Index into TYPES; 4: an offset 6mer; 5: no site."""
    for nt in range(2, 7):
        if _base(codes, first, last, window + 7 - nt) != 3 - bases[nt]:
            return 5
    eight = _base(codes, first, last, window) == 3 - bases[7]
    if _base(codes, first, last, window + 6) != 3 - bases[1]:
        return 4 if eight else 5
    adenine = _base(codes, first, last, window + 7) == 0
    return (0 if adenine else 1) if eight else (2 if adenine else 3)


@numba.njit(cache=True)
def count_types(codes, ends, bases):
    """How many sites of each of TYPES, and offset 6mers, each sequence has: (sequences, 5) int64."""
    counts = np.zeros((len(ends) - 1, 6), np.int64)
    for row in range(len(ends) - 1):
        for window in range(ends[row] - 1, ends[row + 1] - 5):
            counts[row, _site_type(codes, ends[row], ends[row + 1], window, bases)] += 1
    return counts[:, :5]


@numba.njit(cache=True)
def _describe(codes, ends, bases):
    """Sites (row, window, type) and (3' pairing, local A/U, log10 distance to the nearer end, base opposite nt 8)."""
    sites, count = np.empty((1024, 3), np.int64), 0
    features = np.empty((1024, 4))
    for row in range(len(ends) - 1):
        first, last = ends[row], ends[row + 1]
        for window in range(first - 1, last - 6):
            kind = _site_type(codes, first, last, window, bases)
            start, end = window + MATCHED[min(kind, 3), 0], window + MATCHED[min(kind, 3), 1]
            if kind > 3 or start - first + 1 < NEAR_STOP:
                continue
            if count == len(sites):
                sites = np.concatenate((sites, np.empty_like(sites)))
                features = np.concatenate((features, np.empty_like(features)))
            sites[count, 0], sites[count, 1], sites[count, 2] = row, window - first, kind
            features[count, 0] = _pairing(codes, first, last, window, bases, kind)
            features[count, 1] = _local_au(codes, first, last, start, end, kind)
            features[count, 2] = np.log10(max(1, min(start - first, last - end)))
            features[count, 3] = _base(codes, first, last, window) if kind >= 2 else 4
            count += 1
    return sites[:count], features[:count]


@numba.njit(cache=True)
def _local_au(codes, first, last, start, end, kind):
    """A and U in the 30 nt on either side, each weighted by 1 over its distance from the site.

    The distance grows by 1 upstream of a 7mer-A1 and 6mer, and downstream of an 8mer and 7mer-A1.
    """
    au, total = 0.0, 0.0
    for step in range(FLANK):
        for place, more in ((start - 1 - step, kind >= 2), (end + step, kind in (0, 2))):
            if first <= place < last:
                weight = 1.0 / (step + 1 + more)
                total += weight
                if codes[place] == 0 or codes[place] == 3:
                    au += weight
    return au / total if total > 0 else 0.0


@numba.njit(cache=True)
def _pairing(codes, first, last, window, bases, kind):
    """Best run of two or more pairs of the miRNA's 3' part with the 15 nt upstream, less .5 per nt of offset beyond 2.

    A pair of nt 13-16 counts 1, another .5. The part begins at nt 9, for a 7mer-A1 at nt 8.
    """
    begin = 7 if kind == 2 else 8
    there, here = UPSTREAM - (kind == 3), len(bases) - begin
    best = 0.0
    for offset in range(-max(there, here) + 1, max(there, here)):  # nt more on the miRNA than on the 3'UTR
        run, score, top = 0, 0.0, 0.0
        for i in range(max(0, -offset), there):
            nt = begin + i + offset
            if nt >= len(bases):
                break
            base = _base(codes, first, last, window + 7 - begin - i)
            if base < 4 and bases[nt] < 4 and base + bases[nt] == 3:
                run, score = run + 1, score + (1.0 if 12 <= nt <= 15 else 0.5)
                if run >= 2:
                    top = max(top, score)
            else:
                run, score = 0, 0.0
        best = max(best, top - max(0.0, (abs(offset) - 2) / 2))
    return best
