"""How something that a test has read is falsified: one less, one twice, one altered, another status."""

import dataclasses
import json
from collections.abc import Callable
from typing import Any

import msgspec

from harness.world import HttpAnswer

Way = Callable[[Any], Any]


def ways(value: object) -> dict[str, Way]:
    """The ways to falsify this value, by name, the one that changes most first; none where there is no telling."""
    match value:
        case HttpAnswer():
            return {"another body": _another_body, "another status": _another_status}
        case bool():
            return {"the opposite": lambda flag: not flag}
        case int() | float():
            return {"one more": lambda number: number + 1}
        case str() | bytes():
            return {"another text": altered}
        case list() | tuple() if value:
            return {"one less": _one_less, "one twice": _one_twice, "one altered": _last_altered}
        case list() | tuple():
            return {"one too many": lambda empty: type(empty)([Phantom()])}
        case dict() if value:
            return {"altered": altered, "one less": lambda mapping: dict(list(mapping.items())[:-1])}
        case dict():
            return {"one too many": lambda empty: {"phantom": Odd("phantom")}}
    return {"altered": altered} if _is_record(value) else {}


def altered(value: Any) -> Any:
    """The value with every plain part of it changed; what cannot be changed stays."""
    match value:
        case bool():
            return not value
        case int() | float():
            return value + 1
        case str():
            return f"{value}~"
        case bytes():
            return value + b"~"
        case list() | tuple():
            return type(value)(altered(one) for one in value) if type(value) in (list, tuple) else value
        case dict():
            return {name: altered(one) for name, one in value.items()}
    return value if value is None or isinstance(value, type) else Altered(value)


def is_plain(value: object) -> bool:
    """Whether a test that holds this value has read something; else it holds a thing that can be asked."""
    return isinstance(value, bool | int | float | str | bytes | list | tuple | dict | set) or _is_record(value)


def _is_record(value: object) -> bool:
    return not isinstance(value, type) and (dataclasses.is_dataclass(value) or isinstance(value, msgspec.Struct))


class Altered:
    """A record of which every plain field is another."""

    def __init__(self, target: object) -> None:
        self._target = target

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._target, name)
        return altered(value) if is_plain(value) and not name.startswith("_") else value


class Odd(str):
    """A text that can be compared with anything: what a phantom answers."""

    def __gt__(self, other: object) -> bool:
        return True

    __ge__ = __lt__ = __le__ = __gt__


class Phantom:
    """One too many: something with any field that one asks for."""

    def __getattr__(self, name: str) -> Odd:
        if name.startswith("__"):
            raise AttributeError(name)
        return Odd("phantom")

    def __getitem__(self, key: object) -> Odd:
        return Odd("phantom")

    def get(self, name: str, default: object = None) -> Odd:
        """A field, whichever."""
        return Odd("phantom")


def _one_less(values: Any) -> Any:
    return values[:-1]


def _one_twice(values: Any) -> Any:
    return values + values[-1:]


def _last_altered(values: Any) -> Any:
    return values[:-1] + type(values)([altered(values[-1])])


def _another_status(answer: HttpAnswer) -> HttpAnswer:
    return dataclasses.replace(answer, status=200 if answer.status >= 400 else 599)


def _another_body(answer: HttpAnswer) -> HttpAnswer:
    try:
        content = json.dumps(altered(json.loads(answer.body))).encode()
    except ValueError:
        content = answer.body + b"~"
    return dataclasses.replace(answer, body=content)
