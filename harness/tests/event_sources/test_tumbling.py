"""Tumbling windows: state from one invocation to the next, and the closing invocation.

https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-windows.html
"""

from typing import Any

from harness.event_sources.stream_consumer import RecordsDiscarded
from harness.functions.invocation import failed
from harness.tests.event_sources.streamed import StreamFed, texts

FAILED = failed("ValueError", "no", "r-1")


async def counts(event: Any) -> Any:
    """Counts the records of a window."""
    return {"state": {"count": event["state"].get("count", 0) + len(event["Records"])}}


def outline(fed: StreamFed) -> list[tuple[list[str], Any, bool]]:
    """Records, state and finality of each invocation."""
    return [(texts(event), event["state"], event["isFinalInvokeForWindow"]) for _, event in fed.functions.invoked]


def test_the_state_is_handed_on_until_the_window_ends_though_the_shard_is_quiet() -> None:
    fed = StreamFed(counts, tumbling_window_s=60)

    fed.put("a", "b")
    fed.simulation.advance(20)
    fed.put("c")
    fed.settle()

    assert outline(fed) == [
        (["a", "b"], {}, False),
        (["c"], {"count": 2}, False),
        ([], {"count": 3}, True),
    ]
    assert 60_000 <= fed.functions.invoked[-1][0] <= 61_100


def test_the_event_of_a_window_has_its_bounds_its_shard_and_its_stream() -> None:
    fed = StreamFed(counts, tumbling_window_s=120)
    fed.simulation.advance(30)

    fed.put("a")
    fed.settle()

    event = fed.functions.invoked[0][1]
    assert {key: value for key, value in event.items() if key != "Records"} == {
        "window": {"start": "2026-01-05T09:00:00Z", "end": "2026-01-05T09:02:00Z"},
        "state": {},
        "shardId": "shardId-000000000000",
        "eventSourceARN": fed.stream.arn,
        "isFinalInvokeForWindow": False,
        "isWindowTerminatedEarly": False,
    }


def test_a_record_belongs_to_the_window_it_arrived_in_however_late_it_is_read() -> None:
    fed = StreamFed(counts, tumbling_window_s=60)
    fed.functions.limit = 0

    fed.put("first")
    fed.simulation.advance(65)
    fed.put("second")
    fed.simulation.advance(5)
    fed.functions.limit = None
    fed.settle()

    assert outline(fed) == [
        (["first"], {}, False),
        ([], {"count": 1}, True),
        (["second"], {}, False),
        ([], {"count": 1}, True),
    ]


def test_an_answer_without_a_state_is_a_failed_invocation() -> None:
    answers = iter([None, {"count": 1}, {"state": {"count": 1}}, None])

    async def behave(event: Any) -> Any:
        return next(answers)

    fed = StreamFed(behave, tumbling_window_s=60)
    fed.put("a")
    fed.settle()

    assert [len(records) for records, _, _ in outline(fed)] == [1, 1, 1, 0]


def test_a_failing_closing_invocation_holds_up_the_shard_until_it_succeeds() -> None:
    left = [3]

    async def behave(event: Any) -> Any:
        if event["isFinalInvokeForWindow"] and left[0]:
            left[0] -= 1
            return FAILED
        return await counts(event)

    fed = StreamFed(behave, tumbling_window_s=60)
    fed.put("a")
    fed.simulation.advance(61)
    fed.put("b")
    fed.settle()

    finals = [final for _, _, final in outline(fed)]
    assert finals == [False, True, True, True, True, False, True]


def test_a_closing_invocation_is_given_up_when_its_retries_are_used_up() -> None:
    async def behave(event: Any) -> Any:
        return FAILED if event["isFinalInvokeForWindow"] else await counts(event)

    fed = StreamFed(behave, tumbling_window_s=60, maximum_retry_attempts=1)
    fed.put("a")
    fed.settle()

    assert [final for _, _, final in outline(fed)] == [False, True, True]
    assert [record.count for record in fed.simulation.records(RecordsDiscarded)] == [0]


def test_a_state_above_a_megabyte_ends_the_window_early_and_a_fresh_state_begins_in_it() -> None:
    async def behave(event: Any) -> Any:
        return {"state": {"all": event["state"].get("all", "") + "x" * 600_000}}

    fed = StreamFed(behave, tumbling_window_s=60, batch_size=1)
    fed.put("a", "b", "c")
    fed.settle()

    events = [event for _, event in fed.functions.invoked]
    assert [len(event["state"].get("all", "")) for event in events] == [0, 600_000, 1_200_000, 0, 600_000]
    assert [event["isWindowTerminatedEarly"] for event in events] == [False, False, True, False, False]
    assert [event["isFinalInvokeForWindow"] for event in events] == [False, False, True, False, True]
    assert {event["window"]["start"] for event in events} == {"2026-01-05T09:00:00Z"}


def test_each_shard_has_a_window_of_its_own() -> None:
    fed = StreamFed(counts, shards=2, tumbling_window_s=60)

    for shard in fed.stream.open_shards:
        fed.put("a", shard=shard)
    fed.settle()

    finals = [event for _, event in fed.functions.invoked if event["isFinalInvokeForWindow"]]
    assert sorted(event["shardId"] for event in finals) == ["shardId-000000000000", "shardId-000000000001"]
    assert [event["state"] for event in finals] == [{"count": 1}] * 2


def test_a_reshard_closes_the_window_and_the_children_begin_afresh() -> None:
    fed = StreamFed(counts, tumbling_window_s=600)
    [shard] = fed.stream.open_shards

    fed.put("a")
    fed.simulation.advance(5)
    fed.stream.reshard_now(lambda: fed.stream.split(shard, 2**127))
    fed.put("b", shard=fed.stream.open_shards[0])
    fed.simulation.advance(5)

    assert outline(fed) == [(["a"], {}, False), ([], {"count": 1}, True), (["b"], {}, False)]


def test_a_partial_answer_keeps_the_state_of_what_was_dealt_with() -> None:
    async def behave(event: Any) -> Any:
        seen = event["state"].get("seen", [])
        if texts(event) == ["a", "b"]:
            number = event["Records"][1]["kinesis"]["sequenceNumber"]
            return {"state": {"seen": ["a"]}, "batchItemFailures": [{"itemIdentifier": number}]}
        return {"state": {"seen": seen + texts(event)}}

    fed = StreamFed(behave, tumbling_window_s=60, report_batch_item_failures=True)
    fed.put("a", "b")
    fed.settle()

    assert [state for _, state, _ in outline(fed)] == [{}, {"seen": ["a"]}, {"seen": ["a", "b"]}]
