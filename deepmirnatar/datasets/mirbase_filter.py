"""miRBase: the human mature miRNAs, and which rows of a dataset name one of them."""

import pandas as pd

from deepmirnatar.sources.mirbase import SAME_START


def filter_rows(table: pd.DataFrame, mature: pd.DataFrame, mirna_as_read: pd.Series) -> tuple:
    """Keep a row when its miRNA's name or sequence is current in miRBase; rename it to the current name.

    A sequence also counts as current where it and a miRBase sequence differ in length at the 3' end alone:
    releases have lengthened and shortened many miRNAs by a base or two.

    `mirna_as_read` holds the sequences 5'->3', however the dataset writes them. Rows whose `mock` is 1
    (shuffled miRNAs) are exempt: they are not meant to be in miRBase.

    Returns (kept, dropped, counts): `dropped` has a column `reason`, `kept` a column `mirbase_note`.
    """
    by_name = dict(zip(mature["name"], mature["sequence"], strict=True))
    # Several names can share one sequence; the first in file order (lowest accession) is used.
    by_sequence = dict(zip(mature["sequence"][::-1], mature["name"][::-1], strict=True))
    mock = table["mock"].astype(int).eq(1) if "mock" in table else pd.Series(False, index=table.index)
    current_name = table["mirna"].map(by_name)
    named_by_sequence = mirna_as_read.map(by_sequence)
    by_start = {text[:end]: name for text, name in by_sequence.items() for end in range(SAME_START, len(text))}
    trimmed = {text: _by_start(text, by_sequence, by_start) for text in mirna_as_read.unique()}
    named_by_start = mirna_as_read.map(trimmed).where(named_by_sequence.isna())

    note = pd.Series("dropped", index=table.index)
    note[named_by_start.notna()] = "renamed: sequence is current but for its 3' end"
    note[named_by_sequence.notna()] = "renamed: sequence is current under another name"
    note[current_name.notna()] = "kept: name is current, sequence differs from miRBase"
    note[current_name.notna() & (current_name == mirna_as_read)] = "kept: name and sequence are current"
    note[mock] = "kept: mock miRNA, exempt"

    renamed = note.str.startswith("renamed")
    kept = table.assign(mirbase_note=note)
    kept.loc[renamed, "mirna"] = named_by_sequence.fillna(named_by_start)[renamed]
    dropped = table[note == "dropped"].assign(
        reason="neither the name nor the sequence is in miRBase (retired, renamed with another sequence, or invented)"
    )
    return kept[note != "dropped"].reset_index(drop=True), dropped.reset_index(drop=True), note.value_counts()


def _by_start(text: str, by_sequence: dict, by_start: dict) -> str | None:
    """The name of a miRBase sequence that begins with `text`, or that `text` begins with."""
    if len(text) < SAME_START:
        return None
    shorter = (by_sequence.get(text[:end]) for end in range(len(text) - 1, SAME_START - 1, -1))
    return by_start.get(text) or next((name for name in shorter if name), None)
