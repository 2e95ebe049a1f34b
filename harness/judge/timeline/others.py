"""Draws clients, schedules, buses, buckets, alarms, and whatever has no drawing of its own."""

import msgspec

from harness.cloud.engines.cloudwatch.alarms import AlarmStateChanged
from harness.cloud.engines.events.records import EventDelivered, EventDropped, EventPut
from harness.cloud.engines.scheduler.records import ScheduleFailed, ScheduleFired
from harness.cloud.s3.records import NotificationDelivered, NotificationSent
from harness.event_sources.api_gateway import ApiAnswered, ApiRequested
from harness.event_sources.load_balancer import BalancerAnswered, BalancerRequested
from harness.judge.timeline.drawing import Drawing, OpenEvent, Teller
from harness.simulation.trace import Record


def _requested(record: ApiRequested | BalancerRequested, drawing: Drawing) -> None:
    event = drawing.add(
        record,
        drawing.lane("client", "client"),
        "request",
        f"The client sends {record.method} {record.path}",
        request=record.about,
    )
    drawing.begin(_request_key(record), event)


def _answered(record: ApiAnswered | BalancerAnswered, drawing: Drawing) -> None:
    event = drawing.end(_request_key(record), record, "ok" if record.status < 400 else "failed")
    if not event:
        return
    event.text += f": {record.status}{f' ({record.why})' if record.why else ''}"
    event.request_id = record.request_id
    event.answer = f"{record.status}"
    if function := _invocation(record.request_id, drawing):
        function.of = event.id
        event.answer = function.answer


def _request_key(record: ApiRequested | ApiAnswered | BalancerRequested | BalancerAnswered) -> tuple[object, ...]:
    name = record.api if isinstance(record, ApiRequested | ApiAnswered) else record.balancer
    return ("request", name, record.request)


def _invocation(request_id: str, drawing: Drawing) -> OpenEvent | None:
    if not request_id:
        return None
    recent = (one for one in reversed(drawing.events) if one.request_id == request_id and one.kind == "invocation")
    return next(recent, None)


def _event_put(record: EventPut, drawing: Drawing) -> None:
    rules = ", ".join(record.rules) or "no rule"
    text = f"An event {record.detail_type} from {record.source} comes to {record.bus} and matches {rules}"
    lane = drawing.lane("bus", record.bus)
    drawing.add(record, lane, "message", text, row=lane.row("arrives"), message=record.event_id)


def _event_delivered(record: EventDelivered, drawing: Drawing) -> None:
    again = " once more" if record.source == "duplicate" else ""
    text = f"Event {record.event_id[:8]} is delivered to {record.target} by {record.rule}{again}"
    lane = drawing.lane("bus", record.bus)
    drawing.add(record, lane, "message", text, row=lane.row("leaves"), message=record.event_id, outcome="ok")


def _event_dropped(record: EventDropped, drawing: Drawing) -> None:
    where = f"goes to {record.dead_letter_queue}" if record.dead_letter_queue else "is lost"
    text = f"Event {record.event_id[:8]} {where}: {record.target} did not take it ({record.error})"
    outcome = "failed" if record.dead_letter_queue else "lost"
    lane = drawing.lane("bus", record.bus)
    drawing.add(record, lane, "message", text, row=lane.row("leaves"), message=record.event_id, outcome=outcome)


def _fired(record: ScheduleFired, drawing: Drawing) -> None:
    text = f"{record.schedule} fires: {record.target}"
    drawing.add(record, drawing.lane("schedule", record.schedule), "other", text, outcome="ok")


def _not_fired(record: ScheduleFailed, drawing: Drawing) -> None:
    where = f", and goes to {record.dead_letter_queue}" if record.dead_letter_queue else ", and is lost"
    text = f"{record.schedule} is not taken by {record.target} ({record.error}){where}"
    outcome = "failed" if record.dead_letter_queue else "lost"
    drawing.add(record, drawing.lane("schedule", record.schedule), "other", text, outcome=outcome)


def _told_by_bucket(record: NotificationSent, drawing: Drawing) -> None:
    text = f"{record.bucket} has to tell {record.target}: {record.event} {record.key}"
    drawing.add(record, drawing.lane("store", record.bucket), "message", text)


def _heard_from_bucket(record: NotificationDelivered, drawing: Drawing) -> None:
    again = " once more" if record.time > 1 else ""
    text = f"{record.target} is told{again}: {record.event} {record.key} in {record.bucket}"
    drawing.add(record, drawing.lane("store", record.bucket), "message", text, outcome="ok")


def _alarm(record: AlarmStateChanged, drawing: Drawing) -> None:
    text = f"Alarm {record.alarm} goes from {record.before} to {record.after}"
    outcome = "failed" if record.after == "ALARM" else ""
    drawing.add(record, drawing.lane("service", "alarms"), "other", text, outcome=outcome)


def draw_plainly(record: Record, drawing: Drawing) -> None:
    """A record that nobody here knows better: its name and its fields, so that nothing is kept back."""
    values = {name: value for name, value in msgspec.structs.asdict(record).items() if name != "at_us" and value}
    told = ", ".join(f"{name} {value}" for name, value in values.items())
    lane = drawing.lane("service", str(getattr(record, "service", "") or "other"))
    drawing.add(record, lane, "other", f"{type(record).__name__}: {told}")


TELLERS: dict[type[Record], Teller] = {
    ApiRequested: _requested,
    ApiAnswered: _answered,
    BalancerRequested: _requested,
    BalancerAnswered: _answered,
    EventPut: _event_put,
    EventDelivered: _event_delivered,
    EventDropped: _event_dropped,
    ScheduleFired: _fired,
    ScheduleFailed: _not_fired,
    NotificationSent: _told_by_bucket,
    NotificationDelivered: _heard_from_bucket,
    AlarmStateChanged: _alarm,
}
