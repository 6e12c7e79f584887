"""Which families may be named: all, the conserved ones, or those of miRNAs that are expressed."""

import re
from pathlib import Path

import numpy as np
import pandas as pd

from deepmirnatar.activity.predictions import Predictions
from deepmirnatar.common.did_you_mean import counted
from deepmirnatar.common.text import lines

_PREFIX = re.compile(r"^[a-z]{3,4}-(?=mir-|let-|lin-)")
_ARM = re.compile(r"-[35]p$")


def shown_families(
    predicted: Predictions, expressed: str | Path | list[str] | None, conserved: bool, notes: list[str]
) -> np.ndarray:
    """Shape (families,), bool; what is left out is said in `notes`."""
    families = predicted.families
    shown = ~families["decoy"].to_numpy()
    if conserved:
        if not predicted.knows_conserved:
            raise ValueError(
                "what is conserved is read from miRBase's mature.fa, which is missing; give it as --mirbase"
            )
        shown &= families["conserved"].to_numpy()
        notes.append(f"Only the {shown.sum():,} conserved families may be named.")
    if expressed is not None:
        shown &= _expressed(families, _names(expressed), expressed, notes)
    return shown


def _names(expressed: str | Path | list[str]) -> list[str]:
    """The first word of each line of a file, or the names as they are."""
    found = (
        expressed
        if isinstance(expressed, list)
        else [re.split(r"[\s,;]", line.strip())[0] for line in lines(expressed)]
    )
    return [name.strip('"') for name in found if name and not name.startswith("#")]


def _expressed(families: pd.DataFrame, names: list[str], what: object, notes: list[str]) -> np.ndarray:
    """Families with a member of one of these names; a name may lack the species and the arm."""
    wanted = {_plain(name): name for name in names}
    used: set[str] = set()
    shown = np.zeros(len(families), dtype=bool)
    for row, members in enumerate(families["mirnas"]):
        keys = {key for name in members.split(",") for key in (_plain(name), _ARM.sub("", _plain(name)))}
        hits = keys & wanted.keys()
        shown[row] = bool(hits)
        used |= hits
    if not used:
        raise ValueError(
            f"{what}: none of its {counted(len(names), 'name')} is one of the miRNAs; give miRBase's names"
        )
    left = [wanted[key] for key in wanted if key not in used]
    some = f"; unknown: {', '.join(left[:3])}{' ...' if len(left) > 3 else ''}" if left else ""
    notes.append(
        f"{len(used):,} of {counted(len(wanted), 'expressed miRNA')} found{some}. Only their families may be named."
    )
    return shown


def _plain(name: str) -> str:
    return _PREFIX.sub("", name.strip().lower())
