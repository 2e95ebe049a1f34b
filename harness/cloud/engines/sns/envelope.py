"""How a message looks to its subscribers: the JSON envelope, the raw form, the event of a function.

The signature is a placeholder: nothing in a simulation is signed. Messages of FIFO topics
carry none on AWS either.

Source: https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
and https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html
"""

import base64
import json
from datetime import timedelta
from typing import Any

from harness.cloud.engines.sns.message import Published
from harness.cloud.engines.sqs.message import AttributeValue
from harness.simulation.clock import EPOCH

SIGNATURE = base64.b64encode(b"This simulator signs nothing: a placeholder").decode()
_CERTIFICATE = "SimpleNotificationService-00000000000000000000000000000000.pem"


def timestamp(message: Published) -> str:
    """When a message was published, to the millisecond."""
    at = EPOCH + timedelta(microseconds=message.published_us)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"


def notification(message: Published, subscription_arn: str, protocol: str, signature_version: str = "1") -> str:
    """The envelope, as SQS and HTTP endpoints get it; what a message lacks is not in there.

    Args:
        protocol: of the subscription.
        signature_version: of the topic.
    """
    topic_arn = subscription_arn.rpartition(":")[0]
    content: dict[str, Any] = {"Type": "Notification", "MessageId": message.message_id}
    if message.sequence_number is not None:
        content["SequenceNumber"] = message.sequence_number
    content["TopicArn"] = topic_arn
    if message.subject is not None:
        content["Subject"] = message.subject
    content |= {"Message": message.text_for(protocol), "Timestamp": timestamp(message)}
    if message.sequence_number is None:
        content |= {
            "SignatureVersion": signature_version,
            "Signature": SIGNATURE,
            "SigningCertURL": certificate_url(topic_arn),
        }
    content["UnsubscribeURL"] = unsubscribe_url(subscription_arn)
    if message.attributes:
        content["MessageAttributes"] = _shown(message.attributes)
    return _written(content)


def confirmation(message_id: str, at: str, topic_arn: str, token: str) -> str:
    """What an HTTP endpoint gets when it is subscribed."""
    text = (
        f"You have chosen to subscribe to the topic {topic_arn}.\n"
        "To confirm the subscription, visit the SubscribeURL included in this message."
    )
    return _written(
        {
            "Type": "SubscriptionConfirmation",
            "MessageId": message_id,
            "Token": token,
            "TopicArn": topic_arn,
            "Message": text,
            "SubscribeURL": f"{_host(topic_arn)}/?Action=ConfirmSubscription&TopicArn={topic_arn}&Token={token}",
            "Timestamp": at,
            "SignatureVersion": "1",
            "Signature": SIGNATURE,
            "SigningCertURL": certificate_url(topic_arn),
        }
    )


def function_event(message: Published, subscription_arn: str) -> bytes:
    """The event a function is invoked with: always one record."""
    topic_arn = subscription_arn.rpartition(":")[0]
    record = {
        "EventSource": "aws:sns",
        "EventVersion": "1.0",
        "EventSubscriptionArn": subscription_arn,
        "Sns": {
            "Type": "Notification",
            "MessageId": message.message_id,
            "TopicArn": topic_arn,
            "Subject": message.subject,
            "Message": message.text_for("lambda"),
            "Timestamp": timestamp(message),
            "SignatureVersion": "1",
            "Signature": SIGNATURE,
            "SigningCertUrl": certificate_url(topic_arn),
            "UnsubscribeUrl": unsubscribe_url(subscription_arn),
            "MessageAttributes": _shown(message.attributes),
        },
    }
    return json.dumps({"Records": [record]}).encode()


def unsubscribe_url(subscription_arn: str) -> str:
    """Where a subscriber could end its subscription."""
    return f"{_host(subscription_arn)}/?Action=Unsubscribe&SubscriptionArn={subscription_arn}"


def certificate_url(arn: str) -> str:
    """Where the certificate would be that signed a message."""
    return f"{_host(arn)}/{_CERTIFICATE}"


def _host(arn: str) -> str:
    return f"https://sns.{arn.split(':')[3]}.amazonaws.com"


def _shown(attributes: dict[str, AttributeValue]) -> dict[str, dict[str, str]]:
    """Message attributes; a binary value is base64."""
    return {name: {"Type": value.data_type, "Value": _text(value)} for name, value in attributes.items()}


def _text(value: AttributeValue) -> str:
    if value.binary_value is not None:
        return base64.b64encode(value.binary_value).decode()
    return value.string_value or ""


def _written(content: dict[str, Any]) -> str:
    """JSON in the layout of SNS: a field a line, blanks around colons, attributes in one line each."""
    return "{\n" + ",\n".join(f"  {json.dumps(name)} : {_value(value)}" for name, value in content.items()) + "\n}"


def _value(value: Any) -> str:
    if not isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    lines = [
        f"    {json.dumps(name)} : {json.dumps(each, ensure_ascii=False, separators=(',', ':'))}"
        for name, each in value.items()
    ]
    return "{\n" + ",\n".join(lines) + "\n  }"
