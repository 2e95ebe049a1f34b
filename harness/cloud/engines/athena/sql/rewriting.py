"""Functions that Trino and DuckDB do not only call by other names."""

from collections.abc import Callable
from datetime import datetime

from harness.cloud.engines.athena.sql import formats
from harness.cloud.engines.athena.sql.nodes import (
    Node,
    arguments,
    called,
    cast,
    is_date,
    literal,
    name_of,
    refuse,
    text_of,
)
from harness.cloud.engines.athena.storage.java_dates import UnknownPattern

_FIELDS = {
    "dow": "isodow", "day_of_week": "isodow", "day_of_year": "doy", "day_of_month": "day", "year_of_week": "isoyear",
    "yow": "isoyear",
}  # fmt: skip
UTC = ("utc", "z", "gmt", "+00:00", "etc/utc")
"""Names of the one time zone there is."""


def rewritten(node: Node, now: datetime) -> Node:
    """The call as DuckDB takes it; its arguments have been rewritten before.

    Args:
        now: what the query takes for the present.

    Raises:
        QueryError: with these arguments it is not simulated.
    """
    rewrite = _REWRITES.get(node["function_name"])
    return rewrite(node, now) if rewrite else _kept_a_date(node)


def instant(name: str, now: datetime, node: Node) -> Node | None:
    """What current_date and the like stand for; None: the name is none of these."""
    alias = node.get("alias") or name
    if name == "current_date":
        return cast(literal(now.strftime("%Y-%m-%d")), "DATE", alias)
    if name in ("current_timestamp", "localtimestamp"):
        return cast(literal(now.strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]), "TIMESTAMP", alias)
    return None


def _concat(node: Node, now: datetime) -> Node:
    """Trino's concat is NULL if a part is; DuckDB's leaves NULLs out."""
    parts = arguments(node)
    if len(parts) < 2:
        raise refuse("FUNCTION_NOT_FOUND", "There must be two or more concatenation arguments to function concat", node)
    joined = parts[0]
    for part in parts[1:]:
        joined = {**called(node, "||", [joined, part]), "is_operator": True, "alias": ""}
    return {**joined, "alias": node["alias"]}


def _approx_distinct(node: Node, now: datetime) -> Node:
    """Exact: the error of Trino's estimate is left out."""
    return {**called(node, "count", arguments(node)[:1]), "distinct": True}


def _formatting(name: str, translate: Callable[[str], str]) -> Callable[[Node, datetime], Node]:
    def rewrite(node: Node, now: datetime) -> Node:
        given = arguments(node)
        pattern = text_of(given[1]) if len(given) == 2 else None
        if pattern is None:
            raise refuse("NOT_SUPPORTED", f"{node['function_name']} takes a value and a literal format here", node)
        try:
            return called(node, name, [given[0], literal(translate(pattern))])
        except UnknownPattern as unknown:
            message = f"Invalid format: '{unknown}' in \"{pattern}\" is not simulated"
            raise refuse("INVALID_FUNCTION_ARGUMENT", message, node) from None

    return rewrite


def _date_part(node: Node, now: datetime) -> Node:
    given = arguments(node)
    field = (text_of(given[0]) or "").lower()
    return called(node, "date_part", [literal(_FIELDS.get(field, field)), *given[1:]])


def _timezone(node: Node, now: datetime) -> Node:
    given = arguments(node)
    zone = (text_of(given[0]) or "").lower()
    if zone not in UTC:
        raise refuse("NOT_SUPPORTED", f"AT TIME ZONE '{zone}' is not simulated: every instant is in UTC here", node)
    return {**given[1], "alias": node["alias"]}


def _now(node: Node, now: datetime) -> Node:
    found = instant("current_timestamp", now, node)
    assert found is not None
    return found


def _reduce(node: Node, now: datetime) -> Node:
    given = arguments(node)
    last = given[-1]
    is_plain = last.get("class") == "LAMBDA" and name_of(last["expr"]) == name_of(last["lhs"]) is not None
    if len(given) != 4 or not is_plain:
        raise refuse("NOT_SUPPORTED", "reduce takes an array, a start, a lambda and `s -> s` here", node)
    return called(node, "list_reduce", [given[0], given[2], given[1]])


def _listagg(node: Node, now: datetime) -> Node:
    raise refuse("NOT_SUPPORTED", "listagg is not simulated: array_join(array_agg(x ORDER BY y), ',') is", node)


def _arithmetic(node: Node, now: datetime) -> Node:
    """A date and an interval make a date; in DuckDB a timestamp."""
    given = arguments(node)
    adds_interval = len(given) == 2 and any(_is_interval(each) for each in given)
    return cast({**node, "alias": ""}, "DATE", node["alias"]) if adds_interval and any(map(is_date, given)) else node


def _is_interval(node: Node) -> bool:
    return (
        node.get("class") == "FUNCTION"
        and node["function_name"].startswith("to_")
        and node["function_name"].endswith("s")
    )


def _kept_a_date(node: Node) -> Node:
    """date_add and date_trunc of a date give a date; in DuckDB a timestamp."""
    if node["function_name"] in ("trino_date_add", "date_trunc") and is_date(arguments(node)[-1]):
        return cast({**node, "alias": ""}, "DATE", node["alias"])
    return node


_REWRITES: dict[str, Callable[[Node, datetime], Node]] = {
    "concat": _concat,
    "approx_distinct": _approx_distinct,
    "date_format": _formatting("strftime", formats.from_mysql),
    "date_parse": _formatting("strptime", formats.from_mysql),
    "format_datetime": _formatting("strftime", formats.from_joda),
    "parse_datetime": _formatting("strptime", formats.from_joda),
    "date_part": _date_part,
    "timezone": _timezone,
    "now": _now,
    "reduce": _reduce,
    "listagg": _listagg,
    "+": _arithmetic,
    "-": _arithmetic,
}
