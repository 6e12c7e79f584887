"""Stanzas of `activity`: tables of fold changes whose miRNAs are asked for."""

from pathlib import Path

from deepmirnatar.common.settings import defaults_of
from deepmirnatar.common.text import missing_file
from deepmirnatar.study.keys import Activity
from deepmirnatar.study.schema import ConfigError

DEFAULTS = defaults_of(Activity)
FILES = ["table", "mirnas", "targets", "expressed", "background"]
PREDICTED_FROM = ["species", "mirnas", "targets", "quick"]


def complete(name: str, stanza: dict, root: Path) -> dict:
    """A stanza with its defaults. ConfigError where a key or a file is missing."""
    place, done = f"activity.{name}", {**DEFAULTS, **stanza}
    if "table" not in done:
        raise ConfigError(f"{place}: needs `table`, fold changes or a list of genes")
    if (done["mirnas"] is None) != (done["targets"] is None):
        raise ConfigError(f"{place}: own `mirnas` and own `targets` go together; give both, or a `species`")
    for key in FILES:
        if done[key] and (wrong := missing_file(done[key], root)):
            raise ConfigError(f"{place}.{key}: {wrong}")
    return done


def shared(stanzas: dict[str, dict]) -> dict[str, str]:
    """Stanza -> the first stanza that is predicted from the same sequences in the same way."""
    keys = {name: tuple(stanza[key] for key in PREDICTED_FROM) for name, stanza in stanzas.items()}
    first = {key: name for name, key in reversed(keys.items())}
    return {name: first[key] for name, key in keys.items()}
