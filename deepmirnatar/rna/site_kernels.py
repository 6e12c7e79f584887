"""The loops over bases and sites of `site_features`, compiled. Orientation, codes and sources: see there."""

import math

import numpy as np

from deepmirnatar.common.compiled import jit
from deepmirnatar.rna.energies import KT
from deepmirnatar.rna.sequences import ALPHABET, PAIRS, WATSON_CRICK

CANONICAL = 5  # the classes before this one are seed matches
FLANK, WIDE, REACH, OFF = 30, 75, 60, 4

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


@jit(inline="always")
def base(codes, first, last, place):
    """The code at `place`, N beyond the ends of the 3'UTR."""
    return codes[place] if first <= place < last else 4


@jit
def locate(codes, ends, first_entry, entry_mirna, entry_class, found):
    """Count the sites; with room in `found` (sites, 4), write miRNA, 3'UTR, window start, class of each."""
    count = 0
    for utr in range(len(ends) - 1):
        first, last = ends[utr], ends[utr + 1]
        window = 0
        for place in range(first - 2, last + 2):  # last base of the window
            window = window % 78125 * 5 + base(codes, first, last, place)
            if place < first + 5:
                if place == first - 2:
                    window = 390624  # all beyond the end
                continue
            for entry in range(first_entry[window], first_entry[window + 1]):
                if len(found):
                    found[count, 0] = entry_mirna[entry]
                    found[count, 1] = utr
                    found[count, 2] = place - 7 - first
                    found[count, 3] = entry_class[entry]
                count += 1
    return count


@jit
def au_content(codes, first, last, start, step, reach, weighted):
    """A/U content of `reach` nt from `start` on, going by `step` (1 or -1); 1 / distance is the weight where asked."""
    au, total = 0.0, 0.0
    for distance in range(1, reach + 1):
        place = start + step * (distance - 1)
        if first <= place < last:
            weight = 1.0 / distance if weighted else 1.0
            total += weight
            if codes[place] == 0 or codes[place] == 3:
                au += weight
    return au / total if total > 0 else 0.5


@jit
def supplementary(codes, first, last, window, mirna):
    """Best contiguous pairing of the miRNA's nt 9-end upstream of the seed window (Grimson 2007).

    1 per Watson-Crick pair of nt 13-16, 0.5 per other pair; 0.5 off for each nt beyond 2 that loop lengths differ.
    """
    best = 0.0
    for shift in range(-OFF, OFF + 1):  # nt more on the 3'UTR than on the miRNA between seed and pairing
        run, score = 0, 0.0
        penalty = max(0.0, 0.5 * (abs(shift) - 2))
        for i in range(8, len(mirna)):  # 0-based nt; nt 8 (i = 7) lies opposite window
            place = window + 7 - i - shift
            if mirna[i] < 4 and place < window and WATSON_CRICK[mirna[i], base(codes, first, last, place)]:
                run += 1
                score += 1.0 if 12 <= i <= 15 else 0.5
                if run >= 2 and score - penalty > best:
                    best = score - penalty
            else:
                run, score = 0, 0.0
    return best


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
def poly_a_signal(codes, first, last, place):
    """Is there an AAUAAA or AUUAAA at `place`?"""
    if place + 6 > last or codes[place] != 0 or codes[place + 2] != 3:
        return False
    middle = codes[place + 1] == 0 or codes[place + 1] == 3
    return middle and codes[place + 3] == 0 and codes[place + 4] == 0 and codes[place + 5] == 0


@jit
def describe(codes, ends, mirnas, found, features, previous):
    """Fill `features` (sites, FEATURES). `previous` (miRNAs,), all -1, holds each miRNA's last seed match."""
    current, signals, scanned = -1, 0, 0
    before_it = np.full(len(found), -1)  # the seed match of the same miRNA before each one
    for site in range(len(found)):
        mirna, utr, window, which = found[site]
        first, last = ends[utr], ends[utr + 1]
        start = first + window
        row = features[site]
        row[0] = au_content(codes, first, last, start - 1, -1, FLANK, True)
        row[1] = au_content(codes, first, last, start + 8, 1, FLANK, True)
        row[2] = 0.5 * au_content(codes, first, last, start - 1, -1, 2, False)
        row[2] += 0.5 * au_content(codes, first, last, start + 8, 1, 2, False)
        row[3] = 0.5 * au_content(codes, first, last, start - 1, -1, WIDE, False)
        row[3] += 0.5 * au_content(codes, first, last, start + 8, 1, WIDE, False)
        row[4] = math.log10(1.0 + max(0, min(window, last - start - 8)))
        row[5] = math.log10(1.0 + max(0, window))
        row[6] = supplementary(codes, first, last, start, mirnas[mirna])
        row[7] = stem(codes, first, last, start)
        if which < CANONICAL:
            before = before_it[site] = previous[mirna]
            while before >= 0 and found[before, 1] == utr and window - found[before, 2] <= 40:
                if window - found[before, 2] >= 8:
                    row[8] = features[before, 8] = 1.0
                before = before_it[before]
            previous[mirna] = site
        if utr != current:
            current, signals, scanned = utr, 0, first
        while scanned < start - 10:
            signals += poly_a_signal(codes, first, last, scanned)
            scanned += 1
        row[9] = math.log1p(signals)
