"""The loops over sites of `features`, compiled. Orientation, codes and sources: see there."""

import math

import numpy as np

from deepmirnatar.common.compiled import jit
from deepmirnatar.rna.energies import KT
from deepmirnatar.rna.sequences import ALPHABET, PAIRS
from deepmirnatar.rna.sites import MATCHED

FLANK, WIDE, REACH, OFF = 30, 75, 60, 4
TERMINAL_AU = 0.45  # kcal/mol for a helix's end with an A-U pair

# STACKS[a, b, c, d]: free energy (kcal/mol) of the pair a-d followed by b-c, for 5'-ab-3' on 5'-cd-3'; 0: no stack.
STACKS = np.zeros((5, 5, 5, 5), dtype=np.float32)
_WATSON_CRICK = (
    "AA:UU-.93 AU:AU-1.10 UA:UA-1.33 CU:AG-2.08 CA:UG-2.11 GU:AC-2.24 GA:UC-2.35 CG:CG-2.36 GG:CC-3.26 GC:GC-3.42"
)
_G_U = (
    "AG:UU-.55 AU:GU-1.36 CG:UG-1.41 CU:GG-2.11 GG:UC-1.53 GU:GC-2.51 "
    "GA:UU-1.27 UG:UA-1.00 UA:UG-1.00 UG:UG.30 GG:UU-.50 GU:GU1.29"
)
for _text in (_WATSON_CRICK + " " + _G_U).split():
    _a, _b, _c, _d = (ALPHABET.index(letter) for letter in _text[:2] + _text[3:5])
    STACKS[_a, _b, _c, _d] = STACKS[_c, _d, _a, _b] = float(_text[5:])

# Matched miRNA bases of each seed type, 0-based, half-open.
PAIRED = np.array([[1, 8], [1, 8], [1, 7], [1, 7], [2, 8], [1, 6]])
# nt between the matched bases and the first one that counts for local A/U, as context++ has it: before, after.
GAPS = np.array([[0, 1], [0, 0], [1, 1], [1, 0], [0, 0], [1, 1]])

# Poly(A) signals as base-4 numbers (as in `kmer_codes`): 1 for AAUAAA, 2 for AUUAAA, 3 for seven weaker variants.
SIGNALS = np.zeros(4096, dtype=np.int8)
for _kind, _texts in enumerate(["AAUAAA", "AUUAAA", "UAUAAA AGUAAA CAUAAA GAUAAA AAUAUA AAUACA AAGAAA"], start=1):
    for _text in _texts.split():
        SIGNALS[int("".join(str(ALPHABET.index(letter)) for letter in _text), 4)] = _kind
BEFORE_SITE = 15  # nt between the start of a signal and that of a site, at least, for an isoform to lack the site
DOWNSTREAM = (16, 47)  # nt behind the start of a signal, where G and U show that it is used
MANY_GU = 19


@jit(inline="always")
def base(codes, first, last, place):
    """The code at `place`, N beyond the ends of the target."""
    return codes[place] if first <= place < last else 4


@jit
def local_au(codes, first, last, start, end, before, after):
    """A/U of FLANK nt on either side of start..end, the k-th weighing 1 / (k + gap); half where there are none."""
    au, total = 0.0, 0.0
    for k in range(1, FLANK + 1):
        place = start - k
        if place >= first:
            total += 1.0 / (k + before)
            if codes[place] == 0 or codes[place] == 3:
                au += 1.0 / (k + before)
        place = end + k - 1
        if place < last:
            total += 1.0 / (k + after)
            if codes[place] == 0 or codes[place] == 3:
                au += 1.0 / (k + after)
    return au / total if total > 0 else 0.5


@jit
def pairing_3p(codes, first, window, mirna):
    """Best run of two or more pairs of the miRNA's nt 9-end upstream of the window, without a gap (Grimson 2007).

    1 per Watson-Crick pair of nt 13-16, 0.5 per other pair; 0.5 off for each nt beyond 2 that the two loops differ.
    """
    best = 0.0
    for shift in range(-OFF, OFF + 1):  # nt more on the target than on the miRNA between seed and pairing
        run, score = 0, 0.0
        penalty = max(0.0, 0.5 * (abs(shift) - 2))
        for i in range(8, len(mirna)):  # 0-based nt; nt 8 (i = 7) is opposite the window's first base
            place = window + 7 - i - shift
            if mirna[i] < 4 and first <= place < window and mirna[i] + codes[place] == 3:
                run += 1
                score += 1.0 if 12 <= i <= 15 else 0.5
                if run >= 2 and score - penalty > best:
                    best = score - penalty
            else:
                run, score = 0, 0.0
    return best


@jit
def seed_stability(mirna, kind):
    """Stacking energies of the matched miRNA bases with their complement, and of A-U ends; kcal/mol."""
    first, last = PAIRED[kind]
    energy = 0.0
    for i in range(first, last - 1):
        energy += STACKS[mirna[i], mirna[i + 1], 3 - mirna[i + 1], 3 - mirna[i]]
    for end in (mirna[first], mirna[last - 1]):
        if end == 0 or end == 3:
            energy += TERMINAL_AU
    return energy


@jit
def stem(codes, first, last, window):
    """log(1 + sum of exp(-G / kT)) over helices of stacked pairs between the seed window and the bases around it.

    G is the stacks' energy plus 4.5 kcal/mol and 1.75 kT ln(loop / 9) for the loop that closes the helix, a cheap
    stand-in for the cost of opening the window.
    """
    low, high = max(first, window - REACH), min(last, window + 8 + REACH)
    left, right = max(first, window), min(last, window + 8)
    total = 0.0
    for side in range(left + low, right - 1 + high):  # i + j of a helix's pairs
        # A helix that touches the window is followed from at most 8 pairs outside of it.
        i = max(low, side - high + 1, min(left - 8, side - right - 7))
        j = side - i
        energy, touches, length = 0.0, False, 0
        while j - i >= 4:
            paired = PAIRS[codes[i], codes[j]]
            if paired:
                energy += STACKS[codes[i - 1], codes[i], codes[j], codes[j + 1]] if length else 0.0
                length += 1
                touches |= left <= i < right or left <= j < right
            if (not paired or j - i < 6) and length:
                if touches and length >= 3:
                    loop = j - i - 1 if paired else j - i + 1
                    cost = energy + 4.5 + 1.75 * KT * math.log(max(loop, 3) / 9.0)
                    total += math.exp(-cost / KT)
                energy, touches, length = 0.0, False, 0
            i += 1
            j -= 1
            if length == 0 and (i >= right or j < left):
                break
    return math.log1p(total)


@jit
def count_before(codes, first, last, stop, au, signals):
    """Fill running counts of one target: A and U before each place, `au` (nt + 1,), and poly(A) signals that start in
    the 3'UTR before it, `signals` (nt + 1, 4). Both come as zeros."""
    length = last - first
    for place in range(length):
        letter = codes[first + place]
        au[place + 1] = au[place] + (letter == 0 or letter == 3)
    code, known = 0, 0
    for place in range(stop, length):
        letter = codes[first + place]
        known = known + 1 if letter < 4 else 0
        code = (code * 4 + letter) % 4096
        start = place - 5
        kind = SIGNALS[code] if known >= 6 else 0
        if kind == 3:
            signals[start + 1, 2] = 1
        elif kind > 0:
            signals[start + 1, 0] = 1
            signals[start + 1, 1] = kind == 1
            many = 0
            for ahead in range(start + DOWNSTREAM[0], min(start + DOWNSTREAM[1], length)):
                many += codes[first + ahead] == 2 or codes[first + ahead] == 3
            signals[start + 1, 3] = many >= MANY_GU
    for place in range(stop, length):
        for which in range(4):
            signals[place + 1, which] += signals[place, which]


@jit
def describe(
    codes,
    ends,
    cds,
    mirnas,
    abundance,
    mirna_of,
    target_of,
    window_of,
    type_of,
    in_orf,
    dense,
    classes,
    group,
    pairs,
    orf,
):
    """Fill `dense`, `classes`, `group` and `pairs`; `orf`: what the ORF's length is where none is known."""
    current = -1
    au, signals = np.zeros(1, np.int32), np.zeros((1, 4), np.int32)
    hidden, hidden_window = 0.0, 0
    sps = np.zeros((len(mirnas), 6), np.float32)
    for mirna in range(len(mirnas)):
        for kind in range(6):
            sps[mirna, kind] = seed_stability(mirnas[mirna], kind)
    for site in range(len(mirna_of)):
        target, window, kind = target_of[site], window_of[site], type_of[site]
        mirna = mirnas[mirna_of[site]]
        first, last = ends[target], ends[target + 1]
        length, stop = last - first, cds[target, 1]
        if target != current:
            au, signals = np.zeros(length + 1, np.int32), np.zeros((length + 1, 4), np.int32)
            count_before(codes, first, last, stop, au, signals)
            current, hidden_window = target, -9
        place = first + window
        start, end = window + MATCHED[kind, 0], window + MATCHED[kind, 1]
        begin, finish = (cds[target, 0], stop) if in_orf[site] else (stop, length)
        row = dense[site]
        row[0] = sps[mirna_of[site], kind]
        row[1] = pairing_3p(codes, first, place, mirna)
        row[2] = mirna[8] + base(codes, first, last, place - 1) == 3 if len(mirna) > 8 else 0.0
        row[3] = local_au(codes, first, last, first + start, first + end, GAPS[kind, 0], GAPS[kind, 1])
        left, right = max(window, 0), min(window + 8, length)
        low, high = max(left - WIDE, 0), min(right + WIDE, length)
        around = left - low + high - right
        row[4] = (au[left] - au[low] + au[high] - au[right]) / around if around else 0.5
        row[5] = math.log10(1.0 + max(0, min(start - begin, finish - end)))
        row[6] = math.log10(1.0 + length - stop)
        row[7] = math.log10(1.0 + stop - cds[target, 0]) if stop > 0 else orf
        row[8] = abundance[mirna_of[site]]
        row[9] = math.log10(1.0 + abs(start - stop))
        if window != hidden_window:
            hidden, hidden_window = stem(codes, first, last, place), window
        row[10] = hidden
        if not in_orf[site]:
            before = max(start - BEFORE_SITE, 0)
            for which in range(4):
                row[11 + which] = math.log1p(signals[before, which])
        kinds = classes[site]
        kinds[0] = 2 * kind + in_orf[site]
        if kind == 2 or kind == 3:
            kinds[1] = level(base(codes, first, last, place))
        if kind == 1 or kind == 3 or kind == 4:
            kinds[2] = level(base(codes, first, last, place + 7))
        kinds[3] = two(base(codes, first, last, place - 2), base(codes, first, last, place - 1))
        kinds[4] = two(base(codes, first, last, place + 8), base(codes, first, last, place + 9))
        group[site] = (kind >= 3) + 2 * in_orf[site]
        for which in range(12):  # place - 2 is opposite nt 10
            opposite = mirna[9 - which] if 0 <= 9 - which < len(mirna) else 4
            pairs[site, which] = 5 * opposite + base(codes, first, last, place - 2 + which)


@jit(inline="always")
def level(code):
    return code if code < 4 else -1


@jit(inline="always")
def two(a, b):
    return 4 * a + b if a < 4 and b < 4 else 16
