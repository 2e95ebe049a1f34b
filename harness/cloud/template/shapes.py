"""The forms a property's value can have. The schema is written in these words.

A shape turns a resolved value into the Python value the model wants, or raises an error that
names the property, what was found, and what AWS takes. As CloudFormation does, it accepts a
number or boolean written as a text, and a text written as a number.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from harness.cloud.template.errors import (
    MissingProperty,
    PropertyOutOfRange,
    TemplateError,
    UnknownProperty,
    UnsupportedProperty,
    WrongType,
    did_you_mean,
)
from harness.cloud.template.tree import Items, Map, Place


def words(text: str) -> tuple[str, ...]:
    """The words of a text: a long table of names stays readable."""
    return tuple(text.split())


@dataclass(frozen=True, slots=True)
class Spot:
    """What is being checked, for messages.

    Attributes:
        resource: logical id, with the type in parentheses where a whole resource is meant.
        path: the property, dotted: "Events.Feed.BatchSize".
        page: where AWS documents it.
    """

    resource: str
    path: str
    place: Place
    page: str = ""

    def below(self, key: str, place: Place) -> "Spot":
        """The spot of a property or item inside this one."""
        return replace(self, path=f"{self.path}.{key}" if self.path else key, place=place)

    def error(self, kind: type[TemplateError], happened: str, **fields: str) -> TemplateError:
        """An error about this spot."""
        return kind(happened, line=self.place.line, column=self.place.column, **{"see": self.page, **fields})

    def wrong(self, value: object, expected: str) -> TemplateError:
        """The value is of the wrong type."""
        return self.error(WrongType, f"{self.path} of {self.resource} is {described(value)}.", expected=expected)

    def refused(self, value: object, expected: str, **fields: str) -> TemplateError:
        """The value is one AWS does not take."""
        happened = f"{self.path} of {self.resource} is {described(value)}."
        return self.error(PropertyOutOfRange, happened, expected=expected, **fields)


def described(value: object) -> str:
    """The value in words: its text, or what sort of thing it is."""
    if isinstance(value, Map):
        return f"a mapping of {', '.join(value) or 'nothing'}"
    if isinstance(value, Items):
        return f"a list of {len(value)}"
    if isinstance(value, bool):
        return str(value).lower()
    return repr(value) if isinstance(value, str) else str(value)


class Shape(Protocol):
    """One form a value can have."""

    def check(self, value: Any, spot: Spot) -> Any:
        """The value in the model's type, or a TemplateError."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text.

    Attributes:
        pattern: the whole text must match; "" for any.
        called: what a text that matches is called in the message.
        longest: characters at most.
    """

    pattern: str = ""
    called: str = ""
    longest: int = 4096

    def check(self, value: Any, spot: Spot) -> str:
        if isinstance(value, Map | Items):
            raise spot.wrong(value, self.called or "a text")
        text = as_text(value)
        if len(text) > self.longest:
            happened = f"{spot.path} of {spot.resource} has {len(text)} characters."
            raise spot.error(PropertyOutOfRange, happened, expected=f"at most {self.longest}")
        if self.pattern and not re.fullmatch(self.pattern, text):
            raise spot.refused(value, self.called or f"a text of the form {self.pattern}")
        return text


def as_text(value: str | int | float | bool) -> str:
    """A scalar as CloudFormation writes it where it needs a text."""
    return str(value).lower() if isinstance(value, bool) else str(value)


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number.

    Attributes:
        also: a number outside the range that is allowed as well (-1 for "no limit").
        unit: the word after the numbers in the message.
    """

    least: int
    most: int
    unit: str = ""
    also: int | None = None

    def check(self, value: Any, spot: Spot) -> int:
        expected = f"a whole number from {self.least} to {self.most}{' ' + self.unit if self.unit else ''}"
        if self.also is not None:
            expected += f", or {self.also}"
        if isinstance(value, str) and re.fullmatch(r"[-+]?[0-9]{1,18}", value):
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise spot.wrong(value, expected)
        if not self.least <= value <= self.most and value != self.also:
            raise spot.refused(value, expected)
        return value


@dataclass(frozen=True, slots=True)
class Decimal:
    """A number, with or without a fraction."""

    least: float
    most: float

    def check(self, value: Any, spot: Spot) -> float:
        expected = f"a number from {self.least:g} to {self.most:g}"
        if isinstance(value, str) and re.fullmatch(r"[-+]?[0-9]{1,18}(\.[0-9]{1,18})?", value):
            value = float(value)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise spot.wrong(value, expected)
        if not self.least <= value <= self.most:
            raise spot.refused(value, expected)
        return float(value)


@dataclass(frozen=True, slots=True)
class Flag:
    """true or false."""

    def check(self, value: Any, spot: Spot) -> bool:
        if isinstance(value, str) and value.lower() in ("true", "false"):
            return value.lower() == "true"
        if not isinstance(value, bool):
            raise spot.wrong(value, "true or false")
        return value


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few words."""

    allowed: tuple[str, ...]

    def check(self, value: Any, spot: Spot) -> str:
        expected = self.allowed[0] if len(self.allowed) == 1 else f"one of {', '.join(self.allowed)}"
        if isinstance(value, Map | Items):
            raise spot.wrong(value, expected)
        if as_text(value) not in self.allowed:
            raise spot.refused(value, expected, try_=did_you_mean(as_text(value), self.allowed))
        return as_text(value)


def choice(names: str) -> Choice:
    """One of these words, separated by spaces."""
    return Choice(words(names))


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list of things of one shape."""

    item: Shape
    least: int = 0
    most: int = 1000

    def check(self, value: Any, spot: Spot) -> Items:
        if not isinstance(value, Items):
            raise spot.wrong(value, "a list")
        if not self.least <= len(value) <= self.most:
            raise spot.refused(value, f"a list of {self.least} to {self.most}")
        checked = Items(value.place)
        for number, (item, place) in enumerate(zip(value, value.places, strict=True)):
            checked.add(self.item.check(item, spot.below(str(number), place)), place)
        return checked


@dataclass(frozen=True, slots=True)
class MapOf:
    """A mapping with free keys and values of one shape."""

    value: Shape
    key_pattern: str = ".+"
    key_called: str = "a text"

    def check(self, value: Any, spot: Spot) -> Map:
        if not isinstance(value, Map):
            raise spot.wrong(value, "a mapping")
        checked = Map(value.place)
        for key, item in value.items():
            if not re.fullmatch(self.key_pattern, key):
                name = f"The key {key} in {spot.path} of {spot.resource} is not allowed."
                raise spot.below(key, value.key_place(key)).error(PropertyOutOfRange, name, expected=self.key_called)
            inside = spot.below(key, value.value_place(key))
            checked.put(key, self.value.check(item, inside), value.key_place(key), value.value_place(key))
        return checked


@dataclass(frozen=True, slots=True)
class Anything:
    """Any value, kept as it is."""

    def check(self, value: Any, spot: Spot) -> Any:
        return value


@dataclass(frozen=True, slots=True)
class NoEffect:
    """Any value: nothing in the simulation depends on it, so it is accepted and dropped."""

    def check(self, value: Any, spot: Spot) -> None:
        return None


@dataclass(frozen=True, slots=True)
class Unsupported:
    """A property AWS has and this simulator lacks.

    Attributes:
        instead: what to do about it.
    """

    instead: str = ""

    def check(self, value: Any, spot: Spot) -> None:
        happened = f"{spot.path} of {spot.resource} is not supported by this simulator."
        raise spot.error(UnsupportedProperty, happened, try_=self.instead)


@dataclass(frozen=True, slots=True)
class OneOf:
    """Different shapes for a mapping, a list and a single value; None: not allowed so."""

    single: Shape | None = None
    mapping: Shape | None = None
    items: Shape | None = None

    def check(self, value: Any, spot: Spot) -> Any:
        shape = self.mapping if isinstance(value, Map) else self.items if isinstance(value, Items) else self.single
        if shape is None:
            names = {"a single value": self.single, "a mapping": self.mapping, "a list": self.items}
            raise spot.wrong(value, " or ".join(name for name, known in names.items() if known))
        return shape.check(value, spot)


@dataclass(frozen=True)
class Record:
    """A mapping with known keys.

    Attributes:
        properties: the shape of each.
        required: keys that must be there.
        called: what has no such property, in the message; "" for the spot's path.
    """

    properties: Mapping[str, Shape]
    required: tuple[str, ...] = ()
    called: str = field(default="")

    def check(self, value: Any, spot: Spot) -> Map:
        if not isinstance(value, Map):
            raise spot.wrong(value, f"a mapping of {', '.join(self.properties)}")
        for key in value:
            if key not in self.properties:
                raise self._unknown(key, spot.below(key, value.key_place(key)), spot)
        for key in self.required:
            if key not in value:
                happened = f"{self._whole(spot)} lacks {key}."
                raise spot.error(MissingProperty, happened, expected=f"{key} is required")
        checked = Map(value.place)
        for key, item in value.items():
            shape = self.properties[key]
            at_key = isinstance(shape, Unsupported)
            inside = spot.below(key, value.key_place(key) if at_key else value.value_place(key))
            result = shape.check(item, inside)
            if not isinstance(shape, NoEffect):
                checked.put(key, result, value.key_place(key), value.value_place(key))
        return checked

    def _unknown(self, key: str, inside: Spot, spot: Spot) -> TemplateError:
        known = [name for name, shape in self.properties.items() if not isinstance(shape, Unsupported)]
        return inside.error(
            UnknownProperty,
            f"{self._whole(spot)} has no property {key}.",
            expected=f"one of {', '.join(known)}",
            try_=did_you_mean(key, known),
        )

    def _whole(self, spot: Spot) -> str:
        return f"{spot.path} of {spot.resource}" if spot.path else self.called or spot.resource
