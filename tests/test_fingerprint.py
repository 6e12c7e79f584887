"""What a rule's result depends on in code, read from its script's imports."""

import subprocess
import sys
from pathlib import Path

import pytest

from workflow import fingerprint as fp

ROOT = Path(__file__).parents[1]
SCRIPTS = sorted((ROOT / "scripts").glob("*.py"))
# Prints each script with the library files that Python loads for it.
LOADED = """
import sys, importlib.util
from pathlib import Path
sys.path.insert(0, ".")
for script in sorted(Path("scripts").glob("*.py")):
    for name in [name for name in sys.modules if name.startswith("deepmirnatar")]:
        del sys.modules[name]
    spec = importlib.util.spec_from_file_location(script.stem, script)
    spec.loader.exec_module(importlib.util.module_from_spec(spec))
    files = [module.__file__ for name, module in sys.modules.items() if name.startswith("deepmirnatar")]
    print(script.stem, *[Path(file).resolve().relative_to(Path.cwd()) for file in files if file], sep="\\t")
"""
EMPTY = fp.code_digest(ROOT / "deepmirnatar" / "common" / "__init__.py")


@pytest.fixture
def edited(monkeypatch):
    """edited(path, text) makes a file read as if it held this text."""
    texts = {}
    real = Path.read_text
    monkeypatch.setattr(Path, "read_text", lambda self, *given, **named: texts.get(self) or real(self, *given, **named))

    def edit(path: Path, text: str) -> None:
        texts[path] = text
        for cached in (fp.imports, fp.closure, fp.code_digest, fp.fingerprint):
            cached.cache_clear()

    yield edit
    for cached in (fp.imports, fp.closure, fp.code_digest, fp.fingerprint):
        cached.cache_clear()


def test_every_imported_file_counts_by_its_logic_and_not_by_its_words(edited):
    """An edited file changes the fingerprints of the scripts that import it, and of no other."""
    before = {script: fp.fingerprint(script) for script in SCRIPTS}
    for name in ("rna/seeds.py", "evaluation/metrics.py", "pairs.py", "figures/charts.py", "predictors/base.py"):
        file = ROOT / "deepmirnatar" / name
        behind = {script for script in SCRIPTS if file in fp.closure(frozenset([script]))}
        text = file.read_text()
        edited(file, f"# A comment.\n{text}\n# Another.\n")
        assert {script: fp.fingerprint(script) for script in SCRIPTS} == before, name
        edited(file, f"{text}\nAN_EDIT = 1\n")
        assert behind and {script for script in SCRIPTS if fp.fingerprint(script) != before[script]} == behind, name
        edited(file, text)


def test_what_python_itself_imports_is_counted():
    told = subprocess.run([sys.executable, "-c", LOADED], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    loaded = {line.split("\t")[0]: line.split("\t")[1:] for line in told.splitlines()}
    assert set(loaded) == {script.stem for script in SCRIPTS}
    for script in SCRIPTS:
        files = {ROOT / file for file in loaded[script.stem] if Path(file).parent.name != "common"}
        missed = {file for file in files if fp.code_digest(file) != EMPTY} - fp.closure(frozenset([script]))
        # A package is loaded, with what it imports, on the way to a file in it; what it offers is not used.
        on_the_way = fp.closure(frozenset(file for file in missed if file.name == "__init__.py"))
        assert not missed - on_the_way, script


def test_docstrings_formatting_and_moves_do_not_count(tmp_path):
    one = tmp_path / "one.py"
    one.write_text(
        '"""Says."""\nfrom deepmirnatar.rna.seeds import seed_type\n\ndef f(x):\n    """Old."""\n    return x+1\n'
    )
    two = tmp_path / "two.py"
    two.write_text(
        'from deepmirnatar.elsewhere import (seed_type)\n\ndef f( x ):\n    "New."\n    return x + 1  # why\n'
    )
    three = tmp_path / "three.py"
    three.write_text(one.read_text().replace("x+1", "x+2"))
    assert fp.code_digest(one) == fp.code_digest(two) != fp.code_digest(three)


def test_the_wildcards_choose_the_plug_in_that_counts():
    script = ROOT / "scripts" / "train_model.py"
    models = [frozenset([f"deepmirnatar.predictors.{name}"]) for name in ("papers_network", "pita", "mitar")]
    assert len({fp.fingerprint(script, each) for each in models}) == 3
    # A strategy of negatives decides nothing in a training.
    more = models[0] | {"deepmirnatar.datasets.negatives.matched"}
    assert fp.fingerprint(script, more) == fp.fingerprint(script, models[0])


def test_the_library_has_no_circle_and_every_import_goes_one_way():
    """A package may import those before it, and itself."""
    order = ["common", "rna", "pairs", "sources", "datasets", "training", "embeddings", "predictors", "annotation",
             "species", "repression", "binding", "prediction", "atlas", "activity", "evaluation", "figures", "tables",
             "study", "commands", "cli", "__main__"]  # fmt: skip
    library = ROOT / "deepmirnatar"
    for file in library.rglob("*.py"):
        own = file.relative_to(library).parts[0].removesuffix(".py")
        if own == "__init__":
            continue
        for other in fp.imports(file):
            package = other.relative_to(library).parts[0].removesuffix(".py")
            if package != "__init__":
                assert order.index(package) <= order.index(own), (str(file), str(other))
    # Nor is there a circle between the files of one package.
    graph = {file: fp.imports(file) - {file} for file in library.rglob("*.py")}
    while leaves := [file for file, needed in graph.items() if not needed & graph.keys()]:
        for file in leaves:
            del graph[file]
    circle = {str(file.relative_to(ROOT)) for file in graph}
    assert not circle


def test_what_a_setting_means_and_may_be_does_not_count_and_its_default_does(tmp_path):
    digests = []
    for line in ('setting(1, "rows", least=1)', 'setting(1, "rows of a step", most=9)', 'setting(2, "rows", least=1)'):
        file = tmp_path / f"settings_{len(digests)}.py"
        file.write_text(f"class Settings:\n    size: int = {line}\n")
        digests.append(fp.code_digest(file))
    assert digests[0] == digests[1] != digests[2]
