"""The screenshots of the pages, from real predictions: python -m benchmarks.screenshots [RESULTS].

Writes RESULTS/screenshots. Needs Chromium and the atlas (`deepmirnatar atlas`).
"""

import os
import sys
import threading
from pathlib import Path
from tempfile import TemporaryDirectory

from waitress import create_server

from deepmirnatar.atlas.served import served_atlas
from deepmirnatar.prediction.predict import predict_files, predict_texts
from deepmirnatar.prediction.serve import create_app
from tests.browser import Browser

MIRNA, GENE = "hsa-miR-21-5p", "PTEN"


def main(results: Path) -> None:
    os.environ["DEEPMIRNATAR_SCREENSHOTS"] = str(results / "screenshots")
    with TemporaryDirectory() as name:
        folder = Path(name)
        predict_files([MIRNA], out=folder / "out")
        browser = Browser(folder)
        server = create_server(create_app(predict_texts, atlas=served_atlas(None, "human")), host="127.0.0.1", port=0)
        threading.Thread(target=server.run, daemon=True).start()
        try:
            browser.open((folder / "out/report.html").as_uri())
            browser.run("document.querySelector('tr.gene').click()")
            browser.screenshot("report", height=1200)
            browser.open(f"http://127.0.0.1:{server.effective_port}/?gene={GENE}")
            browser.screenshot("page", height=1100)
        finally:
            browser.close()
            server.close()


if __name__ == "__main__":
    main(Path(sys.argv[1] if sys.argv[1:] else "results"))
