"""Draws what waits in between: messages of queues and topics, records of streams."""

from harness.cloud.engines.kinesis.records import RecordArrived, RecordRefused, RecordsExpired, StreamResharded
from harness.cloud.engines.sns import records as sns
from harness.cloud.engines.sqs import records as sqs
from harness.event_sources.stream_consumer import RecordsDiscarded, RecordsProcessed
from harness.judge.timeline.drawing import Drawing, OpenLane, Teller
from harness.judge.timeline.model import Outcome
from harness.simulation.trace import Record

ARRIVES, RECEIVED, LEAVES, CALLS = "arrives", "received", "leaves", "calls"
"""Rows of a queue, a topic or a stream."""

_ROWS = (ARRIVES, RECEIVED, LEAVES, CALLS)
_SOURCES = {"redrive": " by redrive", "duplicate": " once more"}


def queue_lane(drawing: Drawing, name: str) -> OpenLane:
    """The lane of a queue, with all its rows."""
    lane = drawing.lane("queue", name)
    for row in _ROWS:
        lane.row(row)
    return lane


def _message(record: Record, drawing: Drawing, queue: str, message_id: str, text: str, **more: object) -> OpenLane:
    lane = queue_lane(drawing, queue)
    row = lane.row(str(more.pop("way")))
    text = f"Message {message_id[:8]} {text}".replace("QUEUE", lane.name)
    drawing.add(record, lane, "message", text, row=row, message=message_id, **more)
    return lane


def _arrived(record: sqs.MessageArrived, drawing: Drawing) -> None:
    by = _SOURCES.get(record.source, "")
    lane = _message(record, drawing, record.queue, record.message_id, f"arrives in QUEUE{by}", way=ARRIVES)
    lane.hold(record.at_us, 1, "messages")


def _deduplicated(record: sqs.MessageDeduplicated, drawing: Drawing) -> None:
    text = "comes to QUEUE again, and is not taken twice"
    _message(record, drawing, record.queue, record.message_id, text, way=ARRIVES)


def _received(record: sqs.MessageReceived, drawing: Drawing) -> None:
    nth = {1: "first", 2: "second", 3: "third"}.get(record.receive_count, f"{record.receive_count}th")
    text = f"is received from QUEUE by {record.receiver}, for the {nth} time"
    _message(record, drawing, record.queue, record.message_id, text, way=RECEIVED)


def _deleted(record: sqs.MessageDeleted, drawing: Drawing) -> None:
    lane = _message(record, drawing, record.queue, record.message_id, "is deleted from QUEUE", way=LEAVES, outcome="ok")
    lane.hold(record.at_us, -1, "messages")


def _gave_up(record: sqs.MessageMovedToDeadLetterQueue, drawing: Drawing) -> None:
    text = f"moves from QUEUE to the dead-letter queue, after {record.receive_count} receives"
    lane = _message(record, drawing, record.queue, record.message_id, text, way=LEAVES, outcome="failed")
    lane.hold(record.at_us, -1, "messages")


def _redriven(record: sqs.MessageRedriven, drawing: Drawing) -> None:
    lane = _message(record, drawing, record.queue, record.message_id, "leaves QUEUE: it is redriven", way=LEAVES)
    lane.hold(record.at_us, -1, "messages")


def _expired(record: sqs.MessageExpired, drawing: Drawing) -> None:
    text = "has outlived the retention period of QUEUE and is gone"
    lane = _message(record, drawing, record.queue, record.message_id, text, way=LEAVES, outcome="lost")
    lane.hold(record.at_us, -1, "messages")


def _topic(
    record: Record, drawing: Drawing, topic: str, message_id: str, text: str, way: str, outcome: Outcome = ""
) -> None:
    lane = drawing.lane("topic", topic)
    text = f"Message {message_id[:8]} {text}"
    drawing.add(record, lane, "message", text, row=lane.row(way), message=message_id, outcome=outcome)


def _published(record: sns.MessagePublished, drawing: Drawing) -> None:
    text = f"is published to {record.topic} by {record.publisher}"
    _topic(record, drawing, record.topic, record.message_id, text, ARRIVES)


def _published_again(record: sns.PublishDeduplicated, drawing: Drawing) -> None:
    text = f"comes to {record.topic} again, and is not taken twice"
    _topic(record, drawing, record.topic, record.message_id, text, ARRIVES)


def _notified(record: sns.NotificationDelivered, drawing: Drawing) -> None:
    text = f"is delivered to {record.subscriber}{' once more' if record.again else ''}, attempt {record.attempt}"
    _topic(record, drawing, record.topic, record.message_id, text, LEAVES, "ok")


def _filtered(record: sns.NotificationFiltered, drawing: Drawing) -> None:
    text = f"is not for {record.subscriber}: its filter policy leaves it out"
    _topic(record, drawing, record.topic, record.message_id, text, LEAVES)


def _not_notified(record: sns.NotificationFailed, drawing: Drawing) -> None:
    text = f"is not taken by {record.subscriber}, attempt {record.attempt}: {record.reason}"
    _topic(record, drawing, record.topic, record.message_id, text, LEAVES, "failed")


def _notification_gave_up(record: sns.NotificationMovedToDeadLetterQueue, drawing: Drawing) -> None:
    text = f"moves to {record.dead_letter_queue}: {record.subscriber} did not take it"
    _topic(record, drawing, record.topic, record.message_id, text, LEAVES, "failed")


def _notification_lost(record: sns.NotificationDropped, drawing: Drawing) -> None:
    text = f"is lost for {record.subscriber}: {record.reason}"
    _topic(record, drawing, record.topic, record.message_id, text, LEAVES, "lost")


def _record_arrived(record: RecordArrived, drawing: Drawing) -> None:
    lane = drawing.lane("stream", record.stream)
    text = f"A record with key {record.partition_key} arrives in {record.shard} of {lane.name}"
    drawing.add(record, lane, "message", text, row=lane.row(record.shard))


def _record_refused(record: RecordRefused, drawing: Drawing) -> None:
    lane = drawing.lane("stream", record.stream)
    text = f"A record with key {record.partition_key} is refused by {record.shard}: {record.reason}"
    drawing.add(record, lane, "message", text, row=lane.row(record.shard), outcome="failed")


def _resharded(record: StreamResharded, drawing: Drawing) -> None:
    lane = drawing.lane("stream", record.stream)
    text = f"Shards close ({', '.join(record.closed)}) and others open ({', '.join(record.opened)})"
    drawing.add(record, lane, "other", text)


def _records_expired(record: RecordsExpired, drawing: Drawing) -> None:
    lane = drawing.lane("stream", record.stream)
    text = f"{record.count} records of {record.shard} have outlived the retention period"
    drawing.add(record, lane, "message", text, row=lane.row(record.shard), outcome="lost")


def _processed(record: RecordsProcessed, drawing: Drawing) -> None:
    lane = drawing.lane("stream", record.source)
    text = f"{record.function} is through with {record.count} records of {record.shard}"
    drawing.add(record, lane, "message", text, row=lane.row(record.shard), outcome="ok")


def _discarded(record: RecordsDiscarded, drawing: Drawing) -> None:
    lane = drawing.lane("stream", record.source)
    text = f"{record.count} records are given up for {record.function} ({record.condition})"
    drawing.add(record, lane, "message", text, row=lane.row(record.shard), outcome="lost")


TELLERS: dict[type[Record], Teller] = {
    sqs.MessageArrived: _arrived,
    sqs.MessageDeduplicated: _deduplicated,
    sqs.MessageReceived: _received,
    sqs.MessageDeleted: _deleted,
    sqs.MessageMovedToDeadLetterQueue: _gave_up,
    sqs.MessageRedriven: _redriven,
    sqs.MessageExpired: _expired,
    sns.MessagePublished: _published,
    sns.PublishDeduplicated: _published_again,
    sns.NotificationDelivered: _notified,
    sns.NotificationFiltered: _filtered,
    sns.NotificationFailed: _not_notified,
    sns.NotificationMovedToDeadLetterQueue: _notification_gave_up,
    sns.NotificationDropped: _notification_lost,
    RecordArrived: _record_arrived,
    RecordRefused: _record_refused,
    StreamResharded: _resharded,
    RecordsExpired: _records_expired,
    RecordsProcessed: _processed,
    RecordsDiscarded: _discarded,
}
