"""The page on this computer: what it answers, what it refuses, and its way from typing to download in a browser."""

import io
import threading
import zipfile

import pandas as pd
import pytest
from browser import CHROMIUM, MIRNAS, Browser, prediction
from waitress import create_server

from deepmirnatar.prediction import serve as page

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
