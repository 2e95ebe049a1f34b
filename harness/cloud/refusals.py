"""Answers that a service gives instead of doing its work: throttled, broken, half done.

Error codes per service: the botocore models and
https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import msgspec

from harness.cloud import item_errors
from harness.cloud.operations import parameters_of
from harness.simulation.wire import Call, Reply

_THROTTLES = {
    "dynamodb": (400, "ProvisionedThroughputExceededException", "The level of configured provisioned throughput ..."),
    "sqs": (400, "RequestThrottled", "The request was denied due to request throttling."),
    "sns": (400, "Throttling", "Rate exceeded"),
    "kinesis": (400, "ProvisionedThroughputExceededException", "Rate exceeded for shard"),
    "lambda": (429, "TooManyRequestsException", "Rate Exceeded."),
    "s3": (503, "SlowDown", "Please reduce your request rate."),
    "athena": (400, "TooManyRequestsException", "Rate exceeded"),
}

_XML = {
    "s3": '<?xml version="1.0" encoding="UTF-8"?><Error><Code>{1}</Code><Message>{2}</Message></Error>',
    "sns": "<ErrorResponse><Error><Type>{0}</Type><Code>{1}</Code><Message>{2}</Message></Error></ErrorResponse>",
}
_XML["elasticloadbalancing"] = _XML["sns"]
"""Errors of the services that do not speak JSON: whose fault, code, message."""

_INTERNAL = {"dynamodb": "InternalServerError", "lambda": "ServiceException", "s3": "InternalError"}


def throttled(call: Call) -> Reply:
    """The service's own throttling error: definite, nothing was done."""
    status, code, message = _THROTTLES.get(call.service, (400, "ThrottlingException", "Rate exceeded"))
    return _error(call, status, code, message)


def internal_error(call: Call) -> Reply:
    """The service's own 500: to the caller, indefinite."""
    return _error(call, 500, _INTERNAL.get(call.service, "InternalFailure"), "An internal error occurred.")


def in_conflict(call: Call) -> Reply:
    """DynamoDB's word that another transaction has an item; in a transaction, its first."""
    if not call.operation.startswith("Transact"):
        return item_errors.in_conflict()
    items = parameters_of(call.request.body).get("TransactItems")
    return item_errors.cancelled([index == 0 for index in range(len(items) if isinstance(items, list) else 1)])


def expired(call: Call) -> Reply:
    """The service's own word that the credentials have expired: definite, nothing was done.

    Source: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
    and https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/CommonErrors.html
    """
    if call.service == "s3":
        return _error(call, 400, "ExpiredToken", "The provided token has expired.")
    message = "The security token included in the request is expired"
    if call.service in _XML:
        return _error(call, 403, "ExpiredToken", message)
    return _error(call, 403 if call.service == "lambda" else 400, "ExpiredTokenException", message)


def _error(call: Call, status: int, code: str, message: str) -> Reply:
    fault_of = "Sender" if status < 500 else "Receiver"
    if call.service in _XML:
        return Reply(status, {"content-type": "text/xml"}, _XML[call.service].format(fault_of, code, message).encode())
    headers = {"content-type": "application/x-amz-json-1.0", "x-amzn-errortype": code}
    if call.service == "sqs":
        headers["x-amzn-query-error"] = f"{code};{fault_of}"
    return Reply(status, headers, json.dumps({"__type": code, "message": message}).encode())


class _Service(Protocol):
    async def answer(self, call: Call) -> Reply: ...


@dataclass(frozen=True)
class Partial:
    """A batch call of which some entries will not be done.

    Attributes:
        entries: all of them, in the order of the request.
        keep: the parameters of a request with only these entries.
        report: adds to the service's answer those of `entries` that were left out.
    """

    call: Call
    parameters: dict[str, Any]
    entries: list[Any]
    keep: Callable[[dict[str, Any], list[Any]], dict[str, Any]]
    report: Callable[["Partial", dict[str, Any], list[Any]], None]

    async def answer(self, service: _Service, every: int) -> Reply:
        """Does all entries but every n-th, and reports those as not done."""
        left_out = self.entries[every - 1 :: every] or self.entries[-1:]
        kept = [entry for entry in self.entries if not any(entry is other for other in left_out)]
        answer = await self._ask(service, kept) if kept else Reply(200, {"content-type": "application/x-amz-json-1.0"})
        if answer.status != 200:
            return answer
        body = json.loads(answer.body or b"{}")
        self.report(self, body, left_out)
        headers = {name: value for name, value in answer.headers.items() if name != "x-amz-crc32"}
        return Reply(200, headers, json.dumps(body).encode())

    async def _ask(self, service: _Service, kept: list[Any]) -> Reply:
        body = json.dumps(self.keep(self.parameters, kept)).encode()
        request = msgspec.structs.replace(self.call.request, body=body)
        return await service.answer(msgspec.structs.replace(self.call, request=request))


_Report = Callable[[Partial, dict[str, Any], list[Any]], None]


def splits(call: Call) -> Partial | None:
    """The call as a batch that can be done in part; None if it is no batch, or a malformed one.

    PutRecords of Kinesis, PublishBatch of SNS and a bulk of OpenSearch are split by those services themselves.
    """
    parameters = parameters_of(call.request.body)
    operation = (call.service, call.operation)
    if operation in _OF_ENTRIES:
        entries = parameters.get("Entries")
        if isinstance(entries, list) and entries and all(isinstance(entry, dict) for entry in entries):
            return Partial(call, parameters, entries, _keep_entries, _OF_ENTRIES[operation])
    tables = parameters.get("RequestItems")
    if not isinstance(tables, dict) or not tables:
        return None
    if operation == ("dynamodb", "BatchWriteItem") and all(isinstance(items, list) for items in tables.values()):
        pairs = [(table, item) for table, items in tables.items() for item in items]
        return Partial(call, parameters, pairs, _keep_items, _report_unprocessed_items)
    if operation == ("dynamodb", "BatchGetItem") and all(_has_keys(asked) for asked in tables.values()):
        pairs = [(table, key) for table, asked in tables.items() for key in asked["Keys"]]
        return Partial(call, parameters, pairs, _keep_keys, _report_unprocessed_keys)
    return None


def _has_keys(asked: Any) -> bool:
    return isinstance(asked, dict) and isinstance(asked.get("Keys"), list)


def _keep_entries(parameters: dict[str, Any], kept: list[Any]) -> dict[str, Any]:
    return {**parameters, "Entries": kept}


def _report_failed(partial: Partial, body: dict[str, Any], left_out: list[Any]) -> None:
    failed = body.setdefault("Failed", [])
    for entry in left_out:
        failed.append({"Id": entry.get("Id", ""), "SenderFault": False, "Code": "InternalError", "Message": _TROUBLE})


def _report_failed_events(partial: Partial, body: dict[str, Any], left_out: list[Any]) -> None:
    """Each entry has its result at the place it had in the request.

    Source: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
    """
    results = iter(body.get("Entries", []))
    failure = {"ErrorCode": "InternalFailure", "ErrorMessage": _TROUBLE}
    body["Entries"] = [
        failure if any(entry is other for other in left_out) else next(results, failure) for entry in partial.entries
    ]
    body["FailedEntryCount"] = sum("ErrorCode" in result for result in body["Entries"])


_TROUBLE = "An internal error occurred."
_OF_ENTRIES: dict[tuple[str, str], _Report] = {
    ("sqs", "SendMessageBatch"): _report_failed,
    ("sqs", "DeleteMessageBatch"): _report_failed,
    ("sqs", "ChangeMessageVisibilityBatch"): _report_failed,
    ("events", "PutEvents"): _report_failed_events,
}


def _keep_items(parameters: dict[str, Any], kept: list[Any]) -> dict[str, Any]:
    return {**parameters, "RequestItems": _by_table(kept)}


def _report_unprocessed_items(partial: Partial, body: dict[str, Any], left_out: list[Any]) -> None:
    body["UnprocessedItems"] = _by_table(left_out)


def _keep_keys(parameters: dict[str, Any], kept: list[Any]) -> dict[str, Any]:
    tables = parameters["RequestItems"]
    asked = {table: {**tables[table], "Keys": keys} for table, keys in _by_table(kept).items()}
    return {**parameters, "RequestItems": asked}


def _report_unprocessed_keys(partial: Partial, body: dict[str, Any], left_out: list[Any]) -> None:
    body.setdefault("Responses", {})
    body["UnprocessedKeys"] = _keep_keys(partial.parameters, left_out)["RequestItems"]


def _by_table(pairs: list[Any]) -> dict[str, list[Any]]:
    tables: dict[str, list[Any]] = {}
    for table, item in pairs:
        tables.setdefault(table, []).append(item)
    return tables
