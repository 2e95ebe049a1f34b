"""Amazon EventBridge: what PutEvents takes, and what targets get."""

import itertools
import json

import pytest

from harness.tests.fidelity.conftest import App, Deploy
from harness.tests.fidelity.event_bridge_app import SOURCE, TEMPLATE, bodies, count, entry, events_of, put, settle


@pytest.fixture(scope="module")
def app(deploy: Deploy) -> App:
    return deploy(TEMPLATE, {"src/app.py": SOURCE})


# ---- PutEvents -----------------------------------------------------------------------------------


def test_a_function_gets_the_whole_event_in_its_envelope(app: App) -> None:
    """Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html"""
    answer = put(app, entry("OrderPlaced", {"id": "o-1", "total": 12}))
    settle(app)

    (event,) = events_of(app, "Take")
    assert answer == {"FailedEntryCount": 0, "Entries": [{"EventId": event["id"]}]}
    assert list(event) == [
        "version", "id", "detail-type", "source", "account", "time", "region", "resources", "detail",
    ]  # fmt: skip
    assert (event["version"], event["account"], event["region"], event["resources"]) == (
        "0", "123456789012", "eu-west-1", [],
    )  # fmt: skip
    assert (event["source"], event["detail-type"], event["detail"]) == (
        "shop", "OrderPlaced", {"id": "o-1", "total": 12},
    )  # fmt: skip


def test_powertools_reads_the_event(app: App) -> None:
    """Source: https://docs.aws.amazon.com/powertools/python/latest/utilities/data_classes/#eventbridge"""
    data_classes = pytest.importorskip("aws_lambda_powertools.utilities.data_classes")
    event = events_of(app, "Take")[0]

    read = data_classes.EventBridgeEvent(event)
    assert (read.detail_type, read.source, read.detail["id"], read.get_id) == (
        "OrderPlaced", "shop", "o-1", event["id"],
    )  # fmt: skip


def test_powertools_parser_accepts_the_event(app: App) -> None:
    """Source: https://docs.aws.amazon.com/powertools/python/latest/utilities/parser/#built-in-models"""
    pytest.importorskip("pydantic")
    models = pytest.importorskip("aws_lambda_powertools.utilities.parser.models")

    read = models.EventBridgeModel.model_validate(events_of(app, "Take")[0])
    assert read.detail == {"id": "o-1", "total": 12}


def test_only_an_event_with_all_fields_of_the_pattern_reaches_the_target(app: App) -> None:
    """Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern.html"""
    before = len(events_of(app, "Take"))

    put(
        app,
        entry("OrderPlaced", {"total": 10}),
        entry("OrderPlaced", {"total": 11}, source="elsewhere"),
        entry("OrderPlaced", {"total": 11}, bus="default"),
        entry("OrderPlaced", {"id": "o-2", "total": 10.5}),
    )
    settle(app)

    assert [event["detail"] for event in events_of(app, "Take")[before:]] == [{"id": "o-2", "total": 10.5}]


@pytest.mark.parametrize(
    ("changed", "code", "message"),
    [
        ({"Source": ""}, "InvalidArgument", "Parameter Source is not valid. Reason: Source is a required argument."),
        ({"Detail": "not json"}, "MalformedDetail", "Detail is malformed."),
        ({"Detail": "[1]"}, "MalformedDetail", "Detail is malformed."),
        ({"Source": "aws.s3"}, "NotAuthorizedForSourceException", "Not authorized for the source."),
    ],
)
def test_an_entry_that_is_refused_does_not_stop_the_others(
    app: App, changed: dict[str, str], code: str, message: str
) -> None:
    """Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html"""
    answer = put(app, entry("Good"), entry("Bad", {}) | changed)

    assert answer["FailedEntryCount"] == 1
    assert "EventId" in answer["Entries"][0]
    assert answer["Entries"][1] == {"ErrorCode": code, "ErrorMessage": message}
    assert app.world.bus("Shop").events[-1].event["detail-type"] == "Good"


def test_more_than_ten_entries_are_refused_as_a_whole(app: App) -> None:
    """Source: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html"""
    before = len(app.world.bus("Shop").events)

    answer = put(app, *[entry("Many") for _ in range(11)])

    assert answer["error"] == "ValidationException"
    assert "less than or equal to 10" in answer["message"]
    assert len(app.world.bus("Shop").events) == before


def test_a_call_holds_one_mebibyte_and_not_a_byte_more(app: App) -> None:
    """Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html#eb-putevent-size"""
    filling = 1_048_576 - len('shopLarge{"x": ""}')

    fits = put(app, entry("Large", {"x": "a" * filling}))
    over = put(app, entry("Large", {"x": "a" * (filling + 1)}))

    assert fits["FailedEntryCount"] == 0
    assert over == {
        "error": "ValidationException", "message": "Total size of the entries in the request is over the limit.",
    }  # fmt: skip


def test_an_event_for_a_bus_that_does_not_exist_is_taken_and_lost(app: App) -> None:
    """Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html"""
    answer = put(app, entry("Lost", bus="nowhere"))

    assert answer["FailedEntryCount"] == 0
    assert set(answer["Entries"][0]) == {"EventId"}


# ---- targets -------------------------------------------------------------------------------------


def test_what_a_target_gets_is_the_event_a_part_of_it_or_made_of_it(app: App) -> None:
    """Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html"""
    before = count(app, "Inbox")

    put(app, entry("OrderChanged", {"id": "o-3", "tags": ["a", "b"]}))
    settle(app)

    arrived = bodies(app, "Inbox", before)
    assert {"constant": True} in arrived
    (made,) = [body for body in arrived if "order" in body]
    assert (made["order"], made["words"], made["none"]) == ("o-3", "id o-3, tags [a,b]", "")
    assert made["rule"].startswith("kata-ToInbox-")


def test_an_input_path_gives_a_part_of_the_event(app: App) -> None:
    """Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html"""
    put(app, entry("Any", {"inner": {"n": 1}}, bus="default", source="other"))
    settle(app)

    assert events_of(app, "Take")[-1] == {"n": 1}


def test_a_fifo_queue_gets_the_message_group_of_the_target(app: App) -> None:
    """Source: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_SqsParameters.html"""
    put(app, entry("OrderFifo", {"id": "f"}))
    settle(app)

    last = app.world.queue("Ordered").arrivals[-1]
    assert (last.group_id, json.loads(last.body)["detail"]) == ("g", {"id": "f"})


def test_a_topic_that_allows_it_publishes_what_the_target_gets(app: App) -> None:
    """Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-sns-permissions"""
    before = count(app, "Undelivered")

    put(app, entry("Announced", {"id": "a-1"}, bus="default"))
    settle(app)

    (heard,), (dead,) = bodies(app, "Heard", 0), app.world.queue("Undelivered").arrivals[before:]
    assert heard["Message"] == '{"id":"a-1"}'
    assert dead.message_attributes["ERROR_CODE"].string_value == "NO_PERMISSIONS"


def test_a_topics_policy_may_be_changed_by_a_call(app: App) -> None:
    """Source: https://docs.aws.amazon.com/sns/latest/api/API_SetTopicAttributes.html"""
    arn = app.world.topic("Topic").arn
    before = count(app, "Heard")
    owner = {"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "sns:Publish", "Resource": arn}
    policy = {"TopicArn": arn, "AttributeName": "Policy", "AttributeValue": json.dumps({"Statement": [owner]})}

    app.run(app.world.invoke("Do", {"service": "sns", "operation": "set_topic_attributes", "arguments": policy}))
    put(app, entry("Announced", {"id": "a-2"}, bus="default"))
    settle(app)

    assert count(app, "Heard") == before


def test_a_stream_gets_a_record_with_the_partition_key_of_the_target(app: App) -> None:
    """Source: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_KinesisParameters.html"""
    put(app, entry("Streamed", {"id": "k-1"}, bus="default"))
    settle(app)

    shard = {"StreamName": "stream", "ShardId": "shardId-000000000000", "ShardIteratorType": "TRIM_HORIZON"}
    iterator = app.run(
        app.world.invoke("Do", {"service": "kinesis", "operation": "get_shard_iterator", "arguments": shard})
    )
    request = {"service": "kinesis", "operation": "get_records", "arguments": iterator}
    (record,) = app.run(app.world.invoke("Do", request))["Records"]
    assert (record["PartitionKey"], '"detail":{"id":"k-1"}' in record["Data"]) == ("k-1", True)


def test_a_queue_without_a_policy_for_eventbridge_gets_nothing_and_the_event_goes_to_the_dead_letter_queue(
    app: App,
) -> None:
    """Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html"""
    before = count(app, "Undelivered")

    put(app, entry("Locked", {"id": "l"}))
    settle(app)

    (dead,) = app.world.queue("Undelivered").arrivals[before:]
    attributes = {name: value.string_value for name, value in dead.message_attributes.items()}
    assert count(app, "Locked") == 0
    assert json.loads(dead.body)["detail"] == {"id": "l"}
    assert attributes["ERROR_CODE"] == "NO_PERMISSIONS"
    assert attributes["RETRY_ATTEMPTS"] == "0"
    assert str(attributes["RULE_ARN"]).startswith("arn:aws:events:eu-west-1:123456789012:rule/shop/kata-ToLocked-")
    assert ":kata-Locked-" in str(attributes["TARGET_ARN"])
    assert "EXHAUSTED_RETRY_CONDITION" not in attributes


def test_a_function_without_a_permission_for_the_rule_is_not_invoked(app: App) -> None:
    """Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html"""
    before = count(app, "Undelivered")

    put(app, entry("Plain"))
    settle(app)

    (dead,) = app.world.queue("Undelivered").arrivals[before:]
    assert events_of(app, "Plain") == []
    assert dead.message_attributes["ERROR_CODE"].string_value == "NO_PERMISSIONS"


def test_a_function_that_fails_is_lambdas_affair_with_two_retries(app: App) -> None:
    """Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html"""
    put(app, entry("Poison"))
    settle(app)

    failed = app.world.invocations("Fail")
    assert len(failed) == 3
    assert len({invocation.request_id for invocation in failed}) == 1
    pauses_s = [round((b.started_ms - a.started_ms) / 1000) for a, b in itertools.pairwise(failed)]
    assert pauses_s == [60, 120]


def test_a_bus_as_destination_gets_the_record_of_the_invocation(app: App) -> None:
    """Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html"""
    seen = [each.event for each in app.world.bus("Second").events if each.event["source"] == "lambda"]

    assert [event["detail-type"] for event in seen] == ["Lambda Function Invocation Result - Failure"]
    assert seen[0]["detail"]["requestContext"]["condition"] == "RetriesExhausted"


def test_an_event_goes_from_bus_to_bus_but_to_no_third_one(app: App) -> None:
    """Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-bus-to-bus.html"""
    before = count(app, "Inbox")

    answer = put(app, entry("Forwarded", {"id": "x"}, bus="default"))
    settle(app)

    assert [each.event["id"] for each in app.world.bus("Second").events if each.event["source"] == "shop"] == [
        answer["Entries"][0]["EventId"]
    ]
    assert app.world.bus("Third").events == []
    assert [body["detail"] for body in bodies(app, "Inbox", before)] == [{"id": "x"}]
