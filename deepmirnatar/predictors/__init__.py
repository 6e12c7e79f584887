"""One file per predictor, one interface. `load_class(name)` finds it by its file name.

A predictor's file defines

    Settings    a dataclass: every setting with its default
    Predictor   a subclass of `base.Predictor`: fit(train, valid), predict(pairs), state(), restore()

and imports heavy libraries inside functions, because the workflow imports it to check settings.
"""

from contextlib import suppress
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path


def load_class(name: str):
    """The Predictor class of `deepmirnatar/predictors/{name}.py`; ValueError when there is no such file."""
    if not name.isidentifier() or find_spec(f"deepmirnatar.predictors.{name}") is None:
        raise ValueError(f"no predictor {name!r}: there is no file deepmirnatar/predictors/{name}.py")
    predictor = getattr(import_module(f"deepmirnatar.predictors.{name}"), "Predictor", None)
    if not hasattr(predictor, "Settings"):
        raise ValueError(f"deepmirnatar/predictors/{name}.py defines no Predictor with Settings")
    return predictor


def names() -> list[str]:
    """All predictors: the files next to this one that `load_class` takes, so not the bases that they share."""
    found = []
    for path in sorted(Path(__file__).parent.glob("[!_]*.py")):
        with suppress(ValueError):
            load_class(path.stem)
            found.append(path.stem)
    return found
