"""Batch calls: each entry succeeds or fails on its own, through boto3.

Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html
Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteMessageBatch.html
Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibilityBatch.html
"""

import pytest


def entries(*bodies):
    return [{"Id": f"e{number}", "MessageBody": body} for number, body in enumerate(bodies)]


def test_a_batch_of_ten_is_sent_and_each_entry_has_its_reply(sqs):
    url = sqs.queue_url()

    reply = sqs.client.send_message_batch(QueueUrl=url, Entries=entries(*"abcdefghij"))

    assert [sent["Id"] for sent in reply["Successful"]] == [f"e{number}" for number in range(10)]
    assert "Failed" not in reply
    assert sqs.bodies(url) == list("abcdefghij")


def test_a_bad_entry_fails_alone(sqs):
    url = sqs.queue_url()

    reply = sqs.client.send_message_batch(QueueUrl=url, Entries=entries("good", "bad\x00", ""))

    assert [sent["Id"] for sent in reply["Successful"]] == ["e0"]
    assert [(failed["Id"], failed["SenderFault"], failed["Code"]) for failed in reply["Failed"]] == [
        ("e1", True, "InvalidMessageContents"),
        ("e2", True, "MissingParameter"),
    ]


def test_a_batch_of_which_every_entry_fails_has_no_list_of_successes(sqs):
    reply = sqs.client.send_message_batch(QueueUrl=sqs.queue_url(), Entries=entries("bad\x00"))

    assert "Successful" not in reply
    assert [failed["Id"] for failed in reply["Failed"]] == ["e0"]


def test_a_batch_with_no_entries_is_refused(sqs):
    url = sqs.queue_url()

    with pytest.raises(sqs.client.exceptions.EmptyBatchRequest) as raised:
        sqs.client.send_message_batch(QueueUrl=url, Entries=[])

    assert raised.value.response["Error"]["Code"] == "AWS.SimpleQueueService.EmptyBatchRequest"


def test_a_batch_with_eleven_entries_is_refused_as_a_whole(sqs):
    url = sqs.queue_url()

    with pytest.raises(sqs.client.exceptions.TooManyEntriesInBatchRequest, match="You have sent 11"):
        sqs.client.send_message_batch(QueueUrl=url, Entries=entries(*"abcdefghijk"))

    assert sqs.receive(url) == []


def test_ids_of_a_batch_are_distinct(sqs):
    url = sqs.queue_url()

    with pytest.raises(sqs.client.exceptions.BatchEntryIdsNotDistinct, match="Id x repeated"):
        sqs.client.send_message_batch(QueueUrl=url, Entries=[{"Id": "x", "MessageBody": "a"}] * 2)


@pytest.mark.parametrize("entry_id", ["has space", "dot.dot", "x" * 81])
def test_an_id_of_a_batch_has_letters_digits_hyphens_and_underscores(sqs, entry_id):
    url = sqs.queue_url()

    with pytest.raises(sqs.client.exceptions.InvalidBatchEntryId, match=entry_id):
        sqs.client.send_message_batch(QueueUrl=url, Entries=[{"Id": entry_id, "MessageBody": "a"}])


def test_a_batch_holds_one_mebibyte_in_all(sqs):
    """Source: AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html."""
    url = sqs.queue_url()
    half = "x" * 524_288

    with pytest.raises(sqs.client.exceptions.BatchRequestTooLong, match="You have sent 1048577 bytes"):
        sqs.client.send_message_batch(QueueUrl=url, Entries=entries(half, half + "x"))
    sqs.client.send_message_batch(QueueUrl=url, Entries=entries(half, half))

    assert len(sqs.receive(url)) == 2


def test_a_batch_of_deletions_reports_each_entry(sqs):
    url = sqs.queue_url()
    sqs.send(url)
    [message] = sqs.receive(url)

    reply = sqs.client.delete_message_batch(
        QueueUrl=url,
        Entries=[
            {"Id": "good", "ReceiptHandle": message["ReceiptHandle"]},
            {"Id": "bad", "ReceiptHandle": "nonsense"},
        ],
    )

    assert reply["Successful"] == [{"Id": "good"}]
    assert [(failed["Id"], failed["Code"]) for failed in reply["Failed"]] == [("bad", "ReceiptHandleIsInvalid")]
    assert sqs.service.queue("orders").counts() == (0, 0, 0)


def test_a_batch_of_visibility_changes_reports_each_entry(sqs):
    url = sqs.queue_url()
    sqs.send(url)
    [message] = sqs.receive(url)
    handle = message["ReceiptHandle"]

    reply = sqs.client.change_message_visibility_batch(
        QueueUrl=url,
        Entries=[
            {"Id": "back", "ReceiptHandle": handle, "VisibilityTimeout": 0},
            {"Id": "late", "ReceiptHandle": handle, "VisibilityTimeout": 5},
            {"Id": "none", "ReceiptHandle": handle},
        ],
    )

    assert reply["Successful"] == [{"Id": "back"}]
    assert [(failed["Id"], failed["Code"]) for failed in reply["Failed"]] == [
        ("late", "AWS.SimpleQueueService.MessageNotInflight"),
        ("none", "MissingParameter"),
    ]
    assert len(sqs.receive(url)) == 1
