"""Text files that people bring along. Read whatever their line ends, byte-order mark or compression; what is not such
file is refused in one sentence that says what it looks like and what to do.
"""

import gzip
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import IO

from deepmirnatar.common.did_you_mean import did_you_mean

# First bytes -> what such a file is, and what to do with it.
_KINDS = {
    b"\xff\xfe": ("UTF-16 text", "save it as UTF-8"),
    b"\xfe\xff": ("UTF-16 text", "save it as UTF-8"),
    b"\xd0\xcf\x11\xe0": ("an old Excel or Word file", "save it as tab-separated text"),
    b"BZh": ("a bzip2 file", "unpack it (bunzip2)"),
    b"\xfd7zXZ": ("an xz file", "unpack it (unxz)"),
    b"\x28\xb5\x2f\xfd": ("a zstd file", "unpack it (unzstd)"),
    b"7z\xbc\xaf": ("a 7z archive", "unpack it"),
    b"Rar!": ("a rar archive", "unpack it"),
    b"%PDF": ("a PDF", "copy its table into a text file"),
    b"{\\rtf": ("a rich text (RTF) document", "save it as plain text"),
    b"\x89PNG": ("a picture", "name the text file"),
    b"\xff\xd8\xff": ("a picture", "name the text file"),
    b"\x89HDF": ("an HDF5 file", "export it as tab-separated text"),
    b"PAR1": ("a Parquet file", "export it as tab-separated text"),
    b"SQLite format 3": ("an SQLite database", "export it as tab-separated text"),
    b"\x7fELF": ("a program", "name the text file"),
    b"version https://git-lfs": ("a Git LFS pointer", "fetch the file itself (git lfs pull)"),
    b"LOCUS ": ("a GenBank file", "export it as FASTA"),
    b"ID   ": ("an EMBL file", "export it as FASTA"),
    b"##fileformat=VCF": ("a VCF file", "name a FASTA file or a table"),
    b"##gff-version 3": ("a GFF3 file", "name a FASTA file or a table"),
    b"@HD\t": ("a SAM file", "name a FASTA file or a table"),
    b"@SQ\t": ("a SAM file", "name a FASTA file or a table"),
    b"CLUSTAL": ("a Clustal alignment", "export it as FASTA without gaps"),
    b"\x43\x27\x41\x1a": ("a 2bit genome", "export the 3'UTRs as FASTA"),
    b"{": ("JSON", "export it as tab-separated text"),
}
_GZIP, _ZIP = b"\x1f\x8b", b"PK\x03\x04"
_READ: dict[tuple[int, int], bytes] = {}  # what pipes held, by device and inode: a second reader finds them empty


class InputError(ValueError):
    """A file that cannot be used; the message names the file, where possible the line, what is wrong and the remedy."""


def lines(path: str | Path, also: tuple[bytes, ...] = ()) -> Iterator[str]:
    """The lines of a text file (UTF-8, gzip or not, any line ends), without their ends; `also` as `opened` takes it.

    Raises InputError.
    """
    with opened(path, also) as handle:
        text = TextIOWrapper(handle, encoding="utf-8-sig", errors="surrogateescape")
        for number, line in enumerate(text, start=1):
            if not line.isascii():
                _refuse_undecoded(line, path, number)
            if "\0" in line:
                raise InputError(f"{path}, line {number}: holds a NUL byte; the file is damaged or not text")
            # Files that were put together each bring their byte-order mark.
            yield line.rstrip("\n").lstrip("\ufeff")


def missing_file(path: str | Path, root: Path = Path(".")) -> str | None:
    """What is wrong with the name of a file, as the end of a sentence; None if `root / path` is a file or a pipe."""
    full = root / path
    try:
        if full.is_file() or is_pipe(full):
            return None
        if full.is_dir():
            return f"{str(path)!r} is a folder; name a file in it"
    except OSError as error:
        return f"{str(path)!r} cannot be read ({error.strerror})"
    text, hint = str(path), ""
    if text.startswith("~"):
        hint = " `~` is not read here: write the whole path."
    elif "\\" in text:
        hint = " Write paths with /, not \\."
    elif text.startswith(("http:", "https:", "ftp:", "s3:")):
        hint = " Addresses are not read here: download the file first."
    elif full.is_symlink():
        hint = " It is a link to a file that is not there."
    elif full.parent.is_dir():
        hint = did_you_mean(full.name, [each.name for each in full.parent.iterdir()])
    return f"there is no file {text!r} (looked from {root.resolve()}).{hint}".removesuffix(".")


def is_pipe(path: Path) -> bool:
    """Can it be read once only, as /dev/stdin and the shell's <(zcat x.gz)?"""
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISCHR(mode) or stat.S_ISSOCK(mode)


@contextmanager
def opened(path: str | Path, also: tuple[bytes, ...] = ()) -> Iterator[IO[bytes]]:
    """The bytes of a text file or pipe, unpacked where they are gzip. Raises InputError for what is not text, unless it
    begins with one of `also`, or is cut off."""
    path = Path(path)
    if wrong := missing_file(path):
        raise InputError(wrong)
    try:
        packed = BytesIO(piped(path)) if is_pipe(path) else path.open("rb")
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from None
    with packed:
        is_packed = packed.read(2) == _GZIP
        packed.seek(0)
        try:
            with gzip.open(packed) if is_packed else nullcontext(packed) as handle:
                start = handle.read(512)
                if not start.startswith(also) and (kind := _kind(path, start, is_packed)):
                    raise InputError(f"{path}: looks like {kind[0]}; {kind[1]}")
                handle.seek(0)
                yield handle
        except (EOFError, gzip.BadGzipFile, zlib.error):
            raise InputError(f"{path}: is a gzip file that is cut off or damaged; fetch or pack it again") from None


def piped(path: Path) -> bytes:
    """All that a pipe holds, read once in this process."""
    place = path.stat()
    key = place.st_dev, place.st_ino
    if key not in _READ:
        _READ[key] = path.read_bytes()
    return _READ[key]


def _kind(path: Path, start: bytes, packed: bool) -> tuple[str, str] | None:
    """What a file is if it is not text in UTF-8, and the remedy."""
    if start.startswith(_ZIP):
        names = [] if packed or is_pipe(path) else _names_in_zip(path)
        if any(name.startswith("xl/") for name in names):
            return "an Excel workbook", "save it as tab-separated text or CSV"
        if any(name.startswith("word/") for name in names):
            return "a Word document", "save it as plain text"
        if any(name.startswith("Contents/") or name == "content.xml" for name in names):
            return "a LibreOffice document", "save it as tab-separated text or CSV"
        return "a zip archive", "unpack it"
    if start.startswith(_GZIP):
        return "a gzip file packed twice", "unpack it once"
    for magic, kind in _KINDS.items():
        if start.startswith(magic):
            return kind
    if start[257:262] == b"ustar":
        return "a tar archive", "unpack it"
    if re.match(rb"\s*<(!doctype|html|\?xml)", start, flags=re.I):
        return "a web page or XML", "download the text file itself"
    # Latin letters in UTF-16 without a mark: every second byte is zero.
    if len(start) > 3 and (not any(start[:40:2]) or not any(start[1:40:2])):
        return "UTF-16 text", "save it as UTF-8"
    return None


def _names_in_zip(path: Path) -> list[str]:
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.namelist()
    except (zipfile.BadZipFile, OSError):
        return []


def _refuse_undecoded(line: str, path: str | Path, number: int) -> None:
    if odd := re.search("[\udc80-\udcff]", line):
        if re.search("[\x00-\x08\x0e-\x1f]", line):
            raise InputError(f"{path}, line {number}: holds bytes that are not text; is it the right file?")
        byte = ord(odd[0]) - 0xDC00
        raise InputError(
            f"{path}, line {number}: byte 0x{byte:02x} is not UTF-8; the file looks like Latin-1 or Windows-1252, "
            "save it as UTF-8"
        )
