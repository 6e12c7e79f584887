"""The species at hand, by name; the human one is fetched when it is first needed."""

from pathlib import Path

from deepmirnatar.species.fetch import fetch_human
from deepmirnatar.species.file import HUMAN, Species, read_species, species_file


def load_species(name: str = HUMAN, folder: str | Path | None = None) -> Species:
    """The species of this name. The human one is fetched on first need, others are made by `fetch.fetch_species`.

    `folder`: where it is kept (default: the cache folder). Raises ValueError where it is not there and cannot be had.
    """
    path = species_file(name, folder)
    if not path.exists():
        if path.stem != HUMAN:
            there = ", ".join(sorted({HUMAN, *(each.stem for each in path.parent.glob("*.safetensors"))}))
            raise ValueError(
                f"the species {name!r} is not in {path.parent} (there is: {there}); make it once with `deepmirnatar "
                f"fetch {name} --annotation GTF --genome FASTA`"
            )
        fetch_human(folder)
    return read_species(path)
