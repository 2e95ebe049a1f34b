"""The actions that reshard a stream. It is UPDATING for half a minute, then all happens at one instant.

Sources: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_SplitShard.html
https://docs.aws.amazon.com/kinesis/latest/APIReference/API_MergeShards.html
https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateShardCount.html
"""

import functools
import re
from typing import Any

from harness.cloud.engines.kinesis import requests
from harness.cloud.engines.kinesis.errors import LIMIT_EXCEEDED, VALIDATION, KinesisError, invalid, violates
from harness.cloud.engines.kinesis.shard import Shard
from harness.cloud.engines.kinesis.stream import Stream
from harness.cloud.engines.kinesis.streams import Streams
from harness.simulation.wire import Call

Body = dict[str, Any]

_HASH_KEY = re.compile(r"0|[1-9][0-9]{0,38}")


class ShardActions:
    """Carries out the actions on shards, and gives the body of the reply."""

    def __init__(self, streams: Streams) -> None:
        self._streams = streams

    def split(self, request: requests.SplitShard, call: Call) -> Body:
        """SplitShard."""
        stream = self._provisioned(request, "SplitShard")
        shard = _open_shard(stream, request.shard_to_split)
        text = request.new_starting_hash_key
        if not _HASH_KEY.fullmatch(text):
            raise violates(
                text, "newStartingHashKey", r"Member must satisfy regular expression pattern: 0|([1-9]\d{0,38})"
            )
        key = int(text)
        if not shard.hash_range.first < key <= shard.hash_range.last:
            raise invalid(
                f"NewStartingHashKey {key} used in SplitShard() on shard {shard.shard_id} in stream {stream.name} "
                f"under account {stream.account_id} is not both greater than one plus the shard's StartingHashKey "
                f"{shard.hash_range.first} and less than the shard's EndingHashKey {shard.hash_range.last}."
            )
        stream.reshard_later(functools.partial(stream.split, shard, key))
        return {}

    def merge(self, request: requests.MergeShards, call: Call) -> Body:
        """MergeShards."""
        stream = self._provisioned(request, "MergeShards")
        one = _open_shard(stream, request.shard_to_merge)
        other = _open_shard(stream, request.adjacent_shard_to_merge)
        first, last = sorted((one.hash_range, other.hash_range), key=lambda each: each.first)
        if first.last + 1 != last.first:
            raise invalid(
                f"Shards {one.shard_id} and {other.shard_id} in stream {stream.name} under account "
                f"{stream.account_id} are not an adjacent pair of shards eligible for merging"
            )
        stream.reshard_later(functools.partial(stream.merge, one, other))
        return {}

    def scale(self, request: requests.UpdateShardCount, call: Call) -> Body:
        """UpdateShardCount: at most to twice, at least to half of what there is."""
        stream = self._provisioned(request, "UpdateShardCount")
        if request.scaling_type != "UNIFORM_SCALING":
            allowed = "Member must satisfy enum value set: [UNIFORM_SCALING]"
            raise violates(request.scaling_type, "scalingType", allowed)
        now, wanted = len(stream.open_shards), request.target_shard_count
        if wanted < 1:
            raise violates(wanted, "targetShardCount", "Member must have value greater than or equal to 1")
        if wanted > 2 * now or 2 * wanted < now:
            word = "above double" if wanted > now else "below half of"
            raise KinesisError(
                LIMIT_EXCEEDED,
                f"UpdateShardCount cannot scale {word} current open shard count. Current open shard count: {now}  "
                f"Target shard count: {wanted}",
            )
        stream.reshard_later(functools.partial(stream.scale_to, wanted))
        counts = {"CurrentShardCount": now, "TargetShardCount": wanted}
        return {"StreamName": stream.name, "StreamARN": stream.arn} | counts

    def _provisioned(self, request: requests.StreamRequest, action: str) -> Stream:
        stream = self._streams.of(request)
        if stream.on_demand:
            raise KinesisError(
                VALIDATION,
                f"Request is invalid. Stream {stream.name} under account {stream.account_id} is in On-Demand mode: "
                f"{action} is for provisioned streams.",
            )
        return stream


def _open_shard(stream: Stream, shard_id: str) -> Shard:
    shard = stream.shard(shard_id)
    if shard.closed:
        raise invalid(f"Shard {shard_id} in stream {stream.name} under account {stream.account_id} is not open.")
    return shard
