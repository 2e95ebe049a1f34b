"""Headers as a list of lines, for whatever may come more than once.

A `Request` or `Reply` keeps its headers in a dict; of a header given more than once (Set-Cookie
can not be joined by commas) the values stand in one text, each on a line of its own.
"""

from collections.abc import Iterable, Mapping, Sequence

Lines = list[tuple[str, str]]
"""Name and value of each header line, in their order."""


def lines_of(headers: Mapping[str, str | Sequence[str]]) -> Lines:
    """Every header line, names in lower case; a name may also have a list of values."""
    texts = [(name, values if isinstance(values, str) else "\n".join(values)) for name, values in headers.items()]
    return [(name.lower(), value) for name, text in texts for value in text.split("\n")]


def joined(lines: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The dict of these lines, names in lower case."""
    headers: dict[str, str] = {}
    for name, value in lines:
        key = name.lower()
        headers[key] = f"{headers[key]}\n{value}" if key in headers else value
    return headers


def values_of(lines: Lines, name: str) -> list[str]:
    """All values of a header.

    Args:
        name: in lower case.
    """
    return [value for each, value in lines if each == name]


def many(lines: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """The values of each name."""
    grouped: dict[str, list[str]] = {}
    for name, value in lines:
        grouped.setdefault(name, []).append(value)
    return grouped
