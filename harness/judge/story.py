"""The story of a failure: what happened to the ids it is about, in a few lines of virtual time.

The trace holds everything; the story keeps what touches those ids: the client's requests that
name them, their messages, the invocations that worked on them with their calls, and every
fault that struck.
"""

from collections.abc import Iterable

from harness.cloud.engines.http_service.records import ServiceRequestEnded
from harness.cloud.engines.sqs.records import (
    MessageArrived,
    MessageDeleted,
    MessageMovedToDeadLetterQueue,
    MessageReceived,
)
from harness.cloud.permissions.records import AccessDenied
from harness.cloud.records import CallEnded, CallSent
from harness.event_sources.api_gateway import ApiAnswered, ApiRequested
from harness.faults.board import FaultStruck
from harness.functions.records import EnvironmentEnded, InvocationEnded, InvocationStarted, InvocationThrottled
from harness.judge.failures import told
from harness.judge.overview import logical_id, overview
from harness.judge.verdict import StoryLine
from harness.simulation.trace import Record
from harness.world import World

STORY_LINES = 24


def tell(world: World, about: Iterable[str]) -> tuple[StoryLine, ...]:
    """The story of these ids; an overview of the whole run if there are none."""
    lines = lines_about(world, about)
    return _shortened(lines) if lines else overview(world.trace)


def lines_about(world: World, about: Iterable[str]) -> list[StoryLine]:
    """Every line of the story of these ids; none if there are none."""
    threads = _Threads(world, [text for text in about if text])
    return [line for record in world.trace if (line := _line(record, threads))]


class _Threads:
    """Which requests, messages, invocations and calls belong to the story."""

    def __init__(self, world: World, about: list[str]) -> None:
        trace = world.trace
        self.about = about
        self.requests = {
            (record.api, record.request) for record in trace.of(ApiRequested) if self._names(record.about, record.path)
        }
        self.messages = {arrival.message_id for arrival in world.arrivals() if self._names(arrival.body)}
        self.invocations = {
            record.request_id for record in trace.of(ApiAnswered) if (record.api, record.request) in self.requests
        }
        self.invocations |= {
            record.request_id for record in trace.of(CallSent) if self._names(record.about, record.operation)
        }
        self.invocations |= {
            record.request_id for record in trace.of(InvocationStarted) if self.messages & set(record.messages)
        }
        self.invocations.discard("")  # init phases, and requests that reached no function
        self.calls = {record.call: record for record in trace.of(CallSent) if record.request_id in self.invocations}
        self.ends = {record.call: record for record in trace.of(CallEnded) if record.call in self.calls}
        self.late = {record.call: record for record in trace.of(ServiceRequestEnded) if record.call in self.calls}
        self.endings = {  # an asynchronous event is tried again under the same request id
            (one.request_id, one.ended_ms): told(one, world)
            for one in world.invocations()
            if one.request_id in self.invocations and one.error
        }
        self.environments = {
            record.environment for record in trace.of(InvocationStarted) if record.request_id in self.invocations
        }

    def _names(self, *texts: str) -> bool:
        return any(one in text for one in self.about for text in texts)


def _line(record: Record, threads: _Threads) -> StoryLine | None:
    text = _text(record, threads)
    return StoryLine(at_ms=record.at_ms, text=text, strike=isinstance(record, FaultStruck)) if text else None


def _text(record: Record, threads: _Threads) -> str:
    match record:
        case ApiRequested() if (record.api, record.request) in threads.requests:
            return f"client        {record.method} {record.path}"
        case ApiAnswered() if (record.api, record.request) in threads.requests:
            return f"client        is answered {record.status}{f' ({record.why})' if record.why else ''}"
        case MessageArrived() if record.message_id in threads.messages:
            return f"{logical_id(record.queue)}  message {record.message_id[:8]} arrives{_by(record.source)}"
        case MessageReceived() if record.message_id in threads.messages:
            nth = _nth(record.receive_count)
            return f"{logical_id(record.queue)}  message {record.message_id[:8]} is received, for the {nth} time"
        case MessageDeleted() if record.message_id in threads.messages:
            return f"{logical_id(record.queue)}  message {record.message_id[:8]} is deleted"
        case MessageMovedToDeadLetterQueue() if record.message_id in threads.messages:
            return f"{logical_id(record.queue)}  message {record.message_id[:8]} moves to the dead-letter queue"
        case InvocationThrottled() if threads.messages & set(record.messages):
            return f"{record.function}  is throttled ({record.cause})"
        case InvocationStarted() if record.request_id in threads.invocations:
            return f"{record.environment}  starts{' cold' if record.cold else ''} ({record.cause})"
        case InvocationEnded() if record.request_id in threads.invocations:
            return f"{record.environment}  {threads.endings.get((record.request_id, record.at_ms), record.outcome)}"
        case EnvironmentEnded() if record.environment in threads.environments and record.why != "idle":
            return f"{record.environment}  is gone: {record.why}"
        case CallSent() if record.call in threads.calls:
            return _call(record, threads)
        case AccessDenied() if record.call in threads.calls:
            return f"{record.function}  may not {record.action} on {record.resource}"
        case ServiceRequestEnded() if record.call in threads.late:
            return _late(record, threads)
        case FaultStruck() if record.call in threads.calls or _hits(record, threads):
            return f"FAULT         {record.fault}: {record.what}"
    return ""


def _hits(record: FaultStruck, threads: _Threads) -> bool:
    return not record.call and any(message in record.what for message in threads.messages)


def _call(record: CallSent, threads: _Threads) -> str:
    end = threads.ends.get(record.call)
    outcome = "no answer yet" if end is None else end.error or end.loss or str(end.status)
    target = f" {record.target}" if record.target and record.service != "sqs" else ""
    what = record.operation if "/" in record.operation else f"{record.service} {record.operation}{target}"
    return f"{record.environment}  {what} -> {outcome}"


def _late(record: ServiceRequestEnded, threads: _Threads) -> str:
    """Said only where the service did the work after its caller had left."""
    end = threads.ends.get(record.call)
    if not record.done or end is None or end.status or record.at_us <= end.at_us:
        return ""
    return f"{record.service}  does it all the same: {threads.calls[record.call].operation}"


def _by(source: str) -> str:
    return {"redrive": " by redrive", "duplicate": " once more"}.get(source, "")


def _nth(count: int) -> str:
    return {1: "first", 2: "second", 3: "third"}.get(count, f"{count}th")


def _shortened(lines: list[StoryLine]) -> tuple[StoryLine, ...]:
    """The beginning and the end, and every strike between."""
    if len(lines) <= STORY_LINES:
        return tuple(lines)
    head, tail = lines[: STORY_LINES // 2], lines[-STORY_LINES // 2 :]
    middle = lines[STORY_LINES // 2 : -STORY_LINES // 2]
    strikes = [line for line in middle if line.strike][:4]
    left_out = len(middle) - len(strikes)
    gap = StoryLine(at_ms=middle[0].at_ms, text=f"... {left_out} more lines")
    return (*head, gap, *strikes, *tail)
