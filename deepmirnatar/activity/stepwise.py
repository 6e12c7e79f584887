"""Which families explain the changes, one after another; and which are only echoes of a better one.

A family that shares six of its seed's seven bases with another has many of its sites, and follows it in any ranking.
"""

from dataclasses import dataclass

import numpy as np

from deepmirnatar.activity.regression import Regression, calibrated

THRESHOLD = 4.2  # of calibrated z; one-sided p 1.3e-5, times 2,094 families .03
MOST_STEPS = 12
ECHO = 3.0  # calibrated z from which on a family has echoes
NEAR = 2.0  # units of z within which a conserved echo takes the head's place


@dataclass
class Step:
    """One named family."""

    family: int  # its row
    z: float  # calibrated, when it was named


def shares_six(first: str, second: str) -> bool:
    """Have two seeds (nt 2-8) six bases in a row in common?"""
    return bool({first[:6], first[1:]} & {second[:6], second[1:]})


def groups(z: np.ndarray, strength: np.ndarray, seeds: list[str], conserved: np.ndarray) -> np.ndarray:
    """The row of each family's head; its own where it is one. Shape (families,).

    By falling strength, a family becomes an echo of the first better one of the same direction, beyond ECHO, that
    shares six bases with it. The best conserved one of a group within NEAR of its top is the head.
    """
    top_with: dict[tuple, int] = {}
    top_of = np.arange(len(z))
    for row in np.argsort(-strength, kind="stable"):
        words = [(word, z[row] > 0) for word in (seeds[row][:6], seeds[row][1:])]
        tops = [top_with[word] for word in words if word in top_with]
        if tops:
            top_of[row] = max(tops, key=lambda top: strength[top])
        elif strength[row] > ECHO:
            top_with |= dict.fromkeys(words, row)
    heads: dict[int, int] = {}
    for row in np.flatnonzero(conserved):
        top = int(top_of[row])
        if strength[row] >= strength[top] - NEAR and (top not in heads or strength[row] > strength[heads[top]]):
            heads[top] = int(row)
    return np.array([heads.get(int(top), int(top)) for top in top_of], dtype=np.int64)


def explain(
    regression: Regression,
    seeds: list[str],
    counted: np.ndarray,
    shown: np.ndarray,
    conserved: np.ndarray,
    direction: str,
    threshold: float = THRESHOLD,
) -> list[Step]:
    """Name the strongest family, regress it out, and again, until none is beyond `threshold`; at most MOST_STEPS.

    `counted` (families,) bool: they make the empirical null; `shown`: they may be named; `direction`: more, less, both.
    What shares six bases with a named family is regressed out without being named; what turns its sign once others are
    regressed out is not named either. `regression` is left without all that was regressed out.
    """
    steps: list[Step] = []
    open_ = shown & counted
    first = calibrated(regression.z(), counted)
    while len(steps) < MOST_STEPS:
        z = calibrated(regression.z(), counted)
        strength = np.where(open_ & (z * first > 0), strengths(z, direction), -np.inf)
        top = int(np.argmax(strength))
        if strength[top] <= threshold:
            break
        family = _conserved_head(top, strength, z, seeds, conserved)
        if any(shares_six(seeds[top], seeds[step.family]) for step in steps):
            family = top
        else:
            steps.append(Step(family, float(z[family])))
        for each in {top, family}:
            open_[each] = False
            regression.remove(each)
    return steps


def strengths(z: np.ndarray, direction: str) -> np.ndarray:
    """z in the asked direction: higher, stronger."""
    return {"more": z, "less": -z, "both": np.abs(z)}[direction]


def _conserved_head(top: int, strength: np.ndarray, z: np.ndarray, seeds: list[str], conserved: np.ndarray) -> int:
    """The best conserved family within NEAR of the top that shares six bases with it and points the same way."""
    near = np.flatnonzero(conserved & (strength >= strength[top] - NEAR) & (np.sign(z) == np.sign(z[top])))
    near = [row for row in near if row == top or shares_six(seeds[row], seeds[top])]
    return max(near, key=lambda row: strength[row], default=top)
