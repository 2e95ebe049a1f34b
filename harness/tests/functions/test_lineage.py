"""The X-Ray header, and the chain of invocations in it."""

import json

import pytest

from harness.functions.lineage import TraceHeader, goes_round, mark_of, next_turn, of_batch, parse
from harness.simulation.clock import Clock
from harness.simulation.randomness import Randomness

ARN = "arn:aws:lambda:eu-west-1:123456789012:function:worker"


def turns(count: int) -> TraceHeader:
    """The header of the invocation that comes so many turns after nothing."""
    header = TraceHeader()
    for _ in range(count):
        header = next_turn(parse(str(header)), ARN, Randomness(1).stream("x"), Clock())
    return header


def test_a_chain_keeps_its_root_and_counts_the_turns_of_a_function() -> None:
    first, third = turns(1), turns(3)

    assert first.root == third.root
    assert first.root.startswith("1-695b7d90-")
    assert (first.lineage, third.lineage) == ({mark_of(ARN): 0}, {mark_of(ARN): 2})


def test_the_seventeenth_turn_goes_round() -> None:
    assert [goes_round(turns(count), ARN) for count in (16, 17)] == [False, True]


def test_another_function_has_a_count_of_its_own() -> None:
    header = next_turn(turns(16), ARN + "2", Randomness(1).stream("x"), Clock())

    assert not goes_round(header, ARN + "2")
    assert list(header.lineage.values()) == [15, 0]


@pytest.mark.parametrize("text", ["", "nonsense", "Lineage=", "Lineage=a", "Lineage=a:b|:3", f"Lineage=a:{'9' * 5000}"])
def test_what_is_no_header_is_an_empty_one(text: str) -> None:
    assert parse(text).lineage == {}


def test_a_header_is_read_as_the_sdk_quotes_it() -> None:
    assert parse("Root=1-2-3;Parent=4;Sampled=0;Lineage=a:1%7Cb:2").lineage == {"a": 1, "b": 2}


def test_a_batch_has_the_most_turns_of_its_messages() -> None:
    headers = ["Root=r1;Lineage=a:1|b:5", None, "Root=r2;Lineage=a:3"]
    records = [{"attributes": {"AWSTraceHeader": header} if header else {}} for header in headers]

    header = of_batch(json.dumps({"Records": records}).encode())

    assert (header.root, header.lineage) == ("r1", {"a": 3, "b": 5})


def test_an_event_of_another_shape_has_no_chain() -> None:
    assert of_batch(b'{"AWSTraceHeader": 1, "Records": {}}') == TraceHeader()
