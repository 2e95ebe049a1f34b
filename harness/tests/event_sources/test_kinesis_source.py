"""Kinesis as an event source: shards, lanes, resharding, retention, what a destination gets.

https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html
"""

import asyncio
import json
from typing import Any

from aws_lambda_powertools.utilities.data_classes import KinesisStreamEvent
from aws_lambda_powertools.utilities.parser.models import KinesisDataStreamModel

from harness.event_sources.stream_consumer import RecordsDiscarded, RecordsProcessed
from harness.faults.streams import DuplicateBatch, StreamForgets
from harness.tests.event_sources.streamed import StreamFed, fails_on, reported, texts, works


def test_the_event_is_what_powertools_takes_for_one() -> None:
    fed = StreamFed(works)
    fed.put('{"id": 1}')
    fed.settle()

    event = fed.functions.invoked[0][1]
    [record] = KinesisStreamEvent(event).records
    assert KinesisDataStreamModel.model_validate(event).Records[0].kinesis.partitionKey == "k"
    assert record.kinesis.data_as_json() == {"id": 1}
    assert record.event_id == f"shardId-000000000000:{record.kinesis.sequence_number}"
    assert record.event_source_arn == "arn:aws:kinesis:eu-west-1:123456789012:stream/events-1"
    assert record.kinesis.approximate_arrival_timestamp == 1_767_603_600.0


def test_a_shard_is_polled_once_a_second_and_an_idle_one_costs_nothing() -> None:
    fed = StreamFed(works)
    fed.simulation.advance(3600)
    turns = fed.simulation.loop.turns

    fed.put("a", "b")
    fed.settle()

    assert fed.batches == [["a", "b"]]
    assert 3_600_000 <= fed.functions.invoked[0][0] <= 3_601_000
    assert turns < 50


def test_while_it_is_behind_a_batch_follows_the_other_at_once() -> None:
    async def slow(event: Any) -> None:
        await asyncio.sleep(0.5)

    fed = StreamFed(slow, batch_size=2)
    fed.put("1", "2", "3", "4", "5")
    fed.settle()

    assert fed.batches == [["1", "2"], ["3", "4"], ["5"]]
    assert fed.moments_s == [0, 0.5, 1]


def test_shards_are_read_beside_each_other_and_a_failed_batch_blocks_only_its_own() -> None:
    fed = StreamFed(fails_on("bad"), shards=2)
    one, other = fed.stream.open_shards

    fed.put("bad", shard=one)
    fed.put("good", shard=other)
    fed.simulation.advance(60)

    assert fed.batches.count(["good"]) == 1
    assert fed.batches.count(["bad"]) > 5


def test_a_parallelization_factor_keeps_the_order_of_each_key() -> None:
    async def slow(event: Any) -> None:
        await asyncio.sleep(1)

    fed = StreamFed(slow, parallelization_factor=10, batch_size=1)
    for number in range(3):
        for key in "abcdefgh":
            fed.put(f"{key}{number}", key=key)
    fed.settle()

    seen = [batch[0] for batch in fed.batches]
    assert fed.functions.most > 3
    assert [[one for one in seen if one[0] == key] for key in "abc"] == [
        ["a0", "a1", "a2"],
        ["b0", "b1", "b2"],
        ["c0", "c1", "c2"],
    ]


def test_with_lanes_a_poison_record_blocks_its_own_lane_only() -> None:
    fed = StreamFed(fails_on("bad"), parallelization_factor=10)

    fed.put("bad", key="a")
    for key in "bcdefgh":
        fed.put(key, key=key)
    fed.simulation.advance(60)

    assert len({text for batch in fed.batches for text in batch if text != "bad"}) >= 6


def test_parents_are_read_to_their_end_before_their_children() -> None:
    fed = StreamFed(fails_on("parent", times=3), shards=2)
    left, right = fed.stream.open_shards

    fed.put("parent", shard=left)
    fed.stream.reshard_now(lambda: fed.stream.split(left, 2**126))
    lower, upper = fed.stream.open_shards[:2]
    fed.put("lower", shard=lower)
    fed.put("upper", shard=upper)
    fed.stream.reshard_now(lambda: fed.stream.merge(upper, right))
    fed.put("merged", shard=fed.stream.open_shards[-1])
    fed.settle()

    assert fed.batches[:4] == [["parent"]] * 4
    assert sorted(fed.batches[4:6]) == [["lower"], ["upper"]]
    assert fed.batches[6:] == [["merged"]]


def test_latest_begins_behind_what_is_there_and_misses_nothing_of_later_shards() -> None:
    fed = StreamFed(works, start=False, starting_position="LATEST")
    fed.put("old")
    [shard] = fed.stream.open_shards
    fed.start()

    fed.put("new")
    fed.stream.reshard_now(lambda: fed.stream.split(shard, 2**127))
    fed.put("newer", shard=fed.stream.open_shards[0])
    fed.settle()

    assert fed.batches == [["new"], ["newer"]]


def test_a_timestamp_steps_over_what_arrived_before_it() -> None:
    fed = StreamFed(works, start=False, starting_position="AT_TIMESTAMP", starting_timestamp_s=1_767_603_600 + 60.0)
    fed.put("before")
    fed.simulation.advance(60)
    fed.put("at it")
    fed.start()
    fed.settle()

    assert fed.batches == [["at it"]]


def test_one_event_has_at_most_six_megabytes() -> None:
    fed = StreamFed(works)

    for _ in range(8):
        fed.stream.put("k", b"x" * 1_000_000, metered=False)
    fed.settle()

    sizes = [len(json.dumps(event)) for _, event in fed.functions.invoked]
    assert [len(batch) for batch in fed.batches] == [4, 4]
    assert max(sizes) <= 6 * 1024 * 1024


def test_a_batching_window_is_closed_early_by_a_full_batch() -> None:
    fed = StreamFed(works, window_s=60, batch_size=3)

    fed.put("1", "2")
    fed.simulation.advance(10)
    fed.put("3", "4")
    fed.settle()

    assert fed.batches == [["1", "2", "3"], ["4"]]
    assert 10_000 <= fed.functions.invoked[0][0] <= 11_100


def test_a_queue_gets_a_pointer_to_what_was_discarded() -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html"""
    fed = StreamFed(fails_on("b"), maximum_retry_attempts=2, on_failure="arn:aws:sqs:eu-west-1:123456789012:dead")

    fed.put("a", "b")
    fed.settle()

    [(arn, record, attributes)] = fed.delivered
    first, last = (one["kinesis"]["sequenceNumber"] for one in fed.functions.invoked[0][1]["Records"])
    assert arn == "arn:aws:sqs:eu-west-1:123456789012:dead"
    assert attributes == {}
    assert record["requestContext"]["condition"] == "RetryAttemptsExhausted"
    assert record["requestContext"]["approximateInvokeCount"] == 3
    assert record["responseContext"] == {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"}
    assert record["KinesisBatchInfo"] == {
        "shardId": "shardId-000000000000",
        "startSequenceNumber": first,
        "endSequenceNumber": last,
        "approximateArrivalOfFirstRecord": "2026-01-05T09:00:00.000Z",
        "approximateArrivalOfLastRecord": "2026-01-05T09:00:00.000Z",
        "batchSize": 2,
        "streamArn": fed.stream.arn,
    }
    assert "payload" not in record


def test_a_bucket_gets_the_records_themselves_under_a_key_of_its_own() -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html"""
    fed = StreamFed(fails_on("a"), maximum_retry_attempts=0, on_failure="arn:aws:s3:::dead")

    fed.put("a")
    fed.settle()

    [(arn, record, attributes)] = fed.delivered
    assert arn == "arn:aws:s3:::dead"
    assert texts(json.loads(record["payload"])) == ["a"]
    assert attributes["ObjectKey"][1].startswith(
        "aws/lambda/14e0db71-5d35-4eb5-b481-8945cf9d10c2/shardId-000000000000/2026/01/05/2026-01-05T09.00."
    )


def test_what_the_stream_has_forgotten_is_lost_and_no_destination_hears_of_it() -> None:
    fed = StreamFed(fails_on("a", times=9000), on_failure="arn:aws:sqs:::dead", batch_size=1)

    fed.put("a")
    fed.simulation.advance(3600)
    fed.put("b")
    fed.simulation.advance(23 * 3600 + 30)
    fed.settle()

    [discarded] = fed.simulation.records(RecordsDiscarded)
    assert discarded.condition == "RecordExpired"
    assert discarded.at_us >= 24 * 3600 * 1_000_000
    assert fed.delivered == []
    assert fed.batches[-1] == ["b"]


def test_a_fault_makes_the_stream_forget_sooner() -> None:
    fed = StreamFed(fails_on("a"), batch_size=1)
    fed.simulation.faults.inject(StreamForgets(stream="Events", older_than_s=120))

    fed.put("a")
    fed.settle()

    [discarded] = fed.simulation.records(RecordsDiscarded)
    assert 120 <= discarded.at_us / 1_000_000 <= 131


def test_a_partial_answer_with_bisect_retries_only_the_rest_and_at_once() -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html"""

    async def behave(event: Any) -> Any:
        return reported(event, "c")

    fed = StreamFed(behave, report_batch_item_failures=True, bisect_on_error=True, maximum_retry_attempts=0)
    fed.put("a", "b", "c", "d")
    fed.settle()

    assert fed.batches == [["a", "b", "c", "d"], ["c", "d"], ["c"], ["d"]]
    assert fed.moments_s == [0, 0, 0, 0]
    assert [record.count for record in fed.simulation.records(RecordsDiscarded)] == [1]


def test_a_record_is_tried_once_more_than_it_may_be_retried_though_others_made_progress() -> None:
    async def behave(event: Any) -> Any:
        return reported(event, "b")

    fed = StreamFed(behave, report_batch_item_failures=True, maximum_retry_attempts=1)
    fed.put("a", "b")
    fed.settle()

    assert fed.batches == [["a", "b"], ["b"]]


def test_the_iterator_age_is_how_old_the_last_record_was_when_it_had_been_dealt_with() -> None:
    async def slow(event: Any) -> None:
        await asyncio.sleep(2)

    fed = StreamFed(slow, batch_size=1)
    fed.put("a", "b")
    fed.settle()

    ages = [record.iterator_age_ms for record in fed.simulation.records(RecordsProcessed)]
    begun_ms = round(fed.functions.invoked[0][0])
    assert ages == [begun_ms + 2000, begun_ms + 4000]
    assert (fed.source.pending, fed.source.oldest_us) == (0, None)


def test_a_lagging_mapping_knows_how_many_records_wait_and_how_old_they_are() -> None:
    fed = StreamFed(fails_on("a"), batch_size=1)

    fed.put("a")
    fed.simulation.advance(30)
    fed.put("b", "c")
    fed.simulation.advance(30)

    assert fed.source.pending == 3
    assert fed.source.oldest_us == 0


def test_a_batch_is_delivered_twice_before_anything_new_comes() -> None:
    fed = StreamFed(works, batch_size=1)
    fed.simulation.faults.inject(DuplicateBatch(stream="Events", containing="event", skip=1, times=1))

    fed.put("a", "b", "c")
    fed.settle()

    assert fed.batches == [["a"], ["b"], ["b"], ["c"]]


def test_filters_step_over_records_before_a_batch_is_made() -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis-filtering.html"""
    pattern = json.dumps({"data": {"type": ["purchase"], "cents": [{"numeric": [">", 100]}]}})
    fed = StreamFed(works, filters=(pattern,), batch_size=2)

    kinds = [("click", 0), ("purchase", 500), ("purchase", 50), ("purchase", 700)]
    fed.put(*(json.dumps({"type": kind, "cents": cents}) for kind, cents in kinds), "no json", "[1]")
    fed.settle()

    assert [[json.loads(text)["cents"] for text in batch] for batch in fed.batches] == [[500, 700]]
    assert fed.source.pending == 0


def test_the_same_seed_gives_the_same_run() -> None:
    def run() -> str:
        fed = StreamFed(fails_on("b", times=2), shards=2, parallelization_factor=3, bisect_on_error=True)
        for number in range(20):
            fed.put(f"{number}", "b", key=f"k{number}")
        fed.settle()
        return fed.simulation.trace.digest()

    assert run() == run()


def test_a_function_that_fails_for_ever_is_asked_every_ten_seconds() -> None:
    fed = StreamFed(fails_on("a"))
    fed.put("a")
    fed.simulation.advance(56.5)

    assert fed.moments_s == [0, 1, 3, 7, 15, 25, 35, 45, 55]


def test_a_mapping_that_is_stopped_between_two_attempts_goes_on_there_when_it_is_started_again() -> None:
    fed = StreamFed(fails_on("a", times=3))
    fed.put("a", "b")
    fed.simulation.advance(1)
    tried = len(fed.batches)

    fed.source.stop()
    fed.put("c")
    fed.settle()
    stopped = len(fed.batches)
    fed.simulation.loop.call_soon(fed.source.start)
    fed.settle()

    assert (tried, stopped) == (1, 1)
    assert fed.batches == [["a", "b"], ["a", "b"], ["a", "b"], ["a", "b"], ["c"]]


def test_a_record_that_grows_too_old_while_its_mapping_is_stopped_is_discarded_when_that_is_started_again() -> None:
    fed = StreamFed(fails_on("a"), batch_size=1, maximum_record_age_s=60)
    fed.put("a")
    fed.simulation.advance(1)
    fed.source.stop()
    fed.simulation.advance(120)

    fed.simulation.loop.call_soon(fed.source.start)
    fed.put("b")
    fed.settle()

    assert [record.condition for record in fed.simulation.records(RecordsDiscarded)] == ["RecordAgeExceeded"]
    assert fed.batches == [["a"], ["b"]]
