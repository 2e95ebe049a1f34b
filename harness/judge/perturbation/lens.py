"""A lens between a test and its world: notes what the test reads, and falsifies it where it is told to.

The world itself runs as ever. Only what the test sees of it is another: the answer to a
request, a queue's arrivals, the rows of a service, whatever a word of the world returns. A
place is falsified from the reading on at which it came to be what it was in the end: that is
what a verdict rests on, however often it is read again to be told.
"""

import inspect
from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, field
from typing import Any, cast

from harness.judge.perturbation.falsify import is_plain, ways
from harness.world import World

_NOT_READ = (
    *("as_submitted", "close", "consumers_of", "delay_requests", "folder", "function_behind", "has_function"),
    *("hold_clocks", "inject", "injected", "jump", "kill", "lift", "now_ms", "random", "recycle", "release_clocks"),
    *("run_for", "seed", "settle", "start", "try_out", "update", "warnings"),
)
"""Words of the world that do something, or by which a test finds its way; none of them is evidence."""


@dataclass(frozen=True)
class Reading:
    """A place that a test has read.

    Attributes:
        place: "legacy.rows()".
        times: how often it was read.
        since: from which of these readings on its value was the last one.
        last: number of the last reading, among those of all places.
        ways: how the value last read can be falsified.
    """

    place: str
    times: int
    since: int
    last: int
    ways: tuple[str, ...]


@dataclass
class Lens:
    """What one run of a scenario reads.

    Attributes:
        falsifies: by place, from which reading on and in which way.
        readings: by place.
    """

    falsifies: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    readings: dict[str, Reading] = field(default_factory=dict)
    _values: dict[str, Any] = field(default_factory=dict)
    _count: int = 0

    def over(self, world: World) -> World:
        """The world, seen through this lens."""
        return cast("World", Seen(world, self, ""))

    def see(self, place: str, value: Any) -> Any:
        """What the test gets of a value that it reads."""
        possible = ways(value)
        before = self.readings.get(place)
        times, self._count = (before.times if before else 0) + 1, self._count + 1
        since = before.since if before and self._values[place] == value else times
        self.readings[place] = Reading(place, times, since, self._count, tuple(possible))
        self._values[place] = copy(value)
        first, way = self.falsifies.get(place, (0, ""))
        return possible[way](value) if first and times >= first and way in possible else value


class Seen:
    """Something of the world that can be asked, and everything it gives, through the lens."""

    def __init__(self, target: object, lens: Lens, name: str) -> None:
        self._target = target
        self._lens = lens
        self._name = name

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._target, name)
        if name.startswith("_") or (not self._name and name in _NOT_READ):
            return value
        place = f"{self._name}.{name}" if self._name else name
        return self._method(value, place) if callable(value) else _seen(value, place, self._lens)

    def __iter__(self) -> Any:
        return iter(self._lens.see(self._name, list(cast("Any", self._target))))

    def __len__(self) -> int:
        return int(self._lens.see(f"len({self._name})", len(cast("Any", self._target))))

    def __eq__(self, other: object) -> bool:
        return bool(self._target == _own(other))

    def __hash__(self) -> int:
        return hash(self._target)

    def _method(self, method: Any, name: str) -> Any:
        def call(*arguments: Any, **named: Any) -> Any:
            result = method(*map(_own, arguments), **{key: _own(value) for key, value in named.items()})
            return _seen(result, _called(name, arguments), self._lens)

        return call


def _seen(value: Any, place: str, lens: Lens) -> Any:
    if inspect.iscoroutine(value):
        return _awaited(value, place, lens)
    if value is None:  # a word that does something; what is not there has no shape to falsify it in
        return None
    if is_plain(value):
        return lens.see(place, value)
    return value if inspect.isasyncgen(value) or inspect.isawaitable(value) else Seen(value, lens, place)


async def _awaited(value: Any, place: str, lens: Lens) -> Any:
    return _seen(await value, place, lens)


def _called(name: str, arguments: tuple[Any, ...]) -> str:
    """A queue by its name, a request by its method: texts that say which; what was sent there does not."""
    which = [one for one in arguments[:1] if isinstance(one, str) and one.isidentifier()]
    return f"{name}({', '.join(which)})"


def _own(value: Any) -> Any:
    return value._target if isinstance(value, Seen) else value
