"""Mistakes in the config, one sentence each: place, value, remedy."""

import math
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from types import NoneType

from deepmirnatar.common.did_you_mean import did_you_mean

# Keys whose values name files.
PATHS = ("table", "mirnas", "targets", "annotation", "genome", "transcripts", "known", "weights", "mirror")


class ConfigError(ValueError):
    """A mistake in the config; the message names the place and the remedy."""


def unknown(name: object, known: Iterable[str], what: str) -> ConfigError:
    """An error for a name that is none of `known`, with the nearest one suggested."""
    known = list(known)
    return ConfigError(
        f"{what}: {shown(name)} is not known.{did_you_mean(name, known)} Known: {', '.join(sorted(known)) or 'none'}."
    )


def check_keys(path: str | Path) -> None:
    """Refuse a YAML file that has a key twice; a reader of YAML takes the last one and forgets the first."""
    import yaml

    def walk(node: yaml.Node, place: str) -> None:
        if isinstance(node, yaml.SequenceNode):
            for part in node.value:
                walk(part, place)
        if not isinstance(node, yaml.MappingNode):
            return
        line_of = {}
        for key, value in node.value:
            line = key.start_mark.line + 1
            if str(key.value) in line_of and key.tag != "tag:yaml.org,2002:merge":
                where = f" in {place}" if place else ""
                raise ConfigError(
                    f"{path}, line {line}: the key {key.value!r} occurs twice{where}, first in line "
                    f"{line_of[str(key.value)]}; put both together"
                )
            # A key may be a list or a map.
            line_of[str(key.value)] = line
            walk(value, f"{place}.{key.value}" if place else str(key.value))

    try:
        walk(yaml.compose(Path(path).read_text(encoding="utf-8"), Loader=yaml.SafeLoader), "")
    except yaml.YAMLError:
        return  # JSON with tabs, which Snakemake has read
    except RecursionError:
        raise ConfigError(f"{path}: the alias (*) refers to a block that contains it; remove it") from None


def check_paths(config: object, place: str = "", key: str = "") -> None:
    """Refuse braces in the name of a file, which Snakemake takes for a wildcard."""
    if isinstance(config, dict):
        for name, value in config.items():
            check_paths(value, f"{place}.{name}".removeprefix("."), name)
    elif isinstance(config, list):
        for value in config:
            check_paths(value, place, key)
    elif key in PATHS and isinstance(config, str) and re.search("[{}]", config):
        raise ConfigError(f"{place}: {config!r} holds a brace, which Snakemake takes for a wildcard; rename the file")


def check_schema(config: dict, schema: dict, within: str = "") -> None:
    """Say the first breach of the schema in one line: place, value, and the nearest known key or value.

    `within` is the place of a part of the config that is checked on its own.
    """
    _check_keys(config, within)
    errors = _validator()(schema).iter_errors(config)
    for error in sorted(errors, key=lambda error: len(error.path)):
        place = ".".join(filter(None, [within, *map(str, error.absolute_path)])) or "the top level"
        raise _breach(error, place)


@cache
def _validator() -> type:
    """The draft's validator, stricter about numbers."""
    import jsonschema

    # Not a whole number: 3.0, which JSON takes for one. Not a number: .nan, .inf.
    types = jsonschema.Draft202012Validator.TYPE_CHECKER.redefine_many(
        {
            "integer": lambda _, value: isinstance(value, int) and not isinstance(value, bool),
            "number": lambda _, value: type(value) in (int, float) and math.isfinite(value),
        }
    )
    return jsonschema.validators.extend(jsonschema.Draft202012Validator, type_checker=types)


def _check_keys(part: object, place: str) -> None:
    """YAML reads some bare words as other things than text: 7, yes, null."""
    if isinstance(part, dict):
        for key, value in part.items():
            if not isinstance(key, str):
                raise ConfigError(f"{place or 'the top level'}: the key {shown(key)} should be text; put it in quotes")
            _check_keys(value, f"{place}.{key}" if place else key)


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


# Keyword of a schema -> how a value breaks it.
_LIMITS = {
    "minimum": "is below the smallest allowed,",
    "maximum": "is above the largest allowed,",
    "exclusiveMinimum": "is not above",
    "exclusiveMaximum": "is not below",
    "maxLength": "has more letters than",
}


def _breach(error, place: str) -> ConfigError:
    found, rule = error.instance, error.validator_value
    if error.validator == "anyOf":
        # The alternative that a value of this type was meant for.
        inner = [each for each in error.context if each.validator != "type" or each.relative_path]
        if inner:
            return _breach(inner[0], ".".join([place, *map(str, inner[0].relative_path)]))
        wanted = " or ".join(_WANTED[each["type"]] for each in rule)
        return ConfigError(f"{place}: {shown(found)} should be {wanted}")
    if error.validator == "additionalProperties":
        known = error.schema.get("properties", {})
        return unknown(next(key for key in found if key not in known), known, place)
    if error.validator == "enum":
        return unknown(found, map(str, rule), place)
    if error.validator == "type":
        wanted = " or ".join(_WANTED[name] for name in ([rule] if isinstance(rule, str) else rule))
        strategy = isinstance(found, str) and place.endswith((".split", ".negatives"))
        remedy = f"; write {{strategy: {found}}}" if strategy else _remedy(found, wanted)
        return ConfigError(f"{place}: {shown(found)} should be {wanted}{remedy}")
    if error.validator in _LIMITS:
        return ConfigError(f"{place}: {shown(found)} {_LIMITS[error.validator]} {rule}")
    if error.validator == "required":
        return ConfigError(f"{place}: needs {error.message.split(chr(39))[1]!r}")
    if error.validator == "pattern":
        return ConfigError(
            f"{place}: {found!r} is not a valid name: use lower-case letters, digits and _, starting with a letter"
        )
    if error.validator == "uniqueItems":
        twice = next(each for number, each in enumerate(found) if each in found[:number])
        return ConfigError(f"{place}: {shown(twice)} occurs twice; name it once")
    if error.validator == "minItems":
        return ConfigError(f"{place}: is empty; give at least one, or leave the key out")
    if error.validator == "minLength":
        return ConfigError(f"{place}: is empty; fill it in, or take it out")
    return ConfigError(f"{place}: {error.message}")


def _remedy(found: object, wanted: str) -> str:
    """What to write instead of a value of the wrong type."""
    # YAML takes 1e-3 for text.
    if isinstance(found, str) and "number" in wanted and re.fullmatch(r"[-+]?[\d.]+e[+-]?\d+", found, flags=re.I):
        return f"; write {float(found):.0f}" if "whole" in wanted else f"; write it with a point, 1.0e-3, not {found}"
    if isinstance(found, str) and "number" in wanted and re.fullmatch(r"[-+]?\d+(\.\d*)?", found):
        return f"; write {found} without quotes"
    if isinstance(found, str) and "number" in wanted and re.fullmatch(r"\d+,\d+", found):
        return f"; write it with a point, {found.replace(',', '.')}"
    if isinstance(found, str) and "true" in wanted:
        return "; write true or false without quotes"
    if isinstance(found, float) and "whole" in wanted and found.is_integer():
        return f"; write {found:.0f}"
    if isinstance(found, bool) and "text" in wanted:
        return "; YAML reads yes, no, on and off as true and false, so put them in quotes"
    if "text" in wanted and not isinstance(found, dict | list | NoneType):
        return "; put it in quotes"
    return ""


def shown(value: object) -> str:
    """A value as the config has it, without the middle if it is long."""
    if isinstance(value, float) and not math.isfinite(value):
        return f"{value} (not a number)" if math.isnan(value) else f"{value}"
    text = repr(value) if isinstance(value, str | int | float | list | dict) else str(value)
    if not isinstance(value, str):
        text = text.replace("None", "null")
    return text if len(text) <= 80 else f"{text[:60]}...{text[-10:]}"
