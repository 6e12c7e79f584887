"""`extends` and `sweep`: from the stanzas as written to complete ones."""

import re
from copy import deepcopy
from functools import reduce

from deepmirnatar.study.schema import ConfigError, shown, unknown


def resolve(stanzas: dict, what: str, own_name: str | None = None) -> dict[str, dict]:
    """Every stanza with its `extends` chain applied and its sweeps unfolded.

    `own_name` is a key that takes the stanza's own name where a chain begins without it.
    """

    def complete(name: str, seen: tuple) -> dict:
        if name in seen:
            raise ConfigError(f"{what}.{name}: extends itself by way of {' -> '.join(seen)}; take one out")
        own = deepcopy(stanzas[name] or {})
        parent = own.pop("extends", None)
        own.pop("sweep", None)
        if parent is None:
            return {own_name: name, **own} if own_name else own
        if parent not in stanzas:
            raise unknown(parent, stanzas, f"{what}.{name}.extends")
        return merge_stanzas(complete(parent, (*seen, name)), own)

    done = {name: complete(name, ()) for name in stanzas}
    for name, stanza in stanzas.items():
        for key, values in ((stanza or {}).get("sweep") or {}).items():
            for value in values:
                if value is None or not re.fullmatch(r"[\w.+-]+", str(value)):
                    raise ConfigError(
                        f"{what}.{name}.sweep.{key}: {shown(value)} cannot be part of a name; give it its own stanza"
                    )
                label = f"{done[name].get('label', name)}, {key.replace('_', ' ')} {value}"
                point = merge_stanzas(done[name], {"settings": {key: value}, "label": label})
                done.setdefault(f"{name}.{key}-{value}", point)
    return done


def with_strategies(config: dict, layers: list[dict]) -> dict:
    """`config`, which Snakemake has laid together key by key, with each `strategy` map as `merge_stanzas` has it.

    `layers`: the config files and --config, lowest first. Where an upper one names another strategy, keys of the one
    below would else stay.
    """
    told = reduce(merge_stanzas, layers)
    for layer in layers[1:]:
        for name, stanza in _items(layer.get("datasets")):
            for key, value in _items(stanza):
                if isinstance(value, dict) and "strategy" in value:
                    config["datasets"][name][key] = told["datasets"][name][key]
    return config


def _items(stanza: object) -> list[tuple]:
    """For mappings only; the schema rejects anything else."""
    return list(stanza.items()) if isinstance(stanza, dict) else []


def merge_stanzas(base: dict, over: dict) -> dict:
    """Maps merge, everything else is replaced; so is a map that names another `strategy`, whose keys are others."""
    if "strategy" in over and over["strategy"] != base.get("strategy"):
        return deepcopy(over)
    out = deepcopy(base)
    for key, value in over.items():
        both = isinstance(value, dict) and isinstance(out.get(key), dict)
        out[key] = merge_stanzas(out[key], value) if both else deepcopy(value)
    return out
