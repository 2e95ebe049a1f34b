"""DynamoDB: moto's state, metered, plus reads that lag when a fault says so.

What calls consume, and who is throttled or in conflict, is the business of `item_calls`.
Left out: delayed index updates; see docs/reference/fidelity.md.
"""

import copy
import random
from typing import Any

from harness.cloud.account import Account
from harness.cloud.item_calls import ItemCalls
from harness.cloud.operations import parameters_of
from harness.cloud.table_stream import TableStream
from harness.faults.board import FaultBoard
from harness.faults.service import EventuallyConsistentRead
from harness.simulation.clock import Clock
from harness.simulation.wire import Call, Reply

_READS = {"GetItem", "Query", "Scan", "BatchGetItem"}


class DynamoDb:
    """Answers DynamoDB calls out of moto's tables.

    Attributes:
        streams: of the tables that have one, by logical id.
        item_calls: what item operations consume, and what is refused for it.
    """

    def __init__(self, account: Account, clock: Clock, faults: FaultBoard, chance: random.Random) -> None:
        self._account = account
        self._clock = clock
        self._faults = faults
        self._chance = chance
        self.streams: dict[str, TableStream] = {}
        self.item_calls = ItemCalls(account, clock)
        self._past: list[tuple[int, dict[str, Any]]] = []

    async def answer(self, call: Call) -> Reply:
        """Does the operation at this instant, and lets the streams see what it changed."""
        reply = self.item_calls.answer(call, self._reply)
        if call.operation not in _READS:
            self.collect()
        return reply

    def collect(self) -> None:
        """Lets the streams see what has changed."""
        for stream in self.streams.values():
            stream.collect()

    def _reply(self, call: Call) -> Reply:
        faults = self._faults.on(EventuallyConsistentRead)
        if faults and call.operation in _READS:
            return self._read(call)
        if faults:
            self._remember(call, max(fault.lag_ms for fault in faults))
        return self._account.answer(call.request)

    def _read(self, call: Call) -> Reply:
        """A weak read sees the tables of a moment ago.

        Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.ReadConsistency.html
        """
        strong = _is_strong(call)
        fault = None if strong else self._faults.on_call(EventuallyConsistentRead, call)
        if fault is None:
            return self._account.answer(call.request)
        seen_us = self._clock.now_us - self._chance.randint(0, fault.lag_ms * 1000)
        tables = self._account.dynamodb_tables()
        present = dict(tables)
        tables.update(self._as_of(seen_us))
        try:
            return self._account.answer(call.request)
        finally:
            tables.update(present)

    def _remember(self, call: Call, lag_ms: int) -> None:
        """Keeps the tables that a write names as they are before it, and forgets what no read can see."""
        now_us = self._clock.now_us
        self._past = [entry for entry in self._past if entry[0] > now_us - lag_ms * 1000]
        tables = self._account.dynamodb_tables().items()
        before = {name: copy.deepcopy(table) for name, table in tables if name.encode() in call.request.body}
        self._past.append((now_us, before))

    def _as_of(self, seen_us: int) -> dict[str, Any]:
        """The tables that have been written to since, as they were then."""
        seen: dict[str, Any] = {}
        for written_us, before in self._past:
            if seen_us < written_us:
                seen = before | seen  # the first write after that instant knows
        return seen


def _is_strong(call: Call) -> bool:
    parameters = parameters_of(call.request.body)
    if call.operation == "BatchGetItem" and isinstance(tables := parameters.get("RequestItems"), dict):
        return all(isinstance(table, dict) and table.get("ConsistentRead") for table in tables.values())
    return bool(parameters.get("ConsistentRead"))
