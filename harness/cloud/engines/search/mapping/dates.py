"""Dates: the formats of a `date` field, and date math.

Held in milliseconds since 1970. Of Java's patterns the usual letters are known.
Source: https://docs.opensearch.org/latest/field-types/supported-field-types/date/
"""

import calendar
import re
from datetime import UTC, datetime, timedelta
from typing import Any

from harness.cloud.engines.search.errors import PartMissing
from harness.cloud.engines.search.mapping.values import BadValue

DEFAULT_FORMAT = "strict_date_optional_time||epoch_millis"

_ZONE = r"(?P<zone>Z|[+-]\d{2}:?\d{2})"
_TIME = r"(?P<H>\d{2})(?::(?P<M>\d{2})(?::(?P<S>\d{2})(?:[.,](?P<f>\d{1,9}))?)?)?"
_OPTIONAL_TIME = rf"(?P<y>\d{{4}})(?:-(?P<m>\d{{2}})(?:-(?P<d>\d{{2}})(?:T(?:{_TIME})?{_ZONE}?)?)?)?"
_DAY = r"(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})"
_NAMED = {
    "strict_date_optional_time": _OPTIONAL_TIME,
    "date_optional_time": _OPTIONAL_TIME,
    "strict_date_optional_time_nanos": _OPTIONAL_TIME,
    "strict_date": _DAY,
    "date": _DAY,
    "strict_date_time": rf"{_DAY}T{_TIME}{_ZONE}",
    "date_time": rf"{_DAY}T{_TIME}{_ZONE}",
    "strict_date_time_no_millis": rf"{_DAY}T{_TIME}{_ZONE}",
    "date_time_no_millis": rf"{_DAY}T{_TIME}{_ZONE}",
    "basic_date": r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})",
}
_EPOCHS = {"epoch_millis": 1, "epoch_second": 1000}
_LETTERS = {"yyyy": r"(?P<y>\d{4})", "uuuu": r"(?P<y>\d{4})", "MM": r"(?P<m>\d{2})", "dd": r"(?P<d>\d{2})"}
_LETTERS |= {"HH": r"(?P<H>\d{2})", "mm": r"(?P<M>\d{2})", "ss": r"(?P<S>\d{2})"}
_LETTERS |= {"SSS": r"(?P<f>\d{3})", "XXX": _ZONE, "XX": _ZONE, "X": _ZONE, "Z": _ZONE}
_PIECES = re.compile(r"'([^']*)'|yyyy|uuuu|MM|dd|HH|mm|ss|SSS|XXX|XX|X|Z|([A-Za-z]+)|(.)")
_MATH = re.compile(r"([+-])(\d*)([yMwdhHms])|/([yMwdhHms])")

MAX_MS = 253_402_300_799_999
"""The end of the year 9999."""


class DateFormat:
    """One or several formats, separated by "||"; a value fits if it fits one of them.

    Raises:
        SearchError: a format that is not simulated.
    """

    def __init__(self, text: str = DEFAULT_FORMAT) -> None:
        self.text = text
        self._patterns = [_pattern(one) for one in text.split("||") if one not in _EPOCHS]
        self._units_ms = [_EPOCHS[one] for one in text.split("||") if one in _EPOCHS]

    def parse(self, value: Any, *, round_up: bool = False) -> int:
        """A value as milliseconds since 1970.

        Args:
            round_up: hours, minutes and seconds that are missing are the last, not the first.

        Raises:
            BadValue: it fits no format.
        """
        if not isinstance(value, (str, int, float)) or isinstance(value, bool):
            raise self.misfit(value)
        text = str(value)
        for pattern in self._patterns:
            found = pattern.fullmatch(text)
            if found is not None:
                return _assembled(found.groupdict(), round_up, self.misfit(value))
        for unit_ms in self._units_ms:
            if re.fullmatch(r"-?\d{1,15}(?:\.\d+)?", text):
                return int(float(text) * unit_ms) if "." in text else int(text) * unit_ms
        raise self.misfit(value)

    def misfit(self, value: Any) -> BadValue:
        """The error of a value that fits no format."""
        cause = {"type": "date_time_parse_exception", "reason": "Failed to parse with all enclosed parsers"}
        return BadValue(f"failed to parse date field [{value}] with format [{self.text}]", caused_by=cause)

    def resolve(self, value: Any, now_ms: int, *, round_up: bool) -> int:
        """A value of a query, which may be date math: "now-1d/d", "2026-03-01||+1M".

        Args:
            round_up: where the math rounds, to the end of the unit.
        """
        text = str(value)
        if text.startswith("now"):
            return _compute(now_ms, text[3:], round_up, self.misfit(value))
        if "||" in text:
            anchor, _, math = text.partition("||")
            return _compute(self.parse(anchor), math, round_up, self.misfit(value))
        return self.parse(value, round_up=round_up)


def iso(at_ms: int) -> str:
    """A date as `strict_date_optional_time` writes it."""
    at = datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=at_ms)
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at_ms % 1000:03d}Z"


def _pattern(name: str) -> re.Pattern[str]:
    if name in _NAMED:
        return re.compile(_NAMED[name])
    pieces = []
    for found in _PIECES.finditer(name):
        if found[2]:
            raise PartMissing(f"date format [{name}]")
        pieces.append(_LETTERS.get(found[0]) or re.escape(found[1] if found[1] is not None else found[0]))
    try:
        return re.compile("".join(pieces))
    except re.error:  # a letter twice
        raise PartMissing(f"date format [{name}]") from None


def _assembled(parts: dict[str, str | None], round_up: bool, misfit: BadValue) -> int:
    def number(name: str, low: int, high: int) -> int:
        text = parts.get(name)
        return int(text) if text else (high if round_up else low)

    fraction = parts.get("f")
    millisecond = int(fraction[:3].ljust(3, "0")) if fraction else (999 if round_up and not parts.get("S") else 0)
    try:
        at = datetime(
            int(parts.get("y") or 1970),
            int(parts.get("m") or 1),
            int(parts.get("d") or 1),
            number("H", 0, 23),
            number("M", 0, 59),
            number("S", 0, 59),
            tzinfo=UTC,
        )
    except ValueError:
        raise misfit from None
    return calendar.timegm(at.timetuple()) * 1000 + millisecond - _zone_ms(parts.get("zone"))


def _zone_ms(zone: str | None) -> int:
    if zone in (None, "Z"):
        return 0
    assert zone is not None
    digits = zone[1:].replace(":", "")
    minutes = int(digits[:2]) * 60 + int(digits[2:])
    return (-1 if zone[0] == "-" else 1) * minutes * 60_000


def _compute(at_ms: int, math: str, round_up: bool, misfit: BadValue) -> int:
    at = datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=at_ms)
    end = 0
    try:
        for step in _MATH.finditer(math):
            if step.start() != end:
                raise misfit
            end = step.end()
            count = int((step[1] or "") + (step[2] or "1"))
            at = _rounded(at, step[4], round_up) if step[4] else _moved(at, step[3], count)
    except (OverflowError, ValueError):
        raise misfit from None
    if end != len(math):
        raise misfit
    return calendar.timegm(at.timetuple()) * 1000 + at.microsecond // 1000


def _moved(at: datetime, unit: str, count: int) -> datetime:
    if unit in "yM":
        months = at.year * 12 + at.month - 1 + count * (12 if unit == "y" else 1)
        year, month = divmod(months, 12)
        last = calendar.monthrange(year, month + 1)[1]
        return at.replace(year=year, month=month + 1, day=min(at.day, last))
    hours = {"w": 168, "d": 24, "h": 1, "H": 1}
    return at + (timedelta(hours=hours[unit] * count) if unit in hours else timedelta(seconds=_SECONDS[unit] * count))


_SECONDS = {"m": 60, "s": 1}


def _rounded(at: datetime, unit: str, round_up: bool) -> datetime:
    start = at.replace(microsecond=0)
    if unit != "s":
        start = start.replace(second=0)
    if unit not in "sm":
        start = start.replace(minute=0)
    if unit not in "smhH":
        start = start.replace(hour=0)
    if unit == "w":
        start -= timedelta(days=start.weekday())
    if unit in "yM":
        start = start.replace(day=1)
    if unit == "y":
        start = start.replace(month=1)
    return _moved(start, unit, 1) - timedelta(milliseconds=1) if round_up else start
