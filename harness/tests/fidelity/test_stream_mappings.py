"""Event source mappings on Kinesis and DynamoDB Streams, with functions that real workers run."""

import base64
import json
import re
from typing import Any

import pytest

from harness.faults.streams import DuplicateBatch, PoisonRecord
from harness.tests.fidelity.stream_app import APP, TEMPLATE


@pytest.fixture(scope="module")
def app(deploy):
    return deploy(TEMPLATE, {"src/app.py": APP})


def data(record: Any) -> str:
    return base64.b64decode(record["kinesis"]["data"]).decode()


def batches(app: Any, function: str) -> list[list[str]]:
    """The data of the records of each invocation by a Kinesis stream."""
    events = [invocation.event for invocation in app.world.invocations(function)]
    kinesis = [event for event in events if event["Records"][0]["eventSource"] == "aws:kinesis"]
    return [[data(record) for record in event["Records"]] for event in kinesis]


def test_records_come_in_order_in_batches_of_at_most_the_batch_size(app) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html"""
    for number in range(5):
        app.world.stream("Plain").put(str(number), partition_key="k")
    app.run(app.world.settle())

    assert batches(app, "PlainReader") == [["0", "1", "2"], ["3", "4"]]


def test_a_lost_checkpoint_brings_a_batch_again(app) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html"""
    app.world.inject(DuplicateBatch(stream="Plain", function="PlainReader", times=1))
    before = len(batches(app, "PlainReader"))
    app.world.stream("Plain").put("twice", partition_key="k")
    app.run(app.world.settle())

    assert batches(app, "PlainReader")[before:] == [["twice"], ["twice"]]


def test_the_iterator_age_of_a_mapping_is_measured(app) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html"""
    mapping = app.world.stream("Plain").mapping("PlainReader")
    sent_ms = app.world.now_ms
    app.world.stream("Plain").put("late", partition_key="k")
    waiting = (mapping.pending, mapping.lag_ms)
    app.run(app.world.settle())
    at_ms, age_ms = mapping.iterator_ages[-1]

    assert waiting == (1, 0)
    assert 0 <= at_ms - sent_ms - age_ms <= 1
    assert (mapping.pending, mapping.lag_ms) == (0, 0)


def test_a_parallelization_factor_runs_keys_of_a_shard_beside_each_other_in_order(app) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-parameters.html"""
    stream = app.world.stream("Wide")
    for number in range(2):
        for key in "abcdef":
            stream.put(f"{key}{number}", partition_key=key)
    app.run(app.world.settle())

    invocations = app.world.invocations("WideReader")
    seen = [data(invocation.event["Records"][0]) for invocation in invocations]
    starts = [invocation.started_ms for invocation in invocations]
    assert [text for text in seen if text.startswith("a")] == ["a0", "a1"]
    assert sum(start < starts[0] + 2000 for start in starts) >= 4
    assert sorted(seen) == sorted(f"{key}{number}" for number in range(2) for key in "abcdef")


def test_a_split_while_records_pass_loses_nothing_and_keeps_the_order_of_a_key(app) -> None:
    """https://docs.aws.amazon.com/streams/latest/dev/kinesis-using-sdk-java-after-resharding.html"""
    stream = app.world.stream("Wide")
    before = len(app.world.invocations("WideReader"))
    for number in range(3):
        stream.put(f"x{number}", partition_key="x")
    stream.split()
    stream.merge(*stream.open_shards[-2:])
    for number in range(3, 6):
        stream.put(f"x{number}", partition_key="x")
    app.run(app.world.settle())

    seen = [data(one.event["Records"][0]) for one in app.world.invocations("WideReader")[before:]]
    assert seen == [f"x{number}" for number in range(6)]
    assert len(stream.records_per_shard) == 5


def test_a_poison_record_is_found_by_halving_and_pointed_at_from_the_destination(app) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html"""
    stream = app.world.stream("Poisoned")
    app.world.inject(PoisonRecord(stream="Poisoned", after_records=3, partition_key="k"))
    for number in range(8):
        stream.put(str(number), partition_key="k")
    app.run(app.world.settle())

    [arrival] = app.world.queue("Pointers").arrivals
    record = json.loads(arrival.body)
    [poison] = [one for one in stream.records if one.data == b"not json"]
    passed = [batch for batch in batches(app, "PoisonedReader") if "not json" not in batch]
    assert [one.data.decode() for one in stream.records][:4] == ["0", "1", "2", "not json"]
    assert sorted(text for batch in passed for text in batch) == [str(number) for number in range(8)]
    assert record["KinesisBatchInfo"]["startSequenceNumber"] == poison.sequence_number
    assert record["KinesisBatchInfo"]["batchSize"] == 1
    assert record["requestContext"]["approximateInvokeCount"] == 3


def test_a_bucket_keeps_the_bytes_of_what_was_discarded(app) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html"""
    app.world.stream("Lost").put("not json", partition_key="k")
    app.run(app.world.settle())

    [stored] = app.world.bucket("Discarded").objects()
    record = json.loads(app.world.bucket("Discarded").get(stored.key))
    assert re.fullmatch(
        r"aws/lambda/[0-9a-f-]{36}/shardId-000000000000/2026/01/05/2026-01-05T\d\d\.\d\d\.\d\d-[0-9a-f-]{36}",
        stored.key,
    )
    assert [data(one) for one in json.loads(record["payload"])["Records"]] == ["not json"]


def test_a_tumbling_window_hands_its_state_on_and_closes_when_it_ends(app) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-windows.html"""
    stream = app.world.stream("Minutes")
    app.run(app.world.run_for(ms=60_000 - app.world.now_ms % 60_000))
    for _ in range(2):
        stream.put("a", partition_key="k")
        app.run(app.world.run_for(s=10))
    app.run(app.world.settle())

    events = [invocation.event for invocation in app.world.invocations("MinutesReader")]
    assert [len(event["Records"]) for event in events] == [1, 1, 0]
    assert [event["state"] for event in events] == [{}, {"count": 1}, {"count": 2}]
    assert [event["isFinalInvokeForWindow"] for event in events] == [False, False, True]


def test_filters_choose_records_of_a_stream_and_messages_of_a_queue(app) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html"""
    texts = ['{"type": "purchase", "n": 1}', '{"type": "click"}', "plain", '{"type": "purchase", "n": 2}']
    for text in texts:
        app.world.stream("Chosen").put(text, partition_key="k")
        app.world.queue("Letters").send(text)
    app.run(app.world.settle())

    events = [invocation.event for invocation in app.world.invocations("ChosenReader")]
    messages = [one["body"] for event in events for one in event["Records"] if one["eventSource"] == "aws:sqs"]
    assert batches(app, "ChosenReader") == [[texts[0], texts[3]]]
    assert sorted(messages) == sorted([texts[0], texts[2], texts[3]])
    assert (app.world.queue("Letters").waiting, app.world.queue("Letters").in_flight) == (0, 0)


def test_powertools_batch_processor_brings_back_from_the_first_failed_record_on(app) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html"""
    for text in ("a", "bad", "c"):
        app.world.stream("Batched").put(text, partition_key="k")
    app.run(app.world.settle())

    assert batches(app, "BatchedReader") == [["a", "bad", "c"], ["bad", "c"]]


def test_a_tables_changes_reach_mappings_filters_and_direct_readers_alike(app) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html"""
    world = app.world
    for item in ({"id": "a", "status": "open"}, {"id": "bad", "status": "closed"}, {"id": "c", "status": "open"}):
        app.run(world.invoke("Writer", {"put": item}))
    app.run(world.settle())
    direct = app.run(world.invoke("Writer", {}))

    delivered = [one["dynamodb"] for one in _table_records(app, "BatchedReader")]
    filtered = [one["dynamodb"]["Keys"]["id"]["S"] for one in _table_records(app, "Inserts")]
    assert direct == [["INSERT", record.sequence_number] for record in world.stream("Orders").records]
    assert [number for _, number in direct] == list(dict.fromkeys(one["SequenceNumber"] for one in delivered))
    assert [one["Keys"]["id"]["S"] for one in delivered].count("bad") == 2
    assert sorted(filtered) == ["a", "c"]


def _table_records(app: Any, function: str) -> list[Any]:
    events = [invocation.event for invocation in app.world.invocations(function)]
    return [one for event in events for one in event["Records"] if one["eventSource"] == "aws:dynamodb"]


def test_a_poison_item_has_nothing_but_its_key(app) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html"""
    app.world.inject(PoisonRecord(stream="Orders"))
    app.run(app.world.settle())

    image = app.world.stream("Orders").records[-1].json()["dynamodb"]["NewImage"]
    assert list(image) == ["id"]
    assert image["id"]["S"].startswith("poison-")
