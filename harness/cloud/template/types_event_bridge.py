"""EventBridge and its Scheduler: their resources, and the events of SAM functions made of them."""

from collections.abc import Mapping

from harness.cloud.template.resource_type import ResourceType, accepted
from harness.cloud.template.shapes import (
    Anything,
    Flag,
    ListOf,
    MapOf,
    NoEffect,
    OneOf,
    Record,
    Shape,
    Text,
    Unsupported,
    Whole,
    choice,
)

_SAM = "https://docs.aws.amazon.com/serverless-application-model/latest/developerguide"
_REFERENCE = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference"

_NAME = Text(pattern=r"[.A-Za-z0-9_-]{1,64}", called="1 to 64 letters, digits, dots, hyphens and underscores")
_STATE = choice("ENABLED DISABLED")
_PATTERN = OneOf(mapping=Anything())
_RETRY_POLICY = Record(
    {
        "MaximumRetryAttempts": Whole(0, 185, "attempts"),
        "MaximumEventAgeInSeconds": Whole(60, 86_400, "seconds"),
    }
)
_DEAD_LETTER = Record({"Arn": Text()}, required=("Arn",))
_SAM_DEAD_LETTER = Record(
    {"Arn": Text(), "Type": choice("SQS"), "QueueLogicalId": Text(pattern="[A-Za-z0-9]{1,255}")}, required=("Arn",)
)
"""SAM's `Type: SQS` has become the ARN of the queue it makes before this is checked."""

_TRANSFORMER = Record(
    {"InputPathsMap": MapOf(Text(longest=256)), "InputTemplate": Text(longest=8192)}, required=("InputTemplate",)
)
_SQS = Record({"MessageGroupId": Text(longest=128)}, required=("MessageGroupId",))
_RULE_EXPRESSION = Text(
    pattern=r"rate\([1-9][0-9]{0,8} (minute|minutes|hour|hours|day|days)\)|cron\([^()]{1,200}\)",
    called="rate(1 minute), rate(5 minutes) ... or cron(minute hour day-of-month month day-of-week year)",
)
_SCHEDULER_EXPRESSION = Text(
    pattern=rf"{_RULE_EXPRESSION.pattern}|at\([0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}T[0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}\)",
    called=f"{_RULE_EXPRESSION.called}, or at(yyyy-mm-ddThh:mm:ss)",
)
_WINDOW = Record(
    {"Mode": choice("OFF FLEXIBLE"), "MaximumWindowInMinutes": Whole(1, 1440, "minutes")}, required=("Mode",)
)
_TIMING: Mapping[str, Shape] = {
    "ScheduleExpression": _SCHEDULER_EXPRESSION,
    "ScheduleExpressionTimezone": Text(pattern=r"[A-Za-z0-9_+/-]{1,50}", called="a time zone"),
    "FlexibleTimeWindow": _WINDOW,
    "State": _STATE,
    "StartDate": Text(pattern=r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{5,15}Z?", called="a date and time in UTC"),
    "EndDate": Text(pattern=r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{5,15}Z?", called="a date and time in UTC"),
    "Description": NoEffect(),
    "KmsKeyArn": NoEffect(),
}
_ELSEWHERE = Unsupported("use a function, a queue, a topic, a stream or a bus as the target")

_TARGET = Record(
    {
        "Id": Text(longest=64),
        "Arn": Text(),
        "RoleArn": NoEffect(),
        "Input": Text(longest=8192),
        "InputPath": Text(longest=256),
        "InputTransformer": _TRANSFORMER,
        "SqsParameters": _SQS,
        "KinesisParameters": Record({"PartitionKeyPath": Text(longest=256)}, required=("PartitionKeyPath",)),
        "RetryPolicy": _RETRY_POLICY,
        "DeadLetterConfig": _DEAD_LETTER,
        **dict.fromkeys(
            (
                "AppSyncParameters", "BatchParameters", "EcsParameters", "HttpParameters", "RedshiftDataParameters",
                "RunCommandParameters", "SageMakerPipelineParameters",
            ),
            _ELSEWHERE,
        ),
    },
    required=("Id", "Arn"),
)  # fmt: skip

EVENT_BUS = ResourceType(
    page=f"{_REFERENCE}/aws-resource-events-eventbus.html",
    name_property="Name",
    name_limit=256,
    attributes={"Arn": "arn:aws:events:{region}:{account}:event-bus/{name}", "Name": "{name}"},
    properties=Record(
        {
            "Name": Text(
                pattern=r"(?!default$)[.A-Za-z0-9_-]{1,256}", called="letters, digits, dots, hyphens; not default"
            ),
            "Description": Text(longest=512),
            "Policy": NoEffect(),
            "KmsKeyIdentifier": NoEffect(),
            "LogConfig": NoEffect(),
            "Tags": NoEffect(),
            "EventSourceName": Unsupported("partner event sources are not simulated"),
            "DeadLetterConfig": Unsupported("give each target of a rule a DeadLetterConfig"),
        },
        required=("Name",),
    ),
)
EVENT_BUS_POLICY = accepted(f"{_REFERENCE}/aws-resource-events-eventbuspolicy.html")
RULE = ResourceType(
    page=f"{_REFERENCE}/aws-resource-events-rule.html",
    name_property="Name",
    name_limit=64,
    attributes={"Arn": "arn:aws:events:{region}:{account}:rule/{bus_path}{name}"},
    properties=Record(
        {
            "Name": _NAME,
            "EventBusName": Text(),
            "EventPattern": _PATTERN,
            "ScheduleExpression": _RULE_EXPRESSION,
            "State": _STATE,
            "Targets": ListOf(_TARGET, least=1, most=5),
            "Description": NoEffect(),
            "RoleArn": NoEffect(),
            "Tags": NoEffect(),
        }
    ),
)
ARCHIVE = ResourceType(
    page=f"{_REFERENCE}/aws-resource-events-archive.html",
    name_property="ArchiveName",
    name_limit=48,
    attributes={"Arn": "arn:aws:events:{region}:{account}:archive/{name}", "ArchiveName": "{name}"},
    properties=Record(
        {
            "ArchiveName": Text(pattern=r"[.A-Za-z0-9_-]{1,48}", called="1 to 48 letters, digits, dots, hyphens"),
            "SourceArn": Text(),
            "EventPattern": _PATTERN,
            "RetentionDays": Whole(0, 36_500, "days"),
            "Description": NoEffect(),
            "KmsKeyIdentifier": NoEffect(),
        },
        required=("SourceArn",),
    ),
)
SCHEDULE = ResourceType(
    page=f"{_REFERENCE}/aws-resource-scheduler-schedule.html",
    name_property="Name",
    name_limit=64,
    attributes={"Arn": "arn:aws:scheduler:{region}:{account}:schedule/default/{name}"},
    properties=Record(
        {
            "Name": _NAME,
            "GroupName": choice("default"),
            **_TIMING,
            "Target": Record(
                {
                    "Arn": Text(),
                    "RoleArn": Text(),
                    "Input": Text(longest=262_144),
                    "RetryPolicy": _RETRY_POLICY,
                    "DeadLetterConfig": _DEAD_LETTER,
                    "SqsParameters": _SQS,
                    "KinesisParameters": Record({"PartitionKey": Text(longest=256)}, required=("PartitionKey",)),
                    "EventBridgeParameters": Record(
                        {"DetailType": Text(longest=128), "Source": Text(longest=256)},
                        required=("DetailType", "Source"),
                    ),
                    "EcsParameters": _ELSEWHERE,
                    "SageMakerPipelineParameters": _ELSEWHERE,
                },
                required=("Arn", "RoleArn"),
            ),
        },
        required=("ScheduleExpression", "FlexibleTimeWindow", "Target"),
    ),
)

_SAM_RULE: Mapping[str, Shape] = {
    "Input": Text(longest=8192),
    "State": _STATE,
    "RetryPolicy": _RETRY_POLICY,
    "DeadLetterConfig": _SAM_DEAD_LETTER,
}
_SAM_PATTERN: Mapping[str, Shape] = {
    "Pattern": _PATTERN,
    "EventBusName": Text(),
    "InputPath": Text(longest=256),
    "Target": Record({"Id": Text(longest=64)}, required=("Id",)),
    **_SAM_RULE,
}

SAM_EVENTS: dict[str, tuple[Record, str]] = {
    "Schedule": (
        Record(
            {
                "Schedule": _RULE_EXPRESSION,
                "Enabled": Flag(),
                "Name": _NAME,
                "RuleName": NoEffect(),
                "Description": NoEffect(),
                **_SAM_RULE,
            },
            required=("Schedule",),
        ),
        f"{_SAM}/sam-property-function-schedule.html",
    ),
    "ScheduleV2": (
        Record(
            {
                **_TIMING,
                "Input": Text(longest=262_144),
                "RetryPolicy": _RETRY_POLICY,
                "DeadLetterConfig": _SAM_DEAD_LETTER,
                "Name": _NAME,
                "OmitName": NoEffect(),
                "GroupName": choice("default"),
                "PermissionsBoundary": NoEffect(),
                "RoleArn": NoEffect(),
            },
            required=("ScheduleExpression",),
        ),
        f"{_SAM}/sam-property-function-schedulev2.html",
    ),
    "EventBridgeRule": (
        Record({"InputTransformer": _TRANSFORMER, "RuleName": _NAME, **_SAM_PATTERN}, required=("Pattern",)),
        f"{_SAM}/sam-property-function-eventbridgerule.html",
    ),
    "CloudWatchEvent": (
        Record({"Enabled": Flag(), **_SAM_PATTERN}, required=("Pattern",)),
        f"{_SAM}/sam-property-function-cloudwatchevent.html",
    ),
}
"""Events of functions that become rules or schedules."""
