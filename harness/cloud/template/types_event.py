"""The events of a SAM function and the plain event source mapping, with AWS's ranges."""

from collections.abc import Mapping

from harness.cloud.template.shapes import (
    Anything,
    Decimal,
    Flag,
    ListOf,
    NoEffect,
    OneOf,
    Record,
    Shape,
    Text,
    Unsupported,
    Whole,
    choice,
    words,
)

SAM = "https://docs.aws.amazon.com/serverless-application-model/latest/developerguide"

_FILTER_CRITERIA = Record(
    {"Filters": ListOf(Record({"Pattern": Text()}, required=("Pattern",)), most=10)}, required=("Filters",)
)
_DISCARDED = Record(
    {"OnFailure": Record({"Type": choice("SQS SNS S3"), "Destination": Text()}, required=("Destination",))}
)
_REPORTS = ListOf(choice("ReportBatchItemFailures"), most=1)
_NO_EFFECT = {"KmsKeyArn": NoEffect(), "MetricsConfig": NoEffect(), "LoggingConfig": NoEffect()}
_POLLERS = Unsupported("use ScalingConfig: {MaximumConcurrency: ...} to limit a queue's consumer")

_QUEUE_MAPPING: Mapping[str, Shape] = {
    "BatchSize": Whole(1, 10_000, "messages"),
    "Enabled": Flag(),
    "MaximumBatchingWindowInSeconds": Whole(0, 300, "seconds"),
    "FilterCriteria": _FILTER_CRITERIA,
    "FunctionResponseTypes": _REPORTS,
    "ScalingConfig": Record({"MaximumConcurrency": Whole(2, 1000, "invocations")}),
    "ProvisionedPollerConfig": _POLLERS,
    **_NO_EFFECT,
}
_STREAM_MAPPING: Mapping[str, Shape] = {
    "StartingPosition": choice("TRIM_HORIZON LATEST AT_TIMESTAMP"),
    "StartingPositionTimestamp": Decimal(0, 32_503_680_000),
    "BatchSize": Whole(1, 10_000, "records"),
    "Enabled": Flag(),
    "MaximumBatchingWindowInSeconds": Whole(0, 300, "seconds"),
    "ParallelizationFactor": Whole(1, 10),
    "MaximumRetryAttempts": Whole(0, 10_000, "attempts", also=-1),
    "MaximumRecordAgeInSeconds": Whole(60, 604_800, "seconds", also=-1),
    "BisectBatchOnFunctionError": Flag(),
    "TumblingWindowInSeconds": Whole(0, 900, "seconds"),
    "FunctionResponseTypes": _REPORTS,
    "FilterCriteria": _FILTER_CRITERIA,
    "DestinationConfig": _DISCARDED,
    **_NO_EFFECT,
}
_RETRY_POLICY = Record(
    {
        "MaximumRetryAttempts": Whole(0, 185, "attempts"),
        "MaximumEventAgeInSeconds": Whole(60, 86_400, "seconds"),
    }
)
_DEAD_LETTER = Record(
    {
        "Arn": Text(),
        "Type": Unsupported("create the queue in the template and give its Arn"),
        "QueueLogicalId": Unsupported("create the queue in the template and give its Arn"),
    },
    required=("Arn",),
)
RULE_EXPRESSION = Text(
    pattern=r"rate\([1-9][0-9]{0,8} (minute|minutes|hour|hours|day|days)\)|cron\([^()]{1,200}\)",
    called="rate(1 minute), rate(5 minutes) ... or cron(minute hour day-of-month month day-of-week year)",
)
_SCHEDULER_EXPRESSION = Text(
    pattern=rf"{RULE_EXPRESSION.pattern}|at\([0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}T[0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}\)",
    called=f"{RULE_EXPRESSION.called}, or at(yyyy-mm-ddThh:mm:ss)",
)
_METHOD = choice(" ".join([methods := "get post put delete patch head options any", methods.upper()]))
_PATH = Text(pattern=r"\$default|/[^?#\s]*", called="a path that begins with /", longest=1024)
_AUTH = Record(
    {
        "Authorizer": Text(),
        "OverrideApiAuth": NoEffect(),
        "ApiKeyRequired": Unsupported(),
        "AuthorizationScopes": Unsupported("scopes belong to JWT authorizers; use a Lambda authorizer"),
        "InvokeRole": NoEffect(),
        "ResourcePolicy": Unsupported(),
    }
)

EVENT_TYPES: dict[str, tuple[Record, str]] = {
    "Api": (
        Record(
            {
                "Path": _PATH,
                "Method": _METHOD,
                "RestApiId": Text(),
                "Auth": _AUTH,
                "TimeoutInMillis": Whole(50, 29_000, "milliseconds"),
                "RequestModel": Unsupported("validate in the function"),
                "RequestParameters": Unsupported("validate in the function"),
                "ResponseTransferMode": Unsupported(),
            },
            required=("Path", "Method"),
        ),
        f"{SAM}/sam-property-function-api.html",
    ),
    "HttpApi": (
        Record(
            {
                "Path": _PATH,
                "Method": _METHOD,
                "ApiId": Text(),
                "Auth": _AUTH,
                "PayloadFormatVersion": choice("2.0 1.0"),
                "TimeoutInMillis": Whole(50, 30_000, "milliseconds"),
                "RouteSettings": Record(
                    {
                        "ThrottlingBurstLimit": Whole(0, 10_000, "requests"),
                        "ThrottlingRateLimit": Decimal(0, 10_000),
                        "DetailedMetricsEnabled": NoEffect(),
                    }
                ),
            }
        ),
        f"{SAM}/sam-property-function-httpapi.html",
    ),
    "SQS": (Record({"Queue": Text(), **_QUEUE_MAPPING}, required=("Queue",)), f"{SAM}/sam-property-function-sqs.html"),
    "DynamoDB": (
        Record({"Stream": Text(), **_STREAM_MAPPING}, required=("Stream", "StartingPosition")),
        f"{SAM}/sam-property-function-dynamodb.html",
    ),
    "Kinesis": (
        Record({"Stream": Text(), **_STREAM_MAPPING}, required=("Stream", "StartingPosition")),
        f"{SAM}/sam-property-function-kinesis.html",
    ),
    "Schedule": (
        Record(
            {
                "Schedule": RULE_EXPRESSION,
                "Input": Text(longest=8192),
                "Enabled": Flag(),
                "State": choice("ENABLED DISABLED"),
                "Name": NoEffect(),
                "RuleName": NoEffect(),
                "Description": NoEffect(),
                "RetryPolicy": _RETRY_POLICY,
                "DeadLetterConfig": _DEAD_LETTER,
            },
            required=("Schedule",),
        ),
        f"{SAM}/sam-property-function-schedule.html",
    ),
    "ScheduleV2": (
        Record(
            {
                "ScheduleExpression": _SCHEDULER_EXPRESSION,
                "ScheduleExpressionTimezone": Text(pattern=r"[A-Za-z0-9_+/-]{1,50}", called="a time zone"),
                "FlexibleTimeWindow": Record(
                    {
                        "Mode": choice("OFF FLEXIBLE"),
                        "MaximumWindowInMinutes": Whole(1, 1440, "minutes"),
                    },
                    required=("Mode",),
                ),
                "Input": Text(longest=262_144),
                "State": choice("ENABLED DISABLED"),
                "RetryPolicy": _RETRY_POLICY,
                "DeadLetterConfig": _DEAD_LETTER,
                "Name": NoEffect(),
                "OmitName": NoEffect(),
                "Description": NoEffect(),
                "GroupName": NoEffect(),
                "KmsKeyArn": NoEffect(),
                "PermissionsBoundary": NoEffect(),
                "RoleArn": NoEffect(),
                "StartDate": Unsupported(),
                "EndDate": Unsupported(),
            },
            required=("ScheduleExpression",),
        ),
        f"{SAM}/sam-property-function-schedulev2.html",
    ),
}
"""Every supported event type: its properties and its page. A new one is one entry, and a
builder in events.py or apis.py."""

KNOWN_EVENTS = words(
    "AlexaSkill CloudWatchEvent CloudWatchLogs Cognito DocumentDB EventBridgeRule IoTRule MQ MSK S3 SNS "
    "SelfManagedKafka"
)
"""Event types SAM has and this simulator lacks."""

EVENT = Record({"Type": Text(), "Properties": Anything()}, required=("Type",))

MAPPING = Record(
    {
        "FunctionName": Text(),
        "EventSourceArn": Text(),
        **_QUEUE_MAPPING,
        **_STREAM_MAPPING,
        "ScalingConfig": _QUEUE_MAPPING["ScalingConfig"],
        "Tags": NoEffect(),
        **dict.fromkeys(
            words(
                "AmazonManagedKafkaEventSourceConfig DocumentDBEventSourceConfig Queues SelfManagedEventSource "
                "SelfManagedKafkaEventSourceConfig SourceAccessConfigurations Topics"
            ),
            Unsupported(),
        ),
    },
    required=("FunctionName", "EventSourceArn"),
)

RULE = Record(
    {
        "ScheduleExpression": RULE_EXPRESSION,
        "State": choice("ENABLED DISABLED"),
        "Targets": ListOf(
            Record(
                {
                    "Id": Text(longest=64),
                    "Arn": Text(),
                    "Input": Text(longest=8192),
                    "RetryPolicy": _RETRY_POLICY,
                    "DeadLetterConfig": _DEAD_LETTER,
                    "RoleArn": NoEffect(),
                    "InputPath": Unsupported("use Input"),
                    "InputTransformer": Unsupported("use Input"),
                },
                required=("Id", "Arn"),
            ),
            least=1,
            most=5,
        ),
        "Name": Text(pattern=r"[.A-Za-z0-9_-]{1,64}", called="1 to 64 letters, digits, dots, hyphens and underscores"),
        "Description": NoEffect(),
        "RoleArn": NoEffect(),
        "Tags": NoEffect(),
        "EventPattern": Unsupported("only rules with a ScheduleExpression are simulated"),
        "EventBusName": OneOf(single=choice("default")),
    },
    required=("ScheduleExpression",),
)
