"""What a destination of asynchronous invocations receives, and what a dead-letter queue does.

Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
and https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-add-dlq.html
"""

import json
from dataclasses import dataclass
from typing import Any

from harness.functions.invocation import Result
from harness.simulation.clock import Clock

ERROR_MESSAGE_BYTES = 1024


@dataclass(frozen=True)
class Outcome:
    """How an event ended.

    Attributes:
        condition: "Success", "RetriesExhausted", "EventAgeExceeded", ...
        attempts: how often the function was invoked.
        result: of the last attempt; None: it was never invoked.
    """

    condition: str
    attempts: int
    result: Result | None


def invocation_record(clock: Clock, function_arn: str, request_id: str, event: bytes, outcome: Outcome) -> str:
    """The JSON text a destination receives.

    Args:
        function_arn: with its qualifier.
    """
    record: dict[str, Any] = {
        "version": "1.0",
        "timestamp": f"{clock.utcnow():%Y-%m-%dT%H:%M:%S}.{clock.now_ms % 1000:03d}Z",
        "requestContext": {
            "requestId": request_id,
            "functionArn": function_arn,
            "condition": outcome.condition,
            "approximateInvokeCount": outcome.attempts,
        },
        "requestPayload": json.loads(event),
    }
    if result := outcome.result:
        record["responseContext"] = {"statusCode": 200, "executedVersion": result.version}
        if result.function_error:
            record["responseContext"]["functionError"] = result.function_error
        record["responsePayload"] = json.loads(result.payload)
    return json.dumps(record)


def error_attributes(request_id: str, result: Result | None) -> dict[str, tuple[str, str]]:
    """The message attributes of an event in a dead-letter queue."""
    message = result.error if result else "Rate Exceeded."
    return {
        "RequestID": ("String", request_id),
        "ErrorCode": ("Number", "200" if result else "429"),
        "ErrorMessage": ("String", message.encode()[:ERROR_MESSAGE_BYTES].decode(errors="ignore")),
    }
