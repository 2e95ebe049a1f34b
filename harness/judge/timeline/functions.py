"""Draws functions: environments, invocations, logs."""

from harness.functions.records import (
    AsynchronousEventDropped,
    EnvironmentEnded,
    EnvironmentStarted,
    InvocationEnded,
    InvocationStarted,
    InvocationThrottled,
    LogWritten,
    RecursionStopped,
)
from harness.judge.timeline.drawing import LOG_CHARACTERS, Drawing, OpenEvent, Teller
from harness.simulation.trace import Record


def _environment_started(record: EnvironmentStarted, drawing: Drawing) -> None:
    lane = drawing.lane("function", record.function)
    text = f"{record.environment} is started: a cold start"
    drawing.add(record, lane, "environment", text, row=lane.row(record.environment))


def _environment_ended(record: EnvironmentEnded, drawing: Drawing) -> None:
    lane = drawing.lane("function", record.function)
    is_idle = record.why == "idle"
    drawing.add(
        record,
        lane,
        "environment",
        f"{record.environment} is gone: {record.why}",
        row=lane.row(record.environment),
        outcome="" if is_idle else "failed",
    )


def _invocation_started(record: InvocationStarted, drawing: Drawing) -> None:
    lane = drawing.lane("function", record.function)
    known = drawing.invocations.get(record.request_id, [])
    told = known.pop(0) if known else None
    event = drawing.add(
        record,
        lane,
        "invocation",
        f"{record.environment} is invoked{', cold' if record.cold else ''} ({record.cause})",
        row=lane.row(record.environment),
        request=told.event if told else "",
        answer=told.answer if told else "",
        request_id=record.request_id,
    )
    if told:
        event.text += f": {told.ending}"
    drawing.begin(("invocation", record.request_id), event)


def _invocation_ended(record: InvocationEnded, drawing: Drawing) -> None:
    succeeded = record.outcome == "succeeded"
    event = drawing.end(("invocation", record.request_id), record, "ok" if succeeded else "failed")
    if event and record.outcome not in event.text and not event.answer:
        event.text += f": {record.outcome}{f', {record.error}' if record.error else ''}"


def _refused(record: InvocationThrottled | RecursionStopped, drawing: Drawing) -> None:
    why = "is throttled" if isinstance(record, InvocationThrottled) else "is not invoked again: it goes in circles"
    lane = drawing.lane("function", record.function)
    message = record.messages[0] if len(record.messages) == 1 else ""
    text = f"{record.function} {why} ({record.cause})"
    drawing.add(record, lane, "invocation", text, outcome="failed", message=message)


def _log_written(record: LogWritten, drawing: Drawing) -> None:
    """Lines of one moment make one event."""
    text = drawing.as_submitted(record.function, record.text)
    before = drawing.events[-1] if drawing.events else None
    if before and _goes_on(before, record):
        before.answer = (before.answer + text)[: LOG_CHARACTERS + 1]
        return
    lane = drawing.lane("function", record.function)
    of = drawing.open.get(("invocation", record.request_id))
    drawing.add(
        record,
        lane,
        "log",
        f"{record.environment or record.function} prints: {text.strip().partition(chr(10))[0]}",
        row=lane.row(record.environment) if record.environment else 0,
        of=of.id if of else None,
        answer=text,
        request_id=record.request_id,
    )


def _goes_on(event: OpenEvent, record: LogWritten) -> bool:
    is_same = event.kind == "log" and event.at_us == record.at_us and event.request_id == record.request_id
    return is_same and event.lane.name == record.function


def _event_dropped(record: AsynchronousEventDropped, drawing: Drawing) -> None:
    lane = drawing.lane("function", record.function)
    text = f"{record.function}: Lambda gives up an asynchronous event ({record.condition})"
    drawing.add(record, lane, "invocation", text, outcome="lost", request_id=record.request_id)


TELLERS: dict[type[Record], Teller] = {
    EnvironmentStarted: _environment_started,
    EnvironmentEnded: _environment_ended,
    InvocationStarted: _invocation_started,
    InvocationEnded: _invocation_ended,
    InvocationThrottled: _refused,
    RecursionStopped: _refused,
    LogWritten: _log_written,
    AsynchronousEventDropped: _event_dropped,
}
