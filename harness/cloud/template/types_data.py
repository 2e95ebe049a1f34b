"""Queues and tables: their properties, with the ranges AWS takes."""

from harness.cloud.template.resource_type import ResourceType, accepted
from harness.cloud.template.shapes import (
    Anything,
    Flag,
    ListOf,
    NoEffect,
    Record,
    Shape,
    Text,
    Unsupported,
    Whole,
    choice,
)
from harness.simulation.clock import EPOCH

REFERENCE = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference"

STREAM_LABEL = EPOCH.strftime("%Y-%m-%dT%H:%M:%S.000")
"""Label of every table's stream: the instant at which the simulated stack is created."""

TAGS = ListOf(Record({"Key": Text(), "Value": Text()}, required=("Key", "Value")), most=50)

REDRIVE_POLICY = Record(
    {"deadLetterTargetArn": Text(), "maxReceiveCount": Whole(1, 1000, "receives")}, required=("deadLetterTargetArn",)
)

QUEUE = ResourceType(
    page=f"{REFERENCE}/aws-resource-sqs-queue.html",
    name_property="QueueName",
    name_limit=80,
    ref="https://sqs.{region}.amazonaws.com/{account}/{name}",
    attributes={
        "Arn": "arn:aws:sqs:{region}:{account}:{name}",
        "QueueName": "{name}",
        "QueueUrl": "https://sqs.{region}.amazonaws.com/{account}/{name}",
    },
    properties=Record(
        {
            "QueueName": Text(
                pattern=r"(?=.{1,80}$)[A-Za-z0-9_-]+(\.fifo)?",
                called="1 to 80 letters, digits, hyphens and underscores, with .fifo at the end if it is FIFO",
            ),
            "VisibilityTimeout": Whole(0, 43_200, "seconds"),
            "MessageRetentionPeriod": Whole(60, 1_209_600, "seconds"),
            "DelaySeconds": Whole(0, 900, "seconds"),
            "ReceiveMessageWaitTimeSeconds": Whole(0, 20, "seconds"),
            "MaximumMessageSize": Whole(1024, 1_048_576, "bytes"),
            "FifoQueue": Flag(),
            "ContentBasedDeduplication": Flag(),
            "DeduplicationScope": choice("messageGroup queue"),
            "FifoThroughputLimit": choice("perQueue perMessageGroupId"),
            "RedrivePolicy": REDRIVE_POLICY,
            "RedriveAllowPolicy": Record(
                {"redrivePermission": choice("allowAll denyAll byQueue"), "sourceQueueArns": ListOf(Text(), most=10)}
            ),
            "KmsMasterKeyId": NoEffect(),
            "KmsDataKeyReusePeriodSeconds": NoEffect(),
            "SqsManagedSseEnabled": NoEffect(),
            "Tags": TAGS,
        }
    ),
)

PARAMETER = ResourceType(
    page=f"{REFERENCE}/aws-resource-ssm-parameter.html",
    name_property="Name",
    name_limit=1011,
    properties=Record(
        {
            "Name": Text(pattern=r"[A-Za-z0-9_.\-/]{1,1011}", called="letters, digits and . - _ /"),
            "Type": choice("String StringList"),
            "Value": Text(),
            "Description": NoEffect(),
            "AllowedPattern": Text(),
            "DataType": choice("text"),
            "Tier": choice("Standard Advanced Intelligent-Tiering"),
            "Tags": Anything(),
        },
        required=("Type", "Value"),
    ),
)

QUEUE_POLICY = accepted(f"{REFERENCE}/aws-resource-sqs-queuepolicy.html")

_KEY_SCHEMA = ListOf(
    Record(
        {"AttributeName": Text(longest=255), "KeyType": choice("HASH RANGE")}, required=("AttributeName", "KeyType")
    ),
    least=1,
    most=2,
)
_PROJECTION = Record(
    {"ProjectionType": choice("ALL KEYS_ONLY INCLUDE"), "NonKeyAttributes": ListOf(Text(), least=1, most=100)}
)
_THROUGHPUT = Record(
    {"ReadCapacityUnits": Whole(1, 40_000), "WriteCapacityUnits": Whole(1, 40_000)},
    required=("ReadCapacityUnits", "WriteCapacityUnits"),
)
_INDEX_NAME = Text(pattern=r"[A-Za-z0-9_.-]{3,255}", called="3 to 255 letters, digits, hyphens, underscores and dots")
_INDEX: dict[str, Shape] = {"IndexName": _INDEX_NAME, "KeySchema": _KEY_SCHEMA, "Projection": _PROJECTION}
_INDEX_REQUIRED = ("IndexName", "KeySchema", "Projection")
_GLOBAL_INDEX: dict[str, Shape] = _INDEX | {
    "ProvisionedThroughput": _THROUGHPUT,
    "OnDemandThroughput": NoEffect(),
    "WarmThroughput": NoEffect(),
    "ContributorInsightsSpecification": NoEffect(),
}
_TABLE_NAME = _INDEX_NAME
_TABLE_ATTRIBUTES = {
    "Arn": "arn:aws:dynamodb:{region}:{account}:table/{name}",
    "StreamArn": f"arn:aws:dynamodb:{{region}}:{{account}}:table/{{name}}/stream/{STREAM_LABEL}",
}

TABLE = ResourceType(
    page=f"{REFERENCE}/aws-resource-dynamodb-table.html",
    name_property="TableName",
    attributes=_TABLE_ATTRIBUTES,
    needs={"StreamArn": "StreamSpecification"},
    properties=Record(
        {
            "TableName": _TABLE_NAME,
            "AttributeDefinitions": ListOf(
                Record(
                    {"AttributeName": Text(longest=255), "AttributeType": choice("S N B")},
                    required=("AttributeName", "AttributeType"),
                ),
                least=1,
            ),
            "KeySchema": _KEY_SCHEMA,
            "BillingMode": choice("PAY_PER_REQUEST PROVISIONED"),
            "ProvisionedThroughput": _THROUGHPUT,
            "GlobalSecondaryIndexes": ListOf(Record(_GLOBAL_INDEX, required=_INDEX_REQUIRED), least=1, most=20),
            "LocalSecondaryIndexes": ListOf(Record(_INDEX, required=_INDEX_REQUIRED), least=1, most=5),
            "StreamSpecification": Record(
                {
                    "StreamViewType": choice("NEW_AND_OLD_IMAGES NEW_IMAGE OLD_IMAGE KEYS_ONLY"),
                    "ResourcePolicy": NoEffect(),
                },
                required=("StreamViewType",),
            ),
            "TimeToLiveSpecification": Record({"AttributeName": Text(), "Enabled": Flag()}, required=("Enabled",)),
            "PointInTimeRecoverySpecification": NoEffect(),
            "SSESpecification": NoEffect(),
            "TableClass": NoEffect(),
            "DeletionProtectionEnabled": NoEffect(),
            "ContributorInsightsSpecification": NoEffect(),
            "OnDemandThroughput": NoEffect(),
            "WarmThroughput": NoEffect(),
            "ResourcePolicy": NoEffect(),
            "Tags": TAGS,
            "KinesisStreamSpecification": Unsupported("use StreamSpecification"),
            "ImportSourceSpecification": Unsupported(),
            "VectorIndexes": Unsupported(),
        },
        required=("KeySchema", "AttributeDefinitions"),
    ),
)

SIMPLE_TABLE = ResourceType(
    page="https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-simpletable.html",
    name_property="TableName",
    attributes={"Arn": _TABLE_ATTRIBUTES["Arn"]},
    properties=Record(
        {
            "TableName": _TABLE_NAME,
            "PrimaryKey": Record(
                {"Name": Text(longest=255), "Type": choice("String Number Binary")}, required=("Name", "Type")
            ),
            "ProvisionedThroughput": _THROUGHPUT,
            "PointInTimeRecoverySpecification": NoEffect(),
            "SSESpecification": NoEffect(),
            "Tags": Anything(),
        }
    ),
)
