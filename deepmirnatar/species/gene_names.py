"""Tables of gene names: HGNC's complete set or its custom downloads, BioMart's, or one with the same headers."""

from pathlib import Path

import pandas as pd

from deepmirnatar.common.tables import read_table

# What a column may be called -> what it is here. The second part holds several names a cell.
_ONE = {
    "symbol": ("symbol", "Approved symbol", "Gene name", "Gene symbol"),
    "entrez": ("entrez_id", "NCBI Gene ID(supplied by NCBI)", "NCBI gene (formerly Entrezgene) ID", "entrez"),
    "ensembl": ("ensembl_gene_id", "Ensembl gene ID", "Gene stable ID", "Gene ID", "ensembl"),
    "status": ("status", "Status"),
    "kind": ("locus_type", "Locus type", "Gene type"),
}
_SEVERAL = {
    "previous symbol": ("prev_symbol", "Previous symbols", "previous symbol"),
    "alias": ("alias_symbol", "Alias symbols", "Gene Synonym", "alias"),
    "RefSeq": ("refseq_accession", "RefSeq IDs", "RefSeq mRNA ID"),
}
WITHDRAWN = "withdrawn"


def read_gene_names(path: str | Path) -> pd.DataFrame:
    """Columns symbol, entrez, ensembl, kind ('' where missing), and lists: previous symbol, alias, RefSeq.

    Rows that HGNC has withdrawn are left out, and rows of one symbol (BioMart has one an alias) become one. Raises
    ValueError where there is no column of symbols, or nothing that could be found by it.
    """
    table = read_table(path, [])
    found = {}
    for name, titles in (_ONE | _SEVERAL).items():
        title = next((each for each in titles if each in table), None)
        column = table[title].astype(str).str.strip().str.strip('"') if title else pd.Series("", index=table.index)
        found[name] = column.map(_split) if name in _SEVERAL else column
    names = pd.DataFrame(found)
    if not names["symbol"].any() or not (
        names["ensembl"].any() or any(names[each].str.len().any() for each in _SEVERAL)
    ):
        raise ValueError(
            f"{path}: is no table of gene names: it needs a column symbol and one of ensembl_gene_id, prev_symbol, "
            f"alias_symbol; found {', '.join(table.columns[:8])}. HGNC's complete set has them"
        )
    kept = names[(names["symbol"] != "") & ~names["status"].str.lower().str.contains(WITHDRAWN)]
    kept = kept.assign(ensembl=kept["ensembl"].str.partition(".")[0], entrez=kept["entrez"].str.removesuffix(".0"))
    how = {name: "first" if name in _ONE else _merged for name in names if name != "symbol"}
    return kept.groupby("symbol", sort=False).agg(how).reset_index().drop(columns="status")


def _split(cell: str) -> list[str]:
    """The names in a cell: HGNC's files have | between them, its custom downloads a comma."""
    return [name for each in cell.split("|" if "|" in cell else ", ") if (name := each.strip())]


def _merged(cells: pd.Series) -> list[str]:
    return list(dict.fromkeys(name for cell in cells for name in cell))
