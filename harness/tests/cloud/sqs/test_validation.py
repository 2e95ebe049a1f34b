"""What SQS refuses, through boto3.

Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html
"""

import json

import pytest
from botocore.exceptions import ClientError

from harness.simulation.wire import Request


def code_of(raised):
    return raised.value.response["Error"]["Code"]


def text(value="x", data_type="String"):
    return {"DataType": data_type, "StringValue": value}


def test_an_empty_body_is_a_missing_parameter(sqs):
    url = sqs.queue_url()

    with pytest.raises(ClientError, match="The request must contain the parameter MessageBody") as raised:
        sqs.send(url, "")

    assert code_of(raised) == "MissingParameter"


@pytest.mark.parametrize(("character", "name"), [("\x00", "#x0"), ("\x0b", "#xB"), ("\ufffe", "#xFFFE")])
def test_a_body_with_a_character_outside_xml_is_refused(sqs, character, name):
    url = sqs.queue_url()

    with pytest.raises(sqs.client.exceptions.InvalidMessageContents, match=f"{name} at character 3"):
        sqs.send(url, f"abc{character}")


@pytest.mark.parametrize("body", ["\t\n\r", "é", "\ud7ff\ue000\ufffd", "😀"])
def test_a_body_with_any_character_of_xml_is_accepted(sqs, body):
    url = sqs.queue_url()

    sqs.send(url, body)

    assert sqs.bodies(url) == [body]


def test_a_message_holds_one_mebibyte_counted_in_utf_8(sqs):
    url = sqs.queue_url()

    sqs.send(url, "é" * 524_288)
    with pytest.raises(ClientError, match="Message must be shorter than 1048576 bytes") as raised:
        sqs.send(url, "é" * 524_288 + "x")

    assert code_of(raised) == "InvalidParameterValue"


def test_message_attributes_count_in_the_size(sqs):
    """Name, type and value: 4 + 6 + 14 = 24 bytes beside a body of 1,000."""
    url = sqs.queue_url(MaximumMessageSize="1024")

    sqs.send(url, "x" * 1_000, MessageAttributes={"name": text("x" * 14)})
    with pytest.raises(ClientError, match="Message must be shorter than 1024 bytes"):
        sqs.send(url, "x" * 1_000, MessageAttributes={"name": text("x" * 15)})


def test_a_message_has_at_most_ten_attributes(sqs):
    url = sqs.queue_url()

    sqs.send(url, MessageAttributes={f"a{number}": text() for number in range(10)})
    with pytest.raises(ClientError, match=r"Number of message attributes \[11\] exceeds the allowed maximum \[10\]"):
        sqs.send(url, MessageAttributes={f"a{number}": text() for number in range(11)})


@pytest.mark.parametrize("name", ["AWS.x", "amazon.x", ".x", "x.", "x..y", "has space", "x" * 257])
def test_an_attribute_name_aws_does_not_allow_is_refused(sqs, name):
    url = sqs.queue_url()

    with pytest.raises(ClientError, match="The message attribute name") as raised:
        sqs.send(url, MessageAttributes={name: text()})

    assert code_of(raised) == "InvalidParameterValue"


@pytest.mark.parametrize(
    ("attribute", "complaint"),
    [
        (text(data_type="Text"), "You must use only the following supported type prefixes"),
        (text(""), "must contain a non-empty value of type 'String'"),
        ({"DataType": "Binary", "StringValue": "x"}, "must contain a non-empty value of type 'Binary'"),
        (text("twelve", "Number"), "Can't cast the value"),
        (text("a\x00"), "contains invalid characters"),
        ({"DataType": "String", "StringValue": "x", "BinaryValue": b"x"}, "does not match its type"),
    ],
)
def test_an_attribute_value_that_does_not_fit_its_type_is_refused(sqs, attribute, complaint):
    url = sqs.queue_url()

    with pytest.raises(ClientError, match=complaint):
        sqs.send(url, MessageAttributes={"a": attribute})


def test_a_list_attribute_is_not_supported(sqs):
    url = sqs.queue_url()

    with pytest.raises(sqs.client.exceptions.UnsupportedOperation, match="list values"):
        sqs.send(url, MessageAttributes={"a": {"DataType": "String", "StringListValues": ["x"]}})


@pytest.mark.parametrize(
    ("parameters", "complaint"),
    [
        ({"MaxNumberOfMessages": 0}, "Value 0 for parameter MaxNumberOfMessages is invalid.*between 1 and 10"),
        ({"MaxNumberOfMessages": 11}, "Value 11 for parameter MaxNumberOfMessages is invalid"),
        ({"WaitTimeSeconds": 21}, "Value 21 for parameter WaitTimeSeconds is invalid"),
        ({"VisibilityTimeout": 43_201}, "Value 43201 for parameter VisibilityTimeout is invalid"),
    ],
)
def test_a_receive_out_of_range_is_refused(sqs, parameters, complaint):
    url = sqs.queue_url()

    with pytest.raises(ClientError, match=complaint) as raised:
        sqs.receive(url, **parameters)

    assert code_of(raised) == "InvalidParameterValue"


def test_an_unknown_system_attribute_is_refused(sqs):
    url = sqs.queue_url()

    with pytest.raises(sqs.client.exceptions.InvalidAttributeName, match="Unknown Attribute Policy"):
        sqs.receive(url, MessageSystemAttributeNames=["Policy"])


def test_a_delay_above_fifteen_minutes_is_refused(sqs):
    url = sqs.queue_url()

    with pytest.raises(ClientError, match="Value 901 for parameter DelaySeconds is invalid"):
        sqs.send(url, DelaySeconds=901)


def test_a_deduplication_id_on_a_standard_queue_is_refused(sqs):
    url = sqs.queue_url()

    with pytest.raises(ClientError, match="not valid for this queue type"):
        sqs.send(url, MessageDeduplicationId="x")


@pytest.mark.parametrize("group_id", ["", "x" * 129, "has space", "é"])
def test_a_group_id_has_1_to_128_printable_ascii_characters(sqs, group_id):
    url = sqs.queue_url()

    with pytest.raises(ClientError, match=r"alphanumeric and punctuation characters\. 1 to 128 in length"):
        sqs.send(url, MessageGroupId=group_id)


def test_a_system_attribute_other_than_the_trace_header_is_refused(sqs):
    url = sqs.queue_url()

    with pytest.raises(ClientError, match="Only AWSTraceHeader of type String"):
        sqs.send(url, MessageSystemAttributes={"Other": text()})


def test_the_query_protocol_of_old_clients_is_answered_with_a_clear_error(sqs):
    body = b"Action=SendMessage&Version=2012-11-05&MessageBody=hello"

    reply = sqs.answer(Request("POST", "https://sqs.eu-central-1.amazonaws.com/", {}, body))

    assert reply.status == 400
    assert b"The query protocol of older SDKs is not simulated" in reply.body


def test_an_unknown_action_is_answered_with_the_list_of_those_there_are(sqs):
    headers = {"x-amz-target": "AmazonSQS.Teleport"}

    reply = sqs.answer(Request("POST", "https://sqs.eu-central-1.amazonaws.com/", headers, b"{}"))

    assert reply.headers["x-amzn-query-error"] == "AWS.SimpleQueueService.UnsupportedOperation;Sender"
    assert b"SQS has no action Teleport here. It has: AddPermission, CancelMessageMoveTask" in reply.body


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b'{"QueueUrl": 7}',
        b"\xff",
        b'{"QueueUrl": "x", "MessageBody": "\\ud800"}',
        b'{"QueueUrl": "x", "MessageAttributes": {"a": {"DataType": "Binary", "BinaryValue": "?"}}}',
        b'{"Deep": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    ],
)
def test_a_body_that_is_not_the_request_is_refused(sqs, body):
    headers = {"x-amz-target": "AmazonSQS.SendMessage"}

    reply = sqs.answer(Request("POST", "https://sqs.eu-central-1.amazonaws.com/", headers, body))

    assert reply.status == 400
    assert b"The body of SendMessage cannot be read" in reply.body


def test_every_action_of_botocores_model_is_there(sqs):
    model = sqs.client.meta.service_model

    missing = [name for name in model.operation_names if name not in sqs.service._actions]

    assert missing == []


@pytest.mark.parametrize("url", ["http://[", "", "https://sqs/1/2/3", "https://sqs/\x00/"])
def test_a_queue_url_that_is_none_is_refused_and_breaks_nothing(sqs, url):
    """A worker may send anything: the answer is an error of SQS, never one of ours."""
    headers = {"x-amz-target": "AmazonSQS.SendMessage"}
    body = json.dumps({"QueueUrl": url, "MessageBody": "x"}).encode()

    reply = sqs.answer(Request("POST", "https://sqs.eu-central-1.amazonaws.com/", headers, body))

    assert reply.status == 400


@pytest.mark.parametrize(
    "attributes",
    [
        {"VisibilityTimeout": "9" * 5_000},
        {"VisibilityTimeout": "\u0663"},
        {"RedrivePolicy": '{"deadLetterTargetArn": "x", "maxReceiveCount": "' + "9" * 5_000 + '"}'},
        {"RedrivePolicy": "[" * 100_000},
        {"RedriveAllowPolicy": '{"redrivePermission": ["allowAll"]}'},
    ],
)
def test_an_attribute_made_to_break_the_reader_is_refused(sqs, attributes):
    with pytest.raises(ClientError, match=r"(InvalidAttributeValue|InvalidParameterValue)"):
        sqs.queue_url(**attributes)


def test_a_number_of_a_million_digits_is_read_in_one_pass(sqs):
    """A pattern that backtracks would take hours here."""
    url = sqs.queue_url()

    with pytest.raises(ClientError, match="Can't cast the value"):
        sqs.send(url, MessageAttributes={"a": text("1" * 1_000_000 + "x", "Number")})
