"""The actions Publish and PublishBatch.

Source: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
and https://docs.aws.amazon.com/sns/latest/api/API_PublishBatch.html
"""

import re
from typing import Any

from harness.cloud.engines.sns import quotas, requests
from harness.cloud.engines.sns.delivery import Deliveries
from harness.cloud.engines.sns.errors import SnsError, invalid_parameter
from harness.cloud.engines.sns.message import Draft, Published
from harness.cloud.engines.sns.records import MessagePublished, PublishDeduplicated
from harness.cloud.engines.sns.strikes import refuses
from harness.cloud.engines.sns.surroundings import Surroundings
from harness.cloud.engines.sns.topic import Topic
from harness.cloud.engines.sns.topics import Topics
from harness.cloud.engines.sqs.message import size_bytes
from harness.faults.service import BatchPartialFailure
from harness.simulation.randomness import uuid_from
from harness.simulation.wire import Call

Result = dict[str, Any]

_BATCH_ENTRY_ID = re.compile(r"[A-Za-z0-9_\-]{1,80}")
_PHONE_NUMBER = re.compile(r"\+[1-9][0-9]{1,14}")


class PublishActions:
    """Carries out the actions that publish."""

    def __init__(self, topics: Topics, around: Surroundings) -> None:
        self._topics = topics
        self._around = around
        self._deliveries = Deliveries(around)

    def publish(self, request: requests.Publish, call: Call) -> Result:
        """Publish."""
        draft = _draft(request, call)
        if request.phone_number:
            return self._send_text_message(request, draft)
        if not request.topic_arn and not request.target_arn:
            raise invalid_parameter("TopicArn or TargetArn Reason: no value for required parameter")
        parameter = "TopicArn" if request.topic_arn else "TargetArn"
        topic = self._topics.at(request.topic_arn or request.target_arn, parameter)
        topic.check(draft)
        if refuses(self._around.faults, self._around.label(topic.arn), draft.text):
            raise SnsError("Throttling", "Rate exceeded")
        return _result(self.take(topic, draft, call.caller.function))

    def publish_batch(self, request: requests.PublishBatch, call: Call) -> Result:
        """PublishBatch: one wrong entry makes the whole call fail; a refused or broken one fails alone."""
        topic = self._topics.at(request.topic_arn)
        entries = _checked(request.entries, topic.limit_bytes)
        drafts = [(entry, _draft(entry, call)) for entry in entries]
        for _, draft in drafts:
            topic.check(draft)
        failures = self._failures(topic, drafts, call)
        successful: list[Result] = []
        for entry, draft in drafts:
            if entry.id not in failures:
                message = self.take(topic, draft, call.caller.function)
                successful.append({"Id": entry.id} | _result(message))
        failed = [
            {"Id": id_, "Code": code, "Message": text, "SenderFault": code != "InternalError"}
            for id_, (code, text) in failures.items()
        ]
        return {"Successful": successful, "Failed": failed}

    def take(self, topic: Topic, draft: Draft, publisher: str) -> Published:
        """A topic takes a message in and sends it on its way.

        Raises:
            SnsError: it does not accept it.
        """
        message, is_new = topic.accept(draft)
        label = self._around.label(topic.arn)
        if is_new:
            self._around.trace.append(
                MessagePublished(
                    topic=label, message_id=message.message_id, size_bytes=message.size_bytes, publisher=publisher
                )
            )
            self._deliveries.dispatch(topic, message)
        else:
            self._around.trace.append(PublishDeduplicated(topic=label, message_id=message.message_id))
        return message

    def _failures(
        self, topic: Topic, drafts: list[tuple[requests.PublishEntry, Draft]], call: Call
    ) -> dict[str, tuple[str, str]]:
        """What faults make of the entries: code and message by id."""
        failures: dict[str, tuple[str, str]] = {}
        faults = self._around.faults
        partial = faults.on_call(BatchPartialFailure, call) if faults.on(BatchPartialFailure) else None
        if partial:
            left_out = drafts[partial.every - 1 :: partial.every] or drafts[-1:]
            failures = {entry.id: ("InternalError", "An internal error occurred.") for entry, _ in left_out}
        for entry, draft in drafts:
            if entry.id not in failures and refuses(faults, self._around.label(topic.arn), draft.text):
                failures[entry.id] = ("Throttled", "Rate exceeded")
        return failures

    def _send_text_message(self, request: requests.Publish, draft: Draft) -> Result:
        """A text message to a phone leaves the simulation."""
        if not _PHONE_NUMBER.fullmatch(request.phone_number):
            raise invalid_parameter(f"PhoneNumber Reason: {request.phone_number} is not valid to publish to")
        if not draft.text:
            raise invalid_parameter("Empty message")
        return {"MessageId": uuid_from(self._around.randomness.stream("sns/text messages"))}


def _draft(request: requests.Publishing, call: Call) -> Draft:
    return Draft(
        text=request.message,
        subject=request.subject,
        structure=request.message_structure,
        attributes=request.attributes(),
        group_id=request.message_group_id,
        deduplication_id=request.message_deduplication_id,
        trace_header=call.request.headers.get("x-amzn-trace-id"),
    )


def _result(message: Published) -> Result:
    result: Result = {"MessageId": message.message_id}
    if message.sequence_number is not None:
        result["SequenceNumber"] = message.sequence_number
    return result


def _checked(entries: list[requests.PublishEntry] | str, limit_bytes: int) -> list[requests.PublishEntry]:
    if isinstance(entries, str) or not entries:
        raise SnsError("EmptyBatchRequest", "The batch request doesn't contain any entries.")
    if len(entries) > quotas.BATCH_ENTRIES:
        raise SnsError("TooManyEntriesInBatchRequest", "The batch request contains more entries than permissible.")
    seen: set[str] = set()
    for entry in entries:
        if not _BATCH_ENTRY_ID.fullmatch(entry.id):
            raise SnsError(
                "InvalidBatchEntryId", "The Id of a batch entry in a batch request doesn't abide by the specification."
            )
        if entry.id in seen:
            raise SnsError("BatchEntryIdsNotDistinct", "Two or more batch entries in the request have the same Id.")
        seen.add(entry.id)
    if sum(size_bytes(entry.message, entry.attributes()) for entry in entries) > limit_bytes:
        raise SnsError("BatchRequestTooLong", "The length of all the messages put together is more than the limit.")
    return entries
