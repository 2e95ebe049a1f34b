"""Date patterns as Java writes them: "yyyy-MM-dd", "yyyy/MM/dd/HH", "yyyy-MM-dd'T'HH:mm:ss".

Source: https://docs.oracle.com/javase/8/docs/api/java/time/format/DateTimeFormatter.html
"""

import re
from collections.abc import Iterator
from datetime import datetime

_FIELDS = {
    "yyyy": ("%Y", r"\d{4}"),
    "uuuu": ("%Y", r"\d{4}"),
    "yy": ("%y", r"\d{2}"),
    "MM": ("%m", r"\d{2}"),
    "dd": ("%d", r"\d{2}"),
    "HH": ("%H", r"\d{2}"),
    "hh": ("%I", r"\d{2}"),
    "mm": ("%M", r"\d{2}"),
    "ss": ("%S", r"\d{2}"),
    "SSS": ("%g", r"\d{3}"),
    "SSSSSS": ("%f", r"\d{6}"),
    "a": ("%p", r"[AP]M"),
    "EEE": ("%a", r"[A-Z][a-z]{2}"),
    "MMM": ("%b", r"[A-Z][a-z]{2}"),
}
_WORD = re.compile(r"'((?:[^']|'')*)'|([A-Za-z])\2*|.", re.DOTALL)
_UNITS = (("s", "SECONDS"), ("m", "MINUTES"), ("H", "HOURS"), ("h", "HOURS"), ("d", "DAYS"), ("M", "MONTHS"))


class UnknownPattern(Exception):
    """A letter of the pattern that is not simulated."""


def strftime_pattern(pattern: str) -> str:
    """The pattern in the words of strftime. Raises UnknownPattern."""
    return "".join(field or literal.replace("%", "%%") for field, _, literal in _words(pattern))


def expression_of(pattern: str) -> str:
    """A regular expression of what is written so. Raises UnknownPattern."""
    return "".join(digits or re.escape(literal) for _, digits, literal in _words(pattern))


def read(text: str, pattern: str) -> datetime | None:
    """The instant that a text stands for; None if it is not written so."""
    if not re.fullmatch(expression_of(pattern), text):
        return None
    try:
        return datetime.strptime(text, strftime_pattern(pattern).replace("%g", "%f"))
    except ValueError:
        return None


def finest_unit(pattern: str) -> str:
    """The unit of its smallest field, as in "DAYS"."""
    letters = "".join(word for _, digits, word in _letters(pattern) if digits)
    return next((unit for letter, unit in _UNITS if letter in letters), "YEARS")


def _words(pattern: str) -> Iterator[tuple[str, str, str]]:
    """(strftime, regular expression, "") of a field and ("", "", text) of what stands between."""
    for field, digits, word in _letters(pattern):
        yield field, digits, "" if digits else word


def _letters(pattern: str) -> Iterator[tuple[str, str, str]]:
    for found in _WORD.finditer(pattern):
        word = found[0]
        if found[1] is not None:
            yield "", "", found[1].replace("''", "'") or "'"
        elif not word.isalpha():
            yield "", "", word
        elif word in _FIELDS:
            yield *_FIELDS[word], word
        else:
            raise UnknownPattern(word)
