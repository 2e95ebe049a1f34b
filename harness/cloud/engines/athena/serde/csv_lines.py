"""Delimited text: OpenCSVSerde, which knows quotes, and LazySimpleSerDe, which does not.

Left out: values with line breaks inside quotes, which OpenCSVSerde does not read either.

Source: https://docs.aws.amazon.com/athena/latest/ug/csv-serde.html and
https://docs.aws.amazon.com/athena/latest/ug/lazy-simple-serde.html
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from harness.cloud.engines.athena.hive_types import HiveType
from harness.cloud.engines.athena.query_errors import bad_data
from harness.cloud.engines.athena.serde import values
from harness.cloud.engines.athena.serde.layout import Layout, lines
from harness.cloud.engines.athena.serde.values import NotOfType

_NULL = "\\N"


def open_csv(content: bytes, layout: Layout) -> Iterator[dict[str, Any]]:
    """The rows of an object, as org.apache.hadoop.hive.serde2.OpenCSVSerde reads them."""
    signs = [
        layout.properties.get(name, usual)[:1] or usual
        for name, usual in (("separatorchar", ","), ("quotechar", '"'), ("escapechar", "\\"))
    ]
    for line in lines(content, layout):
        yield _row(_quoted(line, *signs), layout, _csv_value)


def simple_lines(content: bytes, layout: Layout) -> Iterator[dict[str, Any]]:
    """The rows of an object, as org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe reads them."""
    properties = layout.properties
    delimiter = _sign(properties.get("field.delim") or properties.get("serialization.format") or "\x01")
    null = properties.get("serialization.null.format", _NULL)
    escape = properties.get("escape.delim", "")[:1]
    for line in lines(content, layout):
        parts = _raw(line, delimiter, escape) if escape else line.split(delimiter)
        yield _row([None if part == null else _plain(part, escape) for part in parts], layout, _simple_value)


def _sign(text: str) -> str:
    """A delimiter: itself, an escape, or the number of a character."""
    if text.isdecimal() and len(text) < 4:
        return chr(int(text))
    return {"\\t": "\t", "\\001": "\x01", "\\u0001": "\x01"}.get(text, text[:1])


def _row(parts: list[str | None], layout: Layout, convert: Any) -> dict[str, Any]:
    """A row: columns that the line lacks are NULL, and parts past the last column are left out."""
    found: dict[str, Any] = {}
    for position, (column, wanted) in enumerate(layout.columns):
        part = parts[position] if position < len(parts) else None
        try:
            found[column] = None if part is None else convert(part, wanted, layout)
        except NotOfType:
            raise bad_data(
                f"Error parsing field value '{part}' for field {position}: "
                f'For input string: "{part}" as {wanted.trino} [{layout.where}]'
            ) from None
    return found


def _quoted(line: str, separator: str, quote: str, escape: str) -> list[str | None]:
    parts: list[str | None] = []
    part: list[str] = []
    inside = False
    at = 0
    while at < len(line):
        sign = line[at]
        following = line[at + 1 : at + 2]
        if inside and sign == escape and following in (quote, escape) and following:
            part.append(following)
            at += 1
        elif sign == quote and inside and following == quote:
            part.append(quote)
            at += 1
        elif sign == quote:
            inside = not inside
        elif sign == separator and not inside:
            parts.append("".join(part))
            part = []
        else:
            part.append(sign)
        at += 1
    return [*parts, "".join(part)]


def _raw(line: str, delimiter: str, escape: str) -> list[str]:
    """The parts between delimiters that are not escaped, escapes still in them."""
    parts = [""]
    signs = iter(line)
    for sign in signs:
        if sign == escape:
            parts[-1] += sign + next(signs, "")
        elif sign == delimiter:
            parts.append("")
        else:
            parts[-1] += sign
    return parts


def _plain(part: str, escape: str) -> str:
    if not escape:
        return part
    signs = iter(part)
    return "".join(next(signs, "") if sign == escape else sign for sign in signs)


def _csv_value(text: str, wanted: HiveType, layout: Layout) -> Any:
    """OpenCSVSerde writes dates as days and timestamps as milliseconds since 1970, both as numbers."""
    if wanted.kind == "date":
        return values.day_of_number(values.whole(text, "int"))
    if wanted.kind == "timestamp":
        return values.timestamp_of_number(Decimal(values.whole(text, "bigint")))
    if wanted.kind in ("array", "map", "struct"):
        raise NotOfType(text)
    return values.scalar(text, wanted)


def _simple_value(text: str, wanted: HiveType, layout: Layout) -> Any:
    items = _sign(layout.properties.get("collection.delim") or "\x02")
    if wanted.kind == "array":
        return [_simple_value(part, wanted.inner[0], layout) for part in text.split(items)] if text else []
    if wanted.kind == "struct":
        parts = text.split(items)
        named = zip(wanted.fields, wanted.inner, strict=True)
        return {
            name: _simple_value(parts[index], inner, layout) if index < len(parts) else None
            for index, (name, inner) in enumerate(named)
        }
    if wanted.kind == "map":
        keys = _sign(layout.properties.get("mapkey.delim") or "\x03")
        pairs = [part.partition(keys) for part in text.split(items)] if text else []
        return {key: _simple_value(value, wanted.inner[1], layout) for key, _, value in pairs}
    if wanted.kind == "binary":
        return values.base64_blob(text)
    return values.scalar(text, wanted)
