"""Pages of the atlas: one search field, a ranked list for a gene or a miRNA, a pair's sites, tables to download."""

import json
import threading
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

import pandas as pd
from flask import Blueprint, Response, abort, redirect, request
from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from deepmirnatar.atlas.store import STEP, Atlas
from deepmirnatar.prediction import report
from deepmirnatar.prediction.serve import without_paths

TEMPLATES = Environment(
    loader=FileSystemLoader([Path(__file__).parent, Path(report.__file__).parent]),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
)
KEPT_PAIRS = 20  # pages of pairs that stay in memory
PATIENCE = 5  # seconds that a pair waits for those before it
BAR = TEMPLATES.from_string(
    """<body>
<nav class="bar" aria-label="This pair">
<a class="button" href="/?gene={{ gene|urlencode }}">← All miRNAs of {{ gene }}</a>
<a class="button" href="/?mirna={{ mirna|urlencode }}">All genes of {{ mirna }} →</a></nav>"""
)


def atlas_pages(atlas: Atlas, search, predict_pair: Callable[[str, str], tuple], warnings: list[str]) -> Blueprint:
    """The pages. `search`: a `search.Search`. `predict_pair(mirna, gene)` returns what `report.report_page` takes.

    `warnings` are shown above each list.
    """
    pages, kept, one = Blueprint("atlas", __name__), OrderedDict(), threading.Lock()
    start = {
        "mirnas": len(atlas.mirnas),
        "genes": len(atlas.genes),
        "species": atlas.about.get("species", ""),
        "warnings": warnings,
    }

    def render(**more) -> str:
        return TEMPLATES.get_template("atlas.html.jinja").render(**start, **more)

    def asked() -> tuple[str, str]:
        """The kind of list that is asked for, and of what."""
        for kind in ("gene", "mirna"):
            if name := request.args.get(kind):
                return kind, name
        return "", ""

    def ranked(kind: str, name: str) -> pd.DataFrame:
        table = atlas.of_gene(name) if kind == "gene" else atlas.of_mirna(name)
        table.insert(0, "rank", range(1, len(table) + 1))
        return table

    def elsewhere(name: str):
        """To the list of what another name means, so that a link may hold any id."""
        try:
            found = search.find(name)
        except ValueError as error:
            return problem(error)
        return redirect(f"/?{urlencode({found['kind']: found['name']})}")

    def problem(error: ValueError):
        return render(kind="", name="", data="null", problem=without_paths(str(error))), 404

    @pages.get("/")
    def page():
        kind, name = asked()
        if not kind:
            return render(kind="", name="", data="null")
        try:
            table, of = ranked(kind, name), "mirna" if kind == "gene" else "target"
        except ValueError:
            return elsewhere(name)
        data = {"kind": kind, "name": name, "names": table[of].tolist()}
        data["falls"] = [round(value / -STEP) for value in table["repression"]]
        if kind == "gene":
            conserved = set(atlas.mirnas.loc[atlas.mirnas["conserved"] == 1, "mirna"])
            data["conserved"] = [int(each in conserved) for each in data["names"]] if conserved else None
        text = json.dumps(data, separators=(",", ":")).replace("<", "\\u003c")
        return render(kind=kind, name=name, data=Markup(text), about=_about(atlas, kind, name), count=len(table))

    @pages.get("/table.tsv")
    def table():
        kind, name = asked()
        if not kind:
            abort(404, "Name a gene or a miRNA.")
        try:
            found = ranked(kind, name)
        except ValueError as error:
            abort(404, str(error))
        found.insert(1, "target" if kind == "gene" else "mirna", name)
        text = found[["rank", "mirna", "target", "repression"]].to_csv(sep="\t", index=False, lineterminator="\n")
        file = "".join(each if each.isalnum() or each in "-._" else "_" for each in name)
        headers = {"Content-Disposition": f"attachment; filename={file}.tsv"}
        return Response(text, mimetype="text/tab-separated-values", headers=headers)

    @pages.get("/suggest")
    def suggest():
        return search.suggest(request.args.get("text", ""))

    @pages.get("/find")
    def find():
        try:
            return search.find(request.args.get("text", ""))
        except ValueError as error:
            return {"error": without_paths(str(error))}, 404

    @pages.get("/pair")
    def pair():
        key = mirna, gene = request.args.get("mirna", ""), request.args.get("gene", "")
        try:
            atlas.mirna_number(mirna), atlas.gene_number(gene)
        except ValueError as error:
            abort(404, str(error))
        if not one.acquire(timeout=PATIENCE):
            abort(503, "The server is busy. Try again in a moment.")
        try:
            if key not in kept:
                try:
                    kept[key] = report.report_page(*predict_pair(mirna, gene), title=f"{gene} and {mirna}")
                except ValueError as error:
                    return problem(error)
                while len(kept) > KEPT_PAIRS:
                    kept.popitem(last=False)
            return kept[key].replace("<body>", BAR.render(gene=gene, mirna=mirna), 1)
        finally:
            one.release()

    return pages


def _about(atlas: Atlas, kind: str, name: str) -> str:
    """What else a gene or a miRNA is called."""
    if kind == "gene":
        row = atlas.genes.iloc[atlas.gene_number(name)]
        names = {"RefSeq": row["refseq"], "Entrez": row["entrez"], "Ensembl": row["ensembl"]}
        return ", ".join(f"{key} {value}" for key, value in names.items() if value)
    row = atlas.mirnas.iloc[atlas.mirna_number(name)]
    conserved = "; its family is conserved among vertebrates" if row["conserved"] else ""
    accession = f", {row['accession']}" if row["accession"] else ""
    return f"5′ {row['sequence']} 3′{accession}{conserved}"
