"""The aggregates: many values of a group become one. Nulls do not count."""

from collections.abc import Callable
from typing import Any

from harness.cloud.engines.graph.errors import malformed
from harness.cloud.engines.graph.running.values import identity, is_number, order_key, whole


def aggregate(name: str, values: list[Any], *, distinct: bool) -> Any:
    """What an aggregate makes of the values of its argument.

    Raises:
        GraphError: there is something among them that it cannot take.
    """
    present = [value for value in values if value is not None]
    if distinct:
        present = list({identity(value): value for value in reversed(present)}.values())[::-1]
    return _AGGREGATES[name](present)


def _sum(values: list[Any]) -> Any:
    total = sum(_numbers(values, "sum"))
    return whole(total) if isinstance(total, int) else total


def _average(values: list[Any]) -> float | None:
    return sum(_numbers(values, "avg")) / len(values) if values else None


def _numbers(values: list[Any], name: str) -> list[Any]:
    if not all(is_number(value) for value in values):
        raise malformed(f"{name}() takes numbers")
    return values


_AGGREGATES: dict[str, Callable[[list[Any]], Any]] = {
    "count": len,
    "collect": list,
    "sum": _sum,
    "avg": _average,
    "min": lambda values: min(values, key=order_key, default=None),
    "max": lambda values: max(values, key=order_key, default=None),
}
