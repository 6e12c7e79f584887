"""One fingerprint per script: what its result depends on in code, so that an edit reruns exactly its dependants.

A script's code is the script, every library file that it imports at any depth, and of each package of plug-ins that
it imports (predictors, embedding kinds, strategies, parsers, figures) the plug-in that the wildcards choose. Comments,
docstrings, what a setting means and may be, formatting and the library's own import lines do not count, so that a file
can be moved or explained for free. `common/` moves and prints tables and decides no result: it does not count either,
but for its readers of users' files.
"""

import ast
import hashlib
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LIBRARY = "deepmirnatar"
READERS = ("fasta", "tables", "text")  # of `common/`


@cache
def imports(path: Path) -> frozenset[Path]:
    """Library files that a file imports itself, inside functions too."""
    modules = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        # The library's own front, with its version and its short names, decides nothing.
        modules |= {name for name in names if name.startswith(f"{LIBRARY}.")}
    return frozenset(file for name in modules if (file := module_file(name)))


def module_file(name: str) -> Path | None:
    """The file of a dotted module name, such as `deepmirnatar.rna.seeds`; None where it names no module."""
    base = ROOT.joinpath(*name.split("."))
    return next((file for file in (base.with_suffix(".py"), base / "__init__.py") if file.exists()), None)


@cache
def closure(files: frozenset[Path]) -> frozenset[Path]:
    """These files and all library files that they import, at any depth, of `common/` the readers alone."""
    found, waiting = set(), list(files)
    while waiting:
        file = waiting.pop()
        if file not in found and (file.parent != ROOT / LIBRARY / "common" or file.stem in READERS):
            found.add(file)
            waiting += imports(file)
    return frozenset(found)


@cache
def code_digest(path: Path) -> str:
    """Digest of a file's logic."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "setting":
            node.args, node.keywords = node.args[:1], []
        body = getattr(node, "body", None)
        if not isinstance(body, list):
            continue
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node, clean=False):
            body.pop(0)
        body[:] = [each for each in body if not _own_import(each)] or [ast.Pass()]
    return hashlib.sha256(ast.unparse(tree).encode()).hexdigest()


def _own_import(node: ast.stmt) -> bool:
    return isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == LIBRARY


@cache
def fingerprint(script: Path, plug_ins: frozenset[str] = frozenset()) -> str:
    """Digest of a script's code. `plug_ins` are dotted names; those whose package the script imports are read."""
    files = closure(frozenset([script]))
    packages = {file.parent for file in files if file.name == "__init__.py"}
    chosen = {file for name in plug_ins if (file := module_file(name)) and file.parent in packages}
    files = closure(frozenset([script, *chosen]))
    digests = sorted({code_digest(file) for file in files})
    return hashlib.sha256("".join(digests).encode()).hexdigest()[:16]


def add_fingerprints(rules: Iterable, plug_ins: Callable) -> None:
    """Give every rule that runs one of this workflow's scripts the param `code`, the script's fingerprint.

    `plug_ins(wildcards)` names the plug-ins that a job's wildcards choose.
    """
    for rule in rules:
        script = ROOT / "scripts" / Path(rule.script).name if rule.script else None
        if script and script.exists() and "code" not in rule.params.keys():  # noqa: SIM118
            rule.set_params(code=_of_job(script, plug_ins))


def _of_job(script: Path, plug_ins: Callable) -> Callable:
    return lambda wildcards: fingerprint(script, frozenset(plug_ins(wildcards)))
