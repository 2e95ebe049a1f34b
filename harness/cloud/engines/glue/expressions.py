"""The filter of GetPartitions: comparisons of partition keys, joined by AND.

Left out: OR, NOT, BETWEEN, IN and LIKE, which Glue has as well; asking for one is an error.

Source: https://docs.aws.amazon.com/glue/latest/webapi/API_GetPartitions.html
"""

import operator
import re
from collections.abc import Callable
from typing import Any

from harness.cloud.engines.glue.catalogue import Table, Values
from harness.cloud.engines.glue.errors import invalid

_TERM = re.compile(r"""\s*"?(?P<key>\w+)"?\s*(?P<sign>=|<>|!=|<=|>=|<|>)\s*(?P<value>'(?:[^']|'')*'|-?\d+)\s*""")
_AND = re.compile(r"and\b", re.IGNORECASE)
_SIGNS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_NUMBERS = ("int", "bigint", "smallint", "tinyint", "integer", "long")

Matches = Callable[[Values], bool]


def partition_filter(expression: str, table: Table) -> Matches:
    """Says of a partition's values whether it is wanted. Raises GlueError for a filter that cannot be read."""
    terms: list[tuple[int, Callable[[Any, Any], bool], Any]] = []
    at = 0
    while expression.strip() and at <= len(expression):
        term = _TERM.match(expression, at)
        if term is None:
            raise invalid(f"Unsupported expression '{expression}': this simulator compares keys with values, with AND")
        terms.append(_term(term, table))
        at = term.end()
        if at == len(expression):
            break
        joined = _AND.match(expression, at)
        if joined is None:
            raise invalid(f"Unsupported expression '{expression}': this simulator joins comparisons with AND only")
        at = joined.end()
    return lambda values: all(compare(_like(values[index], value), value) for index, compare, value in terms)


def _term(term: re.Match[str], table: Table) -> tuple[int, Callable[[Any, Any], bool], Any]:
    keys = [key.key for key in table.input.partition_keys]
    name = term["key"].lower()
    if name not in keys:
        raise invalid(f"Key {name} is not a partition key of table {table.name}")
    index = keys.index(name)
    text = term["value"]
    value = text[1:-1].replace("''", "'") if text.startswith("'") else text
    is_number = table.input.partition_keys[index].type.lower() in _NUMBERS
    if is_number and re.fullmatch(r"-?\d{1,19}", value):
        return index, _SIGNS[term["sign"]], int(value)
    return index, _SIGNS[term["sign"]], value


def _like(value: str, other: Any) -> Any:
    """The value as a number, if it is compared with one."""
    return int(value) if isinstance(other, int) and re.fullmatch(r"-?\d{1,19}", value) else value
