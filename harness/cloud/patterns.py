"""Event patterns: which events a rule, a filter or an archive wants.

EventBridge's whole language is here, compiled once and matched often. Lambda's filters on
event source mappings speak the same language. What AWS refuses is refused with its words;
only the position in the text is left out of the message.

Sources: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern.html
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
https://github.com/aws/event-ruler (the library the service runs on: arrays, numbers, $or)
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from harness.cloud.pattern_operators import (
    OPERATORS,
    RESERVED,
    InvalidEventPatternError,
    Test,
    exactly,
)

__all__ = ["EventPattern", "InvalidEventPatternError", "check_pattern", "matches"]

_Node = Callable[[Any, Any], bool]
"""Whether a value (first) satisfies a part of a pattern; the second is the whole event."""

_MISSING: Any = object()
_OR = "$or"

DEPTH_LIMIT = 100
"""Levels of a pattern: our own bound, beyond any pattern that 4,096 characters hold for a reason."""


class EventPattern:
    """A pattern, ready to be matched.

    Raises:
        InvalidEventPatternError: AWS refuses the pattern.
    """

    def __init__(self, pattern: Any) -> None:
        if not isinstance(pattern, Mapping):
            raise InvalidEventPatternError("Filter is not an object")
        self._root = _fields(pattern, (), 1)

    def matches(self, event: Any) -> bool:
        """Whether the event has all the fields of the pattern, each with one of its values."""
        return self._root(event, event)


def matches(pattern: Mapping[str, Any], event: Any) -> bool:
    """Whether an event matches a pattern; to match many events keep an `EventPattern`.

    Raises:
        InvalidEventPatternError: AWS refuses the pattern.
    """
    return EventPattern(pattern).matches(event)


def check_pattern(pattern: Any) -> None:
    """Returns if AWS accepts the pattern.

    Raises:
        InvalidEventPatternError: it does not; the message is AWS's.
    """
    EventPattern(pattern)


def _fields(pattern: Mapping[str, Any], path: tuple[str, ...], depth: int) -> _Node:
    """All fields of one object of a pattern: the same object of an array must have them all."""
    if not pattern:
        raise InvalidEventPatternError("Empty objects are not allowed")
    if depth > DEPTH_LIMIT:
        raise InvalidEventPatternError("The pattern is nested too deeply")
    tests = [_field(key, value, path, depth) for key, value in pattern.items()]
    return lambda value, event: any(all(test(each, event) for test in tests) for each in _objects(value))


def _field(key: str, wanted: Any, path: tuple[str, ...], depth: int) -> _Node:
    if key == _OR and _is_alternatives(wanted):
        branches = [_fields(branch, path, depth + 1) for branch in wanted]
        return lambda value, event: any(branch(value, event) for branch in branches)
    if isinstance(wanted, Mapping):
        inner = _fields(wanted, (*path, key), depth + 1)
    elif isinstance(wanted, Sequence) and not isinstance(wanted, str):
        inner = _values(wanted, (*path, key))
    else:
        raise InvalidEventPatternError(f'"{key}" must be an object or an array')
    return lambda value, event: inner(value.get(key, _MISSING) if isinstance(value, Mapping) else _MISSING, event)


def _is_alternatives(wanted: Any) -> bool:
    """`$or` is an operator only above two or more objects that do not begin with operators."""
    if isinstance(wanted, Mapping | str) or not isinstance(wanted, Sequence) or len(wanted) < 2:
        return False
    return all(isinstance(each, Mapping) and not RESERVED.intersection(each) for each in wanted)


def _values(wanted: Sequence[Any], path: tuple[str, ...]) -> _Node:
    """The allowed values of one field: one of them is enough."""
    if not wanted:
        raise InvalidEventPatternError("Empty arrays are not allowed")
    tests = [_value(each) for each in wanted]
    present = [test for test in tests if test is not None]
    if len(present) == len(tests):
        return lambda value, event: any(test(leaf) for leaf in _leaves(value) for test in present)
    return lambda value, event: (
        any(test(leaf) for leaf in _leaves(value) for test in present) or not _has_leaf(event, path)
    )


def _value(wanted: Any) -> Test | None:
    """The test of one allowed value; None stands for {"exists": false}."""
    if not isinstance(wanted, Mapping):
        if isinstance(wanted, str | int | float | bool) or wanted is None:
            return exactly(wanted)
        raise InvalidEventPatternError("Match value must be String, number, true, false, or null")
    if not wanted:
        raise InvalidEventPatternError("Match expression name not found")
    name, operand = next(iter(wanted.items()))
    if name not in OPERATORS:
        raise InvalidEventPatternError(f"Unrecognized match type {name}")
    test = OPERATORS[name](operand)
    if len(wanted) > 1:
        raise InvalidEventPatternError("Only one key allowed in match expression")
    return None if name == "exists" and operand is False else test


def _objects(value: Any) -> Iterator[Any]:
    """The objects a field holds, directly or in arrays; if none, one that lacks everything."""
    found = False
    for each in _flat(value):
        if isinstance(each, Mapping):
            found = True
            yield each
    if not found:
        yield _MISSING


def _leaves(value: Any) -> Iterator[Any]:
    return (each for each in _flat(value) if each is not _MISSING and not isinstance(each, Mapping))


def _flat(value: Any) -> Iterator[Any]:
    """The value, or what an array and the arrays in it hold, in order."""
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, list | tuple):
            waiting.extend(reversed(each))
        else:
            yield each


def _has_leaf(event: Any, path: tuple[str, ...]) -> bool:
    """Whether any object on this path has a value there: `exists` sees leaves, in whichever array element."""
    values = [event]
    for key in path:
        values = [each[key] for value in values for each in _flat(value) if isinstance(each, Mapping) and key in each]
    return any(True for value in values for _ in _leaves(value))
