"""EventBridge and its Scheduler in a template: what becomes of it, and what AWS would refuse."""

import json
from typing import Any

import pytest

from harness.cloud.template import Template, errors
from harness.cloud.template.model_event_bridge import RuleSpec, ScheduleSpec
from harness.tests.cloud.template.conftest import ReadFunction

QUEUE = "Q: {Type: AWS::SQS::Queue}\n"
FIFO = "Q: {Type: AWS::SQS::Queue, Properties: {FifoQueue: true}}\n"
BUS = "Bus: {Type: AWS::Events::EventBus, Properties: {Name: shop}}\n"
WORKER_ARN = "arn:aws:lambda:eu-west-1:123456789012:function:kata-Worker-ABCDEFGHIJKL"
QUEUE_ARN = "arn:aws:sqs:eu-west-1:123456789012:kata-Q-ABCDEFGHIJKL"


def event_of(read_function: ReadFunction, kind: str, properties: str, resources: str = QUEUE) -> Template:
    return read_function(f"Events: {{Tick: {{Type: {kind}, Properties: {{{properties}}}}}}}", resources)


def rule_of(read_function: ReadFunction, kind: str, properties: str, resources: str = QUEUE) -> RuleSpec:
    return event_of(read_function, kind, properties, resources).event_bridge.rules["WorkerTick"]


def plain_rule(read_function: ReadFunction, properties: str, resources: str = QUEUE + BUS) -> RuleSpec:
    template = read_function(resources=f"{resources}Rule: {{Type: AWS::Events::Rule, Properties: {{{properties}}}}}\n")
    return template.event_bridge.rules["Rule"]


def plain_schedule(read_function: ReadFunction, properties: str, target: str) -> ScheduleSpec:
    role = "Role: {Type: AWS::IAM::Role, Properties: {}}\n"
    target = f"Target: {{RoleArn: !GetAtt Role.Arn, {target}}}"
    schedule = f"S: {{Type: AWS::Scheduler::Schedule, Properties: {{{properties}, {target}}}}}\n"
    return read_function(resources=QUEUE + BUS + role + schedule).event_bridge.schedules["S"]


# ---- events of functions -------------------------------------------------------------------------


def test_a_schedule_becomes_a_rule_that_may_invoke_its_function(read_function: ReadFunction) -> None:
    rule = rule_of(read_function, "Schedule", "Schedule: rate(1 minute), Input: '{\"a\": 1}'")

    assert rule == RuleSpec(
        logical_id="WorkerTick",
        rule={
            "Name": "kata-WorkerTick-ABCDEFGHIJKL",
            "State": "ENABLED",
            "EventBusName": "default",
            "ScheduleExpression": "rate(1 minute)",
        },
        targets=({"Id": "WorkerTickLambdaTarget", "Arn": WORKER_ARN, "Input": '{"a": 1}'},),
        permitted="Worker",
        line=9,
    )


@pytest.mark.parametrize(
    ("state", "expected"),
    [("Enabled: false", "DISABLED"), ("State: DISABLED", "DISABLED"), ("Enabled: true", "ENABLED")],
)
def test_a_schedule_can_be_off(read_function: ReadFunction, state: str, expected: str) -> None:
    assert rule_of(read_function, "Schedule", f"Schedule: rate(1 minute), {state}").rule["State"] == expected


def test_a_rule_of_a_function_keeps_its_pattern_and_its_target(read_function: ReadFunction) -> None:
    rule = rule_of(
        read_function,
        "EventBridgeRule",
        "EventBusName: !Ref Bus, RuleName: mine, Pattern: {source: [shop], detail: {n: [{numeric: ['>', 5]}]}}, "
        "InputPath: $.detail, Target: {Id: own}, RetryPolicy: {MaximumRetryAttempts: 3}, "
        "DeadLetterConfig: {Arn: !GetAtt Q.Arn}",
        QUEUE + BUS,
    )

    assert (rule.rule["Name"], rule.rule["EventBusName"]) == ("mine", "shop")
    assert json.loads(rule.rule["EventPattern"]) == {"source": ["shop"], "detail": {"n": [{"numeric": [">", 5]}]}}
    assert rule.targets == (
        {
            "Id": "own",
            "Arn": WORKER_ARN,
            "RetryPolicy": {"MaximumRetryAttempts": 3},
            "InputPath": "$.detail",
            "DeadLetterConfig": {"Arn": QUEUE_ARN},
        },
    )


def test_events_invoke_the_alias_of_a_function_that_has_one(read_function: ReadFunction) -> None:
    template = read_function(
        "AutoPublishAlias: live\nEvents: {Tick: {Type: CloudWatchEvent, Properties: {Pattern: {source: [x]}}}}"
    )

    assert template.event_bridge.rules["WorkerTick"].targets[0]["Arn"] == f"{WORKER_ARN}:live"


def test_a_dead_letter_queue_of_sams_own_comes_with_its_policy(read_function: ReadFunction) -> None:
    template = event_of(
        read_function, "Schedule", "Schedule: rate(1 minute), DeadLetterConfig: {Type: SQS, QueueLogicalId: Dead}"
    )

    target = template.event_bridge.rules["WorkerTick"].targets[0]
    assert target["DeadLetterConfig"]["Arn"] == template.queues["Dead"].arn
    policy: dict[str, Any] = template.accepted["DeadPolicy"].properties
    assert policy["Queues"] == [template.queues["Dead"].url]
    assert policy["PolicyDocument"]["Statement"][0]["Principal"] == {"Service": "events.amazonaws.com"}


def test_a_schedule_of_the_scheduler_has_a_window_and_a_time_zone(read_function: ReadFunction) -> None:
    template = event_of(
        read_function,
        "ScheduleV2",
        "ScheduleExpression: 'cron(0 8 * * ? *)', ScheduleExpressionTimezone: Europe/Madrid, State: DISABLED, "
        "FlexibleTimeWindow: {Mode: FLEXIBLE, MaximumWindowInMinutes: 5}, RetryPolicy: {MaximumRetryAttempts: 0}, "
        "DeadLetterConfig: {Arn: !GetAtt Q.Arn}, StartDate: '2026-02-01T00:00:00Z'",
    )

    assert template.event_bridge.schedules["WorkerTick"].creation == {
        "Name": "WorkerTick",
        "Target": {
            "Arn": WORKER_ARN,
            "RoleArn": "arn:aws:iam::123456789012:role/WorkerTickRole",
            "RetryPolicy": {"MaximumRetryAttempts": 0},
            "DeadLetterConfig": {"Arn": QUEUE_ARN},
        },
        "ScheduleExpression": "cron(0 8 * * ? *)",
        "ScheduleExpressionTimezone": "Europe/Madrid",
        "FlexibleTimeWindow": {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 5},
        "State": "DISABLED",
        "StartDate": 1_769_904_000.0,
    }


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("rate(1 minutes)", "rate\\(1 minute\\) in the singular"),
        ("rate(5 minute)", "rate\\(1 minute\\) in the singular, rate\\(5 minutes\\) in the plural"),
        ("rate(0 minutes)", "rate\\(1 minute\\), rate\\(5 minutes\\)"),
        ("rate(30 seconds)", "rate\\(1 minute\\), rate\\(5 minutes\\)"),
        ("every minute", "rate\\(1 minute\\), rate\\(5 minutes\\)"),
        ("at(2026-01-05T10:00:00)", "rate\\(1 minute\\), rate\\(5 minutes\\)"),
        ("cron(0 8 * * ?)", "six fields"),
        ("cron(0 8 * * * *)", "a \\? in exactly one of"),
        ("cron(0 25 * * ? *)", "hours from 0 to 23"),
    ],
)
def test_an_expression_eventbridge_would_refuse_is_refused(
    read_function: ReadFunction, expression: str, expected: str
) -> None:
    with pytest.raises(
        errors.PropertyOutOfRange, match=rf"(?s)Events.Tick.Schedule of Worker is .*Expected: {expected}"
    ):
        event_of(read_function, "Schedule", f"Schedule: '{expression}'")


def test_a_time_zone_that_does_not_exist_is_refused(read_function: ReadFunction) -> None:
    with pytest.raises(errors.PropertyOutOfRange, match="IANA"):
        event_of(
            read_function,
            "ScheduleV2",
            "ScheduleExpression: 'cron(0 8 * * ? *)', ScheduleExpressionTimezone: Mars/Olympus",
        )


@pytest.mark.parametrize(
    ("kind", "properties"),
    [
        ("Schedule", "Schedule: rate(1 minute)"),
        ("ScheduleV2", "ScheduleExpression: rate(1 minute)"),
        ("EventBridgeRule", "Pattern: {source: [x]}"),
    ],
)
def test_what_a_function_gets_is_json(read_function: ReadFunction, kind: str, properties: str) -> None:
    with pytest.raises(errors.PropertyOutOfRange, match=r"(?s)Input of Worker is 'a'.*Expected: JSON, in quotes"):
        event_of(read_function, kind, f"{properties}, Input: a")


def test_what_could_not_be_delivered_goes_to_a_standard_queue(read_function: ReadFunction) -> None:
    with pytest.raises(errors.PropertiesContradict, match=r"DeadLetterConfig.Arn of Worker is Q, a FIFO queue"):
        event_of(read_function, "Schedule", "Schedule: rate(1 minute), DeadLetterConfig: {Arn: !GetAtt Q.Arn}", FIFO)


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("{source: shop}", '"source" must be an object or an array'),
        ("{detail: {}}", "Empty objects are not allowed"),
        ("{detail: {n: [{exists: 'true'}]}}", "exists match pattern must be either true or false"),
    ],
)
def test_a_pattern_eventbridge_would_refuse_is_refused_with_its_line(
    read_function: ReadFunction, pattern: str, message: str
) -> None:
    with pytest.raises(errors.PropertyOutOfRange, match=message) as caught:
        event_of(read_function, "EventBridgeRule", f"Pattern: {pattern}")

    assert caught.value.line == 9


# ---- plain resources -----------------------------------------------------------------------------


def test_a_plain_rule_keeps_each_of_its_targets(read_function: ReadFunction) -> None:
    rule = plain_rule(
        read_function,
        "EventBusName: shop, State: DISABLED, EventPattern: {source: [shop]}, Targets: ["
        "{Id: a, Arn: !GetAtt Worker.Arn, Input: '1'}, "
        "{Id: b, Arn: !GetAtt Q.Arn, InputTransformer: {InputPathsMap: {n: $.detail.n}, InputTemplate: <n>}}]",
    )

    assert (rule.rule["State"], rule.rule["EventBusName"], rule.permitted) == ("DISABLED", "shop", "")
    assert rule.targets == (
        {"Id": "a", "Arn": WORKER_ARN, "Input": "1"},
        {
            "Id": "b",
            "Arn": QUEUE_ARN,
            "InputTransformer": {"InputPathsMap": {"n": "$.detail.n"}, "InputTemplate": "<n>"},
        },
    )


def test_the_arn_of_a_rule_names_its_bus(read_function: ReadFunction) -> None:
    rules = (
        "A: {Type: AWS::Events::Rule, Properties: {Name: a, EventBusName: !Ref Bus, EventPattern: {source: [x]}}}\n"
        "B: {Type: AWS::Events::Rule, Properties: {Name: b, EventPattern: {source: [x]}}}\n"
    )
    variables = "Environment: {Variables: {AA: !GetAtt A.Arn, BB: !GetAtt B.Arn, CC: !GetAtt Bus.Arn, DD: !Ref Bus}}"

    assert read_function(variables, BUS + rules).functions["Worker"].variables == {
        "AA": "arn:aws:events:eu-west-1:123456789012:rule/shop/a",
        "BB": "arn:aws:events:eu-west-1:123456789012:rule/b",
        "CC": "arn:aws:events:eu-west-1:123456789012:event-bus/shop",
        "DD": "shop",
    }


@pytest.mark.parametrize(
    ("properties", "kind", "message"),
    [
        ("Name: r", errors.MissingProperty, "neither EventPattern nor ScheduleExpression"),
        ("EventBusName: !Ref Bus, ScheduleExpression: rate(1 hour)", errors.PropertiesContradict, "default bus"),
        ("EventBusName: other, EventPattern: {source: [x]}", errors.SourceOutside, "EventBusName of Rule is other"),
        ("EventPattern: {source: [x]}, Targets: [{Id: a, Arn: !Ref Q}]", errors.SourceOutside, "write !GetAtt Q.Arn"),
        (
            "EventPattern: {source: [x]}, Targets: [{Id: a, Arn: 'arn:aws:sqs:x:1:y'}]",
            errors.SourceOutside,
            "nothing in",
        ),
        (
            "EventPattern: {source: [x]}, Targets: [{Id: a, Arn: !GetAtt Q.Arn}, {Id: a, Arn: !GetAtt Q.Arn}]",
            errors.PropertiesContradict,
            "Two targets of Rule have the same Id",
        ),
        (
            "EventPattern: {source: [x]}, Targets: [{Id: a, Arn: !GetAtt Q.Arn, Input: '1', InputPath: $.a}]",
            errors.PropertiesContradict,
            "more than one input",
        ),
        (
            "EventPattern: {source: [x]}, Targets: [{Id: a, Arn: !GetAtt Q.Arn, EcsParameters: {}}]",
            errors.UnsupportedProperty,
            "EcsParameters",
        ),
    ],
)
def test_a_rule_that_could_not_work_is_refused(
    read_function: ReadFunction, properties: str, kind: type[errors.TemplateError], message: str
) -> None:
    with pytest.raises(kind, match=message):
        plain_rule(read_function, properties)


def test_an_archive_keeps_the_events_of_its_bus(read_function: ReadFunction) -> None:
    template = read_function(
        resources=BUS + "Kept: {Type: AWS::Events::Archive, Properties: {SourceArn: !GetAtt Bus.Arn, RetentionDays: 7, "
        "EventPattern: {source: [shop]}}}\n"
    )

    assert template.event_bridge.archives["Kept"].creation == {
        "ArchiveName": "kata-Kept-ABCDEFGHIJKL",
        "EventSourceArn": "shop",
        "RetentionDays": 7,
        "EventPattern": '{"source": ["shop"]}',
    }


def test_a_schedule_may_send_plain_text_to_a_queue(read_function: ReadFunction) -> None:
    schedule = plain_schedule(
        read_function,
        "ScheduleExpression: 'at(2026-01-05T10:00:00)', FlexibleTimeWindow: {Mode: 'OFF'}",
        "Arn: !GetAtt Q.Arn, Input: plain text",
    )

    assert schedule.creation["Target"]["Input"] == "plain text"
    assert schedule.creation["ScheduleExpressionTimezone"] == "UTC"


def test_a_schedule_puts_events_on_the_default_bus_too(read_function: ReadFunction) -> None:
    schedule = plain_schedule(
        read_function,
        "ScheduleExpression: rate(1 hour), FlexibleTimeWindow: {Mode: 'OFF'}",
        "Arn: !Sub 'arn:aws:events:${AWS::Region}:${AWS::AccountId}:event-bus/default', "
        "EventBridgeParameters: {DetailType: T, Source: s}",
    )

    assert schedule.creation["Target"]["EventBridgeParameters"] == {"DetailType": "T", "Source": "s"}
