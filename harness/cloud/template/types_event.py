"""The events of a SAM function and the plain event source mapping, with AWS's ranges."""

from collections.abc import Mapping

from harness.cloud.template import types_topic
from harness.cloud.template.shapes import (
    Anything,
    Decimal,
    Flag,
    ListOf,
    NoEffect,
    Record,
    Shape,
    Text,
    Unsupported,
    Whole,
    choice,
    words,
)
from harness.cloud.template.types_bucket import S3_EVENT
from harness.cloud.template.types_bucket import SAM_PAGE as S3_PAGE
from harness.cloud.template.types_event_bridge import SAM_EVENTS

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
_METHOD = choice(" ".join([methods := "get post put delete patch head options any", methods.upper()]))
_PATH = Text(pattern=r"\$default|/[^?#\s]*", called="a path that begins with /", longest=1024)
_REST_AUTH = Record(
    {
        "Authorizer": Text(),
        "OverrideApiAuth": NoEffect(),
        "ApiKeyRequired": Flag(),
        "AuthorizationScopes": Unsupported("scopes belong to JWT authorizers of an HttpApi; use a Lambda authorizer"),
        "InvokeRole": NoEffect(),
        "ResourcePolicy": Unsupported(),
    }
)
_HTTP_AUTH = Record({"Authorizer": Text(), "AuthorizationScopes": ListOf(Text())})

EVENT_TYPES: dict[str, tuple[Record, str]] = {
    "Api": (
        Record(
            {
                "Path": _PATH,
                "Method": _METHOD,
                "RestApiId": Text(),
                "Auth": _REST_AUTH,
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
                "Auth": _HTTP_AUTH,
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
    "S3": (S3_EVENT, S3_PAGE),
    "SNS": (types_topic.EVENT, types_topic.SAM_PAGE),
    "SQS": (Record({"Queue": Text(), **_QUEUE_MAPPING}, required=("Queue",)), f"{SAM}/sam-property-function-sqs.html"),
    "DynamoDB": (
        Record({"Stream": Text(), **_STREAM_MAPPING}, required=("Stream", "StartingPosition")),
        f"{SAM}/sam-property-function-dynamodb.html",
    ),
    "Kinesis": (
        Record({"Stream": Text(), **_STREAM_MAPPING}, required=("Stream", "StartingPosition")),
        f"{SAM}/sam-property-function-kinesis.html",
    ),
    **SAM_EVENTS,
}
"""Every supported event type: its properties and its page. A new one is one entry, and a
builder in events.py, event_bridge.py or apis.py."""

KNOWN_EVENTS = words("AlexaSkill CloudWatchLogs Cognito DocumentDB IoTRule MQ MSK SelfManagedKafka")
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
