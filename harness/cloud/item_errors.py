"""DynamoDB's errors that moto does not have: throttled, in conflict, a token used twice.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
and https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
"""

import json
from collections.abc import Sequence
from typing import Any

from harness.cloud.table_capacity import Refusal
from harness.simulation.wire import Reply

_HEADERS = {"content-type": "application/x-amz-json-1.0"}
_NAMESPACE = "com.amazonaws.dynamodb.v20120810#"
_THROTTLED = "Throughput exceeds the current throughput limit of your table, index or partition key."
_ONGOING = "Transaction is ongoing for the item"


def error(code: str, message: str, **more: Any) -> Reply:
    """An error of DynamoDB; its status is always 400."""
    body = {"__type": _NAMESPACE + code, "message": message, **more}
    return Reply(400, dict(_HEADERS), json.dumps(body).encode())


def invalid(message: str) -> Reply:
    """A request that breaks a rule of the API."""
    body = {"__type": "com.amazon.coral.validate#ValidationException", "message": message}
    return Reply(400, dict(_HEADERS), json.dumps(body).encode())


def throttled(refusal: Refusal) -> Reply:
    """More than the table, the index or the key takes: nothing was done."""
    reasons = [{"reason": refusal.reason, "resource": refusal.resource}]
    return error("ProvisionedThroughputExceededException", _THROTTLED, ThrottlingReasons=reasons)


def in_conflict() -> Reply:
    """A transaction has the item."""
    return error("TransactionConflictException", _ONGOING)


def token_reused() -> Reply:
    """The same token with other parameters."""
    message = "The request uses the same client token as a previous, but non-identical request."
    return error("IdempotentParameterMismatchException", message)


def cancelled(conflicts: Sequence[bool]) -> Reply:
    """A transaction that met another."""
    return _cancelled([("TransactionConflict", _ONGOING) if conflict else None for conflict in conflicts])


def cancelled_by_throttling(hit: Sequence[bool]) -> Reply:
    """A transaction for which there were not units enough."""
    return _cancelled([("ProvisionedThroughputExceeded", _THROTTLED) if one else None for one in hit])


def _cancelled(reasons: Sequence[tuple[str, str] | None]) -> Reply:
    """With a reason for each action; that of the others is the text "None"."""
    codes = ", ".join(reason[0] if reason else "None" for reason in reasons)
    message = f"Transaction cancelled, please refer cancellation reasons for specific reasons [{codes}]"
    shown = [{"Code": reason[0], "Message": reason[1]} if reason else {"Code": "None"} for reason in reasons]
    return error("TransactionCanceledException", message, CancellationReasons=shown)
