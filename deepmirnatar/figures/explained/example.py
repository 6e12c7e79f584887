"""One real miRNA and one real 3'UTR for the explanatory figures, chosen from the reference tables."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from deepmirnatar.common.files import read_tsv, write_tsv
from deepmirnatar.rna.seeds import SEED_RANKS, seed_sites


@dataclass(frozen=True)
class Example:
    """A known pair with the seed sites of its 3'UTR; all sequences 5'->3', RNA."""

    mirna: str
    mirna_sequence: str
    gene: str
    utr: str
    sites: pd.DataFrame  # as from `rna.seeds.seed_sites`, at least one row

    @property
    def site(self) -> pd.Series:
        """The site with the strongest seed class; of equals the first on the 3'UTR."""
        return self.sites.loc[self.sites["seed_type"].map(SEED_RANKS.index).idxmax()]


def choose(
    mirnas: pd.DataFrame, utrs: pd.DataFrame, known: pd.DataFrame, mirna: str, gene: str | None = None
) -> Example:
    """The example of `mirna`, on the 3'UTR of `gene` if that has a seed site.

    Otherwise of all its targets with strong evidence the one whose 3'UTR shows most: most seed classes, then fewest
    unknown bases, then the shortest. Columns of the tables as in `sources.reference.read_reference`.
    """
    found = mirnas.loc[mirnas["name"] == mirna, "sequence"]
    if found.empty:
        raise ValueError(f"example: {mirna!r} is not a miRNA of the reference")
    sequence = found.iloc[0]
    targets = known.loc[(known["mirna"] == mirna) & (known["strong"] == 1), "gene"]
    wanted = utrs[utrs["gene"].isin({*targets, gene})].sort_values("gene")
    examples = [
        Example(mirna, sequence, row.gene, row.sequence, seed_sites(sequence, row.sequence))
        for row in wanted.itertuples()
    ]
    examples = [example for example in examples if len(example.sites)]
    if not examples:
        raise ValueError(f"example: no known target of {mirna} has a seed site in its 3'UTR")
    return max(examples, key=lambda example: (example.gene == gene, *_shows(example)))


def write_example(example: Example, path: str | Path) -> None:
    """One row: mirna, mirna_sequence, gene, utr."""
    row = {name: getattr(example, name) for name in ("mirna", "mirna_sequence", "gene", "utr")}
    write_tsv(pd.DataFrame([row]), path)


def read_example(path: str | Path) -> Example:
    """Inverse of `write_example`; the sites are found again."""
    row = read_tsv(path).iloc[0].to_dict()
    return Example(**row, sites=seed_sites(row["mirna_sequence"], row["utr"]))


def _shows(example: Example) -> tuple:
    return example.sites["seed_type"].nunique(), -example.utr.count("N"), -len(example.utr)
