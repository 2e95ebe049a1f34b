"""Scheduled rules and EventBridge Scheduler, from templates and through boto3."""

import itertools
from typing import Any

import pytest

from harness.tests.fidelity.conftest import App, Deploy
from harness.world.world import NeverSettles

TEMPLATE = """\
Transform: AWS::Serverless-2016-10-31
Globals: {Function: {Runtime: python3.12, CodeUri: src/, Timeout: 20}}
Resources:
  Inbox: {Type: AWS::SQS::Queue}
  Shop: {Type: AWS::Events::EventBus, Properties: {Name: shop}}
  Role: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: {}}}
  Do: {Type: AWS::Serverless::Function, Properties: {Handler: app.do, Policies: [AdministratorAccess]}}
  Minute:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.take
      Events:
        Tick: {Type: Schedule, Properties: {Schedule: rate(1 minute)}}
        Silent: {Type: Schedule, Properties: {Schedule: rate(1 minute), Enabled: false, Input: '"off"'}}
  Morning:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.take
      Events:
        Nine:
          Type: ScheduleV2
          Properties:
            ScheduleExpression: cron(0 12 ? * MON-FRI *)
            ScheduleExpressionTimezone: Europe/Madrid
            Input: '{"due": "<aws.scheduler.scheduled-time>", "attempt": "<aws.scheduler.attempt-number>"}'
  Once:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.take
      Events:
        Later: {Type: ScheduleV2, Properties: {ScheduleExpression: "at(2026-01-05T09:30:00)", Name: once}}
  ToInbox:
    Type: AWS::Scheduler::Schedule
    Properties:
      Name: to-inbox
      ScheduleExpression: at(2026-01-05T09:10:00)
      FlexibleTimeWindow: {Mode: "OFF"}
      Target: {Arn: !GetAtt Inbox.Arn, RoleArn: !GetAtt Role.Arn, Input: plain text}
  ToBus:
    Type: AWS::Scheduler::Schedule
    Properties:
      ScheduleExpression: at(2026-01-05T09:20:00)
      FlexibleTimeWindow: {Mode: "OFF"}
      Target:
        Arn: !GetAtt Shop.Arn
        RoleArn: !GetAtt Role.Arn
        Input: '{"n": 1}'
        EventBridgeParameters: {DetailType: Reminder, Source: clock}
"""

SOURCE = """\
import json

import boto3
from botocore.exceptions import ClientError


def do(event, context):
    client = boto3.client(event["service"], region_name="eu-west-1")
    try:
        answer = getattr(client, event["operation"])(**event["arguments"])
    except ClientError as error:
        return {"error": error.response["Error"]["Code"], "message": error.response["Error"]["Message"]}
    answer.pop("ResponseMetadata", None)
    return json.loads(json.dumps(answer, default=str))


def take(event, context):
    return {"took": event}
"""


@pytest.fixture(scope="module")
def app(deploy: Deploy) -> App:
    """Three hours of it: Monday from nine to noon."""
    app = deploy(TEMPLATE, {"src/app.py": SOURCE})
    app.run(app.world.run_for(hours=3))
    return app


def call(app: App, operation: str, **arguments: Any) -> Any:
    request = {"service": "scheduler", "operation": operation, "arguments": arguments}
    return app.run(app.world.invoke("Do", request))


def create(app: App, name: str, expression: str, **more: Any) -> Any:
    inbox = call(app, "get_schedule", Name="to-inbox")["Target"]
    target = {"Arn": inbox["Arn"], "RoleArn": inbox["RoleArn"], "Input": name, **more.pop("Target", {})}
    window = more.pop("FlexibleTimeWindow", {"Mode": "OFF"})
    request = {"ScheduleExpression": expression, "FlexibleTimeWindow": window, "Target": target, **more}
    return call(app, "create_schedule", Name=name, **request)


def arrivals(app: App, body: str) -> list[int]:
    """When messages with this body arrived, in minutes since nine."""
    return [each.at_ms // 60_000 for each in app.world.queue("Inbox").arrivals if each.body == body]


# ---- from the template ---------------------------------------------------------------------------


def test_a_rate_invokes_its_function_every_period_within_the_minute(app: App) -> None:
    """Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html"""
    starts = [invocation.started_ms for invocation in app.world.invocations("Minute")]

    assert len(starts) in (179, 180)
    assert all(54_000 <= after - before <= 66_000 for before, after in itertools.pairwise(starts))


def test_a_scheduled_rule_sends_the_scheduled_event(app: App) -> None:
    """Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-rule-schedule.html"""
    event = app.world.invocations("Minute")[0].event

    assert list(event) == [
        "version", "id", "detail-type", "source", "account", "time", "region", "resources", "detail",
    ]  # fmt: skip
    assert (event["detail-type"], event["source"], event["detail"]) == ("Scheduled Event", "aws.events", {})
    assert event["resources"][0].startswith("arn:aws:events:eu-west-1:123456789012:rule/kata-MinuteTick-")


def test_powertools_reads_the_scheduled_event(app: App) -> None:
    """Source: https://docs.aws.amazon.com/powertools/python/latest/utilities/parser/#built-in-models"""
    pytest.importorskip("pydantic")
    models = pytest.importorskip("aws_lambda_powertools.utilities.parser.models")

    read = models.EventBridgeModel.model_validate(app.world.invocations("Minute")[0].event)
    assert read.detail_type == "Scheduled Event"


def test_a_disabled_schedule_fires_not(app: App) -> None:
    """Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-schedule.html"""
    assert "off" not in [invocation.event for invocation in app.world.invocations("Minute")]


def test_a_cron_follows_its_time_zone_and_the_input_is_filled_in(app: App) -> None:
    """Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html"""
    (morning,) = app.world.invocations("Morning")

    assert 120 * 60_000 <= morning.started_ms < 122 * 60_000
    assert morning.event == {"due": "2026-01-05T11:00:00Z", "attempt": "1"}


def test_a_schedule_without_input_sends_a_notification(app: App) -> None:
    """Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-templated.html"""
    (once,) = app.world.invocations("Once")

    assert 30 * 60_000 <= once.started_ms < 32 * 60_000
    assert (once.event["source"], once.event["detail"], once.event["time"]) == (
        "aws.scheduler", "{}", "2026-01-05T09:30:00Z",
    )  # fmt: skip
    assert once.event["resources"] == ["arn:aws:scheduler:eu-west-1:123456789012:schedule/default/once"]


def test_a_schedule_sends_to_a_queue_with_its_role_and_without_the_queues_policy(app: App) -> None:
    """Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/setting-up.html#setting-up-execution-role"""
    assert arrivals(app, "plain text") in ([10], [11])


def test_a_schedule_puts_an_event_on_a_bus(app: App) -> None:
    """Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-templated.html"""
    (seen,) = app.world.bus("Shop").events

    assert (seen.event["source"], seen.event["detail-type"], seen.detail) == ("clock", "Reminder", {"n": 1})


# ---- through the API -----------------------------------------------------------------------------


def test_a_schedule_is_created_read_changed_and_deleted(app: App) -> None:
    """Source: https://docs.aws.amazon.com/scheduler/latest/APIReference/API_UpdateSchedule.html"""
    created = create(app, "made", "rate(10 minutes)", Description="mine")
    twice = create(app, "made", "rate(10 minutes)")
    got = call(app, "get_schedule", Name="made")
    changed = call(
        app,
        "update_schedule",
        Name="made",
        ScheduleExpression="rate(1 hour)",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target=got["Target"],
        State="DISABLED",
    )
    after = call(app, "get_schedule", Name="made")
    listed = call(app, "list_schedules", NamePrefix="made")["Schedules"]
    call(app, "delete_schedule", Name="made")

    assert created == {"ScheduleArn": "arn:aws:scheduler:eu-west-1:123456789012:schedule/default/made"} == changed
    assert twice["error"] == "ConflictException"
    assert (got["ScheduleExpression"], got["State"], got["GroupName"], got["Description"]) == (
        "rate(10 minutes)", "ENABLED", "default", "mine",
    )  # fmt: skip
    assert (after["ScheduleExpression"], after["State"], "Description" in after) == ("rate(1 hour)", "DISABLED", False)
    assert [(each["Name"], each["State"]) for each in listed] == [("made", "DISABLED")]
    assert call(app, "get_schedule", Name="made") == {
        "error": "ResourceNotFoundException", "message": "Schedule made does not exist.",
    }  # fmt: skip


def test_the_calls_of_the_scheduler_have_the_names_of_its_api(app: App) -> None:
    """Source: https://docs.aws.amazon.com/scheduler/latest/APIReference/API_Operations.html"""
    create(app, "named", "rate(10 minutes)")
    call(app, "list_schedules")
    call(app, "delete_schedule", Name="named")

    made = [(each.operation, each.target) for each in app.world.calls(function="Do", service="scheduler")][-3:]
    assert made == [("CreateSchedule", "named"), ("ListSchedules", ""), ("DeleteSchedule", "named")]


def test_after_its_one_time_a_schedule_stays_or_goes_as_it_says(app: App) -> None:
    """Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-delete.html"""
    at = "at(2026-01-05T12:30:00)"
    create(app, "goes", at, ActionAfterCompletion="DELETE")
    create(app, "stays", at)

    app.run(app.world.run_for(minutes=35))

    assert [len(arrivals(app, name)) for name in ("goes", "stays")] == [1, 1]
    assert call(app, "get_schedule", Name="goes")["error"] == "ResourceNotFoundException"
    assert call(app, "get_schedule", Name="stays")["State"] == "ENABLED"


def test_what_a_target_does_not_take_goes_to_the_dead_letter_queue(app: App) -> None:
    """Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html"""
    inbox = call(app, "get_schedule", Name="to-inbox")["Target"]["Arn"]
    target = {"Arn": f"{inbox}-gone", "DeadLetterConfig": {"Arn": inbox}, "Input": "undeliverable"}
    create(app, "dead", "rate(1 minute)", Target=target)

    app.run(app.world.run_for(s=66))
    call(app, "delete_schedule", Name="dead")

    dead = next(each for each in app.world.queue("Inbox").arrivals if each.body == "undeliverable")
    attributes = {name: value.string_value for name, value in dead.message_attributes.items()}
    assert attributes["ERROR_CODE"] == "NO_RESOURCE"
    assert attributes["SCHEDULE_ARN"] == "arn:aws:scheduler:eu-west-1:123456789012:schedule/default/dead"
    assert (attributes["TARGET_ARN"], attributes["RETRY_ATTEMPTS"]) == (f"{inbox}-gone", "0")
    assert {"EXECUTION_ID", "SCHEDULED_TIME", "IS_PAYLOAD_TRUNCATED", "ERROR_MESSAGE"} <= set(attributes)


@pytest.mark.parametrize(
    ("expression", "more", "message"),
    [
        ("every minute", {}, "Invalid Schedule Expression every minute"),
        ("cron(0 8 * * * *)", {}, "a ? in exactly one of"),
        ("rate(1 minute)", {"ScheduleExpressionTimezone": "Mars/Olympus"}, "IANA"),
        ("rate(1 minute)", {"FlexibleTimeWindow": {"Mode": "FLEXIBLE"}}, "MaximumWindowInMinutes"),
        ("rate(1 minute)", {"Target": {"Arn": "arn:aws:ecs:eu-west-1:123456789012:x"}}, "not a target"),
    ],
)
def test_a_schedule_that_is_wrong_is_refused(app: App, expression: str, more: dict[str, Any], message: str) -> None:
    """Source: https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html"""
    answer = create(app, "wrong", expression, **more)

    assert answer["error"] == "ValidationException"
    assert message in answer["message"]


# ---- what a test can do with schedules -----------------------------------------------------------


def test_paused_schedules_fire_not_and_the_world_settles(app: App) -> None:
    """Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-state.html"""
    world = app.world
    with pytest.raises(NeverSettles):
        app.run(world.settle())
    before = len(world.invocations("Minute"))

    world.schedules.pause()
    app.run(world.settle())
    app.run(world.run_for(minutes=30))
    paused = len(world.invocations("Minute")) - before
    world.schedules.resume()
    app.run(world.run_for(minutes=5))

    assert paused <= 1
    assert len(world.invocations("Minute")) - before - paused in (4, 5)


def test_a_week_with_an_idle_minutely_schedule_takes_a_few_invocations(app: App) -> None:
    """Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html"""
    before = len(app.world.invocations("Minute"))

    app.run(app.world.run_for(days=7))

    assert 28 <= len(app.world.invocations("Minute")) - before <= 60


def test_in_a_jump_each_schedule_fires_at_most_once(app: App) -> None:
    """Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html"""
    before = {name: len(app.world.invocations(name)) for name in ("Minute", "Morning")}

    app.run(app.world.jump(days=30))

    assert {name: len(app.world.invocations(name)) - count for name, count in before.items()} == {
        "Minute": 1, "Morning": 1,
    }  # fmt: skip


def test_two_runs_with_one_seed_are_the_same_to_the_byte(deploy: Deploy) -> None:
    """Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html"""
    digests = []
    for _ in range(2):
        app = deploy(TEMPLATE, {"src/app.py": SOURCE}, seed=7)
        app.run(app.world.run_for(minutes=40))
        digests.append(app.world.trace.digest())

    assert digests[0] == digests[1]
