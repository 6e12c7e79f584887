"""A species as one file: mRNAs, miRNAs, names of genes. Written once, read in a fraction of a second."""

import os
import re
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from deepmirnatar.common.files import read_tensors, write_tensors
from deepmirnatar.rna.sequences import ALPHABET, encode

HUMAN = "human"
FORM = 1  # of the file; another number is another form
PLACE = "DEEPMIRNATAR_CACHE"
# Four bases a byte, the first in the two highest bits.
_SHIFTS = np.array([6, 4, 2, 0], dtype=np.uint8)
_LETTERS = np.frombuffer(ALPHABET.encode(), dtype=np.uint8)[np.arange(256)[:, None] >> _SHIFTS & 3].copy().view("u4")


@dataclass
class Species:
    """What a prediction needs of a species.

    `mrnas`: columns target (unique), sequence (RNA, 5'->3'), cds_start, cds_end (0-based, half-open, stop codon
    included; both 0 where no coding part is known), refseq, entrez, ensembl ('' where not known).
    `mirnas`: columns mirna, mirna_sequence (RNA, 5'->3'), accession, conserved.
    `names`: further names of genes, columns name, row (of `mrnas`), kind ("previous symbol", "alias", ...).
    `others`: symbols and Ensembl ids of genes without an mRNA here -> what they are ("RNA, long non-coding").
    `about`: where it comes from, and `prefix`, its miRNAs' in miRBase (hsa).
    """

    name: str
    mrnas: pd.DataFrame
    mirnas: pd.DataFrame
    names: pd.DataFrame
    others: dict[str, str] = field(default_factory=dict)
    about: dict = field(default_factory=dict)


def cache_folder() -> Path:
    """Where species are kept: the environment variable DEEPMIRNATAR_CACHE, or the user's cache folder."""
    if folder := os.environ.get(PLACE):
        return Path(folder).expanduser()
    from platformdirs import user_cache_dir

    return Path(user_cache_dir("deepmirnatar"))


def species_file(name: str, folder: str | Path | None = None) -> Path:
    """Where the species of this name is or will be. ValueError for a name that can be none of a file."""
    if not re.fullmatch(r"[A-Za-z0-9][\w.-]*", name):
        raise ValueError(f"{name!r} cannot name a species; take letters, digits, - and _, such as mouse")
    return Path(folder or cache_folder()) / f"{name.lower()}.safetensors"


def write_species(species: Species, path: str | Path) -> None:
    """Write a species to `path`, whole or not at all."""
    letters = np.concatenate([encode(sequence) for sequence in species.mrnas["sequence"]])
    unknown = np.flatnonzero(np.diff(np.r_[False, letters == len(ALPHABET), False])).reshape(-1, 2)
    padded = np.r_[letters & 3, np.zeros(-len(letters) % 4, dtype=np.uint8)].reshape(-1, 4)
    tensors = {
        "bases": np.bitwise_or.reduce(padded << _SHIFTS, axis=1).astype(np.uint8),
        "unknown": unknown.astype(np.int64),  # stretches of N
        "lengths": species.mrnas["sequence"].str.len().to_numpy(np.int64),
        "cds": species.mrnas[["cds_start", "cds_end"]].to_numpy(np.int64),
    }
    plain = species.mrnas.drop(columns=["sequence", "cds_start", "cds_end"])
    tables = {"mrnas": plain, "mirnas": species.mirnas, "names": species.names}
    metadata = {key: table.to_dict("list") for key, table in tables.items()}
    metadata |= {"form": FORM, "name": species.name, "others": species.others, "about": species.about}
    write_tensors(tensors, metadata, path)


def read_species(path: str | Path) -> Species:
    """Inverse of `write_species`. ValueError for a file that is damaged or of another form."""
    tensors, metadata = read_tensors(path)
    if metadata.get("form") != FORM:
        raise ValueError(f"{path} was written by another version of this program; delete it and fetch it again")
    letters = _LETTERS[tensors["bases"]].view(np.uint8).ravel()
    for start, end in tensors["unknown"].tolist():
        letters[start:end] = ord("N")
    text, ends = letters.tobytes().decode("ascii"), np.cumsum(tensors["lengths"]).tolist()
    sequences = [text[start:end] for start, end in zip([0, *ends], ends, strict=False)]
    about = {"cds_start": tensors["cds"][:, 0], "cds_end": tensors["cds"][:, 1]}
    target, rest = pd.DataFrame(metadata["mrnas"]), list(metadata["mrnas"])[1:]
    mrnas = target.assign(sequence=pd.Series(sequences, dtype=object), **about)
    return Species(
        metadata["name"],
        mrnas[["target", "sequence", *about, *rest]],
        pd.DataFrame(metadata["mirnas"]),
        pd.DataFrame(metadata["names"]),
        metadata["others"],
        metadata["about"],
    )
