"""What SQS publishes as metrics of queues, derived from the trace.

Counts of sends, receives and deletes are exact. What waits and how old it is, is sampled once
a minute while a queue is active: it holds messages, or something happened in six hours. A
message counts as in flight for the queue's visibility timeout, whatever ChangeMessageVisibility
said (the trace does not have it).

Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from harness.cloud.engines.cloudwatch.metrics import Metric, MetricStore, metric
from harness.cloud.engines.sqs.errors import SqsError
from harness.cloud.engines.sqs.records import (
    MessageArrived,
    MessageDeleted,
    MessageExpired,
    MessageMovedToDeadLetterQueue,
    MessageReceived,
    MessageRedriven,
)
from harness.cloud.engines.sqs.service import SqsService
from harness.simulation.clock import Clock
from harness.simulation.trace import Record

NAMESPACE = "AWS/SQS"
VISIBLE = "ApproximateNumberOfMessagesVisible"
NOT_VISIBLE = "ApproximateNumberOfMessagesNotVisible"
OLDEST = "ApproximateAgeOfOldestMessage"
_MINUTE_US = 60_000_000
_ACTIVE_US = 6 * 3600 * 1_000_000


@dataclass
class _State:
    """What is known of a queue.

    Attributes:
        messages: when each arrived, and until when it is in flight.
        sampled_us: the last minute that was sampled.
    """

    visibility_us: int
    messages: dict[str, list[int]] = field(default_factory=dict)
    active_us: int = 0
    sampled_us: int = 0

    def quiet_us(self, at_us: int) -> int:
        """Until when it is active, as seen from an instant."""
        return at_us if self.messages else self.active_us + _ACTIVE_US

    def visible(self, at_us: int) -> int:
        return sum(until_us <= at_us for _, until_us in self.messages.values())

    def age_s(self, at_us: int) -> float:
        oldest_us = min((arrived_us for arrived_us, _ in self.messages.values()), default=at_us)
        return max(0, at_us - oldest_us) // 1_000_000


class QueueMetrics:
    """Turns records of the trace into data points.

    Attributes:
        readers: what takes which record.
    """

    def __init__(self, store: MetricStore, sqs: SqsService, clock: Clock) -> None:
        self._store = store
        self._sqs = sqs
        self._clock = clock
        self._states: dict[str, _State] = {}
        self.readers: Mapping[type[Record], Callable[[Record], None]] = {
            MessageArrived: self._read_arrived,
            MessageReceived: self._read_received,
            MessageDeleted: self._read_deleted,
            MessageExpired: self._read_gone,
            MessageMovedToDeadLetterQueue: self._read_gone,
            MessageRedriven: self._read_gone,
        }

    def sample(self) -> None:
        """Every minute that is over has its samples."""
        for queue, state in self._states.items():
            self._sample(queue, state, self._clock.now_us)

    def forecast(self, key: Metric, at_us: int) -> float | None:
        """What a queue's sample will be if nothing happens to it; None: it will have none."""
        if key.namespace != NAMESPACE or len(key.dimensions) != 1:
            return None
        state = self._states.get(key.dimensions[0][1])
        if state is None or at_us > state.quiet_us(at_us):
            return None
        match key.name:
            case "ApproximateNumberOfMessagesVisible":
                return state.visible(at_us)
            case "ApproximateNumberOfMessagesNotVisible":
                return len(state.messages) - state.visible(at_us)
            case "ApproximateAgeOfOldestMessage":
                return state.age_s(at_us)
        return None

    # ---- records -------------------------------------------------------------------------------

    def _read_arrived(self, record: Record) -> None:
        assert isinstance(record, MessageArrived)
        state = self._state(record.queue, record.at_us)
        state.messages.setdefault(record.message_id, [record.at_us, 0])
        if record.source == "send":
            self._count(record.queue, "NumberOfMessagesSent", record.at_us, 1, "Count")
            self._count(record.queue, "SentMessageSize", record.at_us, record.size_bytes, "Bytes")

    def _read_received(self, record: Record) -> None:
        assert isinstance(record, MessageReceived)
        state = self._state(record.queue, record.at_us)
        if record.message_id in state.messages:
            state.messages[record.message_id][1] = record.at_us + state.visibility_us
        self._count(record.queue, "NumberOfMessagesReceived", record.at_us, 1, "Count")

    def _read_deleted(self, record: Record) -> None:
        assert isinstance(record, MessageDeleted)
        self._count(record.queue, "NumberOfMessagesDeleted", record.at_us, 1, "Count")
        self._state(record.queue, record.at_us).messages.pop(record.message_id, None)

    def _read_gone(self, record: Record) -> None:
        assert isinstance(record, MessageExpired | MessageMovedToDeadLetterQueue | MessageRedriven)
        self._state(record.queue, record.at_us).messages.pop(record.message_id, None)

    def _state(self, queue: str, at_us: int) -> _State:
        """The queue's state before something happens to it: the minutes until then are sampled."""
        if queue not in self._states:
            try:
                visibility_s = self._sqs.queue(queue).settings.visibility_timeout_s
            except SqsError:
                visibility_s = 30
            self._states[queue] = _State(visibility_s * 1_000_000, sampled_us=at_us // _MINUTE_US * _MINUTE_US)
        state = self._states[queue]
        self._sample(queue, state, at_us)
        state.active_us = at_us
        return state

    def _sample(self, queue: str, state: _State, until_us: int) -> None:
        """A data point for each minute, at its last instant."""
        end_us = min(until_us, state.quiet_us(until_us))
        while state.sampled_us + _MINUTE_US <= end_us:
            state.sampled_us += _MINUTE_US
            at_us = state.sampled_us - 1
            visible = state.visible(at_us)
            self._count(queue, VISIBLE, at_us, visible, "Count")
            self._count(queue, NOT_VISIBLE, at_us, len(state.messages) - visible, "Count")
            self._count(queue, OLDEST, at_us, state.age_s(at_us), "Seconds")
        if end_us < until_us:
            state.sampled_us = until_us // _MINUTE_US * _MINUTE_US

    def _count(self, queue: str, name: str, at_us: int, value: float, unit: str) -> None:
        self._store.count(metric(NAMESPACE, name, {"QueueName": queue}), at_us, value, unit)
