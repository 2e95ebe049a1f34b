"""Checks the patterns of filter criteria as Lambda does when a mapping is created.

Source: https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis-filtering.html
and https://docs.aws.amazon.com/lambda/latest/dg/with-ddb-filtering.html
"""

from collections.abc import Mapping
from typing import Any

from harness.cloud.pattern_operators import InvalidEventPatternError
from harness.cloud.patterns import check_pattern
from harness.cloud.template.shapes import Spot

_JSON_ONLY = {"Kinesis": "data", "DynamoDB": "dynamodb"}
"""Where a stream's pattern must be JSON; a queue's may be plain text."""


def check_filter(pattern: Mapping[str, Any], text: str, kind: str, spot: Spot) -> None:
    """Returns if Lambda takes the pattern.

    Args:
        text: the pattern as it stands in the template.
        kind: "SQS", "Kinesis" or "DynamoDB".

    Raises:
        PropertyOutOfRange: it does not.
    """
    try:
        check_pattern(pattern)
    except InvalidEventPatternError as error:
        raise spot.refused(text, f"an event pattern ({error})") from None
    key = _JSON_ONLY.get(kind, "")
    if key in pattern and not isinstance(pattern[key], Mapping):
        raise spot.refused(text, f"a JSON object under {key}: Lambda compares no plain text there")
