"""The right to work on one row of the CMS, for a while: at most one worker holds it."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

import boto3
from botocore.exceptions import ClientError

from cms import FINISHES_WITHIN_S, OutcomeUnknown

_CLOCKS_DIFFER_BY_S = 5
_TABLE = os.environ["LEASES_TABLE"]
_dynamodb = boto3.client("dynamodb")


class Busy(Exception):
    """Another worker holds the row."""


@contextmanager
def held(row: str, owner: str, remaining_s: float) -> Iterator[None]:
    """The row, "articles/a-17" say, is ours while the block runs.

    A worker that dies frees nothing, so a lease ends by itself: not before the CMS is done with
    a request sent in the last moment the worker can live. For the same reason it is left to run
    out when the CMS did not answer.

    Args:
        owner: who takes the lease, different for each invocation.
        remaining_s: how long this invocation can live at most, seconds.

    Raises:
        Busy: another worker holds it.
    """
    _take(row, owner, time.time() + remaining_s + FINISHES_WITHIN_S + _CLOCKS_DIFFER_BY_S)
    try:
        yield
    except OutcomeUnknown:
        raise
    except BaseException:
        _free(row, owner)
        raise
    else:
        _free(row, owner)


def _take(row: str, owner: str, until: float) -> None:
    try:
        _dynamodb.put_item(
            TableName=_TABLE,
            Item={"row": {"S": row}, "owner": {"S": owner}, "until": {"N": f"{until:.3f}"}},
            # The last part: a first try whose answer was lost meets itself when the SDK repeats it.
            ConditionExpression="attribute_not_exists(#row) OR #until < :now OR #owner = :owner",
            ExpressionAttributeNames={"#row": "row", "#until": "until", "#owner": "owner"},
            ExpressionAttributeValues={":now": {"N": f"{time.time():.3f}"}, ":owner": {"S": owner}},
        )
    except ClientError as error:
        if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
            raise Busy(f"Another worker holds {row}.") from error
        raise


def _free(row: str, owner: str) -> None:
    try:
        _dynamodb.delete_item(
            TableName=_TABLE,
            Key={"row": {"S": row}},
            ConditionExpression="#owner = :owner",
            ExpressionAttributeNames={"#owner": "owner"},
            ExpressionAttributeValues={":owner": {"S": owner}},
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
            raise
