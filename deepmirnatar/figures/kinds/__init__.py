"""One file per kind of figure, one interface (`figures.base`). `load_class(name)` finds it by its file name.

The workflow imports these files to plan, so they load heavy libraries (matplotlib, scikit-learn) inside functions.
"""

import pkgutil
from importlib import import_module

from deepmirnatar.figures import base


def names() -> list[str]:
    """All kinds: the files next to this one."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__))


def load_class(name: str) -> type[base.Figure]:
    """The Figure class of `deepmirnatar/figures/kinds/{name}.py`; ValueError when there is none."""
    if name not in names():
        raise ValueError(f"no figure {name!r}: there is no file deepmirnatar/figures/kinds/{name}.py")
    figure = getattr(import_module(f"{__name__}.{name}"), "Figure", None)
    if not (isinstance(figure, type) and issubclass(figure, base.Figure)):
        raise ValueError(f"deepmirnatar/figures/kinds/{name}.py defines no Figure")
    for key, given, choices in (("reads", figure.reads, base.READS), ("per", [figure.per], base.DRAWN)):
        wrong = [each for each in given if each not in choices]
        if wrong:
            raise ValueError(f"figures/kinds/{name}.py: `{key}` has {wrong[0]!r}; known are {', '.join(choices)}")
    return figure
