"""Which miRNAs are conserved among vertebrates, by number and seed, as miRBase names them."""

import pandas as pd

NEAR = ("hsa", "mmu")  # both have it,
FAR = ("gga", "xtr", "dre", "ola", "fru", "tni")  # and chicken, frog or one of four fish


def is_conserved(mirnas: pd.DataFrame, every: pd.DataFrame) -> pd.Series:
    """Is a miRNA of this number and seed (nt 2-8) in human and mouse, and in chicken, frog or a fish? A bool a row.

    `mirnas` and `every`, all of miRBase: columns name and sequence, as of `sources.mirbase.read_mature`.
    """
    keys, prefix = number_and_seed(every), every["name"].str.partition("-")[0]
    shared = [set(keys[prefix.isin(each)]) for each in ([NEAR[0]], [NEAR[1]], FAR)]
    return number_and_seed(mirnas).isin(set.intersection(*shared) - {None})


def number_and_seed(mirnas: pd.DataFrame) -> pd.Series:
    """let-7 GAGGUAG of every let-7 with this seed; None for a name without a number."""
    number = mirnas["name"].str.extract(r"^\w+-((?:miR|let)-\d+)", expand=False)
    return (number + " " + mirnas["sequence"].str[1:8]).where(number.notna(), None)
