"""Formats of dates: MySQL's in date_format and date_parse, Joda's in format_datetime, to strftime's.

Source: https://trino.io/docs/current/functions/datetime.html
"""

import re

from harness.cloud.engines.athena.storage import java_dates
from harness.cloud.engines.athena.storage.java_dates import UnknownPattern

_MYSQL = {
    "a": "%a", "b": "%b", "c": "%-m", "d": "%d", "e": "%-d", "f": "%f", "H": "%H", "h": "%I", "I": "%I", "i": "%M",
    "j": "%j", "k": "%-H", "l": "%-I", "M": "%B", "m": "%m", "p": "%p", "r": "%I:%M:%S %p", "S": "%S", "s": "%S",
    "T": "%H:%M:%S", "v": "%V", "W": "%A", "x": "%G", "Y": "%Y", "y": "%y", "%": "%%",
}  # fmt: skip


def from_mysql(pattern: str) -> str:
    """strftime's pattern. Raises UnknownPattern."""

    def replaced(found: re.Match[str]) -> str:
        if found[1] not in _MYSQL:
            raise UnknownPattern(found[0])
        return _MYSQL[found[1]]

    return re.sub(r"%(.)", replaced, pattern)


def from_joda(pattern: str) -> str:
    """strftime's pattern. Raises UnknownPattern."""
    return java_dates.strftime_pattern(pattern.replace("YYYY", "yyyy"))
