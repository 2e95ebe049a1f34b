"""cron(): six fields, minute by minute, in AWS's dialect of it.

No library reads this dialect whole: AWS counts weekdays from 1 (Sunday), demands a `?` in one
of the two day fields, and has L, W and #.

Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
"""

import calendar
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from harness.cloud.schedules.errors import InvalidExpressionError

_MONTHS = {name.upper(): number for number, name in enumerate(calendar.month_abbr) if name}
_WEEKDAYS = {name: number for number, name in enumerate(("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"), start=1)}
_FIRST_YEAR, _LAST_YEAR = 1970, 2199

DayTest = Callable[[date], bool]


@dataclass(frozen=True)
class Cron:
    """A cron expression, read.

    Attributes:
        on_day: whether it fires on a date at all, its month and year aside.
    """

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    on_day: DayTest
    months: frozenset[int]
    years: frozenset[int]

    def next_after(self, after: datetime, zone: ZoneInfo) -> datetime | None:
        """The first instant it fires at, later than `after`; None: it never does again.

        An hour that daylight saving time leaves out is skipped; one that it repeats counts once.

        Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#daylist-savings-time
        """
        local = after.astimezone(zone)
        for day in self._days(local.date()):
            for hour in self.hours:
                for minute in self.minutes:
                    due = datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone)
                    if due.timestamp() > after.timestamp() and _exists(due):
                        return due
        return None

    def _days(self, first: date) -> Iterator[date]:
        day = first
        last = max(self.years)
        while day.year <= last:
            if day.year not in self.years:
                day = date(day.year + 1, 1, 1)
            elif day.month not in self.months:
                day = _next_month(day)
            else:
                if self.on_day(day):
                    yield day
                day += timedelta(days=1)


def read_cron(text: str) -> Cron:
    """Reads what stands between the parentheses.

    Raises:
        InvalidExpressionError: AWS would refuse it.
    """
    fields = text.split()
    if len(fields) != 6:
        raise InvalidExpressionError("six fields: minute hour day-of-month month day-of-week year")
    minute, hour, day, month, weekday, year = fields
    if (day == "?") == (weekday == "?"):
        raise InvalidExpressionError("a ? in exactly one of day-of-month (third) and day-of-week (fifth)")
    return Cron(
        minutes=tuple(sorted(_numbers(minute, 0, 59, "minutes from 0 to 59"))),
        hours=tuple(sorted(_numbers(hour, 0, 23, "hours from 0 to 23"))),
        on_day=_day_of_week(weekday) if day == "?" else _day_of_month(day),
        months=frozenset(_numbers(month, 1, 12, "months from 1 to 12, or JAN to DEC", _MONTHS)),
        years=frozenset(_numbers(year, _FIRST_YEAR, _LAST_YEAR, "years from 1970 to 2199")),
    )


def _numbers(field: str, least: int, most: int, called: str, names: dict[str, int] | None = None) -> set[int]:
    """The numbers of a field of `*`, `5`, `1-5`, `1/10`, `*/10` and commas."""
    found: set[int] = set()
    for part in field.split(","):
        match = re.fullmatch(r"(\*|([0-9A-Za-z]{1,4})(?:-([0-9A-Za-z]{1,4}))?)(?:/([0-9]{1,4}))?", part)
        if match is None:
            raise InvalidExpressionError(called)
        low = least if match[1] == "*" else _number(match[2], names, called)
        single = match[3] is None and match[1] != "*"
        high = low if single and match[4] is None else most if match[3] is None else _number(match[3], names, called)
        step = int(match[4] or 1)
        if not least <= low <= high <= most or step < 1:
            raise InvalidExpressionError(called)
        found.update(range(low, high + 1, step))
    return found


def _number(text: str, names: dict[str, int] | None, called: str) -> int:
    if names and text.upper() in names:
        return names[text.upper()]
    if not text.isdigit():
        raise InvalidExpressionError(called)
    return int(text)


def _day_of_month(field: str) -> DayTest:
    if field == "L":
        return lambda day: day.day == _last(day)
    if field == "LW":
        return lambda day: day == _nearest_workday(day.replace(day=_last(day)))
    if match := re.fullmatch(r"([0-9]{1,2})W", field):
        wanted = int(match[1])
        if not 1 <= wanted <= 31:
            raise InvalidExpressionError("days of the month from 1 to 31")
        return lambda day: wanted <= _last(day) and day == _nearest_workday(day.replace(day=wanted))
    days = _numbers(field, 1, 31, "days of the month from 1 to 31; L, W")
    return lambda day: day.day in days


def _day_of_week(field: str) -> DayTest:
    called = "days of the week from 1 (SUN) to 7 (SAT); L, #"
    if field == "L":
        return lambda day: _weekday(day) == 7
    if match := re.fullmatch(r"([0-9A-Za-z]{1,3})#([1-5])", field):
        wanted, nth = _one_weekday(match[1], called), int(match[2])
        return lambda day: _weekday(day) == wanted and (day.day - 1) // 7 + 1 == nth
    if match := re.fullmatch(r"([1-7]|[A-Za-z]{3})L", field):
        wanted = _one_weekday(match[1], called)
        return lambda day: _weekday(day) == wanted and day.day > _last(day) - 7
    days = _numbers(field, 1, 7, called, _WEEKDAYS)
    return lambda day: _weekday(day) in days


def _one_weekday(text: str, called: str) -> int:
    (wanted,) = _numbers(text, 1, 7, called, _WEEKDAYS)
    return wanted


def _weekday(day: date) -> int:
    return day.isoweekday() % 7 + 1


def _last(day: date) -> int:
    return calendar.monthrange(day.year, day.month)[1]


def _nearest_workday(day: date) -> date:
    """Monday to Friday, nearest to the day and in its month."""
    if day.weekday() == 5:
        return day - timedelta(days=1) if day.day > 1 else day + timedelta(days=2)
    if day.weekday() == 6:
        return day + timedelta(days=1) if day.day < _last(day) else day - timedelta(days=2)
    return day


def _next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def _exists(local: datetime) -> bool:
    """Whether clocks of the zone ever show this time."""
    utc = datetime.fromtimestamp(local.timestamp(), tz=local.tzinfo)
    return (utc.hour, utc.minute) == (local.hour, local.minute)
