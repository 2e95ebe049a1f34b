"""How many bytes an item has, and how many capacity units bytes are.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
and https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
"""

import math
from typing import Any

Item = dict[str, Any]
"""Attributes by name, each as {type: value}, as it goes over the wire."""

READ_BLOCK_BYTES = 4096
WRITE_BLOCK_BYTES = 1024

WEAK, STRONG, TRANSACTIONAL = 0.5, 1.0, 2.0
"""Read units of a block; a transactional write takes two write units where another takes one."""


def item_bytes(item: Item | None) -> int:
    """The size of an item with its attributes' names; 0 if there is none."""
    return sum(len(name.encode()) + value_bytes(value) for name, value in item.items()) if item else 0


def value_bytes(value: Any) -> int:
    """The size of an attribute's value."""
    kind, content = next(iter(value.items()))
    match kind:
        case "S":
            return len(str(content).encode(errors="replace"))
        case "N":
            return number_bytes(content)
        case "B":
            return _binary_bytes(content)
        case "SS":
            return sum(len(text.encode(errors="replace")) for text in content)
        case "NS":
            return sum(number_bytes(number) for number in content)
        case "BS":
            return sum(_binary_bytes(one) for one in content)
        case "L":
            return 3 + sum(1 + value_bytes(one) for one in content)
        case "M":
            return 3 + sum(1 + len(name.encode()) + value_bytes(one) for name, one in content.items())
        case _:  # NULL, BOOL
            return 1


def number_bytes(number: str) -> int:
    """The size of a number: a byte for two significant digits, one more, and one for a minus.

    Zeros in front and behind do not count.
    """
    text = str(number)
    mantissa = text.lower().partition("e")[0].lstrip("+-").replace(".", "")
    digits = mantissa.strip("0")
    return (len(digits) + 1) // 2 + 1 + text.startswith("-")


def _binary_bytes(content: Any) -> int:
    if isinstance(content, bytes):  # as it is stored, and not in Base64
        return len(content)
    return int(len(content) * 3 // 4 - content[-2:].count("="))


def read_units(size_bytes: int, strength: float) -> float:
    """Read units of so many bytes; what is not there costs a block too.

    Args:
        strength: `WEAK`, `STRONG` or `TRANSACTIONAL`.
    """
    return max(1, math.ceil(size_bytes / READ_BLOCK_BYTES)) * strength


def write_units(size_bytes: int, *, transactional: bool = False) -> float:
    """Write units of so many bytes."""
    units = max(1, math.ceil(size_bytes / WRITE_BLOCK_BYTES))
    return float(units * 2 if transactional else units)
