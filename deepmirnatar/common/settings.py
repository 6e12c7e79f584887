"""Settings of predictors and embedders: dataclasses, and the JSON schema that a stanza is checked against."""

from dataclasses import field, fields
from types import NoneType, UnionType
from typing import get_args, get_origin, get_type_hints

_NAMES = {int: "integer", float: "number", str: "string", bool: "boolean", NoneType: "null"}


def one_of(*choices: str):
    """A field for one of these words; the first is the default."""
    return field(default=choices[0], metadata={"choices": list(choices)})


def schema_of(settings: type) -> dict:
    """JSON schema of a settings dataclass, whose fields are int, float, str, bool, list[...] or a union of them."""
    hints = get_type_hints(settings)
    properties = {}
    for each in fields(settings):
        choices = each.metadata.get("choices")
        properties[each.name] = {"enum": choices} if choices else _schema(hints[each.name])
    return {"type": "object", "additionalProperties": False, "properties": properties}


def _schema(hint) -> dict:
    if get_origin(hint) is list:
        return {"type": "array", "items": _schema(get_args(hint)[0])}
    if isinstance(hint, UnionType):
        return {"type": [_NAMES[part] for part in get_args(hint)]}
    return {"type": _NAMES[hint]}
