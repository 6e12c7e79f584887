"""`deepmirnatar atlas`: repression of all genes by all miRNAs, once."""

import argparse
import time

from deepmirnatar.commands.options import whole
from deepmirnatar.common.logs import log

HELP = "compute the repression of all genes by all miRNAs once, for `serve` and `activity`"


def add_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--species", default="human", metavar="NAME", help="see `deepmirnatar fetch` (default: %(default)s)"
    )
    command.add_argument("--out", metavar="FILE", help="the SQLite file (default: in the cache folder)")
    command.add_argument("--parts", type=whole(1, 1000), default=1, metavar="N", help="split the work, for --part")
    which = command.add_mutually_exclusive_group()
    which.add_argument("--part", type=whole(1, 1000), metavar="K", help="compute the part K of N alone")
    which.add_argument("--join", action="store_true", help="put the N parts together")


def run(options) -> None:
    from deepmirnatar.atlas.compute import compute_atlas, join_atlas
    from deepmirnatar.atlas.store import atlas_file
    from deepmirnatar.species.store import load_species

    if options.part is not None and options.part > options.parts:
        raise ValueError(f"--part {options.part} is none of {options.parts} parts; give --parts N")
    if options.parts > 1 and options.part is None and not options.join:
        raise ValueError("--parts needs --part K for one of them, or --join to put them together")
    started = time.monotonic()
    species, out = load_species(options.species), options.out or atlas_file(options.species)
    written = (
        join_atlas(species, out, options.parts)
        if options.join
        else compute_atlas(species, out, options.parts, options.part)
    )
    log.info("done in %.0f s: %s", time.monotonic() - started, written)
