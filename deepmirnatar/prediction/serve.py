"""A page on this computer only: paste miRNAs and 3'UTRs, get the report of their prediction and a zip of the tables."""

import io
import logging
import secrets
import threading
import webbrowser
import zipfile
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Flask, abort, request
from waitress import create_server
from werkzeug.exceptions import HTTPException

from deepmirnatar.common.files import write_json, write_tsv
from deepmirnatar.prediction.report import TEMPLATES, report_page

log = logging.getLogger(__name__)
# Other names for this server would let a page of the web reach it through a name that it points here.
HOSTS = ["localhost", "127.0.0.1"]
KEPT = 5  # results that stay in memory
POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; connect-src 'self'"
HEADERS = {
    "Content-Security-Policy": f"{POLICY}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
BAR = """<body>
<nav class="bar" aria-label="This prediction"><a class="button" href="/">← Other sequences</a>
<a class="button primary" id="all" href="tables.zip" download>Download everything (zip)</a></nav>"""
# A miRNA with a site of type 8mer and 3' pairing, the second on a made-up 3'UTR.
EXAMPLE = (
    ">hsa-let-7a-5p\nUGAGGUAGUAGGUUGUAUAGUU\n",
    ">example_UTR\n"
    "GCAAGUCCUAGGAAUUCAGCAAGAGCUUCCAUGGAACAUUCAACCUGUAUUACAUUCAACCACUACCUCAAGCUUGGACAAAGCCUGAACUUAGGC\n"
    "UCCAAGGAUUCGAACCUAAGUUUCAGGAUUAACGGAAUCCUACCUCUGGAAGUUAACGCAUUGGCAAGUUCCUAAGGACUUAACGGAUUCAAGUCC\n"
    "AAGGCUUAACGUUAGGCAAGACUAUACAACCUACUACCUCAUUGGAAUCCGAAUUGGCAUCAAGGACUUUGCAAGGAUCCUUAAGCAACGGAAUUC\n",
)


def create_app(
    predict: Callable[[str, str], tuple],
    most_mirnas: int = 50,
    most_letters: int = 200_000,
    example: tuple[str, str] = EXAMPLE,
) -> Flask:
    """The page as a Flask application.

    `predict(mirnas_text, targets_text)` returns genes, sites, utr_lengths, about and explained as in
    `report.report_page`, and raises ValueError with a sentence for input that it cannot use.
    """
    app = Flask(__name__, static_folder=None)
    most_bytes = most_letters * 2 + most_mirnas * 400  # line ends and headers included
    app.config.update(TRUSTED_HOSTS=HOSTS, MAX_CONTENT_LENGTH=2 * most_bytes)
    results, busy = OrderedDict(), threading.Lock()

    @app.before_request
    def refuse_other_sites():
        if request.headers.get("Origin", request.host_url[:-1]) != request.host_url[:-1]:
            abort(403, "Another web page tried to use this one.")

    @app.after_request
    def add_headers(response):
        response.headers.update(HEADERS)
        return response

    @app.errorhandler(HTTPException)
    def sentence(error):
        text = "The input is too large for this page." if error.code == 413 else error.description
        return {"error": text}, error.code

    @app.get("/")
    def form():
        return TEMPLATES.get_template("serve.html.jinja").render(
            most_mirnas=most_mirnas,
            most_letters=most_letters,
            most_bytes=most_bytes,
            example_mirnas=example[0],
            example_targets=example[1],
        )

    @app.post("/predict")
    def run():
        # JSON only: a form of another web page cannot send it.
        texts = request.get_json()
        if not isinstance(texts, dict) or not all(isinstance(texts.get(key), str) for key in ("mirnas", "targets")):
            abort(400, "The request must hold the texts mirnas and targets.")
        if not busy.acquire(blocking=False):
            abort(503, "Another prediction is running. Try again when it is done.")
        try:
            check(texts["mirnas"], texts["targets"], most_mirnas, most_letters)
            found = predict(texts["mirnas"], texts["targets"])
            name = secrets.token_urlsafe(12)
            page = report_page(*found)
            results[name] = page, archive(page, texts, *found[:2], found[3])
            while len(results) > KEPT:
                results.popitem(last=False)
        except ValueError as error:
            log.info("bad input: %s", error)
            return {"error": str(error)}, 400
        except Exception:
            log.exception("the prediction failed")
            return {"error": "The prediction failed by a fault of the program; the terminal shows what happened."}, 500
        finally:
            busy.release()
        return {"report": f"/results/{name}/report.html"}

    @app.get("/results/<name>/<file>")
    def result(name, file):
        if name not in results or file not in ("report.html", "tables.zip"):
            abort(404, "This result is no longer kept. Predict again.")
        page, tables = results[name]
        if file == "report.html":
            return page.replace("<body>", BAR, 1)
        return tables, {"Content-Type": "application/zip", "Content-Disposition": "attachment; filename=prediction.zip"}

    return app


def check(mirnas: str, targets: str, most_mirnas: int, most_letters: int) -> None:
    """Raise ValueError where a text is empty or holds more than this page takes."""
    for text, what in ((mirnas, "miRNA"), (targets, "3'UTR")):
        if not text.strip():
            raise ValueError(f"No {what} is given.")
    count = mirnas.count(">") or len(mirnas.replace(",", " ").split())
    if count > most_mirnas:
        raise ValueError(f"{count:,} miRNAs are given, this page takes {most_mirnas:,}. Use `deepmirnatar predict`.")
    letters = sum(len(line.strip()) for line in targets.splitlines() if not line.startswith(">"))
    if letters > most_letters:
        raise ValueError(
            f"The 3'UTRs have {letters:,} letters, this page takes {most_letters:,}. Use `deepmirnatar predict`."
        )


def archive(page: str, texts: dict, genes, sites, about: dict) -> bytes:
    """A zip of the report, the tables, the input and what made them."""
    packed = io.BytesIO()
    with TemporaryDirectory() as folder, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as zipped:
        write_tsv(genes, Path(folder, "genes.tsv"))
        write_tsv(sites, Path(folder, "sites.tsv"))
        write_json(about, Path(folder, "about.json"))
        Path(folder, "report.html").write_text(page, encoding="utf-8")
        for name, text in texts.items():
            if name in ("mirnas", "targets"):
                Path(folder, f"{name}.txt").write_text(text, encoding="utf-8")
        for path in sorted(Path(folder).iterdir()):
            zipped.write(path, f"prediction/{path.name}")
    return packed.getvalue()


def serve(predict: Callable[[str, str], tuple], port: int = 8000, open_browser: bool = True, **limits) -> None:
    """Serve the page on 127.0.0.1 until Ctrl-C; `predict` and `limits` as in `create_app`.

    Raises ValueError where the port is taken.
    """
    app = create_app(predict, **limits)
    # The application answers what is too large with a sentence; far larger bodies are not even received.
    most = 4 * app.config["MAX_CONTENT_LENGTH"]
    try:
        server = create_server(app, host="127.0.0.1", port=port, threads=4, max_request_body_size=most)
    except OSError as error:
        raise ValueError(f"Port {port} cannot be used ({error.strerror}). Choose another one.") from None
    address = f"http://127.0.0.1:{server.effective_port}/"
    print(f"The page is at {address} (this computer only). Ctrl-C ends it.", flush=True)
    if open_browser:
        webbrowser.open(address)
    try:
        server.run()
    finally:
        server.close()
