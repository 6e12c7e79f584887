"""Chimeric reads: fragments of mRNAs that were ligated to a miRNA, found again on whole mRNAs and made into windows.

A fragment ends where the RNase cut, and fragments differ in length; windows are all of one length. A fragment always in
the middle of its window would tell a chimera from any other piece of an mRNA: it has a random place in it.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from deepmirnatar.common.fasta import records
from deepmirnatar.rna.sequences import joined, kmer_codes, kmers_within, to_rna

WINDOW = 50  # nt, as in the benchmarks of this field
SEED_RUN = 20  # nt that a fragment and an mRNA must at least have in common
_AT_ONCE = 1000  # mRNAs whose runs are in memory


def read_mrnas(path: str | Path) -> pd.DataFrame:
    """Whole mRNAs of DM3Loc (FASTA, `>...,Gene_Name:MLNR`): columns target and sequence (RNA, 5'->3').

    One for each gene, the first of several. ValueError for a header without a gene.
    """
    rows = []
    for record in records(path):
        fields = dict(field.split(":", 1) for field in record.title.split(",") if ":" in field)
        if "Gene_Name" not in fields:
            raise ValueError(
                f"{path}, line {record.line}: header {record.title[:80]!r} has no Gene_Name; fetch the file again"
            )
        rows.append((fields["Gene_Name"], record.sequence))
    table = pd.DataFrame(rows, columns=["target", "sequence"]).drop_duplicates("target", ignore_index=True)
    return table.assign(sequence=to_rna(table["sequence"]))


def windows(fragments: pd.Series, mrnas: pd.DataFrame, seed: int = 1, length: int = WINDOW) -> tuple:
    """The window of each fragment (RNA, 5'->3') that lies on one place of one mRNA, and counts of the others.

    Returns (table, counts). `table` has the index of those fragments and columns target, target_sequence (`length` nt)
    and window_start (0-based, on the mRNA). The place is where fragment and mRNA have the longest exact match, of
    SEED_RUN nt at least; a fragment with two such places is ambiguous. The window lies at random so that it holds the
    whole fragment, or lies within it where that is longer; at an end of the mRNA it is moved inwards.
    """
    found = exact_matches(fragments.to_numpy(), mrnas["sequence"].to_numpy())
    alone = one_best(found)
    size = mrnas["sequence"].str.len().to_numpy()[alone["mrna"]]
    roomy = alone[size >= length]
    start, size = roomy["start"].to_numpy(), size[size >= length]
    other = start + fragments.str.len().to_numpy()[roomy["fragment"]] - length
    low, high = (np.clip(side, 0, size - length) for side in (np.minimum(start, other), np.maximum(start, other)))
    begin = np.random.default_rng(seed).integers(low, high + 1)
    gene, sequence = (mrnas[column].to_numpy()[roomy["mrna"]] for column in ("target", "sequence"))
    table = pd.DataFrame(
        {
            "target": gene,
            "target_sequence": [text[at : at + length] for text, at in zip(sequence, begin, strict=True)],
            "window_start": begin,
        },
        index=fragments.index[roomy["fragment"]],
    )
    known = table[table["target_sequence"].str.fullmatch("[ACGU]+")]
    short = int((fragments.str.len() < SEED_RUN).sum())
    on_some = found["fragment"].nunique()
    return known, {
        f"fragments of less than {SEED_RUN} nt, left out": short,
        f"fragments that share {SEED_RUN} nt with no mRNA, left out": len(fragments) - short - on_some,
        "fragments with several best places, left out": on_some - len(alone),
        f"fragments on mRNAs of less than {length} nt, left out": len(alone) - len(roomy),
        "windows with unknown bases, left out": len(table) - len(known),
        "fragments with one best place": len(known),
    }


def one_best(found: pd.DataFrame) -> pd.DataFrame:
    """Of `exact_matches`, the longest match of each fragment; without fragments that have several of that length."""
    best = found[found["match"] == found.groupby("fragment")["match"].transform("max")]
    return best[~best.duplicated("fragment", keep=False)]


def exact_matches(fragments: Sequence[str], mrnas: Sequence[str]) -> pd.DataFrame:
    """Every exact match of SEED_RUN nt or more: columns fragment and mrna (numbers), start (of the fragment on the
    mRNA, as if it matched throughout) and match (nt, the longest of that start)."""
    bases, offsets = joined(fragments)
    places, counts = kmers_within(offsets, SEED_RUN)
    rows = np.repeat(np.arange(len(counts)), counts)
    codes, within = kmer_codes(bases, SEED_RUN)[places], places - offsets[:-1][rows]
    order = np.argsort(codes, kind="stable")
    order = order[np.searchsorted(codes[order], 0) :]  # a run that holds N is none
    codes, rows, within = codes[order], rows[order], within[order]
    found = []
    for first in range(0, len(mrnas), _AT_ONCE):
        bases, offsets = joined(mrnas[first : first + _AT_ONCE])
        places, counts = kmers_within(offsets, SEED_RUN)
        numbers = np.repeat(np.arange(len(counts)), counts)
        own = kmer_codes(bases, SEED_RUN)[places]
        low, high = np.searchsorted(codes, own, "left"), np.searchsorted(codes, own, "right")
        hits = np.flatnonzero((high > low) & (own >= 0))
        times = (high - low)[hits]
        which = np.repeat(low[hits] - np.cumsum(times) + times, times) + np.arange(times.sum())
        hits = np.repeat(hits, times)
        start = places[hits] - offsets[:-1][numbers[hits]] - within[which]
        found.append(np.column_stack([rows[which], first + numbers[hits], start, within[which]]))
    table = pd.DataFrame(np.concatenate(found), columns=["fragment", "mrna", "start", "within"])
    table = table.sort_values(["fragment", "mrna", "start", "within"], ignore_index=True)
    place = ["fragment", "mrna", "start"]
    follows = (table[place].diff().eq(0).all(axis=1)) & table["within"].diff().eq(1)
    runs = table.assign(run=(~follows).cumsum()).groupby([*place, "run"], as_index=False)["within"].size()
    runs["match"] = runs["size"] + SEED_RUN - 1
    return runs.groupby(place, as_index=False)["match"].max()
