"""JSON, an object a line: OpenX's serde, which reads nearly everything, and Hive's, which does not.

A line that is no JSON object fails the query; with `ignore.malformed.json` it is a row of
NULLs. Stricter here than OpenX's serde on Athena: a second object on a line, which it drops
without a word, fails the query too, and so does a line that begins with anything but `{`.

Source: https://docs.aws.amazon.com/athena/latest/ug/json-serde.html
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from harness.cloud.engines.athena.hive_types import INTEGERS, HiveType
from harness.cloud.engines.athena.query_errors import QueryError, bad_data
from harness.cloud.engines.athena.serde import values
from harness.cloud.engines.athena.serde.layout import Layout, lines
from harness.cloud.engines.athena.serde.values import NotOfType

_TEXTS = ("string", "varchar", "char")
MILLIS_DIGITS = 13
"""A whole number of so many digits is milliseconds, a shorter one seconds."""


class Literal(str):
    """A JSON number, as it is written."""

    __slots__ = ()


def openx_json(content: bytes, layout: Layout) -> Iterator[dict[str, Any]]:
    """The rows of an object, as org.openx.data.jsonserde.JsonSerDe reads them."""
    names = _openx_names(layout)
    lenient = layout.flag("use.null.for.invalid.data")
    for number, line in enumerate(lines(content, layout), 1):
        found = _object(line, layout, number, skip_blank=True)
        keyed = {_openx_key(key, layout): value for key, value in found.items()}
        yield {
            column: _field(keyed.get(names[column]), wanted, position, _openx_value, layout, lenient=lenient)
            for position, (column, wanted) in enumerate(layout.columns)
        }


def hive_json(content: bytes, layout: Layout) -> Iterator[dict[str, Any]]:
    """The rows of an object, as org.apache.hive.hcatalog.data.JsonSerDe reads them."""
    for number, line in enumerate(lines(content, layout), 1):
        found = {key.lower(): value for key, value in _object(line, layout, number).items()}
        yield {
            column: _field(found.get(column), wanted, position, _hive_value, layout)
            for position, (column, wanted) in enumerate(layout.columns)
        }


def _object(line: str, layout: Layout, number: int, *, skip_blank: bool = False) -> dict[str, Any]:
    if skip_blank and not line.strip():
        return {}  # OpenX: a row of NULLs
    try:
        found = json.loads(line, parse_int=Literal, parse_float=Literal, parse_constant=Literal)
    except (ValueError, RecursionError) as error:
        found, why = None, str(error)
    else:
        why = "A JSONObject text must begin with '{'"
    if isinstance(found, dict):
        return found
    if layout.flag("ignore.malformed.json"):
        return {}
    raise QueryError(
        "HIVE_CURSOR_ERROR", f"Row is not a valid JSON Object - JSONException: {why} [{layout.where}, line {number}]"
    )


def _openx_names(layout: Layout) -> dict[str, str]:
    """The key that each column is read from."""
    mapped = {name: layout.properties.get(f"mapping.{name}", name) for name, _ in layout.columns}
    if layout.flag("case.insensitive", default=True):
        return {name: key.lower() for name, key in mapped.items()}
    return mapped


def _openx_key(key: str, layout: Layout) -> str:
    key = key.replace(".", "_") if layout.flag("dots.in.keys") else key
    return key.lower() if layout.flag("case.insensitive", default=True) else key


def _field(value: Any, wanted: HiveType, position: int, convert: Any, layout: Layout, *, lenient: bool = False) -> Any:
    try:
        return convert(value, wanted)
    except NotOfType:
        if lenient:
            return None
        shown = value if isinstance(value, str) else _text(value)
        raise bad_data(
            f"Error parsing field value '{shown}' for field {position}: "
            f'For input string: "{shown}" as {wanted.trino} [{layout.where}]'
        ) from None


def _openx_value(value: Any, wanted: HiveType) -> Any:
    kind = wanted.kind
    if value is None:
        return None
    if kind in ("array", "map", "struct"):
        return _nested(value, wanted)
    if kind in _TEXTS:
        return values.scalar(value if type(value) is str else _text(value), wanted)
    if kind == "boolean":
        return value is True or (isinstance(value, str) and value.lower() == "true")
    if isinstance(value, dict | list | bool):
        raise NotOfType(_text(value))
    if kind == "timestamp":
        return _openx_timestamp(value)
    if kind == "date" and value.lstrip("-").isdecimal():
        return values.day_of_number(values.whole(value, "bigint"))
    if kind == "binary":
        return values.base64_blob(value)
    return values.scalar(value, wanted)


def _nested(value: Any, wanted: HiveType) -> Any:
    blank = isinstance(value, str) and not value.strip()
    if wanted.kind == "array":
        if blank:
            return None
        return [_openx_value(item, wanted.inner[0]) for item in (value if isinstance(value, list) else [value])]
    if blank:
        return None
    if not isinstance(value, dict):
        raise NotOfType(_text(value))
    return _mapping(value, wanted, _openx_value)


def _mapping(value: dict[str, Any], wanted: HiveType, convert: Any) -> dict[str, Any]:
    if wanted.kind == "map":
        return {str(values.scalar(key, wanted.inner[0])): convert(item, wanted.inner[1]) for key, item in value.items()}
    keyed = {key.lower(): item for key, item in value.items()}
    named: Iterable[tuple[str, HiveType]] = zip(wanted.fields, wanted.inner, strict=True)
    return {name: convert(keyed.get(name), inner) for name, inner in named}


def _openx_timestamp(text: str) -> str:
    bare = text.strip()
    if not bare.lstrip("+-").replace(".", "", 1).isdecimal():
        return values.timestamp(bare, iso=True)
    is_millis = "." not in bare and len(bare) >= MILLIS_DIGITS
    return values.timestamp_of_number(values.number(bare) * (1 if is_millis else 1000))


def _hive_value(value: Any, wanted: HiveType) -> Any:
    kind = wanted.kind
    if value is None:
        return None
    if kind in ("array", "map", "struct"):
        if kind == "array" and isinstance(value, list):
            return [_hive_value(item, wanted.inner[0]) for item in value]
        if kind != "array" and isinstance(value, dict):
            return _mapping(value, wanted, _hive_value)
        raise NotOfType(_text(value))
    if isinstance(value, dict | list):
        raise NotOfType(_text(value))
    if kind in (*INTEGERS, "double", "float") and not isinstance(value, Literal):
        raise NotOfType(_text(value))
    return values.scalar(value if isinstance(value, str) else _text(value), wanted)


def _text(value: Any) -> str:
    """A value as canonical JSON; a number as it is written."""
    if isinstance(value, Literal):
        return str(value)
    if isinstance(value, dict):
        return (
            "{" + ",".join(f"{json.dumps(key, ensure_ascii=False)}:{_text(item)}" for key, item in value.items()) + "}"
        )
    if isinstance(value, list):
        return "[" + ",".join(_text(item) for item in value) + "]"
    return json.dumps(value, ensure_ascii=False)
