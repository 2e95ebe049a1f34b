"""Turns the text of one value into the value of a column's type.

Source: https://docs.aws.amazon.com/athena/latest/ug/data-types.html
"""

import base64
import binascii
import re
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation, localcontext
from typing import Any

from harness.cloud.engines.athena.hive_types import INTEGERS, HiveType

_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?: .*)?")
_TIMESTAMP = re.compile(
    r"(\d{4}-\d{1,2}-\d{1,2})(?P<t>[ T])(\d{1,2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(?P<zone>Z|[+-]\d{2}:?\d{2})?"
)
_EPOCH = date(1970, 1, 1)
_DIGITS = 20


class NotOfType(Exception):
    """A text is no value of the type."""


def scalar(text: str, wanted: HiveType) -> Any:
    """The value that a text stands for, in the form DuckDB reads from JSON. Raises NotOfType."""
    kind = wanted.kind
    if kind in INTEGERS:
        return whole(text, kind)
    if kind == "boolean":
        return text.strip().lower() == "true"
    if kind in ("double", "float"):
        return decimal_point(text)
    if kind == "decimal":
        return decimal(text, wanted)
    if kind == "date":
        return day(text)
    if kind == "timestamp":
        return timestamp(text)
    if kind in ("varchar", "char") and wanted.numbers:
        return text[: wanted.numbers[0]]
    return blob(text.encode()) if kind == "binary" else text


def whole(text: str, kind: str) -> int:
    """A whole number within the type's range."""
    found = number(text)
    if not found.is_finite() or found.adjusted() > _DIGITS or found != found.to_integral_value():
        raise NotOfType(text)
    bits = INTEGERS[kind]
    if not -(2 ** (bits - 1)) <= int(found) < 2 ** (bits - 1):
        raise NotOfType(text)
    return int(found)


def decimal_point(text: str) -> float | str:
    """A floating-point number; those that JSON has not, as texts."""
    try:
        number = float(text.strip().replace("_", "x"))
    except ValueError:
        raise NotOfType(text) from None
    return number if abs(number) < float("inf") else str(number)


def decimal(text: str, wanted: HiveType) -> str:
    """A decimal, rounded to the scale of the type."""
    precision, scale = (*wanted.numbers, 0)[:2] if wanted.numbers else (10, 0)
    found = number(text)
    if not found.is_finite() or found.adjusted() >= precision - scale:
        raise NotOfType(text)
    with localcontext(prec=80):
        return str(found.quantize(Decimal(1).scaleb(-scale), rounding=ROUND_HALF_UP))


def number(text: str) -> Decimal:
    """Any number."""
    try:
        if len(text) > 100:
            raise NotOfType(text)
        return Decimal(text.strip().replace("_", "x"))
    except InvalidOperation:
        raise NotOfType(text) from None


def day(text: str) -> str:
    """A date: YYYY-MM-DD, whatever follows after a space."""
    found = _DATE.fullmatch(text.strip())
    try:
        if not found:
            raise NotOfType(text)
        return date(*(int(part) for part in found.groups())).isoformat()
    except ValueError:
        raise NotOfType(text) from None


def day_of_number(days: int) -> str:
    """A date as days since 1970."""
    try:
        return (_EPOCH + timedelta(days=days)).isoformat()
    except OverflowError:
        raise NotOfType(str(days)) from None


def timestamp(text: str, *, iso: bool = False) -> str:
    """A timestamp: "2026-03-01 13:05:00.123".

    Args:
        iso: whether T and a zone are taken as well; the result is in UTC.
    """
    found = _TIMESTAMP.fullmatch(text.strip())
    if not found or (not iso and (found["t"] == "T" or found["zone"])):
        raise NotOfType(text)
    fraction = (found[6] or "").ljust(6, "0")[:6]
    base = f"{found[1]} {found[3].zfill(2)}:{found[4]}:{found[5]}.{fraction}"
    try:
        moment = datetime.strptime(base, "%Y-%m-%d %H:%M:%S.%f").replace(tzinfo=UTC)
        return _written(moment - _offset(found["zone"] or ""))
    except (ValueError, OverflowError):
        raise NotOfType(text) from None


def _offset(zone: str) -> timedelta:
    if zone in ("", "Z"):
        return timedelta()
    digits = zone.replace(":", "")
    ahead = timedelta(hours=int(digits[1:3]), minutes=int(digits[3:5]))
    return -ahead if digits[0] == "-" else ahead


def timestamp_of_number(millis: Decimal) -> str:
    """A timestamp as milliseconds since 1970."""
    try:
        return _written(datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=float(millis)))
    except (OverflowError, ValueError):
        raise NotOfType(str(millis)) from None


def _written(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S.%f")


def blob(content: bytes) -> str:
    """Bytes in the escapes that DuckDB reads."""
    return "".join(f"\\x{byte:02X}" for byte in content)


def base64_blob(text: str) -> str:
    """Bytes that are written in base64."""
    try:
        return blob(base64.b64decode(text, validate=True))
    except (binascii.Error, ValueError):
        raise NotOfType(text) from None
