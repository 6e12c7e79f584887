"""Is the input what it is taken for? Checks before anything is scored, each answered with one sentence.

What is certain is a ValueError, what is a guess a warning. Guesses rest on three things: nt 2-8 that many vertebrates
share, how often seeds match the targets beside what the targets' dinucleotides let expect, and the poly-A signal, which
three in four 3'UTRs have within their last 60 nt. Everything is RNA, 5'->3'.
"""

import re
from itertools import pairwise

import numpy as np
import pandas as pd

from deepmirnatar.annotation.regions import utrs
from deepmirnatar.rna.known_seeds import BACKWARDS, SEEDS
from deepmirnatar.rna.seeds import WINDOW
from deepmirnatar.rna.sequences import LONGEST_MIRNA, SHORTEST_MIRNA, encode, kmer_codes, reverse_complement

HAIRPIN = range(45, 201)  # nt of a precursor
SIGNAL, REVERSED_SIGNAL, REACH = re.compile("A[AU]UAAA"), re.compile("UUUA[AU]U"), 60
LONG = 120_000  # nt; human mRNAs end at about 110,000
# A strong 5' splice site, and behind it, at least 50 nt on, a 3' one: one in 100,000 nt of mRNAs, four times as often
# in genes with their introns.
DONOR, ACCEPTOR = re.compile("[AC]AGGU[AG]AGU"), re.compile("[CU]{8}[ACGU]{0,2}CAG")
INTRONS_BY_CHANCE = 1e-5
_PLANT = r"[a-z]{3,4}-(miR|MIR)\d.*"
ENOUGH = 300  # targets, and thousands of nt, in which words are counted


def check_mirnas(mirnas: pd.DataFrame) -> list[str]:
    """Warnings that need no target."""
    return [*plants(mirnas["mirna"]), *twice(mirnas["mirna"], mirnas["mirna_sequence"], "miRNAs")]


def check(mirnas: pd.DataFrame, targets: pd.DataFrame, window: int = WINDOW, from_mirbase: bool = False) -> list[str]:
    """Warnings for `mirnas` (mirna, mirna_sequence) and `targets` (target, sequence, cds_end; may hold N).

    Raises ValueError where they cannot be mature miRNAs and their targets. `window`: nt of a site that are scored.
    `from_mirbase`: the sequences are miRBase's, so that how they are written is known.
    """
    targets = targets.assign(sequence=utrs(targets))
    targets = targets[targets["sequence"] != ""]
    if targets.empty:
        raise ValueError("no target has a 3'UTR: each coding part reaches the end of its sequence; give whole mRNAs")
    check_kinds(mirnas, targets)
    found = [
        *check_mirnas(mirnas),
        *twice(targets["target"], targets["sequence"], "targets"),
        *([] if from_mirbase else turned(mirnas, targets)),
        *other_strand(mirnas, targets),
        *with_introns(targets),
        *short(targets, window),
    ]
    return found


def check_kinds(mirnas: pd.DataFrame, targets: pd.DataFrame) -> None:
    """ValueError where miRNAs and targets are swapped, or a miRNA has a precursor's or another wrong length."""
    lengths, of_targets = mirnas["mirna_sequence"].str.len(), targets["sequence"].str.len()
    if of_targets.median() <= LONGEST_MIRNA < lengths.median():
        raise ValueError(
            f"miRNAs and targets are swapped: those given as miRNAs have {lengths.median():,.0f} nt, those given as "
            f"targets {of_targets.median():,.0f}; exchange the two."
        )
    for name, sequence in zip(mirnas["mirna"], mirnas["mirna_sequence"], strict=True):
        check_mature(name, sequence)


def check_mature(name: str, sequence: str) -> None:
    """ValueError where a miRNA holds N, or has a precursor's or another wrong length."""
    if "N" in sequence:
        raise ValueError(f"miRNA {name!r} holds 'N' at nt {sequence.index('N') + 1}; give its bases, A, C, G, U or T.")
    if len(sequence) in HAIRPIN:
        raise ValueError(
            f"miRNA {name!r} has {len(sequence)} nt, the length of a hairpin; give the mature miRNA of "
            f"{SHORTEST_MIRNA} to {LONGEST_MIRNA} nt that is cut from it."
        )
    if not SHORTEST_MIRNA <= len(sequence) <= LONGEST_MIRNA:
        raise ValueError(
            f"miRNA {name!r} has {len(sequence)} nt; a mature miRNA has {SHORTEST_MIRNA} to {LONGEST_MIRNA}."
        )


def twice(names: pd.Series, sequences: pd.Series, what: str) -> list[str]:
    """A warning where one sequence has several names."""
    again = sequences.duplicated().to_numpy()
    if not again.any():
        return []
    row = int(again.argmax())
    first = names[(sequences == sequences.iloc[row]).to_numpy()].iloc[0]
    others = f" ({again.sum():,} {what} repeat an earlier one)" if again.sum() > 1 else ""
    return [f"{names.iloc[row]!r} has the same sequence as {first!r}, and so the same results{others}."]


def plants(names: pd.Series) -> list[str]:
    """A warning where miRNAs are named as those of plants, which miRBase writes without a hyphen: ath-miR156a-5p."""
    found = names[names.str.fullmatch(_PLANT)]
    if found.empty:
        return []
    several = f" and {len(found) - 1} more are plants' miRNAs" if len(found) > 1 else " is a plant's miRNA"
    return [
        f"{found.iloc[0]!r}{several}. Plants slice mRNAs at sites that pair over the whole miRNA, which is not what "
        "the ranking is fitted on; look first at the sites marked as fully complementary."
    ]


def turned(mirnas: pd.DataFrame, targets: pd.DataFrame) -> list[str]:
    """A warning where miRNAs look as if written 3'->5'."""
    written = mirnas["mirna_sequence"]
    reverse = written.map(lambda text: text[::-1])
    known, known_reverse = written.str[1:8].isin(SEEDS), reverse.str[1:8].isin(SEEDS)
    doubtful = known_reverse & ~known & ~written.str[1:8].isin(BACKWARDS)
    if doubtful.sum() > known.sum():
        which = f"{mirnas['mirna'][doubtful].iloc[0]!r}" + (
            f" and {doubtful.sum() - 1} more" if doubtful.sum() > 1 else ""
        )
        return [f"miRNAs look written 3'->5': read backwards, {which} would have a well-known seed. Give them 5'->3'."]
    if not known.any() and more_frequent(seed_matches(reverse), seed_matches(written), targets["sequence"]):
        return [
            "miRNAs look written 3'->5': read backwards, their seeds match the targets more often. Give them 5'->3'."
        ]
    return []


def other_strand(mirnas: pd.DataFrame, targets: pd.DataFrame) -> list[str]:
    """A warning where targets look like the strand that is not transcribed, as genes of the minus strand do where a
    genome was cut without turning them."""
    start = targets["sequence"].str[:REACH].map(lambda text: bool(REVERSED_SIGNAL.search(text)))
    end = targets["sequence"].str[-REACH:].map(lambda text: bool(SIGNAL.search(text)))
    reverse, forward = int((start & ~end).sum()), int((end & ~start).sum())
    advice = "Give targets of the minus strand as their reverse complement."
    if reverse > 0.2 * (reverse + forward) and (reverse > 1 or len(targets) == 1):
        name = targets["target"][start & ~end].iloc[0]
        return [
            f"{reverse:,} of {len(targets):,} targets look like the other strand, first {name!r}: a poly-A signal "
            f"stands reversed at the start (UUUAUU) and none at the end (AAUAAA). {advice}"
        ]
    written = mirnas["mirna_sequence"]
    if more_frequent(list(written.str[1:8]), seed_matches(written), targets["sequence"]):
        return [f"Targets look like the other strand: seeds match their reverse complement more often. {advice}"]
    return []


def with_introns(targets: pd.DataFrame) -> list[str]:
    """A warning where targets look like genomic DNA."""
    longest = targets.loc[targets["sequence"].str.len().idxmax()]
    advice = "Give spliced transcripts or 3'UTRs."
    if len(longest["sequence"]) > LONG:
        return [
            f"{longest['target']!r} has {len(longest['sequence']):,} nt, more than an mRNA: a gene with introns? "
            f"{advice}"
        ]
    counts = targets["sequence"].map(introns)
    if counts.sum() >= 3 and counts.sum() > 3 * INTRONS_BY_CHANCE * targets["sequence"].str.len().sum():
        name = targets["target"][counts.idxmax()]
        return [
            f"Targets look like genomic DNA with introns: {counts.sum()} pairs of splice sites, "
            f"most in {name!r}. {advice}"
        ]
    return []


def introns(sequence: str) -> int:
    """How many strong 5' splice sites have a 3' splice site behind them?"""
    return sum(bool(ACCEPTOR.search(sequence, donor.end() + 50)) for donor in DONOR.finditer(sequence))


def short(targets: pd.DataFrame, window: int) -> list[str]:
    """A warning where a target is shorter than what is scored of a site."""
    lengths = targets["sequence"].str.len()
    few = targets[lengths < window]
    if few.empty:
        return []
    which = "1 target is" if len(few) == 1 else f"{len(few):,} targets are"
    first = f"{few['target'].iloc[0]!r}, {len(few['sequence'].iloc[0])} nt"
    return [f"{which} shorter than the {window} nt of a site ({first}); what lies beside a 3'UTR's end is not known."]


def seed_matches(mirnas: pd.Series) -> list[str]:
    """The 7mer that pairs with nt 2-8 of each miRNA."""
    return [reverse_complement(mirna[1:8]) for mirna in mirnas]


def more_frequent(words: list[str], others: list[str], sequences: pd.Series) -> bool:
    """Is each word more frequent in the sequences than the other one beside it, to a degree that is no chance?

    Frequencies are taken relative to what the dinucleotides let expect. At least five pairs of words are compared, by
    their mean log ratio over its standard error, in the first 300,000 nt.
    """
    if len(words) < 5:
        return False
    text = "N".join(sequences.head(ENOUGH))[: 1000 * ENOUGH]
    letters, pairs, counts = (_counts(text, k) for k in (1, 2, len(words[0])))

    def excess(words: list[str]) -> np.ndarray:
        bases = np.array([encode(word) for word in words], dtype=int)
        expected = letters[bases[:, 0]].astype(float)
        for one, two in pairwise(bases.T):
            expected *= pairs[4 * one + two] / np.maximum(letters[one], 1)
        observed = counts[[kmer_codes(encode(word), len(word))[0] for word in words]]
        return np.log((observed + 1) / (expected + 1))

    differences = excess(words) - excess(others)
    return differences.mean() > max(0.2, 3 * differences.std(ddof=1) / np.sqrt(len(words)))


def _counts(text: str, k: int) -> np.ndarray:
    """How often each k-mer occurs, shape (4**k,)."""
    codes = kmer_codes(encode(text), k)
    return np.bincount(codes[codes >= 0], minlength=4**k)
