"""One self-contained HTML page of a prediction: ranked genes, their sites on the mRNA, and the duplexes."""

import json
from pathlib import Path

import pandas as pd
from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from deepmirnatar.common.did_you_mean import plural
from deepmirnatar.common.files import atomic
from deepmirnatar.prediction.duplex_svg import draw_svg, duplex
from deepmirnatar.rna.seeds import SEED_RANKS

PAIR = ["mirna", "target"]
COLUMNS = [
    *("rank", *PAIR, "repression", "binding", "best_score", "sites", "orf_sites", "n_8mer", "n_7mer", "n_6mer"),
    *("utr_length", "cds_length", "gene_strongest", "gene_weakest", "known", "strong", "note"),
]
SITES = [
    *("row", "region", "start", "end", "seed_start", "seed_end", "repression", "binding", "score", "site_sequence"),
]
TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent), autoescape=True, trim_blocks=True, lstrip_blocks=True
)


def write_report(path, genes, sites, mrnas, about, explained=None, **most) -> None:
    """Write `report_page` to `path`."""
    page = report_page(genes, sites, mrnas, about, explained, **most)
    with atomic(path) as part:
        part.write_text(page, encoding="utf-8")


def report_page(
    genes: pd.DataFrame,
    sites: pd.DataFrame,
    mrnas: dict[str, tuple[int, int, int]],
    about: dict,
    explained: dict | None = None,
    drawings: int = 100,
    most_rows: int = 10_000,
    most_sites: int = 50,
    totals: dict[str, int] | None = None,
    title: str = "Predicted targets",
) -> str:
    """The report as HTML text; it loads nothing from anywhere.

    `genes` and `sites`: as `predictor.Prediction` describes them, `genes` ranked; known and strong may be there.
    `mrnas`: target -> its length, and the start and end of its coding part (0, 0: none).
    `about`: texts for the last section; its `warnings`, a list, are shown at the top.
    `explained`: (mirna_sequence, site_sequence) -> importance as in `duplex.draw_svg`.
    The best `drawings` sites are drawn, explained ones first. The page holds the first `most_rows` rows and the best
    `most_sites` sites of each, and says so where that leaves some out. `totals`, where the tables are only the first
    rows of larger ones: pairs, mirnas, targets and sites.
    """
    explained = explained or {}
    totals = totals or {
        "pairs": len(genes),
        "mirnas": genes["mirna"].nunique(),
        "targets": genes["target"].nunique(),
        "sites": len(sites),
    }
    shown = genes.iloc[:most_rows].reset_index(drop=True)
    warnings = list(about.get("warnings", []))
    if len(shown) < totals["pairs"]:
        warnings.append(
            f"This page shows the first {len(shown):,} of {totals['pairs']:,} rows; the table holds all of them."
        )
    listed, drawn = _sites(shown, sites, explained, drawings, most_sites)
    # "</script>" in a name must not end the data.
    data = json.dumps(_data(shown, sites, listed, drawn, mrnas), separators=(",", ":"), allow_nan=False)
    return TEMPLATES.get_template("report.html.jinja").render(
        title=title,
        verdict=verdict(genes, totals["pairs"] - len(genes)),
        figures={
            plural(totals["mirnas"], "miRNA"): f"{totals['mirnas']:,}",
            plural(totals["targets"], "gene"): f"{totals['targets']:,}",
            plural(totals["sites"], "candidate site"): f"{totals['sites']:,}",
        },
        warnings=warnings,
        about={_capital(name): value for name, value in about.items() if name != "warnings"},
        explained=bool(explained),
        expected=expected(),
        drawn=len(drawn),
        data=Markup(data.replace("<", "\\u003c")),
    )


def expected() -> list[dict]:
    """How many genes below a prediction fell in experiments, as shares; see docs/predict.md for how it was measured."""
    return pd.read_csv(Path(__file__).parent / "expected.tsv", sep="\t").to_dict("records")


def verdict(genes: pd.DataFrame, more: int = 0) -> str:
    """What the ranking says, in two sentences; `more` rows, all with a site, come after these."""
    if not len(genes):
        return "There is nothing to rank: no miRNA met a 3'UTR."
    with_site = int((genes["sites"] > 0).sum())
    if not with_site:
        return "No candidate site was found, so there is no predicted target among these genes."
    with_site += more
    count = len(genes) + more
    best, pairs = genes.iloc[0], plural(count, "pair")
    has_site = "has" if with_site == 1 else "have"
    how = f"predicted log2 fold change {best['repression']:.2f}".replace("-", "−")
    of_all = f" of {count:,}" if with_site < count else ""
    return (
        f"{with_site:,}{of_all} {pairs} of a miRNA and a gene {has_site} a candidate site. "
        f"First in the ranking is {best['target']} for {best['mirna']} ({how})."
    )


def _sites(shown: pd.DataFrame, sites: pd.DataFrame, explained: dict, drawings: int, most_sites: int) -> tuple:
    """The sites to list, with `row` (of their gene) in front, row by row and best first; SVGs by place in the list."""
    rows = shown[PAIR].assign(row=range(len(shown)))
    listed = rows.merge(sites, on=PAIR).sort_values(["row", "repression", "start"])
    listed = listed.groupby("row").head(most_sites).reset_index(drop=True)
    keys = list(zip(listed["mirna_sequence"], listed["site_sequence"], strict=True))
    order = listed.assign(plain=[key not in explained for key in keys])
    best = order.sort_values("plain", kind="stable").index[:drawings]
    drawn = {}
    for place in best:
        site = listed.loc[place]
        match = None
        if pd.notna(site.get("seed_start")):
            match = int(site["seed_start"] - site["start"]), int(site["seed_end"] - site["start"])
        folded = duplex(site["mirna_sequence"], site["site_sequence"])
        drawn[int(place)] = draw_svg(folded, explained.get(keys[place]), match)
    return listed, drawn


def _data(shown: pd.DataFrame, sites: pd.DataFrame, listed: pd.DataFrame, drawn: dict, mrnas: dict) -> dict:
    """What the page's script reads: columns of numbers and text, as JSON takes them."""
    kinds = sites.assign(bit=[1 << SEED_RANKS.index(each) for each in sites["seed_type"]])
    of_pair = {pair: sum(bits.unique()) for pair, bits in kinds.groupby(PAIR)["bit"]}
    pairs = list(zip(shown["mirna"], shown["target"], strict=True))
    return {
        "columns": [name for name in COLUMNS if name in shown],
        "genes": {name: _plain(shown[name]) for name in COLUMNS if name in shown},
        # Lengths of the tracks and their coding parts, and which seed types a row's sites have, one bit each.
        **{
            name: [int(mrnas[target][place]) for target in shown["target"]]
            for place, name in enumerate(("length", "cds_start", "cds_end"))
        },
        "types": [int(of_pair.get(pair, 0)) for pair in pairs],
        "seed_types": SEED_RANKS,
        "sequences": dict(zip(sites["mirna"], sites["mirna_sequence"], strict=True)),
        "sites": {
            "type": [SEED_RANKS.index(each) for each in listed["seed_type"]],
            **{
                name: _plain(listed[name])
                for name in (
                    "row",
                    "region",
                    "start",
                    "end",
                    "seed_start",
                    "seed_end",
                    "repression",
                    "binding",
                    "score",
                    "site_sequence",
                )
                if name in listed
            },
        },
        "drawn": drawn,
    }


def _plain(column: pd.Series) -> list:
    """Python values that JSON knows: at most four decimals, whole numbers without any, None for what is missing."""
    column = column.infer_objects()
    if not pd.api.types.is_numeric_dtype(column):
        return [None if pd.isna(each) else str(each) for each in column]
    rounded = [None if pd.isna(each) else round(float(each), 4) for each in column]
    return [int(each) if each is not None and each == int(each) else each for each in rounded]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:].replace("_", " ")
