"""Settings are dataclasses; each field has, next to its default, its meaning and its limits.

The schema that a stanza is checked against, the tables of config/README.md and the sentences about mistakes follow.
"""

from copy import deepcopy
from dataclasses import MISSING, dataclass, field, fields
from types import NoneType, UnionType
from typing import get_args, get_origin, get_type_hints

_NAMES = {int: "integer", float: "number", str: "string", bool: "boolean", NoneType: "null"}
_LIMITS = {"least": "minimum", "most": "maximum", "above": "exclusiveMinimum", "below": "exclusiveMaximum"}
ABSENT = object()  # the default of a key that is not there unless it is given
SIZE = {"least": 1, "most": 4096}  # of layers and vectors


def setting(default, meaning: str, choices=(), keys=(), **rules):
    """A field of a settings dataclass; a subclass that gives it another default keeps its meaning and rules.

    Rules: `least` and `most`, which are allowed, and `above` and `below`, which are not, of a number or of the numbers
    in a list; every other rule is a keyword of JSON schema. `keys` are those that a map may have.
    """
    limits = {_LIMITS[name]: value for name, value in rules.items() if name in _LIMITS}
    others = {name: value for name, value in rules.items() if name not in _LIMITS}
    if choices:
        others["enum"] = list(choices)
    about = {"meaning": meaning, "limits": limits, "rules": others, "keys": keys}
    if isinstance(default, list | dict):
        return field(default_factory=lambda: deepcopy(default), metadata=about)
    return field(default=default, metadata=about)


@dataclass
class NoSettings:
    """For what has none."""


def schema_of(settings: type) -> dict:
    """JSON schema of a settings dataclass, whose fields are int, float, str, bool, list[...], dict or unions of them.

    A field without `setting` is accepted, without a meaning and limits.
    """
    hints, properties = get_type_hints(settings), {}
    for each in fields(settings):
        about = _about(settings, each.name)
        rules = about.get("rules", {})
        kind = {} if "enum" in rules else _schema(hints[each.name], about.get("limits", {}))
        if about.get("keys"):
            kind = {**kind, "properties": dict.fromkeys(about["keys"], kind["additionalProperties"])}
            kind["additionalProperties"] = False
        default = default_of(each)
        given = {} if default is ABSENT else {"default": default}
        properties[each.name] = {"description": about.get("meaning", ""), **kind, **rules, **given}
    return {"type": "object", "additionalProperties": False, "properties": properties}


def defaults_of(settings: type) -> dict:
    """Name -> default, of the fields that have one."""
    given = {each.name: default_of(each) for each in fields(settings)}
    return {name: default for name, default in given.items() if default is not ABSENT}


def default_of(each) -> object:
    """The value that a dataclass field takes where none is given."""
    return each.default if each.default is not MISSING else each.default_factory()


def _about(settings: type, name: str) -> dict:
    """What the nearest class says of a field."""
    known = (kind.__dict__.get("__dataclass_fields__", {}).get(name) for kind in settings.__mro__)
    return next((each.metadata for each in known if each is not None and each.metadata), {})


def _schema(hint, limits: dict) -> dict:
    kind, parts = get_origin(hint) or hint, get_args(hint)
    if kind is dict:
        return {"type": "object"} | ({"additionalProperties": _schema(parts[1], limits)} if parts else {})
    if kind is list:
        return {"type": "array"} | ({"items": _item(parts[0], limits)} if parts else {})
    if isinstance(hint, UnionType) and not set(parts) <= set(_NAMES):
        return {"anyOf": [_item(part, limits) for part in parts]}
    names = [_NAMES[part] for part in parts] if isinstance(hint, UnionType) else _NAMES[hint]
    return {"type": names, **(limits if {int, float} & {hint, *parts} else {})}


def _item(hint, limits: dict) -> dict:
    return _schema(hint, limits) | ({"minLength": 1} if hint is str else {})
