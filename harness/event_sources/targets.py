"""What EventBridge and its Scheduler hand things over to: functions, queues, topics, streams, buses.

A rule needs the target's consent: a permission of the function, a policy of the queue or topic.
A schedule brings a role of its own, whose policies are taken for granted.

Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
and https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-targets.html
"""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlencode

from harness.cloud.account import REGION
from harness.cloud.engines.sqs.errors import Code, SqsError
from harness.cloud.engines.sqs.message import AttributeValue
from harness.cloud.engines.sqs.service import SqsService
from harness.cloud.target_delivery import Parcel, TargetError
from harness.functions.asynchronous import Asynchronous
from harness.functions.limits import ASYNCHRONOUS_PAYLOAD_BYTES
from harness.functions.service import LambdaService, NoSuchFunction
from harness.functions.versions import NoSuchQualifier
from harness.simulation.wire import Call, Caller, Reply, Request

SUBSCRIBER = "arn:aws:test:"
"""How the ARN of a test that listens begins."""

_EVENT_BRIDGE = Caller(function="EventBridge")


class Service(Protocol):
    """An AWS service, as the gateway knows it."""

    async def answer(self, call: Call) -> Reply: ...


class Consent(Protocol):
    """Who allows what."""

    def allows(self, action: str, arn: str, parcel: Parcel) -> bool:
        """Whether the target's own policy lets the sender do this."""
        ...


@dataclass(kw_only=True)
class Targets:
    """Hands things over.

    Attributes:
        services: gives the AWS service of a name.
        labels: logical ids by ARN.
        put: puts an event on a bus: source, detail type, detail, ARN of the bus.
        subscribers: tests that listen, by ARN.
    """

    functions: LambdaService
    asynchronous: Asynchronous
    sqs: SqsService
    services: Callable[[str], Service]
    consent: Consent
    labels: Mapping[str, str]
    put: Callable[[str, str, Any, str], None]
    subscribers: dict[str, Callable[[Any], None]]

    def label(self, arn: str) -> str:
        """The logical id behind an ARN, or its last part."""
        return self.labels.get(arn) or arn.rpartition(":")[2].rpartition("/")[2]

    async def send(self, parcel: Parcel) -> None:
        """Hands it over, once.

        Raises:
            TargetError: it was not taken.
        """
        if parcel.arn.startswith(SUBSCRIBER):
            return self.subscribers[parcel.arn](json.loads(parcel.text))
        match parcel.arn.split(":")[2]:
            case "lambda":
                self._to_function(parcel)
            case "sqs":
                self._to_queue(parcel)
            case "sns":
                await self._to_topic(parcel)
            case "kinesis":
                await self._to_stream(parcel)
            case "events":
                self._to_bus(parcel)

    def dead_letter(self, arn: str, text: str, attributes: dict[str, str], parcel: Parcel) -> bool:
        """Puts a message into a dead-letter queue; False: the queue is missing or does not allow it.

        Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
        """
        values = {name: AttributeValue("String", value) for name, value in attributes.items()}
        try:
            self._permit("sqs:SendMessage", arn, parcel)
            self.sqs.queue_by_arn(arn).send(text, message_attributes=values)
        except (TargetError, SqsError):
            return False
        return True

    def _permit(self, action: str, arn: str, parcel: Parcel) -> None:
        if not parcel.role and not self.consent.allows(action, arn, parcel):
            raise TargetError("NO_PERMISSIONS", f"{self.label(arn)} does not allow {action} to {parcel.sender}.")

    def _to_function(self, parcel: Parcel) -> None:
        """Lambda takes the event into its queue; from there its own retries begin."""
        qualifier = parcel.arn.partition(":function:")[2].partition(":")[2]
        try:
            spec = self.functions.find(parcel.arn)
            self.functions.resolve(spec.logical_id, qualifier)
        except (NoSuchFunction, NoSuchQualifier):
            raise TargetError("NO_RESOURCE", f"Function not found: {parcel.arn}") from None
        self._permit("lambda:InvokeFunction", parcel.arn, parcel)
        event = parcel.text.encode()
        if _json(parcel.text) is _NO_JSON:
            raise TargetError("INVALID_JSON", "Could not parse request body into json")
        if len(event) > ASYNCHRONOUS_PAYLOAD_BYTES:
            raise TargetError("INVALID_PARAMETER", f"The event has {len(event)} bytes.")
        self.asynchronous.accept(spec.logical_id, event, cause=parcel.cause, qualifier=qualifier)

    def _to_queue(self, parcel: Parcel) -> None:
        try:
            queue = self.sqs.queue_by_arn(parcel.arn)
            self._permit("sqs:SendMessage", parcel.arn, parcel)
            queue.send(parcel.text, group_id=parcel.message_group_id or None)
        except SqsError as error:
            code = "NO_RESOURCE" if error.code is Code.QUEUE_DOES_NOT_EXIST else "INVALID_PARAMETER"
            raise TargetError(code, error.message) from None

    async def _to_topic(self, parcel: Parcel) -> None:
        self._permit("sns:Publish", parcel.arn, parcel)
        form = {"Action": "Publish", "Version": "2010-03-31", "TopicArn": parcel.arn, "Message": parcel.text}
        if parcel.message_group_id:
            form["MessageGroupId"] = parcel.message_group_id
        headers = {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}
        await self._ask("sns", "Publish", parcel.arn, headers, urlencode(form).encode())

    async def _to_stream(self, parcel: Parcel) -> None:
        record = json.dumps(
            {"StreamARN": parcel.arn, "Data": _base64(parcel.text), "PartitionKey": parcel.partition_key}
        )
        headers = {"content-type": "application/x-amz-json-1.1", "x-amz-target": "Kinesis_20131202.PutRecord"}
        await self._ask("kinesis", "PutRecord", parcel.arn, headers, record.encode())

    def _to_bus(self, parcel: Parcel) -> None:
        detail = _json(parcel.text)
        if not isinstance(detail, dict):
            raise TargetError("INVALID_JSON", "Detail is malformed.")
        try:
            self.put(parcel.source, parcel.detail_type, detail, parcel.arn)
        except LookupError as missing:
            raise TargetError("NO_RESOURCE", str(missing)) from None

    async def _ask(self, service: str, operation: str, arn: str, headers: dict[str, str], body: bytes) -> None:
        """As a client would: through the service's own protocol."""
        host = f"{service}.{REGION}.amazonaws.com"
        request = Request("POST", f"https://{host}/", {"host": host, **headers}, body)
        call = Call(0, _EVENT_BRIDGE, service, operation, self.label(arn), 1, request)
        reply = await self.services(service).answer(call)
        if reply.status < 300:
            return
        text = reply.body.decode(errors="replace")
        if reply.status >= 500 or "Throttl" in text or "ThroughputExceeded" in text:
            raise TargetError("INTERNAL_ERROR" if reply.status >= 500 else "THROTTLING", text, retriable=True)
        missing = reply.status == 404 or "NotFound" in text
        raise TargetError("NO_RESOURCE" if missing else "INVALID_PARAMETER", text)


_NO_JSON: Any = object()


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return _NO_JSON


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
