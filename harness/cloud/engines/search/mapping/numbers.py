"""Numeric fields.

Source: https://docs.opensearch.org/latest/field-types/supported-field-types/numeric/
"""

from typing import Any, ClassVar

from harness.cloud.engines.search.mapping.fields import Field
from harness.cloud.engines.search.mapping.values import BadValue, Storage, Value


class Number(Field):
    """Numbers; subclasses say which. Source: .../field-types/supported-field-types/numeric/"""

    storage = Storage.INTEGER
    takes = ("null_value", "ignore_malformed", "coerce")
    bits: ClassVar[int] = 64

    def values(self, value: Any) -> list[Value]:
        if self.parameters.get("coerce", True) in (False, "false") and not _is_exact(self, value):
            raise BadValue(f"{type(value).__name__.capitalize()} value passed as {type(value).__name__.capitalize()}")
        return [self.term(value)]

    def term(self, value: Any) -> Value:
        number = as_number(value, self.type_name)
        whole = int(number)
        if not -(2 ** (self.bits - 1)) <= whole < 2 ** (self.bits - 1):
            raise BadValue(f"Value [{value}] is out of range for a {self.type_name}")
        return whole

    def bound(self, value: Any, now_ms: int, *, round_up: bool) -> Value:
        return as_number(value, self.type_name)


class Long(Number):
    """64 bits."""

    type_name = "long"


class Integer(Number):
    """32 bits."""

    type_name = "integer"
    bits = 32


class Short(Number):
    """16 bits."""

    type_name = "short"
    bits = 16


class Byte(Number):
    """8 bits."""

    type_name = "byte"
    bits = 8


class Double(Number):
    """A floating-point number; the shorter types are held with the precision of this one."""

    type_name = "double"
    storage = Storage.FLOAT

    def term(self, value: Any) -> Value:
        return float(as_number(value, self.type_name))


class Float(Double):
    """As double."""

    type_name = "float"


class HalfFloat(Double):
    """As double."""

    type_name = "half_float"


def as_number(value: Any, type_name: str) -> int | float:
    """A JSON number, or a string that holds one.

    Raises:
        BadValue: it is none.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise BadValue(f"Current token ({_token(value)}) not numeric, can not use numeric value accessors")
    if isinstance(value, str):
        kind = "illegal_argument_exception" if type_name == "long" else "number_format_exception"
        try:
            return int(value) if value.strip("+-").isdigit() and value.isascii() else _finite(float(value))
        except ValueError:
            raise BadValue(f'For input string: "{value}"', kind) from None
    return value


def _finite(number: float) -> float:
    if number != number or number in (float("inf"), float("-inf")):
        raise ValueError
    return number


def _is_exact(field: Number, value: Any) -> bool:
    return isinstance(value, int) or (isinstance(value, float) and field.storage is Storage.FLOAT)


def _token(value: Any) -> str:
    if isinstance(value, bool):
        return "VALUE_TRUE" if value else "VALUE_FALSE"
    return "START_ARRAY" if isinstance(value, list) else "START_OBJECT"
