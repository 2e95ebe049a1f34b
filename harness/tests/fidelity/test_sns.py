"""Amazon SNS: what Publish takes, and what subscribers get."""

import json
from typing import Any

import pytest

from harness.cloud.records import CallEnded
from harness.tests.fidelity.conftest import App, Deploy
from harness.tests.fidelity.sns_app import SOURCE, TEMPLATE, ask, bodies, envelopes, publish, records


@pytest.fixture(scope="module")
def app(deploy: Deploy) -> App:
    return deploy(TEMPLATE, {"src/app.py": SOURCE})


# ---- subscribers ---------------------------------------------------------------------------------


def test_a_function_gets_one_record_with_everything_the_message_has(app: App) -> None:
    """Source: https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html"""
    answer = publish(app, "hello", "order", Subject="Hi")

    (record,) = records(app, "Take")
    assert record.keys() == {"EventVersion", "EventSubscriptionArn", "EventSource", "Sns"}
    assert (record["EventVersion"], record["EventSource"]) == ("1.0", "aws:sns")
    assert record["EventSubscriptionArn"].startswith(app.world.topic("Orders").arn + ":")
    sent = record["Sns"]
    assert sent.keys() == {
        "SignatureVersion", "Timestamp", "Signature", "SigningCertUrl", "MessageId", "Message", "MessageAttributes",
        "Type", "UnsubscribeUrl", "TopicArn", "Subject",
    }  # fmt: skip
    assert (sent["MessageId"], sent["Message"], sent["Subject"]) == (answer["MessageId"], "hello", "Hi")
    assert sent["MessageAttributes"] == {"kind": {"Type": "String", "Value": "order"}}


def test_a_message_without_a_subject_has_none_in_the_event_of_a_function(app: App) -> None:
    """Source: https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html"""
    publish(app, "hello", "order")

    assert records(app, "Take")[-1]["Sns"]["Subject"] is None


def test_powertools_reads_the_event(app: App) -> None:
    """Source: https://docs.aws.amazon.com/powertools/python/latest/utilities/data_classes/#sns"""
    data_classes = pytest.importorskip("aws_lambda_powertools.utilities.data_classes")

    (record,) = data_classes.SNSEvent(app.world.invocations("Take")[0].event).records
    attribute = record.sns.message_attributes["kind"]
    assert (record.event_source, record.sns.message, record.sns.subject) == ("aws:sns", "hello", "Hi")
    assert (attribute.get_type, attribute.value) == ("String", "order")
    assert record.sns.topic_arn == app.world.topic("Orders").arn


def test_powertools_parser_accepts_the_event(app: App) -> None:
    """Source: https://docs.aws.amazon.com/powertools/python/latest/utilities/parser/#built-in-models"""
    pytest.importorskip("pydantic")
    models = pytest.importorskip("aws_lambda_powertools.utilities.parser.models")

    event = models.SnsModel.model_validate(app.world.invocations("Take")[0].event)

    assert event.Records[0].Sns.Message == "hello"


def test_a_queue_gets_an_envelope_or_with_raw_delivery_the_text(app: App) -> None:
    """Source: https://docs.aws.amazon.com/sns/latest/dg/sns-large-payload-raw-message-delivery.html"""
    publish(app, "for queues", "note")

    envelope, raw = envelopes(app, "Enveloped")[-1], app.world.queue("Raw").arrivals[-1]
    assert (envelope["Type"], envelope["Message"]) == ("Notification", "for queues")
    assert envelope["MessageAttributes"] == {"kind": {"Type": "String", "Value": "note"}}
    assert raw.body == "for queues"
    assert raw.message_attributes["kind"].string_value == "note"


def test_boto3_receives_the_attributes_of_a_raw_message(app: App) -> None:
    """Source: https://docs.aws.amazon.com/sns/latest/dg/sns-message-attributes.html"""
    url = ask(app, "get_queue_url", "sqs", QueueName=app.world.queue("Raw").watch.queue.name)["QueueUrl"]
    ask(app, "purge_queue", "sqs", QueueUrl=url)
    publish(app, "read me", "note")

    (message,) = ask(app, "receive_message", "sqs", QueueUrl=url, MessageAttributeNames=["All"])["Messages"]

    assert message["Body"] == "read me"
    assert message["MessageAttributes"] == {"kind": {"StringValue": "note", "DataType": "String"}}


def test_a_filter_on_attributes_keeps_others_away_from_a_function(app: App) -> None:
    """Source: https://docs.aws.amazon.com/sns/latest/dg/sns-message-filtering.html"""
    before = len(records(app, "Take"))

    for kind in ("order-7", "invoice", ""):
        publish(app, "filtered", kind)

    assert [record["Sns"]["MessageAttributes"]["kind"]["Value"] for record in records(app, "Take")[before:]] == [
        "order-7"
    ]


def test_a_filter_on_the_body_decides_for_a_queue_of_sams_own(app: App) -> None:
    """Source: https://docs.aws.amazon.com/sns/latest/dg/sns-message-filtering-scope.html"""
    for total in (99, 100, 250):
        publish(app, json.dumps({"order": {"total": total}}))

    totals = [
        json.loads(json.loads(record["body"])["Message"])["order"]["total"] for record in records(app, "Buffered")
    ]
    assert sorted(totals) == [100, 250]


def test_powertools_parser_finds_the_message_in_the_event_of_a_queue(app: App) -> None:
    """Source: https://docs.aws.amazon.com/powertools/python/latest/utilities/parser/#built-in-envelopes"""
    pydantic = pytest.importorskip("pydantic")
    envelopes_of_powertools = pytest.importorskip("aws_lambda_powertools.utilities.parser.envelopes")
    model = pydantic.create_model("Message", order=(dict[str, int], ...))

    event = app.world.invocations("Buffered")[0].event
    (message, *_) = envelopes_of_powertools.SnsSqsEnvelope().parse(event, model)

    assert message.order["total"] in (100, 250)


def test_a_queue_whose_policy_admits_another_topic_gets_nothing(app: App) -> None:
    """Source: https://docs.aws.amazon.com/sns/latest/dg/subscribe-sqs-queue-to-sns-topic.html"""
    publish(app, "closed", "closed")

    lost = app.world.topic("Orders").subscription("Closed").lost
    assert bodies(app, "Closed") == []
    assert [(one.message, one.dead_letter_queue) for one in lost] == [("closed", "Dead")]
    assert envelopes(app, "Dead")[-1]["Message"] == "closed"


def test_a_refused_call_stands_in_the_trace_with_its_code(app: App) -> None:
    """Source: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html#API_Publish_Errors"""
    ask(app, "publish", TopicArn=app.world.topic("Orders").arn + "-missing", Message="x")

    ended = app.world.trace.of(CallEnded)[-1]
    assert (ended.status, ended.error) == (404, "NotFound")


def test_a_policy_that_a_call_sets_takes_the_place_of_the_templates(app: App) -> None:
    """Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html"""
    url = ask(app, "get_queue_url", "sqs", QueueName=app.world.queue("Closed").watch.queue.name)["QueueUrl"]
    former = ask(app, "get_queue_attributes", "sqs", QueueUrl=url, AttributeNames=["Policy"])["Attributes"]["Policy"]
    statement = {"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage"}

    def with_policy(policy: str) -> list[str]:
        before = len(bodies(app, "Closed"))
        ask(app, "set_queue_attributes", "sqs", QueueUrl=url, Attributes={"Policy": policy})
        publish(app, "opened", "closed")
        return [json.loads(body)["Message"] for body in bodies(app, "Closed")[before:]]

    assert with_policy(json.dumps({"Statement": [statement | {"Resource": "*"}]})) == ["opened"]
    assert with_policy("") == []
    assert with_policy(former) == []
    refused = ask(app, "set_queue_attributes", "sqs", QueueUrl=url, Attributes={"Policy": "nobody"})
    assert refused == {"error": "InvalidAttributeValue", "message": "Invalid value for the parameter Policy."}


def test_a_function_without_permission_is_not_invoked(app: App) -> None:
    """Source: https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html"""
    publish(app, "stranger", "stranger")

    assert app.world.invocations("Stranger") == []
    assert envelopes(app, "Dead")[-1]["Message"] == "stranger"


def test_a_function_that_fails_is_lambdas_business_and_tried_three_times(app: App) -> None:
    """Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html"""
    dead = len(bodies(app, "Dead"))
    before = len(app.world.invocations("Take"))

    publish(app, "fail", "order")

    attempts = app.world.invocations("Take")[before:]
    assert [one.outcome for one in attempts] == ["failed"] * 3
    assert len({one.request_id for one in attempts}) == 1
    assert len(bodies(app, "Dead")) == dead


def test_a_queue_subscribed_at_run_time_hears_every_later_message(app: App) -> None:
    """Source: https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html"""
    topic = app.world.topic("Orders")
    publish(app, "before")
    newcomer = topic.attach_queue("late", filter_policy={"kind": ["order"]})

    publish(app, "after", "order")
    publish(app, "other", "note")

    assert [arrival.body for arrival in newcomer.arrivals] == ["after"]
    assert newcomer.arrivals[0].message_attributes["kind"].string_value == "order"


def test_a_subscription_can_be_made_and_ended_by_a_function(app: App) -> None:
    """Source: https://docs.aws.amazon.com/sns/latest/api/API_Unsubscribe.html"""
    topic = app.world.topic("Orders")
    closed = app.world.queue("Dead").watch.queue.arn

    arn = ask(app, "subscribe", TopicArn=topic.arn, Protocol="sqs", Endpoint=closed)["SubscriptionArn"]
    publish(app, "once")
    ask(app, "unsubscribe", SubscriptionArn=arn)
    publish(app, "twice")

    assert [one["Message"] for one in envelopes(app, "Dead")][-1] == "once"


# ---- FIFO ----------------------------------------------------------------------------------------


def test_a_fifo_queue_gets_the_messages_of_a_group_in_order_and_once(app: App) -> None:
    """Source: https://docs.aws.amazon.com/sns/latest/dg/fifo-topic-message-ordering.html"""
    entries = [{"Id": str(each), "Message": f"{each % 4}", "MessageGroupId": "g"} for each in range(6)]

    answer = ask(app, "publish_batch", TopicArn=app.world.topic("Ledger").arn, PublishBatchRequestEntries=entries)

    numbers = [entry["SequenceNumber"] for entry in answer["Successful"]]
    assert bodies(app, "Entries") == ["0", "1", "2", "3"]
    assert numbers[:4] == sorted(numbers[:4])
    assert numbers[4:] == numbers[:2]


def test_a_fifo_topic_wants_a_group(app: App) -> None:
    """Source: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html"""
    assert publish(app, "x", topic="Ledger") == {
        "error": "InvalidParameter",
        "message": "Invalid parameter: The MessageGroupId parameter is required for FIFO topics",
    }


# ---- errors --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parameters", "code", "message"),
    [
        ({"Message": "x" * 262_145}, "InvalidParameter", "Invalid parameter: Message too long"),
        ({"Message": ""}, "InvalidParameter", "Invalid parameter: Empty message"),
        ({"Message": "x", "TopicArn": "arn:aws:sns:eu-west-1:123456789012:no"}, "NotFound", "Topic does not exist"),
    ],
)
def test_a_wrong_publish_raises(app: App, parameters: dict[str, Any], code: str, message: str) -> None:
    """Source: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html"""
    parameters = {"TopicArn": app.world.topic("Orders").arn, **parameters}

    assert ask(app, "publish", **parameters) == {"error": code, "message": message}


def test_a_batch_holds_256_kib_in_all(app: App) -> None:
    """Source: https://docs.aws.amazon.com/sns/latest/api/API_PublishBatch.html"""
    entries = [{"Id": str(each), "Message": "x" * 32_000} for each in range(10)]

    answer = ask(app, "publish_batch", TopicArn=app.world.topic("Orders").arn, PublishBatchRequestEntries=entries)

    assert answer["error"] == "BatchRequestTooLong"
