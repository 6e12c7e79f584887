"""Tables in formats of other programs: a spreadsheet (.xlsx) and objects that MATLAB saved (.mat)."""

import io
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import numpy as np

_SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_MAT_HEADER = b"MATLAB 5.0 MAT-file".ljust(124) + b"\x00\x01IM"


def spreadsheet_rows(path: str | Path) -> list[list[str]]:
    """The cells of a workbook's first sheet as text, row by row; an empty cell is ''."""
    try:
        with zipfile.ZipFile(path) as book:
            strings = ElementTree.fromstring(book.read("xl/sharedStrings.xml"))
            sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
    except (zipfile.BadZipFile, KeyError) as error:
        raise ValueError(f"{path}: cannot be read as an .xlsx workbook ({error}); fetch it again") from error
    shared = ["".join(part.text or "" for part in text.iter(f"{_SHEET}t")) for text in strings]

    def text(cell: ElementTree.Element) -> str:
        value = cell.findtext(f"{_SHEET}v", "")
        return shared[int(value)] if value and cell.get("t") == "s" else value

    return [[text(cell) for cell in row] for row in sheet.iter(f"{_SHEET}row")]


def matlab_object(path: str | Path) -> list[np.ndarray]:
    """The parts of the one object (a table, a map) that a .mat file (version 5) holds.

    MATLAB keeps objects in a hidden variable that is a .mat file without its header; its first element is a cell array
    of the parts. `scipy.io.loadmat` reads it once the header is put in front.
    """
    from scipy.io import loadmat

    try:
        hidden = loadmat(path)["__function_workspace__"].tobytes()
        end = 16 + int.from_bytes(hidden[12:16], "little")
        inner = loadmat(io.BytesIO(_MAT_HEADER + hidden[8:end]))["__function_workspace__"]
        return list(inner[0, 0]["MCOS"][0]["arr"].ravel())
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise ValueError(f"{path}: holds no MATLAB object that can be read ({error}); fetch it again") from error


def matlab_texts(cells: np.ndarray) -> list[str]:
    """A cell array of texts as a list."""
    return [str(cell[0]) for cell in cells.ravel()]
