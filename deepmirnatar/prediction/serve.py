"""Pages for a browser: paste miRNAs and 3'UTRs, get the report of their prediction and a zip; and those of an atlas.

On this computer only, unless it is told under which names others may reach it.
"""

import io
import ipaddress
import logging
import re
import secrets
import threading
import webbrowser
import zipfile
from collections import OrderedDict
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from flask import Blueprint, Flask, abort, request
from waitress import create_server
from werkzeug.exceptions import HTTPException

from deepmirnatar.common.files import write_json, write_tsv
from deepmirnatar.prediction.report import TEMPLATES, report_page

log = logging.getLogger(__name__)
logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # it warns of each request that waits for a moment
# Other names for this server would let a page of the web reach it through a name that it points here.
HOSTS = ["localhost", "127.0.0.1"]
KEPT = 5  # results that stay in memory
# Of a server for others: results, connections, and seconds that an idle one stays open.
KEPT_FOR_MANY, CONNECTIONS, IDLE = 50, 200, 30
_FOLDERS = re.compile(r"""(?<![\w.:/])/(?:[^/\s'"]+/)+""")
POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; connect-src 'self'"
HEADERS = {
    "Content-Security-Policy": f"{POLICY}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
BAR = """<body>
<nav class="bar" aria-label="This prediction"><a class="button" href="/paste">← Other sequences</a>
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
    atlas: Blueprint | None = None,
    names: Sequence[str] = (),
    kept: int = KEPT,
) -> Flask:
    """The pages as a Flask application.

    `predict(mirnas_text, targets_text)` returns genes, sites, mrnas, about and explained as in `report.report_page`,
    and raises ValueError with a sentence for input that it cannot use. `atlas`: from `atlas.pages.atlas_pages`, what
    is then shown first. `names`: of hosts, under which others reach this server. `kept`: results that stay in memory.
    """
    app = Flask(__name__, static_folder=None)
    most_bytes = most_letters * 2 + most_mirnas * 400  # line ends and headers included
    app.config.update(TRUSTED_HOSTS=[*HOSTS, *names], MAX_CONTENT_LENGTH=2 * most_bytes)
    results, busy = OrderedDict(), threading.Lock()

    @app.before_request
    def refuse_other_sites():
        # Before a proxy that speaks https the scheme is another one.
        origin = request.headers.get("Origin")
        if origin is not None and urlsplit(origin).netloc != request.host:
            abort(403, "Another web page tried to use this one.")

    @app.after_request
    def add_headers(response):
        response.headers.update(HEADERS)
        return response

    @app.errorhandler(HTTPException)
    def sentence(error):
        text = "The input is too large for this page." if error.code == 413 else error.description
        return {"error": text}, error.code

    @app.get("/paste")
    def form():
        return TEMPLATES.get_template("serve.html.jinja").render(
            most_mirnas=most_mirnas,
            most_letters=most_letters,
            most_bytes=most_bytes,
            example_mirnas=example[0],
            example_targets=example[1],
            atlas=atlas is not None,
            here=not names,
            kept=kept,
        )

    if atlas is not None:
        app.register_blueprint(atlas)
    else:
        app.add_url_rule("/", view_func=form)

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
            found = (*found[:3], {key: _plain(value) for key, value in found[3].items()}, *found[4:])
            page = report_page(*found)
            results[name] = page, archive(page, texts, *found[:2], found[3])
            while len(results) > kept:
                results.popitem(last=False)
        except ValueError as error:
            log.info("bad input: %s", error)
            return {"error": without_paths(str(error))}, 400
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


def without_paths(text: str) -> str:
    """The same with files instead of their paths, which are nobody's business."""
    return _FOLDERS.sub("", text)


def _plain(value):
    return [without_paths(each) for each in value] if isinstance(value, list) else without_paths(str(value))


def serve(
    predict: Callable[[str, str], tuple],
    port: int = 8000,
    open_browser: bool = True,
    host: str = "127.0.0.1",
    names: Sequence[str] = (),
    **more,
) -> None:
    """Serve the pages until Ctrl-C; `predict` and `more` as in `create_app`.

    `host`: the address to listen on; any but this computer's own needs `names`, under which others reach it. Raises
    ValueError where they are missing or hold a port or a scheme, and where the port is taken.
    """
    shared = not _is_own(host)
    if shared and not names:
        raise ValueError(
            f"--host {host} lets other computers in: give the name or address under which they reach this one, such "
            "as --name atlas.lab.example; requests under other names are refused"
        )
    for name in names:
        if not re.fullmatch(r"[\w.-]+", name):
            raise ValueError(f"--name {name}: give the bare name or address, without http:// and without a port")
    app = create_app(predict, names=names, **({"kept": KEPT_FOR_MANY} if shared else {}), **more)
    # The application answers what is too large with a sentence; far larger bodies are not even received.
    most = 4 * app.config["MAX_CONTENT_LENGTH"]
    limits = {"max_request_body_size": most, "connection_limit": CONNECTIONS, "channel_timeout": IDLE, "ident": None}
    try:
        server = create_server(app, host=host, port=port, threads=8 if shared else 4, **limits)
    except OSError as error:
        raise ValueError(f"Port {port} cannot be used ({error.strerror}). Choose another one.") from None
    address = f"http://{names[0] if shared else '127.0.0.1'}:{server.effective_port}/"
    print(
        f"The page is at {address} ({'' if shared else 'this computer only'}). Ctrl-C ends it.".replace(" ()", ""),
        flush=True,
    )
    if open_browser and not shared:
        webbrowser.open(address)
    try:
        server.run()
    finally:
        server.close()


def _is_own(host: str) -> bool:
    """Is this an address that only this computer itself can reach?"""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
