"""Draws outside calls where they arrive, and faults where they strike."""

import re

from harness.cloud.engines.http_service.records import ServiceRequestEnded, ServiceRequestReceived
from harness.cloud.permissions.records import AccessDenied
from harness.cloud.records import CallEnded, CallSent
from harness.faults.board import FaultInjected, FaultLifted, FaultStruck
from harness.judge.timeline.drawing import Drawing, OpenEvent, OpenLane, Teller
from harness.judge.timeline.messages import ARRIVES, CALLS, queue_lane
from harness.judge.timeline.model import LaneKind
from harness.simulation.trace import Record

_LANES: dict[str, LaneKind] = {
    "sqs": "queue",
    "sns": "topic",
    "kinesis": "stream",
    "events": "bus",
    "scheduler": "schedule",
    "dynamodb": "store",
    "dynamodbstreams": "store",
    "s3": "store",
}

_IN_QUEUE = re.compile(r"^message (\S+) in (\S+)$")


def _called(record: CallSent, drawing: Drawing) -> OpenLane:
    kind = _LANES.get(record.service, "service")
    if kind == "queue" and record.target:
        return queue_lane(drawing, record.target)
    return drawing.lane(kind, record.target or record.service)


def _call_sent(record: CallSent, drawing: Drawing) -> None:
    lane = _called(record, drawing)
    of = drawing.open.get(("invocation", record.request_id))
    who = record.environment or record.function
    what = record.operation if "/" in record.operation else f"{record.service} {record.operation}"
    event = drawing.add(
        record,
        lane,
        "call",
        f"{who} calls {what}" + (f" on {lane.name}" if lane.name != record.service else ""),
        row=lane.row(CALLS) if lane.kind in ("queue", "topic", "stream", "bus") else 0,
        of=of.id if of else None,
        request=record.about,
        request_id=record.request_id,
    )
    drawing.begin(("call", record.call), event)
    drawing.calls[record.call] = event


def _call_ended(record: CallEnded, drawing: Drawing) -> None:
    succeeded = 0 < record.status < 400
    event = drawing.end(("call", record.call), record, "ok" if succeeded else "failed" if record.status else "lost")
    if event:
        event.text += f": {record.error or record.loss or record.status}"
        event.answer = record.answer


def _call_denied(record: AccessDenied, drawing: Drawing) -> None:
    call = drawing.calls.get(record.call)
    drawing.add(
        record,
        call.lane if call else drawing.lane("function", record.function),
        "other",
        f"{record.function} may not {record.action} on {record.resource}",
        row=call.row if call else 0,
        outcome="failed",
        of=call.id if call else None,
        answer=record.remedy,
        request_id=record.request_id,
    )


def _request_received(record: ServiceRequestReceived, drawing: Drawing) -> None:
    lane = drawing.lane("service", record.service)
    lane.hold(record.at_us, record.in_flight - lane.holds, "in flight")


def _request_ended(record: ServiceRequestEnded, drawing: Drawing) -> None:
    lane = drawing.lane("service", record.service)
    lane.hold(record.at_us, -1, "in flight")
    call = drawing.calls.get(record.call)
    if call and record.done and call.outcome == "lost":
        text = f"{record.service} does it all the same, and nobody is there to hear it"
        drawing.add(record, lane, "other", text, of=call.id, outcome="lost", request_id=call.request_id)


def _fault_injected(record: FaultInjected, drawing: Drawing) -> None:
    drawing.add(record, drawing.lane("fault", "faults"), "fault", f"A fault is switched on: {record.fault}")


def _fault_lifted(record: FaultLifted, drawing: Drawing) -> None:
    drawing.add(record, drawing.lane("fault", "faults"), "fault", f"A fault is switched off: {record.fault}")


def _fault_struck(record: FaultStruck, drawing: Drawing) -> None:
    hit = _hit(record, drawing)
    in_queue = _IN_QUEUE.match(record.what)
    lane = hit.lane if hit else queue_lane(drawing, in_queue[2]) if in_queue else drawing.lane("fault", "faults")
    drawing.add(
        record,
        lane,
        "strike",
        f"Fault: {record.fault} strikes {record.what}",
        row=hit.row if hit else lane.row(ARRIVES) if in_queue else 0,
        of=hit.id if hit else None,
        request_id=record.request_id,
        message=in_queue[1] if in_queue else "",
    )


def _hit(record: FaultStruck, drawing: Drawing) -> OpenEvent | None:
    call = drawing.calls.get(record.call)
    return call or (drawing.open.get(("invocation", record.request_id)) if record.request_id else None)


TELLERS: dict[type[Record], Teller] = {
    CallSent: _call_sent,
    CallEnded: _call_ended,
    AccessDenied: _call_denied,
    ServiceRequestReceived: _request_received,
    ServiceRequestEnded: _request_ended,
    FaultInjected: _fault_injected,
    FaultLifted: _fault_lifted,
    FaultStruck: _fault_struck,
}
