"""Shard iterators: opaque texts that stand for a position in a shard, for five minutes.

Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetShardIterator.html
"""

import base64
import binascii

import msgspec

from harness.cloud.engines.kinesis import quotas
from harness.cloud.engines.kinesis.errors import EXPIRED_ITERATOR, KinesisError, invalid


class Position(msgspec.Struct, frozen=True, array_like=True):
    """A place in a shard, as an iterator names it.

    Attributes:
        issued_us: virtual time at which the iterator was handed out.
    """

    stream: str
    shard_id: str
    position: int
    issued_us: int

    def text(self) -> str:
        """The iterator."""
        return base64.b64encode(msgspec.json.encode(self)).decode()


def read_iterator(text: str, now_us: int) -> Position:
    """The position an iterator stands for.

    Raises:
        KinesisError: it is none of ours, or older than five minutes.
    """
    try:
        found = msgspec.json.decode(base64.b64decode(text, validate=True), type=Position)
    except (binascii.Error, ValueError, msgspec.DecodeError, RecursionError):
        raise invalid("Invalid ShardIterator.") from None
    if found.position < 0 or not 0 <= found.issued_us <= now_us:
        raise invalid("Invalid ShardIterator.")
    if now_us - found.issued_us > quotas.ITERATOR_S * 1_000_000:
        age_s = (now_us - found.issued_us) // 1_000_000
        raise KinesisError(
            EXPIRED_ITERATOR,
            f"Iterator expired. The iterator was created {age_s} s ago, and the maximum age is {quotas.ITERATOR_S} s.",
        )
    return found
