"""Which base pairs with which in a miRNA-site duplex (ViennaRNA's duplexfold), and where to write each letter."""

from dataclasses import dataclass

import pandas as pd

WOBBLE = {"GU", "UG"}


@dataclass(frozen=True)
class Duplex:
    """The most stable duplex, without pairs inside a strand.

    `pairs` are (miRNA nt, site nt), both counted from 1 at the 5' end, in the site's order; energy in kcal/mol.
    """

    mirna: str
    site: str
    pairs: list[tuple[int, int]]
    energy: float


def fold(mirna: str, site: str) -> Duplex:
    """Fold `mirna` onto `site`, both 5'->3', RNA."""
    import RNA

    found = RNA.duplexfold(mirna, site)
    upper, _, lower = found.structure.partition("&")
    # The structure's miRNA part ends at nt i, its site part begins at nt j.
    mirna_nt = [found.i - len(upper) + 1 + at for at, sign in enumerate(upper) if sign == "("]
    site_nt = [found.j + at for at, sign in enumerate(lower) if sign == ")"]
    if not mirna_nt:
        raise ValueError(f"{mirna} and {site} form no pair")
    return Duplex(mirna, site, list(zip(mirna_nt[::-1], site_nt, strict=True)), found.energy)


def layout(duplex: Duplex) -> pd.DataFrame:
    """Where to write each letter, one row a letter: strand, nt, letter, column, pair.

    The site runs 5'->3' from left to right, the miRNA 3'->5'; letters of one column face each other. `pair` is
    Watson-Crick, G-U or empty. A loop is as wide as its longer side, the shorter side is in its middle.
    """
    length = len(duplex.mirna)
    # Ends beyond the first and the last pair are loops that are open on one side.
    stops = [(length + 1, 0), *duplex.pairs, (0, len(duplex.site) + 1)]
    rows, column = [], 0
    for number, ((mirna_before, site_before), (mirna_nt, site_nt)) in enumerate(zip(stops, stops[1:], strict=False)):
        upper = range(mirna_before - 1, mirna_nt, -1)
        lower = range(site_before + 1, site_nt)
        width = max(len(upper), len(lower))
        for strand, loop in (("mirna", upper), ("site", lower)):
            free = width - len(loop)
            # Open ends stay next to their neighbour.
            shift = free if number == 0 else 0 if number == len(duplex.pairs) else free / 2
            rows += [(strand, nt, column + shift + at, "") for at, nt in enumerate(loop)]
        column += width
        if number < len(duplex.pairs):
            bases = duplex.mirna[mirna_nt - 1] + duplex.site[site_nt - 1]
            kind = "G-U" if bases in WOBBLE else "Watson-Crick"
            rows += [("mirna", mirna_nt, column, kind), ("site", site_nt, column, kind)]
            column += 1
    table = pd.DataFrame(rows, columns=["strand", "nt", "column", "pair"])
    text = {"mirna": duplex.mirna, "site": duplex.site}
    table.insert(2, "letter", [text[row.strand][row.nt - 1] for row in table.itertuples()])
    return table
