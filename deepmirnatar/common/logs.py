"""Logging and progress of one job: into its log file and, shortly, onto the terminal."""

import logging
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from tqdm import tqdm

log = logging.getLogger("deepmirnatar")


def log_to(path: str | Path | None) -> None:
    """Send log lines, warnings and uncaught exceptions of this process to `path` and to stderr."""
    log.setLevel(logging.INFO)
    log.propagate = False
    log.handlers.clear()
    shown = logging.StreamHandler(sys.stderr)
    shown.setFormatter(logging.Formatter("    %(message)s"))
    handlers: list[logging.Handler] = [shown]
    if path:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        kept = logging.FileHandler(path, mode="w")
        kept.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        handlers.append(kept)
        warnings = logging.getLogger("py.warnings")
        logging.captureWarnings(True)
        warnings.handlers = [kept]
        warnings.propagate = False
    for handler in handlers:
        log.addHandler(handler)

    def uncaught(kind, error, trace):
        # The terminal gets the sentence, the log gets the traceback as well.
        shown.setLevel(logging.CRITICAL + 1)
        log.error("%s: %s", kind.__name__, error, exc_info=(kind, error, trace))
        print(f"    {kind.__name__}: {error}", file=sys.stderr)

    sys.excepthook = uncaught


def progress(items: Iterable, what: str, total: int | None = None, unit: str = "it") -> Iterator:
    """Iterate with a progress bar on a terminal, or with a log line every tenth (or minute) elsewhere."""
    total = len(items) if total is None and hasattr(items, "__len__") else total
    if sys.stderr.isatty():
        yield from tqdm(items, desc=f"    {what}", total=total, unit=unit, leave=False, dynamic_ncols=True)
        return
    start = last = time.monotonic()
    step = max(1, (total or 0) // 10)
    for done, item in enumerate(items, start=1):
        yield item
        now = time.monotonic()
        if (total and done % step == 0 and now - last > 5) or now - last > 60:
            log.info("%s: %s of %s %s, %.0f s", what, done, total or "?", unit, now - start)
            last = now
