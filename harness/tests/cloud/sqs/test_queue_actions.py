"""Creating, finding, listing and configuring queues, through boto3.

Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html
Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html
Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ListQueues.html
"""

import pytest
from botocore.exceptions import ClientError

from harness.cloud.engines.sqs.errors import SqsError

URL = "https://sqs.eu-central-1.amazonaws.com/123456789012/"
ARN = "arn:aws:sqs:eu-central-1:123456789012:"


def attributes_of(sqs, url, *names):
    return sqs.client.get_queue_attributes(QueueUrl=url, AttributeNames=list(names)).get("Attributes", {})


def test_a_queue_has_the_url_and_the_arn_of_its_region_and_account(sqs):
    url = sqs.queue_url("orders")

    assert url == URL + "orders"
    assert attributes_of(sqs, url, "QueueArn") == {"QueueArn": ARN + "orders"}


def test_a_queue_is_found_by_name_url_and_arn(sqs):
    sqs.queue_url("orders")

    queue = sqs.service.queue("orders")

    assert sqs.service.queue_by_url(URL + "orders") is queue
    assert sqs.service.queue_by_url("https://eu-central-1.queue.amazonaws.com/123456789012/orders") is queue
    assert sqs.service.queue_by_arn(ARN + "orders") is queue
    assert sqs.client.get_queue_url(QueueName="orders")["QueueUrl"] == URL + "orders"


def test_a_queue_of_another_account_or_region_is_not_found(sqs):
    sqs.queue_url("orders")

    with pytest.raises(SqsError, match="does not exist"):
        sqs.service.queue_by_url("https://sqs.eu-central-1.amazonaws.com/999999999999/orders")
    with pytest.raises(SqsError, match="does not exist"):
        sqs.service.queue_by_arn("arn:aws:sqs:us-east-1:123456789012:orders")
    with pytest.raises(sqs.client.exceptions.QueueDoesNotExist):
        sqs.client.get_queue_url(QueueName="orders", QueueOwnerAWSAccountId="999999999999")


def test_something_that_is_no_queue_url_is_an_invalid_address(sqs):
    with pytest.raises(sqs.client.exceptions.InvalidAddress, match="orders is not valid"):
        sqs.send("https://sqs.eu-central-1.amazonaws.com/orders")


def test_a_new_queue_has_the_defaults_of_aws(sqs):
    url = sqs.queue_url()

    shown = attributes_of(sqs, url, "All")

    assert shown == {
        "ApproximateNumberOfMessages": "0",
        "ApproximateNumberOfMessagesDelayed": "0",
        "ApproximateNumberOfMessagesNotVisible": "0",
        "CreatedTimestamp": "1767603600",
        "DelaySeconds": "0",
        "LastModifiedTimestamp": "1767603600",
        "MaximumMessageSize": "1048576",
        "MessageRetentionPeriod": "345600",
        "QueueArn": ARN + "orders",
        "ReceiveMessageWaitTimeSeconds": "0",
        "SqsManagedSseEnabled": "true",
        "VisibilityTimeout": "30",
    }


def test_a_new_fifo_queue_says_what_it_is(sqs):
    url = sqs.fifo_url()

    shown = attributes_of(
        sqs, url, "FifoQueue", "ContentBasedDeduplication", "DeduplicationScope", "FifoThroughputLimit"
    )

    assert shown == {
        "FifoQueue": "true",
        "ContentBasedDeduplication": "false",
        "DeduplicationScope": "queue",
        "FifoThroughputLimit": "perQueue",
    }


def test_the_counts_tell_visible_in_flight_and_delayed_apart(sqs):
    url = sqs.queue_url()
    for _ in range(3):
        sqs.send(url)
    sqs.send(url, DelaySeconds=5)
    sqs.receive(url, MaxNumberOfMessages=1)

    shown = attributes_of(
        sqs,
        url,
        "ApproximateNumberOfMessages",
        "ApproximateNumberOfMessagesNotVisible",
        "ApproximateNumberOfMessagesDelayed",
    )

    assert list(shown.values()) == ["2", "1", "1"]


def test_no_attribute_is_returned_unless_it_is_asked_for(sqs):
    url = sqs.queue_url()

    assert attributes_of(sqs, url) == {}
    with pytest.raises(sqs.client.exceptions.InvalidAttributeName, match="Unknown Attribute Colour"):
        attributes_of(sqs, url, "Colour")


def test_creating_a_queue_again_with_the_same_attributes_gives_the_same_queue(sqs):
    first = sqs.queue_url(VisibilityTimeout="60")

    assert sqs.queue_url(VisibilityTimeout="60") == first
    assert sqs.queue_url() == first


def test_creating_a_queue_again_with_other_attributes_is_refused(sqs):
    sqs.queue_url(VisibilityTimeout="60")

    with pytest.raises(sqs.client.exceptions.QueueNameExists, match="VisibilityTimeout") as raised:
        sqs.queue_url(VisibilityTimeout="61")

    assert raised.value.response["Error"]["Code"] == "QueueAlreadyExists"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DelaySeconds", "901"),
        ("DelaySeconds", "-1"),
        ("MaximumMessageSize", "1023"),
        ("MaximumMessageSize", "1048577"),
        ("MessageRetentionPeriod", "59"),
        ("MessageRetentionPeriod", "1209601"),
        ("ReceiveMessageWaitTimeSeconds", "21"),
        ("VisibilityTimeout", "43201"),
        ("VisibilityTimeout", "half a minute"),
        ("SqsManagedSseEnabled", "maybe"),
    ],
)
def test_an_attribute_out_of_range_is_refused(sqs, name, value):
    with pytest.raises(sqs.client.exceptions.InvalidAttributeValue, match=f"{name}. Reason: {value} is") as raised:
        sqs.queue_url(**{name: value})

    assert raised.value.response["Error"]["Code"] == "InvalidAttributeValue"


@pytest.mark.parametrize("name", ["Colour", "QueueArn", "ContentBasedDeduplication"])
def test_an_attribute_a_standard_queue_cannot_have_is_refused(sqs, name):
    with pytest.raises(sqs.client.exceptions.InvalidAttributeName, match=f"Unknown Attribute {name}"):
        sqs.queue_url(**{name: "true"})


@pytest.mark.parametrize("name", ["", "has space", "dot.dot", "x" * 81, ".fifo"])
def test_a_queue_name_has_letters_digits_hyphens_and_underscores(sqs, name):
    with pytest.raises(ClientError, match="QueueName"):
        sqs.queue_url(name)


def test_name_and_attribute_agree_on_fifo(sqs):
    with pytest.raises(ClientError, match=r"both or neither\. The name is orders\.fifo"):
        sqs.queue_url("orders.fifo")
    with pytest.raises(ClientError, match=r"both or neither\. The name is orders\.$"):
        sqs.queue_url("orders", FifoQueue="true")


def test_a_change_of_attributes_is_seen_at_once(sqs):
    url = sqs.queue_url()
    sqs.advance(100)

    sqs.client.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "5"})

    assert attributes_of(sqs, url, "VisibilityTimeout", "LastModifiedTimestamp") == {
        "VisibilityTimeout": "5",
        "LastModifiedTimestamp": "1767603700",
    }


def test_a_queue_stays_fifo_or_standard(sqs):
    url = sqs.queue_url()

    with pytest.raises(sqs.client.exceptions.InvalidAttributeName, match="Unknown Attribute FifoQueue"):
        sqs.client.set_queue_attributes(QueueUrl=url, Attributes={"FifoQueue": "true"})


def test_a_deleted_queue_is_gone_and_its_name_is_free_after_a_minute(sqs):
    """Source: AWSSimpleQueueService/latest/APIReference/API_DeleteQueue.html."""
    url = sqs.queue_url()
    sqs.send(url)
    sqs.client.delete_queue(QueueUrl=url)

    with pytest.raises(sqs.client.exceptions.QueueDoesNotExist):
        sqs.receive(url)
    sqs.advance(59)
    with pytest.raises(sqs.client.exceptions.QueueDeletedRecently, match="60 seconds"):
        sqs.queue_url()
    sqs.advance(1)

    assert sqs.receive(sqs.queue_url()) == []


def test_deleting_a_queue_that_does_not_exist_is_no_error(sqs):
    reply = sqs.client.delete_queue(QueueUrl=URL + "nothing")

    assert reply["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_queues_are_listed_by_prefix_in_the_order_of_their_names(sqs):
    for name in ("orders-b", "returns", "orders-a"):
        sqs.queue_url(name)

    reply = sqs.client.list_queues(QueueNamePrefix="orders")

    assert reply["QueueUrls"] == [URL + "orders-a", URL + "orders-b"]


def test_a_long_list_of_queues_comes_in_pages(sqs):
    for number in range(5):
        sqs.queue_url(f"q{number}")

    pages = [
        page["QueueUrls"] for page in sqs.client.get_paginator("list_queues").paginate(PaginationConfig={"PageSize": 2})
    ]

    assert [[url.removeprefix(URL) for url in page] for page in pages] == [["q0", "q1"], ["q2", "q3"], ["q4"]]


def test_tags_are_set_replaced_and_removed(sqs):
    url = sqs.client.create_queue(QueueName="orders", tags={"team": "blue"})["QueueUrl"]
    sqs.client.tag_queue(QueueUrl=url, Tags={"team": "red", "stage": "test"})
    sqs.client.untag_queue(QueueUrl=url, TagKeys=["stage"])

    assert sqs.client.list_queue_tags(QueueUrl=url)["Tags"] == {"team": "red"}


def test_permissions_are_accepted(sqs):
    url = sqs.queue_url()

    sqs.client.add_permission(QueueUrl=url, Label="l", AWSAccountIds=["999999999999"], Actions=["SendMessage"])
    reply = sqs.client.remove_permission(QueueUrl=url, Label="l")

    assert reply["ResponseMetadata"]["HTTPStatusCode"] == 200
