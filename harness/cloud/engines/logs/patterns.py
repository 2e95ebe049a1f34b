"""Filter patterns of CloudWatch Logs: terms, and the simple comparisons of JSON events.

`ERROR`, `"out of memory"`, `ERROR -retry`, `?ERROR ?WARN`, `{ $.level = "ERROR" }`,
`{ $.ms > 500 }`, joined by && and ||. Left out: parentheses, IS NULL, space-delimited events,
regular expressions.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
"""

import json
import operator
import re
from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import Any

Matcher = Callable[[str], bool]

_TERM = re.compile(r'([-?]?)(?:"((?:[^"\\]|\\.)*)"|(\S+))\s*')
_COMPARISON = re.compile(r'\s*\$\.([A-Za-z0-9_.\-]+)\s*(!=|>=|<=|=|>|<)\s*(?:"((?:[^"\\]|\\.)*)"|([^\s"]+))\s*')
_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    ">": operator.gt, "<": operator.lt, ">=": operator.ge, "<=": operator.le,
}  # fmt: skip


class PatternRefused(Exception):
    """The pattern is none, or more than is understood here."""


def compiled(pattern: str) -> Matcher:
    """Tells which messages a pattern matches; the empty one matches all.

    Raises:
        PatternRefused: it is not understood.
    """
    text = pattern.strip()
    if text.startswith("{") and text.endswith("}"):
        return _json(text[1:-1])
    if text.startswith("[") or text.startswith("%"):
        raise PatternRefused(pattern)
    return _terms(text)


def _terms(text: str) -> Matcher:
    wanted: list[str] = []
    excluded: list[str] = []
    either: list[str] = []
    place = 0
    while match := _TERM.match(text, place):
        term = match[2].replace('\\"', '"') if match[2] is not None else match[3]
        {"-": excluded, "?": either, "": wanted}[match[1]].append(term)
        place = match.end()

    def matches(message: str) -> bool:
        if any(term in message for term in excluded):
            return False
        if either and not wanted:
            return any(term in message for term in either)
        return all(term in message for term in wanted)

    return matches


def _json(text: str) -> Matcher:
    """Comparisons joined by && (binds tighter) and ||."""
    choices = [[_comparison(part) for part in choice.split("&&")] for choice in text.split("||")]

    def matches(message: str) -> bool:
        try:
            event = json.loads(message)
        except (ValueError, RecursionError):
            return False
        return any(all(holds(event) for holds in choice) for choice in choices)

    return matches


def _comparison(text: str) -> Callable[[Any], bool]:
    match = _COMPARISON.fullmatch(text)
    if match is None:
        raise PatternRefused(text.strip())
    path, sign, quoted, bare = match[1].split("."), match[2], match[3], match[4]
    if quoted is None and sign in _OPERATORS and not _is_number(bare):
        raise PatternRefused(text.strip())
    wanted = quoted if quoted is not None else bare

    def holds(event: Any) -> bool:
        value = _at(event, path)
        if sign in _OPERATORS:
            return isinstance(value, int | float) and _OPERATORS[sign](value, float(wanted))
        return value is not None and _equal(value, wanted) == (sign == "=")

    return holds


def _at(event: Any, path: list[str]) -> Any:
    for key in path:
        event = event.get(key) if isinstance(event, dict) else None
    return event


def _equal(value: Any, wanted: str) -> bool:
    if isinstance(value, bool):
        return str(value).lower() == wanted.lower()
    if isinstance(value, int | float):
        return _is_number(wanted) and float(wanted) == value
    return isinstance(value, str) and fnmatchcase(value, wanted.replace("[", "[[]"))


def _is_number(text: str) -> bool:
    return re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text) is not None
