"""A board on a clock of its own, and calls to ask it about."""

from collections.abc import Callable
from typing import Any

import pytest

from harness.faults.board import FaultBoard
from harness.simulation.clock import Clock
from harness.simulation.trace import Trace
from harness.simulation.wire import Call, Caller, Request


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def trace(clock: Clock) -> Trace:
    return Trace(clock)


@pytest.fixture
def board(clock: Clock, trace: Trace) -> FaultBoard:
    return FaultBoard(clock, trace)


@pytest.fixture
def call() -> Callable[..., Call]:
    """Makes calls; what is not said is a SendMessage of Feed to IngestQueue."""

    def make(**settings: Any) -> Call:
        caller = Caller(settings.pop("function", "Feed"), "Feed#1", settings.pop("request_id", "r-1"))
        request = Request("POST", settings.pop("url", "https://sqs/"), body=settings.pop("body", b'{"id":"o-7"}'))
        defaults = {"id": 1, "service": "sqs", "operation": "SendMessage", "target": "IngestQueue", "index": 1}
        return Call(caller=caller, request=request, **{**defaults, **settings})

    return make
