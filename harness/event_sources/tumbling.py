"""A tumbling window: what a function returns is handed to its next invocation, until the window ends.

Boundaries are multiples of the window's length since 1970, and a record belongs to a window by
its arrival. Model choices where AWS says nothing: the closing invocation comes one poll after
the window's end, has no records, and need not return a state.

Source: https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-windows.html
and https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-windows.html
"""

import json
from datetime import UTC, datetime
from typing import Any

from harness.event_sources.stream_events import Item
from harness.functions.invocation import Result

STATE_BYTES = 1024 * 1024
"""A larger state ends its window early."""


class TumblingWindow:
    """The present window of one shard.

    Attributes:
        is_open: whether records have been handed over since the last closing invocation.
        state_bytes: size of the state.
    """

    def __init__(self, *, length_s: int, epoch_us: int, shard_id: str, stream_arn: str) -> None:
        """Args:
        epoch_us: Unix time of virtual time 0.
        """
        self._length_us = length_s * 1_000_000
        self._epoch_us = epoch_us
        self._shard_id = shard_id
        self._stream_arn = stream_arn
        self._start_us = 0
        self._state: Any = {}
        self.state_bytes = 2
        self.is_open = False

    @property
    def ends_us(self) -> int:
        """Virtual time of its end."""
        return self._start_us + self._length_us - self._epoch_us

    @property
    def is_full(self) -> bool:
        """Whether the state has outgrown its limit."""
        return self.state_bytes > STATE_BYTES

    def holds(self, item: Item) -> bool:
        """Whether a record belongs to it."""
        return self._start_of(item) == self._start_us

    def begin(self, item: Item) -> None:
        """From now on it is the window of this record; it must not be open for another."""
        self._start_us = self._start_of(item)

    def open(self) -> None:
        """Records are being handed over: a closing invocation will follow."""
        self.is_open = True

    def _start_of(self, item: Item) -> int:
        return (self._epoch_us + item.arrived_us) // self._length_us * self._length_us

    def close(self) -> None:
        """Drops the state."""
        self.keep({})
        self.is_open = False

    def extra(self, *, final: bool = False, early: bool = False) -> dict[str, Any]:
        """What the event has beside its records."""
        return {
            "window": {"start": _iso(self._start_us), "end": _iso(self._start_us + self._length_us)},
            "state": self._state,
            "shardId": self._shard_id,
            "eventSourceARN": self._stream_arn,
            "isFinalInvokeForWindow": final,
            "isWindowTerminatedEarly": early,
        }

    def keep(self, state: Any) -> None:
        """The next invocation gets this state."""
        self._state = {} if state is None else state
        self.state_bytes = len(json.dumps(self._state))


def returned_state(result: Result) -> tuple[bool, Any]:
    """Whether a function has returned a state, as it must, and which one."""
    if not result.succeeded:
        return False, None
    try:
        answer = json.loads(result.payload or b"null")
    except (ValueError, RecursionError):
        return False, None
    if not isinstance(answer, dict) or "state" not in answer:
        return False, None
    return True, answer["state"]


def _iso(unix_us: int) -> str:
    return f"{datetime.fromtimestamp(unix_us // 1_000_000, UTC):%Y-%m-%dT%H:%M:%SZ}"
