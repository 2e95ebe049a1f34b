"""What a template says of SNS, and what is refused with its line."""

from typing import Any

import pytest

from harness.cloud.template import TemplateError
from harness.cloud.template.errors import (
    DuplicateName,
    PropertiesContradict,
    PropertyOutOfRange,
    SourceOutside,
    UnknownProperty,
    UnsupportedProperty,
)
from harness.tests.cloud.template.conftest import Read, ReadFunction

ARN = "arn:aws:sns:eu-west-1:123456789012:kata-T-ABCDEFGHIJKL"
QUEUE = "arn:aws:sqs:eu-west-1:123456789012:kata-Q-ABCDEFGHIJKL"


def test_a_topic_is_known_by_its_arn(read: Read) -> None:
    template = read("""
        Resources:
          T:
            Type: AWS::SNS::Topic
            Properties: {DisplayName: Orders, MaximumMessageSize: 1048576, Tags: [{Key: a, Value: b}]}
        Outputs:
          Ref: {Value: !Ref T}
          Arn: {Value: !GetAtt T.TopicArn}
          Name: {Value: !GetAtt T.TopicName}
        """)

    topic = template.topics["T"]
    assert (topic.arn, topic.name, topic.fifo) == (ARN, "kata-T-ABCDEFGHIJKL", False)
    assert topic.attributes == {"DisplayName": "Orders", "MaximumMessageSize": "1048576"}
    assert topic.tags == {"a": "b"}
    assert template.outputs == {"Ref": ARN, "Arn": ARN, "Name": "kata-T-ABCDEFGHIJKL"}


def test_a_fifo_topic_without_a_name_gets_one_that_ends_in_fifo(read: Read) -> None:
    topic = read("Resources: {T: {Type: AWS::SNS::Topic, Properties: {FifoTopic: true}}}").topics["T"]

    assert (topic.name, topic.fifo) == ("kata-T-ABCDEFGHIJKL.fifo", True)
    assert topic.attributes == {"FifoTopic": "true"}


def test_a_subscription_may_stand_inside_its_topic_or_alone(read: Read) -> None:
    template = read("""
        Resources:
          Q: {Type: AWS::SQS::Queue}
          T: {Type: AWS::SNS::Topic, Properties: {Subscription: [{Protocol: sqs, Endpoint: !GetAtt Q.Arn}]}}
          S:
            Type: AWS::SNS::Subscription
            Properties:
              TopicArn: !Ref T
              Protocol: email
              Endpoint: a@example.com
              RawMessageDelivery: true
              FilterPolicyScope: MessageBody
              FilterPolicy: {price: [{numeric: ['>', 1.5]}]}
              RedrivePolicy: {deadLetterTargetArn: !GetAtt Q.Arn}
        Outputs: {S: {Value: !Ref S}}
        """)

    inside, alone = template.subscriptions["TSubscription1"], template.subscriptions["S"]
    assert (inside.topic, inside.protocol, inside.endpoint) == ("T", "sqs", QUEUE)
    assert alone.attributes == {
        "RawMessageDelivery": "true",
        "FilterPolicyScope": "MessageBody",
        "FilterPolicy": '{"price": [{"numeric": [">", 1.5]}]}',
        "RedrivePolicy": f'{{"deadLetterTargetArn": "{QUEUE}"}}',
    }
    assert template.outputs["S"] == f"{ARN}:{alone.identifier}"


def test_an_event_subscribes_the_function_or_its_alias(read_function: ReadFunction) -> None:
    template = read_function(
        """
        AutoPublishAlias: live
        Events:
          New: {Type: SNS, Properties: {Topic: !Ref T, FilterPolicy: {kind: [order]}}}
        """,
        "T: {Type: AWS::SNS::Topic}",
    )

    subscription = template.subscriptions["WorkerNew"]
    assert (subscription.protocol, subscription.permitted) == ("lambda", "Worker")
    assert subscription.endpoint == template.functions["Worker"].qualified_arn
    assert subscription.attributes == {"FilterPolicy": '{"kind": ["order"]}'}


def test_an_event_with_a_queue_of_sams_own_has_queue_policy_and_mapping(read_function: ReadFunction) -> None:
    template = read_function(
        "Events: {New: {Type: SNS, Properties: {Topic: !Ref T, SqsSubscription: true}}}", "T: {Type: AWS::SNS::Topic}"
    )

    subscription, mapping = template.subscriptions["WorkerNew"], template.event_sources[0]
    policy = template.accepted["WorkerNewQueuePolicy"].properties["PolicyDocument"]["Statement"][0]
    assert (subscription.protocol, subscription.endpoint) == ("sqs", template.queues["WorkerNewQueue"].arn)
    assert (mapping.name, mapping.source, mapping.function) == (
        "WorkerNewEventSourceMapping",
        "WorkerNewQueue",
        "Worker",
    )
    assert policy["Condition"] == {"ArnEquals": {"aws:SourceArn": ARN}}
    assert "WorkerNew" not in [one.function for one in template.event_sources]


def test_an_event_with_a_queue_of_the_template_maps_that(read_function: ReadFunction) -> None:
    template = read_function(
        """
        Events:
          New:
            Type: SNS
            Properties:
              Topic: !Ref T
              SqsSubscription: {QueueArn: !GetAtt Q.Arn, QueueUrl: !Ref Q, BatchSize: 5, QueuePolicyLogicalId: Mine}
        """,
        "T: {Type: AWS::SNS::Topic}\nQ: {Type: AWS::SQS::Queue}",
    )

    settings: Any = template.event_sources[0].settings
    assert list(template.queues) == ["Q"]
    assert (template.event_sources[0].source, settings.batch_size) == ("Q", 5)
    assert template.subscriptions["WorkerNew"].endpoint == template.queues["Q"].arn
    assert template.accepted["Mine"].properties["Queues"] == [template.queues["Q"].url]


def _topic(properties: str, logical_id: str = "T") -> str:
    return f"{logical_id}: {{Type: AWS::SNS::Topic, Properties: {{{properties}}}}}"


def _subscribed(properties: str, topic: str = "") -> str:
    subscription = f"S: {{Type: AWS::SNS::Subscription, Properties: {{TopicArn: !Ref T, {properties}}}}}"
    return f"{_topic(topic)}\n{subscription}"


TO_QUEUE = "Protocol: sqs, Endpoint: !GetAtt Q.Arn"
TO_FIFO_DEAD_LETTERS = "RedrivePolicy: {deadLetterTargetArn: !GetAtt F.Arn}"


@pytest.mark.parametrize(
    ("resources", "kind", "message"),
    [
        (_topic("TopicName: a.fifo"), PropertiesContradict, "T is a.fifo, and FifoTopic is not true"),
        (_topic("TopicName: a, FifoTopic: true"), PropertiesContradict, "is a, and FifoTopic is true"),
        (_topic("TopicName: a b"), PropertyOutOfRange, "TopicName of T is 'a b'"),
        (_topic("ContentBasedDeduplication: true"), PropertiesContradict, "is not a FIFO topic"),
        (_topic("MaximumMessageSize: 1"), PropertyOutOfRange, "from 1024 to 1048576"),
        (_topic("ArchivePolicy: {}"), UnsupportedProperty, "ArchivePolicy of T is not supported"),
        (_topic("Color: red"), UnknownProperty, "T has no property Color"),
        (f"{_topic('TopicName: a')}\n{_topic('TopicName: a', 'U')}", DuplicateName, "same name: a"),
        (_topic("Subscription: [{Protocol: firehose, Endpoint: x}]"), PropertyOutOfRange, "'firehose'"),
        (_subscribed("Protocol: sqs, Endpoint: !Ref Q"), SourceOutside, "the ARN of Q"),
        (_subscribed("Protocol: lambda, Endpoint: !GetAtt Q.Arn"), SourceOutside, "AWS::SQS::Queue"),
        (_subscribed("Protocol: https, Endpoint: 'http://a'"), PropertyOutOfRange, "https://"),
        (_subscribed("Protocol: sqs, Endpoint: !GetAtt F.Arn"), PropertiesContradict, "FIFO queue"),
        (_subscribed("Protocol: sms, Endpoint: '+49'", "FifoTopic: true"), PropertiesContradict, "FIFO topic"),
        (_subscribed(f"{TO_QUEUE}, FilterPolicy: {{a: b}}"), PropertyOutOfRange, '"a" must be an object'),
        (_subscribed(f"{TO_QUEUE}, FilterPolicy: {{a: {{b: [c]}}}}"), PropertyOutOfRange, "nested"),
        (_subscribed(f"{TO_QUEUE}, DeliveryPolicy: '{{'"), PropertyOutOfRange, "DeliveryPolicy"),
        (_subscribed(f"{TO_QUEUE}, ReplayPolicy: {{}}"), UnsupportedProperty, "ReplayPolicy"),
        (_subscribed(f"{TO_QUEUE}, Region: us-east-1"), PropertyOutOfRange, "eu-west-1"),
        (_subscribed(f"{TO_QUEUE}, {TO_FIFO_DEAD_LETTERS}"), PropertiesContradict, "a standard queue"),
        ("P: {Type: AWS::SNS::TopicPolicy, Properties: {Topics: [x]}}", TemplateError, "PolicyDocument"),
    ],
)  # fmt: skip
def test_what_aws_or_this_simulator_cannot_do_is_refused_with_its_line(
    read_function: ReadFunction, resources: str, kind: type[TemplateError], message: str
) -> None:
    queues = "Q: {Type: AWS::SQS::Queue}\nF: {Type: AWS::SQS::Queue, Properties: {FifoQueue: true}}\n"

    with pytest.raises(kind) as caught:
        read_function("", queues + resources)

    assert message in str(caught.value)
    assert caught.value.line >= 9


def test_a_function_cannot_listen_to_a_fifo_topic(read_function: ReadFunction) -> None:
    with pytest.raises(PropertiesContradict, match="subscribe a queue, and let it feed the function"):
        read_function(
            "Events: {New: {Type: SNS, Properties: {Topic: !Ref T}}}",
            "T: {Type: AWS::SNS::Topic, Properties: {FifoTopic: true}}",
        )


def test_the_topic_of_an_event_is_one_of_the_template(read_function: ReadFunction) -> None:
    with pytest.raises(SourceOutside, match="write !Ref and the topic's logical id"):
        read_function("Events: {New: {Type: SNS, Properties: {Topic: 'arn:aws:sns:eu-west-1:123456789012:x'}}}")
