"""Values: what equals what, what comes before what, and how they look in an answer.

Comparisons know three outcomes: true, false, and unknown (None), as soon as null is involved.

Source: https://s3.amazonaws.com/artifacts.opencypher.org/openCypher9.pdf (Comparability, equality, orderability)
"""

import math
from typing import Any

from harness.cloud.engines.graph.errors import GraphError, malformed
from harness.cloud.engines.graph.store import Edge, Node

Row = dict[str, Any]
"""What the variables stand for."""

_LIMIT = 2**63


def whole(number: int) -> int:
    """The number, if it fits.

    Raises:
        GraphError: it has more than 64 bits.
    """
    if not -_LIMIT <= number < _LIMIT:
        raise GraphError("InvalidNumericDataException", "a number does not fit into 64 bits")
    return number


def is_number(value: Any) -> bool:
    """Whether it is an integer or a float; a boolean is neither."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def equal(left: Any, right: Any) -> bool | None:
    """Whether two values are equal; None: unknown."""
    if left is None or right is None:
        return None
    if isinstance(left, list) and isinstance(right, list):
        return _all_equal(left, right) if len(left) == len(right) else False
    if isinstance(left, dict) and isinstance(right, dict):
        if left.keys() != right.keys():
            return False
        return _all_equal(list(left.values()), [right[key] for key in left])
    if is_number(left) and is_number(right):
        return bool(left == right)
    return type(left) is type(right) and bool(left == right)


def _all_equal(left: list[Any], right: list[Any]) -> bool | None:
    outcomes = [equal(*pair) for pair in zip(left, right, strict=True)]
    return False if False in outcomes else None if None in outcomes else True


def less(left: Any, right: Any, *, or_equal: bool) -> bool | None:
    """Whether left is less; None: unknown, or they cannot be compared."""
    comparable = (is_number(left) and is_number(right)) or (type(left) is type(right) and isinstance(left, str | bool))
    if not comparable:
        return None
    return bool(left <= right) if or_equal else bool(left < right)


def order_key(value: Any) -> tuple[Any, ...]:
    """By this key values of any types are sorted, null last."""
    match value:
        case None:
            return (9,)
        case bool():
            return (6, value)
        case float() if math.isnan(value):
            return (8,)
        case int() | float():
            return (7, value)
        case str():
            return (5, value)
        case list():
            return (3, *(order_key(item) for item in value))
        case Edge():
            return (2, value.rank, value.id)
        case Node():
            return (1, value.rank, value.id)
        case dict():
            return (0, *((key, order_key(value[key])) for key in sorted(value)))
    raise TypeError(f"no value of a graph: {value!r}")


def identity(value: Any) -> Any:
    """Two values are the same to DISTINCT and grouping if these are equal; null is the same as null."""
    if isinstance(value, Node | Edge):
        return (type(value).__name__, value.id)
    if isinstance(value, bool):
        return ("boolean", value)
    if isinstance(value, list):
        return ("list", *(identity(item) for item in value))
    if isinstance(value, dict):
        return ("map", *((key, identity(value[key])) for key in sorted(value)))
    return value


def shown(value: Any) -> Any:
    """A value as it stands in the answer.

    Source: https://docs.aws.amazon.com/neptune/latest/userguide/access-graph-opencypher-queries.html
    """
    match value:
        case Node():
            return {
                "~id": value.id,
                "~entityType": "node",
                "~labels": list(value.labels),
                "~properties": dict(value.properties),
            }
        case Edge():
            return {
                "~id": value.id,
                "~entityType": "relationship",
                "~start": value.start.id,
                "~end": value.end.id,
                "~type": value.type,
                "~properties": dict(value.properties),
            }
        case list():
            return [shown(item) for item in value]
        case dict():
            return {key: shown(item) for key, item in value.items()}
        case float() if not math.isfinite(value):
            return str(value)
    return value


def storable(key: str, value: Any) -> Any:
    """A value as a property keeps it.

    Raises:
        GraphError: it is a list, a map or a node, which no property can hold.
    """
    if isinstance(value, str | int | float | bool):
        return value
    raise malformed(f"property `{key}` can hold a text, a number or a boolean, and no list, map or element")


def read_parameters(parameters: Any) -> dict[str, Any]:
    """The parameters of a request, if every value is one that a graph knows.

    Raises:
        GraphError: there is a number too large.
    """
    for value in parameters.values():
        _check_numbers(value)
    return dict(parameters)


def _check_numbers(value: Any) -> None:
    if isinstance(value, int) and not isinstance(value, bool):
        whole(value)
    elif isinstance(value, list):
        for item in value:
            _check_numbers(item)
    elif isinstance(value, dict):
        for item in value.values():
            _check_numbers(item)
