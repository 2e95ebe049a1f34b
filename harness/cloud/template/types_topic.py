"""SNS: topics, subscriptions, their policies, and the SNS event of a function."""

from collections.abc import Mapping

from harness.cloud.template.resource_type import ResourceType
from harness.cloud.template.shapes import (
    Anything,
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
)
from harness.cloud.template.types_data import REFERENCE, TAGS

SAM_PAGE = (
    "https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-sns.html"
)

_PROTOCOL = choice("sqs lambda http https email email-json sms")
_DOCUMENT = OneOf(single=Text(), mapping=Anything())
_REDRIVE_POLICY = Record({"deadLetterTargetArn": Text()}, required=("deadLetterTargetArn",))
_FILTERED: Mapping[str, Shape] = {
    "FilterPolicy": _DOCUMENT,
    "FilterPolicyScope": choice("MessageAttributes MessageBody"),
    "RedrivePolicy": _REDRIVE_POLICY,
    "Region": Text(),
}

TOPIC = ResourceType(
    page=f"{REFERENCE}/aws-resource-sns-topic.html",
    name_property="TopicName",
    name_limit=256,
    ref="arn:aws:sns:{region}:{account}:{name}",
    attributes={"TopicArn": "arn:aws:sns:{region}:{account}:{name}", "TopicName": "{name}"},
    properties=Record(
        {
            "TopicName": Text(
                pattern=r"(?=.{1,256}$)[A-Za-z0-9_-]+(\.fifo)?",
                called="1 to 256 letters, digits, hyphens and underscores, with .fifo at the end if it is FIFO",
            ),
            "DisplayName": Text(longest=100),
            "FifoTopic": Flag(),
            "ContentBasedDeduplication": Flag(),
            "FifoThroughputScope": choice("Topic MessageGroup"),
            "MaximumMessageSize": Whole(1024, 1_048_576, "bytes"),
            "SignatureVersion": choice("1 2"),
            "TracingConfig": choice("PassThrough Active"),
            "Subscription": ListOf(
                Record({"Endpoint": Text(), "Protocol": _PROTOCOL}, required=("Endpoint", "Protocol"))
            ),
            "Tags": TAGS,
            "KmsMasterKeyId": NoEffect(),
            "DeliveryStatusLogging": NoEffect(),
            "ArchivePolicy": Unsupported("no topic keeps its messages here"),
            "DataProtectionPolicy": Unsupported(),
        }
    ),
)

SUBSCRIPTION = ResourceType(
    page=f"{REFERENCE}/aws-resource-sns-subscription.html",
    below=("TopicArn", "arn:aws:sns:"),
    ref="arn:aws:sns:{below}:{hex:.8}-{hex:.4}-4{hex:.3}-8{hex:.3}-{hex:.12}",
    attributes={"Arn": "arn:aws:sns:{below}:{hex:.8}-{hex:.4}-4{hex:.3}-8{hex:.3}-{hex:.12}"},
    properties=Record(
        {
            "TopicArn": Text(),
            "Protocol": _PROTOCOL,
            "Endpoint": Text(),
            "RawMessageDelivery": Flag(),
            "DeliveryPolicy": _DOCUMENT,
            **_FILTERED,
            "ReplayPolicy": Unsupported("no topic keeps its messages here"),
            "SubscriptionRoleArn": Unsupported("it belongs to Firehose"),
        },
        required=("TopicArn", "Protocol", "Endpoint"),
    ),
)

TOPIC_POLICY = ResourceType(
    page=f"{REFERENCE}/aws-resource-sns-topicpolicy.html",
    properties=Record(
        {"PolicyDocument": Anything(), "Topics": ListOf(Text(), least=1)}, required=("PolicyDocument", "Topics")
    ),
)

EVENT = Record(
    {
        "Topic": Text(),
        **_FILTERED,
        "SqsSubscription": OneOf(
            single=Flag(),
            mapping=Record(
                {
                    "QueueArn": Text(),
                    "QueueUrl": Text(),
                    "QueuePolicyLogicalId": Text(pattern="[A-Za-z0-9]{1,255}", called="letters and digits"),
                    "BatchSize": Whole(1, 10_000, "messages"),
                    "Enabled": Flag(),
                },
                required=("QueueArn", "QueueUrl"),
            ),
        ),
    },
    required=("Topic",),
)
