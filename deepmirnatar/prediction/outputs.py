"""A prediction as files: sites.tsv, sites.bed, sites.gff3 and genes.tsv, written chunk by chunk."""

from pathlib import Path

import pandas as pd

from deepmirnatar.common.files import atomic, write_tsv
from deepmirnatar.prediction.targets import bed

GFF_TYPE = "miRNA_binding_site"  # SO:0000934 speaks of miRNA target sites


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


def write_outputs(folder: str | Path, sites: pd.DataFrame, genes: pd.DataFrame) -> list[Path]:
    """Write all four files, complete or not at all; returns their paths."""
    folder = Path(folder)
    paths = [folder / name for name in ("genes.tsv", "sites.tsv", "sites.bed", "sites.gff3")]
    write_tsv(genes, paths[0])
    write_tsv(sites, paths[1])
    with atomic(paths[2]) as part:
        bed(sites.rename(columns={"seed_type": "seed_class"})).to_csv(part, sep="\t", index=False, header=False)
    with atomic(paths[3]) as part:
        part.write_text("##gff-version 3\n")
        gff3(sites).to_csv(part, sep="\t", index=False, header=False, mode="a")
    return paths


def _escaped(names: pd.Series) -> pd.Series:
    """GFF3 reserves these letters in names and attributes."""
    for letter in "%;=&,\t":
        names = names.str.replace(letter, f"%{ord(letter):02X}", regex=False)
    return names.str.replace(" ", "%20", regex=False)
