"""What the engines ask of whoever keeps the time: fire this, at these instants."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from harness.cloud.schedules.expressions import Expression


@dataclass(frozen=True, kw_only=True)
class When:
    """The instants of one schedule.

    Attributes:
        starts_s, ends_s: Unix seconds before and after which it does not fire; None: no bound.
        flexible_window_minutes: it fires at some instant of a window this long.
    """

    expression: Expression
    starts_s: float | None = None
    ends_s: float | None = None
    flexible_window_minutes: int = 0

    @property
    def ends(self) -> bool:
        """Whether there will be a last time."""
        return self.expression.ends or self.ends_s is not None


Fire = Callable[[int], None]
"""Called at the instant, with the time for which it was scheduled (Unix seconds)."""


class Timetable(Protocol):
    """Keeps the time for all schedules."""

    def set(self, key: str, when: When, fire: Fire, done: Callable[[], None] | None = None) -> None:
        """From now on this schedule fires; one of the same key is replaced.

        Args:
            key: names its stream of chance, too.
            done: called after the last time.
        """
        ...

    def remove(self, key: str) -> None:
        """This schedule fires no more; an unknown key is none."""
        ...
