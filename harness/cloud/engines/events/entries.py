"""The entries of PutEvents: what is refused, and what becomes of the others.

Sources: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html#eb-putevent-size
"""

import json
from datetime import UTC, datetime
from typing import Any

from harness.cloud.engines.events.errors import EventsError, invalid
from harness.cloud.engines.events.requests import Entry

ENTRIES_LIMIT = 10
BYTES_LIMIT = 1_048_576
TIME_BYTES = 14
DEPTH_LIMIT = 500
"""AWS takes 1,000 levels; half of that is what Python reads and writes everywhere."""

LAST_UNIX_S = 253_402_300_799
"""The end of the year 9999."""

DETAIL_TYPE_CHARACTERS = 128

Event = dict[str, Any]


def check_call(entries: list[Entry]) -> None:
    """Refuses a call as a whole.

    Raises:
        EventsError: no entry, more than ten, or more than 1 MB.
    """
    if not 1 <= len(entries) <= ENTRIES_LIMIT:
        bound = "greater than or equal to 1" if not entries else f"less than or equal to {ENTRIES_LIMIT}"
        raise invalid(
            "1 validation error detected: Value '[PutEventsRequestEntry]' at 'entries' failed to satisfy "
            f"constraint: Member must have length {bound}"
        )
    if sum(size_bytes(entry) for entry in entries) > BYTES_LIMIT:
        raise invalid("Total size of the entries in the request is over the limit.")


def size_bytes(entry: Entry) -> int:
    """What an entry counts: its texts in UTF-8, and 14 for a time."""
    texts = [entry.source or "", entry.detail_type or "", entry.detail or "", *entry.resources]
    return sum(len(text.encode()) for text in texts) + (TIME_BYTES if entry.time is not None else 0)


def detail_of(entry: Entry) -> dict[str, Any]:
    """The parsed detail of an entry that EventBridge accepts.

    Raises:
        EventsError: it refuses this entry (code and message go into the answer).
    """
    source, detail_type, detail = entry.source or "", entry.detail_type or "", entry.detail or ""
    for name, value in (("Source", source), ("DetailType", detail_type), ("Detail", detail)):
        if not value:
            raise _argument(name, f"{name} is a required argument.")
    if len(detail_type) > DETAIL_TYPE_CHARACTERS:
        raise _argument("DetailType", f"DetailType must be at most {DETAIL_TYPE_CHARACTERS} characters.")
    if entry.time is not None and not 0 <= entry.time <= LAST_UNIX_S:
        raise _argument("Time", "Time must be between the years 1970 and 9999.")
    if source.startswith("aws."):
        raise EventsError("NotAuthorizedForSourceException", "Not authorized for the source.")
    return parsed_detail(detail)


def _argument(name: str, reason: str) -> EventsError:
    return EventsError("InvalidArgument", f"Parameter {name} is not valid. Reason: {reason}")


def parsed_detail(text: str) -> dict[str, Any]:
    """The JSON object of a Detail.

    Raises:
        EventsError: it is none.
    """
    try:
        detail = json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError):
        detail = None
    if not isinstance(detail, dict) or _depth_exceeds(detail, DEPTH_LIMIT):
        raise EventsError("MalformedDetail", "Detail is malformed.")
    return detail


def _no_number(name: str) -> Any:
    raise ValueError(name)


def _depth_exceeds(value: Any, limit: int) -> bool:
    level = [value]
    for _ in range(limit):
        level = [
            inner
            for each in level
            if isinstance(each, dict | list)
            for inner in (each.values() if isinstance(each, dict) else each)
        ]
        if not level:
            return False
    return True


def envelope(
    *,
    event_id: str,
    source: str,
    detail_type: str,
    detail: Any,
    resources: list[str],
    unix_s: float,
    account_id: str,
    region: str,
) -> Event:
    """An event as targets see it.

    Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html
    """
    return {
        "version": "0",
        "id": event_id,
        "detail-type": detail_type,
        "source": source,
        "account": account_id,
        "time": iso_time(unix_s),
        "region": region,
        "resources": resources,
        "detail": detail,
    }


def iso_time(unix_s: float) -> str:
    """A time as EventBridge writes it: whole seconds, UTC."""
    return f"{datetime.fromtimestamp(int(unix_s), tz=UTC):%Y-%m-%dT%H:%M:%SZ}"
