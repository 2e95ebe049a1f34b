"""Amazon EventBridge through boto3: rules, targets, buses, archives and replays."""

import json
from typing import Any

import pytest

from harness.tests.fidelity.conftest import App, Deploy
from harness.tests.fidelity.event_bridge_app import SOURCE, TEMPLATE, call, count, entry, events_of, put, settle


@pytest.fixture(scope="module")
def app(deploy: Deploy) -> App:
    """Three events have been put on the bus `shop`, and two of them are kept."""
    app = deploy(TEMPLATE, {"src/app.py": SOURCE})
    put(app, entry("OrderPlaced", {"id": "o-1", "total": 12}), entry("Other"), entry("Other", source="elsewhere"))
    settle(app)
    return app


# ---- rules through the API -----------------------------------------------------------------------


def test_a_rule_is_made_changed_disabled_and_deleted(app: App) -> None:
    """Source: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html"""
    pattern = json.dumps({"detail-type": ["Made"]})
    inbox = call(app, "list_targets_by_rule", Rule=rule_name(app, "ToInbox"), EventBusName="shop")["Targets"][0]["Arn"]
    made = call(app, "put_rule", Name="made", EventPattern=pattern)
    call(app, "put_targets", Rule="made", Targets=[{"Id": "t", "Arn": inbox}])
    before = count(app, "Inbox")
    put(app, entry("Made", bus="default"))
    settle(app)
    delivered = count(app, "Inbox") - before
    call(app, "disable_rule", Name="made")
    put(app, entry("Made", bus="default"))
    settle(app)
    described = call(app, "describe_rule", Name="made")
    refused = call(app, "delete_rule", Name="made")
    call(app, "remove_targets", Rule="made", Ids=["t"])
    call(app, "delete_rule", Name="made")
    missing = call(app, "describe_rule", Name="made")

    assert made == {"RuleArn": "arn:aws:events:eu-west-1:123456789012:rule/made"}
    assert delivered == 1
    assert count(app, "Inbox") - before == 1
    assert (described["State"], described["EventPattern"]) == ("DISABLED", pattern)
    assert refused == {"error": "ValidationException", "message": "Rule can't be deleted since it has targets."}
    assert missing == {
        "error": "ResourceNotFoundException", "message": "Rule made does not exist on EventBus default.",
    }  # fmt: skip


def rule_name(app: App, logical_id: str) -> str:
    rules = call(app, "list_rules", EventBusName="shop")["Rules"]
    (name,) = [rule["Name"] for rule in rules if f"-{logical_id}-" in rule["Name"]]
    return str(name)


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ({}, "ValidationException", "Parameter(s) EventPattern or ScheduleExpression"),
        ({"EventPattern": "{}"}, "InvalidEventPatternException", "Empty objects are not allowed"),
        ({"EventPattern": '{"source": "x"}'}, "InvalidEventPatternException", '"source" must be an object or an array'),
        ({"EventPattern": "{"}, "InvalidEventPatternException", "Event pattern is not valid"),
        ({"ScheduleExpression": "rate(1 minutes)"}, "ValidationException", "Parameter ScheduleExpression is not valid"),
        (
            {"ScheduleExpression": "rate(1 minute)", "EventBusName": "shop"},
            "ValidationException",
            "only on the default",
        ),
        ({"EventPattern": '{"a": [1]}', "EventBusName": "no"}, "ResourceNotFoundException", "Event bus no does not"),
    ],
)
def test_a_rule_that_aws_refuses_is_refused(app: App, arguments: dict[str, str], code: str, message: str) -> None:
    """Source: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html"""
    answer = call(app, "put_rule", Name="refused", **arguments)

    assert answer["error"] == code
    assert message in answer["message"]


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ({"Arn": "nonsense"}, "Provided Arn is not in correct format"),
        ({"Arn": "arn:aws:sqs:eu-west-1:123456789012:x.fifo"}, "SqsParameters must be specified for target: t"),
        ({"Input": "{", "Arn": "arn:aws:sqs:eu-west-1:123456789012:x"}, "JSON syntax error in input for target t"),
        (
            {"Input": "1", "InputPath": "$.a", "Arn": "arn:aws:sqs:eu-west-1:123456789012:x"},
            "Only one of Input, InputPath, or InputTransformer must be provided for target t",
        ),
    ],
)
def test_a_target_that_aws_refuses_is_refused(app: App, target: dict[str, str], message: str) -> None:
    """Source: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutTargets.html"""
    call(app, "put_rule", Name="targets", EventPattern='{"detail-type": ["Never"]}')

    answer = call(app, "put_targets", Rule="targets", Targets=[{"Id": "t", **target}])

    assert answer["error"] == "ValidationException"
    assert message in answer["message"]


def test_a_rule_has_five_targets_at_most(app: App) -> None:
    """Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html"""
    call(app, "put_rule", Name="targets", EventPattern='{"detail-type": ["Never"]}')
    six = [{"Id": f"t{number}", "Arn": "arn:aws:sqs:eu-west-1:123456789012:x"} for number in range(6)]

    assert call(app, "put_targets", Rule="targets", Targets=six)["error"] == "LimitExceededException"


def test_a_target_that_is_gone_is_not_tried_again(app: App) -> None:
    """Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html"""
    call(app, "put_rule", Name="gone", EventPattern='{"detail-type": ["Gone"]}')
    call(app, "put_targets", Rule="gone", Targets=[{"Id": "t", "Arn": "arn:aws:sqs:eu-west-1:123456789012:gone"}])

    put(app, entry("Gone", bus="default"))
    settle(app)

    last = app.world.bus().deliveries[-1]
    assert (last.rule, last.target, last.error, last.retries, last.dead_letter_queue) == (
        "gone", "gone", "NO_RESOURCE", 0, "",
    )  # fmt: skip


def test_a_pattern_can_be_tried_out(app: App) -> None:
    """Source: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_TestEventPattern.html"""
    event = json.dumps(app.world.bus("Shop").events[0].event)

    yes = call(app, "test_event_pattern", EventPattern='{"source": [{"anything-but": "x"}]}', Event=event)
    no = call(app, "test_event_pattern", EventPattern='{"detail": {"id": [{"exists": false}]}}', Event=event)

    assert (yes, no) == ({"Result": True}, {"Result": False})


def test_a_bus_is_made_listed_and_deleted(app: App) -> None:
    """Source: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_CreateEventBus.html"""
    made = call(app, "create_event_bus", Name="extra")
    twice = call(app, "create_event_bus", Name="extra")
    page = call(app, "list_event_buses", Limit=2)
    rest = call(app, "list_event_buses", Limit=10, NextToken=page["NextToken"])
    call(app, "delete_event_bus", Name="extra")
    default = call(app, "delete_event_bus", Name="default")

    assert made == {"EventBusArn": "arn:aws:events:eu-west-1:123456789012:event-bus/extra"}
    assert twice["error"] == "ResourceAlreadyExistsException"
    assert [bus["Name"] for bus in page["EventBuses"] + rest["EventBuses"]] == [
        "default", "shop", "second", "third", "extra",
    ]  # fmt: skip
    assert call(app, "describe_event_bus", Name="extra")["error"] == "ResourceNotFoundException"
    assert default["error"] == "ValidationException"


# ---- archives and replays ------------------------------------------------------------------------


def replay(app: App, name: str, **more: Any) -> Any:
    archive = call(app, "describe_archive", ArchiveName="kept")
    return call(
        app,
        "start_replay",
        ReplayName=name,
        EventSourceArn=archive["ArchiveArn"],
        EventStartTime="2026-01-05T09:00:00+00:00",
        EventEndTime="2026-01-07T00:00:00+00:00",
        Destination={"Arn": "arn:aws:events:eu-west-1:123456789012:event-bus/shop", **more},
    )


def test_a_replay_brings_archived_events_back_with_its_name_and_they_are_not_archived_again(app: App) -> None:
    """Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-replay-archived-event.html"""
    before, bus = call(app, "describe_archive", ArchiveName="kept")["EventCount"], app.world.bus("Shop")
    first = {each.event["id"] for each in bus.events if each.event["source"] == "shop"}

    started = replay(app, "again")
    settle(app)

    back = [each for each in bus.events if each.replay == "again"]
    described = call(app, "describe_replay", ReplayName="again")
    assert (started["State"], described["State"]) == ("STARTING", "COMPLETED")
    assert {each.event["id"] for each in back} == first
    assert {each.event["replay-name"] for each in back} == {"again"}
    assert call(app, "describe_archive", ArchiveName="kept")["EventCount"] == before == len(first)


def test_a_replay_can_be_for_one_rule_only(app: App) -> None:
    """Source: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_ReplayDestination.html"""
    before, inbox = len(events_of(app, "Take")), count(app, "Inbox")
    rules = call(app, "list_rules", EventBusName="shop")["Rules"]
    (arn,) = [rule["Arn"] for rule in rules if "-TakeOrders-" in rule["Name"]]

    replay(app, "one-rule", FilterArns=[arn])
    settle(app)

    assert len(events_of(app, "Take")) > before
    assert count(app, "Inbox") == inbox


def test_a_replay_can_be_cancelled_until_it_has_ended(app: App) -> None:
    """Source: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_CancelReplay.html"""
    before = len(app.world.bus("Shop").events)

    replay(app, "stopped")
    cancelled = call(app, "cancel_replay", ReplayName="stopped")
    settle(app)
    again = call(app, "cancel_replay", ReplayName="stopped")

    assert cancelled["State"] == "CANCELLING"
    assert call(app, "describe_replay", ReplayName="stopped")["State"] == "CANCELLED"
    assert len(app.world.bus("Shop").events) == before
    assert again["error"] == "IllegalStatusException"


def test_a_replay_has_a_name_of_its_own_and_an_end_after_its_start(app: App) -> None:
    """Source: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_StartReplay.html"""
    replay(app, "named")
    settle(app)
    archive = call(app, "describe_archive", ArchiveName="kept")
    request = {
        "EventSourceArn": archive["ArchiveArn"],
        "EventStartTime": "2026-01-05T10:00:00+00:00",
        "EventEndTime": "2026-01-05T10:00:00+00:00",
        "Destination": {"Arn": archive["EventSourceArn"]},
    }

    assert replay(app, "named")["error"] == "ResourceAlreadyExistsException"
    assert call(app, "start_replay", ReplayName="empty", **request)["error"] == "ValidationException"
