"""The requests of the Kinesis API as typed records: decoding one checks its types.

Field names become the API's (`shard_id` is ShardId). A required parameter that is absent is
empty here, and the action says so with Kinesis's own error.

Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_Operations.html
"""

import msgspec


class Request(msgspec.Struct, frozen=True, kw_only=True, rename="pascal"):
    """A request, or an entry of one."""


class StreamRequest(Request, frozen=True, kw_only=True):
    """A request to one stream, by name or by ARN."""

    stream_name: str = ""
    stream_arn: str = msgspec.field(default="", name="StreamARN")


class ModeDetails(Request, frozen=True, kw_only=True):
    """The capacity mode of a stream."""

    stream_mode: str = ""


class CreateStream(Request, frozen=True, kw_only=True):
    """Creates a stream."""

    stream_name: str = ""
    shard_count: int | None = None
    stream_mode_details: ModeDetails | None = None
    tags: dict[str, str] = {}


class PutEntry(Request, frozen=True, kw_only=True):
    """One record to be written; its data is base64 on the wire."""

    partition_key: str = ""
    data: bytes = b""
    explicit_hash_key: str | None = None


class PutRecord(StreamRequest, frozen=True, kw_only=True):
    """Writes one record."""

    partition_key: str = ""
    data: bytes = b""
    explicit_hash_key: str | None = None
    sequence_number_for_ordering: str | None = None


class PutRecords(StreamRequest, frozen=True, kw_only=True):
    """Writes up to 500 records, each on its own."""

    records: list[PutEntry] = []


class GetShardIterator(StreamRequest, frozen=True, kw_only=True):
    """Finds a position in a shard."""

    shard_id: str = ""
    shard_iterator_type: str = ""
    starting_sequence_number: str | None = None
    timestamp: float | None = None


class GetRecords(Request, frozen=True, kw_only=True):
    """Reads on from a position."""

    shard_iterator: str = ""
    limit: int | None = None


class DescribeStream(StreamRequest, frozen=True, kw_only=True):
    """Describes a stream, with a page of its shards."""

    limit: int | None = None
    exclusive_start_shard_id: str = ""


class ShardFilter(Request, frozen=True, kw_only=True):
    """Which shards a list has."""

    type: str = ""
    shard_id: str = ""
    timestamp: float | None = None


class ListShards(StreamRequest, frozen=True, kw_only=True):
    """Lists shards."""

    next_token: str | None = None
    exclusive_start_shard_id: str = ""
    max_results: int | None = None
    shard_filter: ShardFilter | None = None


class ListStreams(Request, frozen=True, kw_only=True):
    """Lists streams."""

    limit: int | None = None
    exclusive_start_stream_name: str = ""
    next_token: str | None = None


class SplitShard(StreamRequest, frozen=True, kw_only=True):
    """Makes two shards of one."""

    shard_to_split: str = ""
    new_starting_hash_key: str = ""


class MergeShards(StreamRequest, frozen=True, kw_only=True):
    """Makes one shard of two neighbours."""

    shard_to_merge: str = ""
    adjacent_shard_to_merge: str = ""


class UpdateShardCount(StreamRequest, frozen=True, kw_only=True):
    """Scales a stream to shards of the same width."""

    target_shard_count: int = 0
    scaling_type: str = ""


class ChangeRetention(StreamRequest, frozen=True, kw_only=True):
    """Keeps records longer, or less long."""

    retention_period_hours: int = 0


class TagStream(StreamRequest, frozen=True, kw_only=True):
    """Adds or replaces tags."""

    tags: dict[str, str] = {}


class UntagStream(StreamRequest, frozen=True, kw_only=True):
    """Removes tags."""

    tag_keys: list[str] = []
