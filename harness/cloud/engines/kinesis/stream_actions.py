"""The actions on streams: create, delete, describe, list, retention, tags.

Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_Operations.html
"""

import base64
import binascii
from typing import Any

import msgspec

from harness.cloud.engines.kinesis import quotas, requests
from harness.cloud.engines.kinesis.errors import invalid, violates
from harness.cloud.engines.kinesis.shard import Shard
from harness.cloud.engines.kinesis.stream import Stream
from harness.cloud.engines.kinesis.streams import Streams
from harness.cloud.engines.kinesis.views import shown_shard
from harness.simulation.wire import Call

Body = dict[str, Any]

_FILTERS = ("AFTER_SHARD_ID", "AT_TRIM_HORIZON", "FROM_TRIM_HORIZON", "AT_LATEST", "AT_TIMESTAMP", "FROM_TIMESTAMP")


class StreamActions:
    """Carries out the actions on streams, and gives the body of the reply."""

    def __init__(self, streams: Streams) -> None:
        self._streams = streams
        self._loop = streams.around.loop

    def create(self, request: requests.CreateStream, call: Call) -> Body:
        """CreateStream: the stream is CREATING for a while."""
        mode = request.stream_mode_details.stream_mode if request.stream_mode_details else "PROVISIONED"
        if mode not in ("PROVISIONED", "ON_DEMAND"):
            raise violates(mode, "streamMode", "Member must satisfy enum value set: [PROVISIONED, ON_DEMAND]")
        stream = self._streams.create(
            request.stream_name, shard_count=request.shard_count, on_demand=mode == "ON_DEMAND"
        )
        stream.tags = dict(request.tags)
        stream.status = "CREATING"
        self._loop.call_later(quotas.CREATION_S, setattr, stream, "status", "ACTIVE")
        return {}

    def delete(self, request: requests.StreamRequest, call: Call) -> Body:
        """DeleteStream."""
        self._streams.delete(self._streams.of(request))
        return {}

    def describe(self, request: requests.DescribeStream, call: Call) -> Body:
        """DescribeStream."""
        stream = self._streams.of(request)
        limit = _limit(request.limit, quotas.DESCRIBED_SHARDS, 10_000)
        shards = [shard for shard in stream.known_shards() if shard.shard_id > request.exclusive_start_shard_id]
        page = {"Shards": [shown_shard(shard) for shard in shards[:limit]], "HasMoreShards": len(shards) > limit}
        return {"StreamDescription": _description(stream) | page}

    def summary(self, request: requests.StreamRequest, call: Call) -> Body:
        """DescribeStreamSummary."""
        stream = self._streams.of(request)
        counts = {"OpenShardCount": len(stream.open_shards), "ConsumerCount": 0}
        return {"StreamDescriptionSummary": _description(stream) | counts}

    def list_shards(self, request: requests.ListShards, call: Call) -> Body:
        """ListShards."""
        limit = _limit(request.max_results, quotas.LISTED_SHARDS, 10_000)
        after, wanted = request.exclusive_start_shard_id, request.shard_filter
        if request.next_token is not None:
            _refuse_beside_token(request)
            name, after, text = _read_token(request.next_token, 3)
            stream, wanted = self._streams.named(name), _read_filter(text)
        else:
            stream = self._streams.of(request)
        shards = [shard for shard in self._filtered(stream, wanted) if shard.shard_id > after]
        body: Body = {"Shards": [shown_shard(shard) for shard in shards[:limit]]}
        if len(shards) > limit:
            body["NextToken"] = _token(stream.name, shards[limit - 1].shard_id, msgspec.json.encode(wanted).decode())
        return body

    def _filtered(self, stream: Stream, wanted: requests.ShardFilter | None) -> list[Shard]:
        shards = stream.known_shards()
        if wanted is None or wanted.type == "FROM_TRIM_HORIZON":
            return shards
        clock = self._loop.clock
        if wanted.type == "AT_LATEST":
            return [shard for shard in shards if not shard.closed]
        if wanted.type == "AFTER_SHARD_ID":
            return [shard for shard in shards if shard.shard_id > wanted.shard_id]
        if wanted.type == "AT_TRIM_HORIZON":
            return [one for one in shards if _is_open(one, max(stream.created_us, clock.now_us - stream.retention_us))]
        if wanted.type not in _FILTERS or wanted.timestamp is None:
            raise invalid(f"Invalid ShardFilter {wanted.type}: use one of {', '.join(_FILTERS)}, a Timestamp with two.")
        at_us = round(wanted.timestamp * 1_000_000) - clock.unix_us() + clock.now_us
        if wanted.type == "AT_TIMESTAMP":
            return [shard for shard in shards if _is_open(shard, at_us)]
        return [shard for shard in shards if shard.closed_us is None or shard.closed_us > at_us]

    def list_streams(self, request: requests.ListStreams, call: Call) -> Body:
        """ListStreams."""
        limit = _limit(request.limit, quotas.LISTED_STREAMS, 10_000)
        after = request.exclusive_start_stream_name
        if request.next_token is not None:
            (after,) = _read_token(request.next_token, 1)
        names = [name for name in self._streams.names if name > after]
        body: Body = {"StreamNames": names[:limit], "HasMoreStreams": len(names) > limit}
        if len(names) > limit:
            body["NextToken"] = _token(names[limit - 1])
        return body

    def keep_longer(self, request: requests.ChangeRetention, call: Call) -> Body:
        """IncreaseStreamRetentionPeriod."""
        stream, hours = self._streams.of(request), _hours(request)
        if hours < stream.retention_hours:
            raise invalid(
                f"Requested retention period ({hours} hours) for stream {stream.name} can not be shorter than existing "
                f"retention period ({stream.retention_hours} hours). Use DecreaseRetentionPeriod API."
            )
        stream.retention_hours = hours
        return {}

    def keep_shorter(self, request: requests.ChangeRetention, call: Call) -> Body:
        """DecreaseStreamRetentionPeriod."""
        stream, hours = self._streams.of(request), _hours(request)
        if hours > stream.retention_hours:
            raise invalid(
                f"Requested retention period ({hours} hours) for stream {stream.name} can not be longer than existing "
                f"retention period ({stream.retention_hours} hours). Use IncreaseRetentionPeriod API."
            )
        stream.retention_hours = hours
        return {}

    def tag(self, request: requests.TagStream, call: Call) -> Body:
        """AddTagsToStream."""
        self._streams.of(request).tags.update(request.tags)
        return {}

    def untag(self, request: requests.UntagStream, call: Call) -> Body:
        """RemoveTagsFromStream."""
        stream = self._streams.of(request)
        stream.tags = {key: value for key, value in stream.tags.items() if key not in request.tag_keys}
        return {}

    def tags(self, request: requests.StreamRequest, call: Call) -> Body:
        """ListTagsForStream, on one page."""
        tags = self._streams.of(request).tags
        return {"Tags": [{"Key": key, "Value": value} for key, value in sorted(tags.items())], "HasMoreTags": False}


def _description(stream: Stream) -> Body:
    return {
        "StreamName": stream.name,
        "StreamARN": stream.arn,
        "StreamStatus": stream.status,
        "StreamModeDetails": {"StreamMode": "ON_DEMAND" if stream.on_demand else "PROVISIONED"},
        "RetentionPeriodHours": stream.retention_hours,
        "StreamCreationTimestamp": stream.created_unix_s,
        "EnhancedMonitoring": [{"ShardLevelMetrics": []}],
        "EncryptionType": "NONE",
    }


def _is_open(shard: Shard, at_us: int) -> bool:
    return shard.created_us <= at_us and (shard.closed_us is None or at_us < shard.closed_us)


def _limit(given: int | None, otherwise: int, most: int) -> int:
    limit = otherwise if given is None else given
    if not 1 <= limit <= most:
        raise violates(limit, "limit", f"Member must be between 1 and {most}")
    return limit


def _hours(request: requests.ChangeRetention) -> int:
    hours = request.retention_period_hours
    if not quotas.LEAST_RETENTION_HOURS <= hours <= quotas.MOST_RETENTION_HOURS:
        raise invalid(
            f"Retention period must be from {quotas.LEAST_RETENTION_HOURS} to {quotas.MOST_RETENTION_HOURS} hours. "
            f"Requested: {hours}."
        )
    return hours


def _token(*parts: str) -> str:
    """Names the last entry shown. Names of streams and ids of shards have no slash."""
    return base64.b64encode("/".join(parts).encode()).decode()


def _refuse_beside_token(request: requests.ListShards) -> None:
    beside = {
        "StreamName": request.stream_name,
        "StreamARN": request.stream_arn,
        "ExclusiveStartShardId": request.exclusive_start_shard_id,
        "ShardFilter": request.shard_filter,
    }
    for name, value in beside.items():
        if value:
            raise invalid(f"NextToken and {name} cannot be provided together.")


def _read_filter(text: str) -> requests.ShardFilter | None:
    try:
        return msgspec.json.decode(text, type=requests.ShardFilter | None)
    except msgspec.DecodeError:
        raise invalid("The NextToken was not returned by this action.") from None


def _read_token(token: str, count: int) -> list[str]:
    try:
        parts = base64.b64decode(token, validate=True).decode().split("/", count - 1)
    except (binascii.Error, ValueError):
        parts = []
    if len(parts) != count:
        raise invalid("The NextToken was not returned by this action.")
    return parts
