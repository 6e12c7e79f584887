"""Mistyped names, and numbers of things, in words."""

import difflib
import re
from collections.abc import Iterable


def counted(number: int, noun: str) -> str:
    """A number and what it counts: 1 pair, 2,000 pairs, 3 entries."""
    return f"{number:,} {plural(number, noun)}"


def plural(number: int, noun: str) -> str:
    """The noun after this number: pair, pairs."""
    if number == 1:
        return noun
    return f"{noun[:-1]}ies" if noun.endswith("ry") else f"{noun}s"


def did_you_mean(name: object, known: Iterable[str]) -> str:
    """Return " Did you mean 'PTEN'?", to be put behind a sentence; empty where no known name is near.

    A miRNA without its arm, hsa-miR-16, is offered its arms, and a name in another case the name in the right case.
    """
    text, known = str(name), list(known)
    arm = re.compile(rf"(?:[a-z]+-)?{re.escape(text.rstrip('*'))}(?:-\d)?-[35]p", flags=re.I)
    arms = [each for each in known if arm.fullmatch(each)]
    same = [each for each in known if each.lower() == text.lower()]
    near = arms or same or difflib.get_close_matches(text, known, n=1)
    return f" Did you mean {' or '.join(map(repr, sorted(near)))}?" if near else ""
