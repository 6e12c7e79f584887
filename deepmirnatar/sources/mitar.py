"""The text files released with miTAR (Gu et al. 2021): DeepMirTar, miRAW and the 48 PAR-CLIP sites.

All miRNAs are written 3'->5'; sites mix T and U. DeepMirTar rows name miRBase accessions and RefSeq ids,
miRAW rows miRNA names and Ensembl ids.
"""

import pandas as pd

from deepmirnatar.rna.sequences import reverse, to_rna
from deepmirnatar.sources import finish
from deepmirnatar.sources.reference import repair_symbols
from deepmirnatar.sources.released import read_released

_COLUMNS = ["mirna", "mirna_sequence", "target", "target_sequence", "label"]


def _read(path) -> pd.DataFrame:
    """Five tab-separated columns; some files have a header, some have not."""
    rows = pd.read_csv(path, sep="\t", header=None, dtype=str, keep_default_na=False)
    if rows.shape[1] != len(_COLUMNS):
        raise ValueError(f"{path}: has {rows.shape[1]} columns, expected 5: {', '.join(_COLUMNS)}")
    rows.columns = _COLUMNS
    return rows[~rows["label"].str.fullmatch("label")].assign(mirna_written="3to5")


def parse(files: dict, reference: dict) -> tuple[pd.DataFrame, dict]:
    if "deepmirtar" in files:
        return _deepmirtar(_read(files["deepmirtar"]), reference)
    if "parclip" in files:
        rows, counts = _name_genes(_read(files["parclip"]), reference)
        return finish(rows.assign(split="test"), "parclip48"), counts
    return _miraw(files)


def _deepmirtar(rows: pd.DataFrame, reference: dict) -> tuple[pd.DataFrame, dict]:
    by_accession = reference["mirnas"].set_index("accession")["name"]
    named = rows["mirna"].map(by_accession)
    mock = rows["label"] == "0"
    rows = rows.assign(mirna=named.fillna(rows["mirna"]), mock=mock.astype(int))
    # The negatives' accession is that of the miRNA they were shuffled from.
    rows.loc[mock, "mirna"] = "mock-" + rows.loc[mock, "mirna"]
    rows, counts = _name_genes(rows, reference)
    counts["accessions without a current name"] = int(named.isna().sum())
    counts["mock miRNAs"] = int(mock.sum())
    return finish(rows, "deepmirtar"), counts


def _name_genes(rows: pd.DataFrame, reference: dict) -> tuple[pd.DataFrame, dict]:
    gene = rows["target"].map(reference["refseq"].set_index("refseq")["gene"])
    counts = {
        "RefSeq ids named by gene symbol": int(gene.notna().sum()),
        "RefSeq ids kept": int(gene.isna().sum()),
    }
    return rows.assign(refseq=rows["target"], target=gene.fillna(rows["target"])), counts


def _miraw(files: dict) -> tuple[pd.DataFrame, dict]:
    parts = [_read(files[name]) for name in ("miraw", "miraw_mixed", "miraw_independent")]
    rows = pd.concat(parts, ignore_index=True)
    read = len(rows)
    # One of the files also holds DeepMirTar rows, recognised by their RefSeq ids.
    rows = rows[rows["target"].str.startswith("ENSG")]
    other = read - len(rows)
    rows["target_sequence"] = to_rna(rows["target_sequence"])
    repeated = rows.duplicated([*_COLUMNS[1:2], *_COLUMNS[3:]])
    rows = rows[~repeated]

    symbols = _symbols(files)
    key = reverse(to_rna(rows["mirna_sequence"])) + ":" + rows["target_sequence"]
    known = pd.Series(key.map(symbols).to_numpy(), index=rows["target"]).dropna()
    # All rows of one Ensembl id take the symbol that most of its rows carry.
    gene = known.groupby(level=0).agg(lambda names: names.value_counts().index[0])
    named = rows["target"].map(gene)
    counts = {
        "rows read": read,
        "DeepMirTar rows left out": other,
        "repeated rows left out": int(repeated.sum()),
        "Ensembl ids without a symbol, kept": int(rows["target"][named.isna()].nunique()),
        "miRNAs written 3'->5', turned": len(rows),
    }
    return finish(rows.assign(ensembl=rows["target"], target=named.fillna(rows["target"])), "miraw"), counts


def _symbols(files: dict) -> dict:
    """(miRNA 5'->3' : site) -> gene symbol, from the released rows that are miRAW's."""
    released = read_released({split: files[f"symbols_{split}"] for split in ("train", "valid", "test")})
    genes, _ = repair_symbols(released["gene"])
    key = to_rna(released["miRNA_sequence"]) + ":" + to_rna(released["gene_sequence"])
    use = genes != "NOONE"
    return dict(zip(key[use], genes[use], strict=True))
