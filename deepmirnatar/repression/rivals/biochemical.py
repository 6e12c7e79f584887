"""The biochemical model of McGeary, Lin et al. 2019 (Science 366:eaav1741), with the affinities of their network.

A site is bound by a share N = sigmoid(a + ln KA + c_orf in the ORF) of the time, N0 without ln KA if nothing matched;
a gene changes by ln(1 + b sum N0) - ln(1 + b sum N) in natural logarithms. Candidates: places with four or more
matches in a row, in register, to the 8mer site, and ln KA > 0; of those within 12 nt of each other the strongest alone
stays.

Departures: guide strands alone, one `a` for all of them (the mean over those that the network was fitted with), none of
accessibility, 3' pairing and conservation, which their biochemical+ model adds.
"""

from dataclasses import dataclass

import numba
import numpy as np

from deepmirnatar.rna.affinity import BEFORE, SITE_LENGTH, Affinities, ln_ka
from deepmirnatar.rna.sequences import joined, padded

LN_FREE_AGO = -5.28  # mean of `freeAGO_guide_offset` in the checkpoint
LN_B, ORF = 0.8655766248703003, -1.848806619644165  # biochem.json
INTO_UTR = 15  # nt behind the stop codon in which a ribosome still clears sites
APART = 12

# Index into SITE_TYPES that `candidates` gives; the last is a site of none of these types.
SITE_TYPES = ["8mer", "7mer-m8", "7mer-A1", "6mer", "offset 6mer", "6mer-A1", "none"]
NONE = 6
BITS = np.array([255, 127, 254, 126, 63, 252])  # which of the 8 nt each type matches, the first in the lowest bit


@dataclass
class Candidates:
    """Sites in order of transcript and place."""

    transcript: np.ndarray  # (sites,) row
    place: np.ndarray  # (sites,) 0-based base opposite nt 7; the 12 nt start 3 before it
    ln_ka: np.ndarray  # (sites,)
    site_type: np.ndarray  # (sites,) index into SITE_TYPES


def candidates(codes: np.ndarray, ends: np.ndarray, mirna: str, network: Affinities) -> Candidates:
    """Sites of one miRNA (RNA, 5'->3') on transcripts end to end (`sequences.joined`), with ln KA > 0."""
    site = np.append(3 - padded([mirna[:8]])[0, :0:-1].astype(np.int64), 0)
    found = _candidates(codes, ends, site, network.tables([mirna])[0], network.last)
    return Candidates(*found)


def repression(network: Affinities, mirnas: list[str], transcripts: list[str], orf_lengths: np.ndarray) -> dict:
    """Natural log fold changes, <= 0: arrays (miRNAs, transcripts) by name, for all sites and the six canonical types.

    `transcripts` are ORF and 3'UTR, RNA; `orf_lengths` (transcripts,) in nt, 0 where there is no ORF.
    """
    codes, ends = joined(transcripts)
    genes = len(transcripts)
    cleared = np.where(orf_lengths > 0, orf_lengths + INTO_UTR, 0)
    change = {name: np.zeros((len(mirnas), genes)) for name in ("all sites", "canonical")}
    for row, mirna in enumerate(mirnas):
        sites = candidates(codes, ends, mirna, network)
        background = LN_FREE_AGO + ORF * (sites.place < cleared[sites.transcript])
        for name, use in (("all sites", slice(None)), ("canonical", sites.site_type != NONE)):
            bound, free = (
                np.bincount(sites.transcript[use], expit(energy[use]), genes)
                for energy in (background + sites.ln_ka, background)
            )
            change[name][row] = log_fold_change(bound, free, LN_B)
    return change


def log_fold_change(bound: np.ndarray, background: np.ndarray, ln_b: float) -> np.ndarray:
    """ln(1 + b background) - ln(1 + b bound), each a sum of occupancies."""
    return np.log1p(np.exp(ln_b) * background) - np.log1p(np.exp(ln_b) * bound)


def expit(values: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-values))


@numba.njit(cache=True)
def _matches(codes, first, last, place, site):
    """Type of the site whose 8 nt start at `place` (6: none), and whether four bases in a row match."""
    run, enough, bits = 0, False, 0
    for i in range(8):
        if first <= place + i < last and codes[place + i] == site[i]:
            run, bits = run + 1, bits | 1 << i
        else:
            run = 0
        enough |= run == 4
    for kind in range(NONE):
        if bits & BITS[kind] == BITS[kind]:
            return kind, enough
    return NONE, enough


@numba.njit(cache=True)
def _is_candidate(codes, first, last, start, site):
    """Type of the 12 nt from `start`, and whether they are a candidate.

    One has four matches in a row and no better type in another register.
    """
    kind, enough = _matches(codes, first, last, start + BEFORE, site)
    if not enough:
        return kind, False
    low, high = max(first, start), min(last, start + SITE_LENGTH)
    for shift in range(-4, 5):
        if shift != 0 and _matches(codes, low, high, start + BEFORE + shift, site)[0] < kind:
            return kind, False
    return kind, True


@numba.njit(cache=True)
def _candidates(codes, ends, site, table, weights):
    """Transcript, place, ln KA and type of each site that stays."""
    most = np.sum(np.diff(ends) // (APART + 1) + 1)
    rows, places = np.empty(most, np.int64), np.empty(most, np.int64)
    values, kinds = np.empty(most, np.float32), np.empty(most, np.int8)
    longest = np.max(np.diff(ends))
    place, value, kind = np.empty(longest, np.int64), np.empty(longest, np.float32), np.empty(longest, np.int8)
    total = 0
    for row in range(len(ends) - 1):
        first, last = ends[row], ends[row + 1]
        count = 0
        for here in range(first, last - 5):  # opposite nt 7; nt 7-2 lie within
            kind[count], good = _is_candidate(codes, first, last, here - 3, site)
            if good:
                value[count] = ln_ka(codes, first, last, here - 3, table, weights)
                place[count] = here
                count += value[count] > 0
        # Greedily from the strongest.
        kept = np.zeros(count, np.bool_)
        for which in np.argsort(-value[:count], kind="mergesort"):
            kept[which] = True
            for step in (-1, 1):
                other = which + step
                while 0 <= other < count and abs(place[other] - place[which]) <= APART:
                    kept[which] &= not kept[other]
                    other += step
        for which in range(count):
            if kept[which]:
                rows[total], places[total] = row, place[which] - first
                values[total], kinds[total] = value[which], kind[which]
                total += 1
    return rows[:total], places[:total], values[:total], kinds[:total]
