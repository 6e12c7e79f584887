"""Logging and progress of one job: into its log file and, shortly, onto the terminal."""

import errno
import logging
import sys
import time
import traceback
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import NamedTemporaryFile

from tqdm import tqdm

log = logging.getLogger("deepmirnatar")


def forgive_terminal() -> None:
    """Print what a terminal's encoding lacks, such as − in ISO-8859-1, as a question mark."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def log_to(path: str | Path | None) -> None:
    """Send log lines and warnings of this process to `path` and to stderr.

    Of an exception that nothing catches the terminal gets one sentence, the log gets the traceback and the sentence.
    """
    log.setLevel(logging.INFO)
    log.propagate = False
    log.handlers.clear()
    shown = logging.StreamHandler(sys.stderr)
    shown.setFormatter(logging.Formatter("    %(message)s"))
    handlers: list[logging.Handler] = [shown]
    if path:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        kept = logging.FileHandler(path, mode="w", encoding="utf-8")
        kept.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        handlers.append(kept)
        warnings = logging.getLogger("py.warnings")
        logging.captureWarnings(True)
        warnings.handlers = [kept]
        warnings.propagate = False
    for handler in handlers:
        log.addHandler(handler)

    def uncaught(kind, error, trace):
        text = "".join(traceback.format_exception(kind, error, trace))
        if path:
            where = path
            log.removeHandler(shown)
            log.error("%s", text)
            log.error("%s", sentence(error))  # last, where whoever opens the log looks first
        else:
            with NamedTemporaryFile("w", prefix="deepmirnatar-", suffix=".log", delete=False, encoding="utf-8") as file:
                file.write(text)
            where = file.name
        print(f"    {sentence(error)} (traceback: {where})", file=sys.stderr)

    sys.excepthook = uncaught


def sentence(error: BaseException) -> str:
    """What went wrong, and what to do, in one sentence. Our own errors say both themselves."""
    if isinstance(error, ModuleNotFoundError):
        package = error.name.partition(".")[0]
        return (
            f"{sys.executable} lacks the package {package!r}: activate the environment that `make` sets up "
            "(. .venv/bin/activate), or run with --sdm conda"
        )
    if isinstance(error, MemoryError):
        return f"out of memory ({error or 'MemoryError'}): use smaller settings or a machine with more memory"
    if isinstance(error, KeyboardInterrupt):
        return "stopped; finished files are complete"
    if isinstance(error, OSError) and error.strerror:
        place = f"{error.filename}: " if error.filename else ""
        full = "; free some space and run again" if error.errno in (errno.ENOSPC, errno.EDQUOT) else ""
        return f"{place}{error.strerror}{full}"
    if isinstance(error, ValueError | RuntimeError | OSError) and str(error):
        return str(error)
    return f"{type(error).__name__}: {error}; this is a fault of the program, report it with the traceback"


def progress(items: Iterable, what: str, total: int | None = None, unit: str = "it", each: int = 1) -> Iterator:
    """Iterate with a progress bar on a terminal, or with a log line every tenth (or minute) elsewhere.

    `total` counts units; an item brings `each` of them, the last one what is left.
    """
    total = len(items) if total is None and hasattr(items, "__len__") else total
    shown = sys.stderr.isatty()
    start = last = time.monotonic()
    step = max(1, (total or 0) // each // 10)
    form = {"unit": f" {unit}", "leave": False, "dynamic_ncols": True}
    with tqdm(desc=f"    {what}", total=total, disable=not shown, **form) as bar:
        for number, item in enumerate(items, start=1):
            yield item
            done = min(number * each, total or number * each)
            bar.update(done - bar.n)
            now = time.monotonic()
            if not shown and ((total and number % step == 0 and now - last > 5) or now - last > 60):
                log.info("%s: %s of %s %s, %.0f s", what, done, total or "?", unit, now - start)
                last = now
