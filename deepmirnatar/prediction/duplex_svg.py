"""The duplex of a miRNA and a site as a small drawing for web pages, with the bases that the score rests on."""

from html import escape

import numpy as np

from deepmirnatar.rna.duplex import Duplex, fold, layout

SEED = range(2, 9)  # nt of the miRNA, counted from 1 at its 5' end
# Size of one column, and the heights of the two strands, in SVG units.
CELL, BAR, MIRNA, SITE, MARGIN = 14, 26, 48, 80, 26
HEIGHT = 2 * (MIRNA + 16)
# Colours for light paper. A page that draws on dark ground sets its own by these class names.
COLOURS = {"seed": "#fbe6b2", "pairs": "#222222", "less": "#0072b2", "more": "#d55e00", "quiet": "#666666"}


def duplex(mirna: str, site: str) -> dict:
    """The most stable duplex of `mirna` and `site`, both RNA, 5'->3'.

    Keys: mirna, site; energy in kcal/mol (None where nothing pairs); bases, one dict a letter: strand (mirna or site),
    nt (from 1 at the strand's 5' end), letter, column (letters of one column face each other; the site runs 5'->3'
    from left to right), pair (Watson-Crick, G-U or unpaired) and seed (nt 2-8 of the miRNA).
    """
    try:
        found = fold(mirna, site)
    except ValueError:  # no base of one can pair with any of the other
        found = Duplex(mirna, site, [], None)
    table = layout(found)
    table["pair"] = table["pair"].replace("", "unpaired")
    table["seed"] = (table["strand"] == "mirna") & table["nt"].isin(SEED)
    return {"mirna": mirna, "site": site, "energy": found.energy, "bases": table.to_dict("records")}


def draw_svg(duplex: dict, importance: dict | None = None, match: tuple[int, int] | None = None) -> str:
    """An SVG of both strands, the miRNA 3'->5' above the site 5'->3': a bar joins a Watson-Crick pair, a circle G-U.

    `importance`: site and mirna, one number per base of each strand, 5'->3': by how much the score's log-odds change
    when the base is replaced. A full bar beside a base says that the score falls without it, a hollow one that it
    rises; the longest bar is the largest change of either strand. Raises ValueError where the lengths differ.
    `match`: the seed match on the site (0-based, half-open), to be underlined: the fold may pair the seed elsewhere.
    """
    bases = duplex["bases"]
    x = {(base["strand"], base["nt"]): MARGIN + CELL * (base["column"] + 0.5) for base in bases}
    width = max(x.values()) + CELL / 2 + MARGIN
    parts = [_seed(x, len(duplex["mirna"])), _pairs(bases, x), _letters(duplex, x)]
    if match:
        left, right = x["site", match[0] + 1] - CELL / 2 + 1, x["site", match[1]] + CELL / 2 - 1
        parts.append(f'<path class="match" stroke="currentColor" d="M{_n(left)} {SITE + 9}H{_n(right)}"/>')
    if importance is not None:
        parts.append(_importance(duplex, importance, x))
    return (
        f'<svg class="duplex" role="img" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_n(width)} {HEIGHT}" '
        f'width="{_n(width)}" height="{HEIGHT}" aria-label="{escape(in_words(duplex))}">{"".join(parts)}</svg>'
    )


def in_words(duplex: dict) -> str:
    """One sentence on the duplex for those who do not see the drawing."""
    kinds = [base["pair"] for base in duplex["bases"] if base["strand"] == "mirna"]
    in_seed = sum(base["seed"] and base["pair"] != "unpaired" for base in duplex["bases"])
    if duplex["energy"] is None:
        return "No base of the miRNA pairs with the site."
    energy = f"{duplex['energy']:.1f}".replace("-", "−")
    return (
        f"{kinds.count('Watson-Crick')} Watson-Crick and {kinds.count('G-U')} G-U pairs, {in_seed} of them in the seed "
        f"(nt 2 to 8). Energy {energy} kcal/mol."
    )


def as_text(duplex: dict) -> str:
    """Three lines: the miRNA 3'->5', bars and colons where it pairs (G-U: a colon), the site 5'->3'."""
    width = 1 + max(int(base["column"]) for base in duplex["bases"])
    lines = {strand: [" "] * width for strand in ("mirna", "pairs", "site")}
    for base in duplex["bases"]:
        column = int(base["column"])  # the shorter side of a loop may lie half a column off
        lines[base["strand"]][column] = base["letter"]
        if base["pair"] != "unpaired":
            lines["pairs"][column] = "|" if base["pair"] == "Watson-Crick" else ":"
    mirna, pairs, site = ("".join(line) for line in lines.values())
    return f"miRNA 3' {mirna} 5'\n         {pairs.rstrip()}\nsite  5' {site} 3'"


def _seed(x: dict, length: int) -> str:
    inside = [x["mirna", nt] for nt in SEED if nt <= length]
    left, right = min(inside) - CELL / 2, max(inside) + CELL / 2
    return (
        f'<rect class="seed" fill="{COLOURS["seed"]}" x="{_n(left)}" y="{MIRNA - 11}" width="{_n(right - left)}" '
        f'height="{SITE - MIRNA + 22}" rx="3"/>'
    )


def _pairs(bases: list[dict], x: dict) -> str:
    middle = (MIRNA + SITE) / 2
    place = {kind: [x["site", base["nt"]] for base in bases if base["strand"] == "site" and base["pair"] == kind]
             for kind in ("Watson-Crick", "G-U")}  # fmt: skip
    bars = "".join(f"M{_n(at)} {middle - 5:g}v10" for at in place["Watson-Crick"])
    circles = "".join(f"M{_n(at - 3)} {middle:g}a3 3 0 1 0 6 0a3 3 0 1 0-6 0" for at in place["G-U"])
    return f'<path class="pairs" fill="none" stroke="{COLOURS["pairs"]}" stroke-width="1.6" d="{bars}{circles}"/>'


def _letters(duplex: dict, x: dict) -> str:
    parts = ['<g font-family="ui-monospace,Menlo,Consolas,monospace" font-size="14" text-anchor="middle">']
    for strand, y, ends in (("mirna", MIRNA, "3′5′"), ("site", SITE, "5′3′")):
        bases = sorted((base for base in duplex["bases"] if base["strand"] == strand), key=lambda base: base["column"])
        places = [x[strand, base["nt"]] for base in bases]
        # One <text> with a place per letter: a tenth of the bytes of a <text> each.
        text = escape("".join(base["letter"] for base in bases))
        parts.append(f'<text fill="currentColor" x="{" ".join(map(_n, places))}" y="{y + 5}">{text}</text>')
        at = f"{_n(places[0] - 16)} {_n(places[0] - 10)} {_n(places[-1] + 12)} {_n(places[-1] + 18)}"
        parts.append(f'<text class="quiet" fill="{COLOURS["quiet"]}" font-size="11" x="{at}" y="{y + 4}">{ends}</text>')
    return "".join([*parts, "</g>"])


def _importance(duplex: dict, importance: dict, x: dict) -> str:
    values = {strand: np.asarray(importance[strand], dtype=float) for strand in ("mirna", "site")}
    for strand, each in values.items():
        if each.shape != (len(duplex[strand]),):
            raise ValueError(f"importance of the {strand}: {each.shape} numbers for {len(duplex[strand])} bases")
    largest = max(np.nanmax(np.abs(each), initial=0) for each in values.values())
    paths = {"less": "", "more": ""}
    for strand, base, away in (("mirna", MIRNA - 13, -1), ("site", SITE + 13, 1)):
        for nt, value in enumerate(np.nan_to_num(values[strand]), start=1):
            length = BAR * abs(value) / largest if largest else 0
            if length >= 0.5:
                bar = f"M{_n(x[strand, nt] - 4)} {base}v{_n(away * length)}h8v{_n(-away * length)}z"
                paths["less" if value < 0 else "more"] += bar
    return (
        f'<path class="less" fill="{COLOURS["less"]}" d="{paths["less"]}"/>'
        f'<path class="more" fill="none" stroke="{COLOURS["more"]}" stroke-width="1.2" d="{paths["more"]}"/>'
    )


def _n(value: float) -> str:
    """A number as short as an SVG may have it."""
    return f"{value:.1f}".removesuffix(".0")
