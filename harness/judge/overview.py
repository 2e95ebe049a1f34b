"""The story of a crowd: where a failure is about hundreds, what the system looked like meanwhile.

A few lines, evenly spread over the virtual time in which something happened: requests
answered, messages that wait, invocations that run, requests in flight downstream.
"""

from collections import Counter
from collections.abc import Iterator

from harness.cloud.engines.http_service.records import ServiceRequestEnded, ServiceRequestReceived
from harness.cloud.engines.sqs.records import MessageArrived, MessageDeleted, MessageMovedToDeadLetterQueue
from harness.event_sources.api_gateway import ApiAnswered
from harness.functions.records import InvocationEnded, InvocationStarted, InvocationThrottled
from harness.judge.verdict import StoryLine
from harness.simulation.trace import Record, Trace

OVERVIEW_LINES = 10


class _Scene:
    """What there is to see at one instant."""

    def __init__(self) -> None:
        self.answered = 0
        self.queued: Counter[str] = Counter()
        self.running: Counter[str] = Counter()
        self.in_flight: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.throttled = 0

    def see(self, record: Record) -> None:
        """Takes one record in."""
        match record:
            case ApiAnswered():
                self.answered += 1
            case MessageArrived():
                self.queued[logical_id(record.queue)] += 1
            case MessageDeleted():
                self.queued[logical_id(record.queue)] -= 1
            case MessageMovedToDeadLetterQueue():
                self.queued[logical_id(record.queue)] -= 1
            case InvocationStarted():
                self.running[record.function] += 1
            case InvocationEnded():
                self.running[record.function] -= 1
            case InvocationThrottled():
                self.throttled += 1
            case ServiceRequestReceived():
                self.in_flight[record.service] += 1
            case ServiceRequestEnded():
                self.in_flight[record.service] -= 1
                if record.status is None or record.status >= 500:
                    self.refused[record.service] += 1

    def line(self) -> str:
        """The scene in words."""
        parts = [f"{self.answered} requests answered"] if self.answered else []
        parts += [f"{queue} holds {count}" for queue, count in sorted(self.queued.items()) if count > 0]
        parts += [f"{function} runs {count}x" for function, count in sorted(self.running.items()) if count > 0]
        for service in sorted(self.in_flight | self.refused):
            failed = f", {self.refused[service]} failed so far" if self.refused[service] else ""
            parts.append(f"{service} has {self.in_flight[service]} in flight{failed}")
        if self.throttled:
            parts.append(f"{self.throttled} invocations throttled so far")
        return "; ".join(parts)


def overview(trace: Trace) -> tuple[StoryLine, ...]:
    """The scenes of a run."""
    return tuple(_scenes(trace))


def _scenes(trace: Trace) -> Iterator[StoryLine]:
    moments = [record.at_us for record in trace if isinstance(record, InvocationStarted | ApiAnswered)]
    if not moments:
        return
    first_us, last_us = moments[0], moments[-1]
    step_us = max(1, (last_us - first_us) // OVERVIEW_LINES)
    scene, due_us, said = _Scene(), first_us + step_us, ""
    for record in trace:
        while record.at_us > due_us and due_us <= last_us:
            text = scene.line()
            if text != said:
                yield StoryLine(at_ms=due_us // 1000, text=text)
            said, due_us = text, due_us + step_us
        scene.see(record)
    yield StoryLine(at_ms=last_us // 1000, text=f"at the end: {scene.line()}")


def logical_id(name: str) -> str:
    """A queue's logical id out of its generated name: "kata-IngestQueue-1A2B" is IngestQueue."""
    return name.split("-")[1] if name.count("-") >= 2 else name
