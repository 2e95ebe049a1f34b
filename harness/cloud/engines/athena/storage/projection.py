"""Partition projection: partitions that follow from properties of the table, of which the catalogue knows none.

Athena works out the values and asks S3 for each; here the keys in S3 are matched with the
template of the location, which finds the same objects. A key whose values are not in the
projected range does not exist for the table. Not simulated: the `injected` type.

Source: https://docs.aws.amazon.com/athena/latest/ug/partition-projection-supported-types.html
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from harness.cloud.engines.athena.query_errors import QueryError
from harness.cloud.engines.athena.storage import java_dates
from harness.cloud.engines.athena.storage.java_dates import UnknownPattern

_NOW = re.compile(r"NOW(?:\s*([+-])\s*(\d{1,6})\s*(YEAR|MONTH|WEEK|DAY|HOUR|MINUTE|SECOND)S?)?")
_PLACEHOLDER = re.compile(r"\$\{(\w+)\}")
_SPANS = {
    "WEEKS": timedelta(weeks=1),
    "DAYS": timedelta(days=1),
    "HOURS": timedelta(hours=1),
    "MINUTES": timedelta(minutes=1),
    "SECONDS": timedelta(seconds=1),
}


@dataclass(frozen=True)
class Key:
    """What the values of a partition key can be.

    Attributes:
        expression: regular expression of a value.
        contains: whether a text of that form is one of them.
    """

    expression: str
    contains: Callable[[str], bool]


def is_projected(parameters: Mapping[str, str]) -> bool:
    """Whether the table's partitions are projected."""
    return parameters.get("projection.enabled", "").strip().lower() == "true"


def projected_key(name: str, parameters: Mapping[str, str], now: datetime) -> Key:
    """The values of a partition key. Raises QueryError for properties that make no sense."""
    properties = {
        key.removeprefix(f"projection.{name}."): value
        for key, value in parameters.items()
        if key.startswith(f"projection.{name}.")
    }
    kind = properties.get("type", "").strip().lower()
    if kind == "injected":
        raise QueryError(
            "NOT_SUPPORTED", f"projection.{name}.type is injected, which this simulator does not have; enum is close"
        )
    makers = {"enum": _enum, "integer": _integer, "date": _date}
    if kind not in makers:
        raise _invalid(name, f"type is '{kind}'; it is enum, integer, date or injected")
    try:
        return makers[kind](name, properties, now)
    except KeyError as missing:
        raise _invalid(name, f"{missing.args[0]} is missing") from None
    except UnknownPattern as pattern:
        raise _invalid(name, f"the format's '{pattern}' is not simulated") from None


def location_expression(template: str, keys: Mapping[str, Key]) -> re.Pattern[str]:
    """Matches keys in S3 below a location, each placeholder a group of its name."""
    expression = ""
    at = 0
    seen: set[str] = set()
    for found in _PLACEHOLDER.finditer(template):
        name = found[1].lower()
        if name not in keys:
            raise QueryError("INVALID_TABLE_PROPERTY", f"storage.location.template names {name}, no partition key")
        again = f"(?P={name})" if name in seen else f"(?P<{name}>{keys[name].expression})"
        seen.add(name)
        expression += re.escape(template[at : found.start()]) + again
        at = found.end()
    if missing := [name for name in keys if name not in seen]:
        raise QueryError("INVALID_TABLE_PROPERTY", f"storage.location.template lacks ${{{missing[0]}}}")
    rest = template[at:].rstrip("/")
    return re.compile(f"{expression}{re.escape(rest)}/.+", re.DOTALL)


def _enum(name: str, properties: Mapping[str, str], now: datetime) -> Key:
    allowed = properties["values"].split(",")
    expression = "|".join(re.escape(value) for value in sorted(allowed, key=len, reverse=True))
    return Key(expression, frozenset(allowed).__contains__)


def _integer(name: str, properties: Mapping[str, str], now: datetime) -> Key:
    least, _, most = (part.strip() for part in properties["range"].partition(","))
    interval = properties.get("interval", "1").strip()
    digits = properties.get("digits", "").strip()
    if not all(re.fullmatch(r"-?\d{1,19}", part) for part in (least, most)) or not re.fullmatch(
        r"[1-9]\d{0,8}", interval
    ):
        raise _invalid(name, "range is two whole numbers with a comma between, and interval a positive one")
    begins, ends, step = int(least), int(most), int(interval)
    width = int(digits) if re.fullmatch(r"\d{1,2}", digits) else 0

    def contains(text: str) -> bool:
        value = int(text)
        written = f"{value:0{width}d}" if width else str(value)
        return begins <= value <= ends and (value - begins) % step == 0 and text == written

    return Key(r"-?\d{1,19}", contains)


def _date(name: str, properties: Mapping[str, str], now: datetime) -> Key:
    pattern = properties["format"]
    least, _, most = properties["range"].partition(",")
    begins, ends = (_instant(part.strip(), pattern, now, name) for part in (least, most))
    step = properties.get("interval", "1").strip()
    if not re.fullmatch(r"[1-9]\d{0,8}", step):
        raise _invalid(name, "interval is a positive whole number")
    unit = properties.get("interval.unit", java_dates.finest_unit(pattern)).strip().upper().rstrip("S") + "S"

    def contains(text: str) -> bool:
        value = java_dates.read(text, pattern)
        return value is not None and begins <= value <= ends and _is_step(begins, value, unit, int(step))

    return Key(java_dates.expression_of(pattern), contains)


def _is_step(begins: datetime, value: datetime, unit: str, step: int) -> bool:
    if unit in ("YEARS", "MONTHS"):
        months = (value.year - begins.year) * 12 + value.month - begins.month
        return months % (step * (12 if unit == "YEARS" else 1)) == 0
    return (value - begins) % (_SPANS.get(unit, timedelta(days=1)) * step) == timedelta()


def _instant(text: str, pattern: str, now: datetime, name: str) -> datetime:
    """An end of a range: a date in the format, or NOW with so many units added."""
    found = _NOW.fullmatch(text.upper())
    if not found:
        value = java_dates.read(text, pattern)
        if value is None:
            raise _invalid(name, f"range has '{text}', which is neither of the format {pattern} nor NOW-3DAYS")
        return value
    sign, number, unit = found[1], int(found[2] or 0), f"{found[3] or 'DAY'}S"
    amount = -number if sign == "-" else number
    moment = now.replace(tzinfo=None)
    try:
        if unit in ("YEARS", "MONTHS"):
            months = moment.year * 12 + moment.month - 1 + amount * (12 if unit == "YEARS" else 1)
            shifted = moment.replace(year=months // 12, month=months % 12 + 1, day=min(moment.day, 28))
        else:
            shifted = moment + _SPANS[unit] * amount
    except (ValueError, OverflowError):
        raise _invalid(name, f"range has '{text}', which is no date") from None
    written = shifted.strftime(java_dates.strftime_pattern(pattern).replace("%g", "%f"))
    return java_dates.read(written, pattern) or shifted


def _invalid(name: str, why: str) -> QueryError:
    return QueryError("INVALID_TABLE_PROPERTY", f"Invalid partition projection of column {name}: {why}")
