"""A prediction's sites as sites.tsv, sites.bed and sites.gff3, put together table by table."""

from pathlib import Path

import pandas as pd

from deepmirnatar.common.files import atomic, read_tsv
from deepmirnatar.prediction.targets import bed

GFF_TYPE = "miRNA_target_site"  # SO:0000934
_TSV = {"sep": "\t", "index": False, "lineterminator": "\n"}


def gff3(sites: pd.DataFrame) -> pd.DataFrame:
    """The sites as GFF3 on their 3'UTRs: nine columns, positions 1-based and inclusive, score the probability."""
    attributes = (
        "ID=site" + (sites.index + 1).astype(str) + ";Name=" + _escaped(sites["mirna"])
        + ";seed_type=" + _escaped(sites["seed_type"]) + ";repression=" + sites["repression"].map("{:.4f}".format)
    )  # fmt: skip
    return pd.DataFrame(
        {
            "seqid": _escaped(sites["target"]),
            "source": "DeepmiRNATar",
            "type": GFF_TYPE,
            "start": sites["start"] + 1,
            "end": sites["end"],
            "score": sites["score"].map("{:.6f}".format),
            "strand": "+",
            "phase": ".",
            "attributes": attributes,
        }
    )


def write_sites(folder: str | Path, parts: list[Path]) -> list[Path]:
    """Put tables of sites together into sites.tsv, sites.bed and sites.gff3, each complete or not at all.

    One table is read at a time. Returns the paths.
    """
    folder = Path(folder)
    paths = [folder / name for name in ("sites.tsv", "sites.bed", "sites.gff3")]
    with atomic(paths[0]) as tsv, atomic(paths[1]) as bed_part, atomic(paths[2]) as gff:
        gff.write_text("##gff-version 3\n")
        bed_part.touch()
        done = 0
        for number, part in enumerate(parts):
            sites = read_tsv(part, dtype={"mirna": str, "target": str})
            sites.index += done
            done += len(sites)
            sites.to_csv(tsv, header=number == 0, mode="a", **_TSV)
            bed(sites.rename(columns={"seed_type": "seed_class"})).to_csv(bed_part, header=False, mode="a", **_TSV)
            gff3(sites).to_csv(gff, header=False, mode="a", **_TSV)
    return paths


def _escaped(names: pd.Series) -> pd.Series:
    """GFF3 reserves these letters in names and attributes."""
    for letter in "%;=&,\t":
        names = names.str.replace(letter, f"%{ord(letter):02X}", regex=False)
    return names.str.replace(" ", "%20", regex=False)
