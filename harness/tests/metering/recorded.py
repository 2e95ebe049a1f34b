"""A trace written by hand, and a meter that reads it."""

from types import SimpleNamespace
from typing import Any

from harness.cloud.table_units import Consumption, Units
from harness.cloud.template import QueueSpec, TableSpec, Template
from harness.functions.invocation import Invocation, Result, succeeded
from harness.metering.meter import Meter
from harness.metering.source import Metered
from harness.simulation.clock import Clock
from harness.simulation.trace import Record, Trace
from harness.tests.fakes import function


class Recorded:
    """What happened, told record by record.

    Attributes:
        trace: the records so far.
    """

    def __init__(self, **template: Any) -> None:
        self.clock = Clock()
        self.trace = Trace(self.clock)
        self.consumption: list[Consumption] = []
        self.invocations: list[Invocation] = []
        specs = {"functions": {"Work": function("Work")}, "queues": queues(), "tables": tables()} | template
        self.template = Template(folder=None, file=None, **specs)  # type: ignore[arg-type]

    @property
    def meter(self) -> Meter:
        """A meter of it."""
        functions: Any = SimpleNamespace(
            invocations=self.invocations,
            fleet=SimpleNamespace(journals=[]),
            log_book=SimpleNamespace(of_function=lambda _: []),
        )
        return Meter(Metered(self.trace, self.clock, self.template, functions, self.consumption))

    def at(self, ms: int, *records: Record) -> None:
        """Records at an instant."""
        self.clock.advance_to(ms * 1000)
        for record in records:
            self.trace.append(record)

    def consumed(self, units: float, *, table: str = "notes", kind: str = "read", **who: str) -> None:
        """A call consumed units of a table."""
        told: dict[str, Any] = {"function": "Work", "request_id": "", "operation": "GetItem"} | who
        consumed = (Units(table, "", False, "", kind, units),)
        self.consumption.append(Consumption(call=1, at_us=self.clock.now_us, units=consumed, **told))

    def invoked(self, cause: str, messages: tuple[str, ...] = (), result: Result | None = None) -> None:
        """A function ran."""
        self.invocations.append(
            Invocation("Work", "Work#1", f"r-{len(self.invocations)}", b"{}", cause, messages, self.clock.now_us, False)
        )
        self.invocations[-1].result = result or succeeded(b"null")


def queues() -> dict[str, QueueSpec]:
    """Two queues."""
    return {
        logical_id: QueueSpec(
            logical_id=logical_id, name=name, url="", arn="", attributes={}, tags={}, visibility_timeout_s=30
        )
        for logical_id, name in (("Inbox", "kata-inbox"), ("Ordered", "kata-ordered.fifo"))
    }


def tables() -> dict[str, TableSpec]:
    """A table on demand, and one that is provisioned."""
    return {
        logical_id: TableSpec(logical_id=logical_id, name=name, arn="", creation={"BillingMode": mode})
        for logical_id, name, mode in (("Notes", "notes", "PAY_PER_REQUEST"), ("Small", "small", "PROVISIONED"))
    }
