"""Transactions that meet: which calls conflict with one under way, and which are the same call again.

A transaction is under way from its sending to its answer. Calls here do their work in the middle
of their latency, so two are under way together if their instants lie closer than their halves
of it; the shortest latency counts, so that a client never conflicts with what it has the answer of.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html
and https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
"""

import json
from collections.abc import Sequence
from typing import Any

import msgspec

from harness.simulation.clock import Clock
from harness.simulation.wire import Reply

TOKEN_S = 600
"""How long a ClientRequestToken is remembered after the transaction is done."""

TRANSACTION_HALF_US = 4_500
CALL_HALF_US = 2_250
"""Half of the shortest latency of a transaction, and of any other call (see `latency`)."""

_NOT_COMPARED = ("ClientRequestToken", "ReturnConsumedCapacity", "ReturnItemCollectionMetrics")


class _Done(msgspec.Struct, frozen=True):
    parameters: str
    reply: Reply
    at_us: int


class Transactions:
    """What has to be known of earlier calls."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._written_us: dict[tuple[str, str], tuple[int, int]] = {}
        self._done: dict[str, _Done] = {}

    def conflicts(self, items: Sequence[tuple[str, str]], operation: str) -> list[bool]:
        """For each item whether a call under way has it, so that this one cannot.

        Args:
            items: table and key of each.
        """
        half_us = TRANSACTION_HALF_US if operation.startswith("Transact") else CALL_HALF_US
        writes_too = operation == "TransactGetItems"  # it is disturbed by any write, the others by transactions only
        return [self._is_under_way(item, half_us, writes_too=writes_too) for item in items]

    def _is_under_way(self, item: tuple[str, str], half_us: int, *, writes_too: bool) -> bool:
        by_transaction_us, by_write_us = self._written_us.get(item, (-1_000_000, -1_000_000))
        now_us = self._clock.now_us
        if now_us < by_transaction_us + TRANSACTION_HALF_US + half_us:
            return True
        return writes_too and now_us < by_write_us + CALL_HALF_US + half_us

    def written(self, items: Sequence[tuple[str, str]], operation: str) -> None:
        """A call has written these items."""
        now_us = self._clock.now_us
        for item in items:
            by_transaction_us, by_write_us = self._written_us.get(item, (-1_000_000, -1_000_000))
            in_transaction = operation == "TransactWriteItems"
            self._written_us[item] = (now_us, by_write_us) if in_transaction else (by_transaction_us, now_us)
        if len(self._written_us) > 1_000:
            self._forget(now_us)

    def _forget(self, now_us: int) -> None:
        horizon_us = now_us - 4 * TRANSACTION_HALF_US
        self._written_us = {item: times for item, times in self._written_us.items() if max(times) > horizon_us}

    # ---- tokens --------------------------------------------------------------------------------

    def earlier(self, parameters: dict[str, Any]) -> Reply | None:
        """The answer to the same transaction sent before; None: it is new.

        Raises:
            TokenReused: the token was sent before with other parameters.
        """
        done = self._done.get(str(parameters.get("ClientRequestToken", "")))
        if done is None or self._clock.now_us >= done.at_us + TOKEN_S * 1_000_000:
            return None
        if done.parameters != _comparable(parameters):
            raise TokenReused
        return done.reply

    def remember(self, parameters: dict[str, Any], reply: Reply) -> None:
        """A transaction has been done."""
        token = str(parameters.get("ClientRequestToken", ""))
        if token:
            self._done[token] = _Done(_comparable(parameters), reply, self._clock.now_us)


class TokenReused(Exception):
    """A ClientRequestToken came again with other parameters."""


def _comparable(parameters: dict[str, Any]) -> str:
    compared = {name: value for name, value in parameters.items() if name not in _NOT_COMPARED}
    return json.dumps(compared, sort_keys=True)
