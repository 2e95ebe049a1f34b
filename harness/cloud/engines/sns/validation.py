"""What SNS accepts in a message: text, subject, attributes, ids, size.

Each check raises the error the real service gives, so that a learner meets it here first.

Source: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
and https://docs.aws.amazon.com/sns/latest/dg/sns-message-attributes.html
"""

import json
import re
from typing import Any

from harness.cloud.engines.sns import quotas
from harness.cloud.engines.sns.errors import invalid_parameter, invalid_value
from harness.cloud.engines.sqs.message import AttributeValue, size_bytes

_ATTRIBUTE_NAME = re.compile(r"[A-Za-z0-9_\-]+(\.[A-Za-z0-9_\-]+)*")
_ATTRIBUTE_TYPE = re.compile(r"(String|Number|Binary)(\..{1,250})?")
_ID = re.compile(r"""[A-Za-z0-9!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~]{1,128}""")
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
_SUBJECT = re.compile(r"[^\x00-\x1f\x7f]{1,100}")
_NAME_CHARACTERS = 256


def check_text(text: str) -> None:
    """Checks that a message is not empty.

    Raises:
        SnsError: InvalidParameter.
    """
    if not text:
        raise invalid_parameter("Empty message")


def check_subject(subject: str | None) -> None:
    """Checks a subject: one line, at most 100 characters, no control characters.

    Raises:
        SnsError: InvalidParameter.
    """
    if subject is not None and not _SUBJECT.fullmatch(subject):
        raise invalid_parameter("Subject")


def check_size(text: str, attributes: dict[str, AttributeValue], limit_bytes: int) -> int:
    """Checks the size of a message with its attributes, and returns it.

    Raises:
        SnsError: InvalidParameter.
    """
    size = size_bytes(text, attributes)
    if size > limit_bytes:
        raise invalid_parameter("Message too long")
    return size


def check_ids(group_id: str | None, deduplication_id: str | None) -> None:
    """Checks a message group id and a deduplication id.

    Raises:
        SnsError: InvalidParameter.
    """
    for name, value in (("MessageGroupId", group_id), ("MessageDeduplicationId", deduplication_id)):
        if value is not None and not _ID.fullmatch(value):
            raise invalid_parameter(
                f"{name} Reason: {name} can only include alphanumeric and punctuation characters. 1 to 128 in length"
            )


def texts_by_protocol(text: str, structure: str | None) -> dict[str, str]:
    """The text for each protocol of a message with MessageStructure json; {} of any other message.

    Raises:
        SnsError: InvalidParameter; the structure is unknown, no JSON object, or lacks a default.
    """
    if structure is None:
        return {}
    if structure != "json":
        raise invalid_parameter(f"Message Structure - Unknown message structure: {structure}")
    try:
        texts: Any = json.loads(text, object_pairs_hook=_without_repeats)
    except (ValueError, RecursionError):
        texts = None
    if not isinstance(texts, dict):
        raise invalid_parameter("Message Structure - JSON message body failed to parse")
    by_protocol = {protocol: each for protocol, each in texts.items() if isinstance(each, str)}
    if "default" not in by_protocol:
        raise invalid_parameter("Message Structure - No default entry in JSON message body")
    return by_protocol


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) < len(pairs):
        raise ValueError("Duplicate keys are not allowed.")
    return content


def check_attributes(attributes: dict[str, AttributeValue]) -> None:
    """Checks names, types and values of message attributes.

    Raises:
        SnsError: ParameterValueInvalid.
    """
    for name, value in attributes.items():
        _check_name(name)
        _check_value(name, value)


def _check_name(name: str) -> None:
    reserved = name.lower().startswith(("aws.", "amazon.")) and not name.startswith("AWS.SNS.")
    if reserved or len(name) > _NAME_CHARACTERS or not _ATTRIBUTE_NAME.fullmatch(name):
        raise invalid_value(
            f"The message attribute name '{name}' is invalid: it can contain A-Z, a-z, 0-9, underscore, hyphen, and "
            f"period, no period first, last or doubled, at most {_NAME_CHARACTERS} characters, and must not start "
            f"with AWS. or Amazon."
        )


def _check_value(name: str, value: AttributeValue) -> None:
    kind = value.data_type
    if not _ATTRIBUTE_TYPE.fullmatch(kind):
        raise invalid_value(
            f"The message attribute '{name}' has an invalid message attribute type, the set of supported type "
            f"prefixes is Binary, Number, and String."
        )
    field = "BinaryValue" if kind.startswith("Binary") else "StringValue"
    wanted: str | bytes | None = value.string_value
    other: str | bytes | None = value.binary_value
    if field == "BinaryValue":
        wanted, other = other, wanted
    if other is not None and wanted is None:
        raise invalid_value(
            f"The message attribute '{name}' with type '{kind}' must use field '{field.removesuffix('Value')}'."
        )
    if not wanted:
        raise invalid_value(
            f"The message attribute '{name}' must contain non-empty message attribute value for message attribute "
            f"type '{kind}'."
        )
    if kind.startswith("Number"):
        _check_number(name, value.string_value or "")
    if kind == "String.Array":
        _check_array(name, value.string_value or "")


def _check_number(name: str, text: str) -> None:
    if not _NUMBER.fullmatch(text):
        raise invalid_value(f"Could not cast message attribute '{name}' value to number.")


def _check_array(name: str, text: str) -> None:
    """A JSON list of texts, numbers, booleans and null."""
    try:
        items = json.loads(text)
    except (ValueError, RecursionError):
        items = None
    if not isinstance(items, list) or any(isinstance(item, list | dict) for item in items):
        raise invalid_value(
            f"Invalid value for message attribute '{name}' of type 'String.Array': it must be a JSON array of "
            f"strings, numbers, booleans and null."
        )


def limit_of(attributes: dict[str, str]) -> int:
    """How large a message may be on a topic with these attributes."""
    return int(attributes.get("MaximumMessageSize", quotas.MESSAGE_BYTES))
