"""Listings of CloudWatch come page by page.

Sources:
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_ListMetrics.html
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html
"""

from typing import Any

from harness.cloud.engines.cloudwatch.cloudwatch_errors import CloudWatchError

METRICS = 500
"""Of one ListMetrics."""

RECORDS = 50
"""Of one DescribeAlarms or DescribeAlarmHistory that names no MaxRecords; AWS publishes none."""

MOST_RECORDS = 100


def page(name: str, listed: list[dict[str, Any]], body: dict[str, Any], size: int) -> dict[str, Any]:
    """The page of a listing that a request asks for, with the token of the next one.

    Raises:
        CloudWatchError: the token is none of ours.
    """
    token = body.get("NextToken") or "0"
    if not (isinstance(token, str) and token.isascii() and token.isdigit() and len(token) < 10):
        code = "InvalidParameterValue" if name == "Metrics" else "InvalidNextToken"
        raise CloudWatchError(code, "The NextToken was not returned by this action.")
    start = int(token)
    shown: dict[str, Any] = {name: listed[start : start + size]}
    if len(listed) > start + size:
        shown["NextToken"] = str(start + size)
    return shown


def records(body: dict[str, Any]) -> int:
    """How many alarms or changes of theirs a request asks for at once.

    Raises:
        CloudWatchError: fewer than one, or more than a hundred.
    """
    wanted = body.get("MaxRecords", RECORDS)
    if not isinstance(wanted, int) or not 1 <= wanted <= MOST_RECORDS:
        raise CloudWatchError(
            "ValidationError",
            f"1 validation error detected: Value '{wanted}' at 'maxRecords' must be from 1 to {MOST_RECORDS}.",
        )
    return wanted
