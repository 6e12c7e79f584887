"""One table to its three files and a summary on the terminal."""

from pathlib import Path

from deepmirnatar.activity.explain import Result, explain_changes
from deepmirnatar.activity.outputs import save, summary
from deepmirnatar.common.logs import log


def explain_file(table: str | Path, out: str | Path, title: str | None = None, **options) -> Result:
    """Write families.tsv, targets.tsv and report.html of a table to the folder `out`, and print what was found.

    `title`: what the page calls the table; default: its file's name. `options` as of `explain.explain_changes`.
    """
    result = explain_changes(table, **options)
    print(summary(result))
    for path in save(result, out, title or Path(table).name):
        log.info("  %s", path)
    return result
