"""The trace: stamped records, asked for by type, with a digest that proves two runs equal."""

import os
import subprocess
import sys

import msgspec
import pytest

from harness.simulation.clock import Clock
from harness.simulation.trace import Record, Trace


class DoorOpened(Record, frozen=True, kw_only=True, tag=True):
    """A record of the tests."""

    who: str
    rooms: dict[str, int] = msgspec.field(default_factory=dict)


class DoorShut(Record, frozen=True, kw_only=True, tag=True):
    """Another."""


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def trace(clock: Clock) -> Trace:
    return Trace(clock)


def test_a_record_is_stamped_with_the_instant_at_which_it_is_appended(trace: Trace, clock: Clock) -> None:
    clock.advance_to(2_500_400)

    stamped = trace.append(DoorOpened(who="Ada"))

    assert (stamped.at_us, stamped.at_ms, stamped.who) == (2_500_400, 2500, "Ada")
    assert list(trace) == [stamped]


def test_records_are_found_by_their_type_in_order(trace: Trace) -> None:
    trace.append(DoorOpened(who="Ada"))
    trace.append(DoorShut())
    trace.append(DoorOpened(who="Grace"))

    assert [record.who for record in trace.of(DoorOpened)] == ["Ada", "Grace"]
    assert len(trace) == 3
    assert Trace(Clock()).of(DoorShut) == []


def test_a_record_asked_for_by_its_base_type_is_not_found(trace: Trace) -> None:
    trace.append(DoorShut())

    assert trace.of(Record) == []


def test_a_line_says_the_type_and_the_fields_in_a_fixed_order(trace: Trace) -> None:
    trace.append(DoorOpened(who="Ada", rooms={"b": 2, "a": 1}))

    assert list(trace.lines()) == [b'{"record":"DoorOpened","at_us":0,"who":"Ada","rooms":{"a":1,"b":2}}']


def test_the_digest_depends_on_content_instant_and_order(clock: Clock) -> None:
    def digest(*names: str, at_us: int = 0) -> str:
        clock = Clock()
        clock.advance_to(at_us)
        trace = Trace(clock)
        for name in names:
            trace.append(DoorOpened(who=name))
        return trace.digest()

    digests = {digest("Ada", "Grace"), digest("Grace", "Ada"), digest("Ada"), digest("Ada", "Grace", at_us=1), digest()}

    assert len(digests) == 5
    assert digest("Ada", "Grace") == digest("Ada", "Grace")


_PROGRAM = """
from harness.cloud.records import CallSent
from harness.functions.records import InvocationStarted
from harness.simulation.clock import Clock
from harness.simulation.trace import Trace

trace = Trace(Clock())
trace.append(InvocationStarted(function="F", environment="F#1", request_id="r", cause="c", cold=True, messages=("a",)))
trace.append(CallSent(call=1, function="F", environment="F#1", request_id="r", index=1, service="sqs",
                      operation="SendMessage", target="q", about="{}"))
print(trace.digest())
"""


def test_the_digest_is_the_same_under_every_hash_seed() -> None:
    def digest(hash_seed: str) -> str:
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
        return subprocess.run(
            [sys.executable, "-c", _PROGRAM], env=environment, capture_output=True, text=True, check=True
        ).stdout

    first = digest("1")
    assert len(first.strip()) == 16
    assert first == digest("2")
