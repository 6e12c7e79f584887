"""How people write miRNAs' names, and what the parts of a name say. Nothing here knows which miRNAs there are."""

import re
from typing import NamedTuple

from deepmirnatar.species import name_lists

_KIND = r"(?:(?P<kind>let|mir)|mi(?:cro)?rna)"
# let-7a-2-3p; the letters may be many (548aa), or those of a family (30abc); * and star are the minor arm.
_NAME = re.compile(
    rf"{_KIND}-?(?P<number>\d+)(?P<letter>[a-z]*?)(?:-(?P<copy>\d+))?(?:-?(?P<arm>[35]p)|(?P<minor>\*|-?star|-?as))?"
)
# What is put behind a name: isomiRs of several programs, arrays' _st, mimics.
SUFFIX = re.compile(
    r"[|#@].*|[_.](?:iso|lv|nta|snp|snv|mv|[lr][-+]).*|[_. -](?:mimics?|inhibitors?|agomir|antagomir|precursor)$|"
    r"_x?_?st$|_v\d+(_st)?$|(?<=[35]p)[_+].*|(?<=[35]p)\.\d+$|_mimat\d+$",
    flags=re.I,
)


class Asked(NamedTuple):
    """What a name says: let-7a-2-3p has kind let, number 7, letter a, copy 2, arm 3p. '' is not said; arm may be *."""

    kind: str
    number: str
    letter: str = ""
    copy: str = ""
    arm: str = ""

    def text(self) -> str:
        kind = {"mir": "miR", "let": "let"}[self.kind]
        return f"{kind}-{self.number}{self.letter}{self.copy and '-' + self.copy}"


def clean(name: object) -> str:
    """Without blanks, quotes and odd dashes; R's dots and file names' underscores as hyphens."""
    text = re.sub("[\u2010-\u2015\u2212]", "-", name_lists.bare(name))
    if re.match(r"([a-z]{3}[_.])?(mi-?r|let)[_. ]\d", text, flags=re.I) or re.match(
        r"[a-z]{3}[_.](mir|let)", text, flags=re.I
    ):
        text = re.sub(
            r"(?<=[a-z])[_.](?=mir|let)|(?<=mir|let)[_. ]|(?<=[\da-z])[_.](?=[35]p|\d[_.]?[35]p)", "-", text, flags=re.I
        )
    return text


def flat(name: str) -> str:
    """In lower case, with hyphens alone."""
    return re.sub(r"[-_. ]+", "-", name.lower())


def spellings(name: str) -> list[str]:
    """A name in lower case, as written and as miRBase would."""
    low = name.lower()
    text = re.sub(r"\s*\(?\s*([35])['’]?-?p\)?$", r"-\1p", low) if re.search(r"[( ][35]['’]?-?p\)?$", low) else low
    text = re.sub(r"(?<=[a-z0-9])-?mi-?r-?(?=na\b|\d)", "mir-", text) if "mi-r" in text else text
    text = re.sub(r"mi(?:cro)?rna[- ]?(?=\d)", "mir-", text)
    text = re.sub(r"\b(mir|let)[ _]?(?=\d)", r"\1-", text)
    text = re.sub(r"^mirlet-?(?=\d)", "let-", text)
    return list(dict.fromkeys((low, text)))


def parsed(text: str) -> Asked | None:
    """What a name without prefix and suffix says; None where it has no plain number."""
    text = f"mir-{text}" if re.fullmatch(r"\d+[a-z]*(-\d)?-[35]p", text) else text
    if found := _NAME.fullmatch(text):
        arm = found["arm"] or ("*" if found["minor"] else "")
        return Asked(found["kind"] or "mir", found["number"], found["letter"], found["copy"] or "", arm)
    # HGNC's MIR125B1 and MIRLET7A2: a letter, then the copy.
    if found := re.fullmatch(r"(mir|let)-?(\d+)([a-z]+)(\d+)(\*?)", text):
        return Asked(*found.groups())
    return None


def parts(tail: str) -> list[str]:
    """The names in mir-29a/b/c-3p, mir-192-5p/215-5p, mir-142-3p/5p or let-7/98, each in full."""
    kind, number, found = "mir", "", []
    pieces = [re.sub(r"^[a-z][a-z0-9]{2,6}-(?=mir|let)", "", piece.strip(" -")) for piece in tail.split("/")]
    last = re.search(r"-([35]p)$", pieces[-1])
    for piece in pieces:
        if re.fullmatch("[35]p", piece) and found:  # another arm of the one before
            found.append(re.sub(r"-[35]p$", "", found[-1]) + f"-{piece}")
            continue
        if named := re.match(r"(mir|let)-", piece):
            kind, piece = named[1], piece[4:]
        elif found and kind == "let" and re.match(r"\d", piece):
            kind = "mir"  # let-7/98
        if re.match(r"\d", piece):
            number = re.match(r"\d+", piece)[0]
        else:
            piece = number + piece
        found.append(f"{kind}-{piece}")
    arm = last[1] if last else ""
    if arm and not any(re.search("-[35]p$", part) for part in found[:-1]):
        found = [part if part.endswith(arm) else f"{part}-{arm}" for part in found]
    return found
