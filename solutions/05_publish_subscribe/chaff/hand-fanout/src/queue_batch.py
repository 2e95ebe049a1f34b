"""An order as Orders hands it over."""

from collections.abc import Callable
from typing import Any


def each_order(event: dict[str, Any], handle: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    """Hands the order over."""
    handle(event["order"])
    return {}
