"""Genes by what people call them: symbols, old symbols, aliases; Entrez, RefSeq and Ensembl ids."""

import difflib
import re
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from deepmirnatar.species.file import Species
from deepmirnatar.species.name_lists import is_number, read_names

HINTS = 20  # unknown names for which near ones are looked for; each takes a tenth of a second
# The order in which a name is looked up; of aliases, one that two genes share says nothing.
_KINDS = ("symbol", "Entrez", "RefSeq", "Ensembl", "previous symbol", "alias")
_ID = re.compile(r"(ENS[A-Z]*[GTP]\d{6,}|[NX][MRP]_\d+)(\.\d+)?", flags=re.I)
_MIRNA = re.compile(r"([a-z]{3}-)?(mir|let)-?\d.*|MIR(LET)?\d+[A-Z]*(-?\d+)?", flags=re.I)
# What spreadsheets make of SEPT7, MARCH1, MARC1 and DEC1.
_DATE = re.compile(r"(\d{1,2})-(Sep|Mar|Dec)", flags=re.I)
_MONTHS = {
    "sep": ("SEPT{}", "SEPTIN{}"),
    "mar": ("MARCH{}", "MARCHF{}", "MARC{}", "MTARC{}"),
    "dec": ("DEC{}", "DELEC{}"),
}


def find_genes(
    names: str | Path | Sequence[str], species: Species, known: "Known | None" = None
) -> tuple[pd.DataFrame, list[str], list[str]]:
    """The mRNAs of these genes, as rows of `species.mrnas` in the order of the names, each once.

    `names`: a list, a string with commas between, or a file (one a line, or the first column of names of a table). A
    name is a symbol, an old symbol or alias, in any case; an Entrez number; a RefSeq or Ensembl id, with or without
    its version. Returns the rows, with a fresh index; what was meant ("p53 means TP53"); and one sentence for each
    name that is unknown or that several genes share. ValueError where nothing is given. `known`: where it is at hand.
    """
    known, rows, meant, unknown, hints = known or Known(species), [], [], [], 0
    symbols = species.mrnas["target"].tolist()
    for name in dict.fromkeys(read_names(names, is_gene, "gene")):
        kind, found = known.look_up(name)
        targets = [symbols[row] for row in found]
        if len(found) == 1:
            rows.append(found[0])
            if targets[0] != name:
                meant.append(f"{name} means {targets[0]}" + (f" ({kind})" if kind in _KINDS[4:] else ""))
        elif found:
            unknown.append(f"{name!r} is {_article(kind)} of {' and '.join(targets)}; give one of them")
        else:
            hints += 1
            unknown.append(known.why(name, hints <= HINTS))
    return species.mrnas.iloc[list(dict.fromkeys(rows))].reset_index(drop=True), meant, unknown


def is_gene(text: str) -> bool:
    """Can a cell of a table be a gene's name? Whole numbers can (Entrez)."""
    if is_number(text):
        return bool(re.fullmatch(r"\d{1,9}(\.0)?", text))
    return bool(re.fullmatch(r"[A-Za-z0-9][\w.@/() -]{0,40}", text)) and len(text.split()) <= 2


class Known:
    """What is known of a species' genes, by name in lower case."""

    def __init__(self, species: Species):
        self.species, mrnas = species, species.mrnas
        self.by_kind: dict[str, dict[str, list[int]]] = {kind: {} for kind in _KINDS}
        for kind, column in (("symbol", "target"), ("Entrez", "entrez"), ("RefSeq", "refseq"), ("Ensembl", "ensembl")):
            for row, name in enumerate(mrnas[column]):
                self._add(kind, name, row)
        # Targets that share a symbol are distinguished by their ids: ABC (NM_1.1).
        for row, name in enumerate(mrnas["target"]):
            if name.endswith(")") and " (" in name:
                self._add("symbol", name.rpartition(" (")[0], row)
        for name, row, kind in species.names[["name", "row", "kind"]].itertuples(index=False):
            self._add(kind, name, int(row))
        self.others = {name.lower(): (name, kind) for name, kind in species.others.items()}

    def _add(self, kind: str, name: str, row: int) -> None:
        if name:
            key = _without_version(name).lower() if kind in ("RefSeq", "Ensembl") else name.lower()
            rows = self.by_kind[kind].setdefault(key, [])
            if row not in rows:
                rows.append(row)

    def look_up(self, name: str) -> tuple[str, list[int]]:
        """The rows that a name means, and as what; several where it is shared, none where it is unknown."""
        key = re.sub(r"\.0$", "", name) if is_number(name) else _without_version(name)
        if date := _DATE.fullmatch(name):
            found = [
                rows
                for each in _MONTHS[date[2].lower()]
                for _, rows in [self._kinds(each.format(int(date[1])))]
                if rows
            ]
            return "what spreadsheets make", list(dict.fromkeys(row for rows in found for row in rows))
        # A symbol of today that another gene bore before is that of today's gene, which has no mRNA here.
        if key.lower() in self.others and key.lower() not in self.by_kind["symbol"]:
            return "", []
        return self._kinds(key)

    def _kinds(self, key: str) -> tuple[str, list[int]]:
        return next(((kind, rows) for kind in _KINDS if (rows := self.by_kind[kind].get(key.lower()))), ("", []))

    def why(self, name: str, hint: bool) -> str:
        """One sentence for an unknown name."""
        about, of = self.species.about, f"the {self.species.name} mRNAs"
        key = _without_version(name)
        if key.lower() in self.others:
            kind = self.others[key.lower()][1] or "no protein-coding gene"
            return f"{name!r} has no sequence among {of} ({kind})"
        if _MIRNA.fullmatch(name):
            return f"{name!r} is a miRNA, not one of {of}"
        if _ID.fullmatch(name):
            if key.upper().startswith("ENS") and not about.get("names") and not self.by_kind["Ensembl"]:
                return (
                    f"{name!r} is an Ensembl id, and no table of gene names is there: get HGNC's complete set "
                    f"(hgnc_complete_set.txt) and run `deepmirnatar fetch {self.species.name} --names FILE` once"
                )
            if re.match("ENS[A-Z]*[TP]", key.upper()):
                return f"{name!r} is the id of a transcript or protein; give the gene's, ENSG..."
            isoform = "" if key.upper().startswith("ENS") else ", one a gene; give the gene's symbol"
            return f"{name!r} is not among {of}{isoform}"
        near = self._near(name) if hint and not is_number(name) else []
        meant = f". Did you mean {' or '.join(map(repr, near))}?" if near else ""
        return f"{name!r} is no gene of {of}{meant}"

    def _near(self, name: str) -> list[str]:
        """Symbols of almost the same spelling; those with other numbers are other genes."""
        numbers = re.findall(r"\d+", name)
        alike = [
            each
            for each in self.species.mrnas["target"]
            if each[0] == name[0].upper() and abs(len(each) - len(name)) <= 2 and re.findall(r"\d+", each) == numbers
        ]
        return difflib.get_close_matches(name.upper(), alike, n=2, cutoff=0.75)


def _without_version(name: str) -> str:
    found = _ID.fullmatch(name)
    return found[1] if found else name


def _article(kind: str) -> str:
    return {"alias": "an alias", "previous symbol": "an old symbol"}.get(kind, kind or "the name")
