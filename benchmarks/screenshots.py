"""The screenshots of the pages, from a real prediction: python -m benchmarks.screenshots [RESULTS].

Reads the workflow's reference tables in RESULTS/reference and writes RESULTS/screenshots. Needs Chromium.
"""

import os
import sys
import threading
from pathlib import Path
from tempfile import TemporaryDirectory

from waitress import create_server

from deepmirnatar.common.files import read_tsv
from deepmirnatar.prediction.predict import predict_files, predict_texts
from deepmirnatar.prediction.serve import create_app
from tests.browser import Browser

MIRNAS = ["hsa-let-7a-5p", "hsa-miR-21-5p", "hsa-miR-122-5p"]
KNOWN = ["HMGA2", "LIN28B", "CASP3", "KRAS", "PDCD4", "SPRY1", "RECK", "TIMP3", "CAT", "SLC7A1", "G6PD", "ALDOA"]
OTHERS, STAND_IN = 300, 844  # nt of 3'UTRs whose end the reference does not know


def main(results: Path) -> None:
    os.environ["DEEPMIRNATAR_SCREENSHOTS"] = str(results / "screenshots")
    reference = results / "reference"
    mirnas = read_tsv(reference / "mirnas.tsv").set_index("name").loc[MIRNAS, "sequence"]
    utrs = read_tsv(reference / "utrs.tsv").drop_duplicates("gene").set_index("gene")["sequence"]
    utrs = utrs[utrs.str.fullmatch("[ACGU]+") & (utrs.str.len() != STAND_IN)]
    some = utrs.drop(KNOWN, errors="ignore").sample(OTHERS, random_state=1)
    utrs = utrs.loc[[*some.index, *(gene for gene in KNOWN if gene in utrs)]]
    with TemporaryDirectory() as name:
        folder = Path(name)
        for path, entries in (("mirnas.fa", mirnas), ("utrs.fa", utrs)):
            (folder / path).write_text(
                "".join(f">{entry}\n{text}\n" for entry, text in entries.items()), encoding="utf-8"
            )
        known = reference / "known_targets.tsv"
        predict_files(folder / "mirnas.fa", folder / "utrs.fa", folder / "out", known=known)
        browser = Browser(folder)
        try:
            browser.open((folder / "out/report.html").as_uri())
            browser.run("document.querySelector('tr.gene').click()")
            browser.screenshot("report", height=1200)
            server = create_server(create_app(predict_texts), host="127.0.0.1", port=0)
            threading.Thread(target=server.run, daemon=True).start()
            browser.open(f"http://127.0.0.1:{server.effective_port}")
            best = read_tsv(folder / "out/genes.tsv")["target"].iloc[0]
            for field, text in {
                "mirnas": f">{MIRNAS[0]}\n{mirnas.iloc[0]}",
                "targets": f">{best}\n{utrs[best]}",
            }.items():
                browser.run(f"document.getElementById('{field}').value = {text!r}")
            browser.run("document.getElementById('predict').click()")
            browser.wait("location.pathname.startsWith('/results/') && document.querySelector('tr.gene') !== null")
            browser.run("document.querySelector('tr.gene').click()")
            browser.screenshot("page", height=1100)
            server.close()
        finally:
            browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1] if sys.argv[1:] else "results"))
