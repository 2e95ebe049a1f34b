"""Kinesis Data Streams as a producer and a reader meet them, through boto3 in a deployed function."""

import hashlib
from typing import Any

import pytest

from harness.faults.service import BatchPartialFailure
from harness.faults.streams import PutRefused, StreamForgets
from harness.tests.fidelity.kinesis_console import CONSOLE, TEMPLATE, Ask, iterator, read, records


@pytest.fixture(scope="module")
def app(deploy):
    return deploy(TEMPLATE, {"src/console.py": CONSOLE})


@pytest.fixture(scope="module")
def ask(app) -> Ask:
    """Calls one operation of a boto3 client without retries: ask("put_record", StreamName=...)."""

    def ask(operation: str, **parameters: Any) -> Any:
        return app.run(app.world.invoke("Console", {"operation": operation, "parameters": parameters}))

    return ask


def test_a_partition_key_goes_to_the_shard_whose_range_holds_its_md5(ask: Ask) -> None:
    """https://docs.aws.amazon.com/streams/latest/dev/key-concepts.html"""
    put = ask("put_record", StreamName="Events", Data="hello", PartitionKey="session-7")
    shards = ask("list_shards", StreamName="Events")["Shards"]

    hash_key = int(hashlib.md5(b"session-7").hexdigest(), 16)
    [home] = [
        shard["ShardId"]
        for shard in shards
        if int(shard["HashKeyRange"]["StartingHashKey"]) <= hash_key <= int(shard["HashKeyRange"]["EndingHashKey"])
    ]
    assert put["ShardId"] == home
    assert [shard["HashKeyRange"]["EndingHashKey"] for shard in shards] == [str(2**127 - 1), str(2**128 - 1)]


def test_an_explicit_hash_key_overrides_the_partition_key(ask: Ask) -> None:
    """https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecord.html"""
    first = ask("put_record", StreamName="Events", Data="a", PartitionKey="same", ExplicitHashKey="0")
    last = ask("put_record", StreamName="Events", Data="a", PartitionKey="same", ExplicitHashKey=str(2**128 - 1))
    outside = ask("put_record", StreamName="Events", Data="a", PartitionKey="same", ExplicitHashKey=str(2**128))

    assert first["ShardId"] == "shardId-000000000000"
    assert last["ShardId"] == "shardId-000000000001"
    assert outside["error"] == "InvalidArgumentException"


def test_sequence_numbers_grow_within_a_shard(ask: Ask) -> None:
    """https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecord.html"""
    batch = [{"Data": "a", "PartitionKey": "same"} for _ in range(5)]
    numbers = [int(one["SequenceNumber"]) for one in ask("put_records", StreamName="Events", Records=batch)["Records"]]
    later = ask("put_record", StreamName="Events", Data="a", PartitionKey="same")

    assert numbers == sorted(numbers)
    assert len(set(numbers)) == 5
    assert int(later["SequenceNumber"]) > numbers[-1]


def test_a_stream_can_be_named_by_its_arn(ask: Ask) -> None:
    """https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecord.html"""
    put = ask("put_record", StreamARN="EventsArn", Data="a", PartitionKey="same")
    summary = ask("describe_stream_summary", StreamARN="EventsArn")["StreamDescriptionSummary"]

    assert put["ShardId"].startswith("shardId-")
    assert (summary["OpenShardCount"], summary["RetentionPeriodHours"], summary["StreamStatus"]) == (2, 24, "ACTIVE")


def test_a_stream_that_is_not_there_is_not_found(ask: Ask) -> None:
    """https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecord.html"""
    answer = ask("put_record", StreamName="nowhere", Data="a", PartitionKey="same")

    assert answer["error"] == "ResourceNotFoundException"
    assert answer["message"] == "Stream nowhere under account 123456789012 not found."


def test_a_shard_takes_a_thousand_records_in_any_second(app, ask: Ask) -> None:
    """PutRecords answers 200 and names each record that is refused; the others are written.

    https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html
    """
    batch = [{"Data": "a", "PartitionKey": "same"} for _ in range(400)]
    counts = [ask("put_records", StreamName="Busy", Records=batch)["FailedRecordCount"] for _ in range(3)]
    answer = ask("put_records", StreamName="Busy", Records=batch[:1])
    alone = ask("put_record", StreamName="Busy", Data="a", PartitionKey="same")
    app.run(app.world.run_for(s=2))
    later = ask("put_records", StreamName="Busy", Records=batch)["FailedRecordCount"]

    assert counts == [0, 0, 200]
    assert answer["Records"] == [
        {
            "ErrorCode": "ProvisionedThroughputExceededException",
            "ErrorMessage": answer["Records"][0]["ErrorMessage"],
        }
    ]
    assert answer["Records"][0]["ErrorMessage"].startswith("Rate exceeded for shard shardId-000000000000 in stream")
    assert alone["error"] == "ProvisionedThroughputExceededException"
    assert later == 0


def test_a_scenario_may_scale_the_limits_down(app, ask: Ask) -> None:
    """The figures are AWS's; a smaller share keeps a load test small."""
    app.run(app.world.run_for(s=2))
    app.world.stream("Busy").limit_writes(0.01)
    batch = [{"Data": "a", "PartitionKey": "same"} for _ in range(12)]
    answer = ask("put_records", StreamName="Busy", Records=batch)
    app.world.stream("Busy").limit_writes(1)

    assert answer["FailedRecordCount"] == 2
    assert [refusal.reason for refusal in app.world.stream("Busy").refusals[-2:]] == [
        "ProvisionedThroughputExceededException"
    ] * 2


def test_what_is_refused_does_not_hold_up_what_follows(app, ask: Ask) -> None:
    """https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html"""
    app.run(app.world.run_for(s=2))
    active = app.world.inject(PutRefused(stream="Kept", containing="second", times=1))
    batch = [{"Data": data, "PartitionKey": "same"} for data in ("first", "second", "third")]
    answer = ask("put_records", StreamName="Kept", Records=batch)
    ask("put_records", StreamName="Kept", Records=[batch[1]])

    assert answer["FailedRecordCount"] == 1
    assert [one.get("ErrorCode", "") for one in answer["Records"]] == ["", "ProvisionedThroughputExceededException", ""]
    assert read(ask, "Kept", "shardId-000000000000") == ["first", "third", "second"]
    assert active.strikes == 1


def test_an_internal_failure_of_an_entry_is_named_in_its_place(app, ask: Ask) -> None:
    """https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html"""
    app.world.inject(BatchPartialFailure(service="kinesis", operation="PutRecords", every=3, times=1))
    answer = ask("put_records", StreamName="Events", Records=records(4))

    assert [one.get("ErrorCode", "") for one in answer["Records"]] == ["", "", "InternalFailure", ""]


@pytest.mark.parametrize(
    ("call", "error"),
    [
        ({"Records": records(501)}, "ValidationException"),
        ({"Records": [{"Data": "a", "PartitionKey": "k" * 257}]}, "ValidationException"),
        ({"Records": [{"Data": "a" * 1_048_576, "PartitionKey": "k"}]}, "ValidationException"),
    ],
)
def test_a_batch_past_the_limits_is_refused_as_a_whole(ask: Ask, call: Any, error: str) -> None:
    """https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html"""
    assert ask("put_records", StreamName="Events", **call)["error"] == error


def test_each_kind_of_iterator_begins_where_it_says(app, ask: Ask) -> None:
    """https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetShardIterator.html"""
    ask("create_stream", StreamName="iterators", ShardCount=1)
    app.run(app.world.run_for(s=11))
    shard = "shardId-000000000000"
    first = ask("put_record", StreamName="iterators", Data="1", PartitionKey="k")["SequenceNumber"]
    app.run(app.world.run_for(s=5))
    unix_s = 1_767_603_600 + app.world.now_ms / 1000
    ask("put_record", StreamName="iterators", Data="2", PartitionKey="k")
    latest = iterator(ask, "iterators", shard, "LATEST")
    ask("put_record", StreamName="iterators", Data="3", PartitionKey="k")

    kinds = [("TRIM_HORIZON", {}), ("AT_SEQUENCE_NUMBER", {"StartingSequenceNumber": first})]
    kinds += [("AFTER_SEQUENCE_NUMBER", {"StartingSequenceNumber": first}), ("AT_TIMESTAMP", {"Timestamp": unix_s})]
    seen = []
    for kind, more in kinds:
        app.run(app.world.run_for(s=1))
        seen.append("".join(read(ask, "iterators", shard, kind, **more)))

    assert seen == ["123", "123", "23", "23"]
    assert [record["Data"] for record in ask("get_records", ShardIterator=latest)["Records"]] == ["3"]


def test_an_iterator_goes_on_where_the_last_read_ended_and_lives_five_minutes(app, ask: Ask) -> None:
    """https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetRecords.html"""
    ask("create_stream", StreamName="pages", ShardCount=1)
    app.run(app.world.run_for(s=11))
    ask("put_records", StreamName="pages", Records=[{"Data": data, "PartitionKey": "k"} for data in "abc"])
    start = iterator(ask, "pages", "shardId-000000000000")
    app.run(app.world.run_for(s=20))
    page = ask("get_records", ShardIterator=start, Limit=2)
    rest = ask("get_records", ShardIterator=page["NextShardIterator"])
    nothing = ask("get_records", ShardIterator=rest["NextShardIterator"])
    app.run(app.world.run_for(s=301))
    expired = ask("get_records", ShardIterator=nothing["NextShardIterator"])

    assert [record["Data"] for record in page["Records"]] == ["a", "b"]
    assert page["MillisBehindLatest"] >= 20_000
    assert ([record["Data"] for record in rest["Records"]], rest["MillisBehindLatest"]) == (["c"], 0)
    assert nothing["Records"] == []
    assert expired["error"] == "ExpiredIteratorException"
    assert ask("get_records", ShardIterator="bm90IG9uZQ==")["error"] == "InvalidArgumentException"


def test_a_shard_is_read_five_times_a_second(app, ask: Ask) -> None:
    """https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetRecords.html"""
    app.run(app.world.run_for(s=2))
    at = iterator(ask, "Events", "shardId-000000000000", "LATEST")
    answers = [ask("get_records", ShardIterator=at) for _ in range(6)]

    assert [answer.get("error", "") for answer in answers] == [*[""] * 5, "ProvisionedThroughputExceededException"]


def test_a_split_closes_the_parent_and_opens_two_children(app, ask: Ask) -> None:
    """https://docs.aws.amazon.com/streams/latest/dev/kinesis-using-sdk-java-after-resharding.html"""
    ask("put_record", StreamName="Split", Data="before", PartitionKey="k", ExplicitHashKey="0")
    split = {"ShardToSplit": "shardId-000000000000", "NewStartingHashKey": str(2**126)}
    ask("split_shard", StreamName="Split", **split)
    busy = ask("split_shard", StreamName="Split", **split)
    app.run(app.world.run_for(s=60))
    put = ask("put_record", StreamName="Split", Data="after", PartitionKey="k", ExplicitHashKey="0")
    parent, other, *children = ask("list_shards", StreamName="Split")["Shards"]
    answer = ask("get_records", ShardIterator=iterator(ask, "Split", "shardId-000000000000"))

    assert busy["error"] == "ResourceInUseException"
    assert put["ShardId"] == "shardId-000000000002"
    assert "EndingSequenceNumber" in parent["SequenceNumberRange"]
    assert "EndingSequenceNumber" not in other["SequenceNumberRange"]
    assert [child["ParentShardId"] for child in children] == ["shardId-000000000000"] * 2
    assert [child["HashKeyRange"]["StartingHashKey"] for child in children] == ["0", str(2**126)]
    assert [record["Data"] for record in answer["Records"]] == ["before"]
    assert "NextShardIterator" not in answer
    assert [child["ShardId"] for child in answer["ChildShards"]] == ["shardId-000000000002", "shardId-000000000003"]


def test_only_neighbours_can_be_merged(app, ask: Ask) -> None:
    """https://docs.aws.amazon.com/kinesis/latest/APIReference/API_MergeShards.html"""
    ask("create_stream", StreamName="merged", ShardCount=3)
    app.run(app.world.run_for(s=11))
    ids = [f"shardId-{number:012d}" for number in range(3)]
    apart = ask("merge_shards", StreamName="merged", ShardToMerge=ids[0], AdjacentShardToMerge=ids[2])
    ask("merge_shards", StreamName="merged", ShardToMerge=ids[0], AdjacentShardToMerge=ids[1])
    app.run(app.world.run_for(s=60))
    [_, merged] = ask("list_shards", StreamName="merged", ShardFilter={"Type": "AT_LATEST"})["Shards"]

    assert apart["error"] == "InvalidArgumentException"
    assert (merged["ParentShardId"], merged["AdjacentParentShardId"]) == (ids[0], ids[1])
    assert merged["HashKeyRange"]["StartingHashKey"] == "0"


def test_a_stream_scales_to_shards_of_one_width_at_most_twofold(app, ask: Ask) -> None:
    """https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateShardCount.html"""
    scaling = {"StreamName": "Scaled", "ScalingType": "UNIFORM_SCALING"}
    refused = ask("update_shard_count", TargetShardCount=5, **scaling)
    ask("update_shard_count", TargetShardCount=3, **scaling)
    app.run(app.world.run_for(s=60))
    shards = ask("list_shards", StreamName="Scaled", ShardFilter={"Type": "AT_LATEST"})["Shards"]

    starts = sorted(int(shard["HashKeyRange"]["StartingHashKey"]) for shard in shards)
    assert refused["error"] == "LimitExceededException"
    assert starts == [0, 2**128 // 3, 2 * (2**128 // 3)]


def test_records_are_forgotten_after_the_retention_unless_it_is_made_longer(app, ask: Ask) -> None:
    """https://docs.aws.amazon.com/streams/latest/dev/kinesis-extended-retention.html"""
    for name in ("day", "week"):
        ask("create_stream", StreamName=name, ShardCount=1)
    app.run(app.world.run_for(s=11))
    ask("increase_stream_retention_period", StreamName="week", RetentionPeriodHours=168)
    for name in ("day", "week"):
        ask("put_record", StreamName=name, Data="old", PartitionKey="k")
    app.run(app.world.run_for(hours=25))

    assert read(ask, "day", "shardId-000000000000") == []
    assert read(ask, "week", "shardId-000000000000") == ["old"]


def test_a_test_need_not_wait_a_day_for_the_retention(app, ask: Ask) -> None:
    """https://docs.aws.amazon.com/streams/latest/dev/kinesis-extended-retention.html"""
    ask("put_record", StreamName="Kept", Data="soon gone", PartitionKey="k")
    app.run(app.world.run_for(s=90))
    active = app.world.inject(StreamForgets(stream="Kept", older_than_s=60))
    seen = read(ask, "Kept", "shardId-000000000000")
    app.world.lift(active)

    assert seen == []


def test_an_on_demand_stream_begins_with_four_shards_and_is_not_resharded_by_hand(ask: Ask) -> None:
    """https://docs.aws.amazon.com/streams/latest/dev/how-do-i-size-a-stream.html"""
    description = ask("describe_stream", StreamName="OnDemand")["StreamDescription"]
    refused = ask("update_shard_count", StreamName="OnDemand", TargetShardCount=8, ScalingType="UNIFORM_SCALING")

    assert len(description["Shards"]) == 4
    assert description["StreamModeDetails"] == {"StreamMode": "ON_DEMAND"}
    assert refused["error"] == "ValidationException"


def test_a_new_stream_is_being_created_for_a_while(app, ask: Ask) -> None:
    """https://docs.aws.amazon.com/kinesis/latest/APIReference/API_CreateStream.html"""
    ask("create_stream", StreamName="fresh", ShardCount=1)
    early = ask("put_record", StreamName="fresh", Data="a", PartitionKey="k")
    again = ask("create_stream", StreamName="fresh", ShardCount=1)
    app.run(app.world.run_for(s=11))
    ready = ask("put_record", StreamName="fresh", Data="a", PartitionKey="k")
    ask("delete_stream", StreamName="fresh")

    assert early["error"] == again["error"] == "ResourceInUseException"
    assert ready["ShardId"] == "shardId-000000000000"
    assert "fresh" not in ask("list_streams")["StreamNames"]


def test_enhanced_fan_out_is_refused_in_words(ask: Ask) -> None:
    """A deviation from AWS, said where it is met."""
    answer = ask("register_stream_consumer", StreamARN="EventsArn", ConsumerName="fast")

    assert answer["message"].startswith("Enhanced fan-out is not simulated")
