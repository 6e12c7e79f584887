"""Mistakes in the config, each told in one sentence: place, value, remedy."""

import re
from collections.abc import Iterable

from deepmirnatar.common.spelling import did_you_mean


class ConfigError(ValueError):
    """A mistake in the config; the message names the place and the remedy."""


def unknown(name: object, known: Iterable[str], what: str) -> ConfigError:
    """An error for a name that is none of `known`, with the nearest one suggested."""
    known = list(known)
    return ConfigError(
        f"{what}: {name!r} is not known.{did_you_mean(name, known)} Known: {', '.join(sorted(known)) or 'none'}."
    )


def check_schema(config: dict, schema: dict, within: str = "") -> None:
    """Say the first breach of the schema in one line: place, value, and the nearest known key or value.

    `within` is the place of a part of the config that is checked on its own.
    """
    import jsonschema

    errors = jsonschema.Draft202012Validator(schema).iter_errors(config)
    for error in sorted(errors, key=lambda error: len(error.path)):
        place = ".".join(filter(None, [within, *map(str, error.absolute_path)])) or "the top level"
        raise _breach(error, place)


# What a value should be, by its type in the schema.
_WANTED = {
    "integer": "a whole number",
    "number": "a number",
    "string": "text",
    "boolean": "true or false",
    "array": "a list, [A, B]",
    "object": "a map of keys to values",
    "null": "null",
}


def _breach(error, place: str) -> ConfigError:
    found, rule = error.instance, error.validator_value
    if error.validator == "additionalProperties":
        known = error.schema.get("properties", {})
        return unknown(next(key for key in found if key not in known), known, place)
    if error.validator == "enum":
        return unknown(found, map(str, rule), place)
    if error.validator == "type":
        wanted = " or ".join(_WANTED[name] for name in ([rule] if isinstance(rule, str) else rule))
        # YAML takes 1e-3 for text.
        text = isinstance(found, str) and "number" in wanted and re.fullmatch(r"[\d.]+e[+-]?\d+", found)
        hint = f"; write it with a point, 1.0e-3, not {found}" if text else ""
        return ConfigError(f"{place}: {found!r} should be {wanted}{hint}")
    limits = {
        "minimum": "below the smallest allowed,",
        "maximum": "above the largest allowed,",
        "exclusiveMinimum": "not above",
        "exclusiveMaximum": "not below",
    }
    if error.validator in limits:
        return ConfigError(f"{place}: {found!r} is {limits[error.validator]} {rule}")
    if error.validator == "required":
        return ConfigError(f"{place}: needs {error.message.split(chr(39))[1]!r}")
    if error.validator == "pattern":
        return ConfigError(f"{place}: {found!r} is no name; take lower-case letters, digits and _, a letter first")
    return ConfigError(f"{place}: {error.message}")
