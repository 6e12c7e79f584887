"""The parts of targets: coding part and 3'UTR of an mRNA."""

import pandas as pd


def with_regions(targets: pd.DataFrame) -> pd.DataFrame:
    """With columns cds_start and cds_end (0-based, half-open), both 0 where the table has none: 3'UTRs alone.

    Raises ValueError for a row whose coding part does not lie on its sequence.
    """
    if "cds_end" not in targets:
        return targets.assign(cds_start=0, cds_end=0)
    if "cds_start" not in targets:
        raise ValueError("the table has a column 'cds_end' and no 'cds_start'; give both or none")
    start, end = (pd.to_numeric(targets[column], errors="coerce") for column in ("cds_start", "cds_end"))
    odd = ~((start >= 0) & (start <= end) & (end <= targets["sequence"].str.len()) & (start % 1 + end % 1 == 0))
    if odd.any():
        row = int(odd.to_numpy().argmax())
        raise ValueError(
            f"row {row + 1} of the table: cds_start {targets['cds_start'].iloc[row]} and cds_end "
            f"{targets['cds_end'].iloc[row]} do not lie on its sequence; they count from 0, the end excluded"
        )
    return targets.assign(cds_start=start.astype(int), cds_end=end.astype(int))


def utrs(targets: pd.DataFrame) -> pd.Series:
    """The part of each target behind its coding part, "" where there is none."""
    if "cds_end" not in targets:
        return targets["sequence"]
    pairs = zip(targets["sequence"], targets["cds_end"], strict=True)
    return pd.Series([sequence[end:] for sequence, end in pairs], targets.index, dtype=object)
