"""Shuffle a sequence so that every dinucleotide stays exactly as frequent (Altschul and Erickson 1985)."""

import numpy as np


def shuffle_dinucleotides(sequence: str, rng: np.random.Generator) -> str:
    """One of all sequences with the same dinucleotide counts, each equally likely; first and last letter stay.

    A sequence is a path over letters whose steps are its dinucleotides; the shuffled one walks the same steps in
    another order. The walk uses up all steps if and only if each letter's last step lies on a tree that leads to
    the last letter; such last steps are drawn by trying, all other steps are put in any order. Any alphabet.
    """
    if len(sequence) < 3:
        return sequence
    end, steps = sequence[-1], {}
    for letter, after in zip(sequence[:-1], sequence[1:], strict=True):
        steps.setdefault(letter, []).append(after)
    while True:
        last = {letter: int(rng.integers(len(steps[letter]))) for letter in steps if letter != end}
        if _all_lead_to(end, {letter: steps[letter][place] for letter, place in last.items()}):
            break
    for letter, afters in steps.items():
        final = [afters.pop(last[letter])] if letter in last else []
        steps[letter] = [*(afters[place] for place in rng.permutation(len(afters))), *final]
    walk, queues = [sequence[0]], {letter: iter(afters) for letter, afters in steps.items()}
    for _ in range(len(sequence) - 1):
        walk.append(next(queues[walk[-1]]))
    return "".join(walk)


def _all_lead_to(end: str, last: dict[str, str]) -> bool:
    """Does every letter reach `end` by its last step? (a letter that does not runs in a circle)"""
    for letter in last:
        for _ in range(len(last)):
            letter = last.get(letter, end)
        if letter != end:
            return False
    return True
