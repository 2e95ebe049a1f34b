"""What a fault waits for, in words: said where it never came."""

from harness.faults.base import CallFault, Fault
from harness.faults.environment import CrashAfterCall

_PLACES = (
    ("queue", "a message in {}"),
    ("stream", "records of {}"),
    ("topic", "a message of {}"),
    ("bucket", "a notification of {}"),
    ("bus", "an event of {}"),
    ("rule", "an event for {}"),
    ("function", "an invocation of {}"),
)
"""Fields that say where a fault strikes if it is not about calls."""


def awaited(fault: Fault) -> str:
    """The first opportunity it waits for: "a call of sqs SendMessage or SendMessageBatch"."""
    if isinstance(fault, CrashAfterCall):
        return f"an outside call of {_any_of(fault.functions) or _any_of((fault.function,)) or 'a function'}"
    if isinstance(fault, CallFault):
        what = " ".join(part for part in (fault.service, _any_of(fault.operation.split("|"))) if part)
        return ("a call" + (f" of {what}" if what else "")) + (f" by {fault.function}" if fault.function else "")
    for field, words in _PLACES:
        if place := getattr(fault, field, ""):
            return words.format(place)
    return "an opportunity"


def _any_of(names: tuple[str, ...] | list[str]) -> str:
    return " or ".join(name for name in names if name)
