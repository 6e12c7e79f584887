"""Files that are either complete or absent: everything the pipeline writes goes through here."""

import errno
import glob
import hashlib
import json
import os
import re
import shutil
import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
import pandas as pd

from deepmirnatar.common.text import is_pipe, piped

_HOST = socket.gethostname()
# What a system says of a place that takes no file, in words.
_REFUSED = {
    errno.ENOSPC: "the disk is full; make room",
    errno.EDQUOT: "the quota of this disk is used up; make room",
    errno.EFBIG: "the file is larger than this disk or session allows; raise the limit",
    errno.EROFS: "the folder is read-only; write elsewhere or change that",
    errno.EACCES: "the folder may not be written to; change its permissions",
    errno.EPERM: "the folder may not be written to; change its permissions",
}


class WriteError(OSError):
    """A file could not be written; what was there before is unchanged."""


@contextmanager
def aside(path: str | Path) -> Iterator[Path]:
    """Temporary folder next to `path`; removed at the end, or when `path` is next made."""
    folder = Path(f"{path}.{_HOST}.{os.getpid()}.parts")
    folder.parent.mkdir(parents=True, exist_ok=True)
    _remove_abandoned(Path(path))
    shutil.rmtree(folder, ignore_errors=True)  # of another container's process of this number
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def atomic(path: str | Path) -> Iterator[Path]:
    """Yield a temporary name next to `path`; move it into place only if the block succeeds.

    WriteError where the disk is full or takes no files. What a killed writer of this file left behind is removed.
    """
    path = Path(path)
    part = path.with_name(f"{path.name}.{_HOST}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _remove_abandoned(path)
        part.unlink(missing_ok=True)  # of another container's process of this number
        yield part
        with part.open("rb") as handle:
            os.fsync(handle.fileno())
        os.replace(part, path)
    except Exception as error:
        if reason := _refusal(error, part):
            raise WriteError(
                f"{path} could not be written: {reason} and run again. Earlier results are kept."
            ) from error
        raise
    finally:
        with suppress(OSError):  # there is none, or the folder is read-only
            part.unlink()


def _remove_abandoned(path: Path) -> None:
    """Remove temporary files and folders for `path` of processes of this machine that have ended."""
    for part in path.parent.glob(f"{glob.escape(path.name)}.{glob.escape(_HOST)}.*.part*"):
        process = part.name.removeprefix(f"{path.name}.{_HOST}.").partition(".")[0]
        if process.isdigit() and not Path(f"/proc/{process}").exists() and Path("/proc/self").exists():
            if part.is_dir():
                shutil.rmtree(part, ignore_errors=True)
            else:
                part.unlink(missing_ok=True)


def _refusal(error: Exception, part: Path) -> str | None:
    """Why the system refused to write `part`, in words; None where the error is of another kind.

    safetensors, which writes by itself, gives the error's number in its text only.
    """
    number, file = getattr(error, "errno", None), getattr(error, "filename", None)
    if number is None and (said := re.search(r"os error (\d+)", str(error))):
        number = int(said[1])
    if number in (errno.EACCES, errno.EPERM) and file and Path(file) not in (part, *part.parents):
        return None  # a file that the block may not read
    return _REFUSED.get(number)


def write_tsv(table: pd.DataFrame | Iterable[pd.DataFrame], path: str | Path) -> None:
    """Write a table, or its blocks, as TSV; floats keep eight significant digits so that reruns compare equal.

    ValueError where a block has other columns than the first, or where there is none.
    """
    with atomic(path) as part, part.open("w", encoding="utf-8", newline="") as handle:
        columns = None
        for number, block in enumerate(blocks_of(table)):
            if (columns := columns or [*block.columns]) != [*block.columns]:
                raise ValueError(f"{path}: a block has columns {', '.join(block.columns)}, not {', '.join(columns)}")
            form = {"sep": "\t", "float_format": "%.8g", "lineterminator": "\n"}
            block.to_csv(handle, index=False, header=number == 0, **form)
        if columns is None:
            raise ValueError(f"{path}: no block, not even an empty one, so that its columns are unknown")


def blocks_of(table: pd.DataFrame | Iterable[pd.DataFrame]) -> Iterable[pd.DataFrame]:
    """A table that may come whole or in blocks, in blocks."""
    return [table] if isinstance(table, pd.DataFrame) else table


def read_tsv(path: str | Path, **options) -> pd.DataFrame:
    """Read a TSV with every 'NA' kept as text (a gene may be called NA), only empty cells missing.

    With `chunksize`, an iterator over blocks of so many rows.
    """
    return pd.read_csv(path, sep="\t", keep_default_na=False, na_values=[""], **options)


def write_json(value: object, path: str | Path) -> None:
    """Write plain values, arrays among them, as JSON with sorted keys."""
    with atomic(path) as part:
        part.write_text(json.dumps(value, indent=2, sort_keys=True, default=_plain) + "\n", encoding="utf-8")


def write_tensors(tensors: dict[str, np.ndarray], metadata: dict, path: str | Path) -> None:
    """Save arrays and a JSON-able description as one safetensors file (never a pickle)."""
    from safetensors.numpy import save_file

    tensors = {name: np.ascontiguousarray(array) for name, array in tensors.items()}
    with atomic(path) as part:
        save_file(tensors, part, metadata={"description": json.dumps(metadata, default=_plain)})
        part.chmod(0o644)  # safetensors keeps it from others, who may share the folder


def read_tensors(path: str | Path) -> tuple[dict[str, np.ndarray], dict]:
    """Inverse of `write_tensors`. ValueError for a file that is damaged or cut short."""
    with _opened(path) as (handle, description):
        return {name: handle.get_tensor(name) for name in handle.keys()}, description  # noqa: SIM118


def read_description(path: str | Path) -> dict:
    """The description alone of such a file, without its arrays."""
    with _opened(path) as (_, description):
        return description


@contextmanager
def _opened(path: str | Path) -> Iterator[tuple]:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(str(path), framework="numpy") as handle:
            yield handle, json.loads((handle.metadata() or {}).get("description", "{}"))
    except SafetensorError as error:
        raise ValueError(f"{path} is damaged or cut short ({error}); delete it and run again.") from error


def sha256(path: str | Path) -> str:
    """Of a file's or pipe's bytes, in hexadecimal digits."""
    if is_pipe(Path(path)):
        return hashlib.sha256(piped(Path(path))).hexdigest()
    with open(path, "rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def digest(*parts: object) -> str:
    """A short stable name for settings and data: sha256 of their canonical JSON."""
    text = json.dumps(parts, sort_keys=True, default=_plain)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _plain(value: object) -> object:
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"cannot write a {type(value).__name__} as JSON")
