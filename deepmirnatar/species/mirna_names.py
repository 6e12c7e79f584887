"""miRNAs by their names, as people write them: hsa-miR-16-5p, miR-16, MIR16-1, let7a, miR-9*, miR-192-5p/215-5p.

The number is a miRNA's identity: what is found always has the number that was asked for. What a name leaves out
(species, letter, arm) is filled in by the rules of `mirna_rules.py`, and said.
"""

import re
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from deepmirnatar.sources.mirbase import read_mature
from deepmirnatar.species import mirna_spelling as spelling
from deepmirnatar.species import name_lists
from deepmirnatar.species.mirna_rules import ARMS, Entry, Evidence, choose_arm, choose_letter
from deepmirnatar.species.name_lists import is_number

SPECIES = "hsa"  # of names without a prefix
_ACCESSION = re.compile(r"mimat\d{7}", flags=re.I)
_HAIRPIN = re.compile(r"mi\d{7}", flags=re.I)
_HOST = re.compile(r"(mir|let).*hg\d*", flags=re.I)
LARGEST_COPY = 12  # of genes of one miRNA; miR-17-92 is a cluster


class _Unknown(Exception):
    """Why a name is no miRNA's: a sentence."""


def from_mirbase(
    names: Sequence[str], mature: str | Path | None = None, species: str = SPECIES
) -> tuple[pd.DataFrame, list[str]]:
    """miRNAs of these names: columns mirna, mirna_sequence (RNA, 5'->3'); and what was meant by other than full names.

    `mature`: miRBase's mature.fa (default: that of the cache folder, fetched once). `species`: the prefix of
    names without one. Raises ValueError where a name is unknown, with the miRNAs of its number.
    """
    found, meant, unknown = find_mirnas(names, mature, species)
    if unknown:
        more = f" ({len(unknown) - 3} further names are unknown)" if len(unknown) > 3 else ""
        raise ValueError("; ".join(unknown[:3]) + more)
    return found, meant


def find_mirnas(
    names: Sequence[str], mature: str | Path | None = None, species: str = SPECIES, known: "Names | None" = None
) -> tuple[pd.DataFrame, list[str], list[str]]:
    """As `from_mirbase`, and instead of an error one sentence for each unknown name. `known`: where it is at hand."""
    names = [text for name in names for each in _apart(str(name)) if (text := name_lists.bare(each))]
    if not names:
        raise ValueError("no miRNA is given; name one or more, such as hsa-let-7a-5p, or give a FASTA file")
    known = known or Names(mature_at_hand(mature, names[0]), species)
    found, meant, unknown = {}, [], []
    for name in dict.fromkeys(names):
        try:
            entries, notes = known.meant_by(name)
        except _Unknown as error:
            unknown.append(str(error))
            continue
        found |= {entry.name: entry.sequence for entry in entries}
        if [entry.name for entry in entries] != [name]:
            said = f" ({'; '.join(dict.fromkeys(notes))})" if notes else ""
            meant.append(f"{name} means {_listed([entry.name for entry in entries])}{said}")
    return pd.DataFrame({"mirna": list(found), "mirna_sequence": list(found.values())}), meant, unknown


def _apart(name: str) -> list[str]:
    """Names with commas between, as one cell of a table may hold them, each for itself."""
    each = re.split("[,;]", name)
    return each if all(map(is_mirna, each)) else [name]


def mature_at_hand(mature: str | Path | None, name: str) -> Path:
    """The file of miRBase's miRNAs; `name` is what it is needed for, for the sentence where it is missing."""
    if mature:
        if not Path(mature).exists():
            raise ValueError(
                f"{name!r} is taken for a name of miRBase, whose file {mature} is missing: leave --mirbase out, so "
                "that it is fetched, or give sequences instead of names"
            )
        return Path(mature)
    from deepmirnatar.species.fetch import mature_file

    return mature_file()


def is_mirna(text: str) -> bool:
    """Can a cell of a table be a miRNA's name?"""
    bare = spelling.clean(text)
    return not is_number(bare) and bool(
        _ACCESSION.fullmatch(bare)
        or re.match(r"([a-z][a-z0-9]{2,6}-)?(mir|let|lin|lsy|iab|mi(cro)?rna)[-_. ]?[a-z]{0,4}-?\d", bare, re.I)
        or re.fullmatch(r"([a-z]{3}-)?bantam(-[35]p)?", bare, re.I)
        or re.match(r"\d+[a-z]?-[35]p(/|$)", bare)
    )


def names_in(path: str | Path) -> list[str]:
    """The miRNAs' names in a text file; none where it holds something else. See `name_lists.names_in`."""
    return name_lists.names_in(path, is_mirna)


class Names:
    """The mature miRNAs of miRBase, found by what people write."""

    def __init__(self, path: str | Path, species: str = SPECIES):
        self.path, self.default = path, species
        every = read_mature(path, "")
        self.evidence = Evidence(every)
        self.by_key: dict[str, Entry] = {}
        self.by_flat: dict[str, list[Entry]] = {}  # with hyphens alone
        self.by_tail: dict[str, list[Entry]] = {}  # without the prefix
        self.by_number: dict[tuple[str, str, str], list[Entry]] = {}
        for entry in self.evidence.entries:
            self.by_key[entry.name.lower()] = self.by_key[entry.accession.lower()] = entry
            self.by_flat.setdefault(spelling.flat(entry.name), []).append(entry)
            self.by_tail.setdefault(entry.name.lower().partition("-")[2], []).append(entry)
            self.by_number.setdefault((entry.prefix, entry.kind, entry.number), []).append(entry)
        self.prefixes = {entry.prefix for entry in self.evidence.entries}

    def meant_by(self, name: str) -> tuple[list[Entry], list[str]]:
        """The miRNAs of a name, and what is to be said of the choice. Raises _Unknown."""
        name = spelling.clean(name)
        for text in spelling.spellings(name):
            if entry := self.by_key.get(text):
                return [entry], []
        written = spelling.spellings(name)[-1]
        if _ACCESSION.fullmatch(name):
            raise _Unknown(f"{self.path}: holds no accession {name}")
        if _HAIRPIN.fullmatch(name):
            raise _Unknown(
                f"{name} is the accession of a hairpin; give the name or accession (MIMAT...) of a mature miRNA"
            )
        if _HOST.fullmatch(name):
            raise _Unknown(f"{name!r} is the host gene of a miRNA, not a miRNA")
        if len(flat := self.by_flat.get(spelling.flat(written), [])) == 1:
            return flat, []
        prefix, tail = self._split(written)
        if entry := self.by_key.get(f"{prefix or self.default}-{tail}"):
            return [entry], []
        if "/" in tail or "~" in tail:
            return self._family(name, prefix, tail)
        return self._one(name, prefix, tail)

    def _split(self, text: str) -> tuple[str, str]:
        """Prefix ('' where there is none) and the rest."""
        head, dash, tail = text.partition("-")
        return (head, tail) if dash and head in self.prefixes else ("", text)

    def _one(self, name: str, prefix: str, tail: str) -> tuple[list[Entry], list[str]]:
        notes = []
        bare = spelling.SUFFIX.sub("", tail)
        if bare != tail and bare:
            if "iso" in tail or re.search(r"[-+|.#_]\d|lv\dp", tail[len(bare) :]):
                left = tail[len(bare) :]
                notes.append(f"{left!r} is left out; an isomiR with another 5' end has another seed, give its sequence")
            if entry := self.by_key.get(f"{prefix or self.default}-{bare}"):
                return [entry], notes
        if not (asked := spelling.parsed(bare)):
            return self._other(name, prefix, bare)
        here = self.by_number.get((prefix or self.default, asked.kind, asked.number), [])
        if not here:
            raise _Unknown(self._no_number(name, prefix, asked))
        entries, more = self._chosen(name, asked, here)
        return entries, notes + more

    def _chosen(self, name: str, asked: spelling.Asked, here: list[Entry]) -> tuple[list[Entry], list[str]]:
        """Of a species' miRNAs of one number those that are asked for."""
        letters = sorted({entry.letter for entry in here}, key=lambda letter: (len(letter), letter))
        if asked.letter in letters:
            wanted, notes = [asked.letter], []
        elif asked.letter:
            wanted, notes = [each for each in asked.letter if each in letters], []
            if "" in letters and (asked.letter == "a" or asked.letter.startswith("ab")):
                # miR-122a of earlier releases, miR-21a of mouse, miR-16abc of families.
                wanted, notes = [""], [f"there is no {asked.text()}, but one without the letter"]
            elif len(asked.letter) < 2 or len(wanted) < 2:
                raise _Unknown(f"{_no(self.path, name)}; of its number there is {_listed([e.name for e in here])}")
        else:
            letter, said = choose_letter(here, self.evidence)
            if letter is None:
                raise _Unknown(
                    f"{name!r} may be {_listed([each.name for each in here], 'or')}; give one or more of them"
                )
            wanted, notes = [letter], [said]
        found: list[Entry] = []
        for letter in wanted:
            entries, more = self._armed(name, asked, [entry for entry in here if entry.letter == letter])
            found, notes = found + entries, notes + more
        return found, notes

    def _armed(self, name: str, asked: spelling.Asked, here: list[Entry]) -> tuple[list[Entry], list[str]]:
        """Of the miRNAs of one number and letter those of the copy and arm that are asked for."""
        if asked.copy:
            copies = {entry.copy for entry in here}
            if asked.copy not in copies and int(asked.copy) > LARGEST_COPY:
                raise _Unknown(f"{name!r} looks like a cluster; name its miRNAs, such as {here[0].name}")
            # A copy's own arm, or the one that copies share.
            here = [
                entry
                for entry in here
                if entry.copy == asked.copy
                or (not entry.copy and not any(e.copy == asked.copy and e.arm == entry.arm for e in here))
            ] or here
        arms = {arm: own for arm in ("", *ARMS) if (own := [entry for entry in here if entry.arm == arm])}
        if asked.arm in arms:
            # Where both copies have one of their own and share one, the shared one is meant: miR-101-5p.
            shared = [entry for entry in arms[asked.arm] if not entry.copy and not asked.copy]
            return shared or arms[asked.arm], []
        if asked.arm in ARMS:
            return self._unarmed(name, asked, arms)
        if not asked.arm and (len(arms) == 1 or "" in arms):
            return arms.get("") or next(iter(arms.values())), []
        both = {arm: own for arm, own in arms.items() if arm}
        chosen = choose_arm(both, self.evidence) if len(both) == 2 else None
        if asked.arm == "*":
            if chosen is None:
                names = _listed([entry.name for entry in here], "or")
                raise _Unknown(f"{name!r}: which arm is the minor one is not known; it may be {names}")
            other = next(arm for arm in both if arm != chosen)
            return arms[other], [f"* is the minor arm, here {other}"]
        if chosen is None:
            return here, ["both arms, since neither is known to be the major one"]
        rest = [entry.name for arm, own in arms.items() if arm != chosen for entry in own]
        return arms[chosen], [f"the major arm; the other is {_listed(rest)}"]

    def _unarmed(self, name: str, asked: spelling.Asked, arms: dict[str, list[Entry]]) -> tuple[list[Entry], list[str]]:
        """An arm is asked for that miRBase does not name: its only miRNA may be that arm."""
        only = arms.get("", [])
        arm = self.evidence.arm_elsewhere(only[0]) if len(only) == 1 else None
        if not only or arm not in (None, asked.arm):
            there = [entry.name for own in arms.values() for entry in own]
            raise _Unknown(f"{_no(self.path, name)}; of this miRNA there is {_listed(there)}")
        return only, ["miRBase does not say which arm it is" if arm is None else f"the {arm} arm, as in other species"]

    def _family(self, name: str, prefix: str, tail: str) -> tuple[list[Entry], list[str]]:
        """Several in one name: miR-192-5p/215-5p, miR-29a/b/c-3p, miR-142-3p/5p."""
        if "~" in tail:
            raise _Unknown(f"{name!r} is a cluster; name its miRNAs")
        parts = spelling.parts(tail)
        found, notes, missing = [], [], []
        for part in parts:
            try:
                entries, more = self.meant_by(f"{prefix}-{part}" if prefix else part)
            except _Unknown as error:
                missing.append((part, error))
                continue
            found, notes = found + entries, notes + more
        if not found:
            raise missing[0][1]
        if missing:
            absent = _listed([part.replace("mir", "miR") for part, _ in missing], "or")
            notes.append(f"{prefix or self.default} has no {absent}")
        return list(dict.fromkeys(found)), notes

    def _other(self, name: str, prefix: str, tail: str) -> tuple[list[Entry], list[str]]:
        """Names without a plain number: lin-4, bantam, miR-BART1, miR156a of plants; and what is no name."""
        arms = [entry for arm in ARMS for entry in self.by_tail.get(f"{tail}-{arm}", [])]
        every = self.by_tail.get(tail, []) + arms
        for wanted in dict.fromkeys((prefix or self.default, prefix)):
            own = [entry for entry in every if entry.prefix == wanted] if wanted else every
            by_arm = {arm: [entry for entry in own if entry.arm == arm] for arm in {entry.arm for entry in own}}
            if own and len({entry.prefix for entry in own}) == 1:
                notes = [] if wanted else [f"of {own[0].prefix}"]
                chosen = choose_arm(by_arm, self.evidence) if len(by_arm) > 1 else own[0].arm
                return (own if chosen is None else by_arm[chosen]), notes
        if every and not prefix:
            where = _usual({entry.prefix for entry in every})
            has = f"{_listed(where)} {_have(where)} one"
            raise _Unknown(f"{_no(self.path, name)} of {self.default}; {has}: put the prefix before it")
        if not prefix and (stray := re.match(r"([a-z0-9]{3,6})-(mir|let)-", tail)):
            raise _Unknown(f"{_no(self.path, name)}: miRBase has no species {stray[1]!r}")
        raise _Unknown(_no(self.path, name))

    def _no_number(self, name: str, prefix: str, asked: spelling.Asked) -> str:
        """A sentence for a number that a species does not have."""
        first = _usual({key[0] for key in self.by_number if key[1:] == (asked.kind, asked.number)})
        others = (
            f"; {_listed(first)} {_have(first)} one" if first else ", nor has any species; miRBase may have removed it"
        )
        number = asked._replace(letter="", copy="").text()
        return f"{_no(self.path, name)}: {prefix or self.default} has no {number}{others}"


def _have(names: Sequence[str]) -> str:
    return "has" if len(names) == 1 else "have"


def _usual(prefixes: set[str]) -> list[str]:
    """The species among these that most people work with, or else the first five."""
    return [each for each in ("hsa", "mmu", "rno", "gga", "dre", "dme", "cel", "ath") if each in prefixes] or sorted(
        prefixes
    )[:5]


def _no(path: str | Path, name: str) -> str:
    return f"miRBase ({Path(path).name}) holds no miRNA {name!r}"


def _listed(names: Sequence[str], word: str = "and") -> str:
    names = list(dict.fromkeys(names))
    shown = names if len(names) <= 6 else [*names[:5], f"{len(names) - 5} more"]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} {word} {shown[-1]}"
