"""FUNCTIONS: the scalar functions of openCypher that are here, by their name in lower case.

A null among the arguments makes the answer null, but for `coalesce`.

Source: https://docs.aws.amazon.com/neptune/latest/userguide/feature-opencypher-compliance.html
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

from harness.cloud.engines.graph.errors import PartMissing, malformed
from harness.cloud.engines.graph.running.budget import check_size
from harness.cloud.engines.graph.running.values import whole
from harness.cloud.engines.graph.store import Edge, Node

Function = Callable[..., Any]


def call(name: str, arguments: Sequence[Any]) -> Any:
    """What a function answers.

    Raises:
        GraphError: there is no such function, or it does not take these arguments.
    """
    if name == "coalesce":
        return next((argument for argument in arguments if argument is not None), None)
    function = FUNCTIONS.get(name)
    if function is None:
        raise PartMissing(f"The function {name}()")
    implementation, least, most = function
    if not least <= len(arguments) <= most:
        raise malformed(f"{name}() takes {least if least == most else f'{least} to {most}'} arguments")
    if None in arguments:
        return None
    try:
        return implementation(*arguments)
    except (TypeError, AttributeError, ValueError, OverflowError):
        raise malformed(f"{name}() does not take {' and '.join(map(_kind, arguments))}") from None


def _kind(value: Any) -> str:
    names = {str: "a string", bool: "a boolean", int: "an integer", float: "a float", list: "a list", dict: "a map"}
    return names.get(type(value), "a node" if isinstance(value, Node) else "a relationship")


def _of(value: Any, *kinds: type) -> Any:
    """The value, if it is of one of these types; a boolean is no number."""
    if isinstance(value, bool) and bool not in kinds:
        raise TypeError
    if not isinstance(value, kinds):
        raise TypeError
    return value


def _text(value: Any) -> str:
    return str(_of(value, str))


def _number(value: Any) -> Any:
    return _of(value, int, float)


def _size(value: Any) -> int:
    return len(_of(value, str, list))


def _keys(value: Any) -> list[str]:
    return list(value if isinstance(value, dict) else _of(value, Node, Edge).properties)


def _properties(value: Any) -> dict[str, Any]:
    return dict(value if isinstance(value, dict) else _of(value, Node, Edge).properties)


def _to_integer(value: Any) -> int | None:
    if isinstance(value, str):
        try:
            return whole(int(value) if len(value) < 25 else math.trunc(float(value)))
        except ValueError:
            return _truncated(value)
    return whole(math.trunc(_number(value)))


def _truncated(text: str) -> int | None:
    try:
        return whole(math.trunc(float(text)))
    except (ValueError, OverflowError):
        return None


def _to_float(value: Any) -> float | None:
    if not isinstance(value, str):
        return float(_number(value))
    try:
        return float(value)
    except ValueError:
        return None


def _to_boolean(value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False}.get(_text(value).strip().lower())


def to_string(value: Any) -> str:
    """A scalar as text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(_of(value, str, int, float))


def _range(start: Any, end: Any, step: Any = 1) -> list[int]:
    numbers = [_of(number, int) for number in (start, end, step)]
    if numbers[2] == 0:
        raise ValueError
    check_size(abs(numbers[1] - numbers[0]) / abs(numbers[2]))
    return list(range(numbers[0], numbers[1] + (1 if numbers[2] > 0 else -1), numbers[2]))


def _replace(text: Any, search: Any, replacement: Any) -> str:
    found = _text(text).count(_text(search))
    check_size(len(text) + found * len(_text(replacement)))
    return str(text.replace(search, replacement))


def _substring(text: Any, start: Any, length: Any = None) -> str:
    if _of(start, int) < 0 or (length is not None and _of(length, int) < 0):
        raise ValueError
    return _text(text)[start : None if length is None else start + length]


def _left(text: Any, length: Any) -> str:
    return _substring(text, 0, length)


def _right(text: Any, length: Any) -> str:
    if _of(length, int) < 0:
        raise ValueError
    return _text(text)[-length:] if length else ""


def _reverse(value: Any) -> Any:
    return _of(value, str, list)[::-1]


def _round(value: Any) -> float:
    return float(math.floor(_number(value) + 0.5))


def _sign(value: Any) -> int:
    return int(_number(value) > 0) - int(value < 0)


def _root(value: Any) -> float:
    return math.sqrt(_number(value)) if value >= 0 else math.nan


FUNCTIONS: dict[str, tuple[Function, int, int]] = {
    "id": (lambda element: _of(element, Node, Edge).id, 1, 1),
    "labels": (lambda node: list(_of(node, Node).labels), 1, 1),
    "type": (lambda edge: _of(edge, Edge).type, 1, 1),
    "startnode": (lambda edge: _of(edge, Edge).start, 1, 1),
    "endnode": (lambda edge: _of(edge, Edge).end, 1, 1),
    "properties": (_properties, 1, 1),
    "keys": (_keys, 1, 1),
    "size": (_size, 1, 1),
    "head": (lambda items: next(iter(_of(items, list)), None), 1, 1),
    "last": (lambda items: next(iter(_of(items, list)[::-1]), None), 1, 1),
    "tail": (lambda items: _of(items, list)[1:], 1, 1),
    "range": (_range, 2, 3),
    "reverse": (_reverse, 1, 1),
    "tointeger": (_to_integer, 1, 1),
    "tofloat": (_to_float, 1, 1),
    "toboolean": (_to_boolean, 1, 1),
    "tostring": (to_string, 1, 1),
    "tolower": (lambda text: _text(text).lower(), 1, 1),
    "toupper": (lambda text: _text(text).upper(), 1, 1),
    "trim": (lambda text: _text(text).strip(), 1, 1),
    "ltrim": (lambda text: _text(text).lstrip(), 1, 1),
    "rtrim": (lambda text: _text(text).rstrip(), 1, 1),
    "left": (_left, 2, 2),
    "right": (_right, 2, 2),
    "substring": (_substring, 2, 3),
    "replace": (_replace, 3, 3),
    "split": (lambda text, delimiter: _text(text).split(_text(delimiter)), 2, 2),
    "abs": (lambda number: abs(_number(number)), 1, 1),
    "sign": (_sign, 1, 1),
    "ceil": (lambda number: float(math.ceil(_number(number))), 1, 1),
    "floor": (lambda number: float(math.floor(_number(number))), 1, 1),
    "round": (_round, 1, 1),
    "sqrt": (_root, 1, 1),
}
"""Implementation, and how many arguments it takes at least and at most."""
