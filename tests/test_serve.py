"""The page on this computer: what it answers, what it refuses, and its way from typing to download in a browser."""

import io
import json
import re
import threading
import zipfile

import numpy as np
import pandas as pd
import pytest
from browser import CHROMIUM, MIRNAS, Browser, prediction
from waitress import create_server

from deepmirnatar.atlas.compute import compute_atlas
from deepmirnatar.atlas.served import served_atlas
from deepmirnatar.prediction import serve as page
from deepmirnatar.rna.sequences import reverse_complement
from deepmirnatar.species.file import Species, write_species

TEXTS = {"mirnas": "hsa-miR-122-5p", "targets": ">GENE1\nACGU"}


def predict(mirnas: str, targets: str) -> tuple:
    """A stub: a fixed prediction; `wrong` is a miRNA that it does not know, `fault` one that breaks it."""
    if "wrong" in mirnas:
        raise ValueError("miRNA 'wrong' is not in miRBase. Did you mean 'hsa-miR-122-5p'?")
    if "fault" in mirnas:
        raise RuntimeError("secret path")
    return prediction(12, {"hsa-miR-122-5p": MIRNAS["hsa-miR-122-5p"]})


@pytest.fixture
def client():
    return page.create_app(predict, most_mirnas=3, most_letters=100).test_client()


def test_a_prediction_is_answered_with_a_report_and_a_zip(client):
    answer = client.post("/predict", json=TEXTS)
    assert answer.status_code == 200
    address = answer.json["report"]
    report = client.get(address)
    assert "Predicted targets" in report.text and "Download everything (zip)" in report.text
    files = zipfile.ZipFile(io.BytesIO(client.get(address.replace("report.html", "tables.zip")).data))
    names = {"about.json", "genes.tsv", "mirnas.txt", "report.html", "sites.tsv", "targets.txt"}
    assert set(files.namelist()) == {f"prediction/{name}" for name in names}
    genes = pd.read_csv(files.open("prediction/genes.tsv"), sep="\t")
    assert genes["target"].tolist() == predict("", "")[0]["target"].tolist()
    assert files.read("prediction/targets.txt").decode() == TEXTS["targets"]
    # The report in the zip has no way back to a server.
    assert b"tables.zip" not in files.read("prediction/report.html")


@pytest.mark.parametrize(
    ("change", "code", "said"),
    [
        ({"mirnas": "wrong"}, 400, "Did you mean 'hsa-miR-122-5p'?"),
        ({"mirnas": " \n"}, 400, "No miRNA is given."),
        ({"targets": ""}, 400, "No 3'UTR is given."),
        ({"mirnas": ">a\nA\n>b\nA\n>c\nA\n>d\nA"}, 400, "4 miRNAs are given, this page takes 3."),
        ({"mirnas": "a\nb c d"}, 400, "4 miRNAs are given, this page takes 3."),
        ({"targets": ">long\n" + "ACGU" * 26}, 400, "The 3'UTRs have 104 letters, this page takes 100."),
        ({"targets": "A" * 20_000}, 413, "too large"),
        ({"targets": 7}, 400, "must hold the texts"),
        ({"mirnas": "fault"}, 500, "by a fault of the program"),
    ],
)
def test_bad_input_is_answered_with_one_sentence(client, change, code, said):
    answer = client.post("/predict", json=TEXTS | change)
    assert answer.status_code == code and said in answer.json["error"]
    assert "secret path" not in answer.text
    # A refused request does not keep the next one out.
    assert client.post("/predict", json=TEXTS).status_code == 200


def test_input_up_to_the_limit_is_taken(client):
    assert client.post("/predict", json=TEXTS | {"targets": ">long\n" + "ACGU\n" * 25}).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "evil.example:8000", "192.168.0.7", ""])
def test_other_host_names_are_refused(client, host):
    for path in ("/", "/nothing", "/results/x/report.html"):
        assert client.get(path, headers={"Host": host}).status_code == 400
    assert client.post("/predict", json=TEXTS, headers={"Host": host}).status_code == 400


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "127.0.0.1:9123"])
def test_this_computers_names_are_served(client, host):
    answer = client.get("/", headers={"Host": host})
    assert answer.status_code == 200
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert client.post("/predict", json=TEXTS, headers={"Host": host, "Origin": f"http://{host}"}).status_code == 200


@pytest.mark.parametrize("origin", ["https://evil.example", "http://localhost:9999", "null"])
def test_other_pages_cannot_send_a_request(client, origin):
    assert client.post("/predict", json=TEXTS, headers={"Origin": origin}).status_code == 403
    assert client.post("/predict", data="mirnas=a&targets=b", content_type="text/plain").status_code == 415


def test_one_prediction_at_a_time_and_only_the_last_results_are_kept():
    entered, leave = threading.Event(), threading.Event()

    def slow(mirnas, targets):
        entered.set()
        assert leave.wait(20)
        return predict(mirnas, targets)

    client = (app := page.create_app(slow)).test_client()
    first = threading.Thread(target=lambda: app.test_client().post("/predict", json=TEXTS))
    first.start()
    assert entered.wait(20)
    assert client.post("/predict", json=TEXTS).status_code == 503
    leave.set()
    first.join()
    addresses = [client.post("/predict", json=TEXTS).json["report"] for _ in range(page.KEPT + 1)]
    assert client.get(addresses[0]).status_code == 404
    assert {client.get(each).status_code for each in addresses[1:]} == {200}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("/home/ana/my-lab/mature.fa: holds no accession", "mature.fa: holds no accession"),
        ("file '/srv/a/b.fa' is empty", "file 'b.fa' is empty"),
        ("miR-192-5p/215-5p, see https://example.org/a/b.html", "miR-192-5p/215-5p, see https://example.org/a/b.html"),
    ],
)
def test_no_path_of_the_machine_is_shown(text, shown):
    assert page.without_paths(text) == shown

    def failing(mirnas, targets):
        raise ValueError(text)

    assert page.create_app(failing).test_client().post("/predict", json=TEXTS).json["error"] == shown


def test_a_report_shows_no_path(client):
    def found(mirnas, targets):
        genes, sites, mrnas, about, explained = predict(mirnas, targets)
        about |= {
            "repression": "/home/ana/weights/repression.safetensors (1a2b)",
            "warnings": ["/home/ana/x.fa is odd"],
        }
        return genes, sites, mrnas, about, explained

    client = page.create_app(found).test_client()
    address = client.post("/predict", json=TEXTS).json["report"]
    report, files = client.get(address).text, client.get(address.replace("report.html", "tables.zip")).data
    assert "/home" not in report and "repression.safetensors (1a2b)" in report
    assert b"/home" not in zipfile.ZipFile(io.BytesIO(files)).read("prediction/about.json")


def test_a_labs_server_is_reached_under_its_names_alone():
    client = page.create_app(predict, names=["atlas.lab.example"]).test_client()
    assert client.get("/", headers={"Host": "atlas.lab.example:8000"}).status_code == 200
    # Behind a proxy that speaks https.
    of_proxy = {"Host": "atlas.lab.example", "Origin": "https://atlas.lab.example"}
    assert client.post("/predict", json=TEXTS, headers=of_proxy).status_code == 200
    assert client.get("/", headers={"Host": "other.example"}).status_code == 400
    assert client.post("/predict", json=TEXTS, headers=of_proxy | {"Origin": "https://x.example"}).status_code == 403
    assert "do not leave it" not in client.get("/", headers=of_proxy).text
    with pytest.raises(ValueError, match="--name"):
        page.serve(predict, host="0.0.0.0", open_browser=False)
    with pytest.raises(ValueError, match="without http://"):
        page.serve(predict, host="0.0.0.0", names=["http://atlas.lab.example"], open_browser=False)


def test_a_taken_port_is_a_clear_error():
    taken = create_server(page.create_app(predict), host="127.0.0.1", port=0)
    try:
        with pytest.raises(ValueError, match=f"Port {taken.effective_port} cannot be used"):
            page.serve(predict, port=taken.effective_port, open_browser=False)
    finally:
        taken.close()


def test_the_server_listens_on_this_computer_only(monkeypatch, capsys):
    asked = {}

    class Server:
        effective_port = 8123

        def run(self):
            asked["ran"] = True

        def close(self):
            asked["closed"] = True

    monkeypatch.setattr(page, "create_server", lambda app, **options: asked.update(options) or Server())
    monkeypatch.setattr(page.webbrowser, "open", lambda address: asked.update(opened=address))
    page.serve(predict, port=0)
    assert asked["host"] == "127.0.0.1" and asked["ran"] and asked["closed"]
    assert asked["opened"] == "http://127.0.0.1:8123/" and asked["opened"] in capsys.readouterr().out


# --- the atlas ---

ATLAS_MIRNAS = {**MIRNAS, "hsa-miR-21-5p": "UAGCUUAUCAGACUGAUGUUGA"}


@pytest.fixture(scope="module")
def atlas(tmp_path_factory, rna):
    """Pages of an atlas of made-up mRNAs, GENE0 to GENE79; every third has a strong site of each miRNA."""
    folder, rng, rows = tmp_path_factory.mktemp("cache"), np.random.default_rng(5), []
    for number in range(80):
        utr = rna(rng, 1500)
        for at, mirna in enumerate(ATLAS_MIRNAS.values()):
            if number % 3 == 0:
                utr = utr[: 100 * at] + reverse_complement(mirna[1:8]) + "A" + utr[100 * at + 8 :]
        sequence = rna(rng, 40) + "AUG" + "GCC" * 60 + "UAA" + utr
        rows.append((f"GENE{number}", sequence, 40, 226, f"NM_{number:06d}", str(100 + number), f"ENSG{number:011d}"))
    mrnas = pd.DataFrame(rows, columns=["target", "sequence", "cds_start", "cds_end", "refseq", "entrez", "ensembl"])
    mrnas.loc[79, ["sequence", "cds_start", "cds_end"]] = "G" * 300, 0, 0
    table = pd.DataFrame({"mirna": list(ATLAS_MIRNAS), "mirna_sequence": list(ATLAS_MIRNAS.values())})
    table = table.assign(accession=["MIMAT0000421", "MIMAT0000062", "MIMAT0000076"], conserved=[True, True, False])
    names = pd.DataFrame([("p53", 3, "alias")], columns=["name", "row", "kind"])
    mature = "".join(f">{row.mirna} {row.accession} x\n{row.mirna_sequence}\n" for row in table.itertuples())
    (folder / "mature.fa").write_text(mature)
    species = Species("human", mrnas, table, names, {}, {"prefix": "hsa"})
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DEEPMIRNATAR_CACHE", str(folder))
        write_species(species, folder / "human.safetensors")
        assert served_atlas(None, "human", folder / "mature.fa") is None
        compute_atlas(species, folder / "human.atlas.sqlite")
        yield served_atlas(None, "human", folder / "mature.fa")


@pytest.fixture
def searching(atlas):
    return page.create_app(predict, atlas=atlas).test_client()


def listed(answer) -> dict:
    return json.loads(re.search(r'id="data">(.*?)</script>', answer.text)[1])


def test_lists_are_ranked_linked_and_downloaded(searching):
    gene = listed(searching.get("/?gene=GENE3"))
    assert set(gene["names"]) == set(ATLAS_MIRNAS) and gene["falls"] == sorted(gene["falls"], reverse=True)
    assert gene["conserved"] == [int(name != "hsa-miR-21-5p") for name in gene["names"]]
    mirna = listed(searching.get("/?mirna=hsa-miR-21-5p"))
    at = mirna["names"].index("GENE3")
    assert mirna["falls"][at] == gene["falls"][gene["names"].index("hsa-miR-21-5p")] and at < 30
    answer = searching.get("/table.tsv?mirna=hsa-miR-21-5p")
    assert answer.headers["Content-Disposition"] == "attachment; filename=hsa-miR-21-5p.tsv"
    table = pd.read_csv(io.BytesIO(answer.data), sep="\t")
    assert table.columns.tolist() == ["rank", "mirna", "target", "repression"]
    assert table["target"].tolist() == mirna["names"] and table["rank"].tolist() == [*range(1, len(table) + 1)]
    assert (-table["repression"]).tolist() == pytest.approx([fall / 1e4 for fall in mirna["falls"]])


def test_a_pair_shows_its_sites(searching):
    answer = searching.get("/pair?gene=GENE3&mirna=hsa-miR-21-5p")
    assert answer.status_code == 200 and "svg" in answer.text and "8mer" in answer.text
    assert "<h1>GENE3 and hsa-miR-21-5p</h1>" in answer.text
    assert '<a class="button" href="/?gene=GENE3">' in answer.text
    shown = json.loads(re.search(r'id="data">(.*?)</script>', answer.text)[1])["genes"]["repression"]
    gene = listed(searching.get("/?gene=GENE3"))
    assert shown == pytest.approx([gene["falls"][gene["names"].index("hsa-miR-21-5p")] / -1e4], abs=1e-3)
    without = searching.get("/pair?gene=GENE79&mirna=hsa-miR-21-5p")
    assert without.status_code == 404 and "GENE79 has no site of hsa-miR-21-5p" in without.text


ABSENT = ["table.tsv?gene=NOGENE", "table.tsv?mirna=GENE3", "table.tsv", "find"]
ABSENT += ["find?text=NOGENE", "find?text=MIMAT9999999", "pair?gene=GENE3", "pair?gene=NOGENE&mirna=hsa-miR-21-5p"]


@pytest.mark.parametrize("address", ABSENT)
def test_what_the_atlas_does_not_have_is_one_sentence(searching, tmp_path_factory, address):
    answer = searching.get(f"/{address}")
    assert answer.status_code == 404 and len(answer.json["error"]) < 300
    assert str(tmp_path_factory.getbasetemp()) not in answer.text


def test_a_link_may_hold_any_name(searching):
    for name in ("p53", "ENSG00000000003", "gene3"):
        assert searching.get(f"/?gene={name}").headers["Location"] == "/?gene=GENE3"
    assert searching.get("/?gene=miR-21").headers["Location"] == "/?mirna=hsa-miR-21-5p"
    answer = searching.get("/?gene=%3Cscript%3Ex")
    assert answer.status_code == 404 and "&lt;script&gt;x" in answer.text and "<script>x" not in answer.text


def test_pages_of_the_atlas_are_as_closed_as_the_others(searching):
    for address in (
        "/",
        "/?gene=GENE3",
        "/table.tsv?gene=GENE3",
        "/suggest?text=g",
        "/pair?gene=GENE3&mirna=hsa-let-7a-5p",
    ):
        answer = searching.get(address)
        assert answer.status_code == 200 and "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert searching.get(address, headers={"Host": "evil.example"}).status_code == 400
        assert searching.get(address, headers={"Origin": "https://evil.example"}).status_code == 403
        assert searching.post(address).status_code == 405
    assert "Predict miRNA targets" in searching.get("/paste").text
    assert searching.get("/suggest?text=" + "g" * 5000).json == []


# --- in a browser ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def address():
    server = create_server(page.create_app(predict), host="127.0.0.1", port=0)
    threading.Thread(target=server.run, daemon=True).start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.close()


@pytest.mark.skipif(not CHROMIUM, reason="Chromium is not installed (Debian: apt-get install chromium)")
def test_from_typing_to_download(address, tmp_path):
    browser = Browser(tmp_path)
    try:
        browser.open(address)
        assert "UGAGGUAGUAGGUUGUAUAGUU" in browser.run("document.getElementById('mirnas').value")
        browser.screenshot("serve")

        # Typing, as a person does; a mistake is answered on the page.
        browser.run("document.getElementById('empty').click()")
        browser.send("Input.insertText", text="wrong")
        browser.press("Tab")
        browser.press("Tab")
        browser.send("Input.insertText", text=">GENE1\nACGUACGU")
        assert browser.run("document.getElementById('targets').value") == ">GENE1\nACGUACGU"
        browser.run("document.getElementById('predict').click()")
        problem = browser.wait("document.getElementById('problem').textContent")
        assert "Did you mean 'hsa-miR-122-5p'?" in problem
        browser.screenshot("serve-problem")

        # A dropped file replaces what was typed.
        browser.run(
            "{const moved = new DataTransfer(); moved.items.add(new File(['>hsa-miR-122-5p\\nUGG'], 'mirnas.fa'));"
            "document.getElementById('mirnas').dispatchEvent(new DragEvent('drop', {dataTransfer: moved}))}"
        )
        browser.wait("document.getElementById('mirnas').value.startsWith('>hsa-miR-122')")
        browser.run("document.getElementById('predict').click()")
        browser.wait("location.pathname.startsWith('/results/') && document.querySelector('tr.gene') !== null")
        browser.run("document.querySelector('tr.gene').click()")
        assert browser.run("document.querySelectorAll('.track a').length") > 0
        assert browser.run("document.querySelectorAll('svg.duplex').length") > 0
        browser.screenshot("serve-result", height=1100)
        browser.run("document.getElementById('all').click()")
        with zipfile.ZipFile(browser.downloaded("prediction.zip")) as files:
            assert "prediction/sites.tsv" in files.namelist()
        browser.run("document.getElementById('download').click()")
        assert browser.downloaded("genes.tsv").read_text().startswith("rank\tmirna\ttarget")

        own = (address, "data:,", "blob:")
        assert [each for each in browser.requested if not each.startswith(own)] == []
        assert not browser.errors
    finally:
        browser.close()


@pytest.mark.skipif(not CHROMIUM, reason="Chromium is not installed (Debian: apt-get install chromium)")
def test_from_a_name_to_its_table_in_the_atlas(atlas, tmp_path):
    server = create_server(page.create_app(predict, atlas=atlas), host="127.0.0.1", port=0)
    threading.Thread(target=server.run, daemon=True).start()
    address = f"http://127.0.0.1:{server.effective_port}"
    browser = Browser(tmp_path)
    try:
        browser.open(address)
        assert browser.run("document.activeElement.id") == "name"
        browser.send("Input.insertText", text="p5")
        browser.wait("document.querySelectorAll('#list li').length === 1")
        assert browser.run("document.querySelector('#list li').textContent") == "GENE3alias p53gene"
        browser.screenshot("atlas-search", height=420)
        browser.press("ArrowDown")
        browser.press("Enter")
        browser.wait("location.search === '?gene=GENE3' && document.querySelectorAll('#rows tr').length === 3")
        assert "GENE3" in browser.run("document.querySelector('h1').textContent")
        browser.screenshot("atlas-gene")
        browser.run("document.getElementById('conserved').click()")
        assert browser.run("document.querySelectorAll('#rows tr').length") == 2
        browser.run("document.getElementById('download').click()")
        assert browser.downloaded("GENE3.tsv").read_text().startswith("rank\tmirna\ttarget\trepression\n1\t")

        # From the gene to one of its miRNAs, and from there to a pair's sites.
        browser.run("[...document.querySelectorAll('#rows a')].find((a) => a.textContent === 'hsa-let-7a-5p').click()")
        browser.wait(
            "location.search === '?mirna=hsa-let-7a-5p' && document.querySelectorAll('#rows tr').length === 50"
        )
        browser.run("document.getElementById('next').click()")
        assert browser.run("document.getElementById('page').textContent") == "Page 2 of 2"
        browser.run("document.getElementById('text').focus()")
        browser.send("Input.insertText", text="gene33")
        browser.wait("document.querySelectorAll('#rows tr').length === 1")
        browser.screenshot("atlas-mirna", dark=True)
        browser.run("document.querySelector('#rows td:last-child a').click()")
        browser.wait("location.pathname === '/pair' && document.querySelectorAll('.track a').length > 0")
        assert browser.run("document.querySelectorAll('svg.duplex').length") > 0
        browser.screenshot("atlas-pair", height=1100)
        browser.run("document.querySelector('nav a').click()")
        browser.wait("location.search === '?gene=GENE33' && document.querySelectorAll('#rows tr').length === 3")

        # What people type is found, and what it was taken for is said; a mistake is answered on the page.
        browser.run("document.getElementById('name').focus()")
        browser.send("Input.insertText", text="mir21")
        browser.press("Enter")
        browser.wait("location.search === '?mirna=hsa-miR-21-5p' && document.getElementById('said')?.hidden === false")
        assert "mir21 means hsa-miR-21-5p" in browser.run("document.getElementById('said').textContent")
        browser.run("document.getElementById('name').focus()")
        browser.send("Input.insertText", text="NOGENE")
        browser.press("Enter")
        assert "NOGENE" in browser.wait("document.getElementById('problem').textContent")
        browser.screenshot("atlas-problem", width=420)

        own = (address, "data:", "blob:")
        assert [each for each in browser.requested if not each.startswith(own)] == []
        assert not browser.errors
    finally:
        browser.close()
        server.close()
