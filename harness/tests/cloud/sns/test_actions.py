"""Topics, subscriptions, tags and permissions as a client manages them."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from harness.simulation.wire import Request
from harness.tests.cloud.sns.conftest import SimulatedSns

ACCOUNT = "123456789012"


def _code(caught: pytest.ExceptionInfo[ClientError]) -> str:
    code: str = caught.value.response["Error"]["Code"]
    return code


def test_creating_a_topic_again_finds_it(sns: SimulatedSns) -> None:
    assert sns.topic("orders") == sns.topic("orders") == f"arn:aws:sns:eu-west-1:{ACCOUNT}:orders"


def test_creating_a_topic_with_other_attributes_or_tags_is_refused(sns: SimulatedSns) -> None:
    sns.client.create_topic(Name="orders", Attributes={"DisplayName": "a"}, Tags=[{"Key": "k", "Value": "v"}])

    with pytest.raises(ClientError, match="Topic already exists with different attributes"):
        sns.topic("orders", DisplayName="b")
    with pytest.raises(ClientError, match="Topic already exists with different tags"):
        sns.client.create_topic(Name="orders", Tags=[{"Key": "k", "Value": "other"}])


@pytest.mark.parametrize(
    ("name", "attributes", "message"),
    [
        ("a b", {}, "Invalid parameter: Topic Name"),
        ("a" * 257, {}, "Invalid parameter: Topic Name"),
        ("a.fifo", {}, "Invalid parameter: Topic Name"),
        ("a", {"FifoTopic": "true"}, "Fifo Topic names must end with .fifo"),
        ("a", {"ContentBasedDeduplication": "true"}, "ContentBasedDeduplication is only valid for FIFO topics"),
        ("a", {"Colour": "red"}, "Invalid parameter: AttributeName"),
        ("a", {"MaximumMessageSize": "12"}, "MaximumMessageSize"),
        ("a", {"SignatureVersion": "3"}, "SignatureVersion: Invalid value"),
        ("a", {"Policy": "{}"}, "Invalid parameter: Policy Error"),
        ("a", {"ArchivePolicy": "{}"}, "ArchivePolicy is not simulated"),
    ],
)
def test_a_wrong_topic_is_refused(sns: SimulatedSns, name: str, attributes: dict[str, str], message: str) -> None:
    with pytest.raises(ClientError, match=message) as caught:
        sns.client.create_topic(Name=name, Attributes=attributes)

    assert _code(caught) == "InvalidParameter"


def test_lists_come_in_pages_of_a_hundred(sns: SimulatedSns) -> None:
    for each in range(101):
        sns.topic(f"t{each:03d}")

    pages = list(sns.client.get_paginator("list_topics").paginate())

    assert [len(page["Topics"]) for page in pages] == [100, 1]
    with pytest.raises(ClientError, match="NextToken"):
        sns.client.list_topics(NextToken="x")


def test_a_topic_tells_its_attributes(sns: SimulatedSns) -> None:
    topic = sns.topic("orders.fifo", DisplayName="Orders", SignatureVersion="2")

    found = sns.client.get_topic_attributes(TopicArn=topic)["Attributes"]

    assert (found["TopicArn"], found["Owner"], found["DisplayName"]) == (topic, ACCOUNT, "Orders")
    assert (found["FifoTopic"], found["ContentBasedDeduplication"]) == ("true", "false")
    assert json.loads(found["EffectiveDeliveryPolicy"])["http"]["defaultHealthyRetryPolicy"]["numRetries"] == 3
    assert json.loads(found["Policy"])["Statement"][0]["Resource"] == topic


def test_a_deleted_topic_is_gone_with_its_subscriptions(sns: SimulatedSns) -> None:
    topic = sns.topic()
    sns.function(topic)

    sns.client.delete_topic(TopicArn=topic)
    sns.client.delete_topic(TopicArn=topic)

    assert sns.client.list_subscriptions()["Subscriptions"] == []
    with pytest.raises(ClientError) as caught:
        sns.client.publish(TopicArn=topic, Message="x")
    assert (_code(caught), caught.value.response["ResponseMetadata"]["HTTPStatusCode"]) == ("NotFound", 404)


@pytest.mark.parametrize(
    ("arn", "message"),
    [
        ("orders", "TopicArn Reason: An ARN must have at least 6 elements, not 1"),
        (f"arn:aws:sns:us-east-1:{ACCOUNT}:orders", "Invalid parameter: TopicArn"),
        (f"arn:aws:sqs:eu-west-1:{ACCOUNT}:orders", "Invalid parameter: TopicArn"),
    ],
)
def test_an_arn_that_names_no_topic_here_is_refused(sns: SimulatedSns, arn: str, message: str) -> None:
    with pytest.raises(ClientError, match=message):
        sns.client.publish(TopicArn=arn, Message="x")


def test_subscribing_again_finds_the_subscription(sns: SimulatedSns) -> None:
    topic, queue = sns.topic(), sns.queue()

    first = sns.subscribe(topic, queue, RawMessageDelivery="true")

    assert sns.subscribe(topic, queue, RawMessageDelivery="true") == first == sns.subscribe(topic, queue)
    with pytest.raises(ClientError, match="Subscription already exists with different attributes"):
        sns.subscribe(topic, queue, RawMessageDelivery="false")


@pytest.mark.parametrize(
    ("protocol", "endpoint", "message"),
    [
        ("pigeon", "roof", "does not support this protocol string: pigeon"),
        ("sqs", "inbox", "Invalid parameter: SQS endpoint ARN"),
        ("lambda", "worker", "Invalid parameter: Lambda endpoint ARN"),
        ("https", "http://example.com", "Endpoint must match the specified protocol"),
        ("email", "nobody", "Invalid parameter: Email address"),
        ("sms", "call me", "Invalid SMS endpoint: call me"),
        ("application", "x", "Protocol application is not simulated"),
        ("firehose", "x", "Protocol firehose is not simulated"),
    ],
)
def test_a_wrong_endpoint_is_refused(sns: SimulatedSns, protocol: str, endpoint: str, message: str) -> None:
    topic = sns.topic()

    with pytest.raises(ClientError, match=message):
        sns.subscribe(topic, endpoint, protocol)


def test_a_phone_is_subscribed_at_once_and_an_address_stays_pending(sns: SimulatedSns) -> None:
    topic = sns.topic()

    phone = sns.client.subscribe(TopicArn=topic, Protocol="sms", Endpoint="+4915112345678")
    mail = sns.client.subscribe(TopicArn=topic, Protocol="email", Endpoint="a@example.com")
    sns.publish(topic, "hi")

    assert phone["SubscriptionArn"].startswith(topic)
    assert mail["SubscriptionArn"] == "pending confirmation"
    delivered = {one.protocol: len(one.delivered) for one in sns.service.topics.subscriptions()}
    assert delivered == {"sms": 1, "email": 0}


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("Colour", "red", "Invalid parameter: AttributeName"),
        ("RawMessageDelivery", "yes", "RawMessageDelivery: Invalid value"),
        ("RedrivePolicy", "{", "RedrivePolicy: failed to parse JSON"),
        ("RedrivePolicy", '{"deadLetterTargetArn": "x"}', "deadLetterTargetArn is an invalid arn"),
        ("ReplayPolicy", "{}", "ReplayPolicy is not simulated"),
    ],
)
def test_a_wrong_subscription_attribute_is_refused(sns: SimulatedSns, name: str, value: str, message: str) -> None:
    subscription = sns.function(sns.topic())

    with pytest.raises(ClientError, match=message):
        sns.client.set_subscription_attributes(SubscriptionArn=subscription, AttributeName=name, AttributeValue=value)


def test_a_subscription_tells_its_attributes(sns: SimulatedSns) -> None:
    topic, queue, dead = sns.topic(), sns.queue(), sns.queue("dead")
    policy = {"deadLetterTargetArn": dead}
    subscription = sns.subscribe(topic, queue, RawMessageDelivery="True", RedrivePolicy=policy)

    found = sns.client.get_subscription_attributes(SubscriptionArn=subscription)["Attributes"]

    assert (found["TopicArn"], found["Endpoint"], found["Protocol"]) == (topic, queue, "sqs")
    assert (found["RawMessageDelivery"], found["PendingConfirmation"]) == ("true", "false")
    assert json.loads(found["RedrivePolicy"]) == policy


def test_unsubscribing_twice_succeeds(sns: SimulatedSns) -> None:
    topic = sns.topic()
    subscription = sns.function(topic)

    sns.client.unsubscribe(SubscriptionArn=subscription)
    sns.client.unsubscribe(SubscriptionArn=subscription)

    assert sns.client.get_topic_attributes(TopicArn=topic)["Attributes"]["SubscriptionsDeleted"] == "1"
    with pytest.raises(ClientError) as caught:
        sns.client.get_subscription_attributes(SubscriptionArn=subscription)
    assert _code(caught) == "NotFound"


def test_tags_come_and_go(sns: SimulatedSns) -> None:
    topic = sns.topic()

    sns.client.tag_resource(ResourceArn=topic, Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
    sns.client.untag_resource(ResourceArn=topic, TagKeys=["a"])

    assert sns.client.list_tags_for_resource(ResourceArn=topic)["Tags"] == [{"Key": "b", "Value": "2"}]
    with pytest.raises(ClientError) as caught:
        sns.client.list_tags_for_resource(ResourceArn=f"{topic}x")
    assert _code(caught) == "ResourceNotFound"


def test_a_permission_is_a_statement_of_the_policy(sns: SimulatedSns) -> None:
    topic = sns.topic()

    def labels() -> list[Any]:
        policy = sns.client.get_topic_attributes(TopicArn=topic)["Attributes"]["Policy"]
        return [statement["Sid"] for statement in json.loads(policy)["Statement"]]

    grant = {"TopicArn": topic, "Label": "mine", "AWSAccountId": ["111122223333"], "ActionName": ["Publish"]}
    sns.client.add_permission(**grant)
    granted = labels()
    with pytest.raises(ClientError, match="Statement already exists"):
        sns.client.add_permission(**grant)
    sns.client.remove_permission(TopicArn=topic, Label="mine")

    assert (granted, labels()) == (["__default_statement_ID", "mine"], ["__default_statement_ID"])


def test_large_messages_need_subscribers_that_can_take_them(sns: SimulatedSns) -> None:
    topic = sns.topic()
    sns.subscribe(topic, "+4915112345678", "sms")

    with pytest.raises(ClientError, match="MaximumMessageSize Reason"):
        sns.client.set_topic_attributes(TopicArn=topic, AttributeName="MaximumMessageSize", AttributeValue="1048576")

    assert "MaximumMessageSize" not in sns.client.get_topic_attributes(TopicArn=topic)["Attributes"]


def test_an_action_that_is_not_here_says_so(sns: SimulatedSns) -> None:
    with pytest.raises(ClientError, match="SNS has no action CreatePlatformApplication here. It has: AddPermission"):
        sns.client.create_platform_application(Name="a", Platform="GCM", Attributes={"a": "b"})


@pytest.mark.parametrize(
    "body",
    [
        b"\xff\xfe",
        b"Action=Publish&TopicArn.x=1&TopicArn=2",
        b"Action=Publish&" + b"a." * 50 + b"b=1",
        b"Action=CreateTopic&Name=a&Tags.member.x.Key=1",
        b"Action=CreateTopic&Name=a&Attributes.entry.1.colour=1",
        b"Action=PublishBatch&TopicArn=x&PublishBatchRequestEntries.member.1=text",
        b"Action=Publish&TopicArn=x&Message=y&MessageAttributes.entry.1.Name=a&MessageAttributes.entry.1.Value=b",
        b"",
    ],
)
def test_a_request_that_cannot_be_read_is_an_error_of_the_sender(sns: SimulatedSns, body: bytes) -> None:
    headers = {"content-type": "application/x-www-form-urlencoded"}

    reply = sns.answer(Request("POST", "https://sns.eu-west-1.amazonaws.com/", headers, body))

    assert reply.status == 400
    assert b"<Type>Sender</Type>" in reply.body


def test_text_that_xml_cannot_carry_is_replaced_in_an_error(sns: SimulatedSns) -> None:
    with pytest.raises(ClientError, match="does not support this protocol string: a\ufffd<b>&"):
        sns.client.subscribe(TopicArn=sns.topic(), Protocol="a\x00<b>&", Endpoint="x")
