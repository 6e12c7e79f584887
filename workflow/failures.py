"""What is said last when jobs have failed: one sentence a job, and the log with its traceback."""

import re
from collections.abc import Iterable
from pathlib import Path

# A failed job in Snakemake's own log, with the path of the job's log.
FAILED = re.compile(r"^Error in (?:rule|group) (\w+).*(?:\n .*)*?\n +log: (.+?)(?: \(check log.*)?$", flags=re.M)
ERROR = re.compile(r"^\S+ \S+ ERROR (.+)$", flags=re.M)


def failures(logs: Iterable[str | Path]) -> list[str]:
    """From Snakemake's own logs: for each failed job the last error in the job's log, and where that log lies."""
    found = []
    for rule, path in FAILED.findall("".join(_text(log) for log in logs)):
        errors = ERROR.findall(_text(path))
        why = errors[-1] if errors else "ended without an error of its own; was it killed, or out of memory?"
        found.append(f"{rule}: {why} (traceback: {path})")
    return list(dict.fromkeys(found))


def _text(path: str | Path) -> str:
    return Path(path).read_text(errors="replace", encoding="utf-8") if Path(path).exists() else ""
