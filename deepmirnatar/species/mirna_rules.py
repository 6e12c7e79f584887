"""What a miRNA's name leaves out, by rule: its arm and its letter, from all that miRBase's mature.fa tells."""

import re
from collections import Counter
from typing import NamedTuple

import pandas as pd

from deepmirnatar.rna.known_seeds import SEEDS

ARMS = ("5p", "3p")
AT_ONCE = 50  # arms whose accessions are nearer were found together
EARLIER = 100  # if the accession of `a` is lower than all others by this, it once had no letter
_PARTS = re.compile(
    r"(?P<prefix>[^-]+)-(?:(?P<kind>mir|let)-?(?P<number>\d+)(?P<letter>[a-z]*)(?:-(?P<copy>\d+))?|.+?)(?:-(?P<arm>[35]p))?"
)


class Entry(NamedTuple):
    """A mature miRNA of miRBase and the parts of its name; number is '' where it has none, copy and arm likewise."""

    name: str
    accession: str
    sequence: str
    prefix: str
    kind: str
    number: str
    letter: str
    copy: str
    arm: str

    @property
    def seed(self) -> str:
        return self.sequence[1:8]

    @property
    def serial(self) -> int:
        """The number in its accession; they were given one after another."""
        return int(re.sub(r"\D", "", self.accession) or 0)


def entries_of(every: pd.DataFrame) -> list[Entry]:
    """The miRNAs of `read_mature` with the parts of their names."""
    found = []
    for name, accession, sequence in every[["name", "accession", "sequence"]].itertuples(index=False):
        parts = _PARTS.fullmatch(name.lower())
        keys = ("prefix", "kind", "number", "letter", "copy", "arm")
        found.append(Entry(name, accession, sequence, *((parts[key] if parts else "") or "" for key in keys)))
    return found


class Evidence:
    """What all species together tell of arms."""

    def __init__(self, every: pd.DataFrame):
        self.entries = entries_of(every)
        self.alone: Counter = Counter()  # miRNAs of which only one arm is known, by number and seed
        self.armed: Counter = Counter()
        for entry in self.entries:
            if entry.number and not entry.arm:
                self.alone[entry.kind, entry.number, entry.seed] += 1
            elif entry.number:
                self.armed[entry.kind, entry.number, entry.seed, entry.arm] += 1

    def only_ones(self, entry: Entry) -> int:
        """How often is a miRNA of this number and seed the only one of its hairpin?"""
        return self.alone[entry.kind, entry.number, entry.seed]

    def arm_elsewhere(self, entry: Entry) -> str | None:
        """The arm that miRNAs of this number and seed have in other species; None where none or both occur."""
        arms = [arm for arm in ARMS if self.armed[entry.kind, entry.number, entry.seed, arm]]
        return arms[0] if len(arms) == 1 else None


def choose_arm(arms: dict[str, list[Entry]], evidence: Evidence) -> str | None:
    """The major arm, a key of `arms` (arm -> miRNAs); None where that is not known.

    It is the one that is at least twice as often the only one known, in other species or for other letters; or else the
    one with a seed that many vertebrates share; or the one that was found much earlier; or that is more often the only
    one. Of 160 human names without an arm whose sequences are known (Grosswendt 2014), it is the right one for 157.
    """
    one, other = arms
    alone = {arm: max(map(evidence.only_ones, own)) for arm, own in arms.items()}
    shared = {arm: any(entry.seed in SEEDS for entry in own) for arm, own in arms.items()}
    serials = {arm: -min(entry.serial for entry in own) for arm, own in arms.items()}
    if max(alone.values()) >= 2 * min(alone.values()) and alone[one] != alone[other]:
        return max(alone, key=alone.get)
    if shared[one] != shared[other]:
        return max(shared, key=shared.get)
    if abs(serials[one] - serials[other]) >= AT_ONCE:
        return max(serials, key=serials.get)
    return max(alone, key=alone.get) if alone[one] != alone[other] else None


def choose_letter(here: list[Entry], evidence: Evidence) -> tuple[str | None, str]:
    """The letter of a number that is written without one, and what is to be said; None where it may be several.

    There is one without a letter, or only one; or `a` was the name without a letter before a second was found; or most
    others have the seed of `a`.
    """
    letters = sorted({entry.letter for entry in here}, key=lambda letter: (len(letter), letter))
    if "" in letters:
        return "", ""
    if len(letters) == 1:
        return letters[0], f"{letters[0]} is the only letter of this number"
    if letters[0] != "a":
        return None, ""
    first = {letter: min(entry.serial for entry in here if entry.letter == letter) for letter in letters}
    seeds = {letter: {entry.seed for entry in here if entry.letter == letter} for letter in letters}
    mine = [entry for entry in here if entry.letter == "a"]
    arms = {arm: [entry for entry in mine if entry.arm == arm] for arm in {entry.arm for entry in mine}}
    chosen = choose_arm(arms, evidence) if len(arms) > 1 else next(iter(arms))
    seed = {entry.seed for entry in (mine if chosen is None else arms[chosen])}
    alike = [letter for letter in letters[1:] if seed & seeds[letter]]
    if first["a"] + EARLIER <= min(first[letter] for letter in letters[1:]):
        return "a", "the first of this number"
    if 2 * len(alike) >= len(letters) - 1:
        return "a", f"the same seed as {', '.join(alike)}"
    return None, ""
