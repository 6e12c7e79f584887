"""Genes and miRNAs of an atlas by what people type: suggestions while they do, and one meaning at the end."""

import re
from bisect import bisect_left
from pathlib import Path

from deepmirnatar.atlas.store import Atlas
from deepmirnatar.species.file import Species
from deepmirnatar.species.genes import Known, find_genes
from deepmirnatar.species.mirna_names import Names, find_mirnas, is_mirna, mature_at_hand

MOST, READ = 12, 2000  # suggestions, and names that are compared for them
LONGEST = 80  # letters of a text that is looked up
IDS = {"refseq": "RefSeq", "entrez": "Entrez", "ensembl": "Ensembl"}


class Search:
    """Built once for an atlas and its species, in about two seconds. `mature`: miRBase's mature.fa, as elsewhere."""

    def __init__(self, atlas: Atlas, species: Species, mature: str | Path | None = None):
        self.species, self.atlas = species, atlas
        self.genes = Known(species)
        self.names = Names(mature_at_hand(mature, "the search field"), species.about.get("prefix", "hsa"))
        # Names in the form in which they are compared -> (kind, name in the atlas, what the name is).
        self.entries = sorted({*self._mirnas(), *self._genes()})
        self.keys = [entry[0] for entry in self.entries]

    def suggest(self, text: str) -> list[dict]:
        """At most MOST that begin with this text, best first: kind (gene or mirna), name, said (what the text is)."""
        wanted = _flat(text)
        if not wanted:
            return []
        first = bisect_left(self.keys, wanted)
        found = []
        for key, kind, name, said in self.entries[first : first + READ]:
            if not key.startswith(wanted):
                break
            # miR-21 before miR-210; a gene's symbol before its other names; the shortest first.
            longer_number = wanted[-1].isdigit() and key[len(wanted) : len(wanted) + 1].isdigit()
            found.append((longer_number, key != wanted, bool(said) and kind == "gene", len(key), name, kind, said))
        best = {}
        for *_, name, kind, said in sorted(found):
            best.setdefault((kind, name), said)
        return [{"kind": kind, "name": name, "said": said} for (kind, name), said in [*best.items()][:MOST]]

    def find(self, text: str) -> dict:
        """What a text means: kind, name, said (where it is another name). ValueError where it means nothing."""
        text = text.strip()[:LONGEST]
        if not text:
            raise ValueError("type the name of a gene or a miRNA")
        # lin-28 and MIRO1 look like miRNAs and are genes.
        kinds = [self._mirna, self._gene] if is_mirna(text) else [self._gene, self._mirna]
        said = []
        for kind in kinds:
            found, sentence = kind(text)
            if found:
                return found
            said.append(sentence)
        raise ValueError(said[0])

    def _mirna(self, text: str) -> tuple[dict, str]:
        table, meant, unknown = find_mirnas([text], known=self.names)
        there = table["mirna"].isin(self.atlas.mirnas["mirna"])
        if there.any():
            return {"kind": "mirna", "name": table["mirna"][there].iloc[0], "said": "; ".join(meant)}, ""
        if len(table):
            return {}, f"{table['mirna'][0]} is not in this atlas, which is of {self.species.name} miRNAs"
        return {}, "; ".join(unknown)

    def _gene(self, text: str) -> tuple[dict, str]:
        table, meant, unknown = find_genes([text], self.species, self.genes)
        there = table["target"].isin(self.atlas.genes["target"])
        if there.any():
            return {"kind": "gene", "name": table["target"][there].iloc[0], "said": "; ".join(meant)}, ""
        if len(table):
            return {}, f"{table['target'][0]} is not in this atlas"
        return {}, "; ".join(unknown)

    def _mirnas(self):
        for name, accession in self.atlas.mirnas[["mirna", "accession"]].itertuples(index=False):
            for each in (name, name.partition("-")[2], accession):
                if each:
                    yield _flat(each), "mirna", name, accession if each == accession else ""

    def _genes(self):
        genes = self.atlas.genes
        for symbol in genes["target"]:
            yield _flat(symbol), "gene", symbol, ""
        for column, said in IDS.items():
            for symbol, each in zip(genes["target"], genes[column], strict=True):
                if each:
                    yield _flat(each), "gene", symbol, f"{said} {each}"
        symbols, there = self.species.mrnas["target"].tolist(), set(genes["target"])
        for name, row, kind in self.species.names[["name", "row", "kind"]].itertuples(index=False):
            if symbols[int(row)] in there:
                yield _flat(name), "gene", symbols[int(row)], f"{kind} {name}"


def _flat(text: str) -> str:
    """In lower case, without what people leave out or write otherwise."""
    return re.sub(r"[\s_.-]+", "", text[:LONGEST].lower())
