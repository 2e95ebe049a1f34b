"""Whether a tick of a schedule changed anything, and whether anything else has happened since."""

from harness.cloud.engines.events.records import EventDelivered
from harness.cloud.records import CallEnded, CallSent
from harness.functions.records import InvocationEnded, InvocationStarted
from harness.simulation.trace import Record, Trace

SCHEDULE = "schedule "
"""How the cause of a schedule's invocation begins."""

_READS = ("Get", "BatchGet", "TransactGet", "Query", "Scan", "List", "Describe", "Head", "Receive", "GET", "HEAD")


def nothing_happened(trace: Trace, *, since: int) -> bool:
    """Whether the trace from its n-th record on holds schedules' own invocations that only read.

    Args:
        since: number of records there were before.
    """
    own: set[str] = set()
    return all(_is_idle(record, own) for record in trace.records[since:])


def _is_idle(record: Record, own: set[str]) -> bool:
    if isinstance(record, InvocationStarted) and record.cause.startswith(SCHEDULE):
        own.add(record.request_id)
    if isinstance(record, CallEnded | EventDelivered):
        return True
    if isinstance(record, CallSent):
        return record.request_id in own and record.operation.startswith(_READS)
    if isinstance(record, InvocationEnded) and record.outcome != "succeeded":
        return False
    request_id = getattr(record, "request_id", None)
    return request_id in own if request_id else "environment" in record.__struct_fields__
