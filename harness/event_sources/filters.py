"""Filter criteria: which records of a source a function is invoked with.

A record that matches one of the patterns is delivered. Where body and pattern are of
different forms, one JSON and the other plain text, the record is dropped.

Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
and https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis-filtering.html
"""

import base64
import json
from collections.abc import Mapping, Sequence
from typing import Any

from harness.cloud.patterns import EventPattern

DATA_KEYS = {"SQS": "body", "Kinesis": "data", "DynamoDB": "dynamodb"}
"""The key of a pattern that stands for what a producer has written, by kind of source."""


class Filters:
    """The filters of one event source mapping.

    Args:
        kind: "SQS", "Kinesis" or "DynamoDB".
        patterns: as JSON texts, already checked.
    """

    def __init__(self, kind: str, patterns: Sequence[str]) -> None:
        self._kind = kind
        self._key = DATA_KEYS[kind]
        parsed = [json.loads(pattern) for pattern in patterns]
        self._patterns = [(pattern.get(self._key), EventPattern(pattern)) for pattern in parsed]

    def __bool__(self) -> bool:
        return bool(self._patterns)

    def wants(self, record: Mapping[str, Any]) -> bool:
        """Whether the function is invoked with this record, given as it stands in the event."""
        if not self._patterns:
            return True
        seen = self._as_filters_see(record)
        return any(
            _is_comparable(wanted, seen.get(self._key)) and pattern.matches(seen) for wanted, pattern in self._patterns
        )

    def _as_filters_see(self, record: Mapping[str, Any]) -> dict[str, Any]:
        if self._kind == "SQS":
            return {**record, "body": _parsed(record["body"])}
        if self._kind == "Kinesis":
            inner = record["kinesis"]
            text = base64.b64decode(inner["data"]).decode(errors="replace")
            return {**record, **inner, "data": _parsed(text)}
        return dict(record)


def _is_comparable(wanted: Any, value: Any) -> bool:
    """Whether pattern and data are of one form; a pattern without a part for the data compares metadata only."""
    return wanted is None or isinstance(wanted, Mapping) == isinstance(value, dict | list)


def _parsed(text: str) -> Any:
    """The JSON object or array in a text, or the text itself where there is none."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return value if isinstance(value, dict | list) else text
