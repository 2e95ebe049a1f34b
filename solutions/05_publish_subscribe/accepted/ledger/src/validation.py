"""What an order must look like."""

import json
import re
from typing import Any

_ID = re.compile(r"[A-Za-z0-9-]{1,64}")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
_NOTE_BYTES = 32_768


def malformed(order_id: str, body: str) -> str:
    """Why this cannot be an order; "": it is one."""
    try:
        order = json.loads(body)
    except ValueError:
        return "The body is not JSON."
    if not isinstance(order, dict) or order.get("order_id", order_id) != order_id:
        return "The body is not an order of this id."
    if not (_is_id(order_id) and _is_id(order.get("customer_id"))):
        return "order_id and customer_id have 1-64 letters, digits and hyphens."
    if not is_time(order.get("ordered_at")):
        return "ordered_at is a time like 2026-01-05T09:00:00.000Z."
    note = order.get("note", "")
    if not isinstance(note, str) or len(note.encode(errors="replace")) > _NOTE_BYTES:
        return f"A note is a text of at most {_NOTE_BYTES} bytes."
    items = order.get("items")
    if not isinstance(items, list) or not 1 <= len(items) <= 10:
        return "An order has 1-10 items."
    if not all(_is_item(item) for item in items):
        return "An item has line, kind, product, quantity; a drink has origin and method as well."
    if sorted(item["line"] for item in items) != list(range(1, len(items) + 1)):
        return "Lines are numbered from 1."
    return ""


def is_time(value: Any) -> bool:
    """Whether this is a time as every message here writes it."""
    return isinstance(value, str) and _TIME.fullmatch(value) is not None


def _is_item(item: Any) -> bool:
    if not isinstance(item, dict) or item.get("kind") not in ("drink", "goodie"):
        return False
    named = ("product", "origin", "method") if item["kind"] == "drink" else ("product",)
    numbers = (item.get("line"), item.get("quantity"))
    if not all(isinstance(one, int) and not isinstance(one, bool) for one in numbers):
        return False
    return all(_is_id(item.get(name)) for name in named) and 1 <= item["quantity"] <= 20


def _is_id(value: Any) -> bool:
    return isinstance(value, str) and _ID.fullmatch(value) is not None
