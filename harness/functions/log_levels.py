"""Which of a function's own lines reach its log, where its LogFormat is JSON.

A line that is a JSON object tells its level itself; one without a level, without a valid
timestamp, or that is no JSON, counts as INFO. Lines of the embedded metric format, too: above
INFO they are dropped, and their metrics with them.

Source: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html
"""

import re
from datetime import datetime

import msgspec

from harness.cloud.template.model_functions import LoggingSpec

_LEVELS = ("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL")
_PYTHONS = {"WARNING": "WARN", "CRITICAL": "FATAL"}
"""Python's own names of two levels."""

_TIMES = ("timestamp", "time")
_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)")


def kept(text: str, logging: LoggingSpec) -> str:
    """The lines of a text that are grave enough for the function's application log level."""
    lowest = _rank(logging.application_level)
    if logging.format != "JSON" or lowest == 0:
        return text
    return "".join(line for line in text.splitlines(keepends=True) if _level(line) >= lowest)


def _level(line: str) -> int:
    """How grave a line is."""
    info = _LEVELS.index("INFO")
    if not line.startswith("{"):
        return info
    try:
        record = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return info
    if not isinstance(record, dict) or not any(_is_time(record.get(key)) for key in _TIMES):
        return info
    found = _rank(str(record.get("level", "")))
    return info if found < 0 else found


def _rank(level: str) -> int:
    """0 for the least grave level; -1 for what is no level."""
    name = level.upper()
    name = _PYTHONS.get(name, name)
    return _LEVELS.index(name) if name in _LEVELS else -1


def _is_time(value: object) -> bool:
    if not isinstance(value, str) or not _RFC_3339.fullmatch(value):
        return False
    try:
        datetime.fromisoformat(value.upper())
    except ValueError:
        return False
    return True
