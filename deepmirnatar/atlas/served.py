"""The atlas at hand as pages, with what they need of its species."""

from pathlib import Path

from deepmirnatar.atlas.compute import about_atlas
from deepmirnatar.atlas.pages import atlas_pages
from deepmirnatar.atlas.pair import Pairs
from deepmirnatar.atlas.search import Search
from deepmirnatar.atlas.store import Atlas, atlas_file
from deepmirnatar.common.logs import log
from deepmirnatar.species.store import load_species

OTHER = "This atlas was made from other {}. Make it again with `deepmirnatar atlas`."


def served_atlas(path: str | Path | None, name: str, mature: str | Path | None = None):
    """The pages of an atlas of the species `name`; None where `path` is None and there is none in the cache folder.

    An atlas of other weights or sequences than are at hand is served with a warning. Raises ValueError where it is of
    another species or damaged.
    """
    if path is None:
        path = atlas_file(name)
        if not path.exists():
            log.info("there is no atlas of %s yet, so own sequences only; make it once with `deepmirnatar atlas`", name)
            return None
    atlas = Atlas.open(path)
    if atlas.about.get("species") != name.lower():
        raise ValueError(f"{path}: is an atlas of {atlas.about.get('species')}, not of {name}; give its --species")
    species = load_species(name)
    now = about_atlas(species)
    warnings = [
        OTHER.format(what)
        for key, what in (("weights", "weights"), ("sequences", "sequences"))
        if atlas.about.get(key) != now[key]
    ]
    for sentence in warnings:
        log.warning("warning: %s", sentence)
    return atlas_pages(atlas, Search(atlas, species, mature), Pairs(species), warnings)
