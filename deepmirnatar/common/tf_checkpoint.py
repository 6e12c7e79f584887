"""Read the arrays of a TensorFlow checkpoint (`model.index` and `model.data-00000-of-00001`) without TensorFlow.

The index is a sorted table of LevelDB's format without compression: blocks of entries (how many bytes of the key before
are shared, how many are its own, the length of the value, as varints), and a footer of 48 bytes that points to the list
of blocks. A value is a small protocol buffer: 1 type, 2 shape, 3 shard, 4 offset, 5 size.
"""

import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np

MAGIC = 0xDB4775248B80FB57
TYPES = {1: "<f4", 2: "<f8", 3: "<i4", 9: "<i8"}


def read_checkpoint(index: str | Path) -> dict[str, np.ndarray]:
    """All numeric variables by name; `index` is the file that ends in `.index`; its data are next to it.

    ValueError where a file is missing, damaged, or of a form that is not known (several shards, compression).
    """
    try:
        table, values = (Path(file).read_bytes() for file in files_of(index))
    except FileNotFoundError as error:
        raise ValueError(f"{error.filename}: is missing; a checkpoint is two files, .index and .data") from error
    try:
        entries = dict(_entries(table))
        return {
            name.decode(): array
            for name, value in entries.items()
            if name and (array := _array(dict(_fields(value)), values)) is not None
        }
    except (IndexError, struct.error, KeyError, TypeError) as error:
        raise ValueError(f"{index}: is damaged, or not a TensorFlow checkpoint; fetch it again") from error


def files_of(index: str | Path) -> list[str]:
    """Both files of a checkpoint."""
    return [str(index), str(Path(index).with_suffix(".data-00000-of-00001"))]


def _entries(table: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Keys and values of the table, block by block."""
    footer = table[-48:]
    if struct.unpack("<Q", footer[40:])[0] != MAGIC:
        raise KeyError("magic")
    _, place = _varint(footer, 0)
    _, place = _varint(footer, place)
    for _, handle in _block(table, footer[place:]):
        yield from _block(table, handle)


def _block(table: bytes, handle: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Entries of one block; `handle` holds its offset and size."""
    start, place = _varint(handle, 0)
    size, _ = _varint(handle, place)
    if table[start + size] != 0:
        raise KeyError("compression")
    block, place, key = table[start : start + size], 0, b""
    end = size - 4 * (struct.unpack("<I", block[-4:])[0] + 1)
    while place < end:
        shared, place = _varint(block, place)
        own, place = _varint(block, place)
        length, place = _varint(block, place)
        key = key[:shared] + block[place : place + own]
        place += own
        yield key, block[place : place + length]
        place += length


def _varint(text: bytes, place: int) -> tuple[int, int]:
    """A number of 7 bits a byte, lowest first, and the place behind it."""
    value, shift = 0, 0
    while True:
        value |= (text[place] & 127) << shift
        place, shift = place + 1, shift + 7
        if text[place - 1] < 128:
            return value, place


def _fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Number and value of each field of a protocol buffer."""
    place = 0
    while place < len(message):
        tag, place = _varint(message, place)
        if tag & 7 == 0:
            value, place = _varint(message, place)
        else:
            size, place = _varint(message, place) if tag & 7 == 2 else ({5: 4, 1: 8}[tag & 7], place)
            value, place = message[place : place + size], place + size
        yield tag >> 3, value


def _array(entry: dict, values: bytes) -> np.ndarray | None:
    """The array that an entry of the index describes; None for one of text or another type."""
    if entry.get(1) not in TYPES:
        return None
    if entry.get(3, 0) != 0:
        raise KeyError("shard")
    shape = [dict(_fields(dim)).get(1, 0) for number, dim in _fields(entry.get(2, b"")) if number == 2]
    start = entry.get(4, 0)
    return np.frombuffer(values[start : start + entry[5]], dtype=TYPES[entry[1]]).reshape(shape).copy()
