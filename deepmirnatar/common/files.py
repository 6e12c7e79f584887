"""Files that are either complete or absent: everything the pipeline writes goes through here."""

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd


@contextmanager
def atomic(path: str | Path) -> Iterator[Path]:
    """Yield a temporary name beside `path`; move it into place only if the block succeeds."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        yield part
        with part.open("rb") as handle:
            os.fsync(handle.fileno())
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def write_tsv(table: pd.DataFrame, path: str | Path) -> None:
    """Write a table as TSV; floats keep eight significant digits so that reruns compare equal."""
    with atomic(path) as part:
        table.to_csv(part, sep="\t", index=False, float_format="%.8g", lineterminator="\n")


def read_tsv(path: str | Path, **options) -> pd.DataFrame:
    """Read a TSV with every 'NA' kept as text (a gene may be called NA), only empty cells missing."""
    return pd.read_csv(path, sep="\t", keep_default_na=False, na_values=[""], **options)


def write_json(value: object, path: str | Path) -> None:
    with atomic(path) as part:
        part.write_text(json.dumps(value, indent=2, sort_keys=True, default=_plain) + "\n")


def write_tensors(tensors: dict[str, np.ndarray], metadata: dict, path: str | Path) -> None:
    """Save arrays and a JSON-able description as one safetensors file (never a pickle)."""
    from safetensors.numpy import save_file

    tensors = {name: np.ascontiguousarray(array) for name, array in tensors.items()}
    with atomic(path) as part:
        save_file(tensors, part, metadata={"description": json.dumps(metadata, default=_plain)})


def read_tensors(path: str | Path) -> tuple[dict[str, np.ndarray], dict]:
    """Inverse of `write_tensors`."""
    from safetensors import safe_open

    with safe_open(str(path), framework="numpy") as handle:
        metadata = json.loads((handle.metadata() or {}).get("description", "{}"))
        return {name: handle.get_tensor(name) for name in handle.keys()}, metadata  # noqa: SIM118


def sha256(path: str | Path) -> str:
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
