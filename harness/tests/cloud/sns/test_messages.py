"""What is published, and how it looks to a queue."""

import json

import pytest
from botocore.exceptions import ClientError

from harness.cloud.engines.sns.records import MessagePublished
from harness.tests.cloud.sns.conftest import SimulatedSns, number, string


def test_a_queue_gets_an_envelope_with_what_the_message_has(sns: SimulatedSns) -> None:
    topic, queue = sns.topic(), sns.queue()
    subscription = sns.subscribe(topic, queue)

    message_id = sns.publish(topic, 'said "ü"', Subject="Hi", MessageAttributes={"size": number("1.5")})["MessageId"]

    content = json.loads(sns.bodies(queue)[0])
    assert list(content) == [
        "Type", "MessageId", "TopicArn", "Subject", "Message", "Timestamp", "SignatureVersion", "Signature",
        "SigningCertURL", "UnsubscribeURL", "MessageAttributes",
    ]  # fmt: skip
    assert (content["Type"], content["MessageId"], content["TopicArn"]) == ("Notification", message_id, topic)
    assert (content["Subject"], content["Message"]) == ("Hi", 'said "ü"')
    assert (content["Timestamp"], content["SignatureVersion"]) == ("2026-01-05T09:00:00.000Z", "1")
    assert content["UnsubscribeURL"].endswith(subscription)
    assert content["MessageAttributes"] == {"size": {"Type": "Number", "Value": "1.5"}}


def test_what_a_message_lacks_is_not_in_its_envelope(sns: SimulatedSns) -> None:
    topic, queue = sns.topic(), sns.queue()
    sns.subscribe(topic, queue)

    sns.publish(topic)

    assert json.loads(sns.bodies(queue)[0]).keys().isdisjoint({"Subject", "MessageAttributes", "SequenceNumber"})


def test_a_raw_message_is_the_text_with_its_attributes_as_those_of_sqs(sns: SimulatedSns) -> None:
    topic, queue = sns.topic(), sns.queue()
    sns.subscribe(topic, queue, RawMessageDelivery="true")

    sns.publish(
        topic, "plain", MessageAttributes={"kind": string("a"), "raw": {"DataType": "Binary", "BinaryValue": b"\1"}}
    )

    received = sns.run(sns.sqs.queue_by_arn(queue).receive(max_messages=1, wait_s=0, receiver="test"))[0]
    assert received.body == "plain"
    assert received.message_attributes["kind"].string_value == "a"
    assert received.message_attributes["raw"].binary_value == b"\1"


def test_a_raw_message_of_more_than_ten_attributes_is_not_delivered(sns: SimulatedSns) -> None:
    topic, queue = sns.topic(), sns.queue()
    sns.subscribe(topic, queue, RawMessageDelivery="true")

    sns.publish(topic, MessageAttributes={f"a{each}": string("x") for each in range(11)})

    assert sns.bodies(queue) == []


def test_each_protocol_gets_its_own_text_of_a_structured_message(sns: SimulatedSns) -> None:
    topic, queue = sns.topic(), sns.queue()
    sns.subscribe(topic, queue, RawMessageDelivery="true")
    sns.function(topic)

    sns.publish(topic, json.dumps({"default": "for all", "sqs": "for queues", "http": 1}), MessageStructure="json")

    assert sns.bodies(queue) == ["for queues"]
    assert [message.text_for("lambda") for _, message in sns.functions.taken] == ["for all"]


def test_every_publish_has_an_id_and_a_time_of_its_own(sns: SimulatedSns) -> None:
    topic = sns.topic()
    sns.function(topic)

    first = sns.publish(topic)["MessageId"]
    sns.advance(1)
    second = sns.publish(topic)["MessageId"]

    assert first != second
    assert [message.message_id for _, message in sns.functions.taken] == [first, second]
    assert len({message.published_us for _, message in sns.functions.taken}) == 2


def test_the_trace_names_topic_size_and_publisher(sns: SimulatedSns) -> None:
    topic = sns.topic()

    sns.publish(topic, "ü", MessageAttributes={"kind": string("ab")})

    record = sns.records(MessagePublished)[0]
    assert (record.topic, record.size_bytes, record.publisher) == ("orders", 2 + 4 + 6 + 2, "test")


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"Message": ""}, "Invalid parameter: Empty message"),
        ({"Message": "x", "Subject": "two\nlines"}, "Invalid parameter: Subject"),
        ({"Message": "x", "Subject": "s" * 101}, "Invalid parameter: Subject"),
        ({"Message": "x" * 262_145}, "Invalid parameter: Message too long"),
        ({"Message": "x" * 262_140, "MessageAttributes": {"a": string("b")}}, "Invalid parameter: Message too long"),
        ({"Message": "{", "MessageStructure": "json"}, "JSON message body failed to parse"),
        ({"Message": '{"sqs": "x"}', "MessageStructure": "json"}, "No default entry in JSON message body"),
        ({"Message": '{"default": "x", "default": "y"}', "MessageStructure": "json"}, "failed to parse"),
        ({"Message": "x", "MessageDeduplicationId": "d"}, "MessageDeduplicationId parameter that is not valid"),
        ({"Message": "x", "MessageGroupId": "a b"}, "MessageGroupId can only include alphanumeric"),
    ],
)  # fmt: skip
def test_a_wrong_message_is_refused(sns: SimulatedSns, parameters: dict[str, object], message: str) -> None:
    topic = sns.topic()

    with pytest.raises(ClientError) as caught:
        sns.client.publish(TopicArn=topic, **parameters)

    assert caught.value.response["Error"]["Code"] == "InvalidParameter"
    assert message in caught.value.response["Error"]["Message"]


@pytest.mark.parametrize(
    ("name", "attribute"),
    [
        ("AWS.x", string("a")),
        ("a..b", string("a")),
        ("a", string("")),
        ("a", {"DataType": "Text", "StringValue": "a"}),
        ("a", {"DataType": "Binary", "StringValue": "a"}),
        ("a", number("1_0")),
        ("a", number("nan")),
        ("a", {"DataType": "String.Array", "StringValue": "a, b"}),
        ("a", {"DataType": "String.Array", "StringValue": '[{"a": 1}]'}),
    ],
)
def test_a_wrong_message_attribute_is_refused(sns: SimulatedSns, name: str, attribute: dict[str, str]) -> None:
    topic = sns.topic()

    with pytest.raises(ClientError) as caught:
        sns.client.publish(TopicArn=topic, Message="x", MessageAttributes={name: attribute})

    assert caught.value.response["Error"]["Code"] == "ParameterValueInvalid"


def test_a_topic_may_allow_messages_of_a_mebibyte(sns: SimulatedSns) -> None:
    topic = sns.topic(MaximumMessageSize="1048576")
    sns.function(topic)

    sns.publish(topic, "x" * 1_048_576)

    assert len(sns.functions.texts[0]) == 1_048_576


def test_a_text_message_to_a_phone_is_accepted_and_leaves_the_simulation(sns: SimulatedSns) -> None:
    assert sns.client.publish(PhoneNumber="+4915112345678", Message="hi")["MessageId"]

    with pytest.raises(ClientError, match="PhoneNumber Reason: 0151 is not valid to publish to"):
        sns.client.publish(PhoneNumber="0151", Message="hi")


def test_a_message_needs_somewhere_to_go(sns: SimulatedSns) -> None:
    with pytest.raises(ClientError, match="TopicArn or TargetArn Reason: no value for required parameter"):
        sns.client.publish(Message="x")


def test_a_topic_can_be_named_as_target(sns: SimulatedSns) -> None:
    topic = sns.topic()
    sns.function(topic)

    sns.client.publish(TargetArn=topic, Message="x")
    sns.settle()

    assert sns.functions.texts == ["x"]
