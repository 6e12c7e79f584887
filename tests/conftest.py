"""What several test files share: the repository on the path, its scripts, the mirror of real files, small tables."""

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

ROOT = Path(__file__).parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

# Real input files, byte for byte as upstream serves them; not part of the repository.
MIRROR = ROOT.parent / "shared" / "data"


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def mirror() -> Path:
    if not MIRROR.is_dir():
        pytest.skip("the mirror of upstream files is not beside this repository")
    return MIRROR


@pytest.fixture(scope="session")
def script():
    """script("filter_mirbase") is the module scripts/filter_mirbase.py, for its `main`."""

    def load(name: str):
        spec = importlib.util.spec_from_file_location(f"script_{name}", ROOT / "scripts" / f"{name}.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    return load


@pytest.fixture(scope="session")
def rna():
    """rna(rng, length): a random RNA string."""

    def draw(rng: np.random.Generator, length: int) -> str:
        return "".join(rng.choice(list("ACGU"), length))

    return draw


@pytest.fixture
def rows() -> pd.DataFrame:
    """Four valid pairs; every test that plants a fault changes one cell of them."""
    return pd.DataFrame(
        {
            "pair_id": ["p-1", "p-2", "p-3", "p-4"],
            "mirna": ["hsa-let-7a-5p", "hsa-let-7a-5p", "hsa-miR-16-5p", "NA"],
            "mirna_sequence": [
                "UGAGGUAGUAGGUUGUAUAGUU",
                "UGAGGUAGUAGGUUGUAUAGUU",
                "UAGCAGCACGUAAAUAUUGGCG",
                "ACGUACGUACGUACGUAC",
            ],
            "target": ["LIN28B", "NA", "nan", "BCL2"],
            "target_sequence": ["ACCUACCUCAGG", "GGGGCCCCAAAA", "UGCUGCUAAA", "ACGU"],
            "label": ["1", "0", "1", "0"],
            "split": ["train", "valid", "test", "train"],
            "source": ["mine", "mine", "mine", "other"],
        }
    )
