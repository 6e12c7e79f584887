"""The atlas as one SQLite file, which any language reads. Written once, then only read.

Tables:

about (key, value): what made it, as text.
mirnas (number, mirna, sequence, accession, conserved): numbers from 0; conserved is 1 or 0.
genes (number, target, refseq, entrez, ensembl, mrna): numbers from 0; mrna is the digest of `mrna_digests`.
of_mirna (number, falls): how far each gene falls by this miRNA, in the order of `genes`.
of_gene (number, falls): how far this gene falls by each miRNA, in the order of `mirnas`.

`falls` is compressed by zlib (RFC 1950) and holds unsigned 16-bit whole numbers, the low byte first, in units of
0.0001: 12345 is a predicted log2 fold change of -1.2345, 0 is no site. 65535 means this or more.

One row per pair, with an index for each side, takes six times the space; see docs/atlas.md.
"""

import hashlib
import sqlite3
import threading
import zlib
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import numpy as np
import pandas as pd

from deepmirnatar.common.did_you_mean import did_you_mean
from deepmirnatar.common.files import atomic
from deepmirnatar.species.file import HUMAN, species_file

FORM = "1"  # of the file; another number is another form
STEP = 1e-4  # log2 units
MOST = 2**16 - 1  # steps
FALLS = np.dtype("<u2")
PAGE = 1024  # bytes; blobs of 4,000 and 25,000 bytes leave a tenth less unused than in the usual pages of 4096
MIRNA_COLUMNS = ["mirna", "sequence", "accession", "conserved"]
GENE_COLUMNS = ["target", "refseq", "entrez", "ensembl", "mrna"]
TABLES = """
CREATE TABLE about (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE mirnas (number INTEGER PRIMARY KEY, mirna TEXT NOT NULL UNIQUE, sequence TEXT NOT NULL, accession TEXT,
  conserved INTEGER);
CREATE TABLE genes (number INTEGER PRIMARY KEY, target TEXT NOT NULL UNIQUE, refseq TEXT, entrez TEXT, ensembl TEXT,
  mrna TEXT NOT NULL);
CREATE TABLE of_mirna (number INTEGER PRIMARY KEY REFERENCES mirnas, falls BLOB NOT NULL);
CREATE TABLE of_gene (number INTEGER PRIMARY KEY REFERENCES genes, falls BLOB NOT NULL);
"""


def atlas_file(species: str = HUMAN, folder: str | Path | None = None) -> Path:
    """Where the atlas of this species is or will be; `folder` as in `species.store.load_species`."""
    return species_file(species, folder).with_suffix(".atlas.sqlite")


def to_falls(repression: np.ndarray) -> np.ndarray:
    """Log2 fold changes (at or below 0) as the store keeps them: uint16, in the shape of `repression`."""
    return np.clip(np.rint(repression / -STEP), 0, MOST).astype(FALLS)


def mrna_digests(mrnas: pd.DataFrame) -> list[str]:
    """A name for each row: 16 digits of the sha256 of the text "cds_start cds_end sequence"."""
    rows = zip(mrnas["cds_start"], mrnas["cds_end"], mrnas["sequence"], strict=True)
    return [hashlib.sha256(f"{start} {end} {text}".encode()).hexdigest()[:16] for start, end, text in rows]


def write_atlas(path: str | Path, mirnas: pd.DataFrame, genes: pd.DataFrame, falls: np.ndarray, about: dict) -> None:
    """Write the store, whole or not at all; the same input gives the same bytes.

    `mirnas`: MIRNA_COLUMNS; `genes`: GENE_COLUMNS; `falls` (genes, miRNAs), from `to_falls`; `about`: texts.
    """
    with atomic(path) as part, closing(sqlite3.connect(part, isolation_level=None)) as store:
        store.executescript(f"PRAGMA journal_mode = OFF; PRAGMA page_size = {PAGE}")
        store.executescript(f"BEGIN; {TABLES}")
        store.executemany("INSERT INTO about VALUES (?, ?)", sorted({"form": FORM, **about}.items()))
        for name, table, columns in (("mirnas", mirnas, MIRNA_COLUMNS), ("genes", genes, GENE_COLUMNS)):
            rows = zip(range(len(table)), *(table[column].tolist() for column in columns), strict=True)
            store.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' * (len(columns) + 1))})", rows)
        for name, rows in (("of_mirna", falls.T), ("of_gene", falls)):
            store.executemany(f"INSERT INTO {name} VALUES (?, ?)", ((n, _packed(row)) for n, row in enumerate(rows)))
        store.execute("COMMIT")


@dataclass
class Atlas:
    """An open store. Safe in several threads; a file that replaces an open one is seen at the next `open`.

    `mirnas`, `genes`: the tables, in the order of the numbers; `about`: what made it.
    """

    path: Path
    mirnas: pd.DataFrame
    genes: pd.DataFrame
    about: dict[str, str]
    _store: sqlite3.Connection
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def open(cls, path: str | Path) -> "Atlas":
        """Open it to read. ValueError where it is missing, damaged or of another form."""
        path = Path(path)
        if not path.is_file():
            raise ValueError(f"{path}: there is no atlas; make it with `deepmirnatar atlas`")
        # Nothing is written beside the file, so that it may lie on a disk that takes no files.
        address = f"file:{quote(str(path.resolve()))}?mode=ro&immutable=1"
        try:
            store = sqlite3.connect(address, uri=True, check_same_thread=False)
            about = dict(store.execute("SELECT key, value FROM about"))
            mirnas, genes = (
                pd.DataFrame(store.execute(f"SELECT {', '.join(columns)} FROM {name} ORDER BY number"), columns=columns)
                for name, columns in (("mirnas", MIRNA_COLUMNS), ("genes", GENE_COLUMNS))
            )
        except sqlite3.DatabaseError as error:
            raise ValueError(
                f"{path}: is no atlas or is damaged ({error}); make it with `deepmirnatar atlas`"
            ) from None
        if about.get("form") != FORM:
            raise ValueError(
                f"{path}: was written by another version of this program; make it with `deepmirnatar atlas`"
            )
        return cls(path, mirnas, genes, about, store)

    def close(self) -> None:
        self._store.close()

    def of_mirna(self, name: str) -> pd.DataFrame:
        """Genes that this miRNA represses, most repressed first: columns target, repression (log2 fold change)."""
        return self._ranked("of_mirna", self.mirna_number(name), "target", self.genes["target"])

    def of_gene(self, symbol: str) -> pd.DataFrame:
        """miRNAs that repress this gene, strongest first: columns mirna, repression (log2 fold change)."""
        return self._ranked("of_gene", self.gene_number(symbol), "mirna", self.mirnas["mirna"])

    def matrix(self, mirnas: Sequence[str] | None = None, targets: Sequence[str] | None = None) -> np.ndarray:
        """Log2 fold changes, float32 (targets, miRNAs); all of the atlas by default, in its order."""
        columns = range(len(self.mirnas)) if mirnas is None else [*map(self.mirna_number, mirnas)]
        rows = slice(None) if targets is None else [*map(self.gene_number, targets)]
        count = len(self.genes) if targets is None else len(rows)
        result = np.empty((count, len(columns)), dtype=np.float32)
        for place, number in enumerate(columns):
            result[:, place] = self.falls_of_mirna(number)[rows] * -STEP
        return result

    def mirna_number(self, name: str) -> int:
        """Its number. ValueError for a name that the atlas does not have."""
        return _number(self.mirnas["mirna"], name, "miRNA")

    def gene_number(self, symbol: str) -> int:
        """Its number. ValueError for a symbol that the atlas does not have."""
        return _number(self.genes["target"], symbol, "gene")

    def falls_of_mirna(self, number: int) -> np.ndarray:
        """As stored, by the miRNA's number; uint16 (genes,)."""
        return self._falls("of_mirna", number)

    def _falls(self, table: str, number: int) -> np.ndarray:
        with self._lock:
            (packed,) = self._store.execute(f"SELECT falls FROM {table} WHERE number = ?", (number,)).fetchone()
        return np.frombuffer(zlib.decompress(packed), dtype=FALLS)

    def _ranked(self, table: str, number: int, column: str, names: pd.Series) -> pd.DataFrame:
        falls = self._falls(table, number)
        order = np.argsort(-falls.astype(np.int32), kind="stable")[: np.count_nonzero(falls)]
        return pd.DataFrame({column: names.to_numpy()[order], "repression": falls[order] * -STEP}).round(4)


def _packed(row: np.ndarray) -> bytes:
    return zlib.compress(np.ascontiguousarray(row, dtype=FALLS).tobytes())


def _number(names: pd.Series, name: str, what: str) -> int:
    found = np.flatnonzero(names.to_numpy() == name)
    if not len(found):
        raise ValueError(f"{name!r} is no {what} of the atlas.{did_you_mean(name, names)}")
    return int(found[0])
