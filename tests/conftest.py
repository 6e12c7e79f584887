"""What several test files share: the repository on the path, its scripts, the mirror of real files, small tables."""

import importlib.util
import logging
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


@pytest.fixture(autouse=True)
def fresh_log():
    """The log as it is before a command or a job of this process has set it up."""
    log = logging.getLogger("deepmirnatar")
    log.handlers.clear()
    log.propagate = True
    log.setLevel(logging.INFO)


@pytest.fixture(scope="session", autouse=True)
def own_cache(cache):
    """No test reads or fills the cache folder of the user, whichever it is; those that write to one have their own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DEEPMIRNATAR_CACHE", str(cache))
        yield


@pytest.fixture(scope="session")
def root() -> Path:
    if not (ROOT / "resources").is_dir():
        pytest.skip("the package is tested alone, without its repository")
    return ROOT


@pytest.fixture(scope="session")
def mirror() -> Path:
    if not MIRROR.is_dir():
        pytest.skip("the mirror of upstream files is not beside this repository")
    return MIRROR


@pytest.fixture(scope="session")
def script():
    """script("filter_pairs") is the module scripts/filter_pairs.py, for its `main`."""

    if not (ROOT / "scripts").is_dir():
        pytest.skip("the package is tested alone, without the workflow's scripts")

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


@pytest.fixture(scope="session")
def weights(tmp_path_factory, rna):
    """A small network, collected as the shipped one is; without PyTorch, which trains it, the shipped one."""
    if importlib.util.find_spec("torch") is None:
        from deepmirnatar.prediction.scorers import WEIGHTS

        return WEIGHTS

    from deepmirnatar.predictors import load_class
    from deepmirnatar.predictors.base import Context

    folder, rng = tmp_path_factory.mktemp("weights"), np.random.default_rng(0)
    rows = [(rna(rng, 22), rna(rng, 40), number % 2) for number in range(80)]
    pairs = pd.DataFrame(rows, columns=["mirna_sequence", "target_sequence", "label"])
    settings = {"epochs": 1, "channels": 4, "hidden": 8, "members": 2, "bfloat16": False}
    model = load_class("interaction_map")(settings)
    model.fit(pairs[:60], pairs[60:], Context(seed=1, device="cpu", checkpoints=folder / "checkpoints"))
    model.save(folder / "sites.safetensors", {"predictor": "interaction_map"})
    return folder


@pytest.fixture(scope="session")
def cache(tmp_path_factory, rna):
    """A cache folder with a small human set: 600 mRNAs, PTEN and PDCD4 among them, and four miRNAs."""
    from deepmirnatar.species.fetch import no_names
    from deepmirnatar.species.file import Species, species_file, write_species

    folder, rng = tmp_path_factory.mktemp("cache"), np.random.default_rng(11)
    mirnas = {
        "hsa-miR-21-5p": "UAGCUUAUCAGACUGAUGUUGA", "hsa-let-7a-5p": "UGAGGUAGUAGGUUGUAUAGUU",
        "hsa-miR-16-5p": "UAGCAGCACGUAAAUAUUGGCG", "mmu-miR-122-5p": "UGGAGUGUGACAAUGGUGUUUG",
    }  # fmt: skip
    rows = []
    for number in range(600):
        utr = rna(rng, 400)
        if number % 3 == 0:
            utr = utr[:200] + "AUAAGCUA" + utr[208:]  # an 8mer of miR-21
        rows.append(("AUG" + "GCU" * 60 + "UAA" + utr, 0, 186))
    mrnas = pd.DataFrame(rows, columns=["sequence", "cds_start", "cds_end"])
    names = ["PTEN", "PDCD4", *(f"GENE{number}" for number in range(598))]
    ids = {"refseq": [f"NM_{number}" for number in range(600)], "entrez": [str(number + 1) for number in range(600)]}
    mrnas.insert(0, "target", names)
    table = pd.DataFrame({"mirna": mirnas.keys(), "mirna_sequence": mirnas.values()})
    human = table[table["mirna"].str.startswith("hsa")].assign(accession="", conserved=True)
    about = {"prefix": "hsa", "names": ""}
    write_species(
        Species("human", mrnas.assign(**ids, ensembl=""), human, no_names(), {}, about), species_file("human", folder)
    )
    (folder / "mature.fa").write_text(
        "".join(f">{name} MIMAT{n:07d} x\n{text}\n" for n, (name, text) in enumerate(mirnas.items()))
    )
    return folder
