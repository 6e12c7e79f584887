"""Experiments in which a miRNA or siRNA was given to cells, and the mRNAs that they measured.

Four series: HeLa, 17 miRNAs, and HEK293FT, 12 miRNAs (McGeary et al. 2019, Science 366:eaav1741); 74 small RNAs
collected by Agarwal et al. 2015 (eLife 4:e05005); HeLa, 11 over-expressions (GSE124530, GSE184338; edgeR tables). The
mRNAs, one for each gene, whole, are those that DM3Loc ships (Wang et al. 2021, Nucleic Acids Res 49:e46).

All sequences are RNA, 5'->3'. Fold changes are in the units of the file: natural log for McGeary's, log2 elsewhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from deepmirnatar.common.logs import log
from deepmirnatar.repression.foreign import matlab_object, matlab_texts, spreadsheet_rows
from deepmirnatar.rna.orfs import longest_orfs
from deepmirnatar.rna.sequences import family, to_rna

EXPRESSED = 3.0  # log2 counts per million; below it a fold change is mostly noise
HUMAN = "9606"


@dataclass
class Series:
    """Experiments of one source on the same mRNAs.

    `experiments`: columns experiment, mirna, mirna_sequence, family (nt 2-8). `change`: float32 (experiments, mRNAs),
    log fold change less the experiment's median, NaN where not measured. `mrnas`: int64 (mRNAs,), rows of the table
    that `read_mrnas` gives, none twice. `centred`: see `normalised`.
    """

    name: str
    experiments: pd.DataFrame
    change: np.ndarray
    centred: bool
    mrnas: np.ndarray

    def normalised(self, values: np.ndarray) -> np.ndarray:
        """`values` (experiments, mRNAs), labels or predictions, on the scale on which they are compared.

        A centred series has no control of its own, or shares one among its experiments: what an mRNA does in all of
        them alike is no effect of a miRNA. So its mean over the experiments in which it was measured is taken off, in
        label and prediction alike. Another series has a control for each experiment, and its values stay as they are.
        NaN where the change is.
        """
        values = np.where(np.isfinite(self.change), values, np.nan)
        return values - np.nanmean(values, axis=0, keepdims=True) if self.centred else values


def read_mrnas(path: str | Path) -> pd.DataFrame:
    """Columns target (symbol), sequence, cds_start, cds_end, refseq, entrez; one whole mRNA for each gene.

    The file (FASTA, `>...,ACCNUM:NM_001507,Gene_ID:2862,Gene_Name:MLNR`) does not say where the coding sequence is:
    the longest open reading frame from an AUG to a stop codon is taken for it, the first of equal ones. Places are
    0-based, half-open, the stop codon included; both are 0 where there is no such frame.
    """
    from Bio.SeqIO.FastaIO import SimpleFastaParser

    rows = []
    with open(path, encoding="ascii") as handle:
        for title, sequence in SimpleFastaParser(handle):
            fields = dict(field.split(":", 1) for field in title.split(",") if ":" in field)
            try:
                rows.append((fields["Gene_Name"], sequence, fields["ACCNUM"], fields["Gene_ID"]))
            except KeyError as error:
                raise ValueError(f"{path}: header {title[:80]!r} lacks {error}; fetch the file again") from error
    table = pd.DataFrame(rows, columns=["target", "sequence", "refseq", "entrez"])
    table["refseq"] = table["refseq"].str.split(".").str[0]
    table["sequence"] = to_rna(table["sequence"])
    again = table["target"].duplicated()
    if again.any():
        log.warning("%s: %d mRNAs repeat a gene and are left out", path, again.sum())
    table = table[~again].reset_index(drop=True)
    table["cds_start"], table["cds_end"] = longest_orfs(table["sequence"])
    return table[["target", "sequence", "cds_start", "cds_end", "refseq", "entrez"]]


def read_hela17(table: str | Path, guides: str | Path, refseq: str | Path, mrnas: pd.DataFrame) -> Series:
    """17 transfections of HeLa cells; `refseq`: the isb-firm wheel, for accessions that `mrnas` has not."""
    values, experiments = _mcgeary(table, guides, "HeLa")
    accessions = _bare(values.index)
    entrez = read_refseq_entrez(refseq).reindex(accessions).fillna("").to_numpy()
    rows = match(mrnas, "HeLa, 17 miRNAs", refseq=accessions, entrez=entrez)
    return _series("hela17", experiments, values.to_numpy().T, rows, centred=True)


def read_hek12(table: str | Path, guides: str | Path, genes: str | Path, mrnas: pd.DataFrame) -> Series:
    """12 transfections of HEK293FT cells; `genes`: TargetScan 8's Gene_info, which gives a transcript's symbol."""
    values, experiments = _mcgeary(table, guides, "HEK293FT")
    symbols = read_symbols(genes, "Transcript ID").reindex(_bare(values.index)).fillna("").to_numpy()
    rows = match(mrnas, "HEK293FT, 12 miRNAs", target=symbols)
    return _series("hek12", experiments, values.to_numpy().T, rows, centred=True)


def read_srna74(changes: str | Path, sequences: str | Path, refseq: str | Path, mrnas: pd.DataFrame) -> Series:
    """74 transfections of miRNAs and siRNAs: `repress.mat` and `miRs_training.mat` of the published collection."""
    parts = matlab_object(changes)
    names = matlab_texts(parts[7])
    columns = parts[2].ravel()
    values = np.column_stack([columns[place] for place in range(1, len(names))]).T
    guide_map = matlab_object(sequences)[2][0, 0]
    guide_of = dict(zip(matlab_texts(guide_map["keys"]), matlab_texts(guide_map["values"]), strict=True))
    missing = [name for name in names[1:] if name not in guide_of]
    if missing:
        raise ValueError(f"{sequences}: has no sequence for {missing[0]!r}, a column of {changes}; fetch both again")
    experiments = _experiments([(name, name, guide_of[name]) for name in names[1:]])
    accessions = _bare(matlab_texts(columns[0]))
    entrez = read_refseq_entrez(refseq).reindex(accessions).fillna("").to_numpy()
    rows = match(mrnas, "74 small RNAs", refseq=accessions, entrez=entrez)
    return _series("srna74", experiments, values, rows, centred=False)


def read_overexpression11(
    tables: Sequence[str | Path],
    mature: str | Path,
    genes: str | Path,
    mrnas: pd.DataFrame,
    expressed: float | None = EXPRESSED,
) -> Series:
    """Over-expressions in HeLa cells from edgeR tables; only genes with logCPM > `expressed` in all tables.

    With `expressed=None` every gene of any table, NaN where it is missing. `genes`: TargetScan 8's Gene_info.
    """
    from deepmirnatar.sources.mirbase import read_mature
    from deepmirnatar.sources.transfections import mirna_name

    sequence_of = read_mature(mature).set_index("name")["sequence"]
    read, experiments = [], []
    for path in sorted(map(Path, tables), key=lambda path: path.name):
        name = mirna_name(path)
        if name not in sequence_of:
            raise ValueError(f"{mature}: has no miRNA {name!r}; add it, or correct the name of {path}")
        table = pd.read_csv(path, sep="\t", index_col=0)
        table.index = _bare(table.index)
        read.append(table)
        experiments.append((path.name.removesuffix(".gz").removesuffix(".tsv"), name, sequence_of[name]))
    values = pd.concat([table["logFC"] for table in read], axis=1, keys=range(len(read)), sort=True)
    if expressed is not None:
        counts = pd.concat([table["logCPM"] for table in read], axis=1, sort=True).reindex(values.index)
        values = values[(counts > expressed).all(axis=1)]
    symbols = read_symbols(genes, "Gene ID").reindex(values.index).fillna("").to_numpy()
    rows = match(mrnas, "HeLa, 11 over-expressions", target=symbols)
    return _series("overexpression11", _experiments(experiments), values.to_numpy().T, rows, centred=True)


def read_training(files: dict, mrnas: pd.DataFrame) -> list[Series]:
    """The three series that repression is fitted on; `files` by the names of the rule `fit_repression`."""
    guides, genes, firm = files["guides"], files["genes"], files["firm"]
    return [
        read_hela17(files["hela"], guides, firm, mrnas),
        read_srna74(files["changes"], files["small_rnas"], firm, mrnas),
        read_overexpression11(files["overexpressions"], files["mature"], genes, mrnas),
    ]


def read_every_gene(files: dict, mrnas: pd.DataFrame) -> Series:
    """The over-expressions with all genes that a table has, their changes as they are: what is ranked by a score."""
    series = read_overexpression11(files["overexpressions"], files["mature"], files["genes"], mrnas, expressed=None)
    return replace(series, name="overexpression11_all", centred=False)


def match(mrnas: pd.DataFrame, what: str, **identifiers: Sequence[str]) -> np.ndarray:
    """The row of `mrnas` for each measured mRNA, -1 where there is none; int64.

    Each keyword is a column of `mrnas` and gives one identifier for each measured mRNA ('' where unknown). The first
    column that finds one decides. Where two find the same row, only the first of them, in this order, gets it.
    """
    count = len(next(iter(identifiers.values())))
    rows, shared, found = np.full(count, -1), np.zeros(count, dtype=bool), []
    for column, names in identifiers.items():
        known = mrnas.drop_duplicates(column)
        row_of = dict(zip(known[column], known.index, strict=True))
        taken, before = set(rows.tolist()), (rows >= 0).sum()
        for place, name in enumerate(names):
            if rows[place] < 0 and name and name in row_of:
                shared[place] = row_of[name] in taken
                if not shared[place]:
                    rows[place] = row_of[name]
                    taken.add(row_of[name])
        found.append(f"{(rows >= 0).sum() - before} by {'symbol' if column == 'target' else column}")
    missing, shared = int((rows < 0).sum()), int((shared & (rows < 0)).sum())
    log.info(
        "%s: of %d mRNAs %s; left out: %d unknown, %d that share their gene with another",
        *(what, count, ", ".join(found), missing - shared, shared),
    )
    return rows


def read_refseq_entrez(wheel: str | Path) -> pd.Series:
    """Entrez gene id of each human RefSeq accession (no version), from the isb-firm package."""
    import zipfile

    with zipfile.ZipFile(wheel) as archive, archive.open("firm/common/gene2refseq.tsv") as handle:
        table = pd.read_csv(handle, sep="\t", header=None, usecols=[0, 1, 3], dtype=str)
    table = table[(table[0] == HUMAN) & table[3].str.startswith("NM_", na=False)]
    table = table.assign(refseq=_bare(table[3])).drop_duplicates("refseq")
    return table.set_index("refseq")[1]


def read_symbols(genes: str | Path, column: str) -> pd.Series:
    """Gene symbol of each human 'Transcript ID' or 'Gene ID' (no version) in TargetScan 8's Gene_info."""
    table = pd.read_csv(genes, sep="\t", dtype=str, keep_default_na=False)
    for name in (column, "Gene symbol", "Species ID"):
        if name not in table:
            raise ValueError(f"{genes}: has no column {name!r}; fetch the file again")
    table = table[table["Species ID"] == HUMAN]
    table = table.assign(name=_bare(table[column])).drop_duplicates("name")
    return table.set_index("name")["Gene symbol"]


def _mcgeary(table: str | Path, guides: str | Path, cells: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Log TPM less the mRNA's mean (mRNAs, experiments), and the experiments with the guides given to `cells`."""
    values = pd.read_csv(table, sep="\t", index_col=0)
    guide_of, listed = {}, False
    for name, sequence, *_ in ([*row, "", ""] for row in spreadsheet_rows(guides)):
        if not sequence:  # a heading
            listed = name == f"OH miRNA strands for RNA duplexes transfected into {cells} cells"
        elif listed:
            guide_of[name.replace("(", "").replace(")", "")] = sequence
    experiments = []
    for column in values.columns:
        short = {name: name.split("-", 1)[1].replace("-", "").lower() for name in guide_of}
        fits = [name for name in guide_of if column in (short[name], short[name].removesuffix("5p").removesuffix("3p"))]
        fits = fits or [name for name in guide_of if short[name].startswith(column)]
        if len(fits) != 1:
            raise ValueError(f"{guides}: has {len(fits)} guides for {column!r} of {table}; fetch both files again")
        experiments.append((column, fits[0], guide_of[fits[0]]))
    return values.sub(values.mean(axis=1), axis=0), _experiments(experiments)


def _experiments(rows: list[tuple[str, str, str]]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["experiment", "mirna", "mirna_sequence"])
    table["mirna_sequence"] = to_rna(table["mirna_sequence"])
    return table.assign(family=table["mirna_sequence"].map(family))


def _series(name: str, experiments: pd.DataFrame, values: np.ndarray, rows: np.ndarray, centred: bool) -> Series:
    """Of the measured mRNAs (columns of `values`), those that have a row, in the order of rows."""
    keep = np.flatnonzero(rows >= 0)
    keep = keep[np.argsort(rows[keep], kind="stable")]
    change = np.asarray(values, dtype=float)[:, keep]
    change -= np.nanmedian(change, axis=1, keepdims=True)
    return Series(name, experiments, change.astype(np.float32), centred, rows[keep])


def _bare(names: Sequence[str]) -> pd.Index:
    """Identifiers without their versions."""
    return pd.Index(names).astype(str).str.replace(r"\.\d+$", "", regex=True)
