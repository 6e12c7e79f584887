"""What the rules of the atlas ask for."""

from deepmirnatar.common.files import sha256
from deepmirnatar.species.file import species_file
from workflow.fingerprint import ROOT

PARTS = 10  # jobs; the human atlas takes some 15 minutes of one core in all


def species(wildcards) -> str:
    """The file of the species in the cache folder, which `deepmirnatar fetch` puts there."""
    return str(species_file(wildcards.species))


def weights(wildcards) -> str:
    """The digest of what decides the numbers, besides the code."""
    return sha256(ROOT / "deepmirnatar" / "repression" / "weights" / "model.safetensors")
