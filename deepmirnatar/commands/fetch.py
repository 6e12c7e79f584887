"""`deepmirnatar fetch`: a species' mRNAs and miRNAs, once, so that predictions need names alone."""

import argparse
from pathlib import Path

from deepmirnatar.common.logs import log

HELP = "fetch the human mRNAs and miRNAs once, or make another species' from a genome"


def add_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("species", nargs="?", metavar="SPECIES", help="human (default), or a name for --annotation")
    command.add_argument("--name", metavar="SPECIES", help="the same")
    command.add_argument("--annotation", metavar="GTF|GFF3|BED12", help="make the species from it and --genome")
    command.add_argument("--genome", metavar="FASTA", help="the genome of --annotation (.gz is read)")
    command.add_argument(
        "--mirnas",
        metavar="PREFIX|FASTA",
        help="its miRNAs: their prefix in miRBase, such as mmu (default: that of the name), or a FASTA file",
    )
    command.add_argument("--names", metavar="TSV", help="gene names, ids and aliases: a table of HGNC or BioMart")
    command.add_argument("--folder", metavar="FOLDER", help="where to (default: the cache folder)")


def run(options) -> None:
    name = options.name or options.species or "human"
    if options.name and options.species and options.name != options.species:
        raise ValueError(f"--name {options.name} and {options.species} are two species; give one")
    fetch(
        name,
        options.annotation,
        options.genome,
        mirnas=options.mirnas,
        names=options.names,
        folder=options.folder,
    )


def fetch(
    name: str,
    annotation: str | Path | None = None,
    genome: str | Path | None = None,
    mirnas: str | Path | None = None,
    names: str | Path | None = None,
    folder: str | Path | None = None,
) -> None:
    """Fetch the human species, or make one from an annotation and its genome; say where it is and how large.

    Raises ValueError where one of the two is missing; see `species.fetch.fetch_human` and `fetch_species`.
    """
    from deepmirnatar.species.fetch import fetch_human, fetch_species

    if annotation and genome:
        path = fetch_species(name, annotation, genome, mirnas, names, folder)
    elif annotation or genome or mirnas or name.lower() != "human":
        raise ValueError(f"{name!r} is made from an --annotation and its --genome; give both (human alone is fetched)")
    else:
        path = fetch_human(folder, names)
    log.info("%.0f MB: %s", path.stat().st_size / 1e6, path)
