"""OPERATORS: the comparisons of event patterns. Start here; `patterns.py` walks the fields.

Each entry makes of its operand a test of one value, or refuses the operand with AWS's words.

Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
"""

import ipaddress
import operator
import re
from collections.abc import Callable, Mapping
from typing import Any

Test = Callable[[Any], bool]

LARGEST_NUMBER = 5e9
DIGITS = 6
"""Numbers compare to six digits behind the point, from -5e9 to 5e9."""


class InvalidEventPatternError(ValueError):
    """AWS refuses the pattern (InvalidEventPatternException).

    Attributes:
        code: of the API's error.
    """

    code = "InvalidEventPatternException"

    def __init__(self, reason: str) -> None:
        super().__init__(f"Event pattern is not valid. Reason: {reason}")


def exactly(wanted: Any) -> Test:
    """The same value of the same type; numbers are equal as numbers (300 is 3.0e2)."""
    if _is_number(wanted):
        return lambda value: _is_number(value) and _comparable(value) == _comparable(wanted)
    if isinstance(wanted, str) and (address := _address(wanted)) is not None:
        return lambda value: isinstance(value, str) and (value == wanted or _address(value) == address)
    return lambda value: type(value) is type(wanted) and value == wanted


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _comparable(number: float) -> float:
    """Numbers past the range compare to their last digit, as account ids must."""
    return round(number, DIGITS) if -LARGEST_NUMBER <= number <= LARGEST_NUMBER else number


def _text(operand: Any, name: str) -> str:
    if not isinstance(operand, str):
        raise InvalidEventPatternError(f"{name} match pattern must be a string")
    return operand


def _ignoring_case(operand: Any, name: str) -> str | None:
    """The text of {"equals-ignore-case": text} inside another operator; None: it is not that."""
    if not isinstance(operand, Mapping):
        return None
    if list(operand) != ["equals-ignore-case"]:
        raise InvalidEventPatternError(f"Unsupported {name} pattern: {next(iter(operand), '')}")
    return _text(operand["equals-ignore-case"], "equals-ignore-case").lower()


def _prefix(operand: Any) -> Test:
    folded = _ignoring_case(operand, "prefix")
    if folded is not None:
        return lambda value: isinstance(value, str) and value.lower().startswith(folded)
    text = _text(operand, "prefix")
    return lambda value: isinstance(value, str) and value.startswith(text)


def _suffix(operand: Any) -> Test:
    folded = _ignoring_case(operand, "suffix")
    if folded is not None:
        return lambda value: isinstance(value, str) and value.lower().endswith(folded)
    text = _text(operand, "suffix")
    return lambda value: isinstance(value, str) and value.endswith(text)


def _equals_ignore_case(operand: Any) -> Test:
    folded = _text(operand, "equals-ignore-case").lower()
    return lambda value: isinstance(value, str) and value.lower() == folded


def _wildcard(operand: Any) -> Test:
    pieces = _pieces(_text(operand, "wildcard"))
    return lambda value: isinstance(value, str) and _fits(value, pieces)


def _pieces(text: str) -> list[str]:
    """The literal texts between the wildcards; a backslash escapes a star or a backslash."""
    pieces = [""]
    position = 0
    while position < len(text):
        character = text[position]
        if character == "\\":
            position += 1
            if text[position : position + 1] not in ("*", "\\"):
                raise InvalidEventPatternError(f"Invalid escape character at pos {position}")
            pieces[-1] += text[position]
        elif character == "*":
            if text[position + 1 : position + 2] == "*":
                raise InvalidEventPatternError(f"Consecutive wildcard characters at pos {position + 1}")
            pieces.append("")
        else:
            pieces[-1] += character
        position += 1
    return pieces


def _fits(value: str, pieces: list[str]) -> bool:
    """Whether the pieces occur in order, the first at the start and the last at the end; in linear time."""
    first, *middle, last = pieces if len(pieces) > 1 else [*pieces, ""]
    if len(pieces) == 1:
        return value == first
    if len(value) < len(first) + len(last) or not (value.startswith(first) and value.endswith(last)):
        return False
    at, end = len(first), len(value) - len(last)
    for piece in middle:
        at = value.find(piece, at, end)
        if at < 0:
            return False
        at += len(piece)
    return True


def _exists(operand: Any) -> Test:
    if not isinstance(operand, bool):
        raise InvalidEventPatternError("exists match pattern must be either true or false.")
    return lambda value: operand


_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "=": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _numeric(operand: Any) -> Test:
    """[">", 0], or a range [">", 0, "<=", 5]: lower bound first."""
    if not isinstance(operand, list):
        raise InvalidEventPatternError("Value of numeric must be an array.")
    if not operand or not isinstance(operand[0], str):
        raise InvalidEventPatternError(f"Invalid member in numeric match: {operand[0] if operand else ']'}")
    name = operand[0]
    if name not in _COMPARISONS:
        raise InvalidEventPatternError(f"Unrecognized numeric range operator: {name}")
    first = _bound(operand, 1, "equals" if name == "=" else name)
    tests = [(_COMPARISONS[name], first)]
    if len(operand) > 2:
        tests.append(_upper(operand, name, first))
    return lambda value: _is_number(value) and all(test(_comparable(value), bound) for test, bound in tests)


def _upper(operand: list[Any], name: str, bottom: float) -> tuple[Callable[[float, float], bool], float]:
    if name not in (">", ">="):
        raise InvalidEventPatternError("Too many elements in numeric expression")
    if not isinstance(operand[2], str):
        raise InvalidEventPatternError(f"Bad value in numeric range: {operand[2]}")
    if operand[2] not in ("<", "<="):
        raise InvalidEventPatternError(f"Bad numeric range operator: {operand[2]}")
    top = _bound(operand, 3, operand[2])
    if len(operand) > 4:
        raise InvalidEventPatternError("Too many terms in numeric range expression")
    if top <= bottom:
        raise InvalidEventPatternError("Bottom must be less than top")
    return _COMPARISONS[operand[2]], top


def _bound(operand: list[Any], position: int, name: str) -> float:
    value = operand[position] if position < len(operand) else None
    if value is None or not _is_number(value):
        raise InvalidEventPatternError(f"Value of {name} must be numeric")
    if not -LARGEST_NUMBER <= value <= LARGEST_NUMBER:
        raise InvalidEventPatternError("Value must be between -5.0E9 and 5.0E9, inclusive")
    return _comparable(value)


def _cidr(operand: Any) -> Test:
    text = _text(operand, "cidr")
    if not re.fullmatch(r"[^/]+/[0-9]{1,3}", text):
        raise InvalidEventPatternError("Malformed CIDR, one '/' required")
    try:
        network = ipaddress.ip_network(text, strict=False)
    except ValueError:
        raise InvalidEventPatternError(f"Malformed CIDR: {text}") from None

    def test(value: Any) -> bool:
        address = _address(value)
        return address is not None and address.version == network.version and address in network

    return test


def _address(value: Any) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    if not isinstance(value, str) or not (value[:1].isdigit() or ":" in value) or len(value) > 45:
        return None
    try:
        return ipaddress.ip_address(value)
    except ValueError:
        return None


_NEGATABLE: dict[str, Callable[[Any], Test]] = {
    "prefix": _prefix,
    "suffix": _suffix,
    "wildcard": _wildcard,
    "equals-ignore-case": _equals_ignore_case,
}


def _anything_but(operand: Any) -> Test:
    """Not one of these; a field that is not there does not match."""
    tests = _negated(operand) if isinstance(operand, Mapping) else _excluded(operand)
    return lambda value: not any(test(value) for test in tests)


def _negated(operand: Mapping[str, Any]) -> list[Test]:
    name = next(iter(operand), None)
    if name is None:
        raise InvalidEventPatternError("Anything-But expression name not found")
    if name not in _NEGATABLE:
        raise InvalidEventPatternError(f"Unsupported anything-but pattern: {name}")
    if len(operand) > 1:
        raise InvalidEventPatternError("Only one key allowed in match expression")
    values = operand[name] if isinstance(operand[name], list) else [operand[name]]
    if not all(isinstance(value, str) for value in values):
        raise InvalidEventPatternError(f"Inside anything-but/{name} list, number|start|null|boolean is not supported.")
    if name in ("prefix", "suffix") and not all(values):
        raise InvalidEventPatternError("Null prefix/suffix not allowed")
    return [_NEGATABLE[name](value) for value in values]


def _excluded(operand: Any) -> list[Test]:
    if not isinstance(operand, list | str) and not _is_number(operand):
        raise InvalidEventPatternError("Value of anything-but must be an array or single string/number value.")
    values = operand if isinstance(operand, list) else [operand]
    texts = [isinstance(value, str) for value in values]
    if not all(text or _is_number(value) for text, value in zip(texts, values, strict=True)):
        raise InvalidEventPatternError("Inside anything but list, start|null|boolean is not supported.")
    if not values or any(texts) != all(texts):
        raise InvalidEventPatternError(
            "Inside anything but list, either all values are number or string, mixed type is not supported"
        )
    return [exactly(value) for value in values]


OPERATORS: dict[str, Callable[[Any], Test]] = {
    "prefix": _prefix,
    "suffix": _suffix,
    "equals-ignore-case": _equals_ignore_case,
    "wildcard": _wildcard,
    "anything-but": _anything_but,
    "numeric": _numeric,
    "exists": _exists,
    "cidr": _cidr,
}
"""Every comparison by its name in a pattern."""

RESERVED = frozenset({*OPERATORS, "exactly"})
"""Names that a field below `$or` cannot have: with one of them, `$or` is a field like any other."""
