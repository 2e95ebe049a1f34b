"""What a value of a document becomes in an index, and why one may be refused."""

from enum import StrEnum
from typing import Any

import msgspec

from harness.cloud.engines.search.errors import ILLEGAL

Value = Any
"""A string, an integer, a float, or for text a list of tokens."""


class Storage(StrEnum):
    """How the values of a field are indexed."""

    TEXT = "text"  # tokens with positions
    KEYWORD = "keyword"  # whole strings
    INTEGER = "integer"  # 64 bits, also dates (milliseconds) and booleans
    FLOAT = "float"
    NONE = "none"  # kept in _source, and known to exist


class BadValue(Exception):
    """A value does not fit its field.

    Attributes:
        kind: OpenSearch's name of the cause.
        reason: what is wrong with it.
        caused_by: the error object beneath the cause.
    """

    def __init__(self, reason: str, kind: str = ILLEGAL, caused_by: dict[str, Any] | None = None) -> None:
        super().__init__(reason)
        self.kind = kind
        self.reason = reason
        self.caused_by = caused_by

    def error(self) -> dict[str, Any]:
        """The error object."""
        return {"type": self.kind, "reason": self.reason} | ({"caused_by": self.caused_by} if self.caused_by else {})


def text_of(value: Any) -> str:
    """A JSON scalar as text, as OpenSearch reads one into a string field.

    Raises:
        BadValue: it is an object.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, (dict, list)):
        raise BadValue("Can't get text on a START_OBJECT at 1:1", "illegal_state_exception")
    return msgspec.json.encode(value).decode()


def preview(value: Any) -> str:
    """A value as an error shows it."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}={preview(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(preview(one) for one in value) + "]"
    return text_of(value)
