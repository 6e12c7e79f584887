"""Functions compiled by numba; what is compiled is kept on disk where a place can be written."""

from collections.abc import Callable
from contextlib import suppress

import numba


def jit(function: Callable | None = None, **options) -> Callable:
    """`numba.njit` with its cache, or without one where nothing may be written (read-only package, no home folder).

    As a decorator, with or without numba's options.
    """
    if function is None:
        return lambda function: jit(function, **options)
    try:
        compiled = numba.njit(cache=True, **options)(function)
    except RuntimeError:  # numba knows no folder for the cache
        return numba.njit(**options)(function)
    _forgive(compiled)
    return compiled


def _forgive(compiled) -> None:
    """A cache that is full, damaged or taken away later only costs the time to compile."""
    cache = compiled._cache
    save, load = cache.save_overload, cache.load_overload

    def save_overload(signature, data):
        with suppress(OSError):
            save(signature, data)

    def load_overload(signature, target_context):
        with suppress(OSError, EOFError, ValueError, ImportError):
            return load(signature, target_context)
        return None

    cache.save_overload, cache.load_overload = save_overload, load_overload
