"""From sequences to vectors. One file per kind, found by its name; each defines

    Settings          a dataclass with at least `k` and `pool`
    LABEL             the kind's name in figures
    LEARNS            does a rule of workflow/rules/embeddings.smk learn it first, into a file?
    GPU               does embedding ask for one where there is one?
    LONGEST_KMERS     where it cannot embed more
    width(settings)   values of a vector
    embed(sequences, settings, embedder, device) -> Features

`sequences` are distinct, 5'->3', RNA; `embedder` is the learned file, None where the kind learns nothing. What learns,
learns from the training split's pairs alone; `dnabert` also reads 3'UTRs, without labels, those of test genes included.
"""

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

import numpy as np

from deepmirnatar.embeddings.vectors import Features, pool


def load(kind: str) -> ModuleType:
    """The kind's file; ValueError where there is none."""
    name = f"{__name__}.{kind}"
    if not kind.isidentifier() or find_spec(name) is None:
        raise ValueError(f"no embedding kind {kind!r}: there is no file {name.replace('.', '/')}.py")
    return import_module(name)


def names() -> list[str]:
    """All kinds."""
    files = [path for folder in __path__ for path in Path(folder).glob("[!_]*.py")]
    return sorted(path.stem for path in files if path.stem != "vectors")


def settings_class(kind: str) -> type:
    """The dataclass of a kind's settings."""
    return load(kind).Settings


def longest(kind: str, settings: dict) -> int | None:
    """nt of the longest sequence that a kind embeds; None if any length will do."""
    kmers = getattr(load(kind), "LONGEST_KMERS", None)
    return kmers and kmers + settings["k"] - 1


def embed(
    sequences: list[str], kind: str, settings: dict, embedder: Path | None = None, device: str = "auto"
) -> Features:
    """Embed distinct sequences (5'->3', RNA), pooled where the settings say so.

    Raises ValueError for a sequence that is shorter than one k-mer.
    """
    module = load(kind)
    shortest = min(sequences, key=len, default="")
    if sequences and len(shortest) < settings["k"]:
        raise ValueError(
            f"sequence {shortest!r} has {len(shortest)} nt and no k-mer of {settings['k']}; leave its rows out, or "
            "lower the embedding's `k`"
        )
    features = module.embed(sequences, module.Settings(**settings), embedder, device)
    if runs := settings.get("pool", 0):
        table, offsets = pool(features.table[features.index].astype(np.float32), features.offsets, runs)
        features = Features(table, np.arange(len(table)), offsets, features.sequences)
    return features
