"""Schedule expressions, read: each tells when it is due next.

Sources: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from harness.cloud.schedules.cron import Cron, read_cron
from harness.cloud.schedules.errors import InvalidExpressionError

_UNITS_S = {"minute": 60, "hour": 3600, "day": 86_400}
_RATE = re.compile(r"rate\(([0-9]{1,9}) (minute|hour|day)(s?)\)")
_AT = re.compile(r"at\(([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})\)")
_CRON = re.compile(r"cron\(([^()]{1,240})\)")

AWAITED = "rate(1 minute), rate(5 minutes) ... or cron(minute hour day-of-month month day-of-week year)"


class Expression(Protocol):
    """When a schedule is due. Times are whole seconds since 1970.

    Attributes:
        ends: it is due a known number of times at most (once).
    """

    ends: bool

    def first(self, created_s: int) -> int | None:
        """When it is due first, if it was created then; None: never."""
        ...

    def next_after(self, due_s: int, created_s: int) -> int | None:
        """When it is due after that; None: never again."""
        ...


@dataclass(frozen=True)
class Rate:
    """Every so often, counted from the creation."""

    period_s: int
    ends = False

    def first(self, created_s: int) -> int | None:
        return created_s

    def next_after(self, due_s: int, created_s: int) -> int | None:
        return created_s + max(0, (due_s - created_s) // self.period_s + 1) * self.period_s


@dataclass(frozen=True)
class CronSchedule:
    """At the minutes of a cron expression, in a time zone."""

    cron: Cron
    zone: ZoneInfo
    ends = False

    def first(self, created_s: int) -> int | None:
        return self.next_after(created_s, created_s)

    def next_after(self, due_s: int, created_s: int) -> int | None:
        due = self.cron.next_after(datetime.fromtimestamp(due_s, tz=UTC), self.zone)
        return int(due.timestamp()) if due else None


@dataclass(frozen=True)
class At:
    """Once, at that instant; never if it has passed already."""

    at_s: int
    ends = True

    def first(self, created_s: int) -> int | None:
        return self.at_s if self.at_s >= created_s else None

    def next_after(self, due_s: int, created_s: int) -> int | None:
        return self.at_s if self.at_s > due_s else None


def read_expression(text: str, *, zone: str = "UTC", once: bool = False) -> Expression:
    """Reads an expression.

    Args:
        zone: of cron() and at(), as in "Europe/Berlin".
        once: whether at() is allowed (EventBridge Scheduler only).

    Raises:
        InvalidExpressionError: AWS refuses it.
    """
    zone_info = read_zone(zone)
    if match := _RATE.fullmatch(text):
        return _rate(int(match[1]), match[2], plural=bool(match[3]))
    if match := _CRON.fullmatch(text):
        return CronSchedule(read_cron(match[1]), zone_info)
    if once and (match := _AT.fullmatch(text)):
        try:
            at_s = int(datetime.fromisoformat(match[1]).replace(tzinfo=zone_info).timestamp())
        except (ValueError, OverflowError):
            raise InvalidExpressionError("a date and time that exist: at(yyyy-mm-ddThh:mm:ss)") from None
        return At(at_s)
    raise InvalidExpressionError(f"{AWAITED}, or at(yyyy-mm-ddThh:mm:ss)" if once else AWAITED)


def _rate(value: int, unit: str, *, plural: bool) -> Rate:
    if value < 1 or (value == 1) == plural:
        raise InvalidExpressionError("rate(1 minute) in the singular, rate(5 minutes) in the plural")
    return Rate(value * _UNITS_S[unit])


def read_zone(name: str) -> ZoneInfo:
    """The time zone of this name.

    Raises:
        InvalidExpressionError: there is none.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InvalidExpressionError("a time zone of the IANA database, as in Europe/Berlin") from None
