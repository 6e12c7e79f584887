"""A prediction's files: genes.tsv, and sites as sites.tsv, sites.bed and sites.gff3, put together part by part.

A part writes its sites in all three forms, so that putting parts together is to append files.
"""

import csv
import heapq
import shutil
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from deepmirnatar.common.files import atomic, read_tsv, write_tsv
from deepmirnatar.prediction.predictor import ORDER, UP, Prediction

GFF_TYPE = "miRNA_target_site"  # SO:0000934
TEXT = dict.fromkeys(
    ["mirna", "target", "region", "seed_type", "mirna_sequence", "site_sequence", "chrom", "note", "gene"], str
)
FORMS = ["tsv", "bed", "gff3"]
ROWS = 100_000  # of sites that are in memory at once
OPEN = 400  # files that are merged at once
_TSV = {"sep": "\t", "index": False, "lineterminator": "\n"}


def genes_of(stem: Path) -> Path:
    """The table of genes of a chunk or part."""
    return stem.with_suffix(".genes.tsv")


def sites_of(stem: Path, form: str = "tsv") -> Path:
    """The sites of a chunk or part, in one of FORMS."""
    return stem.with_suffix(f".sites.{form}")


def write_part(found: Prediction, stem: Path) -> None:
    """The files of a chunk; that of its genes last, which says that the chunk is complete."""
    sites = found.sites
    write_tsv(sites, sites_of(stem))
    placed = "chrom" in sites
    for form, table in (("bed", bed12(sites) if placed else bed(sites)), ("gff3", gff3(sites))):
        with atomic(sites_of(stem, form)) as part:
            # Neither format knows the quotes of CSV.
            table.to_csv(part, header=False, quoting=csv.QUOTE_NONE, **_TSV)
    write_tsv(found.genes, genes_of(stem))


def merge_genes(paths: list[Path], out: Path, rank: bool = True) -> dict[str, int]:
    """Merge tables of genes that are in order each, line by line, with a column `rank` in front where asked.

    Returns totals: pairs, mirnas, targets, sites.
    """
    if len(paths) > OPEN:
        groups = [paths[start : start + OPEN] for start in range(0, len(paths), OPEN)]
        merged = [out.with_name(f".{out.name}.{len(paths)}-{number}") for number in range(len(groups))]
        for group, path in zip(groups, merged, strict=True):
            merge_genes(group, path, rank=False)
        totals = merge_genes(merged, out, rank)
        for path in merged:
            path.unlink()
        return totals
    with paths[0].open(newline="", encoding="utf-8") as handle:
        columns = next(csv.reader(handle, delimiter="\t"))
    place = {name: columns.index(name) for name in (*ORDER, "sites")}
    mirnas, targets, sites, number = set(), set(), 0, 0
    with atomic(out) as part, part.open("w", newline="", encoding="utf-8") as handle:
        write = csv.writer(handle, delimiter="\t", lineterminator="\n")
        write.writerow(["rank", *columns] if rank else columns)
        rows = heapq.merge(*(_rows(path) for path in paths), key=lambda row: _order(row, place))
        for number, row in enumerate(rows, start=1):
            write.writerow([number, *row] if rank else row)
            mirnas.add(row[place["mirna"]])
            targets.add(row[place["target"]])
            sites += int(row[place["sites"]])
    return {"pairs": number, "mirnas": len(mirnas), "targets": len(targets), "sites": sites}


def _rows(path: Path) -> Iterator[list[str]]:
    with path.open(newline="", encoding="utf-8") as handle:
        rows = csv.reader(handle, delimiter="\t")
        next(rows)
        yield from rows


def _order(row: list[str], place: dict[str, int]) -> tuple:
    values = []
    for name, up in zip(ORDER, UP, strict=True):
        text = row[place[name]]
        values.append(text if name in ("mirna", "target") else float(text) * (1 if up else -1))
    return tuple(values)


def join_sites(parts: list[Path]) -> Iterator[pd.DataFrame]:
    """The sites of tables, in order, at most `ROWS` at a time."""
    for part in parts:
        yield from read_tsv(part, dtype=TEXT, chunksize=ROWS)


def join_parts(stems: list[Path], paths: dict[str, Path]) -> None:
    """Append the sites of chunks or parts to one file of each form, each complete or not at all."""
    for form, path in paths.items():
        with atomic(path) as whole, whole.open("wb") as out:
            out.write(b"##gff-version 3\n" if form == "gff3" and path.name == "sites.gff3" else b"")
            for number, stem in enumerate(stems):
                with sites_of(stem, form).open("rb") as part:
                    if form == "tsv" and number:
                        part.readline()  # the names of the columns
                    shutil.copyfileobj(part, out)


def write_sites(folder: str | Path, stems: list[Path]) -> list[Path]:
    """sites.tsv, sites.bed and sites.gff3; BED and GFF3 are on the genome where sites have places there."""
    paths = {form: Path(folder, f"sites.{form}") for form in FORMS}
    join_parts(stems, paths)
    return list(paths.values())


def bed(sites: pd.DataFrame) -> pd.DataFrame:
    """The sites as BED6 on their targets: chrom, start, end, name (miRNA|seed type), score, strand.

    The score is the log2 fold change that a site adds, from 0 to -1 as 0 to 1000.
    """
    table = sites.assign(
        name=sites["mirna"] + "|" + sites["seed_type"].str.replace(" ", "_"), bed_score=_bed_score(sites), strand="+"
    )
    table = table.sort_values(["target", "start", "mirna"], kind="stable")
    return table[["target", "start", "end", "name", "bed_score", "strand"]]


def _bed_score(sites: pd.DataFrame) -> pd.Series:
    return (-1000 * sites["repression"].clip(-1, 0)).round().astype(int)


def bed12(sites: pd.DataFrame) -> pd.DataFrame:
    """The sites as BED12 on their genome, one block per exon that a site lies on; name as in `bed`."""
    blocks = [_blocks(text) for text in sites["genome_blocks"]]
    start, end = sites["genome_start"], sites["genome_end"]
    return pd.DataFrame(
        {
            "chrom": sites["chrom"],
            "start": start,
            "end": end,
            "name": sites["mirna"] + "|" + sites["target"] + "|" + sites["seed_type"].str.replace(" ", "_"),
            "score": _bed_score(sites),
            "strand": sites["strand"],
            "thick_start": start,
            "thick_end": end,
            "colour": 0,
            "blocks": [len(each) for each in blocks],
            "sizes": [",".join(str(right - left) for left, right in each) for each in blocks],
            "starts": [
                ",".join(str(left - first) for left, _ in each) for each, first in zip(blocks, start, strict=True)
            ],
        }
    )


def gff3(sites: pd.DataFrame) -> pd.DataFrame:
    """The sites as GFF3: nine columns, positions 1-based and inclusive, score the log2 fold change that a site adds.

    On their targets; on the genome where they have places there, one line per exon under the same ID.
    """
    attributes = (
        "ID=" + _escaped(sites["mirna"]) + "@" + _escaped(sites["target"]) + "@" + (sites["start"] + 1).astype(str)
        + ";Name=" + _escaped(sites["mirna"]) + ";seed_type=" + _escaped(sites["seed_type"])
        + ";region=" + sites["region"].str.replace("'", "") + ";binding=" + sites["binding"].map("{:.4f}".format)
    )  # fmt: skip
    table = pd.DataFrame(
        {
            "seqid": _escaped(sites["target"]),
            "source": "DeepmiRNATar",
            "type": GFF_TYPE,
            "start": sites["start"] + 1,
            "end": sites["end"],
            "score": sites["repression"].map("{:.6f}".format),
            "strand": "+",
            "phase": ".",
            "attributes": attributes,
        }
    )
    if "chrom" not in sites:
        return table
    table["attributes"] += ";target=" + _escaped(sites["target"])
    table = table.assign(
        seqid=_escaped(sites["chrom"]), strand=sites["strand"], block=sites["genome_blocks"].map(_blocks)
    )
    table = table.explode("block")
    table["start"] = [int(block[0]) + 1 for block in table["block"]]
    table["end"] = [int(block[1]) for block in table["block"]]
    return table.drop(columns="block")


def _blocks(text: str) -> list[tuple[int, int]]:
    """`120-130,200-230` as pairs of numbers."""
    return [tuple(map(int, piece.split("-"))) for piece in text.split(",")]


def _escaped(names: pd.Series) -> pd.Series:
    """GFF3 reserves these letters in names and attributes, and # and > at the start of a line."""
    reserved = str.maketrans({letter: f"%{ord(letter):02X}" for letter in '%;=&,\t "#>'})
    return names.map({name: name.translate(reserved) for name in names.unique()}).astype(object)
