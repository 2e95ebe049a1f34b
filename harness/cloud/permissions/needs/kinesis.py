"""What calls of Kinesis need: a stream, or a consumer of one.

Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonkinesis.html
"""

import base64
import binascii
import json

from harness.cloud.permissions.evaluation import Need
from harness.cloud.permissions.needs.asked import Asked, text

_ANY = ("ListStreams", "DescribeLimits", "DescribeAccountSettings")


def kinesis(asked: Asked) -> list[Need]:
    """Needs of a call of Kinesis."""
    action = f"kinesis:{asked.operation}"
    if asked.operation in _ANY:
        return [Need(action, "*")]
    name = asked.named("StreamName") or _stream_of(asked.named("ShardIterator"))
    arn = asked.named("ConsumerARN") or asked.named("StreamARN")
    return [Need(action, arn or asked.arn("kinesis", f"stream/{name}"))] if arn or name else []


def _stream_of(iterator: str) -> str:
    """The stream in a shard iterator of ours."""
    try:
        found = json.loads(base64.b64decode(iterator, validate=True))
    except (binascii.Error, ValueError, RecursionError):
        return ""
    return text(found[0]) if isinstance(found, list) and found else ""
