"""Connections between functions and services: how many are opened, and what one costs.

Opening one takes no time unless a kata says so; each is counted all the same. A connection
belongs to an execution environment and a host.
"""

import msgspec

from harness.simulation.clock import Clock
from harness.simulation.wire import Call


class ConnectionOpened(msgspec.Struct, frozen=True, kw_only=True):
    """A function opened a connection.

    Attributes:
        request_id: the invocation that opened it; "" in an init phase.
        host: with its port, if that is not the usual one.
    """

    at_ms: int
    function: str
    environment: str
    request_id: str
    host: str


class Network:
    """What lies between functions and services.

    Attributes:
        connect_ms: how long it takes to open a connection.
        idle_close_s: after how long without a request servers close one; 0: never.
        opened: every connection so far.
    """

    def __init__(self, clock: Clock) -> None:
        self.connect_ms: float = 0
        self.idle_close_s: float = 0
        self.opened: list[ConnectionOpened] = []
        self._clock = clock

    def open(self, call: Call, host: str) -> None:
        """Counts the connection that this call needs."""
        caller = call.caller
        self.opened.append(
            ConnectionOpened(
                at_ms=self._clock.now_ms,
                function=caller.function,
                environment=caller.environment,
                request_id=caller.request_id,
                host=host,
            )
        )
