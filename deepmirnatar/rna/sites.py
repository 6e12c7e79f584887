"""Seed sites of many miRNAs on many targets: whole mRNAs (coding sequence and 3'UTR) or 3'UTRs alone.

Everything is RNA, 5'->3'; codes 0..3 are A, C, G, U, and 4 is N or a place beyond an end. The place of a site is given
by its window: the 8 nt of the target opposite miRNA nt 8..1, so that its last base is opposite nt 1. Types of sites:
Bartel 2009, Cell 136:215, and `deepmirnatar.rna.seeds.SEED_TYPES`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields

import numpy as np
import pandas as pd

from deepmirnatar.common.compiled import jit
from deepmirnatar.rna.seeds import SEED_TYPES
from deepmirnatar.rna.sequences import joined, padded

# Matched bases of each type, within the window (0-based, half-open): the A opposite nt 1 counts as one of them.
MATCHED = np.array([[0, 8], [0, 7], [1, 8], [1, 7], [0, 6], [2, 8]])
CANONICAL = SEED_TYPES[:4]
NEAR = 8  # windows of one miRNA whose starts are nearer than this, in nt, overlap: they are one site
PAST_STOP = 15  # nt behind the stop codon that a ribosome still covers: a site that starts there is like one in the ORF


@dataclass
class Targets:
    """Sequences end to end. Target i is codes[ends[i]:ends[i + 1]]; `cds` (targets, 2) as in `cds_start`, `cds_end`."""

    codes: np.ndarray
    ends: np.ndarray
    cds: np.ndarray

    @classmethod
    def of(cls, table: pd.DataFrame) -> "Targets":
        """From columns sequence, cds_start, cds_end (0-based, half-open, stop codon included; 0, 0: a 3'UTR alone)."""
        codes, ends = joined(table["sequence"])
        cds = table[["cds_start", "cds_end"]].to_numpy(dtype=np.int64)
        wrong = (cds[:, 0] < 0) | (cds[:, 0] > cds[:, 1]) | (cds[:, 1] > np.diff(ends))
        if wrong.any():
            row = int(wrong.argmax())
            raise ValueError(
                f"target {row + 1}: its coding sequence is said to be {cds[row, 0]}..{cds[row, 1]} of "
                f"{ends[row + 1] - ends[row]} nt; correct cds_start and cds_end, or give 0 and 0 for a 3'UTR"
            )
        return cls(codes, ends, cds)

    def __len__(self) -> int:
        return len(self.ends) - 1


@dataclass
class Sites:
    """Sites in order of target, window and miRNA."""

    mirna: np.ndarray  # (sites,) int32, row of the miRNA
    target: np.ndarray  # (sites,) int32, row of the target
    window: np.ndarray  # (sites,) int32, 0-based start of the window on the target; -1 or -2 where nt 8, 7 have no base
    seed_type: np.ndarray  # (sites,) int8, index into SEED_TYPES
    in_orf: np.ndarray  # (sites,) bool, False: in the 3'UTR

    def __len__(self) -> int:
        return len(self.mirna)

    def take(self, rows: np.ndarray) -> "Sites":
        """Only these rows."""
        return Sites(*(getattr(self, field.name)[rows] for field in fields(self)))

    @property
    def start(self) -> np.ndarray:
        """0-based start of the matched bases on the target."""
        return self.window + MATCHED[self.seed_type, 0]

    @property
    def end(self) -> np.ndarray:
        """Their end, half-open."""
        return self.window + MATCHED[self.seed_type, 1]

    @property
    def region(self) -> np.ndarray:
        """`3'UTR` or `ORF`."""
        return np.where(self.in_orf, "ORF", "3'UTR")


class SeedIndex:
    """Which miRNAs does a window match, and how? Built once for a set of miRNAs.

    `first` (5 ** 8 + 1,) and `mirna`, `seed_type` (entries,): the entries of window code c are first[c]:first[c + 1].
    `types`: those that are looked for.
    """

    def __init__(self, mirnas: np.ndarray, types: Iterable[str] = tuple(SEED_TYPES)) -> None:
        if mirnas.ndim != 2 or mirnas.shape[1] < 8 or (mirnas[:, 1:8] > 3).any():
            raise ValueError("a miRNA must have 8 nt or more and no N among nt 2-8; leave the others out")
        match = 3 - mirnas[:, 7::-1].astype(np.int64)  # the bases that pair with nt 8..1
        match[:, 7] = 0  # A opposite nt 1
        power = 5 ** np.arange(7, -1, -1)
        keys, kinds = [], []
        for kind in sorted(map(SEED_TYPES.index, types)):
            first, last = MATCHED[kind]
            window = (match[:, first:last] * power[first:last]).sum(axis=1)
            free = np.zeros(1, dtype=np.int64)
            for place in [*range(first), *range(last, 8)]:
                free = np.add.outer(free, np.arange(5) * power[place]).ravel()
            found = np.add.outer(window, free) + np.arange(len(mirnas))[:, None] * 5**8
            keys.append(found.ravel())
            kinds.append(np.full(found.size, kind, dtype=np.int8))
        keys, place = np.unique(np.concatenate(keys), return_index=True)  # the stronger type comes first and is kept
        mirna, window = keys // 5**8, keys % 5**8
        order = np.argsort(window, kind="stable")
        self.mirna = mirna[order].astype(np.int32)
        self.seed_type = np.concatenate(kinds)[place][order]
        self.first = np.searchsorted(window[order], np.arange(5**8 + 1)).astype(np.int32)
        self.mirnas = len(mirnas)


def find_sites(targets: Targets, index: SeedIndex) -> Sites:
    """All sites in coding sequences and 3'UTRs; memory grows with their number.

    Matches of one miRNA whose windows overlap are one site: the strongest of them, of equal ones that upstream. (A
    repeat such as (UA)n would otherwise count many times.) A site is in the ORF where its matched bases start before
    the stop codon's end + PAST_STOP, and nowhere if they start before the coding sequence.
    """
    found = _find(
        targets.codes, targets.ends, targets.cds, index.first, index.mirna, index.seed_type, index.mirnas, MATCHED
    )
    mirna, target, window, seed_type, in_orf = found.T
    return Sites(mirna, target, window, seed_type.astype(np.int8), in_orf.astype(bool))


def find(mirnas: Sequence[str], table: pd.DataFrame, types: Iterable[str] = tuple(SEED_TYPES)) -> Sites:
    """`find_sites` for miRNA sequences and a table of targets."""
    return find_sites(Targets.of(table), SeedIndex(padded(mirnas, 8), types))


@jit
def _find(codes, ends, cds, first_entry, entry_mirna, entry_type, mirnas, matched):
    """Rows of miRNA, target, window, type, in ORF."""
    kept = np.empty((1024, 5), np.int32)
    count = 0
    matches = np.empty((1024, 4), np.int32)  # miRNA, window, type, match of the same miRNA before it
    latest = np.full(mirnas, -1, np.int64)
    for target in range(len(ends) - 1):
        first, last = ends[target], ends[target + 1]
        begin = cds[target, 0]
        here = 0
        window = 390624  # all beyond the end
        for place in range(first + max(begin - 2, 0), last + 2):  # last base of the window
            window = window % 78125 * 5 + (codes[place] if place < last else 4)
            for entry in range(first_entry[window], first_entry[window + 1]):
                start = place - 7 - first
                mirna, kind = entry_mirna[entry], entry_type[entry]
                if start + matched[kind, 0] < begin or start + matched[kind, 1] > last - first:
                    continue
                if here == len(matches):
                    larger = np.empty((2 * here, 4), np.int32)
                    larger[:here] = matches
                    matches = larger
                matches[here, 0], matches[here, 1], matches[here, 2] = mirna, start, kind
                matches[here, 3] = latest[mirna]
                latest[mirna] = here
                here += 1
        keep = _strongest(matches[:here])
        for row in range(here):
            latest[matches[row, 0]] = -1
            if keep[row]:
                if count == len(kept):
                    more = np.empty((2 * count, 5), np.int32)
                    more[:count] = kept
                    kept = more
                start = matches[row, 1] + matched[matches[row, 2], 0]
                kept[count, 0], kept[count, 1] = matches[row, 0], target
                kept[count, 2], kept[count, 3] = matches[row, 1], matches[row, 2]
                kept[count, 4] = cds[target, 1] > 0 and start < cds[target, 1] + PAST_STOP
                count += 1
    return kept[:count].copy()


@jit
def _strongest(matches):
    """Which matches on one target stay: from the strongest type on, each that is not near one of its miRNA that did."""
    count = len(matches)
    after = np.full(count, -1, np.int64)
    for row in range(count):
        if matches[row, 3] >= 0:
            after[matches[row, 3]] = row
    keep = np.zeros(count, np.bool_)
    for kind in range(6):
        for row in range(count):
            if matches[row, 2] != kind:
                continue
            free = True
            other = matches[row, 3]
            while free and other >= 0 and matches[row, 1] - matches[other, 1] < NEAR:
                free = not keep[other]
                other = matches[other, 3]
            other = after[row]
            while free and other >= 0 and matches[other, 1] - matches[row, 1] < NEAR:
                free = not keep[other]
                other = after[other]
            keep[row] = free
    return keep
