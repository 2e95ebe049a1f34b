"""DynamoDB: moto's state, plus reads that lag when a fault says so.

Left out: capacity and its throttling, TTL deletion, delayed index updates; see
docs/reference/fidelity.md.
"""

import copy
import json
import random
from typing import Any

from harness.cloud.account import Account
from harness.faults.board import FaultBoard
from harness.faults.service import EventuallyConsistentRead
from harness.simulation.clock import Clock
from harness.simulation.wire import Call, Reply

_READS = {"GetItem", "Query", "Scan", "BatchGetItem"}


class DynamoDb:
    """Answers DynamoDB calls out of moto's tables."""

    def __init__(self, account: Account, clock: Clock, faults: FaultBoard, chance: random.Random) -> None:
        self._account = account
        self._clock = clock
        self._faults = faults
        self._chance = chance
        self._past: list[tuple[int, dict[str, Any]]] = []

    async def answer(self, call: Call) -> Reply:
        """Does the operation at this instant."""
        if not self._faults.is_on(EventuallyConsistentRead):
            return self._account.answer(call.request)
        if call.operation in _READS:
            return self._read(call)
        self._remember()
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
        tables.update(self._as_of(seen_us, present))
        try:
            return self._account.answer(call.request)
        finally:
            tables.update(present)

    def _remember(self) -> None:
        """Keeps the tables as they are before a write."""
        self._past.append((self._clock.now_us, copy.deepcopy(dict(self._account.dynamodb_tables()))))

    def _as_of(self, seen_us: int, present: dict[str, Any]) -> dict[str, Any]:
        for written_us, before in self._past:
            if seen_us < written_us:
                return before
        return present


def _is_strong(call: Call) -> bool:
    parameters = json.loads(call.request.body or b"{}")
    if call.operation == "BatchGetItem":
        return all(request.get("ConsistentRead") for request in parameters.get("RequestItems", {}).values())
    return bool(parameters.get("ConsistentRead"))

