"""Binary values of items: moto keeps their bytes, and JSON carries them in Base64."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def item_in_base64(item: Mapping[str, Any]) -> dict[str, Any]:
    """An item, or a key, as JSON carries it."""
    return {name: in_base64(attribute) for name, attribute in item.items()}


def in_base64(attribute: dict[str, Any]) -> dict[str, Any]:
    """An attribute value as JSON carries it; a text that stands for bytes is taken to be Base64 already."""
    (kind, value), *_ = attribute.items()
    match kind:
        case "B":
            return {kind: _encoded(value)}
        case "BS":
            return {kind: [_encoded(each) for each in value]}
        case "L":
            return {kind: [in_base64(each) for each in value]}
        case "M":
            return {kind: item_in_base64(value)}
    return attribute


def _encoded(value: Any) -> str:
    return value if isinstance(value, str) else base64.b64encode(bytes(value)).decode()
