"""The meter: calls, bytes, capacity units, GB-seconds, series and money, at any moment of a run.

Nothing ticks: whatever is asked for is derived from the trace and the deployment when it is asked for.
"""

from dataclasses import dataclass, replace
from typing import Literal, overload

from harness.cloud.records import CallEnded, CallSent
from harness.metering.lambda_time import billed
from harness.metering.prices import PRICES
from harness.metering.quantities import Quantity, quantities
from harness.metering.series import (
    IteratorAge,
    QueueState,
    Running,
    iterator_ages,
    queue_series,
    running_series,
)
from harness.metering.source import Metered

_MILLION = 1_000_000


@dataclass(frozen=True)
class Calls:
    """Outside calls, summed up.

    Attributes:
        refused: how many were answered with an error.
        sent_bytes: bodies of the requests.
        received_bytes: bodies of the answers that arrived.
    """

    count: int = 0
    refused: int = 0
    sent_bytes: int = 0
    received_bytes: int = 0


@dataclass(frozen=True)
class Cost:
    """What a quantity costs.

    Attributes:
        amount: of the unit; scaled, where a scale was given.
        usd: None: `PRICES` has no price for it.
        page: Amazon's page with the price.
    """

    service: str
    unit: str
    amount: float
    usd: float | None
    page: str = ""


class Meter:
    """Reads a run. What the test itself calls is never counted."""

    def __init__(self, metered: Metered) -> None:
        self._metered = metered

    def between(self, from_ms: int, until_ms: int | None = None) -> "Meter":
        """The same meter for a part of the run: what began from one instant and before another.

        Args:
            until_ms: None: no end.
        """
        until_us = self._metered.until_us if until_ms is None else until_ms * 1000
        return Meter(replace(self._metered, from_us=from_ms * 1000, until_us=until_us))

    def calls(
        self, *, service: str = "", operation: str = "", function: str = "", target: str = "", route: str = ""
    ) -> Calls:
        """The outside calls of functions; "" stands for any.

        Args:
            operation: several are separated by "|".
            target: logical id or name of a table or queue, or the name of what else was called.
            route: only calls of invocations that this route caused, as in "GET /tweet/{tweet_id}".
        """
        metered = self._metered
        ended = {record.call: record for record in metered.trace.of(CallEnded)}
        requests = metered.requests_of(route) if route else None
        found = [
            call
            for call in metered.records(CallSent)
            if call.function != "test"
            and service in ("", call.service)
            and (not operation or call.operation in operation.split("|"))
            and function in ("", call.function)
            and (not target or call.target == metered.name_of(target))
            and (requests is None or call.request_id in requests)
        ]
        answers = [ended[call.call] for call in found if call.call in ended]
        return Calls(
            count=len(found),
            refused=sum(answer.status >= 400 for answer in answers),
            sent_bytes=sum(call.sent_bytes for call in found),
            received_bytes=sum(answer.received_bytes for answer in answers),
        )

    def units(
        self,
        *,
        table: str = "",
        kind: Literal["read", "write", ""] = "",
        route: str = "",
        function: str = "",
        operation: str = "",
        index: str | None = None,
    ) -> float:
        """Capacity units of DynamoDB that functions consumed; "" stands for any.

        Args:
            table: logical id or name.
            route: as in `calls`.
            operation: several are separated by "|".
            index: only of this index; "": only of the tables themselves; None: of both.
        """
        metered = self._metered
        requests = metered.requests_of(route) if route else None
        return sum(
            units.units
            for consumption in metered.consumption
            if metered.holds(consumption.at_us)
            and consumption.function != "test"
            and function in ("", consumption.function)
            and (not operation or consumption.operation in operation.split("|"))
            and (requests is None or consumption.request_id in requests)
            for units in consumption.units
            if kind in ("", units.kind)
            and (not table or units.table == metered.name_of(table))
            and index in (None, units.index)
        )

    def billed_ms(self, function: str = "") -> int:
        """Milliseconds of Lambda that were billed; of every function if none is named."""
        return sum(time_ms for name, time_ms, _ in billed(self._metered) if function in ("", name))

    def gb_seconds(self, function: str = "") -> float:
        """GB-seconds of Lambda that were billed; of every function if none is named."""
        return sum(gb_seconds for name, _, gb_seconds in billed(self._metered) if function in ("", name))

    def quantities(self) -> list[Quantity]:
        """What was used of each service, in the units Amazon bills."""
        return quantities(self._metered)

    def cost(self, *, per_million: int | None = None) -> list[Cost]:
        """What that costs by Amazon's list prices (`PRICES`), a row for each unit.

        Args:
            per_million: how many orders, requests, articles ... the run was about: the rows are
                then for a million of them. None: for the run as it was.
        """
        scale = 1.0 if per_million is None else _MILLION / per_million
        rows = []
        for quantity in self.quantities():
            price = PRICES.get((quantity.service, quantity.unit))
            amount = quantity.amount * scale
            usd = None if price is None else price.of(amount)
            rows.append(Cost(quantity.service, quantity.unit, amount, usd, price.page if price else ""))
        return rows

    def total_usd(self, *, per_million: int | None = None) -> float:
        """The sum of `cost`, without what has no price."""
        return sum(row.usd or 0.0 for row in self.cost(per_million=per_million))

    @overload
    def series(self, kind: Literal["queue"], name: str) -> list[QueueState]: ...

    @overload
    def series(self, kind: Literal["iterator age"], name: str) -> list[IteratorAge]: ...

    @overload
    def series(self, kind: Literal["running"], name: str) -> list[Running]: ...

    def series(self, kind: str, name: str) -> list[QueueState] | list[IteratorAge] | list[Running]:
        """How something went over virtual time, a point for each change.

        Args:
            kind: "queue" (logical id of a queue), "iterator age" or "running" (of a function).

        Raises:
            NoSuchSeries: there is no such kind, or no such queue.
        """
        match kind:
            case "queue" if name in self._metered.template.queues:
                return queue_series(self._metered, name)
            case "iterator age":
                return iterator_ages(self._metered, name)
            case "running":
                return running_series(self._metered, name)
        raise NoSuchSeries(
            f'There is no series "{kind}" of "{name}".\n'
            'Expected: "queue", "iterator age" or "running", and a logical id.'
        )


class NoSuchSeries(ValueError):
    """A test asks for a series that is not there: its author's mistake."""
